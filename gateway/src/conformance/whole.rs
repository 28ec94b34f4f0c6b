//! Every carrier before the whole stack: router, exchange and a store in memory.

use std::collections::BTreeSet;

use saqta_data::clock::Clock;
use saqta_data::desk::JournalPage;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::registry::{Chunk, Registry};
use saqta_data::store::memory::MemoryStore;
use saqta_data::store::unit::Record;
use saqta_data::store::{Scan, Tree};
use tokio::task::JoinSet;

use super::harness::{Call, Log, call, gateway};
use super::*;
use crate::exchange::{Exchange, Policy};
use crate::outbox::Letter;
use crate::render::Voice;

/// A gateway with an instance `c1` of `kind`, and one person, bound to [`PHONE`].
struct Whole {
    router: axum::Router,
    office: Office,
    cases: Cases,
    /// Answers are sent, not in the response.
    later: bool,
}

impl Whole {
    async fn new(kind: &Kind) -> Self {
        let law = Arc::new(Law::builtin().unwrap());
        let voice = Voice::load(None, &BTreeSet::new(), law.requisites().clone()).unwrap();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let office = Office::new(Arc::new(MemoryStore::default()), law, Clock::noon(day));
        let exchange = Exchange::new(office.clone(), Arc::new(voice), Policy::default());
        let cases = (kind.cases)();
        let gateway = gateway(&[config(kind, &cases)], Arc::new(exchange));
        let whole = Self {
            later: gateway.instances().iter().all(|instance| instance.answers_later),
            router: router(gateway.clone()),
            office,
            cases,
        };
        whole
            .import(
                Registry::People,
                &format!("{IIN},Аманов,Асан,,1990-01-01,m,none\n"),
            )
            .await;
        whole
            .import(Registry::Phones, &format!("{PHONE},{IIN},self,2024-01-01,\n"))
            .await;
        whole
    }

    async fn import(&self, registry: Registry, rows: &str) {
        let chunk = Chunk {
            registry,
            separator: ',',
            rows: rows.as_bytes().to_vec(),
            first_line: 2,
            data_date: None,
            dry_run: false,
            import: None,
        };
        assert_eq!(self.office.ingest(&chunk).await.unwrap().refused, Vec::new());
    }

    async fn hear(&self, request: &Call) -> Heard {
        let request = self.cases.signed(request);
        call(&self.router, &format!("c1/{SECRET}"), &request).await
    }

    /// What waits to be sent.
    async fn letters(&self) -> Vec<Letter> {
        let scan = Scan::of(Tree::Outbox, 1_000);
        let letters = self.office.store().scan(scan).await.unwrap();
        letters
            .iter()
            .map(|(_, letter)| Letter::decode(letter).unwrap())
            .collect()
    }

    async fn journal_lines(&self) -> usize {
        self.office
            .journal(JournalPage::Newest, 1_000)
            .await
            .unwrap()
            .len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_copies_at_once_have_one_answer_and_one_journal_line() {
    for kind in kinds() {
        let cases = (kind.cases)();
        let text = cases.sms.map(|request| request(&sms(&format!("STATUS {IIN}"))));
        let dialled = cases.ussd.map(|request| request(&Handset::dialling(IIN)));
        let labels = ["NOT INSURED", "САҚТАНДЫРЫЛМАҒАН"];
        for (request, label) in [text, dialled].into_iter().zip(labels) {
            let Some(request) = request else { continue };
            a_hundred_copies(kind, request, label).await;
        }
    }
}

async fn a_hundred_copies(kind: &Kind, request: Call, label: &str) {
    let whole = Arc::new(Whole::new(kind).await);
    let mut copies = JoinSet::new();
    for _ in 0..100 {
        let (whole, request) = (Arc::clone(&whole), request.clone());
        copies.spawn(async move { whole.hear(&request).await.body });
    }
    let answers: BTreeSet<_> = copies.join_all().await.into_iter().collect();
    assert_eq!(answers.len(), 1, "{}", kind.name);
    let mut text = String::from_utf8_lossy(answers.first().unwrap()).into_owned();
    if whole.later && label == "NOT INSURED" {
        let letters = whole.letters().await;
        assert_eq!(letters.len(), 1, "{}", kind.name);
        text.clone_from(&letters[0].sms.text);
    }
    assert!(text.contains(label), "{}: {text}", kind.name);
    assert_eq!(whole.journal_lines().await, 1, "{}", kind.name);
}

/// What people, machines and the curious text.
fn texts() -> Vec<IncomingSms> {
    let stranger = "+77070000009";
    let from = |from: &str, text: &str| IncomingSms {
        id: Some(format!("{from} {text}")),
        from: from.into(),
        ..sms(text)
    };
    let mut all: Vec<_> = [
        IIN,
        "STATUS",
        "12",
        "LOCK",
        "UNLOCK",
        "STOP",
        "START",
        "HELP",
        "KZ",
        "",
        "\u{1f600}",
        "900101300008",
        "9001013000",
        "160440007161",
        "900101300007 900101300017",
        "Досым 900101300017",
    ]
    .iter()
    .flat_map(|text| [from(PHONE, text), from(stranger, text)])
    .collect();
    all.push(from("MTN", IIN));
    all.push(from("1414", IIN));
    all.extend((0..4).map(|_| from(stranger, IIN)));
    all
}

#[tokio::test]
async fn no_iin_phone_or_secret_reaches_a_log_of_the_whole_stack() {
    let log = Log::default();
    let guard = log.capture();
    for kind in kinds() {
        let whole = Whole::new(kind).await;
        let cases = (kind.cases)();
        for text in texts() {
            let Some(request) = cases.sms else { break };
            whole.hear(&request(&text)).await;
        }
        let mut handset = Handset::dialling("");
        for input in ["", "2", "2", IIN, "1", "0"] {
            let Some(request) = cases.ussd else { break };
            whole.hear(&request(&handset)).await;
            handset = handset.typing(input);
        }
        assert!(whole.journal_lines().await > 3, "{}", kind.name);
    }
    drop(guard);
    let text = log.text();
    assert!(text.contains("/v1/carriers/{name}/{secret}/sms"), "{text}");
    for private in [
        "77010000001",
        "77070000009",
        "9001013000",
        "0101300007",
        "160440007161",
        SECRET,
        SIGNING_SECRETS[0],
        "Досым",
    ] {
        assert!(!text.contains(private), "{private} in {text}");
    }
}
