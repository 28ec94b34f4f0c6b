//! Crashes: the real server under everything that writes at once - SMS, imports, an operator, compactions, backups - is
//! killed (SIGKILL) at random instants. After each kill `saqta check` must be clean and all that was acknowledged there:
//! each answer with its journal line, each row, each note; and no more than what was under way besides. The last backup that
//! was acknowledged must be restored to a store of which the same holds.
//!
//! ```text
//! cargo bench --bench crash -- --kills 200          (default: 20)
//! cargo bench --bench crash -- write DIR            writes until it is stopped; prints what is acknowledged, for power cuts
//! cargo bench --bench crash -- verify DIR ACKED     exits 0 if the store in DIR is sound and has it
//! ```
//!
//! `tests/power/cut.sh` cuts the power under `write` and has `verify` look.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

#[path = "../../support/load.rs"]
mod load;
#[path = "../../e2e/people.rs"]
#[expect(dead_code, reason = "stories need more of them")]
mod people;
#[path = "../../support/process.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod process;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use load::{Acknowledged, Counts, load, verify, verify_backup};
use process::Server;
use rand::Rng;

/// The longest that a server lives after it answers, in milliseconds.
const LIFE_MS: u64 = 1_500;
/// How often it is killed, if nothing else is said.
const USUAL: u64 = 20;
/// How often `write` says what is acknowledged.
const SAY: Duration = Duration::from_millis(5);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        // `cargo test --benches` asks for a list; there is nothing in it.
        _ if words.contains(&"--list") => ExitCode::SUCCESS,
        ["write", dir] => write_for_ever(Path::new(dir)),
        ["verify", dir, acked] => match verify(Path::new(dir), acked.parse().unwrap(), None) {
            Ok(()) => ExitCode::SUCCESS,
            Err(missing) => {
                println!("{missing}");
                ExitCode::FAILURE
            }
        },
        ["--kills", kills] => kill_often(kills.parse().unwrap()),
        _ => kill_often(USUAL),
    }
}

fn kill_often(kills: u64) -> ExitCode {
    let dir = tempfile::Builder::new()
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .unwrap();
    let store = dir.path().join("store");
    people::import(dir.path(), &store);
    let (started, mut rng, counts) = (Instant::now(), rand::rng(), Counts::default());
    let (mut wrong, mut restored) = (0, 0);
    for life in 1..=kills {
        let server = Server::start(&store);
        std::thread::scope(|scope| {
            let gateway = server.gateway;
            let (store, dir, counts) = (&store, dir.path(), &counts);
            scope.spawn(move || load(store, gateway, dir, life, counts));
            let pause = rng.random_range(1..LIFE_MS);
            std::thread::sleep(Duration::from_millis(pause));
            drop(server);
        });
        let verified =
            verify(&store, counts.now(), Some(life)).and_then(|()| verify_backup(dir.path(), &counts));
        match verified {
            Ok(is_new) => restored += u64::from(is_new),
            Err(missing) => {
                wrong += 1;
                println!("kill {life}: WRONG: {missing}");
            }
        }
        if life % 10 == 0 || life == kills {
            let (now, rewritten) = (counts.now(), counts.rewritten());
            println!(
                "kill {life}: {now:?}; {rewritten}; {wrong} wrong, {:?}",
                started.elapsed()
            );
        }
    }
    let now = counts.now();
    // Of a few kills each may come before the first backup is whole.
    let is_shown = now.answers.min(now.imports).min(now.notes) > 0 && (restored > 0 || kills < USUAL);
    println!(
        "{kills} kills, {now:?}; {}, {restored} restored: {}",
        counts.rewritten(),
        match (wrong, is_shown) {
            (0, true) => "all there, all sound",
            (0, false) => "WRONG: something was never acknowledged, so nothing is shown of it",
            _ => "WRONG",
        }
    );
    if wrong == 0 && is_shown {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Founds a store, or goes on with one that was filled, and writes to it until it is stopped.
fn write_for_ever(dir: &Path) -> ExitCode {
    let files = tempfile::tempdir().unwrap();
    people::import(files.path(), dir);
    let server = Server::start(dir);
    let counts = Counts::default();
    std::thread::scope(|scope| {
        scope.spawn(|| load(dir, server.gateway, files.path(), 1, &counts));
        let mut last = Acknowledged::default();
        loop {
            std::thread::sleep(SAY);
            let now = counts.now();
            if now != last {
                println!("{now}");
                std::io::stdout().flush().unwrap();
                last = now;
            }
        }
    })
}
