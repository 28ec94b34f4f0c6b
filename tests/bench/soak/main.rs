//! A soak: as many messages as wanted through three carriers to the real server, which is killed (SIGKILL) again and again at
//! random. A Kannel-shaped and the generic carrier take the answer in the response; an Infobip-shaped one acknowledges, and
//! has the answers sent to it. They do what carriers do: they try again until they have an answer, send some messages twice,
//! one after the other or at once, and refuse one answer in 500 for once.
//!
//! At the end each message must have exactly one answer in the carriers' books, message by message, and one line about it in
//! the journal; each answer that was sent must have come, a second time only around a kill and once at most for each; and the
//! memory of the server must not have grown by more than the database needs for what the store holds since. (A line about a
//! failure stands beside them where the machine was too slow for the deadline.)
//!
//! `cargo bench --bench soak -- --messages 1000000 --kills 50` (default: 20,000 and 5, over 20,000 `--people`). The store is
//! made once, in `target/tmp`, and copied for each run. For the servers the run begins at noon, so that no day ends in it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

mod carrier;
mod inbox;
mod memory;
#[path = "../keys/people.rs"]
mod people;
#[path = "../../support/process.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod process;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rand::Rng;
use rustix::process::{Pid, Signal, kill_process};
use saqta_data::desk::Pulse;

use carrier::{BASIC, Books, CONNECTIONS, SECRET, Time, World};
use inbox::Inbox;
use memory::{CACHE_MIB, Memory};
use people::People;
use process::{Server, ask_desk, write};

/// The server is killed during this part of the messages, in percent; during the rest its memory is watched.
const KILLING: u64 = 60;
/// How often the memory is looked at.
const LOOK: Duration = Duration::from_millis(500);

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
    let people = People::in_store(number("--people", 20_000));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let entry = memory::of_an_entry(&folder.path().join("beside"), messages);
    println!("memory of a store alone: {entry:.0} bytes an entry");
    let store = folder.path().join("store");
    copy(&people.store, &store);
    let (inbox, sending_to) = Inbox::open();
    let config = configure(folder.path(), sending_to);
    let time = Time::noon_of_today();
    let place = Place { store, config, time };
    let server = place.start();
    let before = full_answers(&place.store);
    let world = World::new(server.gateway, messages, people.phones, (inbox, time));
    let world = Arc::new(world);
    let began = Instant::now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|worker| {
            let world = Arc::clone(&world);
            std::thread::spawn(move || carrier::work(&world, worker))
        })
        .collect();
    let (server, memory) = torment(server, &world, &place, kills);
    let mut books = Books::default();
    for thread in threads {
        books.add(thread.join().unwrap());
    }
    let lines = full_answers(&place.store) - before;
    drop(server);
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{messages} messages in {seconds:.0} s, {kills} kills: {}",
        books.report(messages, &world.inbox)
    );
    println!("lines about answers in the journal: {lines}; resident memory after the kills: {memory}");
    let good = [
        books.is_right(messages, lines),
        books.are_delivered(&world.inbox, kills),
        memory.is_bounded(entry),
    ];
    if good == [true; 3] {
        println!("exactly one answer each");
        ExitCode::SUCCESS
    } else {
        println!("WRONG: answers, deliveries, memory are right: {good:?}");
        ExitCode::FAILURE
    }
}

/// The file of the carriers; answers of one are sent to `sending_to`.
fn configure(folder: &Path, sending_to: SocketAddr) -> String {
    write(folder, "secret", SECRET);
    let text = format!(
        "cache_mib = {CACHE_MIB}\njournal_lines = 100000000\n\
         [[carriers]]\nname = \"generic\"\nkind = \"generic\"\nsecrets = [\"file:secret\"]\n\
         [[carriers]]\nname = \"infobip\"\nkind = \"infobip\"\nbasic = \"file:basic\"\n\
         send_url = \"http://{sending_to}/sms/3/messages\"\nsend_password = \"file:basic\"\nsend_from = \"1414\"\n"
    );
    write(folder, "basic", BASIC);
    write(folder, "saqta.toml", &text)
}

/// Where the server is started.
struct Place {
    store: PathBuf,
    config: String,
    time: Time,
}

impl Place {
    fn start(&self) -> Server {
        let now = chrono::DateTime::from_timestamp_millis(self.time.now().millis()).unwrap();
        let now = now.to_rfc3339();
        Server::start_with(
            &self.store,
            &["--sandbox", "--config", &self.config],
            &[("SAQTA_NOW", &now)],
        )
    }
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
fn torment(mut server: Server, world: &World, place: &Place, kills: u64) -> (Server, Memory) {
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
        world.inbox.begin_life();
        server = place.start();
        world.moved_to(server.gateway);
    }
    // Caches are warm once a sixth of the rest went by.
    let mut memory = Memory::default();
    let warm = killing + (world.messages - killing) / 6;
    wait_until(world, warm);
    loop {
        memory.note(server.child.id(), &place.store);
        if world.answered.load(Ordering::SeqCst) >= world.messages {
            break;
        }
        std::thread::sleep(LOOK);
    }
    (server, memory)
}

fn wait_until(world: &World, count: u64) {
    while world.answered.load(Ordering::SeqCst) < count {
        std::thread::sleep(Duration::from_millis(1));
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
