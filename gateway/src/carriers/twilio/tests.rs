//! Cases of Twilio for the conformance kit.

use axum::http::StatusCode;

use super::*;
use crate::carrier::wire::form;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{BASE, Case, Cases, ERRAND, IIN, NOW, PHONE, SIGNING_SECRETS, Said, Signing};
use crate::encoding::Alphabet;

pub(crate) fn cases() -> Cases {
    Cases {
        sms: Some(sms),
        receipt: None,
        ussd: None,
        read,
        table: table(),
        configure: |_| {},
        sign: Some(sign),
    }
}

fn post(fields: &[(&str, &str)]) -> Call {
    Call::post("sms", "application/x-www-form-urlencoded", form(fields))
}

fn sms(sms: &IncomingSms) -> Call {
    post(&[
        ("ToCountry", "KZ"),
        ("MessageSid", sms.id.as_deref().unwrap_or_default()),
        ("AccountSid", "AC1"),
        ("From", &sms.from),
        ("To", &sms.to),
        ("Body", &sms.text),
        ("NumMedia", "0"),
        ("ApiVersion", "2010-04-01"),
    ])
}

/// By hand: the address, then each name and value in the order of the names.
fn sign(call: Call, signing: &Signing<'_>) -> Call {
    let fields = Fields::parse(&call.body).map(|fields| {
        let pairs = fields
            .sorted()
            .into_iter()
            .flat_map(|(name, value)| [name, value]);
        pairs.collect::<Vec<_>>().concat()
    });
    let mut text = format!("{BASE}/{}", call.target).into_bytes();
    text.extend(fields.unwrap_or_default());
    let signature = Algorithm::Sha1.hmac(signing.secret.as_bytes(), &text);
    call.header("x-twilio-signature", BASE64.encode(signature))
}

/// What Twilio makes of a response.
fn read(heard: &Heard) -> Said {
    if heard.status != StatusCode::OK {
        return Said::Refused(heard.json()["error"].as_str().unwrap().to_owned());
    }
    assert_eq!(heard.header("content-type"), Some("text/xml; charset=utf-8"));
    let text = std::str::from_utf8(&heard.body).unwrap();
    let body = text
        .strip_prefix(r#"<?xml version="1.0" encoding="UTF-8"?>"#)
        .unwrap();
    if body == "<Response/>" {
        return Said::Nothing;
    }
    let message = body.strip_prefix("<Response><Message>").unwrap();
    let message = message.strip_suffix("</Message></Response>").unwrap();
    Said::Text(quick_xml::escape::unescape(message).unwrap().into_owned())
}

fn table() -> Vec<Case> {
    let with = |more: &[(&str, &str)]| {
        let whole = [
            ("MessageSid", "SM1"),
            ("From", PHONE),
            ("To", "1414"),
            ("Body", IIN),
        ];
        post(&[&whole, more].concat())
    };
    let without = |name: &str| {
        let whole = [
            ("MessageSid", "SM1"),
            ("From", PHONE),
            ("To", "1414"),
            ("Body", IIN),
        ];
        let rest: Vec<_> = whole.into_iter().filter(|(other, _)| *other != name).collect();
        post(&rest)
    };
    let body = |text: &str| {
        post(&[
            ("MessageSid", "SM1"),
            ("From", PHONE),
            ("To", "1414"),
            ("Body", text),
        ])
    };
    vec![
        Case::text("an unknown field", with(&[("Whatever", "1")]), IIN),
        Case::text("markup in a text", body("<b>&amp; a"), "<b>&amp; a"),
        Case::text(
            "a text in base64 is a text",
            body("OTAwMTAxMzAwMDA3"),
            "OTAwMTAxMzAwMDA3",
        ),
        Case::text(
            "spaces are not trimmed before they are signed",
            body("  a "),
            "  a ",
        ),
        Case::text("no opt-out", with(&[("OptOutType", "")]), IIN),
        Case::text(
            "a query in the address is signed too",
            Call {
                target: "sms?a=b".into(),
                ..with(&[])
            },
            IIN,
        ),
        Case::text(
            "a media message with a text",
            with(&[("MediaUrl0", "https://x/1")]),
            IIN,
        ),
        Case::nothing("STOP, which Twilio answers", with(&[("OptOutType", "STOP")])),
        Case::nothing("HELP, which Twilio answers", with(&[("OptOutType", "HELP")])),
        Case::nothing("status callback", with(&[("MessageStatus", "delivered")])),
        Case::nothing(
            "status callback with an error code",
            with(&[("MessageStatus", "failed"), ("ErrorCode", "30006")]),
        ),
        Case::refused("the text twice", with(&[("Body", "STOP")]), "Body stands twice"),
        Case::refused("no id", without("MessageSid"), "MessageSid is missing"),
        Case::refused("no sender", without("From"), "From is missing"),
        Case::refused("no receiver", without("To"), "To is missing"),
        Case::refused("no text", without("Body"), "Body is missing"),
    ]
}

fn config(base: &str, secret: &str) -> InstanceConfig {
    InstanceConfig {
        name: "tw".into(),
        kind: "twilio".into(),
        secrets: vec![Secret::new(secret)],
        webhook_base: Some(Secret::new(base)),
        ..InstanceConfig::default()
    }
}

fn webhook(uri: &str, body: &'static str, signature: &'static str) -> Webhook {
    let mut request = Request::post(uri).body(()).unwrap();
    let signature = HeaderValue::from_static(signature);
    request.headers_mut().insert(SIGNATURE, signature);
    Webhook {
        head: request.into_parts().0,
        body: Bytes::from_static(body.as_bytes()),
    }
}

/// The example of Twilio's page on the security of webhooks.
#[test]
fn the_published_example_verifies() {
    let twilio = build(&config("https://mycompany.com", "12345")).unwrap();
    let body =
        "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE";
    let right = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    let verify = |uri, body, signature| twilio.verify(&webhook(uri, body, signature), NOW);
    assert_eq!(verify("/myapp.php?foo=1&bar=2", body, right), Ok(()));
    for (uri, body, signature) in [
        ("/myapp.php?foo=1&bar=3", body, right),
        ("/myapp.php", body, right),
        ("/myapp.php?foo=1&bar=2", "Digits=1234", right),
        ("/myapp.php?foo=1&bar=2", body, "RSOYDt4T1cUTdK1PDd93/VVr8B9="),
        ("/myapp.php?foo=1&bar=2", body, "no base64"),
    ] {
        assert_eq!(verify(uri, body, signature), Err(sign::unsigned()), "{uri}");
    }
}

#[test]
fn the_token_and_the_address_are_needed() {
    let problem = |config: &InstanceConfig| build(config).err().map(|error| error.to_string());
    let whole = config(BASE, SIGNING_SECRETS[0]);
    assert_eq!(problem(&whole), None);
    let unsigned = InstanceConfig {
        secrets: Vec::new(),
        ..whole.clone()
    };
    assert!(problem(&unsigned).unwrap().contains("auth token"));
    let nowhere = InstanceConfig {
        webhook_base: None,
        ..whole
    };
    assert!(problem(&nowhere).unwrap().contains("public_url"));
}

#[test]
fn an_sms_that_is_no_answer_is_posted_to_the_rest_api() {
    let mut config = config(BASE, SIGNING_SECRETS[0]);
    config.send.url = Some("https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json".into());
    for (key, value) in [
        ("send_user", "AC1"),
        ("send_password", "12345"),
        ("send_from", "+15005550006"),
    ] {
        assert_eq!(build(&config).err().map(|error| error.key), Some(key));
        match key {
            "send_user" => config.send.user = Some(Secret::new(value)),
            "send_password" => config.send.password = Some(Secret::new(value)),
            _ => config.send.from = Some(value.into()),
        }
    }
    let adapter = build(&config).unwrap();
    let sms = OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
        text: "Қарыз & 5 %".into(),
        alphabet: Alphabet::Ucs2,
        parts: 1,
    };
    let sends = adapter.sends().unwrap();
    let request = sends.request(&sms, ERRAND);
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.headers()["authorization"], "Basic QUMxOjEyMzQ1");
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    let fields = Fields::parse(request.body()).unwrap();
    for (name, value) in [
        ("To", PHONE),
        ("From", "+15005550006"),
        ("Body", "Қарыз & 5 %"),
        ("StatusCallback", &format!("{BASE}/receipt")),
    ] {
        assert_eq!(fields.required(name).unwrap(), value);
    }
    let judge = |status: u16, body: &'static str| {
        let response = HttpResponse::builder().status(status);
        sends.judge(&response.body(Bytes::from(body)).unwrap())
    };
    assert_eq!(
        judge(201, r#"{"sid":"SM7","status":"queued"}"#),
        Verdict::Sent(Some("SM7".into()))
    );
    assert_eq!(judge(201, "?"), Verdict::SENT);
    // 21610: the phone texted STOP to Twilio.
    assert_eq!(judge(400, r#"{"code":21610}"#), Verdict::Refused);
    assert_eq!(judge(429, r#"{"code":20429}"#), Verdict::Pause(None));
}

#[test]
fn receipts_tell_what_became_of_a_message() {
    let adapter = build(&config(BASE, SIGNING_SECRETS[0])).unwrap();
    let receipts = |body: &'static str| adapter.receipts(&webhook("/receipt", body, ""));
    for (body, delivery) in [
        ("MessageSid=SM7&MessageStatus=accepted", Delivery::Pending),
        ("MessageSid=SM7&MessageStatus=queued", Delivery::Pending),
        ("MessageSid=SM7&MessageStatus=sending", Delivery::Pending),
        ("MessageSid=SM7&MessageStatus=sent&SmsSid=SM7", Delivery::Pending),
        ("MessageSid=SM7&MessageStatus=delivered", Delivery::Delivered),
        ("MessageSid=SM7&MessageStatus=read", Delivery::Delivered),
        ("MessageSid=SM7&MessageStatus=canceled", Delivery::Failed),
        (
            "MessageSid=SM7&MessageStatus=undelivered&ErrorCode=30006",
            Delivery::Failed,
        ),
        (
            "MessageSid=SM7&MessageStatus=failed&ErrorCode=21610",
            Delivery::Failed,
        ),
    ] {
        let id = "SM7".to_owned();
        assert_eq!(receipts(body), Ok(vec![Receipt { id, delivery }]), "{body}");
    }
    // A message from a citizen on the wrong path.
    assert_eq!(receipts("MessageSid=SM7&Body=a"), Ok(Vec::new()));
    for body in [
        "MessageStatus=sent",
        "MessageSid=&MessageStatus=sent",
        "MessageSid=1&MessageStatus=sent&MessageStatus=read",
    ] {
        assert!(matches!(receipts(body), Err(Refusal::Malformed(_))), "{body}");
    }
}
