//! Cases of smsc.kz for the conformance kit.

use axum::http::StatusCode;
use serde_json::json;

use super::*;
use crate::carrier::poll::{Polled, Unread};
use crate::carrier::wire::form;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{Case, Cases, ERRAND, IIN, NOW, PHONE, Said, Signing};
use crate::encoding::Alphabet;

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
    config.signature = Some("sha1".into());
    config.send.url = Some("https://smsc.kz/sys/send.php".into());
    config.send.password = Some(Secret::new("key"));
}

fn post(fields: &[(&str, &str)]) -> Call {
    Call::post("sms", "application/x-www-form-urlencoded", form(fields))
}

fn sms(sms: &IncomingSms) -> Call {
    post(&[
        ("time", "1795330800"),
        ("mes", &sms.text),
        ("to", &sms.to),
        ("phone", &sms.from),
        ("id", sms.id.as_deref().unwrap_or_default()),
    ])
}

/// Signs with SHA-1.
fn sign(call: Call, signing: &Signing<'_>) -> Call {
    let hash = |fields: &Fields<'_>| {
        let text = signed_text(fields).unwrap_or_default();
        hex::encode(Algorithm::Sha1.hash(&[&text, signing.secret.as_bytes()].concat()))
    };
    if call.headers.iter().any(|(_, value)| value == "application/json") {
        let Ok(mut object) = serde_json::from_slice::<serde_json::Value>(&call.body) else {
            return call;
        };
        let Ok(fields) = Fields::of_json(&call.body) else {
            return call;
        };
        object["sha1"] = hash(&fields).into();
        return Call {
            body: object.to_string().into(),
            ..call
        };
    }
    if call.method == Method::POST {
        let hash = Fields::parse(&call.body)
            .map(|fields| hash(&fields))
            .unwrap_or_default();
        let body = [&call.body, b"&sha1=".as_slice(), hash.as_bytes()].concat();
        return Call { body, ..call };
    }
    let query = call.target.split_once('?').map_or("", |(_, query)| query);
    let hash = Fields::parse(query.as_bytes())
        .map(|fields| hash(&fields))
        .unwrap_or_default();
    Call {
        target: format!("sms?{query}&sha1={hash}"),
        ..call
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

fn table() -> Vec<Case> {
    let whole = [
        ("id", "7"),
        ("phone", "77010000001"),
        ("to", "77000000000"),
        ("mes", IIN),
    ];
    let with = |more: &[(&str, &str)]| post(&[&whole, more].concat());
    let without = |name: &str| {
        let fields: Vec<_> = whole.into_iter().filter(|(other, _)| *other != name).collect();
        post(&fields)
    };
    let json =
        json!({"id": 7, "phone": "77010000001", "to": 77_000_000_000_u64, "mes": "Қарыз", "smsc_id": null});
    vec![
        Case::text("a form", post(&whole), IIN),
        Case::text("by GET", Call::get(format!("sms?{}", form(&whole))), IIN),
        Case::text(
            "JSON with numbers",
            Call::post("sms", "application/json", json.to_string()),
            "Қарыз",
        ),
        Case::text("an unknown field", with(&[("whatever", "1")]), IIN),
        Case::text(
            "the other name of the id",
            post(&[("sms_id", "7"), ("phone", PHONE), ("to", "1"), ("mes", "a")]),
            "a",
        ),
        Case::text(
            "a colon in a text",
            post(&[("id", "7"), ("phone", PHONE), ("to", "1"), ("mes", "a:b")]),
            "a:b",
        ),
        Case::text(
            "not UTF-8, since charset=utf-8 is missing in the address",
            Call::post(
                "sms",
                "application/x-www-form-urlencoded",
                *b"id=7&phone=77010000001&to=1&mes=a%CF",
            ),
            "a\u{fffd}",
        ),
        Case::nothing(
            "a status on the wrong path",
            post(&[("id", "7"), ("phone", "77010000001"), ("status", "1")]),
        ),
        Case::nothing("a call", post(&[("phone", "77010000001"), ("ts", "1795330800")])),
        Case::refused("no id", without("id"), "sms_id is missing"),
        Case::refused("no sender", without("phone"), "phone is missing"),
        Case::refused("no receiver", without("to"), "to is missing"),
        Case::refused("no text", without("mes"), "mes is missing"),
        Case::refused(
            "a colon where none can be",
            post(&[("id", "7"), ("phone", "7701:1"), ("to", "1"), ("mes", "a")]),
            "forbidden",
        ),
    ]
}

fn config(signature: Option<&str>, secrets: &[&str]) -> InstanceConfig {
    let mut config = InstanceConfig {
        secrets: secrets.iter().copied().map(Secret::new).collect(),
        ..InstanceConfig::default()
    };
    configure(&mut config);
    config.signature = signature.map(str::to_owned);
    config
}

fn webhook(fields: &[(&str, &str)]) -> Webhook {
    let head = Request::post("/sms").body(()).unwrap().into_parts().0;
    Webhook {
        head,
        body: form(fields).into(),
    }
}

#[test]
fn the_known_example_verifies() {
    let adapter = build(&config(Some("md5"), &["new", "s3cret"])).unwrap();
    let verify = |text: &str, hash: &str| {
        let fields = [
            ("phone", "77010000001"),
            ("mes", text),
            ("to", "77000000000"),
            ("md5", hash),
        ];
        adapter.verify(&webhook(&fields), NOW)
    };
    let hash = "a4dfe82cc89a63461aec3bd3eb1e1b7e";
    assert_eq!(verify("Тест 123456789012", hash), Ok(()));
    assert_eq!(verify("Тест 123456789012", &hash.to_uppercase()), Ok(()));
    assert_eq!(verify("Тест 123456789013", hash), Err(sign::unsigned()));
    assert_eq!(
        verify("Тест 123456789012", "no hexadecimal"),
        Err(sign::unsigned())
    );
    let status = hex::encode(Algorithm::Md5.hash(b"7:77010000001:1:s3cret"));
    let fields = [
        ("id", "7"),
        ("phone", "77010000001"),
        ("status", "1"),
        ("md5", &status),
    ];
    assert_eq!(adapter.verify(&webhook(&fields), NOW), Ok(()));
    // The fields of one are not moved into those of the other.
    let moved = [
        ("id", "7"),
        ("phone", "7"),
        ("mes", "77010000001"),
        ("to", "2"),
        ("md5", &status),
    ];
    assert_eq!(adapter.verify(&webhook(&moved), NOW), Err(sign::unsigned()));
}

#[test]
fn the_hash_is_chosen() {
    for (signature, secrets, right) in [
        (Some("md5"), &["s"][..], true),
        (Some("sha1"), &["s"], true),
        (None, &[], true),
        (None, &["s"], false),
        (Some("crc32"), &["s"], false),
        (Some("md5"), &[], false),
    ] {
        assert_eq!(build(&config(signature, secrets)).is_ok(), right, "{signature:?}");
    }
}

#[test]
fn receipts_tell_what_became_of_a_message() {
    let adapter = build(&config(None, &[])).unwrap();
    for (status, delivery) in [
        ("-1", Delivery::Pending),
        ("0", Delivery::Pending),
        ("1", Delivery::Delivered),
        ("2", Delivery::Delivered),
        ("3", Delivery::Failed),
        ("20", Delivery::Failed),
    ] {
        let receipts = adapter.receipts(&webhook(&[("id", "7"), ("phone", "7"), ("status", status)]));
        assert_eq!(
            receipts,
            Ok(vec![Receipt {
                id: "7".into(),
                delivery
            }])
        );
    }
    assert!(
        adapter
            .receipts(&webhook(&[("id", "7"), ("status", "x")]))
            .is_err()
    );
}

#[test]
fn the_answer_is_a_form_to_send_php() {
    let sms = OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
        text: "Қарыз".into(),
        alphabet: Alphabet::Ucs2,
        parts: 1,
    };
    let mut config = config(None, &[]);
    config.send.from = Some("SAQTA".into());
    let fields = |config: &InstanceConfig, names: &[&'static str]| {
        let adapter = build(config).unwrap();
        let request = adapter.sends().unwrap().request(&sms, ERRAND);
        let fields = Fields::parse(request.body()).unwrap();
        names
            .iter()
            .map(|name| fields.required(name).unwrap())
            .collect::<Vec<_>>()
    };
    let common = ["phones", "mes", "charset", "fmt", "sender"];
    assert_eq!(fields(&config, &common), [PHONE, "Қарыз", "utf-8", "3", "SAQTA"]);
    assert_eq!(fields(&config, &["apikey"]), ["key"]);
    config.send.user = Some(Secret::new("saqta"));
    assert_eq!(fields(&config, &["login", "psw"]), ["saqta", "key"]);
    let adapter = build(&config).unwrap();
    let judge = |body: &'static str| {
        adapter
            .sends()
            .unwrap()
            .judge(&HttpResponse::new(Bytes::from(body)))
    };
    assert_eq!(judge(r#"{"id":1,"cnt":1}"#), Verdict::Sent(Some("1".into())));
    assert_eq!(judge(r#"{"id":"a","cnt":1}"#), Verdict::Sent(Some("a".into())));
    for (code, verdict) in [
        (1, Verdict::Refused),
        (2, Verdict::Pause(None)),
        (3, Verdict::Pause(None)),
        (4, Verdict::Pause(None)),
        (7, Verdict::Refused),
        (9, Verdict::Sent(None)),
    ] {
        let body = Bytes::from(format!(r#"{{"error":"x","error_code":{code}}}"#));
        assert_eq!(adapter.sends().unwrap().judge(&HttpResponse::new(body)), verdict);
    }
    assert_eq!(judge("?"), Verdict::Refused);
}

#[test]
fn ids_are_believed_where_a_list_keeps_others_out() {
    let ids = |config: &InstanceConfig| build(config).unwrap().ids();
    let signed = config(Some("sha1"), &["s"]);
    assert_eq!(ids(&signed), Ids::Unproven);
    let hidden = InstanceConfig {
        path_secret: Some(Secret::new("correct-horse-battery")),
        ..signed.clone()
    };
    assert_eq!(ids(&hidden), Ids::Unproven, "whoever saw a callback has it, too");
    let listed = InstanceConfig {
        allow: vec!["192.0.2.1".into()],
        ..signed
    };
    assert_eq!(ids(&listed), Ids::Proven);
}

/// A config that polls.
fn polling() -> InstanceConfig {
    InstanceConfig {
        kind: "smsc".into(),
        poll_seconds: Some(60),
        ..config(None, &[])
    }
}

#[test]
fn get_php_is_asked_by_a_form_for_what_came_after_a_number() {
    let mut config = polling();
    let fields = |config: &InstanceConfig, after| {
        let adapter = build(config).unwrap();
        let request = adapter.polls().unwrap().request(after);
        assert_eq!(
            (request.method(), request.uri().to_string().as_str()),
            (&Method::POST, "https://smsc.kz/sys/get.php")
        );
        String::from_utf8(request.body().to_vec()).unwrap()
    };
    let first = "apikey=key&charset=utf-8&fmt=3&get_answers=1&hour=1";
    assert_eq!(fields(&config, None), first);
    config.send.user = Some(Secret::new("saqta"));
    let later = "login=saqta&psw=key&charset=utf-8&fmt=3&get_answers=1&after_id=7";
    assert_eq!(fields(&config, Some(7)), later);
}

#[test]
fn a_list_of_texts_is_read_and_what_is_none_is_left_out() {
    let adapter = build(&polling()).unwrap();
    let read = |body: &str| {
        let response = HttpResponse::new(Bytes::from(body.to_owned()));
        let texts = adapter.polls().unwrap().read(&response)?;
        let plain = |Polled { number, sms }: Polled| (number, sms.id.unwrap(), sms.from, sms.to, sms.text);
        Ok::<_, Unread>(texts.into_iter().map(plain).collect::<Vec<_>>())
    };
    let text = |id: u64, text: &str| {
        let (from, to) = ("77010000001".to_owned(), "77000000000".to_owned());
        (id, id.to_string(), from, to, text.to_owned())
    };
    let list = r#"[
        {"id":7,"received":"03.08.2026 12:00:00","phone":"77010000001","message":"Қарыз","to_phone":"77000000000","sent":"03.08.2026 11:59:58"},
        {"id":"8","phone":77010000001,"message":900101300007,"to_phone":77000000000},
        {"id":"x","phone":"77010000001","message":"a","to_phone":"1"},
        {"id":9,"phone":"77010000001","to_phone":"1"},
        {"id":9,"phone":null,"message":"a","to_phone":"1"}]"#;
    assert_eq!(read(list), Ok(vec![text(7, "Қарыз"), text(8, IIN)]));
    assert_eq!(read("[]"), Ok(Vec::new()));
    assert_eq!(read(r#"{"error":"no messages","error_code":3}"#), Ok(Vec::new()));
    assert_eq!(
        read(r#"{"error":"authorise error","error_code":2}"#),
        Err(Unread::Fault(2))
    );
    for body in ["", "?", "{}", "null", "ERROR = 2 (authorise error)"] {
        assert_eq!(read(body), Err(Unread::Unknown), "{body}");
    }
    let mut away = HttpResponse::new(Bytes::from("[]"));
    *away.status_mut() = StatusCode::BAD_GATEWAY;
    let read = adapter.polls().unwrap().read(&away);
    assert_eq!(read.err(), Some(Unread::Fault(502)));
}

#[test]
fn polling_needs_send_php_beside_it_and_fit_seconds() {
    let problem = |change: fn(&mut InstanceConfig)| {
        let mut config = polling();
        change(&mut config);
        crate::carriers::build(&config)
            .err()
            .map(|error| (error.key, error.problem))
    };
    assert_eq!(problem(|_| {}), None);
    let key = |change| problem(change).map(|(key, _)| key);
    assert_eq!(
        key(|config| config.send.url = Some("https://smsc.kz/rest/send/".into())),
        Some("poll_seconds")
    );
    for (seconds, right) in [(29, false), (30, true), (3_600, true), (3_601, false)] {
        let mut config = polling();
        config.poll_seconds = Some(seconds);
        assert_eq!(crate::carriers::build(&config).is_ok(), right, "{seconds}");
    }
    let (key, text) = problem(|config| {
        config.kind = "jasmin".into();
        config.send.user = Some(Secret::new("saqta"));
    })
    .unwrap();
    assert_eq!(
        (key, text.as_str()),
        ("poll_seconds", "jasmin cannot be asked for messages")
    );
    let silent = build(&config(None, &[])).unwrap();
    assert!(silent.polls().is_none());
}
