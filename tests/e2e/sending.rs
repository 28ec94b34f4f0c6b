//! SMS that are no answers, with a carrier that goes away and a server that is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use saqta_data::desk::{Card, CarrierFigures, Deed, DeskError, Refusal, StatusSms, Work};
use saqta_data::iin::Iin;
use saqta_data::phone::Msisdn;
use serde_json::{Value, json};

use crate::people::{PENSIONER, PHONE_B, import};
use crate::process::{Server, ask_desk, exchange, wait_for, write};

/// A carrier that takes SMS from the server; how it behaves can be changed at any time.
struct Carrier {
    port: u16,
    mood: Arc<AtomicUsize>,
    got: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone, Copy)]
enum Mood {
    Takes,
    /// Reads the message and never answers.
    Hangs,
    /// Reads the message and says that it cannot now.
    Fails,
}

impl Carrier {
    fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let carrier = Self {
            port: listener.local_addr().unwrap().port(),
            mood: Arc::new(AtomicUsize::new(mood as usize)),
            got: Arc::default(),
        };
        let (mood, got) = (carrier.mood.clone(), carrier.got.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (mood, got) = (mood.clone(), got.clone());
                std::thread::spawn(move || while serve(&stream, &mood, &got).is_some() {});
            }
        });
        carrier
    }

    fn feel(&self, mood: Mood) {
        self.mood.store(mood as usize, Ordering::SeqCst);
    }

    fn got(&self) -> Vec<Value> {
        self.got.lock().unwrap().clone()
    }
}

/// Hears one request; `None` when the connection is over.
fn serve(stream: &TcpStream, mood: &AtomicUsize, got: &Mutex<Vec<Value>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().unwrap(),
            None if line == "\r\n" => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    got.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    let status = match mood.load(Ordering::SeqCst) {
        mood if mood == Mood::Takes as usize => "202 Accepted",
        mood if mood == Mood::Fails as usize => "500 Sorry",
        _ => return Some(()),
    };
    let mut stream = stream;
    stream
        .write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes())
        .ok()
}

/// A server over `store` whose instance `line` sends through `carrier`.
fn start(dir: &Path, store: &Path, carrier: &Carrier) -> Server {
    let config = format!(
        "[[carriers]]\nname = \"line\"\nkind = \"sandbox\"\nallow = [\"127.0.0.1\"]\n\
         send_url = \"http://127.0.0.1:{}/inbox\"\n",
        carrier.port
    );
    let config = write(dir, "saqta.toml", &config);
    Server::start_with(store, &["--config", &config], &[])
}

/// From the first page of a phone that has not chosen a language; and of one that has.
const FIRST: [&str; 4] = ["", "1", "1", "4"];
const LATER: [&str; 3] = ["", "1", "4"];

/// A phone has its status sent by SMS out of the menu; the page that says so.
fn ask_for_sms(server: &Server, inputs: &[&str]) -> String {
    let mut page = String::new();
    for (step, input) in (0..).zip(inputs) {
        let step = json!({"session": "s", "from": PHONE_B, "code": "*1414#", "input": input, "step": step});
        let path = "/v1/carriers/line/ussd";
        let (status, answer) = exchange(server.gateway, "POST", path, step.to_string().as_bytes()).unwrap();
        assert_eq!(status, 200);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        answer["text"].as_str().unwrap().clone_into(&mut page);
    }
    page
}

fn sent(server: &Server) -> bool {
    let (_, metrics) = exchange(server.admin, "GET", "/metrics", b"").unwrap();
    let metrics = String::from_utf8(metrics).unwrap();
    metrics.contains("saqta_outbox_sent_total{instance=\"line\"} 1")
}

#[test]
fn what_waits_is_sent_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let carrier = Carrier::start(Mood::Fails);
    let server = start(dir.path(), &store, &carrier);
    let page = ask_for_sms(&server, &FIRST);
    assert!(page.starts_with("SMS"), "{page}");
    wait_for("the carrier was asked", || {
        (!carrier.got().is_empty()).then_some(())
    });
    drop(server);

    carrier.got.lock().unwrap().clear();
    carrier.feel(Mood::Takes);
    let server = start(dir.path(), &store, &carrier);
    wait_for("the SMS is sent", || sent(&server).then_some(()));
    assert_eq!(carrier.got().len(), 1);
    assert_eq!(carrier.got()[0]["to"], PHONE_B);
    assert!(
        carrier.got()[0]["text"]
            .as_str()
            .unwrap()
            .starts_with("САҚТАНДЫРЫЛ")
    );

    // It is not sent a second time after that.
    assert_eq!(server.terminate().0, Some(0));
    let server = start(dir.path(), &store, &carrier);
    assert!(ask_for_sms(&server, &LATER).starts_with("SMS"));
    wait_for("the second SMS is sent", || sent(&server).then_some(()));
    assert_eq!(carrier.got().len(), 2);
}

#[test]
fn a_kill_while_the_carrier_has_not_answered_sends_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let carrier = Carrier::start(Mood::Hangs);
    let server = start(dir.path(), &store, &carrier);
    ask_for_sms(&server, &FIRST);
    wait_for("the carrier has the SMS", || {
        (!carrier.got().is_empty()).then_some(())
    });
    drop(server);

    carrier.feel(Mood::Takes);
    let server = start(dir.path(), &store, &carrier);
    wait_for("the SMS is sent", || sent(&server).then_some(()));
    let got = carrier.got();
    assert_eq!((got.len(), &got[0]), (2, &got[1]));
    assert_eq!(server.terminate().0, Some(0));
}

/// An operator sends the status of [`PENSIONER`] to the phone bound to them, having seen such a text.
fn send(store: &Path, seen: &str) -> Result<Option<Card>, DeskError> {
    let msisdn = Msisdn::parse(PHONE_B).unwrap();
    let seen = seen.to_owned();
    let deed = Deed::SendStatus { msisdn, seen };
    let iin = Some(Iin::parse(PENSIONER).unwrap());
    ask_desk(store, "/work", &Work { iin, deed })
}

#[test]
fn an_operator_sends_and_sees_what_waits() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let carrier = Carrier::start(Mood::Fails);
    let server = start(dir.path(), &store, &carrier);
    let waiting = || {
        let figures: Vec<CarrierFigures> = ask_desk(&store, "/carriers", &()).unwrap();
        assert!(figures[0].can_send && figures[0].name == "line", "{figures:?}");
        (figures[0].waiting, figures[0].dead)
    };
    assert_eq!(waiting(), (0, 0));
    let whom = (Iin::parse(PENSIONER).unwrap(), Msisdn::parse(PHONE_B).unwrap());
    let shown: StatusSms = ask_desk(&store, "/status-sms", &whom).unwrap();
    assert_eq!((waiting(), shown.to), ((0, 0), whom.1), "looked at, not sent");
    let other = send(&store, "INSURED").unwrap_err();
    assert_eq!(other, DeskError::Refused(Refusal::OtherText));
    let card = send(&store, &shown.text).unwrap().unwrap();
    assert_eq!(
        card.asked[2].entry.topic, "preview-status",
        "the look has its line"
    );
    assert_eq!(card.asked[1].entry.topic, "not-done");
    assert_eq!(card.asked[0].entry.topic, "send-status");
    assert_eq!(waiting(), (1, 0));
    carrier.feel(Mood::Takes);
    wait_for("the SMS is sent", || sent(&server).then_some(()));
    assert_eq!(carrier.got().last().unwrap()["text"], shown.text);
    wait_for("nothing waits", || (waiting() == (0, 0)).then_some(()));

    let stop = json!({"id": "m", "from": PHONE_B, "to": "1414", "text": "STOP"}).to_string();
    exchange(server.gateway, "POST", "/v1/carriers/line/sms", stop.as_bytes()).unwrap();
    let stopped = send(&store, &shown.text).unwrap_err();
    assert_eq!(stopped, DeskError::Refused(Refusal::Stopped));
    let written = server.written.lock().unwrap().clone();
    assert!(
        !written.contains("7010000002") && !written.contains(PENSIONER),
        "{written}"
    );
}
