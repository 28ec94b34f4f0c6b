//! Citizens who text: a fixed number of messages a second over kept connections, whether or not the answers come in time. Each
//! must be told a status, or be asked to try later if the server was late; who was told one must have a line in the journal.

use std::fmt;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use saqta_data::desk::Pulse;
use serde_json::Value;

use crate::process::{Server, ask_desk, sms};

/// Connections that the messages are spread over.
const CONNECTIONS: u32 = 64;
/// What each label of a status has, in the state language.
const STATUS: &str = "САҚТАНДЫРЫЛ";
/// What is said instead by a server that is late.
const EXCUSE: &str = "Кейінірек қайталаңыз";

/// The number of the next message of this process: no load repeats a message of one before.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A load that goes on until it is stopped.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    /// The server is being killed: from now on, and not before, nobody need be answered.
    is_cut: Arc<AtomicBool>,
    started: Instant,
    citizens: Vec<JoinHandle<(Vec<Duration>, u64)>>,
}

/// What came of it.
pub(crate) struct Answered {
    elapsed: Duration,
    /// Sorted.
    took: Vec<Duration>,
    /// How many were asked to try later.
    excused: u64,
}

impl Load {
    /// Starts texting to the sandbox.
    pub(crate) fn start(gateway: SocketAddr, per_second: u32, phones: &Arc<[(String, String)]>) -> Self {
        let (stop, is_cut) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let citizens = (0..CONNECTIONS).map(|first| {
            let (stop, is_cut) = (Arc::clone(&stop), Arc::clone(&is_cut));
            let phones = Arc::clone(phones);
            let every = Duration::from_secs(1) * CONNECTIONS / per_second;
            std::thread::spawn(move || converse(gateway, every, first, &phones, (&stop, &is_cut)))
        });
        Self {
            citizens: citizens.collect(),
            stop,
            is_cut,
            started: Instant::now(),
        }
    }

    /// Kills the server that is asked, and ends.
    pub(crate) fn kill(self, server: Server) -> Answered {
        self.is_cut.store(true, Ordering::SeqCst);
        drop(server);
        self.stop()
    }

    /// Ends it.
    pub(crate) fn stop(self) -> Answered {
        self.stop.store(true, Ordering::Relaxed);
        let elapsed = self.started.elapsed();
        let (mut took, mut excused) = (Vec::new(), 0);
        for citizen in self.citizens {
            let (times, late) = citizen.join().unwrap();
            took.extend(times);
            excused += late;
        }
        took.sort_unstable();
        let answered = Answered {
            elapsed,
            took,
            excused,
        };
        let (told, late) = (answered.told(), answered.excused);
        assert!(told > late, "{told} were told a status, {late} to try later");
        answered
    }
}

impl Answered {
    /// What the journal may have of it: a line for each who was told a status, perhaps one for each who was asked to try
    /// later, and, of a server that was killed, one for each whose answer was under way.
    pub(crate) fn lines(&self, killed: bool) -> RangeInclusive<u64> {
        let cut = if killed { u64::from(CONNECTIONS) } else { 0 };
        self.told()..=self.took.len() as u64 + cut
    }

    /// How many were told a status.
    pub(crate) fn told(&self) -> u64 {
        self.took.len() as u64 - self.excused
    }
}

/// The lines in the journal of a store that is served.
pub(crate) fn lines(store: &Path) -> u64 {
    let pulse: Pulse = ask_desk(store, "/pulse", &()).unwrap();
    pulse.figures.store.entries["journal"]
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |percent: usize| self.took[self.took.len() * percent / 100].as_secs_f64() * 1_000.0;
        let per_second = u128::try_from(self.took.len()).unwrap() * 1_000 / self.elapsed.as_millis();
        let (median, late) = (at(50), at(99));
        write!(
            f,
            "{per_second} queries a second, answered in {median:.1} ms (median), {late:.1} ms (p99)"
        )?;
        match self.excused {
            0 => Ok(()),
            excused => write!(f, ", {excused} asked to try later"),
        }
    }
}

/// One connection: a message each `every`, each from the next phone.
fn converse(
    gateway: SocketAddr,
    every: Duration,
    first: u32,
    phones: &[(String, String)],
    (stop, is_cut): (&AtomicBool, &AtomicBool),
) -> (Vec<Duration>, u64) {
    let mut stream = TcpStream::connect(gateway).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let (mut took, mut excused) = (Vec::new(), 0);
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
        let written = stream.write_all((head + &body).as_bytes());
        let answer = match written.and_then(|()| read_answer(&mut answers)) {
            Ok(answer) => answer,
            Err(error) => {
                assert!(is_cut.load(Ordering::SeqCst), "a server that lives: {error}");
                break;
            }
        };
        took.push(asked.elapsed());
        excused += u64::from(is_excuse(&answer));
        due += every;
    }
    (took, excused)
}

/// Reads the body of one answer.
fn read_answer(from: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    if !line.ends_with('\n') {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        from.read_line(&mut line)?;
        if !line.ends_with('\n') {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(body)
}

/// True if an answer, which must be a good one, asks to try later.
fn is_excuse(answer: &[u8]) -> bool {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    let text = answer["messages"][0]["text"].as_str().unwrap_or_default();
    let excuse = text.contains(EXCUSE);
    assert!(excuse || text.contains(STATUS), "{answer}");
    excuse
}
