use std::collections::BTreeMap;

use chrono::NaiveDate;
use saqta_data::clock::Timestamp;

use super::*;

fn made(days: &[&str]) -> Vec<(NaiveDateTime, PathBuf)> {
    let folder = tempfile::tempdir().unwrap();
    for day in days {
        std::fs::write(folder.path().join(format!("saqta-{day}.backup")), "").unwrap();
    }
    std::fs::write(folder.path().join("notes.txt"), "").unwrap();
    std::fs::write(folder.path().join("saqta-2026-13-01-0000.backup"), "").unwrap();
    made_before(folder.path()).unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

const DAY: Duration = Duration::from_secs(24 * 3600);

#[test]
fn the_next_backup_is_due_a_period_after_the_last_whoever_made_it() {
    assert_eq!(until_next(&[], at("2026-11-28 10:00"), DAY), None);
    let before = made(&["2026-11-28-0300", "2026-11-27-0300"]);
    let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
    assert_eq!(until_next(&before, at("2026-11-28 10:00"), DAY), hours(17));
    assert_eq!(until_next(&before, at("2026-11-29 03:00"), DAY), None);
    assert_eq!(until_next(&before, at("2026-12-29 03:00"), DAY), None);
    let earlier = at("2026-11-27 10:00");
    assert_eq!(
        until_next(&before, earlier, DAY),
        hours(17),
        "by the last one before"
    );
    let before_all = at("2026-11-01 03:00");
    assert_eq!(
        until_next(&before, before_all, DAY),
        None,
        "made by a clock set wrong"
    );
}

#[test]
fn the_oldest_go_and_other_files_stay() {
    let before = made(&["2026-11-28-0300", "2026-11-26-0300", "2026-11-27-0300"]);
    assert_eq!(before.len(), 3);
    let names = |paths: Vec<PathBuf>| -> Vec<_> {
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        paths.iter().map(name).collect()
    };
    assert_eq!(
        names(too_many(before.clone(), 1)),
        ["saqta-2026-11-26-0300.backup", "saqta-2026-11-27-0300.backup"]
    );
    assert_eq!(names(too_many(before, 7)), [""; 0]);
}

#[test]
fn a_statement_says_what_is_in_the_file() {
    let contents = Contents {
        made_at: Timestamp::from_millis(0),
        version: "9.9.9".into(),
        entries: BTreeMap::from([("people".to_owned(), 2)]),
        data_date: NaiveDate::from_ymd_opt(2026, 11, 20),
    };
    assert_eq!(
        statement(Path::new("x.backup"), 7, &contents),
        "x.backup: 7 bytes, made at 1970-01-01 05:00:00 by saqta 9.9.9, registries up to 2026-11-20\npeople: 2\n"
    );
}
