use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use proptest::prelude::*;
use saqta_data::clock::Clock;
use saqta_data::desk::{DeskOptions, LocalDesk, OperatorRole, Upkeep as _};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::registry::csv::{Header, Plan};
use saqta_data::registry::sorted::{Bounds, Input, Job, Space};
use saqta_data::registry::{Refused, Registry};
use saqta_data::store::memory::MemoryStore;
use saqta_data::store::{MAX_SCAN, Scan, Store, Tree};
use tempfile::TempDir;

use super::*;
use crate::failure::Outcome;
use crate::intake::{self, Source};

mod broken;
mod folder;
mod told;

/// So small that a few rows make several blocks, runs, levels of merging and pieces.
const SMALL: Bounds = Bounds {
    block_bytes: 300,
    fan_in: 2,
    workers: 2,
    piece_bytes: 200,
    piece_records: 2,
};

/// Refused rows as they would stand in the file.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<String>>);

impl Bin for Kept {
    fn throw(&mut self, refused: &Refused) -> Outcome {
        let mut text = self.0.lock().unwrap();
        writeln!(text, "{}", intake::line(refused)).unwrap();
        Ok(())
    }
}

fn office() -> Office {
    office_over(Arc::new(MemoryStore::new()))
}

fn office_over(store: Arc<dyn Store>) -> Office {
    let day = "2026-11-22".parse().unwrap();
    let law = Arc::new(Law::builtin().unwrap());
    Office::new(store, law, Clock::noon(day))
}

fn desk(office: &Office) -> Arc<dyn Desk> {
    senior(office)
}

fn senior(office: &Office) -> Arc<LocalDesk> {
    let options = DeskOptions::of(Door::Command("import".into()));
    Arc::new(LocalDesk::new(
        office.clone(),
        "root".into(),
        OperatorRole::Senior,
        options,
    ))
}

/// What an import came to, file by file: accepted, repeated, refused, and the refused rows.
type Came = Vec<(u64, u64, u64, String)>;

async fn plainly(desk: &Arc<dyn Desk>, files: &[PathBuf], plan: Plan) -> Came {
    let mut came = Vec::new();
    for file in files {
        let mut kept = Kept::default();
        let source = Source::open(file, plan).unwrap();
        let number = source.enter(&**desk).await.unwrap();
        let counts = intake::take(&**desk, source, Some(number), &mut kept, |_| ()).await;
        let counts = counts.map_err(|(_, failure)| failure.to_string()).unwrap();
        let refused = kept.0.lock().unwrap().clone();
        came.push((counts.accepted, counts.repeated, counts.refused, refused));
    }
    came
}

fn task(files: &[PathBuf], plan: Plan, dir: &Path) -> Task {
    Task {
        inputs: files.iter().map(|file| Input::open(file).unwrap()).collect(),
        plan,
        store: dir.join("store"),
        temp: None,
        bounds: SMALL,
    }
}

async fn try_sorted(desk: &Arc<dyn Desk>, task: Task) -> Result<Came, Failure> {
    let kept: Vec<Kept> = task.inputs.iter().map(|_| Kept::default()).collect();
    let mut bins: Vec<Box<dyn Bin>> = kept
        .iter()
        .map(|kept| Box::new(kept.clone()) as Box<dyn Bin>)
        .collect();
    let watch: Arc<dyn Watch> = Arc::new(Unwatched);
    let counts = take(desk, task, &mut bins, &watch).await?;
    let came = counts.into_iter().zip(kept).map(|(counts, kept)| {
        let refused = kept.0.lock().unwrap().clone();
        (counts.accepted, counts.repeated, counts.refused, refused)
    });
    Ok(came.collect())
}

async fn exported(office: &Office) -> String {
    let mut all = format!("{:?}\n", office.data_date().await.unwrap());
    for registry in Registry::ALL {
        let mut after = None;
        loop {
            let page = office.export(registry, after).await.unwrap();
            all += &page.rows;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    all
}

async fn settings(office: &Office) -> Vec<(Vec<u8>, Vec<u8>)> {
    let scan = Scan::of(Tree::Settings, MAX_SCAN);
    office.store().scan(scan).await.unwrap()
}

/// A row of `registry` out of so few that they meet: the same again, other values, conflicts, and what is no row.
fn row() -> impl Strategy<Value = (usize, String)> {
    let person = (0_u64..6).prop_map(|n| Iin::with_check_digit(90_010_130_000 + n));
    let person = person.prop_map(|iin| iin.map_or_else(|| "900101300008".into(), Iin::reveal));
    (0_usize..8, person, 0_u8..3, 0_u8..3).prop_map(|(kind, iin, key, value)| match kind {
        0 => (
            0,
            format!("{iin},Ким,\"Анна-{value}\n\",,1990-01-0{},f,none", key + 1),
        ),
        1 => (
            1,
            format!("{iin},student,2024-0{}-01,202{}-06-30", key + 1, value + 3),
        ),
        2 => (2, format!("{iin},2026-10-2{key},2026-11-2{value}")),
        3 => (4, format!("{iin},{value},2024-01-0{key}")),
        4 => (5, format!("8701000000{key},{iin},self,2024-01-0{},", value + 1)),
        5 => (
            6,
            format!(
                "R{key},{key},{iin},0{}2025,122,independent,,100{},2025-10-01",
                key + 1,
                value / 2
            ),
        ),
        6 => (7, format!("R{key},{key},{iin},2026-02-1{value}")),
        _ => match value {
            0 => (usize::from(key), "no row".into()),
            1 => (5, format!("{iin},x,\"y")),
            _ => (6, "z".repeat(20_000)),
        },
    })
}

/// Files of rows of one registry each, in any order, some registries twice.
fn files() -> impl Strategy<Value = Vec<String>> {
    let registries = [0, 1, 2, 4, 5, 6, 7, 5, 6, 0];
    let order = Just(registries.to_vec()).prop_shuffle();
    (prop::collection::vec((row(), 0_usize..2), 0..120), order).prop_map(|(rows, order)| {
        let mut files: Vec<(usize, String)> = order
            .into_iter()
            .map(|kind| (kind, Header::line(Registry::ALL[kind]) + "\r\n"))
            .collect();
        for ((kind, row), which) in rows {
            let mut fitting: Vec<_> = files.iter_mut().filter(|(other, _)| *other == kind).collect();
            let count = fitting.len();
            if count > 0 {
                fitting[which % count].1 += &(row + "\n");
            }
        }
        files.into_iter().map(|(_, text)| text).collect()
    })
}

fn written(dir: &TempDir, files: &[String]) -> Vec<PathBuf> {
    let path = |at: usize| dir.path().join(format!("{at}.csv"));
    files
        .iter()
        .enumerate()
        .map(|(at, text)| {
            fs::write(path(at), text).unwrap();
            path(at)
        })
        .collect()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sorting_first_changes_nothing(files in files(), given in any::<bool>()) {
        let dir = TempDir::new().unwrap();
        let files = written(&dir, &files);
        let plan = Plan { data_date: given.then(|| "2026-01-01".parse().unwrap()), dry_run: false };
        block_on(async {
            let (plain, sorted) = (office(), office());
            for _ in 0..2 {
                let came = plainly(&desk(&plain), &files, plan).await;
                assert_eq!(try_sorted(&desk(&sorted), task(&files, plan, dir.path())).await.unwrap(), came);
                assert_eq!(exported(&sorted).await, exported(&plain).await);
            }
            let (mut sound, wanted) = (desk(&sorted).check().await.unwrap(), desk(&plain).check().await.unwrap());
            // What was refused as no row at all is shown here, too.
            sound.sound.insert("imports".into(), wanted.sound["imports"]);
            sound.bytes = wanted.bytes;
            for tree in ["imports", "settings"] {
                sound.digests.insert(tree.into(), wanted.digests[tree].clone());
            }
            // By it a store is told from one that takes its place.
            *sound.sound.entry("settings".into()).or_default() -= 1;
            assert_eq!(sound, wanted);
            let entered = |imports: Vec<saqta_data::desk::Import>| {
                let figures = imports.into_iter().map(|import| {
                    (import.head, import.accepted, import.repeated, import.ended_at, import.failure)
                });
                figures.collect::<Vec<_>>()
            };
            let (sorted, plain) = (desk(&sorted).imports().await.unwrap(), desk(&plain).imports().await.unwrap());
            let mut sorted = entered(sorted);
            // All are entered before the first is loaded, so their order is another.
            let mut plain = entered(plain);
            sorted.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
            plain.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
            assert_eq!(sorted, plain);
        });
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        prop_assert!(left.iter().all(|name| name.to_string_lossy().ends_with(".csv")), "{left:?}");
    }

    #[test]
    fn a_dry_run_counts_what_a_real_one_does_and_writes_nothing(files in files()) {
        let dir = TempDir::new().unwrap();
        let files = written(&dir, &files);
        let dry = Plan { data_date: None, dry_run: true };
        block_on(async {
            let office = office();
            let before = (exported(&office).await, settings(&office).await);
            let told = try_sorted(&desk(&office), task(&files, dry, dir.path())).await.unwrap();
            assert_eq!((exported(&office).await, settings(&office).await), before);
            assert!(desk(&office).imports().await.unwrap().is_empty());
            let came = try_sorted(&desk(&office), task(&files, Plan::default(), dir.path())).await.unwrap();
            let sum = |came: &Came| came.iter().map(|file| (file.0 + file.1, file.2)).collect::<Vec<_>>();
            assert_eq!(sum(&told), sum(&came));
        });
    }
}

#[test]
fn too_little_room_is_told_before_anything_is_done() {
    let needs = |sorting, store| {
        [
            room::Room {
                what: "sorting",
                path: Path::new("/a"),
                bytes: sorting,
            },
            room::Room {
                what: "the store",
                path: Path::new("/b"),
                bytes: store,
            },
        ]
    };
    let one_disk = |_: &Path| {
        Ok(Space {
            device: 1,
            free: 5_000_000_000,
        })
    };
    assert!(check_room(&needs(2_000_000_000, 3_000_000_000), &one_disk).is_ok());
    let refused = check_room(&needs(2_000_000_001, 3_000_000_000), &one_disk).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "/a: too little room: 5.1 GB needed, 5.0 GB free on that disk (2.1 GB for sorting, 3.0 GB for the store)"
    );
    let two_disks = |path: &Path| {
        let device = u64::from(path == Path::new("/b"));
        Ok(Space {
            device,
            free: 3_000_000_000,
        })
    };
    assert!(check_room(&needs(3_000_000_000, 3_000_000_000), &two_disks).is_ok());
    let refused = check_room(&needs(1, 3_100_000_000), &two_disks)
        .unwrap_err()
        .to_string();
    assert!(
        refused.starts_with("/b: too little room: 3.1 GB needed, 3.0 GB free"),
        "{refused}"
    );
    let away = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    assert!(check_room(&needs(1, 1), &away).is_err());
}

#[test]
fn limits_hold_and_people_and_phones_agree_afterwards() {
    let dir = TempDir::new().unwrap();
    let mut text = Header::line(Registry::Phones) + "\n";
    let people = (0..80).filter_map(|n| Iin::with_check_digit(90_010_130_000 + n));
    let people: Vec<String> = people.map(Iin::reveal).collect();
    for iin in &people {
        writeln!(text, "87019999999,{iin},child,2024-01-01,").unwrap();
    }
    for n in 0..120 {
        writeln!(text, "8702000{n:04},{},self,2024-01-01,", people[0]).unwrap();
    }
    let files = written(&dir, &[text]);
    block_on(async {
        let (plain, sorted) = (office(), office());
        let wanted = plainly(&desk(&plain), &files, Plan::default()).await;
        assert!(wanted[0].2 > 40, "{}", wanted[0].2);
        for _ in 0..2 {
            let came = try_sorted(&desk(&sorted), task(&files, Plan::default(), dir.path()))
                .await
                .unwrap();
            assert_eq!(
                came[0].3, wanted[0].3,
                "the same rows are refused for the same reasons"
            );
            assert_eq!(desk(&sorted).check().await.unwrap().faults, Vec::<String>::new());
            assert_eq!(exported(&sorted).await, exported(&plain).await);
        }
    });
}
