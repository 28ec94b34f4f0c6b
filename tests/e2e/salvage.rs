//! A damaged store: what can be read of it is written, nothing else, and whoever wants it back is told what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::disk::Disk;
use crate::people::{PAID, import};
use crate::process::{done, run, write};

/// Places at which a bit is turned, evenly over the file.
const PLACES: u64 = 24;

/// The rows of the people in `folder`, by their lines.
fn rows(folder: &Path) -> BTreeSet<String> {
    rows_of(folder, "people.csv")
}

/// The rows of the payments in `folder`.
fn payments(folder: &Path) -> BTreeSet<String> {
    rows_of(folder, "contributions.csv")
}

fn rows_of(folder: &Path, file: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

/// The closed store `from`, with one bit turned in its log at `place` of [`PLACES`].
fn damaged(from: &Path, to: &Path, place: u64) {
    let mut files = contents(from);
    let (_, log) = files.iter_mut().find(|(name, _)| name.ends_with("db")).unwrap();
    let at = log.len() * usize::try_from(place).unwrap() / usize::try_from(PLACES).unwrap();
    log[at + 1_000] ^= 0x10;
    lay_out(to, &files);
}

/// Has the data of the closed store lie in a folder of its own, if it is to be `compacted`; which one.
fn settled(store: &Path, compacted: bool) -> &'static str {
    let at = store.to_str().unwrap();
    if compacted {
        done(run(&["compact", "--store", at]));
    }
    // Opened once more it notes where everything is, as every store in use has.
    done(run(&["check", "--store", at]));
    let log = store.join(if compacted { "data-1/db" } else { "db" });
    assert!(log.exists());
    if compacted { "data-1/" } else { "" }
}

fn exported(store: &Path, into: &Path) -> Output {
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    run(&["export", "--store", &path(store), &path(into)])
}

#[test]
fn what_can_be_read_of_a_damaged_store_is_exported() {
    salvage(false);
}

#[test]
fn what_can_be_read_of_a_damaged_store_that_was_compacted_is_exported() {
    salvage(true);
}

fn salvage(compacted: bool) {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    done(run(&["synth", "--citizens", "1500", "--seed", "5", &text("csv")]));
    let people = text("csv/people.csv");
    let contributions = text("csv/contributions.csv");
    done(run(&[
        "import",
        "--store",
        &text("store"),
        &people,
        &contributions,
    ]));
    settled(&path("store"), compacted);
    done(run(&["export", "--store", &text("store"), &text("whole")]));
    let whole = rows(&path("whole"));
    assert_eq!(whole.len(), 1_500);
    let paid = payments(&path("whole"));
    assert!(!paid.is_empty());
    let mut salvaged = Vec::new();
    for place in 0..PLACES {
        let (store, out) = (path(&format!("s{place}")), path(&format!("o{place}")));
        damaged(&path("store"), &store, place);
        let ended = exported(&store, &out);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!said.contains("panicked"), "{said}");
        if ended.status.success() {
            assert_eq!(rows(&out), whole, "at {place} nothing was lost: {said}");
            assert!(payments(&out) == paid, "at {place} nothing was lost: {said}");
        } else {
            assert!(said.contains("what can be read of it is written"), "{said}");
            assert!(rows(&out).is_subset(&whole), "at {place} a row is wrong");
            assert!(payments(&out).is_subset(&paid), "at {place} a payment is wrong");
            salvaged.push((rows(&out).len(), payments(&out).len()));
            let again = out.join("people.csv");
            let new = text(&format!("n{place}"));
            done(run(&["import", "--store", &new, again.to_str().unwrap()]));
        }
    }
    eprintln!("{salvaged:?} of {}, {}", whole.len(), paid.len());
    assert!(!salvaged.is_empty());
}

/// All files of `store`, by their paths in it, but the one that says who had it open last.
fn contents(store: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(store).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            let inner = contents(&path).into_iter();
            files.extend(inner.map(|(file, bytes)| (name.join(file), bytes)));
        } else if path.is_file() && !name.ends_with("holder") {
            files.insert(name, fs::read(path).unwrap());
        }
    }
    files
}

/// Makes a store of these files.
fn lay_out(store: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    for (name, bytes) in files {
        let path = store.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What is left of a file that is damaged.
type Damage = fn(&[u8]) -> Vec<u8>;

/// What is left of a file that is cut.
fn half(bytes: &[u8]) -> Vec<u8> {
    // The log ends with room that is not used yet.
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[..used / 2].to_vec()
}

/// What a file is with one bit turned.
fn turned(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[4] ^= 1;
    bytes
}

/// Every command that opens a store, refused: what each says in its one line.
fn refusals(store: &Path) -> Vec<String> {
    let store = store.to_str().unwrap();
    // The server last: it would not end if it were not refused.
    let commands: [&[&str]; 3] = [
        &["check"],
        &["status", "900101300007"],
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ],
    ];
    let said = commands.map(|command| {
        let ended = run(&[command, &["--store", store]].concat());
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{command:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{command:?}: {said}");
        said
    });
    said.to_vec()
}

#[test]
fn each_command_says_in_a_line_what_is_damaged_and_leaves_it_for_export_to_read() {
    told_and_left(false);
}

#[test]
fn so_it_does_of_a_store_that_was_compacted() {
    told_and_left(true);
}

fn told_and_left(compacted: bool) {
    let dir = tempfile::tempdir().unwrap();
    let sound = dir.path().join("sound");
    import(dir.path(), &sound);
    let folder = settled(&sound, compacted);
    let whole = dir.path().join("whole");
    done(exported(&sound, &whole));
    for (file, expected) in [
        ("conf", format!("its file `{folder}conf`")),
        ("snap.", format!("its file `{folder}snap.")),
        ("db", "its log".to_owned()),
    ] {
        for damage in [half as Damage, turned] {
            let store = dir.path().join("damaged");
            let mut files = contents(&sound);
            for (name, bytes) in &mut files {
                if name.to_str().unwrap().starts_with(&format!("{folder}{file}")) {
                    *bytes = damage(bytes);
                }
            }
            assert!(files != contents(&sound), "{folder}{file} is not there");
            lay_out(&store, &files);
            let before = contents(&store);
            for said in refusals(&store) {
                assert!(
                    said.contains("the store is damaged") && said.contains(&expected),
                    "{said}"
                );
            }
            assert!(contents(&store) == before, "{file} was changed");
            let out = dir.path().join("out");
            let ended = exported(&store, &out);
            let said = String::from_utf8(ended.stderr).unwrap();
            assert_eq!(ended.status.code(), Some(1), "{said}");
            let is_read = said.contains("what can be read of it is written");
            assert!(is_read || said.contains("nothing of it can be read"), "{said}");
            if is_read {
                assert!(rows(&out).is_subset(&rows(&whole)));
                assert!(file == "db" || rows(&out) == rows(&whole), "{said}");
                fs::remove_dir_all(out).unwrap();
            }
            assert!(contents(&store) == before, "{file} was changed by the export");
            fs::remove_dir_all(store).unwrap();
        }
    }
    // A log that is missing altogether.
    fs::remove_file(sound.join(folder).join("db")).unwrap();
    for said in refusals(&sound) {
        assert!(said.contains("its log is missing"), "{said}");
    }
}

/// Rows of a person who has paid so often that they have a file of their own in the store.
fn many_payments() -> String {
    let rows =
        (0..4_000).map(|line| format!("{line:064},1,{PAID},012020,122,independent,{PAID},4250,2020-01-20\n"));
    let header = "reference,line,iin,period,knp,payer_kind,payer_id,amount,paid_on\n";
    header.to_owned() + &rows.collect::<String>()
}

#[test]
fn a_large_value_that_is_damaged_is_named_and_the_rest_is_exported() {
    named_and_passed_over(false);
}

#[test]
fn so_it_is_in_a_store_that_was_compacted() {
    named_and_passed_over(true);
}

fn named_and_passed_over(compacted: bool) {
    let dir = tempfile::tempdir().unwrap();
    let (sound, store) = (dir.path().join("sound"), dir.path().join("damaged"));
    let text = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    done(run(&["synth", "--citizens", "300", "--seed", "5", &text("csv")]));
    done(run(&[
        "import",
        "--store",
        &text("sound"),
        &text("csv/people.csv"),
    ]));
    let payments = write(dir.path(), "many.csv", &many_payments());
    done(run(&["import", "--store", &text("sound"), &payments]));
    let folder = settled(&sound, compacted);
    let files = contents(&sound);
    let whole = dir.path().join("whole");
    done(exported(&sound, &whole));
    let blobs = format!("{folder}blobs");
    // sled leaves those that it has written anew meanwhile; the newest counts.
    let number = |name: &&PathBuf| name.file_name()?.to_str()?.parse::<u64>().ok();
    let large = files.keys().filter(|name| name.starts_with(&blobs));
    let large = large.max_by_key(number).unwrap();
    for damage in [None, Some(half as Damage), Some(turned)] {
        let mut files = files.clone();
        match damage {
            Some(damage) => files.insert(large.clone(), damage(&files[large])),
            None => files.remove(large),
        };
        lay_out(&store, &files);
        for said in refusals(&store) {
            let told = format!("the store is damaged (its file `{}` ", large.display());
            assert!(said.contains(&told), "{said}");
        }
        let out = dir.path().join("out");
        let ended = exported(&store, &out);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(
            said.contains("what can be read of it is written") && said.contains("1 pages cannot be read"),
            "{said}"
        );
        let rows_left = rows(&out);
        assert!(
            rows_left.is_subset(&rows(&whole)) && rows_left.len() > 250,
            "{}",
            rows_left.len()
        );
        assert!(contents(&store) == files, "it was changed");
        fs::remove_dir_all(out).unwrap();
        fs::remove_dir_all(&store).unwrap();
    }
}

#[test]
fn a_store_that_lost_the_name_of_its_data_says_what_to_do_and_is_exported_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let at = store.to_str().unwrap();
    done(run(&["compact", "--store", at]));
    let (whole, current) = (dir.path().join("whole"), store.join("current"));
    done(exported(&store, &whole));
    for damaged in [None, Some(""), Some("\u{1}"), Some("7")] {
        match damaged {
            Some(text) => fs::write(&current, text).unwrap(),
            None => fs::remove_file(&current).unwrap(),
        }
        let before = contents(&store);
        for said in refusals(&store) {
            assert!(
                said.contains("its file `current`") && said.contains("write 1 into it"),
                "{said}"
            );
        }
        let out = dir.path().join("out");
        let ended = exported(&store, &out);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("nothing is known to be missing"), "{said}");
        assert!(contents(&out) == contents(&whole), "{said}");
        assert!(contents(&store) == before, "it was changed");
        fs::remove_dir_all(out).unwrap();
    }
    fs::write(&current, "1").unwrap();
    done(run(&["check", "--store", at]));
}

#[test]
fn on_a_read_only_disk_each_command_says_so_and_export_reads() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&dir.path().join("disk"), 100) else {
        return;
    };
    let store = disk.path().join("store");
    import(dir.path(), &store);
    let out = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    done(run(&[
        "export",
        "--store",
        store.to_str().unwrap(),
        &out("before"),
    ]));
    disk.freeze();
    for said in refusals(&store) {
        assert!(
            said.contains("its disk is read-only; mount it for writing"),
            "{said}"
        );
    }
    let ended = run(&["export", "--store", store.to_str().unwrap(), &out("after")]);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(
        ended.status.success() && said.contains("nothing is known to be missing"),
        "{said}"
    );
    for file in fs::read_dir(out("before")).unwrap() {
        let name = file.unwrap().file_name();
        let [before, after] =
            ["before", "after"].map(|folder| fs::read(dir.path().join(folder).join(&name)).unwrap());
        assert!(before == after, "{}", name.display());
    }
    disk.thaw();
    done(run(&["check", "--store", store.to_str().unwrap()]));
}
