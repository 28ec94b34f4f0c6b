//! A carrier that keeps its connections open and sends the next message on each once the answer has come.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::population;

/// The path of the webhook.
pub(crate) const PATH: &str = "/v1/carriers/sandbox/sms";

/// Numbers the messages: each is a new one.
static MESSAGES: AtomicU64 = AtomicU64::new(0);

/// Some load on a server.
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
}

/// What came of it.
pub(crate) struct Figures {
    elapsed: Duration,
    /// In microseconds, sorted.
    latencies: Vec<u128>,
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 answers")]
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |percent| {
            let at = self.latencies.len() * percent / 100;
            self.latencies.get(at).copied().unwrap_or_default()
        };
        f.pad(&format!("{:.0} ({}, {})", self.per_second(), at(50), at(99)))
    }
}

impl Load {
    /// Sends messages for `time` and waits for the last answers.
    pub(crate) fn run(&self, time: Duration) -> Figures {
        let started = Instant::now();
        let mut latencies = block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..self.connections {
                tasks.spawn(converse(self.address, started + time));
            }
            tasks.join_all().await.concat()
        });
        let elapsed = started.elapsed();
        latencies.sort_unstable();
        Figures { elapsed, latencies }
    }
}

/// The body of one answer.
pub(crate) fn once(address: SocketAddr) -> Vec<u8> {
    block_on(async {
        let mut line = Line::open(address).await;
        line.ask().await;
        line.body().to_vec()
    })
}

/// Runs on a thread of its own.
fn block_on<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        scope.spawn(move || runtime.block_on(work)).join().unwrap()
    })
}

async fn converse(address: SocketAddr, until: Instant) -> Vec<u128> {
    let mut line = Line::open(address).await;
    let mut latencies = Vec::new();
    loop {
        let asked = Instant::now();
        if asked >= until {
            return latencies;
        }
        line.ask().await;
        latencies.push(asked.elapsed().as_micros());
    }
}

/// A connection.
struct Line {
    stream: TcpStream,
    answer: Vec<u8>,
    head: usize,
}

impl Line {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            answer: Vec::new(),
            head: 0,
        }
    }

    /// Sends a new message and reads the whole answer.
    async fn ask(&mut self) {
        let body = population::message(MESSAGES.fetch_add(1, Ordering::Relaxed));
        let request = format!(
            "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.answer.clear();
        loop {
            self.stream.read_buf(&mut self.answer).await.unwrap();
            if self.is_whole() {
                break;
            }
        }
        assert!(
            self.answer.starts_with(b"HTTP/1.1 200 "),
            "{}",
            String::from_utf8_lossy(&self.answer)
        );
        assert!(
            self.body().starts_with(br#"{"messages":[{"#),
            "{}",
            String::from_utf8_lossy(self.body())
        );
    }

    fn is_whole(&mut self) -> bool {
        let Some(end) = self.answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            return false;
        };
        self.head = end + 4;
        let head = String::from_utf8_lossy(self.answer.get(..end).unwrap());
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        self.body().len() == length.unwrap().parse::<usize>().unwrap()
    }

    fn body(&self) -> &[u8] {
        self.answer.get(self.head..).unwrap()
    }
}
