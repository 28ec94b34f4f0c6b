//! The console over a store in memory with a handful of invented people.
//!
//! `cargo run -p saqta-tui --example invented` opens it on this terminal; with the name of a directory after `--` it
//! draws the screens there as SVG instead. The pictures of the README are `tui/pictures`; a test draws them anew and
//! compares.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use saqta_data::clock::{Clock, Timestamp};
use saqta_data::desk::{Desk, DeskOptions, LocalDesk, OperatorRole};
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry, Outcome, Subject, Who};
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::phone::Msisdn;
use saqta_data::registry::{Chunk, Registry};
use saqta_data::store::memory::MemoryStore;
use saqta_tui::{Options, Scene, ThemeChoice, picture, run};

const PEOPLE: &str = "\
900101300007,Ахметова,Айгүл,Сәкенқызы,1990-01-01,f,employee
900101300017,Ким,Виктор,Олегович,1990-01-01,m,entrepreneur
900101300027,Ахметжанов,Нұрсұлтан,Қуанышұлы,1990-01-01,m,independent
900101300811,Сейтқали,Әсел,Маратқызы,2006-01-01,f,none
";
const CATEGORIES: &str = "900101300811,student,2025-09-01,2027-06-30\n";
const CLINICS: &str = "P017,№ 17 қалалық емхана,Городская поликлиника № 17,\
\"Алматы қ., Жандосов көшесі, 6\",\"г. Алматы, ул. Жандосова, 6\"\n";
const ATTACHMENTS: &str = "\
900101300007,P017,2024-01-15
900101300017,P017,2024-01-15
900101300027,P017,2023-05-02
900101300811,P017,2025-09-01
";
const PHONES: &str = "\
+77010000001,900101300007,self,2023-05-12,
+77010000002,900101300017,self,2023-05-12,
+77010000003,900101300027,self,2023-05-12,2026-02-01
";
const RETURNS: &str = "R900101300017-9,1,900101300017,2026-06-21\n";

/// The day on which all of it happens.
pub(crate) fn clock() -> Result<Clock, Box<dyn Error>> {
    Ok(Clock::noon("2026-08-26".parse()?))
}

/// Payments of the twelve months from July 2025 on, `what` a month: `+` paid, `-` nothing.
fn payments(iin: &str, payer: &str, amount: u32, what: &str) -> String {
    let months = what.chars().zip(0..).filter(|(sign, _)| *sign == '+');
    let rows = months.map(|(_, at)| {
        let (year, month) = (2025 + (at + 6) / 12, (at + 6) % 12 + 1);
        let (paid_year, paid_month) = (2025 + (at + 7) / 12, (at + 7) % 12 + 1);
        let knp = if payer == "employer" { 121 } else { 122 };
        format!(
            "R{iin}-{at},1,{iin},{month:02}{year},{knp},{payer},160440007161,{amount},\
             {paid_year}-{paid_month:02}-12\n"
        )
    });
    rows.collect()
}

/// The desk of an operator over them.
pub(crate) async fn desk() -> Result<Arc<dyn Desk>, Box<dyn Error>> {
    let office = Office::new(Arc::new(MemoryStore::new()), Arc::new(Law::builtin()?), clock()?);
    let options = DeskOptions::of(Door::Console);
    let senior = LocalDesk::new(
        office.clone(),
        "invented".into(),
        OperatorRole::Senior,
        options.clone(),
    );
    let contributions = [
        payments("900101300007", "employer", 12_750, "+++++++++++++"),
        payments("900101300017", "entrepreneur", 5_950, "++++++--++--"),
        payments("900101300027", "independent", 4_250, "++++++++++++"),
        payments("900101300811", "employee", 1_700, "++----------"),
    ];
    let files = [
        (Registry::People, PEOPLE.to_owned()),
        (Registry::Categories, CATEGORIES.to_owned()),
        (Registry::Clinics, CLINICS.to_owned()),
        (Registry::Attachments, ATTACHMENTS.to_owned()),
        (Registry::Phones, PHONES.to_owned()),
        (Registry::Contributions, contributions.concat()),
        (Registry::Returns, RETURNS.to_owned()),
    ];
    for (registry, rows) in files {
        let taken = senior
            .ingest(Chunk {
                registry,
                separator: ',',
                rows: rows.into_bytes(),
                first_line: 2,
                data_date: None,
                dry_run: false,
                import: None,
            })
            .await?;
        if let Some(refused) = taken.refused.first() {
            return Err(format!("{registry:?}: {}", refused.reason).into());
        }
    }
    happen(&office).await?;
    let role = OperatorRole::Operator;
    Ok(Arc::new(LocalDesk::new(office, "aigul".into(), role, options)))
}

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

/// Writes [`TRAFFIC`] into the journal. A carrier with a star is USSD; those without IIN ask about nobody.
async fn happen(office: &Office) -> Result<(), Box<dyn Error>> {
    let mut unit = office.begin();
    for (at, (ago, carrier, phone, last_four, topic, outcome, took_us)) in TRAFFIC.into_iter().enumerate() {
        let before = i64::try_from(ago)? * 1_000;
        let door = match carrier.strip_prefix('*') {
            Some(carrier) => Door::Ussd(carrier.into()),
            None => Door::Sms(carrier.into()),
        };
        let entry = Entry {
            at: Timestamp::from_millis(office.clock().now().millis() - before),
            door,
            who: Who::Phone(Msisdn::from_number(phone).ok_or("no phone")?),
            subject: (last_four > 0).then_some(Subject::Masked(last_four)),
            outcome,
            topic: topic.into(),
            language: Language::ALL.into_iter().nth(at % 3).unwrap_or_default(),
            took_us,
            particulars: saqta_data::journal::Particulars::default(),
        };
        unit.journal(&entry, None);
    }
    unit.commit().await?;
    Ok(())
}

/// A screen that the README shows: its name, what it shows, in which colours, and how many columns and rows.
type Shown = (&'static str, Scene, ThemeChoice, (u16, u16));

/// The screens that the README shows.
fn scenes() -> Result<[Shown; 5], Box<dyn Error>> {
    let card = |number: &str, verified, reading| {
        Iin::parse(number).map(|iin| Scene::Card {
            iin,
            verified,
            reading,
        })
    };
    let (dark, light) = (ThemeChoice::Dark, ThemeChoice::Light);
    let entrepreneur = card("900101300017", true, Language::Russian)?;
    let caller = card("900101300027", false, Language::Kazakh)?;
    Ok([
        ("search", Scene::Search, light, (80, 24)),
        ("card", entrepreneur, dark, (120, 40)),
        ("card-small", caller, light, (80, 24)),
        ("journal", Scene::Journal, dark, (100, 24)),
        ("help", Scene::Help, light, (80, 24)),
    ])
}

/// Draws the screens into the folder `into`. Each begins from the same state, whatever was drawn before.
pub(crate) async fn draw(into: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(into)?;
    for (name, scene, theme, size) in scenes()? {
        let options = Options {
            theme,
            language: Language::Russian,
            clock: clock()?,
            ..Options::default()
        };
        let shown = picture(desk().await?, &options, scene, size).await?;
        fs::write(into.join(format!("{name}.svg")), shown.svg())?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Some(into) = std::env::args().nth(1) {
        return draw(Path::new(&into)).await;
    }
    let options = Options {
        clock: clock()?,
        ..Options::default()
    };
    Ok(run(desk().await?, options).await?)
}
