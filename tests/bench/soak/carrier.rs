//! Three carriers and their books: what was sent, and what came back for it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use saqta_data::clock::{Clock, Timestamp};
use serde_json::json;
use sha2::Sha256;

use crate::inbox::{Inbox, digest};
use crate::process::sms;

/// Connections of the carriers, each of a worker.
pub(crate) const CONNECTIONS: usize = 48;
/// By what Infobip proves itself.
pub(crate) const BASIC: &str = "infobip:soak-password";

/// The secret of the generic carrier.
pub(crate) const SECRET: &str = "c2FxdGEgc2FxdGEgc2FxdGEgc2FxdGEgc2FxdGE=";
/// Of so many messages one is sent again after its answer, as after a response that was lost on the way.
const AGAIN: u64 = 20;
/// Of so many messages one is sent twice at once.
const AT_ONCE: u64 = 50;
/// How long a carrier waits for a response before it tries again.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between tries.
const PAUSE: Duration = Duration::from_millis(20);

/// What the carriers share.
pub(crate) struct World {
    gateway: RwLock<SocketAddr>,
    pub(crate) messages: u64,
    pub(crate) answered: AtomicU64,
    phones: Arc<[(String, String)]>,
    pub(crate) inbox: Arc<Inbox>,
    time: Time,
}

/// The time of the servers: an afternoon that begins with the run, so that no day ends in it.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    noon: Timestamp,
    began: Instant,
}

impl Time {
    pub(crate) fn noon_of_today() -> Self {
        Self {
            noon: Clock::noon(Clock::system().today()).now(),
            began: Instant::now(),
        }
    }

    pub(crate) fn now(self) -> Timestamp {
        self.noon.plus(self.began.elapsed())
    }
}

/// A kind of carrier.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Takes the answer in the response.
    Kannel,
    /// The same, and signs.
    Generic,
    /// Takes an acknowledgement; the answer is sent to it.
    Infobip,
}

impl Kind {
    /// Of one worker of four each; two are Kannel's.
    const fn of(worker: usize) -> Self {
        match worker % 4 {
            3 => Self::Infobip,
            1 => Self::Generic,
            _ => Self::Kannel,
        }
    }
}

impl World {
    pub(crate) fn new(
        gateway: SocketAddr,
        messages: u64,
        phones: Arc<[(String, String)]>,
        (inbox, time): (Arc<Inbox>, Time),
    ) -> Self {
        Self {
            gateway: RwLock::new(gateway),
            messages,
            answered: AtomicU64::new(0),
            phones,
            inbox,
            time,
        }
    }

    /// The server listens on another port since.
    pub(crate) fn moved_to(&self, gateway: SocketAddr) {
        *self.gateway.write().unwrap() = gateway;
    }

    fn gateway(&self) -> SocketAddr {
        *self.gateway.read().unwrap()
    }

    /// Phone, IIN and text of a message. A worker has phones of its own, which take turns, and asks with each for something else
    /// than the last time.
    fn question(&self, message: Message) -> (&str, &str, String) {
        let own = self.phones.len() / CONNECTIONS;
        let turn = usize::try_from(message.number).unwrap() / CONNECTIONS;
        let (phone, iin) = &self.phones[message.worker + CONNECTIONS * (turn % own)];
        let word = if (turn / own).is_multiple_of(2) {
            ""
        } else {
            "төлем "
        };
        (phone, iin, format!("{word}{iin}"))
    }

    /// The request of a message, signed anew each time.
    fn request(&self, message: Message) -> Vec<u8> {
        let (phone, iin, text) = self.question(message);
        let id = format!("soak-{}", message.number);
        let (headers, target, body) = match Kind::of(message.worker) {
            Kind::Kannel => {
                let from = phone.replace('+', "%2B");
                let path = format!(
                    "/v1/carriers/kannel/sms?id={id}&from={from}&to=1414&text={iin}&coding=0&charset=UTF-8"
                );
                return format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes();
            }
            Kind::Generic => {
                let body = sms(&id, phone, &text).to_string();
                let now = self.time.now().millis() / 1_000;
                let mut mac = Hmac::<Sha256>::new_from_slice(&BASE64.decode(SECRET).unwrap()).unwrap();
                mac.update(format!("{id}.{now}.{body}").as_bytes());
                let signature = BASE64.encode(mac.finalize().into_bytes());
                let signed = format!(
                    "webhook-id: {id}\r\nwebhook-timestamp: {now}\r\nwebhook-signature: v1,{signature}\r\n"
                );
                (signed, "generic", body)
            }
            Kind::Infobip => {
                let from = phone.trim_start_matches('+');
                let result = json!({"messageId": id, "from": from, "to": "1414", "text": text});
                let basic = format!("authorization: Basic {}\r\n", BASE64.encode(BASIC));
                (basic, "infobip", json!({"results": [result]}).to_string())
            }
        };
        format!(
            "POST /v1/carriers/{target}/sms HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n{headers}\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// A message: its number and the worker whose it is.
#[derive(Clone, Copy)]
struct Message {
    number: u64,
    worker: usize,
}

/// What the carriers wrote down, message by message.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// The distinct answers of each message in a response, or that it was acknowledged and its answer came.
    answers: BTreeMap<u64, BTreeSet<u64>>,
    /// Messages acknowledged whose answers are sent.
    sent: u64,
    /// Messages that were asked to try later.
    excused: u64,
    /// Requests that got no answer and were sent again.
    tries: u64,
    /// Messages sent twice although they were answered.
    twice: u64,
}

impl Books {
    pub(crate) fn add(&mut self, other: Self) {
        self.answers.extend(other.answers);
        self.sent += other.sent;
        self.excused += other.excused;
        self.tries += other.tries;
        self.twice += other.twice;
    }

    /// The messages without an answer, and those with more than one.
    fn wrong(&self, messages: u64) -> (u64, u64) {
        let answers = |number: u64| self.answers.get(&number).map_or(0, BTreeSet::len);
        let count = |wanted: fn(usize) -> bool| {
            (0..messages).filter(|number| wanted(answers(*number))).count() as u64
        };
        (count(|answers| answers == 0), count(|answers| answers > 1))
    }

    /// True if every message has exactly one answer, and `full` lines of the journal told of one. A page that said "try later"
    /// may have been cut off from a line that was written all the same; where most said so, nothing was shown.
    pub(crate) fn is_right(&self, messages: u64, full: u64) -> bool {
        let lines = messages - self.excused..=messages;
        self.wrong(messages) == (0, 0) && lines.contains(&full) && self.excused * 2 < messages
    }

    /// The same for the answers that were sent: each came, and again only around a kill, one at most.
    pub(crate) fn are_delivered(&self, inbox: &Inbox, kills: u64) -> bool {
        let (answers, around, within) = inbox.count();
        answers == self.sent && within == 0 && around <= kills
    }

    pub(crate) fn report(&self, messages: u64, inbox: &Inbox) -> String {
        let (none, more) = self.wrong(messages);
        let (answers, around, within) = inbox.count();
        format!(
            "{} with one answer, {none} without, {more} with several; {} asked to try later, {} tried again, {} sent twice; \
             {} acknowledged and {answers} answers sent to them, {around} again around a kill, {within} again without one",
            messages - none - more,
            self.excused,
            self.tries,
            self.twice,
            self.sent
        )
    }

    fn enter(&mut self, message: Message, answer: &[u8]) {
        self.answers
            .entry(message.number)
            .or_default()
            .insert(digest(answer));
    }
}

/// Sends every message of a worker, each until it has an answer.
pub(crate) fn work(world: &World, worker: usize) -> Books {
    let mut books = Books::default();
    let mut line = Line::default();
    for number in (worker as u64..world.messages).step_by(CONNECTIONS) {
        let message = Message { number, worker };
        let sends = Kind::of(worker) == Kind::Infobip;
        let phone = world.question(message).0.trim_start_matches('+');
        let before = world.inbox.last(phone).filter(|_| sends);
        let answer = line.insist(world, message, &mut books);
        if !sends {
            books.enter(message, &answer);
        } else if let Some(came) = world.inbox.wait_for_another(phone, before) {
            books.enter(message, &came.to_be_bytes());
            books.sent += 1;
        }
        world.answered.fetch_add(1, Ordering::SeqCst);
        // Who was asked to try later does, as a message of its own.
        if is_excuse(&answer) {
            books.excused += 1;
            continue;
        }
        for copy in copies(world, message, &mut line, &mut books) {
            books.twice += 1;
            // A copy may find the server late; that takes nothing back.
            if !sends && !is_excuse(&copy) {
                books.enter(message, &copy);
            }
        }
    }
    books
}

/// What comes for copies of a message that was answered, of some messages.
fn copies(world: &World, message: Message, line: &mut Line, books: &mut Books) -> Vec<Vec<u8>> {
    let turn = message.number / CONNECTIONS as u64;
    let mut copies = Vec::new();
    if turn.is_multiple_of(AGAIN) {
        copies.push(line.insist(world, message, books));
    }
    if turn.is_multiple_of(AT_ONCE) {
        let mut other = Line::default();
        let sent = other.send(world, message);
        copies.push(line.insist(world, message, books));
        // The other copy may fall to a kill; then it is one more try.
        match sent.and_then(|()| other.receive(message)) {
            Ok(copy) => copies.push(copy),
            Err(_) => books.tries += 1,
        }
    }
    copies
}

/// True for the text that asks to try later, in the state language.
fn is_excuse(answer: &[u8]) -> bool {
    String::from_utf8_lossy(answer).contains("Кейінірек қайталаңыз")
}

/// A connection that is opened again when it breaks.
#[derive(Default)]
struct Line(Option<BufReader<TcpStream>>);

impl Line {
    /// The answer to a message, however often it takes.
    fn insist(&mut self, world: &World, message: Message, books: &mut Books) -> Vec<u8> {
        loop {
            if let Ok(answer) = self.send(world, message).and_then(|()| self.receive(message)) {
                return answer;
            }
            self.0 = None;
            books.tries += 1;
            std::thread::sleep(PAUSE);
        }
    }

    fn send(&mut self, world: &World, message: Message) -> std::io::Result<()> {
        if self.0.is_none() {
            let stream = TcpStream::connect(world.gateway())?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            self.0 = Some(BufReader::new(stream));
        }
        let line = self.0.as_mut().unwrap();
        line.get_mut().write_all(&world.request(message))
    }

    /// The body of a good response; any other is none. Where answers are sent, it is empty.
    fn receive(&mut self, message: Message) -> std::io::Result<Vec<u8>> {
        let line = self.0.as_mut().ok_or(std::io::ErrorKind::NotConnected)?;
        let (mut status, mut head) = (String::new(), String::new());
        line.read_line(&mut status)?;
        let mut length = 0;
        while head != "\r\n" {
            head.clear();
            if line.read_line(&mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(value) = head.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        line.read_exact(&mut body)?;
        let sends = Kind::of(message.worker) == Kind::Infobip;
        if status.starts_with("HTTP/1.1 200") && body.is_empty() == sends {
            Ok(body)
        } else {
            Err(std::io::Error::other("refused"))
        }
    }
}
