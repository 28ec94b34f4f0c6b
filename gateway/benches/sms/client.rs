//! A carrier that keeps its connections open and signs what it sends: on each the next message once the answer has come, or
//! a fixed number of messages a second.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use rustix::time::{ClockId, clock_gettime};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::population::Population;

/// The path of the webhook.
pub(crate) const PATH: &str = "/v1/carriers/generic/sms";
/// The secret by which the messages are signed, in base64.
pub(crate) const SECRET: &str = "c2FxdGEgc2FxdGEgc2FxdGEgc2FxdGEgc2FxdGE=";
/// When the messages say that they were signed: by the clock of the gateway, which stands still.
const SIGNED_AT: &str = "1795330800";

/// Numbers the messages: each is a new one.
static MESSAGES: AtomicU64 = AtomicU64::new(0);

/// Some load on a server.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) people: Arc<Population>,
    /// Messages a second over all connections, whether or not the answers come in time; `None`: as fast as they come.
    pub(crate) pace: Option<f64>,
}

/// What came of it.
pub(crate) struct Figures {
    elapsed: Duration,
    /// Processor time of the thread that makes the load.
    busy: Duration,
    /// Of all other threads: the server's.
    served: Duration,
    /// Of the store's committer among them.
    committed: Duration,
    /// In microseconds, sorted.
    latencies: Vec<u128>,
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 answers")]
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that so many percent of the answers stay under, in microseconds.
    pub(crate) fn latency(&self, percent: usize) -> u128 {
        let at = self.latencies.len() * percent / 100;
        self.latencies.get(at).copied().unwrap_or_default()
    }

    /// Microseconds of processor time that an answer takes the server, and of these the committer.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 answers")]
    pub(crate) fn cost(&self) -> (f64, f64) {
        let answers = self.latencies.len() as f64;
        let each = |time: Duration| time.as_secs_f64() * 1e6 / answers;
        (each(self.served), each(self.committed))
    }

    /// The share of one processor that making the load took.
    pub(crate) fn share(&self) -> f64 {
        self.busy.as_secs_f64() / self.elapsed.as_secs_f64()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, late) = (self.latency(50), self.latency(99));
        let share = self.share() * 100.0;
        f.pad(&format!(
            "{:.0} ({median}, {late}) {share:.0} %",
            self.per_second()
        ))
    }
}

impl Load {
    /// Sends messages for `time` and waits for the last answers.
    pub(crate) fn run(&self, time: Duration) -> Figures {
        let started = Instant::now();
        let (all_before, committer_before) = (process_time(), committer_time());
        let (mut latencies, busy) = block_on(async {
            let before = thread_time();
            let mut tasks = JoinSet::new();
            for nth in 0..self.connections {
                tasks.spawn(self.clone().converse(nth, started, started + time));
            }
            let latencies = tasks.join_all().await.concat();
            (latencies, thread_time().saturating_sub(before))
        });
        let elapsed = started.elapsed();
        latencies.sort_unstable();
        let all = process_time().saturating_sub(all_before);
        Figures {
            elapsed,
            busy,
            served: all.saturating_sub(busy),
            committed: committer_time().saturating_sub(committer_before),
            latencies,
        }
    }

    async fn converse(self, nth: usize, started: Instant, until: Instant) -> Vec<u128> {
        let mut line = Line::open(self.address).await;
        let mut latencies = Vec::new();
        let of_all = u32::try_from(self.connections).unwrap();
        let every = self
            .pace
            .map(|pace| Duration::from_secs_f64(f64::from(of_all) / pace));
        // The connections take turns.
        let first = every.map(|every| started + every * u32::try_from(nth).unwrap() / of_all);
        let mut due = first.unwrap_or(started);
        loop {
            let asked = match every {
                // The wait for a turn that was missed counts: the citizen waits as well.
                Some(every) => {
                    tokio::time::sleep_until(due.into()).await;
                    let asked = due;
                    due += every;
                    asked
                }
                None => Instant::now(),
            };
            if asked >= until {
                return latencies;
            }
            line.ask(&self.people).await;
            latencies.push(asked.elapsed().as_micros());
        }
    }
}

/// The body of one answer.
pub(crate) fn once(address: SocketAddr, people: &Population) -> Vec<u8> {
    block_on(async {
        let mut line = Line::open(address).await;
        line.ask(people).await;
        line.body().to_vec()
    })
}

/// The processor time of this thread.
fn thread_time() -> Duration {
    time_of(ClockId::ThreadCPUTime)
}

/// The processor time of all threads.
fn process_time() -> Duration {
    time_of(ClockId::ProcessCPUTime)
}

/// The processor time of the store's committer, as Linux says.
fn committer_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let time = |task: std::path::PathBuf| {
        let name = std::fs::read_to_string(task.join("comm")).ok()?;
        let times = std::fs::read_to_string(task.join("schedstat")).ok()?;
        let ran: u64 = times.split(' ').next()?.parse().ok()?;
        (name.trim() == "saqta-committer").then(|| Duration::from_nanos(ran))
    };
    tasks.filter_map(|task| time(task.unwrap().path())).sum()
}

fn time_of(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
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

/// A request with its signature by Standard Webhooks.
fn request(people: &Population) -> String {
    let number = MESSAGES.fetch_add(1, Ordering::Relaxed);
    let body = people.message(number);
    let mut mac = Hmac::<Sha256>::new_from_slice(&BASE64.decode(SECRET).unwrap()).unwrap();
    mac.update(format!("w{number}.{SIGNED_AT}.{body}").as_bytes());
    let signature = BASE64.encode(mac.finalize().into_bytes());
    format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nwebhook-id: w{number}\r\n\
         webhook-timestamp: {SIGNED_AT}\r\nwebhook-signature: v1,{signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
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
    async fn ask(&mut self, people: &Population) {
        self.stream.write_all(request(people).as_bytes()).await.unwrap();
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
