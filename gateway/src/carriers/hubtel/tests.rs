//! Cases of Hubtel for the conformance kit.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::conformance::harness::{Call, Heard};
use crate::conformance::{Case, Cases, Handset, IIN, PHONE, Said};

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

fn body(kind: &str, message: &str, sequence: usize) -> Value {
    json!({"SessionId": "51", "Mobile": "77010000001", "ServiceCode": "1414", "Operator": "kcell",
           "Message": message, "Type": kind, "Sequence": sequence, "ClientState": "", "Platform": "USSD"})
}

fn post(body: &Value) -> Call {
    Call::post("ussd", "application/json", body.to_string())
}

fn step(handset: &Handset) -> Call {
    let kind = if handset.is_start() {
        "Initiation"
    } else {
        "Response"
    };
    post(&body(kind, &handset.input(), handset.step() + 1))
}

fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        return Said::Refused(heard.json()["error"].as_str().unwrap().to_owned());
    }
    if heard.body.is_empty() {
        return Said::Nothing;
    }
    let said = heard.json();
    assert_eq!(said["SessionId"], "51");
    assert_eq!(
        (&said["DataType"], &said["FieldType"]),
        (&json!("input"), &json!("text"))
    );
    let text = said["Message"].as_str().unwrap();
    let kind = if text.is_empty() { "release" } else { "response" };
    assert_eq!(said["Type"], kind);
    Said::Text(text.to_owned())
}

fn table() -> Vec<Case> {
    let with = |name: &str, value: Value| {
        let mut body = body("response", "1", 2);
        body[name] = value;
        post(&body)
    };
    let code = format!("*1414*{IIN}#");
    vec![
        Case::text("initiation", post(&body("initiation", "*1414#", 1)), "*1414#"),
        Case::text(
            "initiation twice",
            post(&body("initiation", "*1414#", 1)),
            "*1414#",
        ),
        Case::text(
            "a longer string is a deep link",
            post(&body("INITIATION", &code, 1)),
            &code,
        ),
        Case::text(
            "initiation without a message",
            post(&body("Initiation", "", 1)),
            "1414",
        ),
        Case::text("a sequence in quotes", with("Sequence", json!("3")), "1"),
        Case::text("no sequence", with("Sequence", Value::Null), "1"),
        Case::text("a field we do not know", with("ClientData", json!({"a": 1})), "1"),
        Case::text("a number for a text", with("Message", json!(7)), "7"),
        Case::nothing("release", post(&body("Release", "", 3))),
        Case::nothing("timeout", post(&body("timeout", "", 3))),
        Case::nothing("of their shop", post(&body("AddToCart", "", 3))),
        Case::refused("no type", with("Type", Value::Null), "Type"),
        Case::refused("a type that is none", with("Type", json!(PHONE)), "Type is"),
        Case::refused("no session", with("SessionId", json!("")), "SessionId"),
        Case::refused("no phone", with("Mobile", Value::Null), "Mobile"),
        Case::refused("not JSON", Call::post("ussd", "application/json", "a=b"), "JSON"),
        Case::refused(
            "no UTF-8",
            Call::post("ussd", "application/json", *b"{\"a\":\"\xff\"}"),
            "UTF-8",
        ),
    ]
}
