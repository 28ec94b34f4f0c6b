//! The kit that every carrier runs through. A carrier brings its [`Cases`]; the kit adds the nasty ones.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use saqta_data::clock::Timestamp;
use saqta_data::phone::Msisdn;

use crate::carrier::config::{InstanceConfig, Secret};
use crate::carrier::send::Errand;
use crate::carrier::{IncomingSms, MAX_FIELD_BYTES, Thread};
use crate::carriers::{Kind, kinds};
use crate::router::router;
pub(crate) use handset::Handset;
use harness::{Call, Echo, Heard, Log, call, gateway};

mod broken;
mod handset;
pub(crate) mod harness;
mod signed;
mod slow;
mod ussd;
mod whole;

/// What a carrier brings to the kit.
pub(crate) struct Cases {
    /// A well-formed message, as the carrier writes it, if the carrier has SMS.
    pub(crate) sms: Option<fn(&IncomingSms) -> Call>,
    /// A well-formed receipt, where a message on the receipts' path would be refused.
    pub(crate) receipt: Option<fn() -> Call>,
    /// The newest step of a session, well-formed, if the carrier has USSD.
    pub(crate) ussd: Option<fn(&Handset) -> Call>,
    /// What the carrier makes of a response; panics at one that is not as the carrier wants it.
    pub(crate) read: fn(&Heard) -> Said,
    /// What is special about the carrier.
    pub(crate) table: Vec<Case>,
    /// What an instance of it cannot do without.
    pub(crate) configure: fn(&mut InstanceConfig),
    /// Signs a request, if the carrier signs.
    pub(crate) sign: Option<fn(Call, &Signing<'_>) -> Call>,
}

/// With what a request is signed.
pub(crate) struct Signing<'a> {
    pub(crate) secret: &'a str,
    pub(crate) at: Timestamp,
}

/// When requests of the kit come.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_330_800_000);
/// The live secrets of an instance that signs: 32 bytes in base64.
pub(crate) const SIGNING_SECRETS: [&str; 2] = [
    "bmV3IHNlY3JldCBvZiB0aGUgY29uZm9ybWFuY2Uga2l0",
    "b2xkIHNlY3JldCBvZiB0aGUgY29uZm9ybWFuY2Uga2l0",
];
/// Where the carrier thinks that the instance is.
pub(crate) const BASE: &str = "https://saqta.example.kz/v1/carriers/c1/correct-horse-battery";
/// An attempt to send.
pub(crate) const ERRAND: Errand<'static> = Errand {
    id: "0123456789abcdef0123456789abcdef",
    now: NOW,
    thread: &Thread::NONE,
};

/// An instance `c1` of `kind` on a secret path, as `cases` want it.
fn config(kind: &Kind, cases: &Cases) -> InstanceConfig {
    let mut config = InstanceConfig {
        name: "c1".into(),
        kind: kind.name.into(),
        path_secret: Some(Secret::new(SECRET)),
        webhook_base: Some(Secret::new(BASE)),
        ..InstanceConfig::default()
    };
    if cases.sign.is_some() {
        config.secrets = SIGNING_SECRETS.map(Secret::new).to_vec();
    }
    (cases.configure)(&mut config);
    config
}

impl Cases {
    /// `call` as the carrier would send it now.
    fn signed(&self, call: &Call) -> Call {
        let now = Signing {
            secret: SIGNING_SECRETS[0],
            at: NOW,
        };
        self.sign
            .map_or_else(|| call.clone(), |sign| sign(call.clone(), &now))
    }
}

/// What a carrier makes of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing is to be sent or shown.
    Nothing,
    /// A text for the citizen, or a page.
    Text(String),
    /// The request was not understood.
    Refused(String),
}

/// A request and what the carrier is to hear.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) call: Call,
    /// For a refusal: a part of its reason.
    pub(crate) said: Said,
}

impl Case {
    pub(crate) fn text(name: &'static str, call: Call, text: &str) -> Self {
        let said = Said::Text(text.into());
        Self { name, call, said }
    }

    pub(crate) fn nothing(name: &'static str, call: Call) -> Self {
        let said = Said::Nothing;
        Self { name, call, said }
    }

    pub(crate) fn refused(name: &'static str, call: Call, reason: &str) -> Self {
        let said = Said::Refused(reason.into());
        Self { name, call, said }
    }
}

pub(crate) const IIN: &str = "900101300007";
pub(crate) const PHONE: &str = "+77010000001";
const SECRET: &str = "correct-horse-battery";

pub(crate) fn sms(text: &str) -> IncomingSms {
    IncomingSms {
        id: Some("m-1".into()),
        from: PHONE.into(),
        to: "1414".into(),
        text: text.into(),
        part: None,
        link: None,
    }
}

/// An instance of `kind` on a secret path, with a stand-in to answer.
struct Bench {
    cases: Cases,
    echo: Arc<Echo>,
    router: axum::Router,
    /// Answers are sent, not in the response.
    later: bool,
}

impl Bench {
    fn all() -> impl Iterator<Item = (&'static str, Self)> {
        kinds().iter().map(|kind| (kind.name, Self::new(kind)))
    }

    fn new(kind: &Kind) -> Self {
        let cases = (kind.cases)();
        let echo = Arc::new(Echo::default());
        let gateway = gateway(&[config(kind, &cases)], echo.clone());
        Self {
            later: gateway.instances().iter().all(|instance| instance.answers_later),
            echo,
            router: router(gateway.clone()),
            cases,
        }
    }

    /// The kinds that have SMS, each with how it writes one.
    fn texting() -> impl Iterator<Item = (&'static str, Self, fn(&IncomingSms) -> Call)> {
        Self::all().filter_map(|(kind, bench)| bench.cases.sms.map(|request| (kind, bench, request)))
    }

    /// The kinds that have USSD, likewise.
    fn dialling() -> impl Iterator<Item = (&'static str, Self, fn(&Handset) -> Call)> {
        Self::all().filter_map(|(kind, bench)| bench.cases.ussd.map(|request| (kind, bench, request)))
    }

    /// A request of each service that the kind has.
    fn requests(&self) -> Vec<Call> {
        let text = self.cases.sms.map(|request| request(&sms(IIN)));
        let step = self
            .cases
            .ussd
            .map(|request| request(&Handset::dialling("").typing(IIN)));
        text.into_iter().chain(step).collect()
    }

    /// True if nothing came through to be answered.
    fn heard_nothing(&self) -> bool {
        self.echo.take_sms().is_empty() && self.echo.ussd.lock().unwrap().is_empty()
    }

    async fn hear(&self, request: &Call) -> Heard {
        self.hear_as_it_is(&self.cases.signed(request)).await
    }

    async fn hear_as_it_is(&self, request: &Call) -> Heard {
        call(&self.router, &format!("c1/{SECRET}"), request).await
    }

    /// What the citizen gets, in the response or, where answers are sent, after it.
    async fn said(&self, request: &Call) -> Said {
        let before = self.echo.sms.lock().unwrap().len();
        let heard = self.hear(request).await;
        // One way for all carriers, with a test of its own.
        if heard.status == StatusCode::METHOD_NOT_ALLOWED {
            return Said::Refused("wrong method".into());
        }
        let said = (self.cases.read)(&heard);
        if !self.later || !request.target.starts_with("sms") {
            return said;
        }
        assert!(!matches!(said, Said::Text(_)), "the carrier takes no answers");
        let heard = self.echo.sms.lock().unwrap().split_off(before);
        let answered = heard.iter().rfind(|sms| Msisdn::parse(&sms.from).is_ok());
        let answer = answered.map(|sms| Said::Text(sms.text.clone()));
        self.echo.sms.lock().unwrap().extend(heard);
        answer.unwrap_or(said)
    }
}

#[tokio::test]
async fn texts_arrive_as_they_were_written() {
    for (kind, bench, request) in Bench::texting() {
        for text in [
            "",
            IIN,
            "ҚАРЫЗ 900101300007",
            "a+b & c=d %41 #?",
            "one\ntwo  three",
            "\u{1f600}€^{}",
        ] {
            let message = sms(text);
            let said = bench.said(&request(&message)).await;
            assert_eq!(said, Said::Text(text.into()), "{kind}: {text:?}");
            assert!(bench.echo.take_sms() == [message], "{kind}: {text:?}");
        }
    }
}

#[tokio::test]
async fn names_and_short_codes_are_heard_and_left_to_the_exchange() {
    for (kind, bench, request) in Bench::texting() {
        for from in ["MTN", "1414", "Қазпошта"] {
            let message = IncomingSms {
                from: from.into(),
                ..sms(IIN)
            };
            assert_eq!(bench.said(&request(&message)).await, Said::Nothing, "{kind}");
            assert!(bench.echo.take_sms() == [message], "{kind}: {from}");
        }
    }
}

#[tokio::test]
async fn the_carriers_own_cases_hold() {
    for (kind, bench) in Bench::all() {
        for Case { name, call, said } in &bench.cases.table {
            let heard = bench.said(call).await;
            match (&heard, said) {
                (Said::Refused(whole), Said::Refused(part)) => {
                    assert!(whole.contains(part), "{kind}: {name}: {whole}");
                }
                _ => assert_eq!(&heard, said, "{kind}: {name}"),
            }
        }
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_the_right_ones() {
    let others = [
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    for (kind, bench) in Bench::all() {
        for (request, method) in bench
            .requests()
            .iter()
            .flat_map(|request| others.clone().map(|m| (request, m)))
        {
            let request = Call {
                method: method.clone(),
                ..request.clone()
            };
            let heard = bench.hear(&request).await;
            assert_eq!(heard.status, StatusCode::METHOD_NOT_ALLOWED, "{kind}: {method}");
            let allow = heard.header("allow").unwrap();
            assert!(
                allow.contains("POST") || allow.contains("GET"),
                "{kind}: {method}"
            );
        }
        assert!(bench.heard_nothing(), "{kind}");
    }
}

#[tokio::test]
async fn overlong_fields_are_refused() {
    let long = |length| "7".repeat(length);
    for (kind, bench, request) in Bench::texting() {
        let with = |id: String, from: String| IncomingSms {
            id: Some(id),
            from,
            ..sms(IIN)
        };
        let fits = request(&with(long(MAX_FIELD_BYTES), PHONE.into()));
        assert_eq!(bench.said(&fits).await, Said::Text(IIN.into()), "{kind}");
        for message in [
            with(long(MAX_FIELD_BYTES + 1), PHONE.into()),
            with("m".into(), long(500)),
        ] {
            let said = bench.said(&request(&message)).await;
            assert!(matches!(&said, Said::Refused(_)), "{kind}: {said:?}");
        }
        assert_eq!(bench.echo.take_sms().len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn receipts_are_acknowledged_and_never_answered() {
    for (kind, bench, request) in Bench::texting() {
        let message = request(&sms("id:1 sub:001 dlvrd:001 stat:DELIVRD"));
        let misplaced = Call {
            target: message.target.replacen("sms", "receipt", 1),
            ..message
        };
        let request = bench.cases.receipt.map_or(misplaced, |receipt| receipt());
        let heard = bench.hear(&request).await;
        assert_eq!(heard.status, StatusCode::OK, "{kind}");
        assert!(
            heard.body.is_empty() || (bench.cases.read)(&heard) == Said::Nothing,
            "{kind}"
        );
        assert!(bench.echo.take_sms().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn no_iin_phone_text_or_secret_reaches_a_log_or_a_refusal() {
    let log = Log::default();
    let guard = log.capture();
    let private = [
        "900101300007",
        "77010000001",
        SECRET,
        "Досым",
        SIGNING_SECRETS[0],
        SIGNING_SECRETS[1],
    ];
    for (kind, bench) in Bench::all() {
        let mut calls: Vec<Call> = bench.cases.table.iter().map(|case| case.call.clone()).collect();
        let text = bench.cases.sms.map(|request| request(&sms("Досым 900101300007")));
        let dialled = Handset::dialling(IIN);
        let steps = bench
            .cases
            .ussd
            .map(|request| [request(&dialled), request(&dialled.typing(IIN))]);
        let valid: Vec<_> = text.into_iter().chain(steps.into_iter().flatten()).collect();
        calls.extend(valid.iter().cloned().map(|call| Call {
            method: Method::PUT,
            ..call
        }));
        calls.extend(valid.iter().cloned());
        for request in &calls {
            bench.hear(request).await;
        }
        let bases = ["c1", "c1/wrong-77010000001", "77010000001", "c1/%ff77010000001"];
        for (base, valid) in bases
            .iter()
            .flat_map(|base| valid.iter().map(move |valid| (base, valid)))
        {
            let heard = call(&bench.router, base, valid).await;
            let body = String::from_utf8_lossy(&heard.body);
            assert!(private.iter().all(|word| !body.contains(word)), "{kind}: {body}");
        }
    }
    drop(guard);
    let text = log.text();
    assert!(text.contains("/v1/carriers/{name}/{secret}/sms"), "{text}");
    for word in private {
        assert!(!text.contains(word), "{word} in {text}");
    }
}
