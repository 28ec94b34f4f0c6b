//! An operator's hour, typed at the console: over a desk in this process, and over one at the other end of a socket. What
//! is done is then looked up in the store behind it.

use async_trait::async_trait;
use saqta_data::desk::{JournalFilter, JournalPage};
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::phone::{Msisdn, Role};
use saqta_data::registry::Chunk;
use saqta_tui::{Offscreen, Options};

use super::*;

/// Twelve months paid.
const PAID: &str = "900101300007";
/// Never paid anything; of the same name and day of birth.
const UNPAID: &str = "900101300017";

/// The desk in this process.
struct Own(Office);

#[async_trait]
impl Stage for Own {
    fn office(&self) -> &Office {
        &self.0
    }

    async fn desk(&self, role: OperatorRole, lookups_per_hour: Option<u32>) -> Arc<dyn WholeDesk> {
        let options = DeskOptions {
            lookups_per_hour,
            ..DeskOptions::of(Door::Console)
        };
        Arc::new(LocalDesk::new(self.0.clone(), "aigul".into(), role, options))
    }
}

#[tokio::test]
async fn an_operators_hour_over_the_desk_in_this_process() {
    an_hour(&Own(office())).await;
}

#[tokio::test]
async fn an_operators_hour_over_a_socket() {
    let room = Room {
        office: office(),
        dir: tempfile::tempdir().unwrap(),
        hosts: Vec::new().into(),
    };
    an_hour(&room).await;
}

async fn settle(desk: &dyn Desk) {
    let people = [PAID, UNPAID].map(|iin| format!("{iin},Сейтқали,Айгүл,,1990-01-01,f,independent\n"));
    let payments = (0..12).map(|n| {
        let (year, month) = if n < 2 { (2025, n + 11) } else { (2026, n - 1) };
        format!("R1,{n},{PAID},{month:02}{year},122,independent,{PAID},4250,{year}-{month:02}-20\n")
    });
    let phones = format!("+77010000001,{PAID},self,2024-01-01,\n");
    for (registry, rows) in [
        (Registry::People, people.concat()),
        (Registry::Contributions, payments.collect()),
        (Registry::Phones, phones),
    ] {
        let chunk = Chunk {
            registry,
            separator: ',',
            rows: rows.into_bytes(),
            first_line: 2,
            data_date: None,
            dry_run: false,
            import: None,
        };
        let taken = desk.ingest(chunk).await.unwrap();
        assert!(taken.refused.is_empty(), "{:?}", taken.refused);
    }
}

/// A console, and the keys that are pressed at it.
struct Console(Offscreen);

impl Console {
    /// Presses the keys; the screen shows all of this afterwards.
    async fn sees(&mut self, keys: &str, expected: &[&str]) -> String {
        self.0.play(keys).await;
        self.0.wait().await;
        let screen = self.0.text().unwrap();
        for text in expected {
            assert!(screen.contains(text), "{keys} does not lead to {text}:\n{screen}");
        }
        screen
    }
}

async fn an_hour(stage: &impl Stage) {
    settle(&*stage.desk(OperatorRole::Senior, None).await).await;
    let desk = stage.desk(OperatorRole::Operator, Some(600)).await;
    let options = Options {
        language: Language::English,
        clock: stage.office().clock().clone(),
        ..Options::default()
    };
    let opened = Offscreen::open(desk.clone(), &options, (120, 40)).await;
    let mut console = Console(opened.unwrap());
    take_a_call(&mut console).await;
    watch(&mut console).await;
    // By name: two of them, told apart by the payments of which one has none.
    console
        .sees("<F3><Esc>сейт айг 01.01.1990<Enter>", &["*0007", "*0017"])
        .await;
    let card = console
        .sees("<Down><Enter>", &["********0017", "NOT INSURED"])
        .await;
    assert!(!card.contains("caller verified"), "another caller: {card}");
    console.sees("<F9>", &["x САҚТАНДЫРЫЛМАҒАН"]).await;
    console.0.play("<F10>").await;
    assert!(console.0.has_ended());
    is_in_the_store(&*desk).await;
}

/// A number, who calls, a month, a phone to be bound, the answer on the clipboard.
async fn take_a_call(console: &mut Console) {
    console.sees("", &["> IIN, phone, or name", ", operator"]).await;
    let card = console
        .sees(PAID, &["********0007", "INSURED", "caller not verified"])
        .await;
    assert!(!card.contains(PAID), "masked: {card}");
    console.sees("<F7>", &["+ caller verified"]).await;
    console
        .sees("<Left><Enter>", &["[October 2026]", "4 250", "20.10.2026"])
        .await;
    console.sees("<Esc>b87011234567", &["Bind a phone"]).await;
    console
        .sees(
            "<Enter><Right><Enter><Enter>",
            &["+ The phone is bound.", "+*******4567"],
        )
        .await;
    console.sees("y", &["The answer is on the clipboard"]).await;
    let copied = console.0.clipboard().unwrap();
    assert!(
        copied.contains("INSURED until") && !copied.contains(PAID),
        "{copied}"
    );
}

/// The journal with what was just done, filtered; the palette, the help.
async fn watch(console: &mut Console) {
    console
        .sees("<F4>", &["[Journal]", "console", "*0007", "phone bound"])
        .await;
    console.sees("<Up><Up>c", &["filter"]).await;
    console.sees("<F2>pulse<Enter>", &["[Pulse]"]).await;
    console.sees("<F1>", &["[Help]"]).await;
    console.sees("<Esc>", &["[Pulse]"]).await;
}

async fn is_in_the_store(desk: &dyn Desk) {
    let card = desk.card(Iin::parse(PAID).unwrap(), None).await.unwrap().unwrap();
    let new = Msisdn::parse("+77011234567").unwrap();
    let bound = card.phones.iter().find(|phone| phone.msisdn == new).unwrap();
    assert_eq!(bound.binding.role, Role::Child);
    let slice = desk
        .journal(JournalPage::Newest, JournalFilter::default(), 100)
        .await
        .unwrap();
    let topics: Vec<&str> = slice.lines.iter().map(|line| line.entry.topic.as_str()).collect();
    for topic in ["card", "verify", "bind", "copy"] {
        assert!(topics.contains(&topic), "{topic} in {topics:?}");
    }
}
