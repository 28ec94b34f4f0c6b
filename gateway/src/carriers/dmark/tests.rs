//! Cases of `DMark` for the conformance kit.

use axum::http::StatusCode;
use serde_json::json;

use crate::carrier::wire::form;
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

fn step(handset: &Handset) -> Call {
    let time = (1_795_330_800 + handset.step()).to_string();
    let response = if handset.is_start() { "false" } else { "true" };
    Call::get(format!(
        "ussd?{}",
        form(&[
            ("transactionId", &handset.session),
            ("msisdn", handset.digits()),
            ("ussdServiceCode", "*1414#"),
            ("transactionTime", &time),
            ("creationTime", "1795330800"),
            ("response", response),
            ("ussdRequestString", &handset.input()),
        ])
    ))
}

fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        return Said::Refused(String::from_utf8_lossy(&heard.body).into_owned());
    }
    let said = heard.json();
    let text = said["responseString"].as_str().unwrap();
    let action = if text.is_empty() { "end" } else { "request" };
    assert_eq!(said, json!({"responseString": text, "action": action}));
    Said::Text(text.to_owned())
}

fn table() -> Vec<Case> {
    let rest = "transactionId=1&msisdn=77010000001&ussdServiceCode=*1414%23&transactionTime=7&creationTime=7";
    let line = |more: &str| Call::get(format!("ussd?{rest}{more}"));
    vec![
        Case::text(
            "start",
            line("&response=false&ussdRequestString=*1414%23"),
            "*1414#",
        ),
        Case::text(
            "start without a string",
            line("&response=false&ussdRequestString="),
            "",
        ),
        Case::text(
            "deep dial",
            line(&format!("&response=false&ussdRequestString=*1414*{IIN}%23")),
            &format!("*1414*{IIN}#"),
        ),
        Case::text("response", line("&response=true&ussdRequestString=1"), "1"),
        Case::text(
            "bytes that are no UTF-8",
            line("&response=true&ussdRequestString=a%ffb"),
            "a\u{fffd}b",
        ),
        Case::refused(
            "a parameter missing",
            line("&response=true"),
            "{\"missing_parameter\":[\"ussdRequestString\"]}",
        ),
        Case::refused(
            "all missing",
            Call::get("ussd"),
            "\"transactionId\",\"msisdn\",\"ussdServiceCode\",\"transactionTime\",",
        ),
        Case::refused(
            "a parameter that is not theirs",
            line(&format!("&response=true&ussdRequestString=1&{IIN}=2")),
            "{\"unexpected_parameter\":[\"not repeated here\"]}",
        ),
        Case::refused(
            "a parameter twice",
            line("&response=true&ussdRequestString=1&ussdRequestString=2"),
            "twice",
        ),
    ]
}
