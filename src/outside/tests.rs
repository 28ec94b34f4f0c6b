use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use saqta_data::clock::Clock;
use saqta_data::desk::{Course, DeskOptions, Import, LocalDesk, OperatorRole};
use saqta_data::journal::Door;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::registry::sorted::Input;
use saqta_data::store::memory::MemoryStore;

use super::*;
use crate::bulk::{self, NotBegun, Task};

fn machine(dir: &Path) -> Machine {
    Machine {
        desk: None,
        importing: Importing::default(),
        room: Arc::new(Semaphore::new(MAX_IMPORTS)),
        home: Some(dir.join("home")),
        folder: dir.to_owned(),
        kept_in: Some(dir.join("state/saqta/console.toml")),
    }
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_file_is_new_and_its_owners_only() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    let mut written = Vec::new();
    for contents in ["one", "two", "three"] {
        written.push(machine.save("card.txt", contents.into()).await.unwrap());
    }
    assert!(written[0].ends_with("/card.txt") && written[2].ends_with("/card-3.txt"));
    assert_eq!(fs::read_to_string(&written[0]).unwrap(), "one");
    assert_eq!(fs::read_to_string(&written[1]).unwrap(), "two");
    assert_eq!(mode(&written[0]), 0o600);
}

#[tokio::test]
async fn a_name_leads_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    for name in ["../card.txt", "/etc/card.txt", "a/b", "..", ""] {
        assert!(machine.save(name, Vec::new()).await.is_err(), "{name}");
    }
}

#[test]
fn there_is_an_end_to_files_alike() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..MAX_ALIKE {
        save(dir.path(), "card", b"").unwrap();
    }
    assert!(save(dir.path(), "card", b"").unwrap_err().contains("99"));
}

#[tokio::test]
async fn choices_are_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    assert_eq!(machine.kept(), Preferences::default());
    for chosen in [
        Preferences {
            language: Some(Language::Russian),
            ..Preferences::default()
        },
        Preferences {
            language: Some(Language::English),
            theme: Some(ThemeChoice::Mono),
            mouse: Some(true),
        },
    ] {
        machine.remember(chosen).await.unwrap();
        assert_eq!(machine.kept(), chosen);
    }
    let path = machine.kept_in.clone().unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let files = fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(files.count(), 1, "nothing is left beside it");
}

#[test]
fn a_file_that_is_not_ours_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    let path = machine.kept_in.clone().unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "language = \"tlh\"\ntheme = \"dark\"\nlater = 1\n").unwrap();
    let kept = machine.kept();
    assert_eq!((kept.language, kept.theme), (None, Some(ThemeChoice::Dark)));
    fs::write(&path, "no toml").unwrap();
    assert_eq!(machine.kept(), Preferences::default());
}

#[tokio::test]
async fn without_a_home_nothing_is_kept_and_that_is_said() {
    let machine = Machine {
        kept_in: None,
        ..machine(Path::new(""))
    };
    assert!(machine.remember(Preferences::default()).await.is_err());
}

fn at_a_desk(dir: &Path, role: OperatorRole) -> Machine {
    let law = Arc::new(Law::builtin().unwrap());
    let office = Office::new(Arc::new(MemoryStore::new()), law, Clock::system());
    let options = DeskOptions::of(Door::Console);
    Machine {
        desk: Some(Arc::new(LocalDesk::new(office, "dana".into(), role, options))),
        ..machine(dir)
    }
}

/// The import once it is over.
async fn ended(machine: &Machine, number: u64) -> Import {
    let desk = machine.desk.clone().unwrap();
    let over = async {
        loop {
            let imports = desk.imports().await.unwrap();
            let mut imports = imports.into_iter();
            if let Some(import) = imports.find(|i| i.id == number && i.ended_at.is_some()) {
                return import;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), over).await.unwrap()
}

const PEOPLE: &str = "iin,surname,given_name,patronymic,birth_date,sex,payer_kind\n\
                      900101300007,Ким,Анна,,1990-01-01,f,none\n\
                      900101300008,Ким,Анна,,1990-01-01,f,none\n";

#[tokio::test]
async fn an_import_goes_on_in_the_background() {
    let dir = tempfile::tempdir().unwrap();
    let machine = at_a_desk(dir.path(), OperatorRole::Senior);
    fs::create_dir(dir.path().join("home")).unwrap();
    fs::write(dir.path().join("home/people.csv"), PEOPLE).unwrap();
    let refused = dir.path().join("home/people.csv.refused");

    let dry = machine.start_import(" ~/people.csv ".into(), true).await.unwrap();
    let dry = ended(&machine, dry).await;
    assert_eq!((dry.accepted, dry.refused, dry.failure), (1, 1, None));
    assert!(dry.head.dry_run && !refused.exists());
    let desk = machine.desk.clone().unwrap();
    let anna = saqta_data::iin::Iin::parse("900101300007").unwrap();
    assert_eq!(desk.card(anna, None).await.unwrap(), None, "nothing was written");

    let real = machine
        .start_import("home/people.csv".into(), false)
        .await
        .unwrap();
    let real = ended(&machine, real).await;
    let whole = dir.path().join("home/people.csv");
    assert_eq!(
        real.head.file,
        whole.to_str().unwrap(),
        "erase names it with its folder"
    );
    assert_eq!(real.head.bytes, PEOPLE.len() as u64);
    assert!(desk.card(anna, None).await.unwrap().is_some());
    assert!(fs::read_to_string(&refused).unwrap().starts_with("line 3: "));
    assert_eq!(mode(&refused), 0o600);
}

#[tokio::test]
async fn an_import_that_cannot_start_is_told() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.txt"), "milk\n").unwrap();
    let machine = at_a_desk(dir.path(), OperatorRole::Senior);
    let start = async |machine: &Machine, file: &str| machine.start_import(file.into(), true).await;
    for file in ["nowhere.csv", "notes.txt", ""] {
        let told = start(&machine, file).await.unwrap_err();
        assert!(told.contains(file), "{told}");
    }
    fs::write(dir.path().join("people.csv"), PEOPLE).unwrap();
    let operator = at_a_desk(dir.path(), OperatorRole::Operator);
    let told = start(&operator, "people.csv").await.unwrap_err();
    assert!(told.contains("senior"), "{told}");
    let taken: Vec<_> = (0..MAX_IMPORTS)
        .map(|_| machine.room.clone().try_acquire_owned().unwrap())
        .collect();
    assert!(
        start(&machine, "people.csv")
            .await
            .unwrap_err()
            .contains("under way")
    );
    drop(taken);
    assert!(start(&machine, "people.csv").await.is_ok());
}

/// At a desk like [`at_a_desk`]; all files are sorted, in `temp`.
fn sorting(dir: &Path, temp: &Path) -> Machine {
    Machine {
        importing: Importing {
            store: dir.join("store"),
            temp: Some(temp.to_owned()),
            sort: Some(true),
        },
        ..at_a_desk(dir, OperatorRole::Senior)
    }
}

/// The import of a file of the folder, as the command has it.
fn task(machine: &Machine, file: &str) -> Task {
    let input = Input::open(&machine.folder.join(file)).unwrap();
    let Importing { store, temp, .. } = &machine.importing;
    Task::new(vec![input], Plan::default(), store, temp.clone())
}

/// How many people the store holds.
async fn people(machine: &Machine) -> u64 {
    let figures = machine.desk.as_ref().unwrap().figures().await.unwrap();
    figures.store.entries["people"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_import_is_sorted_first() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("people.csv"), PEOPLE).unwrap();
    let machine = sorting(dir.path(), dir.path());
    let dry = machine.start_import("people.csv".into(), true).await.unwrap();
    let dry = ended(&machine, dry).await;
    assert_eq!((dry.accepted, dry.refused, dry.failure), (1, 1, None));

    // Somebody imports the same file just now: the folder for what is sorted is held.
    let folder = task(&machine, "people.csv").folder();
    fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let lock = fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let told = machine
        .start_import("people.csv".into(), false)
        .await
        .unwrap_err();
    assert!(told.contains("are being imported just now"), "{told}");
    drop(lock);

    let number = machine.start_import("people.csv".into(), false).await.unwrap();
    let real = ended(&machine, number).await;
    assert_eq!((real.accepted, real.refused, real.failure), (1, 1, None));
    assert_eq!(real.course, None, "it is over");
    assert!(!folder.exists());
    let refused = fs::read_to_string(dir.path().join("people.csv.refused")).unwrap();
    assert!(refused.starts_with("line 3: "), "{refused}");
    let desk = machine.desk.clone().unwrap();
    assert_eq!(desk.refused(number).await.unwrap().len(), 1);
    assert_eq!(people(&machine).await, 1);
    let all = u32::try_from(MAX_IMPORTS).unwrap();
    drop(machine.room.acquire_many(all).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_sorted_rows_are_taken_as_they_stand_and_it_is_told_why() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("people.csv"), PEOPLE).unwrap();
    let nowhere = dir.path().join("nowhere");
    let machine = sorting(dir.path(), &nowhere);
    let number = machine.start_import("people.csv".into(), false).await.unwrap();
    let real = ended(&machine, number).await;
    assert_eq!((real.accepted, real.refused, real.failure), (1, 1, None));
    let Some(Course::Unsorted(why)) = real.course else {
        panic!("{:?}", real.course)
    };
    assert!(why.contains("nowhere") && why.contains("No such file"), "{why}");
    assert_eq!(people(&machine).await, 1);

    // A file that is mostly hole: no disk has the room that sorting it might take.
    let file = fs::File::create(dir.path().join("huge.csv")).unwrap();
    (&file).write_all(PEOPLE.as_bytes()).unwrap();
    file.set_len(1 << 43).unwrap();
    let begun = bulk::begin_with_room(machine.desk.as_ref().unwrap(), task(&machine, "huge.csv"));
    match begun.await {
        Err(NotBegun::NoPlace(why)) => assert!(why.to_string().contains("too little room"), "{why}"),
        _ => panic!("it was begun"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_broken_off_goes_on_under_its_number() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("people.csv"), PEOPLE).unwrap();
    let machine = sorting(dir.path(), dir.path());
    let desk = machine.desk.clone().unwrap();
    // As a console does that is closed at once.
    let begun = bulk::begin(&desk, task(&machine, "people.csv"))
        .await
        .ok()
        .unwrap();
    let numbers = begun.numbers().to_vec();
    drop(begun);
    assert_eq!(people(&machine).await, 0);
    let number = machine.start_import("people.csv".into(), false).await.unwrap();
    assert_eq!([number], numbers[..]);
    assert_eq!(ended(&machine, number).await.accepted, 1);
    assert_eq!(desk.imports().await.unwrap().len(), 1);
    assert_eq!(people(&machine).await, 1);
}
