//! A soak: as many messages as wanted through the Kannel-shaped and the generic webhook of the real server, which is killed
//! (SIGKILL) again and again at random. The carriers do what carriers do: they try again until they have an answer, and
//! send some messages twice, one after the other or at once. At the end each message must have exactly one answer in the
//! carriers' books and one line about it in the journal, and the memory of the server must be flat. (A line about a
//! failure stands beside them where the machine was too slow for the deadline.)
//!
//! `cargo bench --bench soak -- --messages 1000000 --kills 50` (default: 20,000 and 5). The store is made once, in
//! `target/tmp`, and copied for each run.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

mod carrier;
#[path = "../keys/people.rs"]
mod people;
#[path = "../../support/process.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod process;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rand::Rng;
use rustix::process::{Pid, Signal, kill_process};
use saqta_data::clock::Clock;
use saqta_data::desk::Pulse;

use carrier::{Books, SECRET, World};
use people::People;
use process::{Server, ask_desk, write};

/// People in the store.
const PEOPLE: u64 = 20_000;
/// Connections of the carriers.
const CONNECTIONS: usize = 48;
/// The server has a small cache of pages, so that it is full before its memory is watched. It is killed during this part of the messages, in percent; during the rest its memory is watched.
const KILLING: u64 = 60;
/// The most by which the memory may grow during the rest, in percent: allocators and caches breathe.
const FLAT: u64 = 15;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` asks for a list; there is nothing in it.
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let number = |name: &str, usual: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map_or(usual, |at| arguments[at + 1].parse().unwrap())
    };
    let (messages, kills) = (number("--messages", 20_000), number("--kills", 5));
    let people = People::in_store(PEOPLE);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = folder.path().join("store");
    copy(&people.store, &store);
    let carriers = "cache_mib = 64\njournal_lines = 100000000\n[[carriers]]\nname = \"generic\"\nkind = \"generic\"\nsecrets = [\"file:secret\"]\n";
    write(folder.path(), "secret", SECRET);
    let config = write(folder.path(), "saqta.toml", carriers);
    let server = start(&store, &config);
    let before = full_answers(&store);
    let world = Arc::new(World::new(server.gateway, messages, people.phones));
    let began = Instant::now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|first| {
            let world = Arc::clone(&world);
            std::thread::spawn(move || carrier::work(&world, first, CONNECTIONS))
        })
        .collect();
    let (server, memory) = torment(server, &world, (&store, &config), kills);
    let mut books = Books::default();
    for thread in threads {
        books.add(&thread.join().unwrap());
    }
    let lines = full_answers(&store) - before;
    drop(server);
    let seconds = began.elapsed().as_secs_f64();
    println!("{messages} messages in {seconds:.0} s, {kills} kills; {books}");
    println!("lines about answers in the journal: {lines}; resident memory after the kills: {memory}");
    let good = books.is_right(messages, lines) && memory.is_flat();
    println!("{}", if good { "exactly one answer each" } else { "WRONG" });
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn start(store: &Path, config: &str) -> Server {
    // Signatures are of this machine's time.
    let now = chrono::DateTime::from_timestamp_millis(Clock::system().now().millis()).unwrap();
    let variables = [("SAQTA_NOW", now.to_rfc3339())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    Server::start_with(store, &["--sandbox", "--config", config], &variables)
}

/// The lines of today about answers that told something, once the count has caught up with the journal.
fn full_answers(store: &Path) -> u64 {
    let count = || {
        let pulse: Pulse = ask_desk(store, "/pulse", &()).unwrap();
        pulse.today.outcomes.get("full").copied().unwrap_or_default()
    };
    let mut last = count();
    process::wait_for("the count of the day stands still", || {
        std::thread::sleep(Duration::from_secs(3));
        let now = count();
        (std::mem::replace(&mut last, now) == now).then_some(now)
    })
}

/// Kills and restarts the server while messages flow, then watches its memory until all are answered.
fn torment(mut server: Server, world: &World, place: (&Path, &str), kills: u64) -> (Server, Memory) {
    let mut random = rand::rng();
    let killing = world.messages * KILLING / 100;
    let mut at: Vec<u64> = (0..kills)
        .map(|_| random.random_range(0..killing.max(1)))
        .collect();
    at.sort_unstable();
    for count in at {
        wait_until(world, count);
        // Not only between messages: at any instant of one.
        std::thread::sleep(Duration::from_micros(random.random_range(0..5_000)));
        let pid = Pid::from_raw(i32::try_from(server.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        let _ = server.child.wait();
        drop(server);
        server = start(place.0, place.1);
        world.moved_to(server.gateway);
    }
    // Caches are warm once a sixth of the rest went by.
    let mut memory = Memory::default();
    let warm = killing + (world.messages - killing) / 6;
    wait_until(world, warm);
    while world.answered.load(Ordering::SeqCst) < world.messages {
        memory.note(server.child.id());
        std::thread::sleep(Duration::from_millis(200));
    }
    (server, memory)
}

fn wait_until(world: &World, count: u64) {
    while world.answered.load(Ordering::SeqCst) < count {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The resident memory of the server, in MiB: at the beginning, at the end, and the most.
#[derive(Default)]
struct Memory(Vec<u64>);

impl Memory {
    fn note(&mut self, pid: u32) {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        self.0.extend(kib.map(|kib| kib / 1_024));
    }

    /// The mean of the first and of the last fifth, which single peaks do not move.
    fn ends(&self) -> (u64, u64) {
        let fifth = (self.0.len() / 5).max(1);
        let mean = |part: &[u64]| part.iter().sum::<u64>() / part.len().max(1) as u64;
        (
            mean(&self.0[..fifth.min(self.0.len())]),
            mean(&self.0[self.0.len().saturating_sub(fifth)..]),
        )
    }

    fn is_flat(&self) -> bool {
        let (first, last) = self.ends();
        last * 100 <= first * (100 + FLAT)
    }
}

impl std::fmt::Display for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, last) = self.ends();
        let most = self.0.iter().max().copied().unwrap_or_default();
        write!(
            f,
            "{first} MiB at first, {last} MiB at last, {most} MiB at the most"
        )
    }
}

/// Copies a folder of files.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
