//! The desk over the office in this process.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::NaiveDate;

use super::{
    Card, CarrierFigures, Desk, DeskError, ExportPage, Figures, Findings, Hit, Host, Import, ImportHead,
    ImportStep, JournalFilter, JournalPage, JournalSlice, Operator, OperatorRole, Pulse, Query, StatusSms,
    StoredAnswer, Tally, Work, check, search,
};
use crate::iin::Iin;
use crate::journal::Door;
use crate::language::Language;
use crate::law::Law;
use crate::office::{Office, Pace, Sorted};
use crate::phone::Msisdn;
use crate::registry::sorted::{Loaded, MAX_PIECE_BYTES, Piece};
use crate::registry::{Chunk, Ingested, MAX_CHUNK_BYTES, MAX_CHUNK_LINES, Refused, Registry, count_lines};
use crate::store::{StoreError, Tree};

mod card;
mod imports;
mod journal;
mod lookup;
mod notes;
#[cfg(test)]
mod tests;
mod upkeep;
mod work;

pub use card::MAX_CARDS;
pub(super) use imports::{
    Entered, Rows, check as check_import, newest_change, number_in as import_number, without_mentions,
};
use lookup::hour_key;

/// Look-ups that operators below senior have in an hour, unless set otherwise: one every six seconds.
pub const LOOKUPS_PER_HOUR: u32 = 600;

/// How a large import is taken while citizens wait for their answers: a millisecond's worth in one commit, and a rest as long
/// as one or two of theirs.
const SERVING: Pace = Pace {
    group: 64,
    rest: Duration::from_millis(2),
};
/// The same in a store that nobody else uses: the disk is waited for seldom.
const OWN: Pace = Pace {
    group: 4096,
    rest: Duration::ZERO,
};
/// Why no more of what was sorted is taken.
const ERASED_SINCE: &str = "somebody was erased from the store since these rows were sorted, and may be among them (see \
                            that the registries do not name them), or another store has taken its place";

/// How a desk is set up.
#[derive(Clone, Debug)]
pub struct DeskOptions {
    /// The door that its look-ups are journalled under.
    pub door: Door,
    /// The language of its answers, for the journal.
    pub language: Language,
    /// Look-ups an hour of operators below senior; `None`: not limited. Seniors are not.
    pub lookups_per_hour: Option<u32>,
    /// True in a server with carriers.
    pub serving: bool,
    /// That server.
    pub host: Option<Arc<dyn Host>>,
    /// What was asked today; shared by all desks of a server.
    pub tally: Arc<Tally>,
}

impl DeskOptions {
    /// The usual limits, behind `door`.
    #[must_use]
    pub fn of(door: Door) -> Self {
        Self {
            door,
            language: Language::Kazakh,
            lookups_per_hour: Some(LOOKUPS_PER_HOUR),
            serving: false,
            host: None,
            tally: Arc::default(),
        }
    }
}

/// A desk at which one operator sits. Cheap to make, one for each question if need be.
#[derive(Clone, Debug)]
pub struct LocalDesk {
    office: Office,
    name: String,
    role: OperatorRole,
    options: DeskOptions,
}

impl LocalDesk {
    /// A desk of `office` for the account `name`.
    #[must_use]
    pub const fn new(office: Office, name: String, role: OperatorRole, options: DeskOptions) -> Self {
        Self {
            office,
            name,
            role,
            options,
        }
    }

    const fn per_hour(&self) -> Option<u32> {
        match self.role {
            OperatorRole::Senior => None,
            OperatorRole::Viewer | OperatorRole::Operator => self.options.lookups_per_hour,
        }
    }

    fn needs(&self, role: OperatorRole) -> Result<(), DeskError> {
        if self.role < role {
            return Err(DeskError::Forbidden(role.code().into()));
        }
        Ok(())
    }
}

#[async_trait]
impl Desk for LocalDesk {
    async fn whoami(&self) -> Result<Operator, DeskError> {
        let lookups_left = match self.per_hour() {
            Some(max) => {
                let key = hour_key(self.office.clock().now(), &self.name);
                let used = self.office.store().get(Tree::Limits, &key).await?;
                Some(max.saturating_sub(crate::store::counter_value(used.as_deref())))
            }
            None => None,
        };
        Ok(Operator {
            name: self.name.clone(),
            role: self.role,
            lookups_left,
        })
    }

    async fn search(&self, query: Query) -> Result<Vec<Hit>, DeskError> {
        let lookup = self.begin("search");
        let hits = search::run(&self.office, &query).await?;
        let lookup = match (&query, hits.is_empty()) {
            (Query::Iin(iin), true) => lookup.about(*iin, false),
            (_, true) => lookup.about_nobody(),
            (_, false) => hits
                .iter()
                .fold(lookup, |lookup, hit| lookup.about(hit.iin, true)),
        };
        self.enter(lookup).await?;
        Ok(hits)
    }

    async fn card(&self, iin: Iin, day: Option<NaiveDate>) -> Result<Option<Card>, DeskError> {
        self.whole_card(iin, day).await
    }

    async fn cards(&self, iins: Vec<Iin>, day: Option<NaiveDate>) -> Result<Vec<Option<Card>>, DeskError> {
        self.needs(OperatorRole::Senior)?;
        self.plain_cards(iins, day).await
    }

    async fn journal(
        &self,
        page: JournalPage,
        filter: JournalFilter,
        limit: usize,
    ) -> Result<JournalSlice, DeskError> {
        self.journal_page(page, &filter, limit).await
    }

    async fn exchange(&self, seq: u64) -> Result<Option<StoredAnswer>, DeskError> {
        self.needs(OperatorRole::Operator)?;
        self.what_was_said(seq).await
    }

    async fn work(&self, work: Work) -> Result<Option<Box<Card>>, DeskError> {
        self.do_work(&work).await
    }

    async fn status_sms(&self, iin: Iin, to: Msisdn) -> Result<StatusSms, DeskError> {
        self.preview(iin, to).await
    }

    async fn law(&self) -> Result<Law, DeskError> {
        Ok(self.office.law().clone())
    }

    async fn carriers(&self) -> Result<Vec<CarrierFigures>, DeskError> {
        match &self.options.host {
            Some(host) => Ok(host.carriers().await),
            None => Ok(Vec::new()),
        }
    }

    async fn pulse(&self) -> Result<Pulse, DeskError> {
        let host = self.options.host.as_ref();
        let (census, counting) = host.map(|host| host.census()).unwrap_or_default();
        let (today, _) = self.options.tally.step(&self.office).await?;
        Ok(Pulse {
            figures: self.figures().await?,
            census,
            counting,
            today,
            process: host.map(|host| host.process()),
        })
    }

    async fn imports(&self) -> Result<Vec<Import>, DeskError> {
        self.all_imports().await
    }

    async fn refused(&self, import: u64) -> Result<Vec<Refused>, DeskError> {
        self.refused_rows(import).await
    }

    async fn begin_import(&self, head: ImportHead) -> Result<u64, DeskError> {
        self.enter_import(head).await
    }

    async fn end_import(&self, import: u64, failure: Option<String>) -> Result<(), DeskError> {
        self.finish_import(import, failure).await
    }

    async fn figures(&self) -> Result<Figures, DeskError> {
        Ok(Figures {
            store: self.office.store().figures().await?,
            data_date: self.office.data_date().await?,
            now: self.office.clock().now(),
            serving: self.options.serving,
        })
    }

    async fn ingest(&self, chunk: Chunk) -> Result<Ingested, DeskError> {
        self.needs(OperatorRole::Senior)?;
        let lines = count_lines(&chunk.rows);
        if chunk.rows.len() > MAX_CHUNK_BYTES || lines > MAX_CHUNK_LINES {
            return Err(DeskError::Bad(format!(
                "a chunk holds at most {MAX_CHUNK_BYTES} bytes and {MAX_CHUNK_LINES} lines"
            )));
        }
        if !matches!(chunk.separator, ',' | ';') {
            return Err(DeskError::Bad("the separator is , or ;".into()));
        }
        if let Some(import) = chunk.import {
            self.known_import(import).await?;
        }
        let taken = self.office.ingest(&chunk).await?;
        if let Some(import) = chunk.import {
            self.count_chunk(import, chunk.rows.len(), taken.clone()).await?;
        }
        Ok(taken)
    }

    async fn load(&self, piece: Piece) -> Result<Loaded, DeskError> {
        self.needs(OperatorRole::Senior)?;
        if piece.records.len() > MAX_PIECE_BYTES {
            return Err(DeskError::Bad(format!(
                "a piece holds at most {MAX_PIECE_BYTES} bytes"
            )));
        }
        // Takes milliseconds, which those who are served on this thread need not wait.
        let reading = tokio::task::spawn_blocking(move || Sorted::all(&piece).map(|rows| (rows, piece)));
        let read = reading
            .await
            .map_err(|_| StoreError::Failed("the rows could not be read".into()))?;
        let (rows, piece) = read.ok_or_else(|| DeskError::Bad("these rows cannot be read".into()))?;
        let pace = if self.options.serving { SERVING } else { OWN };
        let loaded = self.office.load(&piece, &rows, pace).await?;
        loaded.ok_or_else(|| DeskError::Bad(ERASED_SINCE.into()))
    }

    async fn tell_import(&self, import: u64, step: ImportStep) -> Result<(), DeskError> {
        self.needs(OperatorRole::Senior)?;
        self.count_step(import, &step).await
    }

    async fn export(&self, registry: Registry, after: Option<Vec<u8>>) -> Result<ExportPage, DeskError> {
        self.needs(OperatorRole::Senior)?;
        let lookup = self.begin("export");
        let page = self.office.export(registry, after).await?;
        if page.people > 0 {
            self.enter(lookup.about_many(page.people)).await?;
        }
        Ok(page)
    }

    async fn check(&self) -> Result<Findings, DeskError> {
        self.needs(OperatorRole::Senior)?;
        Ok(check::run(&self.office).await?)
    }
}
