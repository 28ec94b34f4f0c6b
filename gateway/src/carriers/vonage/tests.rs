//! Cases of Vonage for the conformance kit.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::*;
use crate::carrier::wire::form;
use crate::conformance::harness::{Call, Echo, Heard, call, serve};
use crate::conformance::{BASE, Case, Cases, ERRAND, IIN, NOW, PHONE, Said, Signing};

pub(crate) fn cases() -> Cases {
    Cases {
        sms: Some(sms),
        receipt: None,
        ussd: None,
        read,
        table: table(),
        configure,
        sign: Some(sign),
    }
}

fn configure(config: &mut InstanceConfig) {
    config.signature = Some("sha256".into());
    config.send.url = Some("https://rest.nexmo.com/sms/json".into());
    config.send.user = Some(Secret::new("key"));
    config.send.password = Some(Secret::new("secret"));
    config.send.from = Some("1414".into());
}

fn post(fields: &[(&str, &str)]) -> Call {
    Call::post("sms", "application/x-www-form-urlencoded", form(fields))
}

fn get(fields: &[(&str, &str)]) -> Call {
    Call::get(format!("sms?{}", form(fields)))
}

fn json(fields: &[(&str, &str)]) -> Call {
    let object: Map<String, Value> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    Call::post("sms", "application/json", Value::from(object).to_string())
}

fn sms(sms: &IncomingSms) -> Call {
    get(&[
        ("type", "unicode"),
        ("message-timestamp", "2026-11-22 07:00:00"),
        ("keyword", "x"),
        ("text", &sms.text),
        ("to", &sms.to),
        ("msisdn", &sms.from),
        ("messageId", sms.id.as_deref().unwrap_or_default()),
    ])
}

/// Signs a request as the account's setting `sha256` says.
fn sign(call: Call, signing: &Signing<'_>) -> Call {
    let seconds = (signing.at.millis() / 1_000).to_string();
    let more = [("timestamp", seconds.as_str()), ("nonce", "n1")];
    let signature = |fields: &Fields<'_>| {
        hex::encode_upper(Algorithm::Sha256.hmac(signing.secret.as_bytes(), &signed_text(fields)))
    };
    let is_json = call.headers.iter().any(|(_, value)| value == "application/json");
    if call.method == Method::POST && is_json {
        let Ok(mut object) = serde_json::from_slice::<Map<String, Value>>(&call.body) else {
            return call;
        };
        object.extend(more.map(|(name, value)| (name.to_owned(), value.into())));
        let body = Value::from(object.clone()).to_string();
        let Ok(fields) = Fields::of_json(body.as_bytes()) else {
            return call;
        };
        object.insert("sig".into(), signature(&fields).into());
        return Call {
            body: Value::from(object).to_string().into(),
            ..call
        };
    }
    let signed = |text: &[u8]| {
        let text = [text, b"&", form(&more).as_bytes()].concat();
        let signature = Fields::parse(&text)
            .map(|fields| signature(&fields))
            .unwrap_or_default();
        [&text, b"&sig=".as_slice(), signature.as_bytes()].concat()
    };
    if call.method == Method::POST {
        let body = if call.body.is_empty() {
            Vec::new()
        } else {
            signed(&call.body)
        };
        return Call { body, ..call };
    }
    match call.target.split_once('?') {
        None => call,
        Some((path, query)) => {
            let query = String::from_utf8(signed(query.as_bytes())).unwrap();
            Call {
                target: format!("{path}?{query}"),
                ..call
            }
        }
    }
}

fn read(heard: &Heard) -> Said {
    if heard.status == StatusCode::FORBIDDEN {
        return Said::Refused("forbidden".into());
    }
    assert_eq!(heard.status, StatusCode::OK);
    match heard.header("x-saqta-refused") {
        Some(reason) => Said::Refused(reason.to_owned()),
        None => Said::Nothing,
    }
}

const WHOLE: [(&str, &str); 4] = [
    ("messageId", "0B1"),
    ("msisdn", "77010000001"),
    ("to", "1414"),
    ("text", IIN),
];

fn table() -> Vec<Case> {
    let with = |more: &[(&str, &str)]| post(&[&WHOLE, more].concat());
    let without = |name: &str| {
        let fields: Vec<_> = WHOLE.into_iter().filter(|(other, _)| *other != name).collect();
        post(&fields)
    };
    vec![
        Case::text("by GET", get(&WHOLE), IIN),
        Case::text("a form", post(&WHOLE), IIN),
        Case::text("JSON", json(&WHOLE), IIN),
        Case::text("an unknown field", with(&[("whatever", "a=b&c")]), IIN),
        Case::text("not in parts", with(&[("concat", "false")]), IIN),
        Case::text(
            "the one part of one",
            with(&[
                ("concat", "true"),
                ("concat-ref", "7"),
                ("concat-part", "1"),
                ("concat-total", "1"),
            ]),
            IIN,
        ),
        Case::nothing("a look at the bare address", Call::get("sms")),
        Case::nothing("a look at the bare address by POST", post(&[])),
        Case::nothing("binary", with(&[("type", "binary"), ("data", "00")])),
        Case::nothing(
            "a name for a sender",
            post(&[("messageId", "1"), ("msisdn", "MTN"), ("to", "1"), ("text", "a")]),
        ),
        Case::nothing(
            "a receipt on the wrong path",
            get(&[
                ("messageId", "1"),
                ("msisdn", "1"),
                ("to", "1"),
                ("status", "delivered"),
            ]),
        ),
        Case::refused("no id", without("messageId"), "messageId is missing"),
        Case::refused("no sender", without("msisdn"), "msisdn is missing"),
        Case::refused("no receiver", without("to"), "to is missing"),
        Case::refused("no text", without("text"), "text is missing"),
        Case::refused("the text twice", with(&[("text", "STOP")]), "text stands twice"),
        Case::refused(
            "a part without a reference",
            with(&[("concat", "true")]),
            "concat-ref is missing",
        ),
        Case::refused(
            "a part without a number",
            with(&[
                ("concat", "true"),
                ("concat-ref", "7"),
                ("concat-part", "x"),
                ("concat-total", "2"),
            ]),
            "concat-part is no number",
        ),
        Case::refused(
            "a part beyond the last",
            with(&[
                ("concat", "true"),
                ("concat-ref", "7"),
                ("concat-part", "3"),
                ("concat-total", "2"),
            ]),
            "part of a message",
        ),
    ]
}

fn config(signature: Option<&str>, secrets: &[&str]) -> InstanceConfig {
    let mut config = InstanceConfig {
        webhook_base: Some(Secret::new(BASE)),
        secrets: secrets.iter().copied().map(Secret::new).collect(),
        ..InstanceConfig::default()
    };
    configure(&mut config);
    config.signature = signature.map(str::to_owned);
    config
}

fn webhook(query: &str) -> Webhook {
    let head = Request::get(format!("/sms?{query}"))
        .body(())
        .unwrap()
        .into_parts()
        .0;
    Webhook {
        head,
        body: Bytes::new(),
    }
}

/// `md5hash` is the example of Vonage; the HMACs were computed by others from the same text.
#[test]
fn the_published_example_verifies() {
    let then = Timestamp::from_millis(1_461_605_396_000);
    for (method, signature) in [
        ("md5hash", "6af838ef94998832dbfc29020b564830"),
        ("sha1", "3e19a4e6880fdc2c1426bfd0587c98b9532f0210"),
        (
            "sha256",
            "a321e824b9b816be7c3f28859a31749a098713d39f613c80d455bbaffae1cd24",
        ),
    ] {
        let adapter = build(&config(Some(method), &["new", "secret"])).unwrap();
        let verify = |query: &str, now| adapter.verify(&webhook(query), now);
        let right = format!("a=1&b=2&timestamp=1461605396&sig={signature}");
        assert_eq!(verify(&right, then), Ok(()), "{method}");
        assert_eq!(
            verify(
                &right
                    .to_uppercase()
                    .replace("A=1&B=2&TIMESTAMP", "a=1&b=2&timestamp")
                    .replace("SIG", "sig"),
                then
            ),
            Ok(())
        );
        assert_eq!(verify(&right.replace("a=1", "a=2"), then), Err(sign::unsigned()));
        assert!(verify(&right, NOW).is_err(), "{method}: ten years later");
        assert_eq!(
            verify("a=1&b=2&timestamp=1461605396", then),
            Err(sign::unsigned())
        );
    }
}

#[test]
fn every_method_of_an_account_can_be_chosen_and_one_must_be() {
    for method in ["md5hash", "md5", "sha1", "sha256", "sha512"] {
        assert!(build(&config(Some(method), &["secret"])).is_ok());
    }
    let problem = |config: &InstanceConfig| build(config).err().map(|error| error.to_string()).unwrap();
    assert!(problem(&config(None, &["secret"])).contains("one of md5hash, md5, sha1, sha256, sha512"));
    assert!(problem(&config(Some("crc32"), &["secret"])).contains("one of md5hash"));
    assert!(problem(&config(Some("sha256"), &[])).contains("secrets"));
    assert!(build(&config(None, &[])).is_ok());
}

#[test]
fn receipts_tell_what_became_of_a_message() {
    let adapter = build(&config(None, &[])).unwrap();
    for (status, delivery) in [
        ("delivered", Delivery::Delivered),
        ("accepted", Delivery::Pending),
        ("buffered", Delivery::Pending),
        ("unknown", Delivery::Pending),
        ("failed", Delivery::Failed),
        ("rejected", Delivery::Failed),
        ("expired", Delivery::Failed),
    ] {
        let receipts = adapter.receipts(&webhook(&format!("messageId=7&status={status}&err-code=0")));
        assert_eq!(
            receipts,
            Ok(vec![Receipt {
                id: "7".into(),
                delivery
            }])
        );
    }
    assert_eq!(adapter.receipts(&webhook("")), Ok(Vec::new()));
    for slip in ["messageId=7", "status=delivered", "messageId=7&status=borked"] {
        assert!(adapter.receipts(&webhook(slip)).is_err(), "{slip}");
    }
}

#[test]
fn the_answer_is_a_form_in_the_alphabet_of_the_text() {
    let adapter = build(&config(None, &[])).unwrap();
    for (text, alphabet, kind) in [
        ("Қарыз", Alphabet::Ucs2, "unicode"),
        ("DEBT", Alphabet::Gsm7, "text"),
    ] {
        let sms = OutgoingSms {
            to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
            text: text.into(),
            alphabet,
            parts: 1,
        };
        let request = adapter.sends().unwrap().request(&sms, ERRAND);
        let fields = Fields::parse(request.body()).unwrap();
        for (name, value) in [
            ("api_key", "key"),
            ("api_secret", "secret"),
            ("from", "1414"),
            ("to", "77010000001"),
            ("text", text),
            ("type", kind),
            ("callback", &format!("{BASE}/receipt")),
        ] {
            assert_eq!(fields.required(name).unwrap(), value);
        }
    }
    let judge = |status: u16, body: &str| {
        let response = HttpResponse::builder().status(status);
        adapter
            .sends()
            .unwrap()
            .judge(&response.body(Bytes::from(body.to_owned())).unwrap())
    };
    let taken = |status: &str| {
        format!(r#"{{"message-count":"1","messages":[{{"status":"{status}","message-id":"0A"}}]}}"#)
    };
    assert_eq!(judge(200, &taken("0")), Verdict::SentInParts(vec!["0A".into()]));
    assert_eq!(judge(200, &taken("1")), Verdict::Pause(None));
    assert_eq!(judge(200, &taken("9")), Verdict::Pause(None));
    assert_eq!(judge(200, &taken("5")), Verdict::Again);
    assert_eq!(judge(200, &taken("3")), Verdict::Refused);
    // A text of several parts is judged by the worst of them.
    let parts = |statuses: &[&str]| {
        let part = |status: &&str| format!(r#"{{"status":"{status}","message-id":"{status}A"}}"#);
        let parts: Vec<String> = statuses.iter().map(part).collect();
        judge(200, &format!(r#"{{"messages":[{}]}}"#, parts.join(",")))
    };
    assert_eq!(parts(&["0"; 2]), Verdict::SentInParts(vec!["0A".into(); 2]));
    assert_eq!(parts(&["0"; 11]), Verdict::SentInParts(vec!["0A".into(); 10]));
    assert_eq!(parts(&["0", "1"]), Verdict::Pause(None));
    assert_eq!(parts(&["0", "5", "0"]), Verdict::Again);
    assert_eq!(parts(&["5", "9"]), Verdict::Pause(None));
    assert_eq!(parts(&["0", "1", "6"]), Verdict::Refused);
    assert_eq!(parts(&[]), Verdict::Refused);
    assert_eq!(judge(200, "?"), Verdict::Refused);
    assert_eq!(judge(429, ""), Verdict::Pause(None));
}

#[tokio::test]
async fn parts_are_heard_as_one_text_and_acknowledged_when_that_is_done() {
    let echo = Arc::new(Echo::default());
    let config = InstanceConfig {
        name: "v".into(),
        kind: "vonage".into(),
        ..config(None, &[])
    };
    let router = serve(&[config], echo.clone());
    let part = |id, number, text| {
        get(&[
            ("messageId", id),
            ("msisdn", "77010000001"),
            ("to", "1414"),
            ("text", text),
            ("concat", "true"),
            ("concat-ref", "7"),
            ("concat-part", number),
            ("concat-total", "2"),
        ])
    };
    let (first, second) = (part("a", "1", "STATUS "), part("b", "2", IIN));
    for (request, status) in [
        (&second, StatusCode::SERVICE_UNAVAILABLE),
        (&second, StatusCode::SERVICE_UNAVAILABLE),
        (&first, StatusCode::OK),
        (&second, StatusCode::OK),
        (&first, StatusCode::OK),
    ] {
        assert_eq!(call(&router, "v", request).await.status, status);
    }
    let [heard] = echo.take_sms().try_into().ok().unwrap();
    assert_eq!(
        (heard.id.as_deref(), heard.text),
        (Some("a"), format!("STATUS {IIN}"))
    );
}
