//! Imports as operators see them: entered when they begin, counted chunk by chunk, kept when they are over.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::LocalDesk;
use crate::clock::Timestamp;
use crate::desk::imports::{
    BROKEN_OFF, Course, Import, ImportHead, ImportStep, MAX_FILE_CHARS, MAX_IMPORTS, MAX_REFUSED_KEPT,
    MAX_ROW_CHARS,
};
use crate::desk::{DeskError, OperatorRole};
use crate::office::Office;
use crate::registry::list::Unknown;
use crate::registry::{Ingested, Refused, Registry};
use crate::store::unit::{Record, Unit};
use crate::store::{Key, MAX_SCAN, Order, Scan, StoreError, Tree, Value, codec};

/// The version of an import that is entered.
const VERSION: u8 = 3;
/// The version of refused rows.
const ROWS_VERSION: u8 = 2;
/// How often an entry is changed anew because another chunk of the same import came between.
const MAX_TRIES: usize = 10;
/// What the keys of imports begin with; their numbers follow.
const IMPORT: u8 = b'i';
/// What the keys of their refused rows begin with, which are only read when somebody wants to see them.
const REFUSED: u8 = b'r';
/// What the keys of imports begin with that the first version entered: their bare numbers, which are small.
const FORMER: u8 = 0;
/// An import of which nothing was heard for so long has lost its client: a chunk takes seconds even on a slow disk.
const SILENCE: Duration = Duration::from_secs(10 * 60);

/// An import in the store.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::desk) struct Entered {
    import: Import,
    /// How many refused rows are kept beside it.
    kept: usize,
}

/// An import as the versions before wrote it: nothing of it was unknown, and its course was not told. The second kept the count
/// of refused rows with it, the first the rows themselves.
#[derive(Deserialize)]
struct Former<K> {
    id: u64,
    file: String,
    bytes: u64,
    registry: Registry,
    dry_run: bool,
    operator: String,
    started_at: Timestamp,
    heard_at: Timestamp,
    ended_at: Option<Timestamp>,
    failure: Option<String>,
    bytes_done: u64,
    accepted: u64,
    repeated: u64,
    refused: u64,
    kept: K,
}

/// The refused rows that are kept of an import.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::desk) struct Rows(Vec<Refused>);

impl Record for Rows {
    const TREE: Tree = Tree::Imports;

    fn encode(&self) -> Value {
        codec::seal(ROWS_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("refused rows", ROWS_VERSION, bytes)
    }
}

/// Checks a record of [`Tree::Imports`].
pub(in crate::desk) fn check(key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    match key.first() {
        Some(&REFUSED) => Rows::decode(value).map(drop),
        Some(&FORMER) => codec::open::<Former<Vec<Refused>>>("import", 1, value).map(drop),
        _ => Entered::decode(value).map(drop),
    }
}

/// The number in a key of [`Tree::Imports`].
pub(in crate::desk) fn number_in(key: &[u8]) -> &[u8] {
    match key.split_first() {
        Some((&FORMER, _)) | None => key,
        Some((_, number)) => number,
    }
}

/// A record of [`Tree::Imports`] without the rows, the file name and the reasons for which `mentions` holds; `None`
/// if it cannot be read.
pub(in crate::desk) fn without_mentions(
    key: &[u8],
    value: &[u8],
    mentions: impl Fn(&str) -> bool,
) -> Option<Value> {
    if key.first() == Some(&REFUSED) {
        let mut rows = Rows::decode(value).ok()?;
        rows.0
            .retain(|refused| !mentions(&refused.row) && !mentions(&refused.reason));
        return Some(rows.encode());
    }
    let mut entered = Entered::decode(value).ok()?;
    if mentions(&entered.import.head.file) {
        entered.import.head.file.clear();
    }
    if let Some(failure) = entered.import.failure.as_mut().filter(|text| mentions(text)) {
        failure.clear();
    }
    let said = |course: &mut Course| matches!(course, Course::Unsorted(reason) if mentions(reason));
    entered.import.course.take_if(said);
    Some(entered.encode())
}

fn key(kind: u8, id: u64) -> Key {
    [[kind].as_slice(), &id.to_be_bytes()].concat()
}

impl Record for Entered {
    const TREE: Tree = Tree::Imports;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.first() == Some(&2) {
            return codec::open::<Former<usize>>("import", 2, bytes).map(Self::from);
        }
        codec::open("import", VERSION, bytes)
    }
}

impl From<Former<usize>> for Entered {
    fn from(second: Former<usize>) -> Self {
        let head = ImportHead {
            file: second.file,
            bytes: second.bytes,
            registry: second.registry,
            dry_run: second.dry_run,
            unknown: Unknown::default(),
        };
        let import = Import {
            id: second.id,
            head,
            operator: second.operator,
            started_at: second.started_at,
            heard_at: second.heard_at,
            ended_at: second.ended_at,
            failure: second.failure,
            bytes_done: second.bytes_done,
            accepted: second.accepted,
            repeated: second.repeated,
            refused: second.refused,
            course: None,
        };
        Self {
            import,
            kept: second.kept,
        }
    }
}

impl LocalDesk {
    /// Enters an import; the oldest go where there are too many.
    pub(super) async fn enter_import(&self, head: ImportHead) -> Result<u64, DeskError> {
        self.needs(OperatorRole::Senior)?;
        let now = self.office.clock().now();
        let import = Import {
            id: 0,
            head: head.bounded(),
            operator: self.name.clone(),
            started_at: now,
            heard_at: now,
            ended_at: None,
            failure: None,
            bytes_done: 0,
            accepted: 0,
            repeated: 0,
            refused: 0,
            course: None,
        };
        for _ in 0..MAX_TRIES {
            let mut unit = self.office.begin();
            let newest = entered(&self.office, 1)
                .await?
                .first()
                .map_or(0, |held| held.import.id);
            let id = newest + 1;
            // Read, so that of two imports that begin at once one sees the other.
            unit.read::<Entered>(&key(IMPORT, id)).await?;
            let import = Import { id, ..import.clone() };
            unit.write(&key(IMPORT, id), &Entered { import, kept: 0 });
            self.drop_old(&mut unit).await?;
            match unit.commit().await {
                Ok(_) => return Ok(id),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Drops the oldest imports beyond the most that are kept, but none that is under way.
    async fn drop_old(&self, unit: &mut Unit<'_>) -> Result<(), StoreError> {
        // Those of the first version are not told of any more.
        let former = Scan {
            prefix: vec![FORMER],
            ..Scan::of(Tree::Imports, MAX_SCAN)
        };
        for (key, _) in self.office.store().scan(former).await? {
            unit.change(Tree::Imports, &key, None);
        }
        let now = self.office.clock().now();
        let held = entered(&self.office, MAX_SCAN).await?;
        let old = held.into_iter().skip(MAX_IMPORTS - 1);
        let over = old.map(|held| given_up(held.import, now));
        for import in over.filter(|import| import.ended_at.is_some()) {
            unit.change(Tree::Imports, &key(IMPORT, import.id), None);
            unit.change(Tree::Imports, &key(REFUSED, import.id), None);
        }
        Ok(())
    }

    /// The imports, newest first. One whose client has gone is shown as broken off. In which folder a file lies only seniors
    /// are told, unless that is why it broke off.
    pub(super) async fn all_imports(&self) -> Result<Vec<Import>, DeskError> {
        let now = self.office.clock().now();
        let entered = entered(&self.office, MAX_IMPORTS).await?.into_iter();
        let imports = entered.map(|entered| given_up(entered.import, now));
        let is_senior = self.needs(OperatorRole::Senior).is_ok();
        let shown = imports.map(|mut import| {
            if !is_senior {
                import.head.file = import.head.name().to_owned();
            }
            import
        });
        Ok(shown.collect())
    }

    /// The refused rows that are kept of an import. They hold IINs, so the look is in the journal.
    pub(super) async fn refused_rows(&self, id: u64) -> Result<Vec<Refused>, DeskError> {
        self.needs(OperatorRole::Senior)?;
        let lookup = self.begin("refused");
        self.known_import(id).await?;
        let rows = self.office.begin().read::<Rows>(&key(REFUSED, id)).await?;
        let Rows(rows) = rows.unwrap_or_default();
        if !rows.is_empty() {
            self.enter(lookup.about_many(rows.len())).await?;
        }
        Ok(rows)
    }

    /// Refuses the number of an import that is not kept.
    pub(super) async fn known_import(&self, id: u64) -> Result<(), DeskError> {
        let entered = self.office.begin().read::<Entered>(&key(IMPORT, id)).await?;
        entered.map(drop).ok_or_else(unknown)
    }

    /// Counts what became of a chunk of `bytes` bytes.
    pub(super) async fn count_chunk(&self, id: u64, bytes: usize, taken: Ingested) -> Result<(), DeskError> {
        let step = ImportStep {
            bytes: bytes as u64,
            accepted: taken.accepted,
            repeated: taken.repeated,
            refused: taken.refused.len() as u64,
            rows: taken.refused,
            course: None,
        };
        self.count_step(id, &step).await
    }

    /// Counts what became of rows.
    pub(super) async fn count_step(&self, id: u64, step: &ImportStep) -> Result<(), DeskError> {
        let now = self.office.clock().now();
        let count = |import: &mut Import| {
            import.heard_at = now;
            // One that broke off goes on under its number.
            (import.ended_at, import.failure) = (None, None);
            import.bytes_done += step.bytes;
            import.accepted += step.accepted;
            import.repeated += step.repeated;
            import.refused += step.refused;
            if let Some(course) = &step.course {
                import.course = Some(shortened_course(course));
            }
        };
        self.change_import(id, &step.rows, count).await
    }

    /// Says that an import is over.
    pub(super) async fn finish_import(&self, id: u64, failure: Option<String>) -> Result<(), DeskError> {
        self.needs(OperatorRole::Senior)?;
        let now = self.office.clock().now();
        let end = |import: &mut Import| {
            (import.heard_at, import.ended_at) = (now, Some(now));
            let over = |course: &mut Course| matches!(course, Course::Sorted(..));
            import.course.take_if(over);
            import.failure = failure
                .clone()
                .map(|reason| reason.chars().take(MAX_FILE_CHARS).collect());
        };
        self.change_import(id, &[], end).await
    }

    /// Changes what is known of an import, and keeps of `refused` what there is room for.
    async fn change_import(
        &self,
        id: u64,
        refused: &[Refused],
        change: impl Fn(&mut Import),
    ) -> Result<(), DeskError> {
        for _ in 0..MAX_TRIES {
            let mut unit = self.office.begin();
            let entered = unit.read::<Entered>(&key(IMPORT, id)).await?;
            let mut entered = entered.ok_or_else(unknown)?;
            change(&mut entered.import);
            let room = MAX_REFUSED_KEPT.saturating_sub(entered.kept).min(refused.len());
            if room > 0 {
                let Rows(mut rows) = unit.read(&key(REFUSED, id)).await?.unwrap_or_default();
                rows.extend(refused.iter().take(room).map(shortened));
                entered.kept = rows.len();
                unit.write(&key(REFUSED, id), &Rows(rows));
            }
            unit.write(&key(IMPORT, id), &entered);
            match unit.commit().await {
                Ok(_) => return Ok(()),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }
}

async fn entered(office: &Office, limit: usize) -> Result<Vec<Entered>, StoreError> {
    let scan = Scan {
        prefix: vec![IMPORT],
        order: Order::Descending,
        ..Scan::of(Tree::Imports, limit)
    };
    let held = office.store().scan(scan).await?;
    held.iter().map(|(_, value)| Entered::decode(value)).collect()
}

/// When the last of the imports that changed the store was over.
pub(in crate::desk) async fn newest_change(office: &Office) -> Result<Option<Timestamp>, StoreError> {
    let now = office.clock().now();
    let newest = entered(office, MAX_IMPORTS).await?.into_iter();
    let over = newest.map(|held| given_up(held.import, now));
    let real = over.filter(|import| !import.head.dry_run && import.accepted > 0);
    Ok(real.filter_map(|import| import.ended_at).max())
}

fn shortened(refused: &Refused) -> Refused {
    Refused {
        row: refused.row.chars().take(MAX_ROW_CHARS).collect(),
        ..refused.clone()
    }
}

fn shortened_course(course: &Course) -> Course {
    match course {
        Course::Unsorted(reason) => Course::Unsorted(reason.chars().take(MAX_FILE_CHARS).collect()),
        sorted @ Course::Sorted(..) => sorted.clone(),
    }
}

fn unknown() -> DeskError {
    DeskError::Bad("no such import is kept".into())
}

fn given_up(mut import: Import, now: Timestamp) -> Import {
    if import.ended_at.is_none() && now.since(import.heard_at) >= SILENCE {
        import.ended_at = Some(import.heard_at);
        import.failure = Some(BROKEN_OFF.into());
    }
    import
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::list::UnknownField;

    #[test]
    fn imports_of_every_version_are_read() {
        let (began, last) = (Timestamp::from_millis(9), Timestamp::from_millis(10));
        let counts = (47_u64, 6_u64, 4_u64, 1_u64);
        let head = ("list.txt", 50_u64, Registry::Contributions, false);
        let end = (None::<Timestamp>, Some("the disk is full"));
        let second = codec::seal(2, &(7_u64, head, "dana", began, last, end, counts, 1_usize));
        let mut entered = Entered::decode(&second).unwrap();
        assert_eq!(entered.import.head.unknown, Unknown::default());
        assert_eq!(
            (entered.import.id, entered.import.refused, entered.kept),
            (7, 1, 1)
        );
        assert_eq!(entered.import.failure.as_deref(), Some("the disk is full"));

        let rows = vec![Refused {
            line: 3,
            reason: "iin: wrong".into(),
            row: "1,2".into(),
        }];
        let first = codec::seal(1, &(7_u64, head, "dana", began, last, end, counts, rows));
        let former = 7_u64.to_be_bytes();
        assert_eq!(check(&former, &first), Ok(()));
        assert!(check(&former, &second).is_err());
        assert!(check(&key(IMPORT, 7), &first).is_err());
        assert_eq!(number_in(&former), number_in(&key(IMPORT, 7)));

        let name = ":70:/NEW/".to_owned();
        entered.import.head.unknown.fields = vec![UnknownField {
            name,
            count: 2,
            line: 33,
        }];
        let third = Entered::decode(&entered.encode()).unwrap();
        assert_eq!((third.import, third.kept), (entered.import, 1));
        // As a client of before enters one.
        let json = r#"{"file":"list.txt","bytes":50,"registry":"contributions","dry_run":false}"#;
        let head: ImportHead = serde_json::from_str(json).unwrap();
        assert_eq!(head.unknown, Unknown::default());
    }
}
