//! Cases of the sandbox for the conformance kit.

use axum::http::StatusCode;
use saqta_data::office::Delivery;
use serde_json::{Value, json};

use super::*;
use crate::carrier::IncomingSms;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{Case, Cases, ERRAND, Handset, IIN, PHONE, Said};
use crate::encoding::Alphabet;

pub(crate) fn cases() -> Cases {
    Cases {
        sms: Some(sms),
        receipt: Some(receipt),
        ussd: Some(ussd),
        read,
        table: table(),
        configure: |_| {},
        sign: None,
    }
}

fn post(target: &str, body: &Value) -> Call {
    Call::post(target, "application/json", body.to_string())
}

fn sms(sms: &IncomingSms) -> Call {
    post(
        "sms",
        &json!({"id": sms.id, "from": sms.from, "to": sms.to, "text": sms.text}),
    )
}

fn ussd(handset: &Handset) -> Call {
    let input = if handset.is_start() {
        String::new()
    } else {
        handset.input()
    };
    post(
        "ussd",
        &json!({"session": handset.session, "from": handset.from, "code": handset.code(),
                "input": input, "step": handset.step()}),
    )
}

/// What became of a message of ours.
fn receipt() -> Call {
    post("receipt", &json!({"id": ERRAND.id, "state": "delivered"}))
}

/// Reads exactly the documented shapes.
fn read(heard: &Heard) -> Said {
    let body = heard.json();
    if heard.status == StatusCode::BAD_REQUEST {
        assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
        return Said::Refused(body["error"].as_str().unwrap().to_owned());
    }
    assert_eq!(heard.status, StatusCode::OK, "{body}");
    assert_eq!(heard.header("content-type"), Some("application/json"));
    if let Some(text) = body["text"].as_str() {
        assert_eq!(body, json!({"text": text, "end": text.is_empty()}));
        return Said::Text(text.to_owned());
    }
    let messages = body["messages"].as_array().unwrap();
    let Some(message) = messages.first() else {
        return Said::Nothing;
    };
    let text = message["text"].as_str().unwrap();
    let encoding = if text.is_ascii() { "gsm7" } else { "ucs2" };
    let expected = json!({"messages": [{"to": PHONE, "text": text, "encoding": encoding, "parts": 1}]});
    assert_eq!(body, expected);
    Said::Text(text.to_owned())
}

fn table() -> Vec<Case> {
    let mut cases = texts();
    cases.extend(steps());
    cases
}

/// Of messages.
fn texts() -> Vec<Case> {
    let whole = json!({"id": "m1", "from": PHONE, "to": "1414", "text": IIN});
    let with = |field: &str, value: Value| {
        let mut body = whole.clone();
        body[field] = value;
        post("sms", &body)
    };
    let without = |field: &str| {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(field);
        post("sms", &body)
    };
    let raw = |body: &[u8]| Call::post("sms", "application/json", body);
    let twice = br#"{"id":"a","id":"b","from":"+77010000001","to":"1414","text":""}"#;
    let surrogate = br#"{"id":"a","from":"+77010000001","to":"1414","text":"\ud800"}"#;
    vec![
        Case::text(
            "content type with charset",
            Call::post("sms", "Application/JSON; charset=utf-8", whole.to_string()),
            IIN,
        ),
        Case::text(
            "as curl -d sends it",
            Call::post("sms", "application/x-www-form-urlencoded", whole.to_string()),
            IIN,
        ),
        Case::refused("no id", without("id"), "id is missing"),
        Case::refused("no sender", without("from"), "from is missing"),
        Case::refused("no receiver", without("to"), "to is missing"),
        Case::refused("no text", without("text"), "text is missing"),
        Case::refused("empty id", with("id", json!("")), "id is empty"),
        Case::refused("unknown field", with(IIN, json!(1)), "unknown field"),
        Case::refused(
            "number for text",
            with("text", json!(900_101_300_007_u64)),
            "wrong type",
        ),
        Case::refused("null for text", with("text", Value::Null), "wrong type"),
        Case::refused("field twice", raw(twice), "twice"),
        Case::refused("half a surrogate pair", raw(surrogate), "not a JSON object"),
        Case::refused("no body", raw(b""), "not a JSON object"),
        Case::refused("list", raw(b"[]"), "not a JSON object"),
        Case::refused(
            "deep nesting",
            raw("[".repeat(10_000).as_bytes()),
            "not a JSON object",
        ),
        Case::refused("not UTF-8", raw(b"{\"id\":\"\xff\"}"), "not UTF-8"),
    ]
}

/// Of steps of a session.
fn steps() -> Vec<Case> {
    vec![
        Case::refused(
            "USSD without session",
            post(
                "ussd",
                &json!({"from": PHONE, "code": "*1414#", "input": "", "step": 0}),
            ),
            "session is missing",
        ),
        Case::refused(
            "USSD with empty session",
            post(
                "ussd",
                &json!({"session": "", "from": PHONE, "code": "*1414#", "input": "", "step": 0}),
            ),
            "session is empty",
        ),
        Case::refused(
            "USSD with negative step",
            post(
                "ussd",
                &json!({"session": "s", "from": PHONE, "code": "*1414#", "input": IIN, "step": -1}),
            ),
            "wrong type",
        ),
    ]
}

#[test]
fn what_is_sent_is_posted_as_the_json_of_an_answer() {
    let mut config = InstanceConfig {
        name: "s".into(),
        kind: "sandbox".into(),
        ..InstanceConfig::default()
    };
    assert!(build(&config).unwrap().sends().is_none());
    config.send.url = Some("http://127.0.0.1:9/inbox".into());
    let adapter = build(&config).unwrap();
    let sms = OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
        text: "Қарыз".into(),
        alphabet: Alphabet::Ucs2,
        parts: 1,
    };
    let request = adapter.sends().unwrap().request(&sms, ERRAND);
    assert_eq!(
        (request.method(), request.uri().to_string().as_str()),
        (&Method::POST, "http://127.0.0.1:9/inbox")
    );
    assert_eq!(request.headers()["webhook-id"], ERRAND.id);
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(
        body,
        json!({"to": PHONE, "text": "Қарыз", "encoding": "ucs2", "parts": 1})
    );
    config.send.from = Some("1414".into());
    assert_eq!(build(&config).err().map(|error| error.key), Some("send_from"));
}

#[test]
fn receipts_name_our_id_and_what_became_of_the_message() {
    let adapter = build(&InstanceConfig::default()).unwrap();
    let receipts = |body: &Value| {
        let head = Request::post("/receipt").body(()).unwrap().into_parts().0;
        let body = body.to_string().into();
        adapter.receipts(&Webhook { head, body })
    };
    for delivery in Delivery::ALL {
        let told = receipts(&json!({"id": ERRAND.id, "state": delivery.code()}));
        let id = ERRAND.id.to_owned();
        assert_eq!(told, Ok(vec![Receipt { id, delivery }]));
    }
    for slip in [
        json!({"id": "", "state": "failed"}),
        json!({"id": "1", "state": "lost"}),
        json!({"id": "1"}),
        json!({"id": "1", "state": "failed", "why": "?"}),
        json!([]),
    ] {
        assert!(matches!(receipts(&slip), Err(Refusal::Malformed(_))), "{slip}");
    }
}
