//! Citizens who text: a fixed number of messages a second over kept connections, whether or not the answers come in time.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::process::sms;

/// Connections that the messages are spread over.
const CONNECTIONS: u32 = 64;

/// The number of the next message of this process: no load repeats a message of one before.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A load that goes on until it is stopped.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    started: Instant,
    citizens: Vec<JoinHandle<Vec<Duration>>>,
}

/// What came of it.
pub(crate) struct Answered {
    elapsed: Duration,
    /// Sorted.
    took: Vec<Duration>,
}

impl Load {
    /// Starts texting to the sandbox.
    pub(crate) fn start(gateway: SocketAddr, per_second: u32, phones: &Arc<[(String, String)]>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let citizens = (0..CONNECTIONS).map(|first| {
            let (stop, phones) = (Arc::clone(&stop), Arc::clone(phones));
            let every = Duration::from_secs(1) * CONNECTIONS / per_second;
            std::thread::spawn(move || converse(gateway, every, first, &phones, &stop))
        });
        Self {
            citizens: citizens.collect(),
            stop,
            started: Instant::now(),
        }
    }

    /// Ends it.
    pub(crate) fn stop(self) -> Answered {
        self.stop.store(true, Ordering::Relaxed);
        let elapsed = self.started.elapsed();
        let took = self
            .citizens
            .into_iter()
            .flat_map(|citizen| citizen.join().unwrap());
        let mut took: Vec<Duration> = took.collect();
        took.sort_unstable();
        Answered { elapsed, took }
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |percent: usize| self.took[self.took.len() * percent / 100].as_secs_f64() * 1_000.0;
        let per_second = u128::try_from(self.took.len()).unwrap() * 1_000 / self.elapsed.as_millis();
        let (median, late) = (at(50), at(99));
        write!(
            f,
            "{per_second} queries a second, answered in {median:.1} ms (median), {late:.1} ms (p99)"
        )
    }
}

/// One connection: a message each `every`, each from the next phone.
fn converse(
    gateway: SocketAddr,
    every: Duration,
    first: u32,
    phones: &[(String, String)],
    stop: &AtomicBool,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(gateway).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut took = Vec::new();
    let mut due = Instant::now() + every * first / CONNECTIONS;
    loop {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (phone, iin) = &phones[usize::try_from(number).unwrap() % phones.len()];
        let asked = Instant::now();
        let body = sms(&format!("k{number}-{}", std::process::id()), phone, iin).to_string();
        let head = format!(
            "POST /v1/carriers/sandbox/sms HTTP/1.1\r\nhost: {gateway}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        read_answer(&mut answers);
        took.push(asked.elapsed());
        due += every;
    }
    took
}

/// Reads one answer, which must be a good one.
fn read_answer(from: &mut BufReader<TcpStream>) {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        from.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).unwrap();
}
