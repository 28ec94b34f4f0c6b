//! A real Kannel (Debian: kannel, kannel-extras) between phones and the program: its fakesmsc plays the phones.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail by panicking"
)]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;

use saqta_data::desk::{Card, Deed, JournalFilter, JournalPage, JournalSlice, StatusSms, StoredAnswer, Work};
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::phone::Msisdn;

#[path = "e2e/people.rs"]
mod people;
#[path = "support/process.rs"]
mod process;
#[path = "support/running.rs"]
mod running;

use people::{PAID, PENSIONER, PHONE_A, PHONE_B, STRANGER, STRANGER_2, UNPAID};
use process::{Server, ask_desk, exchange, wait_for};
use running::{Running, is_installed};

const BEARERBOX: &str = "/usr/sbin/bearerbox";
const SMSBOX: &str = "/usr/sbin/smsbox";
const FAKESMSC: &str = "/usr/lib/kannel/test/fakesmsc";

/// A message as the phone got it.
#[derive(Debug, Default)]
struct Got {
    text: String,
    parts: usize,
    /// `text` for GSM 7-bit, `ucs-2`.
    alphabet: String,
}

/// An SMS in fakesmsc's notation, the text as UCS-2 if it is not plain ASCII.
fn message(from: &str, text: &str) -> String {
    if text.is_ascii() {
        return format!("{from} 1414 text {text}");
    }
    let bytes = text.encode_utf16().flat_map(u16::to_be_bytes);
    let hex: Vec<String> = bytes.map(|byte| format!("%{byte:02X}")).collect();
    format!("{from} 1414 ucs2 {}", hex.concat())
}

/// The bytes of fakesmsc's percent-encoding.
fn unescape(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let byte = u8::from_str_radix(std::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap();
                rest = &rest[2..];
                byte
            }
            other => *other,
        });
    }
    bytes
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .chunks(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).unwrap()
}

/// What every phone got, by its number: lines such as `Got message 1: <1414 +77010000001 ucs-2 TEXT>` put together.
fn got(written: &str) -> BTreeMap<String, Got> {
    let mut phones: BTreeMap<String, BTreeMap<u8, (String, String)>> = BTreeMap::new();
    for line in written.lines().filter(|line| line.contains("Got message")) {
        let inner = &line[line.find('<').unwrap() + 1..line.rfind('>').unwrap()];
        let words: Vec<&str> = inner.splitn(3, ' ').collect();
        let (part, kind, text) = match words[2].split_once(' ').unwrap() {
            ("udh", rest) => {
                let fields: Vec<&str> = rest.splitn(3, ' ').collect();
                (unescape(fields[0])[5], fields[1], fields[2])
            }
            (kind, text) => (1, kind, text),
        };
        let text = match kind {
            "text" => String::from_utf8(unescape(text)).unwrap(),
            _ => utf16(&unescape(text)),
        };
        phones
            .entry(words[1].to_owned())
            .or_default()
            .insert(part, (kind.to_owned(), text));
    }
    let join = |parts: BTreeMap<u8, (String, String)>| Got {
        parts: parts.len(),
        alphabet: if parts.values().all(|(kind, _)| kind == "text") {
            "text".into()
        } else {
            "ucs-2".into()
        },
        text: parts.into_values().map(|(_, text)| text).collect(),
    };
    phones
        .into_iter()
        .map(|(phone, parts)| (phone, join(parts)))
        .collect()
}

/// The configuration with free ports, connected to `gateway`.
fn configuration(gateway: u16) -> (String, [u16; 4]) {
    let held: Vec<TcpListener> = (0..4)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let ports: Vec<u16> = held
        .iter()
        .map(|listener| listener.local_addr().unwrap().port())
        .collect();
    let ports: [u16; 4] = ports.try_into().unwrap();
    let mut text = include_str!("kannel/kannel.conf").to_owned();
    let named = [
        "admin-port = 13000",
        "smsbox-port = 13001",
        "port = 20000",
        "sendsms-port = 13013",
    ];
    for (line, port) in named.into_iter().zip(ports) {
        assert!(text.contains(line));
        text = text.replace(line, &format!("{} = {port}", line.split(' ').next().unwrap()));
    }
    assert!(text.contains("127.0.0.1:8414"));
    (
        text.replace("127.0.0.1:8414", &format!("127.0.0.1:{gateway}")),
        ports,
    )
}

/// What phones text, and whether an answer is due. Machines come first: an answer to one would reach the next phone.
const TEXTS: [(&str, &str, bool); 7] = [
    ("Kaspi", PAID, false),
    ("1414", UNPAID, false),
    (PHONE_B, PENSIONER, true),
    (PHONE_A, "Долг 900101300017", true),
    ("+77010000005", "төлем 900101300007", true),
    (STRANGER, "EN 900101300007", true),
    (STRANGER_2, "KOMEK", true),
];

/// How many SMS the server has had from Kannel.
fn heard(server: &Server) -> u32 {
    let (_, text) = exchange(server.admin, "GET", "/metrics", b"").unwrap();
    let text = String::from_utf8(text).unwrap();
    let line = text.lines().find(|line| {
        line.starts_with("saqta_carrier_messages_total{")
            && line.contains("\"kannel\"")
            && line.contains("\"sms\"")
    });
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

/// A Kannel that runs.
struct Kannel {
    /// The port for phones.
    smsc: u16,
    /// The port of sendsms.
    sendsms: u16,
    _boxes: [Running; 2],
}

/// Kannel between phones and `gateway`.
fn start_kannel(dir: &Path, gateway: u16) -> Kannel {
    let (conf, [admin, _, smsc, sendsms]) = configuration(gateway);
    let conf = process::write(dir, "kannel.conf", &conf);
    let bearerbox = Running::start(BEARERBOX, dir, &[&conf]);
    let status = || {
        let admin = ([127, 0, 0, 1], admin).into();
        let answer = exchange(admin, "GET", "/status.txt?password=test", b"");
        answer
            .map(|(_, body)| String::from_utf8_lossy(&body).into_owned())
            .unwrap_or_default()
    };
    wait_for("bearerbox answers", || status().contains("Kannel").then_some(()));
    let smsbox = Running::start(SMSBOX, dir, &[&conf]);
    wait_for("smsbox is connected", || {
        status().contains("smsbox:").then_some(())
    });
    Kannel {
        smsc,
        sendsms,
        _boxes: [bearerbox, smsbox],
    }
}

/// Lets every phone of [`TEXTS`] text through Kannel to `server`. What `twin`, which nobody has asked before, says to
/// each of them, and what they got.
fn converse(
    dir: &Path,
    smsc: u16,
    server: &Server,
    twin: &Server,
) -> (BTreeMap<&'static str, String>, BTreeMap<String, Got>) {
    let smsc = smsc.to_string();
    let (mut written, mut expected) = (String::new(), BTreeMap::new());
    for (count, (from, text, answered)) in (1..).zip(TEXTS) {
        // fakesmsc sends a message chosen by lot, so each phone has one of its own.
        let message = message(from, text);
        let phone = Running::start(
            FAKESMSC,
            dir,
            &["-H", "127.0.0.1", "-r", &smsc, "-m", "1", &message],
        );
        wait_for("the message has come through", || {
            (heard(server) >= count).then_some(())
        });
        if answered {
            let due = twin.text("m", from, text).concat();
            let is_whole = |got: &Got| got.text.chars().count() >= due.chars().count();
            wait_for("the phone has its answer", || {
                got(&phone.written())
                    .get(from)
                    .is_some_and(is_whole)
                    .then_some(())
            });
            expected.insert(from, due);
        }
        written.push_str(&phone.written());
    }
    (expected, got(&written))
}

#[test]
fn a_phone_behind_kannel_gets_what_the_sandbox_gives() {
    if !is_installed(&[BEARERBOX, SMSBOX, FAKESMSC], "kannel kannel-extras") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let start = |name: &str| {
        let store = dir.path().join(name);
        people::import(dir.path(), &store);
        Server::start(&store)
    };
    let (server, twin) = (start("store"), start("twin"));
    let kannel = start_kannel(dir.path(), server.gateway.port());
    let (expected, got) = converse(dir.path(), kannel.smsc, &server, &twin);

    for (phone, text) in &expected {
        assert_eq!(got[*phone].text, *text, "to {phone}");
    }
    assert_eq!(got.len(), expected.len(), "machines get nothing: {got:?}");
    let shape = |phone: &str| (got[phone].alphabet.as_str(), got[phone].parts);
    assert!(got[PHONE_B].text.starts_with("САҚТАНДЫРЫЛҒАН"), "{got:?}");
    assert_eq!(shape(PHONE_B), ("ucs-2", 1), "{got:?}");
    assert!(
        got[PHONE_A].parts > 1 && got[PHONE_A].text.contains("46750"),
        "in several parts: {got:?}"
    );
    assert_eq!(shape(STRANGER), ("text", 1), "GSM-7: {got:?}");
    assert!(got[STRANGER].text.starts_with("INSURED"), "{got:?}");
}

/// An operator's work on the person of `iin`.
fn work(store: &Path, iin: &str, deed: Deed) {
    let work = Work {
        iin: Some(Iin::parse(iin).unwrap()),
        deed,
    };
    let _: Option<Card> = ask_desk(store, "/work", &work).unwrap();
}

/// What the console shows of the newest line of the journal.
fn said(store: &Path) -> String {
    let newest = serde_json::json!({
        "page": JournalPage::Newest, "filter": JournalFilter::default(), "limit": 1
    });
    let slice: JournalSlice = ask_desk(store, "/journal", &newest).unwrap();
    let kept: Option<StoredAnswer> = ask_desk(store, "/exchange", &slice.lines[0].seq).unwrap();
    kept.unwrap().said.unwrap()
}

#[test]
fn what_an_operator_sends_through_kannel_arrives_as_it_is_shown() {
    if !is_installed(&[BEARERBOX, SMSBOX, FAKESMSC], "kannel kannel-extras") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    people::import(dir.path(), &store);
    // Nothing is asked of the gateway here.
    let kannel = start_kannel(dir.path(), 1);
    let config = format!(
        "[[carriers]]\nname = \"mobile\"\nkind = \"kannel\"\nallow = [\"127.0.0.1\"]\n\
         send_url = \"http://127.0.0.1:{}/cgi-bin/sendsms\"\nsend_user = \"env:KANNEL_USER\"\n\
         send_password = \"env:KANNEL_PASSWORD\"\nsend_from = \"1414\"\n",
        kannel.sendsms
    );
    let config = process::write(dir.path(), "saqta.toml", &config);
    let account = [("KANNEL_USER", "saqta"), ("KANNEL_PASSWORD", "test")];
    let _server = Server::start_with(&store, &["--config", &config], &account);
    let smsc = kannel.smsc.to_string();
    let anything = format!("{STRANGER} 1414 text x");
    let phones = Running::start(
        FAKESMSC,
        dir.path(),
        &["-H", "127.0.0.1", "-r", &smsc, "-m", "0", &anything],
    );

    let msisdn = Msisdn::parse(PHONE_A).unwrap();
    let (kazakh, english) = (Language::Kazakh, Language::English);
    for (language, alphabet, several) in [(kazakh, "ucs-2", true), (english, "text", false)] {
        work(&store, UNPAID, Deed::SetLanguage { msisdn, language });
        let before = phones.written().len();
        let whom = (Iin::parse(UNPAID).unwrap(), msisdn);
        let StatusSms { text: seen, .. } = ask_desk(&store, "/status-sms", &whom).unwrap();
        work(&store, UNPAID, Deed::SendStatus { msisdn, seen });
        let due = said(&store);
        let arrived = wait_for("the phone has its SMS", || {
            let got = got(&phones.written()[before..]).remove(PHONE_A)?;
            (got.text.chars().count() >= due.chars().count()).then_some(got)
        });
        assert_eq!(
            (arrived.text.as_str(), arrived.alphabet.as_str()),
            (due.as_str(), alphabet)
        );
        assert_eq!(arrived.parts > 1, several, "{arrived:?}");
    }
}
