//! Cases of Jasmin for the conformance kit.

use axum::http::StatusCode;

use super::*;
use crate::carrier::wire::form;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{BASE, Case, Cases, ERRAND, IIN, PHONE, Said};

pub(crate) fn cases() -> Cases {
    Cases {
        sms: Some(sms),
        receipt: None,
        ussd: None,
        read,
        table: table(),
        configure,
        sign: None,
    }
}

fn configure(config: &mut InstanceConfig) {
    config.send.url = Some("http://127.0.0.1:1401/send".into());
    config.send.user = Some(Secret::new("saqta"));
    config.send.password = Some(Secret::new("p&ss"));
}

fn post(fields: &[(&str, &str)]) -> Call {
    Call::post("sms", "application/x-www-form-urlencoded", form(fields))
}

fn sms(sms: &IncomingSms) -> Call {
    let binary = hex::encode(ucs2::encode(&sms.text));
    post(&[
        ("priority", "1"),
        ("coding", "8"),
        ("from", &sms.from),
        ("to", &sms.to),
        ("validity", "none"),
        ("content", ""),
        ("binary", &binary),
        ("origin-connector", "kcell"),
        ("id", sms.id.as_deref().unwrap_or_default()),
    ])
}

/// What Jasmin makes of a response: it repeats whatever is not exactly this.
fn read(heard: &Heard) -> Said {
    assert_eq!((heard.status, &*heard.body), (StatusCode::OK, ACK.as_bytes()));
    match heard.header("x-saqta-refused") {
        Some(reason) => Said::Refused(reason.to_owned()),
        None => Said::Nothing,
    }
}

fn table() -> Vec<Case> {
    let line = |query: &str| Call::get(format!("sms?{query}"));
    let rest = format!("id=1&from={}&to=1414", PHONE.replace('+', "%2B"));
    let heard = |name, query: &str, text| Case::text(name, line(&format!("{rest}&{query}")), text);
    vec![
        heard("by GET", "coding=0&binary=393030&content=900", "900"),
        heard("names in capitals", "Coding=8&Binary=049A0061", "Қa"),
        heard(
            "raw GSM 7-bit in content",
            "coding=0&content=%05v%05nement",
            "événement",
        ),
        heard("UTF-8 in content", "coding=0&content=%d2%9a%d0%b0", "Қа"),
        heard("UTF-16 in content", "coding=8&content=%04%9a%00a", "Қa"),
        heard("no coding, priority and validity", &format!("content={IIN}"), IIN),
        heard("ASCII", "coding=1&binary=4122", "A\""),
        heard("Latin-1", "coding=3&binary=636166e9", "café"),
        heard("GSM 7-bit with its escape", "coding=0&binary=1b65", "€"),
        heard(
            "the octet of GSM 7-bit, as seen on the wire",
            "coding=%00&binary=393030",
            "900",
        ),
        heard(
            "the octet of UCS-2, as seen on the wire",
            "coding=%08&binary=049a0061",
            "Қa",
        ),
        heard("half a UTF-16 unit", "coding=8&binary=006104", "a\u{fffd}"),
        Case::refused(
            "half an octet",
            line(&format!("{rest}&coding=8&binary=00610")),
            "not hexadecimal",
        ),
        Case::nothing("receipt by dlvrd", line(&format!("{rest}&dlvrd=1&content=id:1"))),
        Case::nothing(
            "receipt by message_status",
            post(&[("id", "1"), ("level", "2"), ("message_status", "DELIVRD")]),
        ),
        Case::refused("no parameters", Call::get("sms"), "id is missing"),
        Case::refused("no receiver", line("id=1&from=1&content=a"), "to is missing"),
        Case::refused("no sender", line("id=1&to=1&content=a"), "from is missing"),
        Case::refused("no text", line(&rest), "neither binary nor content"),
        Case::refused(
            "octets that are no text",
            line(&format!("{rest}&coding=4&binary=00")),
            "coding",
        ),
        Case::refused(
            "id twice",
            line(&format!("{rest}&ID=2&content=a")),
            "id stands twice",
        ),
    ]
}

#[test]
fn the_text_goes_to_send_as_octets() {
    let mut config = InstanceConfig {
        name: "j".into(),
        kind: "jasmin".into(),
        webhook_base: Some(Secret::new(BASE)),
        ..InstanceConfig::default()
    };
    configure(&mut config);
    config.send.from = Some("1414".into());
    let adapter = build(&config).unwrap();
    for (text, alphabet, coding, octets) in [
        ("Қa", Alphabet::Ucs2, "8", "049a0061"),
        ("a@ö", Alphabet::Gsm7, "0", "61007c"),
    ] {
        let sms = OutgoingSms {
            to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
            text: text.into(),
            alphabet,
            parts: 1,
        };
        let request = adapter.sends().unwrap().request(&sms, ERRAND);
        assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/send"));
        let fields = Fields::parse(request.body()).unwrap();
        for (name, value) in [
            ("username", "saqta"),
            ("password", "p&ss"),
            ("from", "1414"),
            ("to", PHONE),
            ("coding", coding),
            ("hex-content", octets),
            ("dlr", "yes"),
            ("dlr-url", &format!("{BASE}/receipt")),
        ] {
            assert_eq!(fields.required(name).unwrap(), value);
        }
    }
    for (key, forget) in [
        (
            "send_user",
            (|config| config.send.user = None) as fn(&mut InstanceConfig),
        ),
        ("send_password", |config| config.send.password = None),
    ] {
        let mut config = config.clone();
        forget(&mut config);
        assert_eq!(build(&config).err().map(|error| error.key), Some(key));
    }
}

#[test]
fn jasmin_has_taken_a_message_when_it_says_success() {
    let mut config = InstanceConfig::default();
    configure(&mut config);
    let adapter = build(&config).unwrap();
    let judge = |status: u16, body: &'static str| {
        let response = HttpResponse::builder().status(status);
        adapter
            .sends()
            .unwrap()
            .judge(&response.body(Bytes::from(body)).unwrap())
    };
    let id = "07033084-5cfd-4812-90a4-e4d24ffb6e3d";
    assert_eq!(
        judge(200, "Success \"07033084-5cfd-4812-90a4-e4d24ffb6e3d\""),
        Verdict::Sent(Some(id.into()))
    );
    assert_eq!(judge(200, "<html>"), Verdict::Refused);
    assert_eq!(judge(400, "Error \"Mandatory arguments\""), Verdict::Refused);
    assert_eq!(
        judge(403, "Error \"Authentication failure\""),
        Verdict::Pause(None)
    );
    assert_eq!(judge(412, "Error \"No route found\""), Verdict::Refused);
    assert_eq!(judge(500, "Error \"Cannot send\""), Verdict::Again);
}

#[test]
fn receipts_tell_what_became_of_a_message() {
    let mut config = InstanceConfig::default();
    configure(&mut config);
    let adapter = build(&config).unwrap();
    let post = |body: String| {
        let head = Request::post("/receipt").body(()).unwrap().into_parts().0;
        adapter.receipts(&Webhook {
            head,
            body: body.into(),
        })
    };
    let get = |query: &str| {
        let head = Request::get(format!("/receipt?{query}")).body(()).unwrap();
        adapter.receipts(&Webhook {
            head: head.into_parts().0,
            body: Bytes::new(),
        })
    };
    for (status, delivery) in [
        ("ESME_ROK", Delivery::Pending),
        ("ENROUTE", Delivery::Pending),
        ("ACCEPTD", Delivery::Pending),
        ("UNKNOWN", Delivery::Pending),
        ("DELIVRD", Delivery::Delivered),
        ("UNDELIV", Delivery::Failed),
        ("REJECTD", Delivery::Failed),
        ("EXPIRED", Delivery::Failed),
        ("DELETED", Delivery::Failed),
    ] {
        let receipt = || {
            let id = "07033084".to_owned();
            Ok(vec![Receipt { id, delivery }])
        };
        let body = format!("id=07033084&level=2&message_status={status}&dlvrd=000&err=000");
        assert_eq!(get(&body), receipt(), "{status}");
        assert_eq!(post(body), receipt(), "{status}");
    }
    // A message from a citizen on the wrong path.
    assert_eq!(get("id=1&from=1&to=1&content=a"), Ok(Vec::new()));
    assert!(matches!(
        get("message_status=DELIVRD"),
        Err(Refusal::Malformed(_))
    ));
    assert_eq!(
        adapter.receipt_answer(&webhook_of_nothing()).status(),
        StatusCode::OK
    );
}

fn webhook_of_nothing() -> Webhook {
    let head = Request::post("/receipt").body(()).unwrap().into_parts().0;
    Webhook {
        head,
        body: Bytes::new(),
    }
}
