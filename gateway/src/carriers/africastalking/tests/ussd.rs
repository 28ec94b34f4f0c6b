use axum::http::StatusCode;

use crate::carrier::wire::form;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{Case, Handset, IIN, PHONE, Said};

fn post(fields: &[(&str, &str)]) -> Call {
    Call::post("ussd", "application/x-www-form-urlencoded", form(fields))
}

/// Everything typed since the service code.
pub(super) fn step(handset: &Handset) -> Call {
    post(&[
        ("sessionId", &handset.session),
        ("networkCode", "99999"),
        ("serviceCode", "*1414#"),
        ("phoneNumber", &handset.from),
        ("text", &handset.history()),
    ])
}

/// What the handset shows.
pub(super) fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        return Said::Refused(heard.json()["error"].as_str().unwrap().to_owned());
    }
    assert_eq!(heard.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = std::str::from_utf8(&heard.body).unwrap();
    if text.is_empty() {
        return Said::Nothing;
    }
    // The stand-in ends a session with an empty page.
    let page = text.strip_prefix("CON ").or(text.strip_prefix("END ")).unwrap();
    assert_eq!(text.starts_with("END "), page.is_empty(), "{text}");
    Said::Text(page.to_owned())
}

pub(super) fn table() -> Vec<Case> {
    let seen =
        "sessionId=ATUid_4a1&serviceCode=%2A1414%23&networkCode=40101&phoneNumber=%2B77010000001&text=";
    let form = |body: String| Call::post("ussd", "application/x-www-form-urlencoded", body);
    vec![
        Case::text("begin, as seen on the wire", form(seen.into()), ""),
        Case::text("deep dial", form(format!("{seen}{IIN}")), IIN),
        Case::text("a leading newline", form(format!("{seen}%0A1")), "1"),
        Case::text("a typed star", form(format!("{seen}1**")), "1**"),
        Case::text("a star after a star", form(format!("{seen}1****2")), "1****2"),
        Case::text(
            "bytes that are no UTF-8",
            form(format!("{seen}1*%ff")),
            "1*\u{fffd}",
        ),
        Case::text("the same address twice", form(format!("{seen}1")), "1"),
        Case::nothing(
            "notification of the end",
            form(format!(
                "date=2026-11-22&{seen}&status=Incomplete&durationInMillis=9000&hopsCount=2&input=1&errorMessage="
            )),
        ),
        Case::refused(
            "no text",
            post(&[("sessionId", "s"), ("phoneNumber", PHONE)]),
            "text is missing",
        ),
        Case::refused(
            "no session",
            post(&[("phoneNumber", PHONE), ("text", "")]),
            "sessionId",
        ),
        Case::refused(
            "no phone",
            post(&[("sessionId", "s"), ("text", "")]),
            "phoneNumber",
        ),
    ]
}
