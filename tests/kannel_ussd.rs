//! USSD through a real Kannel (Debian: kannel), which is a client of the test's own SMSC and speaks SMPP 3.4 with it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::net::TcpListener;
use std::path::Path;

#[path = "e2e/people.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod people;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod process;
#[path = "support/running.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod running;
#[path = "support/smsc.rs"]
mod smsc;

use people::{PHONE_A, UNPAID};
use process::{Server, exchange, wait_for};
use running::{Running, is_installed};
use smsc::{Smsc, Submitted, Ussd};

const BEARERBOX: &str = "/usr/sbin/bearerbox";
const SMSBOX: &str = "/usr/sbin/smsbox";

// Operations (SMPP 3.4, 5.3.2.44) of the SMSC, then ours.
const BEGIN: u8 = 0x01;
const TYPED: u8 = 0x12;
const OVER: u8 = 0x11;
const ASK: u8 = 0x02;
/// The number of the session.
const SESSION: u8 = 7;

/// Kannel between `smsc` and `gateway`.
fn start_kannel(dir: &Path, smsc: u16, gateway: u16) -> [Running; 2] {
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [admin, smsbox, sendsms] = held.map(|held| held.local_addr().unwrap().port());
    let mut conf = include_str!("kannel/ussd.conf").to_owned();
    for (line, port) in [
        ("admin-port = 13000", admin),
        ("smsbox-port = 13001", smsbox),
        ("port = 2775", smsc),
        ("sendsms-port = 13013", sendsms),
    ] {
        assert!(conf.contains(line));
        conf = conf.replace(line, &format!("{} = {port}", line.split(' ').next().unwrap()));
    }
    let conf = conf.replace("127.0.0.1:8414", &format!("127.0.0.1:{gateway}"));
    let conf = process::write(dir, "kannel.conf", &conf);
    let status = || {
        let answer = exchange(
            ([127, 0, 0, 1], admin).into(),
            "GET",
            "/status.txt?password=test",
            b"",
        );
        answer
            .map(|(_, body)| String::from_utf8_lossy(&body).into_owned())
            .unwrap_or_default()
    };
    let bearerbox = Running::start(BEARERBOX, dir, &[&conf]);
    wait_for("bearerbox answers", || status().contains("Kannel").then_some(()));
    let boxes = [bearerbox, Running::start(SMSBOX, dir, &[&conf])];
    wait_for("smsbox is connected", || {
        status().contains("smsbox:").then_some(())
    });
    boxes
}

/// The page that `twin` gives without Kannel between.
fn page(twin: &Server, step: u8, op: u8, text: &str) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<Vec<_>>()
            .concat()
    };
    let meta = format!(
        "?smpp?ussd_service_op=%{op:02X}&its_session_info=%{SESSION:02X}%{:02X}",
        step << 1
    );
    let query = [
        ("id", step.to_string()),
        ("from", PHONE_A.to_owned()),
        ("to", "1414".to_owned()),
        ("text", text.to_owned()),
        ("coding", "0".to_owned()),
        ("charset", "UTF-8".to_owned()),
        ("meta", meta),
    ]
    .map(|(name, value)| format!("{name}={}", escape(&value)))
    .join("&");
    let path = format!("/v1/carriers/kannel/ussd?{query}");
    let (status, body) = exchange(twin.gateway, "GET", &path, b"").unwrap();
    assert_eq!(status, 200);
    String::from_utf8(body).unwrap()
}

/// How many calls about USSD the server has answered.
fn answered(server: &Server) -> u32 {
    let (_, text) = exchange(server.admin, "GET", "/metrics", b"").unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines = text.lines().filter(|line| {
        line.starts_with("saqta_http_requests_total{") && line.contains("ussd") && line.contains("\"200\"")
    });
    lines
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u32>().unwrap())
        .sum()
}

/// A handset behind the SMSC.
struct Handset {
    smsc: Smsc,
    sent: u8,
}

impl Handset {
    fn send(&mut self, op: u8, text: &str, end: u8) {
        let info = [SESSION, self.sent << 1 | end];
        self.sent += 1;
        self.smsc
            .deliver(self.sent.into(), PHONE_A, text, Some(Ussd { op, info }));
    }

    /// The page after a step, which is the one and only message to the phone.
    fn step(&mut self, op: u8, text: &str) -> Submitted {
        let before = self.smsc.submitted().len();
        self.send(op, text, 0);
        let page = wait_for("the handset has its page", || {
            self.smsc.submitted().get(before).cloned()
        });
        assert_eq!(page.parts, 1);
        page
    }
}

#[test]
fn a_session_goes_through_kannel_and_no_page_is_cut() {
    if !is_installed(&[BEARERBOX, SMSBOX], "kannel") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let start = |name: &str| {
        let store = dir.path().join(name);
        people::import(dir.path(), &store);
        Server::start(&store)
    };
    let (server, twin) = (start("store"), start("twin"));
    let smsc = Smsc::start();
    let _kannel = start_kannel(dir.path(), smsc.port, server.gateway.port());
    wait_for("Kannel is bound to the SMSC", || smsc.is_bound().then_some(()));
    let mut handset = Handset { smsc, sent: 0 };

    // Languages, menu, an IIN, its status, its debt, with their further screens.
    let mut longest = 0;
    for (step, typed) in (0..).zip(["", "1", "2", UNPAID, "98", "2", "98", "98"]) {
        let (op, text) = if step == 0 {
            (BEGIN, "*1414#")
        } else {
            (TYPED, typed)
        };
        let sent = handset.sent;
        let got = handset.step(op, text);
        assert_eq!(got.text, page(&twin, step, op, text), "step {step}");
        longest = longest.max(got.text.encode_utf16().count());
        assert_eq!((got.to.as_str(), got.coding), ("77010000001", 8), "{got:?}");
        let info = [SESSION, sent << 1];
        assert_eq!(got.ussd, Some(Ussd { op: ASK, info }), "goes on");
    }

    // Kannel hands over no more than an SMS holds.
    assert!((66..=70).contains(&longest), "{longest}");

    // The network says that it is over: nothing is shown, and what is typed later meets no session.
    let (before, pages) = (answered(&server), handset.smsc.submitted().len());
    handset.send(OVER, "", 1);
    wait_for("the end has come through", || {
        (answered(&server) > before).then_some(())
    });
    assert_eq!(handset.smsc.submitted().len(), pages);
    let got = handset.step(TYPED, "2");
    assert_eq!(got.text, page(&twin, 0, BEGIN, "*1414#"));
    assert_eq!(handset.smsc.submitted().len(), pages + 1);
}
