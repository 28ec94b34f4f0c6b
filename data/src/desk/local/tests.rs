use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use super::*;
use crate::desk::WholeDesk;
use crate::desk::contract::{self, Stage};
use crate::desk::upkeep::{MAX_PIECES, Upkeep};
use crate::office::testing::{Watched, day, iin, import, office, office_over};
use crate::office::{day_key, read_backup};
use crate::registry::list::Unknown;
use crate::store::copy::Sink;
use crate::store::sled::{SledOptions, SledStore};
use crate::store::{Batch, Key, MAX_SCAN, Scan, StoreError, Tree, Value};

struct Room(Office);

#[async_trait]
impl Stage for Room {
    fn office(&self) -> &Office {
        &self.0
    }

    async fn desk(&self, role: OperatorRole, lookups_per_hour: Option<u32>) -> Arc<dyn WholeDesk> {
        Arc::new(desk(&self.0, "aigul", role, lookups_per_hour))
    }
}

fn desk(office: &Office, name: &str, role: OperatorRole, lookups_per_hour: Option<u32>) -> LocalDesk {
    let options = DeskOptions {
        lookups_per_hour,
        ..DeskOptions::of(Door::Console)
    };
    LocalDesk::new(office.clone(), name.into(), role, options)
}

#[tokio::test]
async fn it_keeps_the_contract() {
    contract::check(async || Room(office())).await.unwrap();
}

#[derive(Default)]
struct Entries(BTreeMap<(Tree, Key), Value>);

impl Sink for Entries {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.0.insert((tree, key.to_vec()), value.to_vec()),
            None => self.0.remove(&(tree, key.to_vec())),
        };
        Ok(())
    }
}

#[tokio::test]
async fn a_backup_of_many_pages_and_more_pieces_than_may_wait_is_whole() {
    let folder = TempDir::new().unwrap();
    let options = SledOptions {
        cache_bytes: 16 << 20,
        ..SledOptions::default()
    };
    let office = office_over(Arc::new(SledStore::open(folder.path(), options).unwrap()));
    let mut dice = ChaCha8Rng::seed_from_u64(5);
    // Nothing of it can be compressed.
    let all = (0..6_000_u32).map(|number| {
        let mut value = vec![0; 1_000];
        dice.fill(&mut value[..]);
        (Tree::Answers, number.to_be_bytes().to_vec(), Some(value))
    });
    let batch = Batch {
        change: all.collect(),
        ..Batch::default()
    };
    office.store().commit(batch).await.unwrap();
    let senior = desk(&office, "dana", OperatorRole::Senior, None);
    let mut pieces = senior.backup().await.unwrap();
    let (mut file, mut count) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await.unwrap() {
        file.extend(piece);
        count += 1;
    }
    assert!(count > 2 * MAX_PIECES, "{count} pieces");
    let mut entries = Entries::default();
    read_backup(&file[..], &mut entries).unwrap();
    let mut held = BTreeMap::new();
    for tree in Tree::ALL {
        let page = office.store().scan(Scan::of(tree, MAX_SCAN)).await.unwrap();
        held.extend(page.into_iter().map(|(key, value)| ((tree, key), value)));
    }
    assert!(entries.0 == held);
}

#[tokio::test]
async fn limits_are_per_operator_and_role() {
    let office = office();
    let usual = |role| {
        LocalDesk::new(
            office.clone(),
            "aigul".into(),
            role,
            DeskOptions::of(Door::Console),
        )
    };
    let left = async |desk: &LocalDesk| desk.whoami().await.unwrap().lookups_left;
    assert_eq!(left(&usual(OperatorRole::Viewer)).await, Some(LOOKUPS_PER_HOUR));
    assert_eq!(left(&usual(OperatorRole::Operator)).await, Some(LOOKUPS_PER_HOUR));
    assert_eq!(left(&usual(OperatorRole::Senior)).await, None);
    let one = desk(&office, "aigul", OperatorRole::Operator, Some(1));
    let other = desk(&office, "marat", OperatorRole::Operator, Some(1));
    let senior = desk(&office, "dana", OperatorRole::Senior, Some(1));
    for desk in [&one, &other] {
        assert_eq!(desk.card(iin("900101300007"), None).await, Ok(None));
        let second = desk.card(iin("900101300007"), None).await;
        assert_eq!(second, Err(DeskError::TooMany { minutes: 60 }));
    }
    for _ in 0..3 {
        assert_eq!(senior.card(iin("900101300007"), None).await, Ok(None));
    }
}

/// Two desks of one operator, as two connections of a console are, share what is left.
#[tokio::test]
async fn the_count_is_kept_in_the_store() {
    let office = office();
    let first = desk(&office, "aigul", OperatorRole::Operator, Some(2));
    let second = desk(&office, "aigul", OperatorRole::Operator, Some(2));
    first.card(iin("900101300007"), None).await.unwrap();
    assert_eq!(second.whoami().await.unwrap().lookups_left, Some(1));
    let names = ["x".repeat(500), "x".repeat(600)];
    for name in names {
        let long = desk(&office, &name, OperatorRole::Operator, Some(2));
        assert_eq!(long.card(iin("900101300007"), None).await, Ok(None));
    }
}

#[tokio::test]
async fn no_answer_without_its_journal_line() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    import(
        &office,
        Registry::Temporary,
        "900101300007,2026-10-22,2026-11-21\n",
    )
    .await;
    let desk = desk(&office, "aigul", OperatorRole::Senior, None);
    let person = iin("900101300007");
    store.conflicts.store(4, Ordering::SeqCst);
    assert!(desk.card(person, None).await.is_err());
    assert!(desk.search(Query::Iin(person)).await.is_err());
    assert!(desk.cards(vec![person], None).await.is_err());
    assert!(desk.export(Registry::Temporary, None).await.is_err());
    assert!(desk.card(person, None).await.is_ok());
}

#[tokio::test]
async fn the_line_names_the_door_the_language_and_the_time_taken() {
    let office = office();
    let options = DeskOptions {
        language: Language::Russian,
        ..DeskOptions::of(Door::Command("status".into()))
    };
    let desk = LocalDesk::new(office.clone(), "1000".into(), OperatorRole::Viewer, options);
    desk.card(iin("900101300007"), None).await.unwrap();
    let lines = desk.office.journal(JournalPage::Newest, 1).await.unwrap();
    assert_eq!(lines[0].entry.door, Door::Command("status".into()));
    assert_eq!(lines[0].entry.language, Language::Russian);
    assert_eq!(lines[0].entry.at.day(), day("2026-11-22"));
}

#[tokio::test]
async fn a_desk_says_whether_it_serves() {
    let office = office();
    for serving in [false, true] {
        let options = DeskOptions {
            serving,
            ..DeskOptions::of(Door::Console)
        };
        let desk = LocalDesk::new(office.clone(), "aigul".into(), OperatorRole::Viewer, options);
        assert_eq!(desk.figures().await.unwrap().serving, serving);
    }
}

#[test]
fn the_counter_of_an_hour_begins_with_its_day() {
    let at = crate::clock::noon(day("2026-11-22"));
    let key = hour_key(at, "aigul");
    assert_eq!(key, [&day_key(day("2026-11-22"))[..], b"o\x0caigul"].concat());
    assert!(hour_key(at, &"x".repeat(500)).len() <= crate::store::MAX_KEY_BYTES);
}

#[tokio::test]
async fn an_erasure_goes_on_if_nobody_waits_for_it_any_more() {
    let watched = Arc::new(Watched::default());
    let office = office_over(Arc::<Watched>::clone(&watched));
    let anna = iin("900101300007");
    let rows = "+77010000002,900101300007,self,2024-01-01,\n";
    assert_eq!(import(&office, Registry::Phones, rows).await, (1, 0, 0));
    watched.batches.lock().unwrap().clear();
    let desk = desk(&office, "aigul", OperatorRole::Senior, None);
    let mut erasing = desk.erase(anna);
    // Until the line is in the journal and the first step has begun.
    while watched.batches.lock().unwrap().len() < 2 {
        tokio::select! {
            biased;
            done = &mut erasing => panic!("over already: {done:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(erasing);
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(office.person(anna).await.unwrap(), None);
}

#[tokio::test]
async fn an_erasure_removes_from_its_line_in_the_journal_on() {
    let watched = Arc::new(Watched::default());
    let office = office_over(Arc::<Watched>::clone(&watched));
    let rows = "+77010000002,900101300007,self,2024-01-01,\n";
    assert_eq!(import(&office, Registry::Phones, rows).await, (1, 0, 0));
    let desk = desk(&office, "aigul", OperatorRole::Senior, None);
    desk.card(iin("900101300007"), None).await.unwrap();
    watched.batches.lock().unwrap().clear();
    desk.erase(iin("900101300007")).await.unwrap();
    let batches = watched.batches.lock().unwrap().clone();
    assert!(batches.len() > 3 && batches.iter().all(|batch| batch.removes));
    watched.batches.lock().unwrap().clear();
    desk.card(iin("900101300017"), None).await.unwrap();
    assert!(!watched.batches.lock().unwrap()[0].removes, "nothing else does");
}

#[tokio::test]
async fn an_erased_number_is_cleared_of_why_an_import_failed() {
    let desk = desk(&office(), "aigul", OperatorRole::Senior, None);
    let head = crate::desk::imports::ImportHead {
        file: "people.csv".into(),
        bytes: 1,
        registry: Registry::People,
        dry_run: false,
        unknown: Unknown::default(),
    };
    let id = desk.enter_import(head).await.unwrap();
    let failure = "of/900101300007/people.csv: cannot be read".to_owned();
    let step = ImportStep {
        course: Some(crate::desk::Course::Unsorted(failure.clone())),
        ..ImportStep::default()
    };
    desk.tell_import(id, step).await.unwrap();
    desk.finish_import(id, Some(failure)).await.unwrap();
    assert_eq!(desk.erase(iin("900101300007")).await.unwrap().entries, 1);
    let imports = desk.all_imports().await.unwrap();
    let import = imports.first().unwrap();
    assert_eq!(
        (import.head.file.as_str(), import.failure.as_deref()),
        ("people.csv", Some(""))
    );
    assert_eq!(import.course, None);
}
