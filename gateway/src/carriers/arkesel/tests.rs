//! Cases of Arkesel for the conformance kit.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::conformance::harness::{Call, Heard};
use crate::conformance::{Case, Cases, Handset, IIN, Said};

pub(crate) fn cases() -> Cases {
    Cases {
        sms: None,
        receipt: None,
        ussd: Some(step),
        read,
        table: table(),
        configure: |_| {},
        sign: None,
    }
}

fn body(first: bool, typed: &str) -> Value {
    json!({"sessionID": "51", "userID": "USR", "newSession": first, "msisdn": "77010000001",
           "userData": typed, "network": "KCELL"})
}

fn post(body: &Value) -> Call {
    Call::post("ussd", "application/json", body.to_string())
}

fn step(handset: &Handset) -> Call {
    post(&body(handset.is_start(), &handset.input()))
}

fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        return Said::Refused(heard.json()["error"].as_str().unwrap().to_owned());
    }
    let said = heard.json();
    let text = said["message"].as_str().unwrap();
    let expected = json!({"sessionID": "51", "userID": "USR", "msisdn": "77010000001", "message": text,
                          "continueSession": !text.is_empty()});
    assert_eq!(said, expected);
    Said::Text(text.to_owned())
}

fn table() -> Vec<Case> {
    let with = |name: &str, value: Value| {
        let mut body = body(false, "1");
        body[name] = value;
        post(&body)
    };
    let code = format!("*1414*{IIN}#");
    vec![
        Case::text("new session", post(&body(true, "*1414#")), "*1414#"),
        Case::text("start twice", post(&body(true, "*1414#")), "*1414#"),
        Case::text("deep dial", post(&body(true, &code)), &code),
        Case::text("an empty answer", with("userData", json!("")), ""),
        Case::text("a field we do not know", with("extra", json!({})), "1"),
        Case::refused("no newSession", with("newSession", Value::Null), "newSession"),
        Case::refused("no session", with("sessionID", Value::Null), "sessionID"),
        Case::refused("no phone", with("msisdn", json!("")), "msisdn"),
        Case::refused("a list", Call::post("ussd", "application/json", "[]"), "JSON"),
    ]
}
