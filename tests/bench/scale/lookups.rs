//! Status queries in the process that holds the store, cold and warm, and how long it takes to open.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::{Advice, fadvise};
use saqta_data::clock::Clock;
use saqta_data::iin::Iin;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::store::sled::{SledOptions, SledStore};

use crate::child::ended;

/// What makes this program look people up.
pub(crate) const WORD: &str = "--lookups";

/// How it went: times in microseconds.
#[derive(Debug)]
pub(crate) struct Looked {
    open: f64,
    cold: (f64, f64),
    warm: (f64, f64),
    peak: u64,
}

impl Looked {
    /// Cells of the table.
    pub(crate) fn row(&self) -> String {
        format!(
            "{:.1} / {:.1} us warm, {:.0} us p99 cold; {} MB | {}",
            self.warm.0,
            self.warm.1,
            self.cold.1,
            self.peak / 1_000_000,
            self.opening()
        )
    }

    /// A cell.
    pub(crate) fn opening(&self) -> String {
        format!("{:.2} s", self.open / 1e6)
    }
}

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "open in {:.2} s; status cold {:.1} us (median), {:.1} us (p99); warm {:.1} us, {:.1} us; peak {} MB",
            self.open / 1e6,
            self.cold.0,
            self.cold.1,
            self.warm.0,
            self.warm.1,
            self.peak / 1_000_000
        )
    }
}

/// Looks the people of the file `iins` up in a process of its own.
pub(crate) fn beside(store: &Path, iins: &Path) -> Looked {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(WORD).arg(store).arg("--iins").arg(iins);
    let ended = ended(command);
    let figures: Vec<f64> = ended
        .written
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    Looked {
        open: figures[0],
        cold: (figures[1], figures[2]),
        warm: (figures[3], figures[4]),
        peak: ended.peak,
    }
}

/// The other process: prints the times to open, and median and p99 of both rounds.
pub(crate) fn run(store: &Path, iins: &Path) {
    let iins = std::fs::read_to_string(iins).unwrap();
    let iins: Vec<Iin> = iins.lines().map(|line| Iin::parse(line).unwrap()).collect();
    forget(store);
    let started = Instant::now();
    let opened = Arc::new(SledStore::open(store, SledOptions::default()).unwrap());
    let open = started.elapsed();
    let clock = Clock::noon("2026-11-22".parse().unwrap());
    let day = clock.today();
    let office = Office::new(opened, Arc::new(Law::builtin().unwrap()), clock);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let round = || {
        runtime.block_on(async {
            let mut times = Vec::with_capacity(iins.len());
            for iin in &iins {
                let started = Instant::now();
                let person = office.person(*iin).await.unwrap().unwrap();
                std::hint::black_box(office.coverage(&person, day));
                times.push(started.elapsed());
            }
            times.sort_unstable();
            times
        })
    };
    let (cold, warm) = (round(), round());
    let at = |times: &[Duration], percent: usize| micros(times[times.len() * percent / 100]);
    let rounds = [at(&cold, 50), at(&cold, 99), at(&warm, 50), at(&warm, 99)];
    println!(
        "{} {}",
        micros(open),
        rounds.map(|time| time.to_string()).join(" ")
    );
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Has the kernel forget the files of a folder and below.
fn forget(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            forget(&path);
        } else if let Ok(file) = std::fs::File::open(&path) {
            file.sync_data().unwrap();
            fadvise(&file, 0, None, Advice::DontNeed).unwrap();
        }
    }
}
