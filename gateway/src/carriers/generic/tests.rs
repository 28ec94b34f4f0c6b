//! Cases of the generic carrier for the conformance kit: those of the sandbox, signed.

use serde_json::{Value, json};

use super::*;
use crate::carrier::UssdPage;
use crate::carriers::sandbox;
use crate::conformance::harness::Call;
use crate::conformance::{Cases, ERRAND, NOW, PHONE, SIGNING_SECRETS, Signing};
use crate::encoding::Alphabet;

pub(crate) fn cases() -> Cases {
    Cases {
        sign: Some(sign),
        ..sandbox::tests::cases()
    }
}

/// Signs as the scheme says, by hand.
fn sign(call: Call, signing: &Signing<'_>) -> Call {
    let seconds = signing.at.millis() / 1_000;
    let mut text = format!("msg_1.{seconds}.").into_bytes();
    text.extend(&call.body);
    let key = BASE64.decode(signing.secret).unwrap();
    let signature = BASE64.encode(Algorithm::Sha256.hmac(&key, &text));
    call.header("webhook-id", "msg_1")
        .header("webhook-timestamp", seconds.to_string())
        .header("webhook-signature", format!("v2,AAAA v1,AAAA v1,{signature}"))
}

fn config(secrets: &[&str]) -> InstanceConfig {
    InstanceConfig {
        name: "g".into(),
        kind: "generic".into(),
        secrets: secrets.iter().copied().map(Secret::new).collect(),
        ..InstanceConfig::default()
    }
}

fn sms() -> OutgoingSms {
    OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(PHONE).unwrap(),
        text: "Қарыз".into(),
        alphabet: Alphabet::Ucs2,
        parts: 1,
    }
}

/// The example that the makers of the scheme publish for their libraries.
#[test]
fn the_published_example_verifies() {
    let keys = Keys::new(&config(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])).unwrap();
    let body = br#"{"test": 2432232314}"#;
    let signature = keys
        .sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
        .next();
    assert_eq!(
        BASE64.encode(signature.unwrap()),
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
}

#[test]
fn secrets_are_needed_and_are_base64_with_or_without_their_prefix() {
    let problem = |secrets: &[&str]| Keys::new(&config(secrets)).err().map(|error| error.to_string());
    let [first, second] = SIGNING_SECRETS;
    assert_eq!(problem(&[first, &format!("whsec_{second}")]), None);
    assert!(problem(&[]).unwrap().contains("at least one secret"));
    for slip in [
        "",
        "whsec_",
        "c2hvcnQ=",
        "no base64 at all, but long enough for a secret",
    ] {
        let problem = problem(&[first, slip]).unwrap();
        assert!(problem.contains("openssl rand"), "{problem}");
        assert!(slip.len() < 7 || !problem.contains(slip), "{problem}");
    }
    for forbid in [
        |config: &mut InstanceConfig| config.signature = Some("md5".into()),
        |config: &mut InstanceConfig| config.send.user = Some(Secret::new("x")),
    ] {
        let mut config = config(&SIGNING_SECRETS);
        forbid(&mut config);
        assert!(build(&config).is_err());
    }
}

#[test]
fn what_is_sent_is_signed_so_that_we_would_believe_it_ourselves() {
    let mut config = config(&SIGNING_SECRETS);
    assert!(build(&config).unwrap().sends().is_none());
    config.send.url = Some("http://127.0.0.1:9/inbox".into());
    let adapter = build(&config).unwrap();
    let request = adapter.sends().unwrap().request(&sms(), ERRAND);
    assert_eq!(
        serde_json::from_slice::<Value>(request.body()).unwrap(),
        json!({"to": PHONE, "text": "Қарыз", "encoding": "ucs2", "parts": 1})
    );
    assert_eq!(request.headers()["webhook-id"], ERRAND.id);
    let again = adapter.sends().unwrap().request(&sms(), ERRAND);
    assert_eq!(again.headers(), request.headers());
    let (head, body) = request.into_parts();
    let webhook = Webhook { head, body };
    assert_eq!(adapter.verify(&webhook, NOW), Ok(()));
    // With the first secret, and no other.
    let first = build(&InstanceConfig {
        secrets: vec![Secret::new(SIGNING_SECRETS[0])],
        ..config
    });
    assert_eq!(first.unwrap().verify(&webhook, NOW), Ok(()));
}

/// The names of an object's properties in the document.
fn properties<'a>(document: &'a Value, schema: &str) -> Vec<&'a str> {
    let schema = &document["components"]["schemas"][schema];
    assert_eq!(schema["additionalProperties"], json!(false), "{schema}");
    let names: Vec<&str> = schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut required: Vec<&str> = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    required.sort_unstable();
    assert_eq!(names, required);
    names
}

fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    names
}

#[test]
fn the_document_says_what_the_code_does() {
    let text = include_str!("../../../openapi/generic.yaml");
    let document: Value = serde_norway::from_str(text).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        properties(&document, "Sms"),
        sorted(json::SMS.fields.iter().copied())
    );
    assert_eq!(
        properties(&document, "Step"),
        sorted(json::USSD.fields.iter().copied())
    );
    let sent: Value = serde_json::from_slice(json::post(&Uri::default(), &sms(), ERRAND).body()).unwrap();
    let fields = sent.as_object().unwrap().keys().map(String::as_str);
    assert_eq!(properties(&document, "Message"), sorted(fields));
    let page = UssdPage {
        text: String::new(),
        end: true,
    };
    let page = serde_json::to_value(page).unwrap();
    let fields = page.as_object().unwrap().keys().map(String::as_str);
    assert_eq!(properties(&document, "Page"), sorted(fields));
    let encodings = &document["components"]["schemas"]["Message"]["properties"]["encoding"]["enum"];
    assert_eq!(
        *encodings,
        serde_json::to_value([Alphabet::Gsm7, Alphabet::Ucs2]).unwrap()
    );
    let longest = &document["components"]["schemas"]["Sms"]["properties"]["id"]["maxLength"];
    assert_eq!(*longest, json!(crate::carrier::MAX_FIELD_BYTES));
    for name in [json::ID, TIMESTAMP, SIGNATURE] {
        let parameters = document["components"]["parameters"].as_object().unwrap();
        assert!(
            parameters
                .values()
                .any(|parameter| parameter["name"] == name.as_str())
        );
    }
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    let services = ["receipt", "sms", "ussd"].map(|service| format!("/v1/carriers/{{name}}/{service}"));
    assert_eq!(sorted(paths.into_iter().map(String::as_str)), services);
    assert_eq!(
        properties(&document, "Receipt"),
        sorted(json::RECEIPT.fields.iter().copied())
    );
    let states = &document["components"]["schemas"]["Receipt"]["properties"]["state"]["enum"];
    assert_eq!(
        *states,
        json!(saqta_data::office::Delivery::ALL.map(saqta_data::office::Delivery::code))
    );
}
