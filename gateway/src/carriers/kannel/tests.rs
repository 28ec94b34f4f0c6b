//! Cases of Kannel for the conformance kit: what Kannel 1.4.5 was seen to send, and what it makes of answers.

use axum::http::StatusCode;

use super::*;
use crate::carrier::config::SendConfig;
use crate::conformance::harness::{Call, Heard};
use crate::conformance::{BASE, Case, Cases, ERRAND, IIN, Said};

mod ussd;

pub(crate) fn cases() -> Cases {
    Cases {
        sms: Some(sms),
        receipt: None,
        ussd: Some(ussd::step),
        read,
        table: table(),
        configure: |_| {},
        sign: None,
    }
}

/// As smsbox encodes: letters and digits stay, a space becomes `+`, the rest `%XX`.
fn escape(bytes: &[u8]) -> String {
    let one = |byte: &u8| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    bytes.iter().map(one).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// `get-url` of a text: UCS-2 if it is not ASCII.
fn sms(sms: &IncomingSms) -> Call {
    let (text, coding, charset) = if sms.text.is_ascii() {
        (sms.text.clone().into_bytes(), 0, "UTF-8")
    } else {
        (utf16(&sms.text), 2, "UTF-16BE")
    };
    let id = sms.id.as_deref().unwrap_or_default();
    get(id, &sms.from, &sms.to, &text, coding, charset)
}

fn get(id: &str, from: &str, to: &str, text: &[u8], coding: u8, charset: &str) -> Call {
    let [id, from, to, text] = [id.as_bytes(), from.as_bytes(), to.as_bytes(), text].map(escape);
    Call::get(format!(
        "sms?id={id}&from={from}&to={to}&text={text}&coding={coding}&charset={charset}"
    ))
}

/// What smsbox makes of a response: anything but 200 would be repeated and end in an error SMS.
fn read(heard: &Heard) -> Said {
    assert_eq!(heard.status, StatusCode::OK);
    assert_eq!(heard.header("content-type"), Some("text/plain; charset=utf-8"));
    if let Some(reason) = heard.header("x-saqta-refused") {
        assert!(heard.body.is_empty(), "the citizen would get this");
        return Said::Refused(reason.to_owned());
    }
    let text = std::str::from_utf8(&heard.body).unwrap();
    match heard.header("x-kannel-coding") {
        None => {
            assert!(text.is_empty(), "without a coding this becomes question marks");
            Said::Nothing
        }
        Some(coding) => {
            assert_eq!(coding, if text.is_ascii() { "0" } else { "2" });
            Said::Text(text.to_owned())
        }
    }
}

const FROM: &str = "+77010000001";

fn table() -> Vec<Case> {
    let mut cases = gets();
    cases.extend(posts());
    cases.extend(ussd::table());
    cases
}

/// `get-url`: all in the query.
fn gets() -> Vec<Case> {
    let plain = |text: &[u8], coding, charset| get("9fcab34f", FROM, "1414", text, coding, charset);
    let line = |query: &str| Call::get(format!("sms?{query}"));
    let rest = "from=%2B77010000001&to=1414&text=900101300007";
    vec![
        Case::text(
            "seen on the wire",
            line(
                "id=9fcab34f-0000&from=77011112233&to=1414&text=plain+12+900101300007&coding=0&charset=UTF-8",
            ),
            "plain 12 900101300007",
        ),
        Case::text(
            "a plus that was not escaped",
            line("id=1&from=+77010000001&to=1414&text=a"),
            "a",
        ),
        Case::text("Latin-1", plain(b"caf\xe9", 1, "8-BIT"), "café"),
        Case::text("Latin-1 by its name", plain(b"caf\xe9", 0, "iso-8859-1"), "café"),
        Case::text("mo-recode", plain("Қарыз".as_bytes(), 0, "utf-8"), "Қарыз"),
        Case::text("UCS-2 by its coding", plain(&utf16("Қарыз"), 2, ""), "Қарыз"),
        Case::text(
            "UCS-2 by its charset",
            plain(&utf16("Қарыз"), 0, "utf-16be"),
            "Қарыз",
        ),
        Case::text("broken UTF-8", plain(b"a\xff", 0, "UTF-8"), "a\u{fffd}"),
        Case::text("broken UCS-2", plain(b"\x00a\x04", 2, "UTF-16BE"), "a\u{fffd}"),
        Case::text("no coding and charset", line(&format!("id=1&{rest}")), IIN),
        Case::text(
            "a field we did not ask for",
            line(&format!("id=1&smsc=FAKE&{rest}")),
            IIN,
        ),
        Case::text(
            "no report is asked for",
            line(&format!("id=1&dlr=-1&{rest}")),
            IIN,
        ),
        Case::nothing("delivery report", line(&format!("id=1&dlr=1&{rest}"))),
        Case::nothing("failure report", line(&format!("id=1&dlr=16&{rest}"))),
        Case::refused("no query", Call::get("sms"), "text="),
        Case::refused("no id", line(rest), "id="),
        Case::refused("empty id", line(&format!("id=&{rest}")), "id="),
        Case::refused("no sender", line("id=1&to=1414&text=a"), "from="),
        Case::refused("no receiver", line("id=1&from=77010000001&text=a"), "to="),
        Case::refused("no text", line("id=1&from=77010000001&to=1414"), "text="),
        Case::refused(
            "sender twice",
            line(&format!("id=1&from=1&{rest}")),
            "from stands twice",
        ),
    ]
}

/// `post-url`: the text in the body.
fn posts() -> Vec<Case> {
    let post = |query: &str, content_type: &str, body: &[u8]| {
        Call::post(format!("sms?{query}"), content_type, body).header("x-kannel-from", FROM)
    };
    vec![
        Case::text(
            "post-url",
            post("id=1", "text/plain; charset=\"UTF-8\"", "Қарыз".as_bytes()).header("x-kannel-to", "1414"),
            "Қарыз",
        ),
        Case::text(
            "post-url, UCS-2",
            post(
                "id=1&to=1414",
                "text/plain; charset=\"UTF-16BE\"",
                &utf16("Қарыз"),
            ),
            "Қарыз",
        ),
        Case::text(
            "post-url, UCS-2 by its header",
            post("id=1&to=1414", "text/plain", &utf16("Қарыз")).header("x-kannel-coding", "2"),
            "Қарыз",
        ),
        Case::text(
            "post-url, 8 bit",
            post("id=1&to=1414", "application/octet-stream", b"caf\xe9"),
            "café",
        ),
        Case::refused("post-url without id", post("to=1414", "text/plain", b"a"), "id="),
    ]
}

/// An instance that sends.
fn sending() -> InstanceConfig {
    let mut config = InstanceConfig {
        name: "k".into(),
        kind: "kannel".into(),
        ..InstanceConfig::default()
    };
    config.send.url = Some("http://127.0.0.1:13013/cgi-bin/sendsms".into());
    config.send.user = Some(Secret::new("saqta"));
    config.send.password = Some(Secret::new("p&ss wörd"));
    config
}

fn outgoing(text: &str, alphabet: Alphabet) -> OutgoingSms {
    OutgoingSms {
        to: saqta_data::phone::Msisdn::parse(FROM).unwrap(),
        text: text.into(),
        alphabet,
        parts: 1,
    }
}

/// The query of the request for a text, field by field.
fn sent(config: &InstanceConfig, text: &str, alphabet: Alphabet) -> Vec<(&'static str, String)> {
    let adapter = build(config).unwrap();
    let request = adapter
        .sends()
        .unwrap()
        .request(&outgoing(text, alphabet), ERRAND);
    assert_eq!((request.method(), request.body().len()), (&Method::GET, 0));
    let (uri, query) = (request.uri(), request.uri().query().unwrap());
    assert_eq!(
        (uri.authority().unwrap().as_str(), uri.path()),
        ("127.0.0.1:13013", "/cgi-bin/sendsms")
    );
    let fields = Fields::parse(query.as_bytes()).unwrap();
    let names = ["username", "password", "from", "to", "text", "charset", "coding"];
    let found = names.map(|name| Some((name, fields.text(name).unwrap()?)));
    found.into_iter().flatten().collect()
}

#[test]
fn sendsms_gets_utf8_and_the_coding_to_send_it_in() {
    let mut config = sending();
    let value = |fields: &[(&'static str, String)], name| {
        fields
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.clone())
    };
    let fields = sent(&config, "Қарыз: 4 250 ₸ + a&b=c%", Alphabet::Ucs2);
    for (name, expected) in [
        ("username", "saqta"),
        ("password", "p&ss wörd"),
        ("to", FROM),
        ("text", "Қарыз: 4 250 ₸ + a&b=c%"),
        ("charset", "UTF-8"),
        ("coding", "2"),
    ] {
        assert_eq!(value(&fields, name).as_deref(), Some(expected));
    }
    assert_eq!(value(&fields, "from"), None);
    config.send.from = Some("1414".into());
    let fields = sent(&config, "INSURED", Alphabet::Gsm7);
    assert_eq!(value(&fields, "from").as_deref(), Some("1414"));
    assert_eq!(value(&fields, "coding").as_deref(), Some("0"));
}

#[test]
fn kannel_has_taken_a_message_when_it_says_so() {
    let adapter = build(&sending()).unwrap();
    let judged = |status: u16, body: &'static str| {
        let response = axum::http::Response::builder().status(status);
        adapter
            .sends()
            .unwrap()
            .judge(&response.body(Bytes::from(body)).unwrap())
    };
    assert_eq!(judged(202, "0: Accepted for delivery"), Verdict::SENT);
    assert_eq!(judged(202, "3: Queued for later delivery"), Verdict::SENT);
    // Somebody else answers under this address.
    assert_eq!(judged(200, "<html>Welcome</html>"), Verdict::Refused);
    assert_eq!(judged(202, "4: Unknown"), Verdict::Refused);
    assert_eq!(judged(400, "Unknown request"), Verdict::Refused);
    assert_eq!(
        judged(403, "Authorization failed for sendsms"),
        Verdict::Pause(None)
    );
    assert_eq!(
        judged(503, "Temporal failure, try again later."),
        Verdict::Pause(None)
    );
}

#[test]
fn sending_needs_user_and_password_and_without_a_url_there_is_none() {
    let missing = |forget: fn(&mut InstanceConfig)| {
        let mut config = sending();
        forget(&mut config);
        build(&config).err().map(|error| error.key)
    };
    assert_eq!(missing(|config| config.send.user = None), Some("send_user"));
    assert_eq!(
        missing(|config| config.send.password = None),
        Some("send_password")
    );
    assert_eq!(missing(|config| config.send.url = None), Some("send_user"));
    assert_eq!(
        missing(|config| config.send.url = Some("sendsms".into())),
        Some("send_url")
    );
    let silent = InstanceConfig {
        send: SendConfig::default(),
        ..sending()
    };
    assert!(build(&silent).unwrap().sends().is_none());
}

#[test]
fn receipts_are_asked_for_and_come_back_under_our_own_id() {
    let mut config = sending();
    let asked = |config: &InstanceConfig| {
        let adapter = build(config).unwrap();
        let request = adapter
            .sends()
            .unwrap()
            .request(&outgoing("a", Alphabet::Gsm7), ERRAND);
        let query = request.uri().query().unwrap().to_owned();
        let fields = Fields::parse(query.as_bytes()).unwrap();
        (fields.text("dlr-mask").unwrap(), fields.text("dlr-url").unwrap())
    };
    // Where we are reached is not known.
    assert_eq!(asked(&config), (None, None));
    config.webhook_base = Some(Secret::new(BASE));
    let url = format!("{BASE}/receipt?dlr=%d&id={}", ERRAND.id);
    assert_eq!(asked(&config), (Some("19".into()), Some(url.clone())));

    let adapter = build(&config).unwrap();
    let receipts = |url: &str| {
        let head = Request::get(url).body(()).unwrap().into_parts().0;
        let body = Bytes::new();
        adapter.receipts(&Webhook { head, body })
    };
    for (status, delivery) in [
        ("1", Delivery::Delivered),
        ("2", Delivery::Failed),
        ("16", Delivery::Failed),
        ("4", Delivery::Pending),
        ("8", Delivery::Pending),
    ] {
        let id = ERRAND.id.to_owned();
        let told = receipts(&url.replace("%d", status));
        assert_eq!(told, Ok(vec![Receipt { id, delivery }]), "{status}");
    }
    // Zero, and what is unknown.
    for status in ["0", "3", "-1", "", "x"] {
        let told = receipts(&url.replace("%d", status));
        assert!(matches!(told, Err(Refusal::Malformed(_))), "{status}");
    }
    assert!(receipts("/receipt?dlr=1").is_err() && receipts("/receipt?dlr=1&id=").is_err());
    assert_eq!(receipts("/receipt"), Ok(Vec::new()));
}
