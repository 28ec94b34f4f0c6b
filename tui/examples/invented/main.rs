//! The console over a store in memory with a handful of invented people.
//!
//! `cargo run -p saqta-tui --example invented` opens it on this terminal; with the name of a directory after `--` it
//! draws the screens there as SVG instead. The pictures of the README are `tui/pictures`; a test draws them anew and
//! compares.

mod happened;
mod host;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use saqta_data::clock::Clock;
use saqta_data::desk::{Desk, DeskOptions, LocalDesk, OperatorRole};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::office::Office;
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
    happened::messages(&office).await?;
    happened::imports(&senior).await?;
    let options = DeskOptions {
        host: Some(Arc::new(host::Invented)),
        serving: true,
        ..options
    };
    let role = OperatorRole::Senior;
    Ok(Arc::new(LocalDesk::new(office, "aigul".into(), role, options)))
}

/// A screen that the README shows: its name, what it shows, in which colours, and how many columns and rows.
type Shown = (&'static str, Scene, ThemeChoice, (u16, u16));

/// The screens that the README and the operators' page show.
fn scenes() -> Result<Vec<Shown>, Box<dyn Error>> {
    let card = |number: &str, verified, reading| {
        Iin::parse(number).map(|iin| Scene::Card {
            iin,
            verified,
            reading,
        })
    };
    let (dark, light) = (ThemeChoice::Dark, ThemeChoice::Light);
    let (wide, small) = ((120, 40), (80, 24));
    let entrepreneur = card("900101300017", true, Language::Russian)?;
    let caller = card("900101300027", false, Language::Kazakh)?;
    let keys = Scene::Keys;
    Ok(vec![
        ("search", Scene::Search, light, small),
        ("slip", keys("900110300007"), light, small),
        ("people", keys("ахмет 01.01.1990<Enter>"), light, small),
        ("card", entrepreneur, dark, wide),
        ("card-small", caller, light, small),
        (
            "month",
            keys("900101300017v<Left><Left><Left><Enter>"),
            light,
            small,
        ),
        ("what-if", keys("900101300017vi"), light, small),
        ("work", keys("900101300007vw"), light, small),
        ("send", keys("900101300017vs<Enter><Enter>"), light, small),
        (
            "bind",
            keys("900101300007vb87011234567<Enter><Enter>"),
            light,
            small,
        ),
        ("journal", keys("<F4>"), dark, (100, 24)),
        ("exchange", keys("<F4><Up><Up><Up><Up><Up><Enter>"), light, small),
        ("filter", keys("<F4>/"), light, small),
        ("carriers", keys("<Alt-3>"), dark, (100, 24)),
        ("carrier", keys("<Alt-3><Enter>"), dark, (100, 24)),
        ("imports", keys("<Alt-4>"), light, small),
        ("refused", keys("<Alt-4><Down><Enter>"), light, small),
        ("pulse", keys("<Alt-5>"), dark, wide),
        ("palette", keys("900101300027<F2>"), light, small),
        ("help", keys("<F1>"), light, small),
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
