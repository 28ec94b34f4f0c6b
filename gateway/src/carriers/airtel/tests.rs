//! Cases of Airtel for the conformance kit.

use axum::http::StatusCode;

use super::*;
use crate::carrier::wire::form;
use crate::conformance::harness::{Call, Echo, Heard, call, serve};
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
    let input = handset.input();
    let input = if handset.is_start() {
        input.trim_matches(['*', '#'])
    } else {
        &input
    };
    Call::get(format!(
        "ussd?{}",
        form(&[
            ("SessionID", &handset.session),
            ("MSISDN", handset.digits()),
            ("MSC", "77010000000"),
            ("input", input),
        ])
    ))
}

fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        assert_eq!(heard.header("content-type"), Some("application/json"));
        return Said::Refused(String::from_utf8_lossy(&heard.body).into_owned());
    }
    assert_eq!(heard.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = std::str::from_utf8(&heard.body).unwrap().to_owned();
    let Some(freeflow) = heard.header("freeflow") else {
        assert!(text.is_empty(), "{text}");
        return Said::Nothing;
    };
    assert_eq!(freeflow, if text.is_empty() { "FB" } else { "FC" });
    assert_eq!(
        (heard.header("charge"), heard.header("amount")),
        (Some("N"), Some("0"))
    );
    Said::Text(text)
}

fn table() -> Vec<Case> {
    let line = |query: &str| Call::get(format!("ussd?{query}"));
    let rest = "SessionID=1&MSISDN=77010000001&MSC=1";
    vec![
        Case::text("first input", line(&format!("{rest}&input=1414")), "1414"),
        Case::text(
            "first input of a deep dial",
            line(&format!("{rest}&input=1414*{IIN}")),
            &format!("1414*{IIN}"),
        ),
        Case::text(
            "a first input that is not our code",
            line(&format!("{rest}&input=999")),
            "999",
        ),
        Case::text(
            "as seen in production",
            line(&format!(
                "SessionID=13697502734175597&MSISDN=77010000001&MSC=77010000000&=&=en&=9031510005344&=&=&=postpaid&=20130528171235405&=200220130528171113956582&input=1*{IIN}"
            )),
            &format!("1*{IIN}"),
        ),
        Case::text(
            "with userid and password",
            line(&format!("userid=a&password=b&{rest}&input=1")),
            "1",
        ),
        Case::text("a star typed as a value", line(&format!("{rest}&input=*")), "*"),
        Case::text(
            "bytes that are no UTF-8",
            line(&format!("{rest}&input=%ff")),
            "\u{fffd}",
        ),
        Case::text("no input to read", line(&format!("{rest}&input=")), ""),
        Case::nothing(
            "cleanup",
            line("SessionID=1&msisdn=77010000001&clean=clean-session&error=522"),
        ),
        Case::nothing(
            "cleanup of an unknown session",
            line("SessionID=unknown&msisdn=77010000001&clean=1&error="),
        ),
        Case::nothing(
            "cleanup as seen in production",
            line("SessionID=13697502734175597&msisdn=77010000001&clean=clean-session&error=523&status=523"),
        ),
        Case::refused(
            "cleanup without a phone",
            line("SessionID=1&MSISDN=77010000001&clean=1"),
            "{\"missing_parameter\":[\"msisdn\"]}",
        ),
        Case::refused(
            "no parameters",
            line(""),
            "{\"missing_parameter\":[\"SessionID\",\"MSISDN\",\"input\"]}",
        ),
        Case::refused("no input", line(rest), "{\"missing_parameter\":[\"input\"]}"),
        Case::refused(
            "a parameter twice",
            line(&format!("{rest}&input=1&input=2")),
            "twice",
        ),
    ]
}

#[tokio::test]
async fn userid_and_password_are_checked_where_they_are_set() {
    let config = |secrets: &[&str]| InstanceConfig {
        name: "a".into(),
        kind: "airtel".into(),
        secrets: secrets.iter().copied().map(Secret::new).collect(),
        ..InstanceConfig::default()
    };
    let router = serve(
        &[config(&["new:pw1", "old:pw2"])],
        std::sync::Arc::new(Echo::default()),
    );
    let rest = "SessionID=1&MSISDN=77010000001&MSC=1&input=1";
    let clean = "SessionID=1&msisdn=77010000001&clean=1&error=";
    for query in [rest, clean] {
        for (account, status) in [
            ("&userid=new&password=pw1", StatusCode::OK),
            ("&userid=old&password=pw2", StatusCode::OK),
            ("&userid=new&password=pw2", StatusCode::FORBIDDEN),
            ("&userid=new", StatusCode::FORBIDDEN),
            ("", StatusCode::FORBIDDEN),
        ] {
            let heard = call(&router, "a", &Call::get(format!("ussd?{query}{account}"))).await;
            assert_eq!(heard.status, status, "{query}{account}");
        }
    }
    assert_eq!(
        build(&config(&["pw"])).err().map(|error| error.key),
        Some("secrets")
    );
}
