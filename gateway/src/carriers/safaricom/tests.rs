//! Cases of Safaricom for the conformance kit.

use axum::http::StatusCode;

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

fn get(fields: &[(&str, &str)]) -> Call {
    Call::get(format!("ussd?{}", form(fields)))
}

fn step(handset: &Handset) -> Call {
    get(&[
        ("ORIG", handset.digits()),
        ("DEST", "1414"),
        ("SESSION_ID", &handset.session),
        ("USSD_PARAMS", &handset.history()),
    ])
}

fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        return Said::Refused(heard.json()["error"].as_str().unwrap().to_owned());
    }
    assert_eq!(heard.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = std::str::from_utf8(&heard.body).unwrap();
    let page = text.strip_prefix("CON ").or(text.strip_prefix("END ")).unwrap();
    assert_eq!(text.starts_with("END "), page.is_empty(), "{text}");
    Said::Text(page.to_owned())
}

fn table() -> Vec<Case> {
    let line = |params: &str| {
        Call::get(format!(
            "ussd?ORIG=77010000001&DEST=1414&SESSION_ID=1&USSD_PARAMS={params}"
        ))
    };
    let orig = ("ORIG", "77010000001");
    vec![
        Case::text("base code with empty params", line(""), ""),
        Case::text("start twice", line(""), ""),
        Case::text("deep dial", line(&format!("7*{IIN}")), &format!("7*{IIN}")),
        Case::text("leading newline stripped", line("%0A1"), "1"),
        Case::text("resume", line("1*2"), "1*2"),
        Case::text("the same address twice without content", line("1*2"), "1*2"),
        Case::text("a star typed as a value", line("1**"), "1**"),
        Case::text("a star after a star", line("1****"), "1****"),
        Case::text("bytes that are no UTF-8", line("%ff"), "\u{fffd}"),
        Case::refused(
            "no session",
            get(&[orig, ("DEST", "1"), ("USSD_PARAMS", "")]),
            "SESSION_ID",
        ),
        Case::refused(
            "no phone",
            get(&[("DEST", "1"), ("SESSION_ID", "1"), ("USSD_PARAMS", "")]),
            "ORIG",
        ),
        Case::refused(
            "no params",
            get(&[orig, ("DEST", "1"), ("SESSION_ID", "1")]),
            "USSD_PARAMS",
        ),
    ]
}
