//! Bytes as a request of a carrier that its guard lets in, and an instance of every kind to send it to. The first byte chooses the
//! kind, so that a new one is tried without a line here, the second service, method and content type; query and body follow.
//! `tests/seeds.rs` sees to it that the seeds get where they are meant to.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, header, request};
use saqta_data::clock::{Clock, Timestamp};
use saqta_data::phone::Msisdn;
use saqta_gateway::carrier::config::{InstanceConfig, Secret, SendConfig};
use saqta_gateway::carrier::sign::Algorithm;
use saqta_gateway::carrier::wire::Fields;
use saqta_gateway::carrier::{
    Answered, Answers, IncomingSms, IncomingUssd, Instance, OutgoingSms, SmsReply, UssdPage, UssdSession,
};
use saqta_gateway::carriers::{Kind, kinds};
use saqta_gateway::encoding::{Alphabet, parts};
use saqta_gateway::router::router;
use saqta_gateway::state::Gateway;

/// A path that proves the carrier where it signs nothing.
const PATH_SECRET: &str = "correct-horse-battery";
/// 32 bytes, for those who sign.
const KEY: &[u8; 32] = b"invented key of the fuzz target.";
/// When everything happens.
const NOW: Timestamp = Timestamp::from_millis(1_795_330_800_000);
/// Where requests may go: bits 0 to 2 of the second byte. Below USSD are Infobip's, and one that is none.
pub(crate) const SERVICES: [&str; 8] = [
    "sms",
    "ussd",
    "receipt",
    "ussd/session/s1/start",
    "ussd/session/s1/response",
    "ussd/session/s1/end",
    "ussd/session/s1/status",
    "ussd/session//start",
];
/// Bits 3 and 4.
pub(crate) const METHODS: [Method; 4] = [Method::POST, Method::GET, Method::PUT, Method::DELETE];
/// Bits 5 to 7.
const TYPES: [&str; 8] = [
    "application/x-www-form-urlencoded",
    "application/json",
    "text/xml; charset=utf-8",
    "text/plain; charset=UTF-16BE",
    "text/plain; charset=\"iso-8859-1\"",
    "application/octet-stream",
    "application/json; charset=utf-16",
    "",
];
/// Ends the query; the body follows.
const CUT: u8 = b'\n';

/// What the first bytes choose.
pub(crate) struct Chosen {
    pub(crate) kind: Kind,
    pub(crate) service: &'static str,
    pub(crate) method: Method,
    media_type: &'static str,
}

impl Chosen {
    /// What `bytes` begin with.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let [kind, shape, ..] = bytes else { return None };
        Some(Self {
            kind: at(kinds(), *kind),
            service: at(&SERVICES, shape & 7),
            method: at(&METHODS, shape >> 3 & 3),
            media_type: at(&TYPES, shape >> 5),
        })
    }
}

fn at<T: Clone>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()].clone()
}

/// The webhooks of an instance of each kind.
pub(crate) fn carriers() -> axum::Router {
    let configs: Vec<_> = kinds().iter().map(|kind| config(kind.name)).collect();
    let clock = Clock::manual(NOW);
    router(Gateway::new(&configs, Arc::new(Echo), clock).expect("good settings"))
}

/// The request that `bytes` are; `None` if there are too few.
pub(crate) fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let Chosen {
        kind,
        service,
        method,
        media_type,
    } = Chosen::of(bytes)?;
    let rest = bytes.get(2..)?;
    let cut = rest.iter().position(|byte| *byte == CUT).unwrap_or(rest.len());
    let (query, body) = rest.split_at(cut);
    let body = body.strip_prefix(&[CUT]).unwrap_or_default();
    let mut path = format!("/v1/carriers/{}/{PATH_SECRET}/{service}", kind.name);
    if !query.is_empty() {
        path = format!("{path}?{}", escaped(query));
    }
    let request = signed(kind.name, body, &path)
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, media_type);
    Some(request.body(Body::from(body.to_vec())).expect("a request"))
}

/// An instance of `kind` that asks for as little proof as it can.
fn config(kind: &str) -> InstanceConfig {
    let signed = ["generic", "twilio"].contains(&kind);
    let sent = ["africastalking", "infobip", "jasmin", "smsc", "vonage"].contains(&kind);
    let secret = || Secret::new("user");
    InstanceConfig {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        path_secret: Some(Secret::new(PATH_SECRET)),
        webhook_base: Some(Secret::new(format!(
            "https://saqta.example.kz/v1/carriers/{kind}/{PATH_SECRET}"
        ))),
        secrets: if signed {
            vec![Secret::new(base64(KEY))]
        } else {
            Vec::new()
        },
        send: if sent {
            SendConfig {
                url: Some("https://carrier.example/send".to_owned()),
                // An API key alone.
                user: (kind != "infobip").then(secret),
                password: Some(secret()),
                from: Some("1414".to_owned()),
            }
        } else {
            SendConfig::default()
        },
        ..InstanceConfig::default()
    }
}

/// With the signature of those who sign, so that what they carry is read.
fn signed(kind: &str, body: &[u8], path: &str) -> request::Builder {
    let request = Request::builder();
    match kind {
        "generic" => {
            let head = format!("m1.{}.", NOW.millis() / 1000);
            let signature = Algorithm::Sha256.hmac(KEY, &[head.as_bytes(), body].concat());
            request
                .header("webhook-id", "m1")
                .header("webhook-timestamp", NOW.millis() / 1000)
                .header("webhook-signature", format!("v1,{}", base64(&signature)))
        }
        "twilio" => {
            let mut text = format!("https://saqta.example.kz{path}").into_bytes();
            // What is no form is believed by nobody, whatever it is signed with.
            let form = Fields::parse(body).ok();
            for (name, value) in form.iter().flat_map(Fields::sorted) {
                text.extend([name, value].concat());
            }
            let signature = Algorithm::Sha1.hmac(base64(KEY).as_bytes(), &text);
            request.header("x-twilio-signature", base64(&signature))
        }
        _ => request,
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Bytes as a query may hold them.
fn escaped(query: &[u8]) -> String {
    let escaped = query.iter().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() || b"=&%+.-_*".contains(byte) => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    escaped.collect()
}

/// Says back what was said.
struct Echo;

#[async_trait::async_trait]
impl Answers for Echo {
    async fn sms(&self, _: &Instance, sms: IncomingSms) -> Answered<SmsReply> {
        let reply = Msisdn::parse(&sms.from).map_or(SmsReply::Silence, |to| {
            SmsReply::Text(OutgoingSms {
                to,
                alphabet: Alphabet::of(&sms.text),
                parts: parts::count(&sms.text),
                text: sms.text,
            })
        });
        Answered::fresh(reply)
    }

    async fn ussd(&self, _: &Instance, step: IncomingUssd) -> Answered<UssdPage> {
        let text = step.input.text().to_owned();
        let end = text.is_empty();
        Answered::fresh(UssdPage { text, end })
    }

    async fn ussd_ended(&self, _: &Instance, session: UssdSession) -> bool {
        session.from.is_none()
    }

    async fn ussd_active(&self, _: &Instance, session: UssdSession) -> bool {
        session.from.is_none()
    }

    fn late_page(&self, _: &Instance) -> UssdPage {
        UssdPage {
            text: "late".to_owned(),
            end: true,
        }
    }
}
