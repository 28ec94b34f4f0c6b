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
        names(too_many(before.clone(), at("2026-11-28 03:00"), 1)),
        ["saqta-2026-11-26-0300.backup", "saqta-2026-11-27-0300.backup"]
    );
    assert_eq!(
        names(too_many(before.clone(), at("2026-11-28 03:00"), 7)),
        [""; 0]
    );
    // A clock set wrong made the last one: the one just made stays, and is what the next is counted from.
    let now = at("2026-11-27 03:00");
    assert_eq!(
        names(too_many(before.clone(), now, 1)),
        ["saqta-2026-11-26-0300.backup"]
    );
    assert_eq!(until_next(&before, now, DAY), Some(DAY));
}

#[test]
fn what_a_killed_process_left_unfinished_is_found_and_what_is_being_written_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::from_millis(1_796_000_000_000);
    let file = |name: &str, hours: u64| {
        let path = folder.path().join(name);
        let file = std::fs::File::create(&path).unwrap();
        let before = now.millis().unsigned_abs() - hours * 3_600_000;
        file.set_modified(UNIX_EPOCH + Duration::from_millis(before))
            .unwrap();
        path
    };
    let left = file(".saqta-unfinished-a1", 2);
    file(".saqta-unfinished-b2", 0);
    file("saqta-2026-11-28-0300.backup", 2);
    file(".of-somebody-else", 2);
    assert_eq!(left_behind(folder.path(), now).unwrap(), [left]);
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
