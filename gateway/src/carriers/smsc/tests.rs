//! Cases of smsc.kz for the conformance kit.

use axum::http::StatusCode;
use serde_json::json;

use super::*;
use crate::carrier::wire::form;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{Case, Cases, ERRAND, IIN, NOW, PHONE, Said, Signing};
use crate::encoding::Alphabet;

pub(crate) fn cases() -> Cases {
    Cases {
        sms: Some(sms),
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
        (9, Verdict::Again),
    ] {
        let body = Bytes::from(format!(r#"{{"error":"x","error_code":{code}}}"#));
        assert_eq!(adapter.sends().unwrap().judge(&HttpResponse::new(body)), verdict);
    }
    assert_eq!(judge("?"), Verdict::Refused);
}
