use saqta_data::desk::DeskError;
use saqta_data::desk::imports::{BROKEN_OFF, FILE_GOES_ON, FILES_GO_ON};
use saqta_data::registry::Registry;
use saqta_data::registry::csv::Header;
use saqta_data::registry::row::Row;
use saqta_data::registry::sorted::Stopped;
use saqta_data::store::StoreError;
use saqta_data::texts::Texts;

use super::*;

fn texts() -> Texts {
    Texts::load(crate::words::TEXTS, None, &std::collections::BTreeSet::new()).unwrap()
}

/// `reason` in Russian; it must be known in Kazakh too.
fn in_russian(texts: &Texts, reason: &str) -> String {
    let in_kazakh = Reasons::of(Words::new(texts, Language::Kazakh)).known(reason);
    assert!(in_kazakh.is_some_and(|said| said != reason), "{reason}");
    Reasons::of(Words::new(texts, Language::Russian))
        .known(reason)
        .unwrap()
}

#[test]
fn every_reason_is_recognised_by_its_own_key() {
    let texts = texts();
    let words = Words::new(&texts, Language::Russian);
    let filled = PLACES.map(|place| (place, Arg::from("7")));
    for key in KEYS {
        let reason = words.in_language(Language::English).with(key, &filled);
        assert_eq!(in_russian(&texts, &reason), words.with(key, &filled), "{reason}");
    }
}

#[test]
fn no_fault_of_a_row_is_left_in_english() {
    let texts = texts();
    let long = "x".repeat(400);
    let bad = [
        "",
        "x",
        "7",
        "a\u{1b}",
        "2026-13-01",
        "900101300008",
        "1800-01-01",
        &long,
    ];
    let mut faults = 0;
    for registry in Registry::ALL {
        let good = match registry {
            Registry::People => "900101300007,А,Б,В,1990-01-01,m,none",
            Registry::Categories => "900101300007,student,2026-01-02,2026-01-02",
            Registry::Temporary => "900101300007,2026-10-22,2026-11-21",
            Registry::Clinics => "1,А,Б,В,Г",
            Registry::Attachments => "900101300007,1,2026-01-01",
            Registry::Phones => "87010000001,900101300007,self,2024-01-02,2024-01-02",
            Registry::Contributions => "R,1,900101300007,092025,121,employer,,1,2025-09-11",
            Registry::Returns => "R,1,900101300007,2025-09-11",
        };
        let good: Vec<&str> = good.split(',').collect();
        assert!(Row::read(registry, &good).is_ok(), "{registry:?}");
        assert!(in_russian(&texts, &Row::read(registry, &[]).unwrap_err()).starts_with("столбцов 0"));
        for at in 0..good.len() {
            for fault in bad {
                let mut fields = good.clone();
                fields[at] = fault;
                if let Err(reason) = Row::read(registry, &fields) {
                    faults += 1;
                    let said = in_russian(&texts, &reason);
                    assert!(said.starts_with(registry.columns()[at]), "{said}");
                }
            }
        }
    }
    assert!(faults > 150, "{faults} faults");
}

#[test]
fn files_stores_and_servers_fail_in_the_language_of_the_console() {
    let texts = texts();
    let folder = tempfile::tempdir().unwrap();
    let missing = std::fs::read(folder.path().join("no.csv")).unwrap_err();
    let said = in_russian(&texts, &format!("/home/a/no.csv: {missing}"));
    assert_eq!(said, "/home/a/no.csv: нет такого файла или папки");
    let full = StoreError::Failed("IO error: No space left on device (os error 28)".to_owned());
    let said = in_russian(&texts, &full.to_string());
    assert_eq!(said, "хранилище отказало: ошибка диска: на диске нет места");
    let sum = "list.csv: line 30: the payments add up to 8600.50, but CtrlSum says 8600";
    let said = in_russian(&texts, sum);
    assert_eq!(
        said,
        "list.csv: строка 30: сумма платежей 8600.50, а в CtrlSum указано 8600"
    );
    let header = Header::read(b"iin;name").unwrap_err().to_string();
    assert!(in_russian(&texts, &header).ends_with(&Header::line(Registry::Returns)));
    let denied = std::io::Error::from_raw_os_error(13);
    let folder_of = |error| Stopped::Folder {
        path: "/data/runs".into(),
        error,
    };
    let said = in_russian(&texts, &folder_of(denied).to_string());
    assert_eq!(
        said,
        "временная папка /data/runs: нет прав; назовите другую через --temp"
    );
    let others = [
        format!("{full}; {FILE_GOES_ON}"),
        format!("{full}; {FILES_GO_ON}"),
        Stopped::Held("/data/runs".into()).to_string(),
        Stopped::Foreign("/data/runs".into()).to_string(),
        std::fs::read(folder.path()).unwrap_err().to_string(),
        Header::read(b"").unwrap_err().to_string(),
        Header::read(b"\xff").unwrap_err().to_string(),
        BROKEN_OFF.to_owned(),
        StoreError::Conflict.to_string(),
        StoreError::Busy("a backup").to_string(),
        StoreError::Full { left_mib: 12 }.to_string(),
        StoreError::Slow.to_string(),
        StoreError::Closed.to_string(),
        DeskError::Away("refused".to_owned()).to_string(),
    ];
    for reason in others {
        in_russian(&texts, &reason);
    }
}

#[test]
fn what_is_not_known_is_said_as_it_came() {
    let texts = texts();
    let words = Words::new(&texts, Language::Kazakh);
    assert_eq!(
        Reasons::of(words).said("a.csv: a new reason"),
        "a.csv: a new reason"
    );
    assert_eq!(Reasons::of(words).known("a.csv: a new reason"), None);
    let english = words.in_language(Language::English);
    assert_eq!(
        Reasons::of(english).said("iin: the check digit is wrong"),
        "iin: the check digit is wrong"
    );
}
