//! Backups, restoration, compaction and erasing, at a server that goes on answering, and without one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use saqta_data::desk::{Card, Deed, DeskError, Work};
use saqta_data::iin::Iin;

use crate::people::{PAID, PHONE_A, UNPAID, import};
use crate::process::{Server, ask_desk, done, run, run_to_end, saqta, wait_for, write};

/// Every file that `export` writes, by name.
pub(crate) fn exported(store: &str, dir: &Path) -> BTreeMap<String, Vec<u8>> {
    done(run(&["export", "--store", store, dir.to_str().unwrap()]));
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        })
        .collect()
}

/// What `check` says of each tree but the settings, where each store has a number of its own, and the journal, where whoever
/// reads the other one is noted.
pub(crate) fn digests(store: &str) -> Vec<String> {
    let checked = done(run(&["check", "--store", store]));
    let of_trees = checked.lines().filter(|line| line.contains(", digest "));
    let of_trees: Vec<_> = of_trees
        .filter(|line| !line.starts_with("settings") && !line.starts_with("journal"))
        .map(str::to_owned)
        .collect();
    assert_eq!(of_trees.len(), 11, "{checked}");
    of_trees
}

/// What went wrong, as the program says it in one line.
fn refused(args: &[&str]) -> String {
    let output = run(args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn a_backup_of_a_serving_store_is_restored_alike_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (store, other, file) = (path("store"), path("other"), path("one.backup"));
    import(dir.path(), Path::new(&store));
    let server = Server::start(Path::new(&store));
    let answer = server.text("m1", PHONE_A, PAID);
    let stated = done(run(&["backup", "--store", &store, &file]));
    assert!(
        stated.contains("people: 8\n") && stated.contains("registries up to 2026-"),
        "{stated}"
    );
    let of_server = exported(&store, &dir.path().join("of-server"));
    assert!(server.terminate().0.is_some());

    let restored = done(run(&["restore", "--store", &other, &file]));
    assert_eq!(restored, stated);
    assert_eq!(exported(&other, &dir.path().join("of-other")), of_server);
    assert_eq!(digests(&other), digests(&store));
    let server = Server::start(Path::new(&other));
    assert_eq!(
        server.text("m1", PHONE_A, PAID),
        answer,
        "it had its answer before the backup"
    );
    let held = refused(&["restore", "--store", &other, &file]);
    assert!(held.contains("a server holds this store"), "{held}");
    assert!(server.terminate().0.is_some());
    let there = refused(&["restore", "--store", &other, &file]);
    assert!(there.contains("there is a store already"), "{there}");

    assert_eq!(done(run(&["restore", "--dry-run", &file])), stated);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 9]).unwrap();
    let fresh = path("fresh");
    let cut = refused(&["restore", "--store", &fresh, &file]);
    assert!(cut.contains("one.backup: this backup is not whole"), "{cut}");
    let none = refused(&["status", "--store", &fresh, PAID]);
    assert!(none.contains("there is no store"), "{none}");
    fs::write(&file, bytes).unwrap();
    done(run(&["restore", "--store", &fresh, &file]));
}

#[test]
fn answers_go_on_while_the_store_is_compacted() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    let over = AtomicBool::new(false);
    let answered = std::thread::scope(|scope| {
        let texting = scope.spawn(|| {
            let mut answered = 0;
            while !over.load(Ordering::SeqCst) {
                let answer = server.text(&format!("m{answered}"), PHONE_A, PAID);
                assert!(answer[0].starts_with("САҚТАНДЫРЫЛҒАН"), "{answer:?}");
                answered += 1;
            }
            answered
        });
        for _ in 0..5 {
            let said = done(run(&["compact", "--store", store.to_str().unwrap()]));
            assert!(said.contains(" bytes before, "), "{said}");
        }
        over.store(true, Ordering::SeqCst);
        texting.join().unwrap()
    });
    assert!(answered > 0);
    let first = server.text("m0", PHONE_A, PAID);
    server.kill();
    assert!(!done(run(&["check", "--store", store.to_str().unwrap()])).contains("FAULT"));
    let server = Server::start(&store);
    assert_eq!(server.text("m0", PHONE_A, PAID), first, "after a kill, too");
}

/// The bytes of a closed store on disk.
fn on_disk(store: &str) -> u64 {
    let checked = done(run(&["check", "--store", store]));
    let line = checked.lines().find_map(|line| line.strip_suffix(" on disk"));
    line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_store_grown_by_overwriting_is_compacted_to_the_size_of_one_that_was_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (loaded, grown) = (path("loaded"), path("grown"));
    done(run(&["synth", "--citizens", "8000", "--seed", "5", &path("csv")]));
    let (people, payments) = (path("csv/people.csv"), path("csv/contributions.csv"));
    done(run(&["import", "--sort", "--store", &loaded, &people, &payments]));
    // The same rows, a part of everybody's at a time.
    done(run(&["import", "--sort=false", "--store", &grown, &people]));
    let payments = fs::read_to_string(payments).unwrap();
    let (header, rows) = payments.split_once('\n').unwrap();
    for part in 0..PARTS {
        let some = rows.lines().skip(part).step_by(PARTS);
        let text = some.fold(header.to_owned(), |text, row| text + "\n" + row) + "\n";
        let file = write(dir.path(), "some.csv", &text);
        done(run(&["import", "--sort=false", "--store", &grown, &file]));
    }
    let (of_loaded, before) = (on_disk(&loaded), on_disk(&grown));
    assert!(
        before > of_loaded * 5 / 4,
        "grown to {before}, loaded {of_loaded}"
    );
    done(run(&["compact", "--store", &grown]));
    let after = on_disk(&grown);
    // sled takes its log in halves of a MiB.
    assert!(
        after < of_loaded * 11 / 10 + (1 << 19),
        "shrunk to {after}, loaded {of_loaded}"
    );
    let people = |store: &str| digests(store).into_iter().find(|line| line.starts_with("people"));
    assert_eq!(people(&grown), people(&loaded), "or they are not to be compared");
}

/// Parts in which payments come.
const PARTS: usize = 4;

/// True if `bytes` are in any file under `path`.
fn is_in_files(path: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(path).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_in_files(&path, bytes);
        }
        let contents = fs::read(&path).unwrap_or_default();
        contents.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn an_erased_person_is_in_no_file_of_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let at = store.to_str().unwrap().to_owned();
    import(dir.path(), &store);
    let name = "Жұлдызгүлова";
    let row = format!("{PAID},{name},Айгүл,,1990-01-01,f,independent\n");
    let text = format!("iin,surname,given_name,patronymic,birth_date,sex,payer_kind\n{row}");
    let people = write(dir.path(), "people.csv", &text);
    let reference = "TRANSFER-77-1";
    let row = format!("{reference},1,{PAID},112026,122,independent,{PAID},4250,2026-11-20\n");
    let header = "reference,line,iin,period,knp,payer_kind,payer_id,amount,paid_on\n";
    let payments = write(dir.path(), "contributions.csv", &(header.to_owned() + &row));
    done(run(&["import", "--store", &at, &people, &payments]));
    let server = Server::start(&store);
    server.text("m1", PHONE_A, PAID);
    server.text("m2", PHONE_A, UNPAID);
    let note = "ол екі рет қоңырау шалды";
    let noted: Result<Option<Card>, DeskError> = ask_desk(
        &store,
        "/work",
        &Work {
            iin: Iin::parse(PAID).ok(),
            deed: Deed::Note { text: note.into() },
        },
    );
    noted.unwrap().unwrap();
    let number = PAID.parse::<u64>().unwrap().to_be_bytes();
    let theirs = [
        &number[..],
        name.as_bytes(),
        note.as_bytes(),
        reference.as_bytes(),
    ];
    for form in theirs {
        assert!(is_in_files(&store, form), "or this shows nothing");
    }
    let is_nowhere = || {
        for form in theirs.into_iter().chain([PAID.as_bytes()]) {
            assert!(!is_in_files(&store, form), "{}", String::from_utf8_lossy(form));
        }
    };
    let said = done(run(&["erase", "--store", &at, PAID]));
    assert!(
        said.contains("********0007 erased") || said.contains("0007 erased"),
        "{said}"
    );
    assert!(!said.contains(PAID), "{said}");
    is_nowhere();
    let other = server.text("m3", PHONE_A, UNPAID);
    assert!(other[0].starts_with("САҚТАНДЫРЫЛМАҒАН"), "{other:?}");
    assert!(server.terminate().0.is_some());
    is_nowhere();
    let unknown = done(run(&["status", "--json", "--store", &at, PAID]));
    assert!(unknown.contains(r#""status":"unknown""#), "{unknown}");
    assert!(!done(run(&["check", "--store", &at])).contains("FAULT"));
    let slip = refused(&["erase", "--store", &at, "900101300008"]);
    assert!(
        slip.contains("this is no IIN") && !slip.contains("900101300008"),
        "{slip}"
    );
    let stdin = refused(&["erase", "--store", &at, "-"]);
    assert!(stdin.contains("one IIN, on the command line"), "{stdin}");
}

#[test]
fn what_may_still_name_an_erased_person_is_told_with_its_whole_path() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let at = store.to_str().unwrap().to_owned();
    // The store forgets this path, which names the person, with the person.
    let name = format!("{PAID}.csv");
    let file = write(
        dir.path(),
        &name,
        "iin,category,from,to\n900101300007,none such,2024-09-01,\n",
    );
    // By its name alone, from the folder where it is.
    let mut import = saqta(&["import", "--store", &at, &name]);
    import.current_dir(dir.path());
    done(run_to_end(import));
    let erased = run(&["erase", "--store", &at, PAID]);
    let said = String::from_utf8(erased.stderr.clone()).unwrap();
    done(erased);
    assert!(
        said.contains(&format!("beside their registries ({file}.refused)")),
        "{said}"
    );
}

#[test]
fn daily_backups_are_made_when_due_and_the_oldest_go() {
    let dir = tempfile::tempdir().unwrap();
    let (store, folder) = (dir.path().join("store"), dir.path().join("backups"));
    import(dir.path(), &store);
    fs::create_dir(&folder).unwrap();
    for day in ["2026-11-19", "2026-11-20", "2026-11-21"] {
        fs::write(folder.join(format!("saqta-{day}-1159.backup")), "").unwrap();
    }
    let at = store.to_str().unwrap();
    let mut child = crate::process::saqta(&[
        "backup",
        "--store",
        at,
        "--every",
        "1d",
        "--keep",
        "2",
        folder.to_str().unwrap(),
    ])
    .stdout(std::process::Stdio::null())
    .stderr(std::process::Stdio::null())
    .spawn()
    .unwrap();
    let names = || {
        let entries = fs::read_dir(&folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    wait_for("the old ones are gone", || {
        let names = names();
        (names.len() == 2 && names[0] == "saqta-2026-11-21-1159.backup").then_some(())
    });
    let newest = folder.join(names().pop().unwrap());
    assert!(
        newest.to_string_lossy().contains("saqta-2026-11-22-120"),
        "{newest:?}"
    );
    done(run(&["restore", "--dry-run", newest.to_str().unwrap()]));
    // It holds the store only while it makes a backup: a server may start meanwhile.
    let server = Server::start(&store);
    assert!(child.try_wait().unwrap().is_none(), "it waits for the next one");
    assert_eq!(server.terminate().0, Some(0));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(names().len(), 2, "nothing half-made is left");
}
