//! Crashes: the real server under everything that writes at once - SMS, imports row by row and sorted, an operator,
//! compactions, backups - is killed (SIGKILL) at random instants, and often once more while it opens the store again. After
//! each life `saqta check` must be clean, and beside what was there before it all that was acknowledged in it: each answer
//! with its journal line, each row, each note; and no more than what was under way besides. The last backup that was
//! acknowledged must be restored to a store of which the same holds. A run of enough kills must have hit all that can be cut.
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

use load::{
    Acknowledged, Counts, Crowd, Demand, Found, Load, generations, kill_opening, verify, verify_backup,
};
use process::Server;
use rand::Rng;

/// The longest that a server lives after it answers, in milliseconds.
const LIFE_MS: u64 = 3_000;
/// The longest that one lives which is killed while it opens the store, in milliseconds from its start.
const OPENING_MS: u64 = 200;
/// One of so many kills is followed by one while the store is opened.
const OPENINGS: u32 = 2;
/// People that the load is about, whose registry is several pieces when it is sorted; and where the power is cut, by a build
/// without optimizations.
const CROWD: usize = 10_000;
const SMALL_CROWD: usize = 2_000;
/// How often it is killed, if nothing else is said.
const USUAL: u64 = 20;
/// From so many kills on, each kind of cut must be among them.
const MANY: u64 = 50;
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
        ["verify", dir, acked] => verify_cut(Path::new(dir), acked.parse().unwrap()),
        ["--kills", kills] => kill_often(kills.parse().unwrap()),
        [] => kill_often(USUAL),
        _ => {
            println!("say --kills and how many");
            ExitCode::FAILURE
        }
    }
}

/// What was hit, beside what the load counts.
#[derive(Default)]
struct Hit {
    /// Servers that were opening the store.
    openings: u64,
    /// Stores in which two folders with data lay.
    in_compaction: u64,
    /// Backups restored, which is no cut.
    restored: u64,
}

fn kill_often(kills: u64) -> ExitCode {
    let dir = tempfile::Builder::new()
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .unwrap();
    let store = dir.path().join("store");
    people::import(dir.path(), &store);
    let crowd = Crowd::import(CROWD, dir.path(), &store);
    let (started, counts) = (Instant::now(), Counts::default());
    let (mut base, mut hit) = (Found::default(), Hit::default());
    for life in 1..=kills {
        match live_and_die(dir.path(), &store, &crowd, (life, &base), &counts, &mut hit) {
            Ok(found) => base = found,
            Err(wrong) => {
                // What it looked like is worth more than further kills.
                let kept = dir.keep();
                println!("kill {life}: WRONG: {wrong}\nkept in {}", kept.display());
                return ExitCode::FAILURE;
            }
        }
        if life % 10 == 0 || life == kills {
            let answers: u64 = base.answers.values().sum();
            println!(
                "kill {life}: {answers} answers, {} notes, {} registries, {} names; {}; {:?}",
                base.notes,
                base.imports,
                base.named,
                counts.long(),
                started.elapsed()
            );
        }
    }
    tell(kills, &base, &counts, &hit)
}

/// One life of a server, and what the store has after it.
fn live_and_die(
    dir: &Path,
    store: &Path,
    crowd: &Crowd,
    (life, base): (u64, &Found),
    counts: &Counts,
    hit: &mut Hit,
) -> Result<Found, String> {
    let mut rng = rand::rng();
    counts.begin(base);
    let server = Server::start(store);
    let load = Load {
        store,
        gateway: server.gateway,
        dir,
        life,
        crowd,
        counts,
    };
    std::thread::scope(|scope| {
        scope.spawn(|| load.run());
        std::thread::sleep(Duration::from_millis(rng.random_range(1..LIFE_MS)));
        counts.kill(server);
        hit.in_compaction += u64::from(generations(store) > 1);
    });
    if rng.random_ratio(1, OPENINGS) {
        let after = Duration::from_millis(rng.random_range(0..OPENING_MS));
        hit.openings += u64::from(kill_opening(store, after));
    }
    let now = counts.now();
    let demand = Demand {
        base,
        life,
        least: now,
        most: Some(now),
    };
    let found = verify(store, crowd, &demand)?;
    hit.restored += u64::from(verify_backup(dir, crowd, counts, &demand)?);
    Ok(found)
}

/// Says what was hit; if there were enough kills, it must be something of each kind. Of what was never written nothing is shown.
fn tell(kills: u64, base: &Found, counts: &Counts, hit: &Hit) -> ExitCode {
    let long = counts.long();
    let hits = [
        ("servers opening the store", hit.openings),
        ("stores between two folders with data", hit.in_compaction),
        ("compactions cut", long.compactions.cut()),
        ("compactions completed", long.compactions.whole),
        ("backups cut", long.backups.cut()),
        ("backups restored", hit.restored),
        ("sorted imports cut", long.sorted.cut()),
        ("sorted imports completed", long.sorted.whole),
    ];
    for (what, count) in hits {
        println!("  {count} {what}");
    }
    if base.answers.is_empty() || base.notes.min(base.imports).min(base.named) == 0 {
        println!("WRONG: something was never written, so nothing is shown of it");
        return ExitCode::FAILURE;
    }
    let missed = hits.iter().any(|(_, count)| *count == 0);
    if missed && kills >= MANY {
        println!("WRONG: so many kills must hit each of them");
        return ExitCode::FAILURE;
    }
    println!("{kills} kills: all there, all sound");
    ExitCode::SUCCESS
}

/// Founds a store and writes to it until it is stopped. Each line has what is acknowledged by then, and how many compactions
/// were begun and completed.
fn write_for_ever(dir: &Path) -> ExitCode {
    let files = tempfile::tempdir().unwrap();
    people::import(files.path(), dir);
    let crowd = Crowd::import(SMALL_CROWD, files.path(), dir);
    let server = Server::start(dir);
    let counts = Counts::default();
    let load = Load {
        store: dir,
        gateway: server.gateway,
        dir: files.path(),
        life: 1,
        crowd: &crowd,
        counts: &counts,
    };
    std::thread::scope(|scope| {
        scope.spawn(|| load.run());
        let mut last = String::new();
        loop {
            std::thread::sleep(SAY);
            if counts.is_wrong() {
                // The others go on for ever; what is wrong is on standard error.
                std::process::exit(1);
            }
            let compactions = counts.long().compactions;
            let now = format!("{} {} {}", counts.now(), compactions.begun, compactions.whole);
            if now != last {
                println!("{now}");
                std::io::stdout().flush().unwrap();
                last = now;
            }
        }
    })
}

/// Looks into a store under whose writer the power was cut.
fn verify_cut(dir: &Path, least: Acknowledged) -> ExitCode {
    let demand = Demand {
        base: &Found::default(),
        life: 1,
        least,
        most: None,
    };
    match verify(dir, &Crowd::of(SMALL_CROWD), &demand) {
        Ok(_) => ExitCode::SUCCESS,
        Err(wrong) => {
            println!("{wrong}");
            ExitCode::FAILURE
        }
    }
}
