//! Cases of `RestComm` for the conformance kit.

use axum::http::StatusCode;

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

fn post(xml: &str) -> Call {
    Call::post("ussd", "text/xml", xml)
}

const MSISDN: &str = r#"<msisdn nai="international_number" npi="ISDN" number="77010000001"/>"#;

fn begin(coding: u8, dialled: &str) -> Call {
    post(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?><dialog type=\"Begin\" appCntx=\"networkUnstructuredSsContext_version2\" \
         networkId=\"0\" localId=\"51\" remoteId=\"13\" mapMessagesSize=\"1\"><processUnstructuredSSRequest_Request \
         invokeId=\"3\" dataCodingScheme=\"{coding}\" string=\"{dialled}\">{MSISDN}</processUnstructuredSSRequest_Request></dialog>"
    ))
}

fn typed(coding: u8, typed: &str) -> Call {
    let typed = escape(typed).replace('\n', "&#10;").replace('\r', "&#13;");
    post(&format!(
        "<dialog type=\"Continue\" localId=\"51\" remoteId=\"13\" mapMessagesSize=\"1\"><unstructuredSSRequest_Response \
         invokeId=\"1\" dataCodingScheme=\"{coding}\" string=\"{typed}\"/></dialog>"
    ))
}

fn step(handset: &Handset) -> Call {
    if handset.is_start() {
        return begin(15, &handset.code());
    }
    let input = handset.input();
    typed(if input.is_ascii() { 15 } else { 72 }, &input)
}

/// What the gateway makes of a response.
fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        return Said::Refused(heard.json()["error"].as_str().unwrap().to_owned());
    }
    if heard.body.is_empty() {
        return Said::Nothing;
    }
    assert_eq!(heard.header("content-type"), Some("text/xml; charset=utf-8"));
    let mut reader = Reader::from_reader(&*heard.body);
    let mut text = None;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                assert_eq!(attribute(&tag, "mapMessagesSize").unwrap().as_deref(), Some("1"));
            }
            Event::Empty(tag) => {
                let shown = attribute(&tag, "string").unwrap().unwrap();
                let name = if shown.is_empty() {
                    "processUnstructuredSSRequest_Response"
                } else {
                    "unstructuredSSRequest_Request"
                };
                assert_eq!(tag.local_name().as_ref(), name.as_bytes());
                let coding = if shown.is_ascii() { "15" } else { "72" };
                assert_eq!(
                    attribute(&tag, "dataCodingScheme").unwrap().as_deref(),
                    Some(coding)
                );
                text = Some(shown);
            }
            Event::Eof => return Said::Text(text.unwrap()),
            _ => {}
        }
    }
}

fn table() -> Vec<Case> {
    let over = |attributes: &str| post(&format!("<dialog localId=\"51\" {attributes}></dialog>"));
    let code = format!("*1414*{IIN}#");
    let bare = "<unstructuredSSRequest_Response string=\"1\"/>";
    vec![
        Case::text("begin", begin(15, "*234#"), "*234#"),
        Case::text("begin in UCS-2", begin(72, "*234#"), "*234#"),
        Case::text("deep dial", begin(15, &code), &code),
        Case::text("continue", typed(15, "1"), "1"),
        Case::text("continue in UCS-2", typed(72, "ҚЗ"), "ҚЗ"),
        Case::text("escapes", typed(15, "a<b&\"c\""), "a<b&\"c\""),
        Case::nothing("dialog timed out", over("dialogTimedOut=\"true\"")),
        Case::nothing(
            "user abort",
            over("type=\"Abort\" mapUserAbortChoice=\"isUserSpecificReason\""),
        ),
        Case::nothing(
            "provider abort",
            over("mapAbortProviderReason=\"abnormalMAPDialogue\""),
        ),
        Case::nothing("refused", over("mapRefuseReason=\"noReasonGiven\"")),
        Case::nothing("abort by its type", over("type=\"Abort\"")),
        Case::nothing(
            "a notification that was confirmed",
            post("<dialog localId=\"51\"><unstructuredSSNotifyRequest_Response/></dialog>"),
        ),
        Case::refused("no session", post(&format!("<dialog>{bare}</dialog>")), "localId"),
        Case::refused(
            "begin without a phone",
            post("<dialog localId=\"1\"><processUnstructuredSSRequest_Request string=\"*1#\"/></dialog>"),
            "msisdn",
        ),
        Case::refused("another document", post("<html/>"), "not a dialog"),
        Case::refused("no body", post(""), "not a dialog"),
        Case::refused(
            "a document type",
            post(&format!(
                "<!DOCTYPE d [<!ENTITY a \"b\">]><dialog localId=\"1\">{bare}</dialog>"
            )),
            "not a dialog",
        ),
        Case::refused(
            "deep nesting",
            post(&"<dialog localId=\"1\">".repeat(1_000)),
            "not a dialog",
        ),
        Case::refused(
            "no UTF-8",
            Call::post("ussd", "text/xml", *b"<dialog localId=\"\xff\"/>"),
            "not a dialog",
        ),
    ]
}

#[test]
fn pages_are_dialogs() {
    let page = |text: &str, end| UssdPage {
        text: text.into(),
        end,
    };
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    assert_eq!(
        write(&page("1 A & B\n2 C", false), 3),
        format!(
            "{head}<dialog mapMessagesSize=\"1\"><unstructuredSSRequest_Request dataCodingScheme=\"15\" string=\"1 A &amp; B&#10;2 C\"/></dialog>"
        )
    );
    assert_eq!(
        write(&page("Сау", true), 3),
        format!(
            "{head}<dialog mapMessagesSize=\"1\" prearrangedEnd=\"false\"><processUnstructuredSSRequest_Response invokeId=\"3\" dataCodingScheme=\"72\" string=\"Сау\"/></dialog>"
        )
    );
}
