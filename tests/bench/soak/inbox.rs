//! The side of a carrier that takes answers sent to it: a small HTTP server, and a book of what came for each phone.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// Of so many answers one is refused with 500, to come again.
const REFUSED: u64 = 500;
/// How long an answer may take after its message was acknowledged.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer that came.
#[derive(Clone, Copy)]
struct Delivery {
    text: u64,
    /// Of how many lives of the server this was: its number.
    life: u64,
}

/// What came for each phone, in its order.
#[derive(Default)]
pub(crate) struct Inbox {
    came: Mutex<BTreeMap<String, Vec<Delivery>>>,
    fresh: Condvar,
    seen: AtomicU64,
    /// How often the server was started.
    life: AtomicU64,
}

impl Inbox {
    /// Listens on a free port.
    pub(crate) fn open() -> (Arc<Self>, SocketAddr) {
        let inbox = Arc::new(Self::default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taker = Arc::clone(&inbox);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taker = Arc::clone(&taker);
                let life = taker.life.load(Ordering::SeqCst);
                // It ends with the server's connection.
                std::thread::spawn(move || taker.take_all(BufReader::new(stream), life));
            }
        });
        (inbox, address)
    }

    /// The server begins a new life; what comes over older connections is of an older one.
    pub(crate) fn begin_life(&self) {
        self.life.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until `phone` has another answer than the `known` one; `None` if it does not come.
    pub(crate) fn wait_for_another(&self, phone: &str, known: Option<u64>) -> Option<u64> {
        let last = |came: &BTreeMap<String, Vec<Delivery>>| {
            let last = came.get(phone)?.last()?.text;
            (Some(last) != known).then_some(last)
        };
        let came = self.came.lock().unwrap();
        let waited = self
            .fresh
            .wait_timeout_while(came, PATIENCE, |came| last(came).is_none());
        last(&waited.unwrap().0)
    }

    /// The last answer of `phone`.
    pub(crate) fn last(&self, phone: &str) -> Option<u64> {
        Some(self.came.lock().unwrap().get(phone)?.last()?.text)
    }

    /// What was delivered: how many answers, of them such as came once more around a kill, and such as came once more
    /// within one life of the server.
    pub(crate) fn count(&self) -> (u64, u64, u64) {
        let (mut answers, mut around, mut within) = (0, 0, 0);
        for came in self.came.lock().unwrap().values() {
            let before = std::iter::once(None).chain(came.iter().map(Some));
            for (last, delivery) in before.zip(came) {
                match last {
                    Some(last) if last.text == delivery.text && last.life == delivery.life => within += 1,
                    Some(last) if last.text == delivery.text => around += 1,
                    _ => answers += 1,
                }
            }
        }
        (answers, around, within)
    }

    fn take_all(&self, mut stream: BufReader<TcpStream>, life: u64) {
        while let Some(body) = read(&mut stream) {
            let refused = self.seen.fetch_add(1, Ordering::SeqCst) % REFUSED == REFUSED - 1;
            let answer = if refused {
                "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".to_owned()
            } else {
                self.enter(&body, life);
                let taken = json!({"messages": [{"messageId": "soak", "status": {"groupName": "PENDING"}}]});
                let taken = taken.to_string();
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{taken}",
                    taken.len()
                )
            };
            if stream.get_mut().write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    fn enter(&self, body: &[u8], life: u64) {
        let message: Value = serde_json::from_slice(body).unwrap();
        let message = &message["messages"][0];
        let phone = message["destinations"][0]["to"].as_str().unwrap().to_owned();
        let text = digest(message["content"]["text"].as_str().unwrap().as_bytes());
        let mut came = self.came.lock().unwrap();
        came.entry(phone).or_default().push(Delivery { text, life });
        drop(came);
        self.fresh.notify_all();
    }
}

/// A number that stands for an answer.
pub(crate) fn digest(answer: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    answer.hash(&mut hasher);
    hasher.finish()
}

/// The body of the next request; `None` once there are no more.
fn read(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}
