//! Imports that are broken off, and go on.

use async_trait::async_trait;
use chrono::NaiveDate;
use saqta_data::desk::{
    Card, CarrierFigures, Course, ExportPage, Figures, Findings, Hit, Import, ImportHead, ImportStep,
    JournalFilter, JournalPage, JournalSlice, Operator, Pulse, Query, StatusSms, StoredAnswer, Work,
};
use saqta_data::office::restore_backup;
use saqta_data::phone::Msisdn;
use saqta_data::registry::{Chunk, Ingested};
use saqta_data::store::sled::{KEPT_FREE, SledOptions, SledStore};

use super::*;

/// A desk that goes away after some pieces, the last of which it has loaded or not.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) desk: Arc<dyn Desk>,
    pub(super) left: AtomicUsize,
    pub(super) loads_the_last: bool,
}

macro_rules! as_ever {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Desk for Leaving {
            $(async fn $name(&self $(, $argument: $type)*) -> Result<$answer, DeskError> {
                self.desk.$name($($argument),*).await
            })*

            async fn load(&self, piece: Piece) -> Result<Loaded, DeskError> {
                if piece.records.is_empty() && !piece.last {
                    return self.desk.load(piece).await;
                }
                let away = || DeskError::Away("it was killed".into());
                let course = self.desk.imports().await?.swap_remove(0).course;
                let phase = match piece.part {
                    Part::People => Phase::People,
                    Part::Phones => Phase::Phones,
                };
                assert!(matches!(course, Some(Course::Sorted(under_way, _)) if under_way == phase), "{course:?}");
                let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                match left {
                    Ok(1) if self.loads_the_last => {
                        self.desk.load(piece).await?;
                        Err(away())
                    }
                    Ok(2..) => self.desk.load(piece).await,
                    _ => Err(away()),
                }
            }
        }
    };
}

as_ever! {
    whoami() -> Operator;
    search(query: Query) -> Vec<Hit>;
    card(iin: Iin, day: Option<NaiveDate>) -> Option<Card>;
    cards(iins: Vec<Iin>, day: Option<NaiveDate>) -> Vec<Option<Card>>;
    journal(page: JournalPage, filter: JournalFilter, limit: usize) -> JournalSlice;
    exchange(seq: u64) -> Option<StoredAnswer>;
    work(work: Work) -> Option<Box<Card>>;
    status_sms(iin: Iin, to: Msisdn) -> StatusSms;
    law() -> Law;
    carriers() -> Vec<CarrierFigures>;
    pulse() -> Pulse;
    imports() -> Vec<Import>;
    refused(import: u64) -> Vec<Refused>;
    begin_import(head: ImportHead) -> u64;
    end_import(import: u64, failure: Option<String>) -> ();
    figures() -> Figures;
    ingest(chunk: Chunk) -> Ingested;
    tell_import(import: u64, step: ImportStep) -> ();
    export(registry: Registry, after: Option<Vec<u8>>) -> ExportPage;
    check() -> Findings;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_import_broken_off_goes_on(
        files in files(),
        breaks in prop::collection::vec((1_usize..6, any::<bool>()), 1..6),
    ) {
        let dir = TempDir::new().unwrap();
        let files = written(&dir, &files);
        block_on(async {
            let (plain, sorted) = (office(), office());
            let wanted = plainly(&desk(&plain), &files, Plan::default()).await;
            for (pieces, loads_the_last) in breaks {
                let leaving: Arc<dyn Desk> = Arc::new(Leaving {
                    desk: desk(&sorted),
                    left: AtomicUsize::new(pieces),
                    loads_the_last,
                });
                let task = task(&files, Plan::default(), dir.path());
                let folder = task.folder();
                match try_sorted(&leaving, task).await {
                    Ok(_) => break,
                    Err(failure) => {
                        let failure = failure.to_string();
                        assert!(failure.contains("it was killed") && failure.contains("the same command goes on"), "{failure}");
                        assert!(folder.is_dir());
                    }
                }
                assert_eq!(desk(&sorted).check().await.unwrap().faults, Vec::<String>::new());
            }
            let task = task(&files, Plan::default(), dir.path());
            let came = try_sorted(&desk(&sorted), task).await.unwrap();
            assert_eq!(exported(&sorted).await, exported(&plain).await);
            // What was loaded without being acknowledged is repeated; a later run of all finds nothing new to refuse.
            let sum = |came: &Came| came.iter().map(|file| (file.0 + file.1, file.2, file.3.clone())).collect::<Vec<_>>();
            assert_eq!(sum(&came), sum(&wanted));
        });
    }
}

pub(super) fn people(count: u64) -> String {
    let iins = (0..count).filter_map(|n| Iin::with_check_digit(90_010_130_000 + n));
    let rows = iins.map(|iin| format!("{},Ким,Анна,,1990-01-01,f,none\n", iin.reveal()));
    Header::line(Registry::People) + "\n" + &rows.collect::<String>()
}

#[test]
fn a_registry_changed_meanwhile_is_sorted_anew() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40)]);
    block_on(async {
        let office = office();
        let leaving: Arc<dyn Desk> = Arc::new(Leaving {
            desk: desk(&office),
            left: AtomicUsize::new(3),
            loads_the_last: true,
        });
        assert!(
            try_sorted(&leaving, task(&files, Plan::default(), dir.path()))
                .await
                .is_err()
        );
        written(&dir, &[people(50)]);
        let came = try_sorted(&desk(&office), task(&files, Plan::default(), dir.path()))
            .await
            .unwrap();
        let rows = people(50).lines().count() as u64 - 1;
        assert_eq!(came[0].0 + came[0].1, rows);
        assert_eq!(
            desk(&office).figures().await.unwrap().store.entries["people"],
            rows
        );
    });
}

#[test]
fn nobody_erased_meanwhile_comes_back_by_what_was_sorted_before() {
    let dir = TempDir::new().unwrap();
    let anna = Iin::parse("900101300007").unwrap();
    let phones = Header::line(Registry::Phones) + "\n+77010000002,900101300007,self,2024-01-01,\n";
    let files = written(&dir, &[people(40), phones]);
    let task = || task(&files, Plan::default(), dir.path());
    // Broken off earlier and later, among people and among phones.
    for pieces in 1.. {
        let broken_off = block_on(async {
            let office = office();
            let leaving: Arc<dyn Desk> = Arc::new(Leaving {
                desk: desk(&office),
                left: AtomicUsize::new(pieces),
                loads_the_last: true,
            });
            if try_sorted(&leaving, task()).await.is_ok() {
                return false;
            }
            senior(&office).erase(anna).await.unwrap();
            for _ in 0..2 {
                let refused = try_sorted(&desk(&office), task()).await.unwrap_err().to_string();
                let folder = task().folder();
                assert!(
                    refused.contains("somebody was erased")
                        && refused.ends_with(&format!(
                            "remove {} and begin again with the same command",
                            folder.display()
                        )),
                    "{refused}"
                );
                assert_eq!(office.person(anna).await, Ok(None));
            }
            fs::remove_dir_all(task().folder()).unwrap();
            try_sorted(&desk(&office), task()).await.unwrap();
            assert!(
                office.person(anna).await.unwrap().is_some(),
                "a registry names them"
            );
            assert_eq!(desk(&office).check().await.unwrap().faults, Vec::<String>::new());
            true
        });
        if !broken_off {
            assert!(pieces > 10);
            break;
        }
    }
}

#[test]
fn nobody_erased_while_rows_are_loaded_comes_back_by_the_rest() {
    let dir = TempDir::new().unwrap();
    let anna = Iin::parse("900101300007").unwrap();
    let files = written(&dir, &[people(1)]);
    block_on(async {
        let office = office();
        let task = task(&files, Plan::default(), dir.path());
        let job = Job::new(&task.inputs, &task.store, None, false);
        let mut folder = Folder::open(&task.folder(), &job, Start::default()).unwrap();
        sorted::sort(&mut folder, &task.inputs, SMALL, &|_| ()).unwrap();
        let cutting = Cutting {
            part: Part::People,
            after: None,
            without: BTreeSet::new(),
        };
        let mut pieces = Pieces::new(Merge::open(&folder.runs(Part::People)).unwrap(), cutting, SMALL);
        let piece = |erasure, records| Piece {
            records,
            erasure: Some(erasure),
            ..Piece::EMPTY
        };
        let records = pieces.next_cut().unwrap().unwrap().records;
        senior(&office).erase(anna).await.unwrap();
        let late = desk(&office).load(piece(0, records.clone())).await;
        assert!(matches!(late, Err(DeskError::Bad(_))), "{late:?}");
        assert_eq!(office.person(anna).await, Ok(None));
        let now = desk(&office).load(Piece::EMPTY).await.unwrap().erasure;
        assert!(now != 0);
        desk(&office).load(piece(now, records)).await.unwrap();
        assert!(office.person(anna).await.unwrap().is_some());
    });
}

#[test]
fn an_import_given_up_is_told_by_check_and_ended_by_running_it_again() {
    let dir = TempDir::new().unwrap();
    let rows = "+77010000002,900101300007,self,2024-01-01,\n+77010000003,900101300007,self,2024-01-01,\n";
    let files = written(&dir, &[Header::line(Registry::Phones) + "\n" + rows]);
    let task = || task(&files, Plan::default(), dir.path());
    block_on(async {
        let office = office();
        let leaving: Arc<dyn Desk> = Arc::new(Leaving {
            desk: desk(&office),
            left: AtomicUsize::new(1),
            loads_the_last: true,
        });
        assert!(try_sorted(&leaving, task()).await.is_err());
        fs::remove_dir_all(task().folder()).unwrap();
        let found = desk(&office).check().await.unwrap();
        assert_eq!(found.faults, Vec::<String>::new());
        assert_eq!(
            found.notes,
            [
                "an import is unfinished: 2 phones that people name are not bound yet; run it again, with the same files"
            ]
        );
        try_sorted(&desk(&office), task()).await.unwrap();
        let before = desk(&office).check().await.unwrap();
        assert_eq!((before.faults, before.notes), (Vec::new(), Vec::new()));
        // From now on such a phone is a fault again.
        let mut unit = office.begin();
        let key = saqta_data::office::phone_key(Msisdn::from_number(77_010_000_002).unwrap());
        unit.change(saqta_data::store::Tree::Phones, &key, None);
        unit.commit().await.unwrap();
        assert_eq!(desk(&office).check().await.unwrap().faults.len(), 1);
    });
}

#[test]
fn what_is_there_already_needs_no_room_again() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40)]);
    let (task, bytes) = (task(&files, Plan::default(), dir.path()), people(40).len() as u64);
    let (folder, db) = (task.folder(), task.store.join("db"));
    let needed = || Room::of(&task, &folder).map(|room| room.bytes);
    fs::create_dir(&task.store).unwrap();
    fs::write(&db, [0; 100]).unwrap();
    let (sorting, growth) = sorted::need(bytes, 100);
    assert_eq!(needed(), [sorting, growth + KEPT_FREE]);
    block_on(async {
        let leaving: Arc<dyn Desk> = Arc::new(Leaving {
            desk: desk(&office()),
            left: AtomicUsize::new(1),
            loads_the_last: true,
        });
        let same = super::task(&files, Plan::default(), dir.path());
        assert!(try_sorted(&leaving, same).await.is_err());
    });
    fs::write(&db, [0; 300]).unwrap();
    let header = Header::line(Registry::People).len() as u64 + 1;
    assert_eq!(needed(), [sorted::need(header, 0).0, growth - 200 + KEPT_FREE]);
    fs::write(&files[0], people(50)).unwrap();
    let changed = super::task(&files, Plan::default(), dir.path());
    let (sorting, growth) = sorted::need(people(50).len() as u64, 300);
    assert_eq!(
        Room::of(&changed, &folder).map(|room| room.bytes),
        [sorting, growth + KEPT_FREE]
    );
}

/// What was loaded into a store that was removed is not in the one that took its place.
#[test]
fn a_store_that_took_the_place_of_another_is_not_gone_on_with() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40)]);
    let task = || task(&files, Plan::default(), dir.path());
    block_on(async {
        let leaving: Arc<dyn Desk> = Arc::new(Leaving {
            desk: desk(&office()),
            left: AtomicUsize::new(6),
            loads_the_last: true,
        });
        assert!(try_sorted(&leaving, task()).await.is_err());
        let other = office();
        let refused = try_sorted(&desk(&other), task()).await.unwrap_err().to_string();
        assert!(refused.contains("another store has taken its place"), "{refused}");
        fs::remove_dir_all(task().folder()).unwrap();
        try_sorted(&desk(&other), task()).await.unwrap();
        let found = desk(&other).check().await.unwrap();
        assert_eq!(found.faults, Vec::<String>::new());
        let scan = Scan::of(Tree::People, MAX_SCAN);
        let held = other.store().scan(scan).await.unwrap().len();
        assert_eq!(held, people(40).lines().count() - 1, "nobody is missing");
    });
}

/// What was loaded since a backup was made is not in the store that is founded of it.
#[test]
fn a_store_restored_of_an_older_backup_is_not_gone_on_with() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40)]);
    let task = || task(&files, Plan::default(), dir.path());
    block_on(async {
        let live = office();
        // It has a number before the backup, too.
        desk(&live).load(Piece::EMPTY).await.unwrap();
        let (mut pieces, mut backup) = (senior(&live).backup().await.unwrap(), Vec::new());
        while let Some(piece) = pieces.next().await.unwrap() {
            backup.extend(piece);
        }
        let leaving: Arc<dyn Desk> = Arc::new(Leaving {
            desk: desk(&live),
            left: AtomicUsize::new(6),
            loads_the_last: true,
        });
        assert!(try_sorted(&leaving, task()).await.is_err());

        let (path, options) = (dir.path().join("restored"), SledOptions::default());
        SledStore::restore(&path, options, |sink| restore_backup(&backup[..], sink)).unwrap();
        let restored = office_over(Arc::new(SledStore::open(&path, options).unwrap()));
        let refused = try_sorted(&desk(&restored), task())
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains("another store has taken its place"), "{refused}");
        fs::remove_dir_all(task().folder()).unwrap();
        try_sorted(&desk(&restored), task()).await.unwrap();
        let scan = Scan::of(Tree::People, MAX_SCAN);
        let held = restored.store().scan(scan).await.unwrap().len();
        assert_eq!(held, people(40).lines().count() - 1, "nobody is missing");
    });
}
