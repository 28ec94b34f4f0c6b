//! Conversations by SMS and USSD, of any phone with any texts and keys, with people in a store: every answer fits the
//! phone, every page the carrier, and nobody is told the number of another.
#![no_main]

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use saqta_data::clock::{Clock, Timestamp};
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::registry::{Chunk, Registry};
use saqta_data::store::memory::MemoryStore;
use saqta_gateway::carrier::config::InstanceConfig;
use saqta_gateway::carrier::{
    Answered, Answers, IncomingSms, IncomingUssd, Instance, SmsReply, UssdInput, UssdPage, UssdSession,
    UssdStep,
};
use saqta_gateway::encoding::{Alphabet, gsm7, parts};
use saqta_gateway::exchange::{Exchange, Policy};
use saqta_gateway::render::Voice;
use saqta_gateway::state::Gateway;

/// Phones of the stories: bound to one person, to two, and to nobody; a short code and a name.
const PHONES: [&str; 5] = ["+77010000001", "+77010000002", "+77070000009", "1414", "BANK"];
const PEOPLE: [&str; 3] = ["900101300007", "900101300017", "900101300027"];
/// Keys of the menu, and what else may be typed often.
const KEYS: [&str; 12] = [
    "1",
    "2",
    "3",
    "0",
    "98",
    "99",
    "*1414#",
    "*1414*900101300017#",
    PEOPLE[0],
    PEOPLE[1],
    "",
    "12",
];
/// The most steps of a story, so that one is over soon.
const MAX_STEPS: usize = 24;
/// The parts of an answer: a citizen pays nothing, but the Fund does for each.
const MAX_PARTS: usize = 3;

static LAW: LazyLock<Arc<Law>> = LazyLock::new(|| Arc::new(Law::builtin().expect("it is right")));
static VOICE: LazyLock<Arc<Voice>> = LazyLock::new(|| {
    let requisites = LAW.requisites().clone();
    Arc::new(Voice::load(None, &BTreeSet::new(), requisites).expect("it fits"))
});

fuzz_target!(|bytes: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime").block_on(story(bytes));
});

async fn story(bytes: &[u8]) {
    let clock = Clock::starting_at(Timestamp::from_millis(1_795_330_800_000));
    let office = Office::new(Arc::new(MemoryStore::new()), LAW.clone(), clock.clone());
    people(&office).await;
    let exchange = Arc::new(Exchange::new(office, VOICE.clone(), Policy::default()));
    let instance = instance(exchange.clone(), clock);
    for (number, step) in bytes.split(|byte| *byte == b'\n').take(MAX_STEPS).enumerate() {
        // What it is, who, and through which session; then the text.
        let [what, rest @ ..] = step else { continue };
        let from = PHONES[usize::from(what >> 1) % PHONES.len()];
        let text = match rest {
            [key] if *key >= 0x80 => KEYS[usize::from(*key) % KEYS.len()].to_owned(),
            text => String::from_utf8_lossy(text).into_owned(),
        };
        if what & 1 == 0 {
            sms(&exchange, &instance, number, from, text).await;
        } else {
            ussd(&exchange, &instance, number, (from, what >> 4), text).await;
        }
    }
}

async fn sms(exchange: &Exchange, instance: &Instance, number: usize, from: &str, text: String) {
    let asked = text.clone();
    let sms = IncomingSms {
        id: Some(format!("m{number}")),
        from: from.to_owned(),
        to: "1414".to_owned(),
        text,
        part: None,
        link: None,
    };
    let first = exchange.sms(instance, sms.clone()).await.reply;
    let again = exchange.sms(instance, sms).await.reply;
    assert!(first == again, "a message is answered once");
    let SmsReply::Text(answer) = first else { return };
    assert_eq!(answer.to.reveal(), from, "who asks is answered");
    assert_eq!(answer.alphabet, Alphabet::of(&answer.text));
    assert_eq!(answer.parts, parts::count(&answer.text));
    assert!((1..=MAX_PARTS).contains(&answer.parts), "{} parts", answer.parts);
    check(&answer.text, &asked);
}

async fn ussd(
    exchange: &Exchange,
    instance: &Instance,
    number: usize,
    (from, session): (&str, u8),
    text: String,
) {
    let asked = text.clone();
    let input = match number % 3 {
        0 => UssdInput::DialledOrTyped(text),
        1 => UssdInput::Typed(text),
        _ => UssdInput::Dialled(text),
    };
    let step = IncomingUssd {
        session: UssdSession {
            id: format!("s{session}"),
            from: Some(from.to_owned()),
        },
        code: String::new(),
        input,
        step: Some(UssdStep::Number(number as u64)),
    };
    let first: Answered<UssdPage> = exchange.ussd(instance, step.clone()).await;
    let again = exchange.ussd(instance, step).await.reply;
    assert!(first.reply == again, "a step has one page");
    let text = &first.reply.text;
    let alphabet = Alphabet::of(text);
    assert!(
        alphabet.units(text) <= instance.ussd_frame.room(alphabet),
        "too long a page"
    );
    check(text, &asked);
}

/// No letter is replaced, and no number of a person is in it but the one that was asked about.
fn check(text: &str, asked: &str) {
    assert!(Alphabet::of(text) == Alphabet::Ucs2 || gsm7::encode(text).is_some());
    for iin in PEOPLE {
        assert!(!text.contains(iin) || asked.contains(iin), "a number is told");
    }
}

async fn people(office: &Office) {
    let tables = [
        (
            Registry::People,
            PEOPLE
                .map(|iin| format!("{iin},Сейтқали,Айгүл,,1990-01-01,f,independent\n"))
                .concat(),
        ),
        (
            Registry::Clinics,
            "0A1,№1 емхана,Поликлиника №1,Абай даңғылы 1,пр. Абая 1\n".to_owned(),
        ),
        (Registry::Attachments, format!("{},0A1,2024-01-01\n", PEOPLE[0])),
        (
            Registry::Phones,
            format!(
                "{0},{1},self,2024-01-01,\n{2},{3},self,2024-01-01,\n{2},{4},child,2024-01-01,\n",
                PHONES[0], PEOPLE[0], PHONES[1], PEOPLE[1], PEOPLE[2]
            ),
        ),
        (
            Registry::Contributions,
            (1..=10)
                .map(|month| {
                    format!(
                        "R,{month},{},{month:02}2026,122,independent,,4250,2026-{month:02}-20\n",
                        PEOPLE[0]
                    )
                })
                .collect(),
        ),
    ];
    for (registry, rows) in tables {
        let chunk = Chunk {
            registry,
            separator: ',',
            rows: rows.into_bytes(),
            first_line: 2,
            data_date: None,
            dry_run: false,
            import: None,
        };
        let ingested = office.ingest(&chunk).await.expect("it is kept");
        assert!(ingested.refused.is_empty());
    }
}

/// An instance that believes its senders.
fn instance(exchange: Arc<Exchange>, clock: Clock) -> Instance {
    let config = InstanceConfig {
        name: "s".to_owned(),
        kind: "sandbox".to_owned(),
        sandbox: true,
        ..InstanceConfig::default()
    };
    let gateway = Gateway::new(&[config], exchange, clock).expect("good settings");
    gateway.instances().remove(0)
}
