//! A store that an earlier version of the program made opens and answers alike. `store-format-1.tar.gz` holds the golden
//! people, a bound phone, a conversation by SMS and one by USSD, and their journal, written by version 0.1.0.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::golden;
use crate::process::{done, run};

#[test]
fn a_store_of_the_first_format_opens_and_answers_alike() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store-format-1.tar.gz");
    let mut tar = Command::new("/bin/tar");
    tar.arg("-xzf").arg(archive).arg("-C").arg(dir.path());
    assert!(tar.status().unwrap().success());
    let store = dir.path().join("s");
    let store = store.to_str().unwrap();

    golden::check(store);
    // Every journal line and every stored answer of the first version is read, and the counters agree with the trees.
    let report = done(run(&["check", "--store", store]));
    for line in [
        "people: 120 sound",
        "answers: 2 sound",
        "phones: 1 sound",
        "notes: 0 sound",
    ] {
        assert!(report.contains(line), "{report}");
    }
    let bound = done(run(&["status", "--json", "--store", store, "530714407917"]));
    let bound: Value = serde_json::from_str(&bound).unwrap();
    assert_eq!(bound["status"], "insured");
}
