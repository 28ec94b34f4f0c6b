//! The statuses of a few hundred invented people on three days, worked out by an independent program.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{done, run};
use crate::server::run_with;

const REGISTRIES: [&str; 5] = [
    "people.csv",
    "categories.csv",
    "temporary.csv",
    "contributions.csv",
    "returns.csv",
];
const DAYS: [&str; 3] = ["2026-01-01", "2026-08-26", "2026-11-22"];

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// Imports these of the golden registries.
fn import(store: &str, registries: impl Iterator<Item = &'static str>) {
    let files: Vec<String> = registries
        .map(|name| golden(name).to_str().unwrap().to_owned())
        .collect();
    let mut args = vec!["import", "--json", "--store", store];
    args.extend(files.iter().map(String::as_str));
    let totals: Value = serde_json::from_str(&done(run(&args))).unwrap();
    assert_eq!(totals["refused"], 0, "{totals}");
}

/// Everybody's status on `day`, asked in the order of people.csv.
fn statuses(store: &str, day: &str) -> Vec<Value> {
    let people = std::fs::read_to_string(golden("people.csv")).unwrap();
    let iins: String = people
        .lines()
        .skip(1)
        .map(|row| row.split(',').next().unwrap().to_owned() + "\n")
        .collect();
    let answer = done(run_with(
        &["status", "--store", store, "--json", "--as-of", day, "-"],
        &iins,
    ));
    answer
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn expected(day: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(golden(&format!("expected-{day}.jsonl"))).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Everybody of the golden files has the status expected, on every day.
pub(crate) fn check(store: &str) {
    for day in DAYS {
        let (found, expected) = (statuses(store, day), expected(day));
        assert_eq!(found.len(), expected.len());
        assert!(found.len() > 100, "the golden files have gone");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "on {day}");
        }
    }
}

/// Imports the people of the golden files.
pub(crate) fn found(store: &str) {
    import(store, REGISTRIES.into_iter());
}

#[test]
fn every_status_is_right_whatever_the_order_of_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let (forwards, backwards) = (dir.path().join("a"), dir.path().join("b"));
    let (forwards, backwards) = (forwards.to_str().unwrap(), backwards.to_str().unwrap());
    import(forwards, REGISTRIES.into_iter());
    import(backwards, REGISTRIES.into_iter().rev());
    check(forwards);
    check(backwards);
}
