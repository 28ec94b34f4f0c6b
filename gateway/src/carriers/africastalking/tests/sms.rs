//! Of SMS.

use axum::body::Bytes;
use axum::http::{Request, Response as HttpResponse, StatusCode};
use saqta_data::office::Delivery;

use super::super::*;
use crate::carrier::config::Secret;
use crate::carrier::send::{Errand, Verdict};
use crate::carrier::wire::{Fields, form};
use crate::carrier::{OutgoingSms, Thread};
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{Case, ERRAND, IIN, PHONE, Said};
use crate::encoding::Alphabet;

pub(super) fn configure(config: &mut InstanceConfig) {
    config.send.url = Some("https://api.africastalking.com/version1/messaging".into());
    config.send.user = Some(Secret::new("saqta"));
    config.send.password = Some(Secret::new("atsk_key"));
}

fn post(fields: &[(&str, &str)]) -> Call {
    Call::post("sms", "application/x-www-form-urlencoded", form(fields))
}

pub(super) fn sms(sms: &IncomingSms) -> Call {
    post(&[
        ("linkId", sms.link.as_deref().unwrap_or_default()),
        ("text", &sms.text),
        ("to", &sms.to),
        ("date", "2017-05-03T06:04:45Z"),
        ("from", &sms.from),
        ("id", sms.id.as_deref().unwrap_or_default()),
    ])
}

/// What it makes of a response: the body does not matter, anything but 200 is repeated.
pub(super) fn read(heard: &Heard) -> Said {
    assert_eq!(heard.status, StatusCode::OK);
    match heard.header("x-saqta-refused") {
        Some(reason) => Said::Refused(reason.to_owned()),
        None => Said::Nothing,
    }
}

const WHOLE: [(&str, &str); 5] = [
    ("id", "ec1"),
    ("from", PHONE),
    ("to", "1414"),
    ("text", IIN),
    ("date", "2017-05-03T06:04:45Z"),
];

fn with(name: &str, value: &str) -> Call {
    let fields: Vec<_> = WHOLE.into_iter().filter(|(other, _)| *other != name).collect();
    post(&[&fields[..], &[(name, value)]].concat())
}

fn without(name: &str) -> Call {
    let fields: Vec<_> = WHOLE.into_iter().filter(|(other, _)| *other != name).collect();
    post(&fields)
}

pub(super) fn table() -> Vec<Case> {
    vec![
        Case::text("the date as it is documented", post(&WHOLE), IIN),
        Case::text("the date as it is seen", with("date", "2017-05-03 06:04:45"), IIN),
        Case::text("no date that could be read", with("date", "yesterday"), IIN),
        Case::text("no date", without("date"), IIN),
        Case::text("an unknown field", with("networkCode", "40101"), IIN),
        Case::nothing("a name for a sender", with("from", "MTN")),
        Case::nothing(
            "a receipt on the wrong path",
            post(&[("id", "1"), ("status", "Success")]),
        ),
        Case::refused("empty body", post(&[]), "is missing"),
        Case::refused("no text", without("text"), "text is missing"),
        Case::refused("no id", without("id"), "id is missing"),
        Case::refused("no sender", without("from"), "from is missing"),
        Case::refused("no receiver", without("to"), "to is missing"),
    ]
}

fn adapter() -> Box<dyn Adapter> {
    let mut config = InstanceConfig::default();
    configure(&mut config);
    config.send.from = Some("1414".into());
    build(&config).unwrap()
}

#[test]
fn receipts_tell_what_became_of_a_message() {
    let receipts = |fields: &[(&str, &str)]| {
        let head = Request::post("/receipt").body(()).unwrap().into_parts().0;
        let body = form(fields).into();
        adapter().receipts(&Webhook { head, body })
    };
    for (status, delivery) in [
        ("Success", Delivery::Delivered),
        ("Sent", Delivery::Pending),
        ("Submitted", Delivery::Pending),
        ("Buffered", Delivery::Pending),
        ("Rejected", Delivery::Failed),
        ("Failed", Delivery::Failed),
    ] {
        let id = "ATXid_1".to_owned();
        let fields = [("id", id.as_str()), ("status", status), ("phoneNumber", PHONE)];
        assert_eq!(
            receipts(&fields),
            Ok(vec![Receipt {
                id: id.clone(),
                delivery
            }])
        );
    }
    for fields in [
        &[("id", "1"), ("status", "Borked")][..],
        &[("id", "1")],
        &[("status", "Sent")],
    ] {
        assert!(
            matches!(receipts(fields), Err(Refusal::Malformed(_))),
            "{fields:?}"
        );
    }
}

#[test]
fn the_answer_is_a_form_with_the_key_in_a_header() {
    let sms = OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
        text: "Қарыз & 5".into(),
        alphabet: Alphabet::Ucs2,
        parts: 1,
    };
    let adapter = adapter();
    let request = adapter.sends().unwrap().request(&sms, ERRAND);
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.headers()["apikey"], "atsk_key");
    assert!(request.headers()["apikey"].is_sensitive());
    assert_eq!(request.headers()["accept"], "application/json");
    let fields = Fields::parse(request.body()).unwrap();
    for (name, value) in [
        ("username", "saqta"),
        ("to", PHONE),
        ("message", "Қарыз & 5"),
        ("from", "1414"),
    ] {
        assert_eq!(fields.required(name).unwrap(), value);
    }
    for (key, forget) in [
        (
            "send_user",
            (|config| config.send.user = None) as fn(&mut InstanceConfig),
        ),
        ("send_password", |config| config.send.password = None),
        ("send_password", |config| {
            config.send.password = Some(Secret::new("a\nb"));
        }),
    ] {
        let mut config = InstanceConfig::default();
        configure(&mut config);
        forget(&mut config);
        assert_eq!(build(&config).err().map(|error| error.key), Some(key));
    }
}

#[test]
fn the_json_says_what_became_of_it() {
    let adapter = adapter();
    let judge = |status: u16, body: &str| {
        let response = HttpResponse::builder().status(status);
        adapter
            .sends()
            .unwrap()
            .judge(&response.body(Bytes::from(body.to_owned())).unwrap())
    };
    let taken = |status: &str| {
        format!(
            r#"{{"SMSMessageData":{{"Message":"Sent to 1/1","Recipients":[{{"statusCode":101,"status":"{status}","messageId":"ATXid_1"}}]}}}}"#
        )
    };
    assert_eq!(
        judge(201, &taken("Success")),
        Verdict::Sent(Some("ATXid_1".into()))
    );
    assert_eq!(judge(201, &taken("InsufficientBalance")), Verdict::Pause(None));
    assert_eq!(judge(201, &taken("InternalServerError")), Verdict::Again);
    assert_eq!(judge(201, &taken("InvalidPhoneNumber")), Verdict::Refused);
    assert_eq!(
        judge(201, r#"{"SMSMessageData":{"Message":"InvalidSenderId"}}"#),
        Verdict::Refused
    );
    assert_eq!(judge(200, "<html>"), Verdict::Refused);
    assert_eq!(
        judge(401, "The supplied authentication is invalid"),
        Verdict::Pause(None)
    );
}

#[test]
fn the_link_of_a_premium_message_goes_back_with_its_answer() {
    let adapter = adapter();
    let link = |value: &str| {
        let call = with("linkId", value);
        let head = Request::post("/sms").body(()).unwrap().into_parts().0;
        let body = call.body.into();
        let [sms] = adapter.sms(&Webhook { head, body }).unwrap().try_into().unwrap();
        sms.link
    };
    assert_eq!(link(""), None);
    let thread = Thread {
        number: None,
        link: link("SampleLinkId123"),
    };
    let sms = OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
        text: "a".into(),
        alphabet: Alphabet::Gsm7,
        parts: 1,
    };
    for (thread, expected) in [(&thread, Some("SampleLinkId123")), (&Thread::NONE, None)] {
        let errand = Errand { thread, ..ERRAND };
        let request = adapter.sends().unwrap().request(&sms, errand);
        let fields = Fields::parse(request.body()).unwrap();
        assert_eq!(fields.text("linkId").unwrap().as_deref(), expected);
        assert_eq!(fields.required("from").unwrap(), "1414");
    }
}
