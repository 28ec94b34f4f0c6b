//! Two carriers and their books: what was sent, and what came back for it.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use saqta_data::clock::Clock;
use sha2::Sha256;

use crate::process::sms;

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
}

impl World {
    pub(crate) fn new(gateway: SocketAddr, messages: u64, phones: Arc<[(String, String)]>) -> Self {
        Self {
            gateway: RwLock::new(gateway),
            messages,
            answered: AtomicU64::new(0),
            phones,
        }
    }

    /// The server listens on another port since.
    pub(crate) fn moved_to(&self, gateway: SocketAddr) {
        *self.gateway.write().unwrap() = gateway;
    }

    fn gateway(&self) -> SocketAddr {
        *self.gateway.read().unwrap()
    }

    /// The request of message `number`: even ones are Kannel's, odd ones the generic carrier's, signed anew each time.
    fn request(&self, number: u64) -> Vec<u8> {
        let (phone, iin) = &self.phones[usize::try_from(number).unwrap() % self.phones.len()];
        let id = format!("soak-{number}");
        if number.is_multiple_of(2) {
            let from = phone.replace('+', "%2B");
            let path = format!(
                "/v1/carriers/kannel/sms?id={id}&from={from}&to=1414&text={iin}&coding=0&charset=UTF-8"
            );
            return format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes();
        }
        let body = sms(&id, phone, iin).to_string();
        let now = Clock::system().now().millis() / 1_000;
        let mut mac = Hmac::<Sha256>::new_from_slice(&BASE64.decode(SECRET).unwrap()).unwrap();
        mac.update(format!("{id}.{now}.{body}").as_bytes());
        let signature = BASE64.encode(mac.finalize().into_bytes());
        format!(
            "POST /v1/carriers/generic/sms HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nwebhook-id: {id}\r\nwebhook-timestamp: {now}\r\nwebhook-signature: v1,{signature}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// What the carriers wrote down.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Books {
    /// Messages with an answer.
    answered: u64,
    /// Of these, such as were asked to try later.
    excused: u64,
    /// Of these, such as got another answer when they came again.
    otherwise: u64,
    /// Requests that got no answer and were sent again.
    tries: u64,
    /// Messages sent twice although they were answered.
    twice: u64,
}

impl Books {
    pub(crate) const fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.excused += other.excused;
        self.otherwise += other.otherwise;
        self.tries += other.tries;
        self.twice += other.twice;
    }

    /// True if every message has one answer; `full` are the journal's lines of answers that told something.
    pub(crate) const fn is_right(&self, messages: u64, full: u64) -> bool {
        self.answered == messages && self.otherwise == 0 && self.answered - self.excused == full
    }
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} answered, {} of them by \"try later\", {} tried again, {} sent twice, {} of them answered otherwise",
            self.answered, self.excused, self.tries, self.twice, self.otherwise
        )
    }
}

/// Sends every `step`th message from `first` on, each until it has an answer.
pub(crate) fn work(world: &World, first: usize, step: usize) -> Books {
    let mut books = Books::default();
    let mut line = Line::default();
    let numbers = (first as u64..world.messages).step_by(step);
    for number in numbers {
        let answer = line.insist(world, number, &mut books);
        books.answered += 1;
        books.excused += u64::from(is_excuse(&answer));
        world.answered.fetch_add(1, Ordering::SeqCst);
        // Who was asked to try later does, as a message of its own.
        if is_excuse(&answer) {
            continue;
        }
        if number.is_multiple_of(AGAIN) {
            books.twice += 1;
            books.otherwise += u64::from(line.insist(world, number, &mut books) != answer);
        }
        if number.is_multiple_of(AT_ONCE) {
            books.twice += 1;
            let mut other = Line::default();
            let sent = other.send(world, number);
            books.otherwise += u64::from(line.insist(world, number, &mut books) != answer);
            // The other copy may fall to a kill; then it is one more try.
            match sent.and_then(|()| other.receive()) {
                Ok(copy) => books.otherwise += u64::from(copy != answer),
                Err(_) => books.tries += 1,
            }
        }
    }
    books
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
    fn insist(&mut self, world: &World, number: u64, books: &mut Books) -> Vec<u8> {
        loop {
            if let Ok(answer) = self.send(world, number).and_then(|()| self.receive()) {
                return answer;
            }
            self.0 = None;
            books.tries += 1;
            std::thread::sleep(PAUSE);
        }
    }

    fn send(&mut self, world: &World, number: u64) -> std::io::Result<()> {
        if self.0.is_none() {
            let stream = TcpStream::connect(world.gateway())?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            self.0 = Some(BufReader::new(stream));
        }
        let line = self.0.as_mut().unwrap();
        line.get_mut().write_all(&world.request(number))
    }

    /// The body of a good response; any other is none.
    fn receive(&mut self) -> std::io::Result<Vec<u8>> {
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
        if status.starts_with("HTTP/1.1 200") && !body.is_empty() {
            Ok(body)
        } else {
            Err(std::io::Error::other("refused"))
        }
    }
}
