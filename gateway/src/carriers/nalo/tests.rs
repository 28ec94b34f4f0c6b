//! Cases of Nalo for the conformance kit.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::*;
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
    json!({"USERID": "NALOTEST", "MSISDN": "77010000001", "USERDATA": typed, "MSGTYPE": first,
           "NETWORK": "KCELL", "SESSIONID": "51"})
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
    let text = said["MSG"].as_str().unwrap();
    let expected =
        json!({"USERID": "NALOTEST", "MSISDN": "77010000001", "MSG": text, "MSGTYPE": !text.is_empty()});
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
        Case::text("first", post(&body(true, "*1414#")), "*1414#"),
        Case::text("start twice", post(&body(true, "*1414#")), "*1414#"),
        Case::text("deep dial", post(&body(true, &code)), &code),
        Case::text("no session", with("SESSIONID", Value::Null), "1"),
        Case::text("an empty session", with("SESSIONID", json!("")), "1"),
        Case::text(
            "a phone that is a number",
            with("MSISDN", json!(77_010_000_001_u64)),
            "1",
        ),
        Case::text("MSGTYPE in quotes", with("MSGTYPE", json!("False")), "1"),
        Case::text("a field we do not know", with("EXTRA", json!([])), "1"),
        Case::refused("no MSGTYPE", with("MSGTYPE", Value::Null), "MSGTYPE"),
        Case::refused("no phone", with("MSISDN", json!("")), "MSISDN"),
        Case::refused("not JSON", Call::post("ussd", "application/json", ""), "JSON"),
    ]
}

#[test]
fn the_phone_is_the_session_where_there_is_none() {
    let (head, ()) = axum::http::Request::new(()).into_parts();
    let mut body = body(false, "1");
    body["SESSIONID"] = Value::Null;
    let request = Webhook {
        head,
        body: body.to_string().into(),
    };
    let Ok(UssdCall::Step(step)) = Nalo.ussd(&request) else {
        panic!("no step")
    };
    assert_eq!(step.session.id, "77010000001");
    assert_eq!(Nalo.ussd_page_units(), 120);
}
