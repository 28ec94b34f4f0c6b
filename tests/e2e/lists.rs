//! Banks' payment lists, imported as they come.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::bad_input::refusal;
use crate::people::{PAID, UNPAID};
use crate::process::{done, run, write};

const MT102: &str = include_str!("../lists/payments.mt102");
const PAIN001: &str = include_str!("../lists/payments.xml");

fn import(store: &Path, file: &str) -> Output {
    run(&["import", "--json", "--store", store.to_str().unwrap(), file])
}

/// What became of the rows: accepted, repeated, refused.
fn counts(output: Output) -> [u64; 3] {
    let totals: Value = serde_json::from_str(&done(output)).unwrap();
    ["accepted", "repeated", "refused"].map(|name| totals[name].as_u64().unwrap())
}

/// State and sum, in tiyn, of a month of 2026.
fn month(store: &Path, iin: &str, month: &str) -> (String, u64) {
    let store = store.to_str().unwrap();
    let status = done(run(&[
        "status",
        "--json",
        "--as-of",
        "2026-10-01",
        "--store",
        store,
        iin,
    ]));
    let status: Value = serde_json::from_str(&status).unwrap();
    let months = status["months"].as_array().unwrap().iter();
    let mut month = months.filter(|found| found["period"] == format!("2026-{month}"));
    let month = month.next().unwrap();
    let state = month["state"].as_str().unwrap().to_owned();
    (state, month["amount"].as_u64().unwrap())
}

#[test]
fn a_list_of_either_form_is_imported_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    // What is in it tells the form, not its name.
    let mt102 = write(dir.path(), "list.csv", MT102);
    let pain001 = write(dir.path(), "list.txt", PAIN001);
    assert_eq!(counts(import(&store, &mt102)), [2, 0, 1]);
    assert_eq!(counts(import(&store, &pain001)), [2, 0, 0]);
    let paid = |amount| ("paid".to_owned(), amount);
    assert_eq!(month(&store, PAID, "07"), paid(425_000));
    assert_eq!(month(&store, UNPAID, "06"), paid(10_050));
    assert_eq!(month(&store, PAID, "08"), paid(425_000));
    assert_eq!(month(&store, UNPAID, "08"), paid(425_000));
    let refused = fs::read_to_string(format!("{mt102}.refused")).unwrap();
    let at = MT102.lines().position(|line| line == ":21:3").unwrap() + 1;
    assert!(
        refused.starts_with(&format!("line {at}: iin: the check digit is wrong")),
        "{refused}"
    );
    assert_eq!(counts(import(&store, &mt102)), [0, 2, 1]);
    assert_eq!(counts(import(&store, &pain001)), [0, 2, 0]);
}

/// What an import said on standard error.
fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn what_is_not_known_of_a_list_is_told_and_kept_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let list = write(dir.path(), "list.txt", MT102);
    let aside = Path::new(&list).with_extension("txt.unknown");
    let field = "/NEW/what no version of the form has";
    let at = MT102.lines().position(|line| line == field).unwrap() + 1;
    let told = format!(":70:/NEW/ (line {at})\n");

    let dry = run(&["import", "--dry-run", "--store", store.to_str().unwrap(), &list]);
    assert!(said(&dry).contains(&format!("fields that are not known: {told}")));
    assert!(!aside.exists(), "a dry run writes nothing");
    // Where it cannot be kept, nothing is taken.
    fs::create_dir(&aside).unwrap();
    let failed = import(&store, &list);
    assert!(failed.status.code() == Some(1) && said(&failed).contains("list.txt.unknown"));
    fs::remove_dir(&aside).unwrap();

    let taken = import(&store, &list);
    let kept = format!("fields that are not known, kept in {}: {told}", aside.display());
    assert!(said(&taken).contains(&kept) && !said(&taken).contains("no version"));
    let totals: Value = serde_json::from_slice(&taken.stdout).unwrap();
    assert_eq!((&totals["accepted"], &totals["unknown"]), (&json!(2), &json!(1)));
    assert_eq!(
        fs::read_to_string(&aside).unwrap(),
        format!("line {at}: {field}\n")
    );
    assert_eq!(fs::metadata(&aside).unwrap().permissions().mode() & 0o777, 0o600);

    // A list that is refused leaves what is there; one of which all is known takes it away.
    write(dir.path(), "list.txt", &MT102.replace("KZT4360,50", "KZT1,"));
    refusal(&import(&store, &list));
    assert!(aside.exists());
    write(dir.path(), "list.txt", &MT102.replace(&format!("{field}\n"), ""));
    let totals: Value = serde_json::from_str(&done(import(&store, &list))).unwrap();
    assert_eq!((&totals["repeated"], totals.get("unknown")), (&json!(2), None));
    assert!(!aside.exists());
}

#[test]
fn a_list_that_contradicts_itself_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let slips = [
        (
            MT102.replace("KZT4360,50", "KZT4360,51"),
            "4360.50, but :32A: says 4360.51",
        ),
        (MT102.replace("\n-}", ""), "the list breaks off"),
        (
            PAIN001.replace("8500.00", "8501.00"),
            "8500, but CtrlSum says 8501",
        ),
        (PAIN001.replace("</Document>", ""), "the list breaks off"),
    ];
    for (list, reason) in slips {
        let file = write(dir.path(), "list", &list);
        let said = refusal(&import(&store, &file));
        assert!(said.contains(reason) && said.contains("line "), "{said}");
        assert!(!store.exists(), "no store is made for nothing");
    }
}
