//! A damaged store: what can be read of it is written, nothing else, and whoever wants it back is told what to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::process::{done, run};

/// Places at which a bit is turned, evenly over the file.
const PLACES: u64 = 24;

/// The rows of the people in `folder`, by their lines.
fn rows(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join("people.csv")).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

/// The files of the closed store `from`, with one bit turned in the largest at `place` of [`PLACES`].
fn damaged(from: &Path, to: &Path, place: u64) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // A socket that is left, or a folder.
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    let mut bytes = fs::read(to.join("db")).unwrap();
    let at = bytes.len() * usize::try_from(place).unwrap() / usize::try_from(PLACES).unwrap();
    bytes[at + 1_000] ^= 0x10;
    fs::write(to.join("db"), bytes).unwrap();
}

#[test]
fn what_can_be_read_of_a_damaged_store_is_exported() {
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
    // Opened once more it notes where everything is, as every store in use has.
    done(run(&["check", "--store", &text("store")]));
    done(run(&["export", "--store", &text("store"), &text("whole")]));
    let whole = rows(&path("whole"));
    assert_eq!(whole.len(), 1_500);
    let (mut salvaged, mut refused) = (0, 0);
    for place in 0..PLACES {
        let (store, out) = (path(&format!("s{place}")), path(&format!("o{place}")));
        damaged(&path("store"), &store, place);
        let ended = run(&[
            "export",
            "--store",
            store.to_str().unwrap(),
            out.to_str().unwrap(),
        ]);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!said.contains("panicked"), "{said}");
        if ended.status.success() {
            assert_eq!(rows(&out), whole, "at {place} nothing was lost: {said}");
        } else if out.exists() {
            assert!(said.contains("what can be read of it is written"), "{said}");
            assert!(said.contains("some that cannot be read"), "{said}");
            assert!(rows(&out).is_subset(&whole), "at {place} a row is wrong");
            salvaged += 1;
            let again = out.join("people.csv");
            let new = text(&format!("n{place}"));
            done(run(&["import", "--store", &new, again.to_str().unwrap()]));
        } else {
            assert!(
                said.contains("is damaged") && said.contains("move the folder away"),
                "{said}"
            );
            refused += 1;
        }
    }
    assert!(salvaged > 0, "{salvaged} salvaged, {refused} refused");
}
