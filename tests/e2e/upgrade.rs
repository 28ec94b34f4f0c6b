//! Stores that earlier versions of the program made open and answer alike. `tests/store-format-N.tar.gz` holds one of each
//! format, all of them of the golden people. The first, by version 0.1.0, has a bound phone, a conversation by SMS, one by USSD, and
//! their journal. The later ones have something in every tree and a backup beside them; each was written by
//! [`write_a_store_of_this_format`] at the last commit of its format, or, while it is the newest, at one of the first:
//!
//! ```text
//! cargo test --test e2e -- --ignored write_a_store_of_this_format
//! ```

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use saqta_data::desk::{Card, Deed, DeskError, Work};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::store::Tree;
use serde_json::{Value, json};

use crate::people::{PAID, PENSIONER, PHONE_A, PHONE_B, STRANGER};
use crate::process::{Server, ask_desk, done, run, write};
use crate::upkeep::{digests, exported};
use crate::{golden, people};

/// The formats after the first; a store of each has something in every one of the first [`FILLED`] trees.
const FORMATS: [u32; 2] = [2, 3];
const FILLED: usize = 13;

/// Where the store of a format lies.
fn archive(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/store-format-{format}.tar.gz"))
}

fn unpack(format: u32, into: &Path) {
    let mut tar = Command::new("/bin/tar");
    tar.arg("-xzf").arg(archive(format)).arg("-C").arg(into);
    assert!(tar.status().unwrap().success());
}

#[test]
fn a_store_of_the_first_format_opens_and_answers_alike() {
    let dir = tempfile::tempdir().unwrap();
    unpack(1, dir.path());
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

#[test]
fn stores_of_later_formats_open_answer_alike_and_so_do_their_backups() {
    for format in FORMATS {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        unpack(format, dir.path());
        let (store, restored) = (path("s"), path("r"));
        done(run(&["restore", "--store", &restored, &path("s.backup")]));
        // Every value is read, and the counters agree with the trees.
        let report = done(run(&["check", "--store", &store]));
        for tree in Tree::ALL.into_iter().take(FILLED).map(Tree::name) {
            let line = report.lines().find(|line| line.starts_with(&format!("{tree}: ")));
            let line = line.unwrap_or_else(|| panic!("no {tree} of format {format}: {report}"));
            assert!(!line.contains(": 0 sound"), "format {format}: {line}");
        }
        assert_eq!(digests(&store), digests(&restored), "format {format}");
        assert_eq!(
            exported(&store, &dir.path().join("of-store")),
            exported(&restored, &dir.path().join("of-restored"))
        );
        for store in [&store, &restored] {
            golden::check(store);
            let status = done(run(&["status", "--json", "--store", store, PAID]));
            let status: Value = serde_json::from_str(&status).unwrap();
            assert_eq!(
                (&status["status"], &status["clinic"]["code"]),
                (&json!("insured"), &json!("K1"))
            );
            let server = Server::start(Path::new(store));
            let answered = server.text("m1", PHONE_A, PAID);
            assert!(answered[0].starts_with("САҚТАНДЫРЫЛҒАН"), "{answered:?}");
            let lines = note(Path::new(store), PAID).asked;
            let by_sms = lines
                .iter()
                .filter(|line| matches!(line.entry.door, Door::Sms(_)));
            assert_eq!(by_sms.count(), 1, "m1 had its answer, of format {format}");
            assert!(server.terminate().0.is_some());
        }
    }
}

/// What the registries of [`people::import`] lack.
fn import_more(dir: &Path, store: &str) {
    let clinics =
        "code,name_kk,name_ru,address_kk,address_ru\nK1,№1 емхана,Поликлиника №1,Абай к. 1,ул. Абая 1\n";
    let attached = format!("iin,clinic_code,attached_on\n{PAID},K1,2024-01-01\n");
    // Refused, and kept for operators to see.
    let returned = "reference,line,iin,returned_on\nR9,1,1,2026-02-01\n";
    let files = [
        write(dir, "clinics.csv", clinics),
        write(dir, "attachments.csv", &attached),
        write(dir, "returns.csv", returned),
    ];
    let [clinics, attached, returned] = &files;
    done(run(&["import", "--store", store, clinics, attached, returned]));
}

/// Texts, a menu walked through up to an SMS that waits for its carrier, and a note.
fn ask(server: &Server, store: &Path) {
    server.text("m1", PHONE_A, PAID);
    // Of which of two people?
    server.text("m2", PHONE_A, "төлем");
    server.text("m3", STRANGER, PENSIONER);
    for (step, input) in (0..).zip(["", "1", "1", "4"]) {
        let step = json!({"session": "s", "from": PHONE_B, "code": "*1414#", "input": input, "step": step});
        assert_eq!(server.post("/v1/carriers/line/ussd", &step).0, 200);
    }
    note(store, PENSIONER);
}

/// Leaves a note; the card of its person.
fn note(store: &Path, iin: &str) -> Card {
    let (iin, text) = (Some(Iin::parse(iin).unwrap()), "called".to_owned());
    let deed = Deed::Note { text };
    let noted: Result<Option<Card>, DeskError> = ask_desk(store, "/work", &Work { iin, deed });
    noted.unwrap().unwrap()
}

#[test]
#[ignore = "writes into the sources: once for a format, by hand"]
fn write_a_store_of_this_format() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s");
    let store = path.to_str().unwrap();
    golden::found(store);
    people::import(dir.path(), &path);
    import_more(dir.path(), store);
    // It takes a connection and never answers.
    let carrier = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = format!(
        "[[carriers]]\nname = \"line\"\nkind = \"sandbox\"\nallow = [\"127.0.0.1\"]\nsend_url = \"http://{}/inbox\"\n",
        carrier.local_addr().unwrap()
    );
    let config = write(dir.path(), "saqta.toml", &config);
    let server = Server::start_with(&path, &["--sandbox", "--config", &config], &[]);
    ask(&server, &path);
    assert_eq!(server.terminate().0, Some(0));
    done(run(&[
        "backup",
        "--store",
        store,
        dir.path().join("s.backup").to_str().unwrap(),
    ]));
    let [.., newest] = FORMATS;
    let mut tar = Command::new("/bin/tar");
    tar.args([
        "--sort=name",
        "--mtime=2026-11-22",
        "--owner=root:0",
        "--group=root:0",
        "--exclude=saqta.sock",
        "--exclude=holder",
    ]);
    tar.arg("-czf")
        .arg(archive(newest))
        .arg("-C")
        .arg(dir.path())
        .args(["s", "s.backup"]);
    assert!(tar.status().unwrap().success());
}
