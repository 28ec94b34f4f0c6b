//! Conversations by SMS and USSD, of any phone with any texts and keys and pauses, through carriers of several habits, with
//! people in a store: every answer fits the phone, every page the carrier, a repetition changes nothing, and nobody is told the
//! number of another.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use saqta_data::clock::{Clock, Timestamp};
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::registry::{Chunk, Registry};
use saqta_data::store::memory::MemoryStore;
use saqta_gateway::carrier::config::{InstanceConfig, Secret, SendConfig};
use saqta_gateway::carrier::{
    Answers, Ids, IncomingSms, IncomingUssd, Instance, SmsReply, UssdInput, UssdSession, UssdStep,
};
use saqta_gateway::encoding::pages::MAX_OVERHEAD;
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
/// What may pass between two steps, in seconds: nothing, less and more than the times for which a repetition, a session, a
/// question, a limit and a conversation are remembered.
const PAUSES: [u64; 16] = [
    0, 0, 0, 1, 3, 11, 59, 61, 181, 301, 601, 3_601, 86_400, 172_801, 2_678_400, 34_560_000,
];
/// Begins a history that has nothing to do with what was typed before.
const ANEW: char = '=';
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
    runtime.expect("a runtime").block_on(async {
        let mut story = Story::begin().await;
        for step in bytes.split(|byte| *byte == b'\n').take(MAX_STEPS) {
            story.go_on(step).await;
        }
    });
});

struct Story {
    clock: Clock,
    exchange: Arc<Exchange>,
    instances: Vec<Instance>,
    /// The number of the step.
    number: u64,
    /// What was typed so far, by instance, phone and session.
    typed: BTreeMap<(usize, usize, u8), String>,
}

impl Story {
    async fn begin() -> Self {
        let clock = Clock::manual(Timestamp::from_millis(1_795_330_800_000));
        let office = Office::new(Arc::new(MemoryStore::new()), LAW.clone(), clock.clone());
        people(&office).await;
        let exchange = Arc::new(Exchange::new(office, VOICE.clone(), Policy::default()));
        Self {
            instances: instances(exchange.clone(), clock.clone()),
            clock,
            exchange,
            number: 0,
            typed: BTreeMap::new(),
        }
    }

    /// The first byte says what it is, who, and in which session; the second how it is told, through which instance, and
    /// after how long; then comes the text.
    async fn go_on(&mut self, step: &[u8]) {
        let [what, how, rest @ ..] = step else { return };
        self.number += 1;
        let pause = PAUSES[usize::from(how >> 4)];
        if pause > 0 {
            self.clock.advance(Duration::from_secs(pause));
            self.exchange.tidy().await.expect("it is kept");
        }
        let text = match rest {
            [key] if *key >= 0x80 => KEYS[usize::from(*key) % KEYS.len()].to_owned(),
            text => String::from_utf8_lossy(text).into_owned(),
        };
        let phone = usize::from(what >> 1) % PHONES.len();
        let instance = usize::from(how >> 2 & 3);
        if what & 1 == 0 {
            self.sms(instance, PHONES[phone], text).await;
        } else {
            self.ussd(instance, (phone, what >> 4), how & 3, text).await;
        }
    }

    async fn sms(&self, instance: usize, from: &str, text: String) {
        let instance = &self.instances[instance];
        let sms = IncomingSms {
            id: Some(format!("m{}", self.number)),
            from: from.to_owned(),
            to: "1414".to_owned(),
            text,
            part: None,
            link: None,
        };
        if sms.check().is_err() {
            return;
        }
        let asked = sms.text.clone();
        let first = self.exchange.sms(instance, sms.clone()).await.reply;
        let again = self.exchange.sms(instance, sms.clone()).await.reply;
        assert!(first == again, "a message is answered once");
        if instance.ids == Ids::Unproven {
            let id = Some(format!("n{}", self.number));
            let other = self.exchange.sms(instance, IncomingSms { id, ..sms }).await.reply;
            assert!(first == other, "an id that proves nothing has it heard once more");
        }
        let SmsReply::Text(answer) = first else { return };
        assert_eq!(answer.to.reveal(), from, "who asks is answered");
        assert_eq!(answer.alphabet, Alphabet::of(&answer.text));
        assert_eq!(answer.parts, parts::count(&answer.text));
        assert!((1..=MAX_PARTS).contains(&answer.parts), "{} parts", answer.parts);
        check(&answer.text, &asked);
    }

    async fn ussd(&mut self, number: usize, (phone, session): (usize, u8), kind: u8, text: String) {
        let instance = &self.instances[number];
        let place = (number, phone, session);
        let input = match kind {
            0 => UssdInput::DialledOrTyped(text),
            1 => UssdInput::Typed(text),
            2 => UssdInput::Dialled(text),
            _ => {
                let before = self.typed.get(&place).map_or("", String::as_str);
                let history = behind(before, &text);
                self.typed.insert(place, history.clone());
                UssdInput::History(history)
            }
        };
        let step = IncomingUssd {
            session: UssdSession {
                id: format!("s{session}"),
                from: Some(PHONES[phone].to_owned()),
            },
            code: if kind == 3 {
                "*1414#".to_owned()
            } else {
                String::new()
            },
            // A carrier that tells everything typed so far numbers nothing.
            step: match number {
                _ if kind == 3 => None,
                0 => Some(UssdStep::Number(self.number)),
                1 => Some(UssdStep::Id(self.number)),
                _ => None,
            },
            input,
        };
        if step.check().is_err() {
            self.typed.remove(&place);
            return;
        }
        let asked = step.input.text().to_owned();
        let first = self.exchange.ussd(instance, step.clone()).await.reply;
        let again = self.exchange.ussd(instance, step).await.reply;
        assert!(first == again, "a step has one page");
        let alphabet = Alphabet::of(&first.text);
        assert!(
            alphabet.units(&first.text) <= instance.ussd_frame.room(alphabet),
            "too long a page"
        );
        check(&first.text, &asked);
        if first.end {
            self.typed.remove(&place);
        }
    }
}

/// The history in which `typed` comes behind what was typed before.
fn behind(before: &str, typed: &str) -> String {
    match (before, typed.strip_prefix(ANEW)) {
        (_, Some(typed)) => typed.to_owned(),
        ("", None) => typed.to_owned(),
        (_, None) => format!("{before}*{typed}"),
    }
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

/// Instances of several habits.
fn instances(exchange: Arc<Exchange>, clock: Clock) -> Vec<Instance> {
    let named = |kind: &str| InstanceConfig {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        ..InstanceConfig::default()
    };
    let secret = || Some(Secret::new("correct-horse-battery"));
    let configs = [
        // Its screens are as large as the air allows.
        InstanceConfig {
            sandbox: true,
            ..named("sandbox")
        },
        // Its screens are the smallest.
        InstanceConfig {
            path_secret: secret(),
            ..named("nalo")
        },
        // Its ids prove nothing; answers are sent.
        InstanceConfig {
            path_secret: secret(),
            send: SendConfig {
                url: Some("https://carrier.example/send".to_owned()),
                user: secret(),
                password: secret(),
                from: Some("1414".to_owned()),
            },
            ..named("smsc")
        },
        // Anybody could be the sender; something is added to each screen.
        InstanceConfig {
            ussd_overhead: MAX_OVERHEAD,
            ..named("kannel")
        },
    ];
    let gateway = Gateway::new(&configs, exchange, clock).expect("good settings");
    gateway.instances()
}
