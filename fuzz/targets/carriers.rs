//! Requests of carriers: the first byte chooses the kind, so that a new one is tried without a line here. No request is a
//! defect of ours (500), whatever is in it.
#![no_main]

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use libfuzzer_sys::fuzz_target;
use saqta_data::clock::{Clock, Timestamp};
use saqta_data::phone::Msisdn;
use saqta_gateway::carrier::config::{InstanceConfig, Secret, SendConfig};
use saqta_gateway::carrier::sign::Algorithm;
use saqta_gateway::carrier::{
    Answered, Answers, IncomingSms, IncomingUssd, Instance, OutgoingSms, SmsReply, UssdPage,
};
use saqta_gateway::carriers::kinds;
use saqta_gateway::encoding::Alphabet;
use saqta_gateway::router::router;
use saqta_gateway::state::Gateway;
use tower::ServiceExt as _;

/// A path that proves the carrier where it signs nothing.
const PATH_SECRET: &str = "correct-horse-battery";
/// 32 bytes, for those who sign.
const KEY: &[u8; 32] = b"invented key of the fuzz target.";
/// When everything happens.
const NOW: Timestamp = Timestamp::from_millis(1_795_330_800_000);
const TYPES: [&str; 5] = [
    "application/x-www-form-urlencoded",
    "application/json",
    "text/xml; charset=utf-8",
    "application/json; charset=utf-16",
    "",
];
/// Ends the query; the body follows.
const CUT: u8 = b'\n';

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().build().expect("a runtime")
});
static GATEWAY: LazyLock<axum::Router> = LazyLock::new(|| {
    let configs: Vec<_> = kinds().iter().map(|kind| config(kind.name)).collect();
    let clock = Clock::starting_at(NOW);
    router(Gateway::new(&configs, Arc::new(Echo), clock).expect("good settings"))
});

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

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Says back what was said.
struct Echo;

#[async_trait::async_trait]
impl Answers for Echo {
    async fn sms(&self, _: &Instance, sms: IncomingSms) -> Answered<SmsReply> {
        let reply = Msisdn::parse(&sms.from).map_or(SmsReply::Silence, |to| {
            let alphabet = Alphabet::of(&sms.text);
            let parts = saqta_gateway::encoding::parts::count(&sms.text);
            SmsReply::Text(OutgoingSms {
                to,
                text: sms.text,
                alphabet,
                parts,
            })
        });
        Answered::fresh(reply)
    }

    async fn ussd(&self, _: &Instance, step: IncomingUssd) -> Answered<UssdPage> {
        let text = step.input.text().to_owned();
        let end = text.is_empty();
        Answered::fresh(UssdPage { text, end })
    }

    fn late_page(&self, _: &Instance) -> UssdPage {
        UssdPage {
            text: "late".to_owned(),
            end: true,
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [kind, shape, rest @ ..] = bytes else { return };
    let kind = &kinds()[usize::from(*kind) % kinds().len()];
    let cut = rest.iter().position(|byte| *byte == CUT).unwrap_or(rest.len());
    let (query, body) = rest.split_at(cut);
    let body = body.strip_prefix(&[CUT]).unwrap_or_default();
    let service = ["sms", "ussd", "receipt", "ussd/session/s1/start"][usize::from(shape & 3)];
    let method = if shape & 4 == 0 { Method::POST } else { Method::GET };
    let media_type = TYPES[usize::from(shape >> 3) % TYPES.len()];
    let path = format!(
        "/v1/carriers/{}/{PATH_SECRET}/{service}?{}",
        kind.name,
        escaped(query)
    );
    let request = signed(kind.name, body, &path)
        .method(method)
        .uri(&path)
        .header(header::CONTENT_TYPE, media_type);
    let request = request.body(Body::from(body.to_vec())).expect("a request");
    let response = RUNTIME
        .block_on(GATEWAY.clone().oneshot(request))
        .expect("it never fails");
    assert_ne!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
});

/// With the signature of those who sign, so that what they carry is read.
fn signed(kind: &str, body: &[u8], path: &str) -> axum::http::request::Builder {
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
            let url = format!("https://saqta.example.kz{path}");
            let signature = Algorithm::Sha1.hmac(base64(KEY).as_bytes(), url.as_bytes());
            request.header("x-twilio-signature", base64(&signature))
        }
        _ => request,
    }
}

/// Bytes as a query may hold them.
fn escaped(query: &[u8]) -> String {
    query.iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'='
            | b'&'
            | b'%'
            | b'+'
            | b'.'
            | b'-'
            | b'_'
            | b'*' => {
                text.push(char::from(*byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}
