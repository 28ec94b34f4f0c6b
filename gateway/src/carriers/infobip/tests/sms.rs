//! Of SMS.

use axum::body::Bytes;
use axum::http::{Request, Response as HttpResponse, StatusCode};
use saqta_data::office::Delivery;
use serde_json::{Value, json};

use super::super::*;
use crate::carrier::OutgoingSms;
use crate::carrier::config::Secret;
use crate::carrier::send::Verdict;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{BASE, Case, ERRAND, IIN, PHONE, Said};
use crate::encoding::Alphabet;

pub(super) fn configure(config: &mut InstanceConfig) {
    config.send.url = Some("https://xyz.api.infobip.com/sms/3/messages".into());
    config.send.password = Some(Secret::new("key"));
    config.send.from = Some("1414".into());
}

fn post(body: &Value) -> Call {
    Call::post("sms", "application/json", body.to_string())
}

/// A message as it is documented.
fn result(sms: &IncomingSms) -> Value {
    json!({
        "messageId": sms.id, "from": sms.from, "to": sms.to, "text": sms.text, "cleanText": "x",
        "keyword": "x", "receivedAt": "2016-10-06T09:28:39.220+0000", "smsCount": 1,
        "price": {"pricePerMessage": 0, "currency": "EUR"}, "callbackData": "x",
    })
}

fn batch(results: &[Value]) -> Call {
    post(&json!({"results": results, "messageCount": results.len(), "pendingMessageCount": 0}))
}

pub(super) fn sms(sms: &IncomingSms) -> Call {
    batch(&[result(sms)])
}

pub(super) fn read(heard: &Heard) -> Said {
    assert_eq!(heard.status, StatusCode::OK);
    match heard.header("x-saqta-refused") {
        Some(reason) => Said::Refused(reason.to_owned()),
        None => Said::Nothing,
    }
}

pub(super) fn table() -> Vec<Case> {
    let whole = result(&crate::conformance::sms(IIN));
    let with = |name: &str, value: Value| {
        let mut result = whole.clone();
        result[name] = value;
        batch(&[result])
    };
    let without = |name: &str| {
        let mut result = whole.clone();
        result.as_object_mut().unwrap().remove(name);
        result
    };
    let mut media = without("text");
    media["message"] = json!([
        {"contentType": "text/plain", "value": "STATUS"},
        {"contentType": "image/jpeg", "url": "https://x/1"},
        {"contentType": "text/plain", "value": IIN},
    ]);
    let mut picture = without("text");
    picture["message"] = json!([{"contentType": "image/jpeg", "url": "https://x/1"}]);
    let second = IncomingSms {
        id: Some("m-2".into()),
        ..crate::conformance::sms("second")
    };
    let expected = "send JSON like";
    vec![
        Case::text("a sender without a plus", with("from", json!("77010000001")), IIN),
        Case::text("an unknown field", with("whatever", json!({"a": [1]})), IIN),
        Case::text(
            "several in a batch",
            batch(&[whole.clone(), result(&second)]),
            "second",
        ),
        Case::text("an MMS", batch(&[media]), &format!("STATUS\n{IIN}")),
        Case::nothing("an MMS without words", batch(&[picture])),
        Case::nothing("no text", batch(&[without("text")])),
        Case::nothing("null for a text", with("text", Value::Null)),
        Case::nothing("an empty batch", batch(&[])),
        Case::nothing("a name for a sender", with("from", json!("MTN"))),
        Case::nothing(
            "a receipt on the wrong path",
            batch(&[json!({"messageId": "1", "to": "77010000001", "status": {"groupName": "DELIVERED"}})]),
        ),
        Case::text(
            "one that cannot be read, before a good one",
            batch(&[without("to"), result(&crate::conformance::sms(IIN))]),
            IIN,
        ),
        Case::refused("no results", post(&json!({"messageCount": 0})), expected),
        Case::refused("no id", batch(&[without("messageId")]), expected),
        Case::refused("empty id", with("messageId", json!("")), expected),
        Case::refused("no sender", batch(&[without("from")]), expected),
        Case::refused("no receiver", batch(&[without("to")]), expected),
        Case::refused("a number for a text", with("text", json!(1)), expected),
        Case::refused(
            "more than may be",
            batch(&vec![whole.clone(); 101]),
            "more than 100",
        ),
    ]
}

fn adapter() -> Box<dyn Adapter> {
    let mut config = InstanceConfig {
        webhook_base: Some(Secret::new(BASE)),
        ..InstanceConfig::default()
    };
    configure(&mut config);
    build(&config).unwrap()
}

#[test]
fn receipts_tell_what_became_of_messages() {
    let groups = [
        ("DELIVERED", Delivery::Delivered),
        ("UNDELIVERABLE", Delivery::Failed),
        ("EXPIRED", Delivery::Failed),
        ("REJECTED", Delivery::Failed),
        ("PENDING", Delivery::Pending),
        ("ACCEPTED", Delivery::Pending),
    ];
    let results: Vec<_> = groups.iter().map(|(group, _)| {
        json!({"messageId": *group, "to": "77010000001", "status": {"groupId": 3, "groupName": *group}})
    }).collect();
    let webhook = |body: String| {
        let head = Request::post("/receipt").body(()).unwrap().into_parts().0;
        Webhook {
            head,
            body: body.into(),
        }
    };
    let receipts = adapter()
        .receipts(&webhook(json!({"results": results}).to_string()))
        .unwrap();
    for ((group, delivery), receipt) in groups.into_iter().zip(receipts) {
        assert_eq!(
            receipt,
            Receipt {
                id: group.into(),
                delivery
            }
        );
    }
    for slip in ["", "{}", r#"{"results":[{"messageId":"1"}]}"#] {
        assert!(adapter().receipts(&webhook(slip.into())).is_err());
    }
}

#[test]
fn the_answer_is_json_with_the_key_in_a_header() {
    let sms = OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
        text: "Қарыз".into(),
        alphabet: Alphabet::Ucs2,
        parts: 1,
    };
    let adapter = adapter();
    let request = adapter.sends().unwrap().request(&sms, ERRAND);
    assert_eq!(request.headers()["authorization"], "App key");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(request.headers()["content-type"], "application/json");
    let expected = json!({"messages": [{
        "sender": "1414",
        "destinations": [{"to": "77010000001"}],
        "content": {"text": "Қарыз"},
        "webhooks": {"delivery": {"url": format!("{BASE}/receipt")}},
    }]});
    assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), expected);
    for (key, slip) in [
        (
            "send_user",
            (|config| config.send.user = Some(Secret::new("x"))) as fn(&mut InstanceConfig),
        ),
        ("send_password", |config| config.send.password = None),
        ("send_from", |config| config.send.from = None),
    ] {
        let mut config = InstanceConfig::default();
        configure(&mut config);
        slip(&mut config);
        assert_eq!(build(&config).err().map(|error| error.key), Some(key));
    }
}

#[test]
fn a_message_may_be_rejected_with_200() {
    let adapter = adapter();
    let judge = |status: u16, body: Value| {
        let response = HttpResponse::builder().status(status);
        adapter
            .sends()
            .unwrap()
            .judge(&response.body(Bytes::from(body.to_string())).unwrap())
    };
    let taken = |group: &str| json!({"bulkId": "b", "messages": [{"messageId": "m", "status": {"groupName": group}}]});
    assert_eq!(judge(200, taken("PENDING")), Verdict::Sent(Some("m".into())));
    assert_eq!(judge(200, taken("REJECTED")), Verdict::Refused);
    assert_eq!(judge(200, json!({})), Verdict::Refused);
    assert_eq!(judge(401, json!({"requestError": {}})), Verdict::Pause(None));
    assert_eq!(judge(429, json!({})), Verdict::Pause(None));
    assert_eq!(judge(500, json!({})), Verdict::Again);
}
