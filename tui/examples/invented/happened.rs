//! What happened before the pictures: messages of citizens, and imports.

use std::error::Error;
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::desk::{Desk, ImportHead, LocalDesk};
use saqta_data::journal::{Door, Entry, Outcome, Particulars, Subject, Who};
use saqta_data::language::Language;
use saqta_data::office::{Office, StoredAnswer, day_key};
use saqta_data::phone::Msisdn;
use saqta_data::registry::list::Unknown;
use saqta_data::registry::{Chunk, Registry};

/// What phones texted and dialled in the minutes before: seconds before now, carrier, phone, last digits of the IIN,
/// what was asked, what was answered, and the microseconds that took.
const TRAFFIC: [(u64, &str, u64, u16, &str, Outcome, u32); 12] = [
    (171, "kcell", 77_010_000_001, 7, "status", Outcome::Full, 4_120),
    (164, "kcell", 77_010_000_001, 7, "payments", Outcome::Full, 3_870),
    (
        150,
        "*beeline",
        77_770_000_417,
        0,
        "languages",
        Outcome::Service,
        3_310,
    ),
    (
        143,
        "*beeline",
        77_770_000_417,
        17,
        "status",
        Outcome::StatusOnly,
        4_050,
    ),
    (
        128,
        "tele2",
        77_470_000_091,
        0,
        "status",
        Outcome::NotAnIin,
        2_980,
    ),
    (
        117,
        "tele2",
        77_470_000_091,
        2_385,
        "status",
        Outcome::StatusOnly,
        3_640,
    ),
    (95, "kcell", 77_010_000_002, 17, "debt", Outcome::Full, 4_480),
    (
        71,
        "kcell",
        77_020_000_633,
        4_141,
        "status",
        Outcome::Locked,
        3_290,
    ),
    (
        52,
        "*beeline",
        77_050_000_208,
        811,
        "clinic",
        Outcome::Full,
        3_920,
    ),
    (
        40,
        "tele2",
        77_080_000_555,
        3_323,
        "status",
        Outcome::Unknown,
        3_150,
    ),
    (23, "kcell", 77_010_000_027, 0, "help", Outcome::Service, 2_760),
    (
        9,
        "tele2",
        77_080_000_555,
        9_102,
        "status",
        Outcome::Limited,
        3_020,
    ),
];

/// What was written and said at the debt question above.
const DEBT: (&str, &str) = (
    "долг 900101300017",
    "НЕ ЗАСТРАХОВАН. Не оплачены 4 месяца: 01.2026, 02.2026, 05.2026, 06.2026. К оплате 23 800 тг и пеня. КНП 122, период \
     каждого месяца. Данные на 12.08.2026, оплата видна через 2-3 рабочих дня. Экстренная помощь (ГОБМП) бесплатна.",
);

/// Writes [`TRAFFIC`] into the journal. A carrier with a star is USSD; those without IIN ask about nobody.
pub(crate) async fn messages(office: &Office) -> Result<(), Box<dyn Error>> {
    let mut unit = office.begin();
    for (at, (ago, carrier, phone, last_four, topic, outcome, took_us)) in TRAFFIC.into_iter().enumerate() {
        let before = i64::try_from(ago)? * 1_000;
        let at_time = Timestamp::from_millis(office.clock().now().millis() - before);
        let door = match carrier.strip_prefix('*') {
            Some(carrier) => Door::Ussd(carrier.into()),
            None => Door::Sms(carrier.into()),
        };
        let mut particulars = Particulars::default();
        if topic == "debt" {
            let key = [&day_key(at_time.day())[..], b"debt"].concat();
            let answer = StoredAnswer {
                at: at_time,
                heard: DEBT.0.to_owned(),
                said: Some(DEBT.1.to_owned()),
                delivery: None,
                about: None,
            };
            unit.write(&key, &answer);
            particulars.answer = key;
        }
        let entry = Entry {
            at: at_time,
            door,
            who: Who::Phone(Msisdn::from_number(phone).ok_or("no phone")?),
            subject: (last_four > 0).then_some(Subject::Masked(last_four)),
            outcome,
            topic: topic.into(),
            language: Language::ALL.into_iter().nth(at % 3).unwrap_or_default(),
            took_us,
            particulars,
        };
        unit.journal(&entry, None);
    }
    unit.commit().await?;
    Ok(())
}

/// An import that is over, with a row refused, and one under way.
pub(crate) async fn imports(senior: &LocalDesk) -> Result<(), Box<dyn Error>> {
    let head = |file: &str, registry, bytes| ImportHead {
        file: file.to_owned(),
        bytes,
        registry,
        dry_run: false,
        unknown: Unknown::default(),
    };
    let rows = "900101300008,P017,2024-01-15\n900101300007,P017,2024-01-15\n";
    let attachments = head("attachments.csv", Registry::Attachments, rows.len() as u64);
    let over = senior.begin_import(attachments).await?;
    senior.ingest(chunk(Registry::Attachments, rows, over)).await?;
    senior.end_import(over, None).await?;
    let rows = "900101300811,student,2025-09-01,2027-06-30\n";
    let categories = head("categories-2026.csv", Registry::Categories, 120);
    let running = senior.begin_import(categories).await?;
    senior.ingest(chunk(Registry::Categories, rows, running)).await?;
    Ok(())
}

fn chunk(registry: Registry, rows: &str, import: u64) -> Chunk {
    Chunk {
        registry,
        separator: ',',
        rows: rows.as_bytes().to_vec(),
        first_line: 2,
        data_date: None,
        dry_run: false,
        import: Some(import),
    }
}

/// How long the invented server has been up.
pub(crate) const UP: Duration = Duration::from_secs(93_784);
