//! Carriers, imports and the pulse of the invented desk.

use saqta_data::clock::{Timestamp, noon};
use saqta_data::coverage::Status;
use saqta_data::desk::pulse::{CARRIER_MINUTES, CarrierMinute, Census, Process, Today};
use saqta_data::desk::{CarrierFigures, Figures, Import, ImportHead, Pulse};
use saqta_data::journal::Outcome;
use saqta_data::language::Language;
use saqta_data::registry::list::{Unknown, UnknownField};
use saqta_data::registry::{Refused, Registry};
use saqta_data::store::StoreFigures;

use super::today;

fn ago(seconds: i64) -> Timestamp {
    Timestamp::from_millis(noon(today()).millis() - seconds * 1_000)
}

/// A busy carrier, a quiet one and one that was never heard of.
pub(crate) fn carriers() -> Vec<CarrierFigures> {
    let minute = |at: usize, scale: u32| {
        let wave = u32::try_from(at * 7 % 23).unwrap() * scale;
        CarrierMinute {
            received: wave + 3 * scale,
            answered: wave + 3 * scale,
            repeated: wave / 20,
            errors: u32::from(at == 41),
            slowest_us: 4_000 + wave * 100,
        }
    };
    let minutes = |scale| (0..CARRIER_MINUTES).map(|at| minute(at, scale)).collect();
    vec![
        CarrierFigures {
            name: "kcell".to_owned(),
            kind: "kannel".to_owned(),
            believes_sender: true,
            can_send: true,
            received_10s: 1_240,
            answered_10s: 1_236,
            p50_us: 2_100,
            p95_us: 4_800,
            p99_us: 9_300,
            heard_at: Some(ago(0)),
            minutes: minutes(40),
            waiting: 3,
            dead: 1,
        },
        CarrierFigures {
            name: "tele2".to_owned(),
            kind: "sandbox".to_owned(),
            believes_sender: true,
            received_10s: 0,
            heard_at: Some(ago(840)),
            p50_us: 1_900,
            p95_us: 2_500,
            p99_us: 2_500,
            minutes: minutes(1),
            ..CarrierFigures::default()
        },
        CarrierFigures {
            name: "beeline".to_owned(),
            kind: "kannel".to_owned(),
            minutes: vec![CarrierMinute::default(); CARRIER_MINUTES],
            ..CarrierFigures::default()
        },
    ]
}

/// One under way, one done with refused rows, one broken off, and a payment list of which not all is known.
pub(crate) fn imports() -> Vec<Import> {
    let import = |id: u64, file: &str, registry| Import {
        id,
        head: ImportHead {
            file: file.to_owned(),
            bytes: 134_000_000,
            registry,
            dry_run: false,
            unknown: Unknown::default(),
        },
        operator: "dana".to_owned(),
        started_at: ago(600 / i64::try_from(id).unwrap()),
        heard_at: ago(1),
        ended_at: None,
        failure: None,
        bytes_done: 47_000_000,
        accepted: 612_000,
        repeated: 4_100,
        refused: 0,
        course: None,
    };
    let mut list = Import {
        id: 0,
        ended_at: Some(ago(550)),
        ..import(1, "list.txt", Registry::Contributions)
    };
    list.head.unknown = Unknown {
        fields: vec![UnknownField {
            name: ":70:/NEW/".to_owned(),
            count: 2,
            line: 33,
        }],
        others: 5,
    };
    vec![
        import(3, "contributions-2026-07.csv", Registry::Contributions),
        Import {
            ended_at: Some(ago(290)),
            bytes_done: 134_000_000,
            refused: 2,
            ..import(2, "people.csv", Registry::People)
        },
        Import {
            ended_at: Some(ago(500)),
            failure: Some("the store failed: IO error: No space left on device (os error 28)".to_owned()),
            ..import(1, "phones.csv", Registry::Phones)
        },
        list,
    ]
}

/// The refused rows of the second.
pub(crate) fn refused() -> Vec<Refused> {
    let refused = |line, reason: &str, row: &str| Refused {
        line,
        reason: reason.to_owned(),
        row: row.to_owned(),
    };
    vec![
        refused(
            17,
            "the check digit is wrong",
            "900101300008,Ким,Борис,,1990-01-01,m,none",
        ),
        refused(
            4_012,
            "1990-13-01 is no date; write YYYY-MM-DD",
            "900101300017,Ким,Борис,,1990-13-01,m,none",
        ),
    ]
}

/// Two million people, a morning of queries.
pub(crate) fn pulse() -> Pulse {
    let entries = [("people", 2_000_000), ("journal", 812_345)];
    let reasons = [
        ("few_months", 211_000),
        ("never_paid", 154_000),
        ("returned", 9_000),
    ];
    let statuses = [
        (Status::Insured, 1_560_000),
        (Status::ConditionallyInsured, 60_000),
        (Status::TemporarilyInsured, 6_000),
        (Status::NotInsured, 374_000),
    ];
    Pulse {
        figures: Figures {
            store: StoreFigures {
                entries: entries.map(|(tree, n)| (tree.to_owned(), n)).into(),
                disk_bytes: 4_100_000_000,
                copying: None,
            },
            data_date: Some(super::day("2026-08-20")),
            now: noon(today()),
            serving: true,
        },
        census: Some(Census {
            day: today(),
            at: ago(1_800),
            took_ms: 41_000,
            people: 2_000_000,
            by_status: statuses.into(),
            reasons: reasons.map(|(code, n)| (code.to_owned(), n)).into(),
        }),
        counting: Some(1_200_000),
        today: Today {
            day: today(),
            hours: (0..24)
                .map(|hour| if hour <= 12 { hour * hour * 90 } else { 0 })
                .collect(),
            languages: [
                (Language::Kazakh, 31_000),
                (Language::Russian, 24_000),
                (Language::English, 900),
            ]
            .into(),
            doors: [("sms", 40_100), ("ussd", 15_000), ("console", 800)]
                .map(|(door, n)| (door.to_owned(), n))
                .into(),
            outcomes: [
                (Outcome::Full, 35_000),
                (Outcome::StatusOnly, 18_000),
                (Outcome::Failed, 3),
            ]
            .map(|(outcome, n)| (outcome.code().to_owned(), n))
            .into(),
        },
        process: Some(Process {
            started_at: ago(93_784),
            resident_bytes: Some(612_000_000),
        }),
    }
}
