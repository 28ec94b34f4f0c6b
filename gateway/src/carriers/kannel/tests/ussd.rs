//! USSD through Kannel. The meta-data is as its `smpp_pdu.c` writes it.

use super::*;
use crate::carrier::adapter::Webhook;
use crate::carrier::{UssdCall, UssdInput, UssdPage, UssdReply, UssdStep};
use crate::conformance::{Handset, PHONE};

fn meta(op: u8, info: [u8; 2]) -> String {
    let [high, low] = info;
    format!("?smpp?ussd_service_op=%{op:02x}&its_session_info=%{high:02x}%{low:02x}")
}

fn line(id: &str, text: &str, meta: &str) -> Call {
    let (bytes, coding) = if text.is_ascii() {
        (text.as_bytes().to_vec(), 0)
    } else {
        (utf16(text), 2)
    };
    let [from, text, meta] = [PHONE.as_bytes(), &bytes, meta.as_bytes()].map(escape);
    Call::get(format!(
        "ussd?from={from}&to=1414&coding={coding}&charset=UTF-8&meta={meta}&id={id}&text={text}"
    ))
}

pub(super) fn step(handset: &Handset) -> Call {
    let op = if handset.is_start() { 0x01 } else { 0x12 };
    let id = format!("{:08x}-0000", handset.step());
    let sequence = u8::try_from(handset.step() % 100).unwrap() * 2;
    line(&id, &handset.input(), &meta(op, [7, sequence]))
}

pub(super) fn table() -> Vec<Case> {
    let rest = format!("from={}&to=1414&coding=0&charset=UTF-8", escape(PHONE.as_bytes()));
    let post = |kannel_meta: &str| {
        Call::post("ussd?id=1", "text/plain; charset=\"UTF-8\"", "1")
            .header("x-kannel-from", PHONE)
            .header("x-kannel-to", "1414")
            .header("x-kannel-meta-data", kannel_meta)
    };
    vec![
        Case::text(
            "new, code in the text",
            line("1", "*1414#", &meta(1, [7, 0])),
            "*1414#",
        ),
        Case::text(
            "new, code in the destination",
            line("1", "", &meta(1, [7, 0])),
            "1414",
        ),
        Case::text("resume", line("1", "1", &meta(0x12, [7, 2])), "1"),
        Case::text(
            "resume, decimal",
            line("1", "1", "?smpp?ussd_service_op=18&its_session_info=1794"),
            "1",
        ),
        Case::text(
            "an unknown operation goes on",
            line("1", "1", &meta(0x99, [7, 2])),
            "1",
        ),
        Case::text(
            "no session info",
            line("1", "1", "?smpp?ussd_service_op=%12"),
            "1",
        ),
        Case::text("no meta-data, code", line("1", "*1414#", ""), "*1414#"),
        Case::text("no meta-data, typed", line("1", "1", ""), "1"),
        Case::text(
            "another group behind",
            line("1", "1", &format!("{}?orig?a=b", meta(0x12, [7, 2]))),
            "1",
        ),
        Case::text("post-url", post(&meta(0x12, [7, 2])), "1"),
        Case::nothing("the end bit", line("1", "", &meta(0x12, [7, 3]))),
        Case::nothing("the end bit, post-url", post(&meta(0x12, [7, 3]))),
        Case::nothing("response", line("1", "", &meta(0x11, [7, 2]))),
        Case::nothing("user abort", line("1", "", &meta(0x81, [7, 2]))),
        Case::refused("USSD without id", Call::get(format!("ussd?{rest}&text=1")), "id="),
        Case::refused(
            "USSD without text",
            Call::get(format!("ussd?{rest}&id=1")),
            "text=",
        ),
        Case::refused(
            "USSD without sender",
            Call::get("ussd?id=1&to=1414&text=1"),
            "from=",
        ),
    ]
}

fn webhook(call: &Call) -> Webhook {
    let uri = format!("/{}", call.target);
    let request = Request::builder().method(call.method.clone()).uri(uri);
    let (head, ()) = request.body(()).unwrap().into_parts();
    Webhook {
        head,
        body: Bytes::new(),
    }
}

#[test]
fn the_session_and_the_operation_go_back_as_they_came() {
    let kannel = build(&InstanceConfig {
        kind: "kannel".into(),
        ..InstanceConfig::default()
    });
    let kannel = kannel.unwrap();
    let said = |meta: &str, end| {
        let page = UssdPage {
            text: "Тіл".into(),
            end,
        };
        let response = kannel.ussd_answer(&webhook(&line("1", "1", meta)), &UssdReply::Page(page));
        let header = |name| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        assert_eq!(header("x-kannel-coding").as_deref(), Some("2"));
        header("x-kannel-meta-data")
    };
    let bytes = meta(0x12, [7, 2]);
    let decimal = "?smpp?ussd_service_op=18&its_session_info=1794";
    for (sent, end, expected) in [
        (
            bytes.as_str(),
            false,
            "?smpp?ussd_service_op=%02&its_session_info=%07%02",
        ),
        (&bytes, true, "?smpp?ussd_service_op=%11&its_session_info=%07%03"),
        (decimal, false, "?smpp?ussd_service_op=2&its_session_info=1794"),
        (decimal, true, "?smpp?ussd_service_op=17&its_session_info=1795"),
        ("?smpp?ussd_service_op=%12", false, "?smpp?ussd_service_op=%02"),
    ] {
        assert_eq!(said(sent, end).as_deref(), Some(expected), "{sent}");
    }
    assert_eq!(said("", false), None);
}

#[test]
fn a_session_is_a_phone_and_its_number() {
    let kannel = build(&InstanceConfig {
        kind: "kannel".into(),
        ..InstanceConfig::default()
    });
    let heard = |id: &str, meta: &str| match kannel.as_ref().unwrap().ussd(&webhook(&line(id, "1", meta))) {
        Ok(UssdCall::Step(step)) => {
            assert!(matches!(step.input, UssdInput::Typed(_)));
            (step.session.id, step.step)
        }
        _ => panic!("no step"),
    };
    let (session, number) = heard("9fcab34f-0000-4000-8000-000000000001", &meta(0x12, [7, 2]));
    assert_eq!(session, format!("{PHONE}/7"));
    assert_eq!(number, Some(UssdStep::Id(0x9fca_b34f_0000_4000)));
    // The sequence changes, the session does not; without one the phone is the session.
    assert_eq!(heard("2", &meta(0x12, [7, 4])).0, session);
    assert_eq!(heard("2", "?smpp?ussd_service_op=%12").0, format!("{PHONE}/0"));
}
