//! A long run: citizens who text all the time, registries that come in, notes of an operator, backups and compactions, all at
//! once, minute after minute. Memory, files and answer times are to be as flat at its end as at its beginning, which the table
//! shows. Then the server is killed, and everything acknowledged must be there: the line of each answer, each note, the rows of
//! the last registry; the store must be sound, and so must be what the last backup is restored to.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use saqta_data::desk::{Card, Deed, DeskError, Pulse, Work};
use saqta_data::iin::Iin;

use crate::child::{Rows, bytes_of, ended, resident};
use crate::load::Load;
use crate::megabytes;
use crate::process::{Server, ask_desk, done, run as run_saqta, saqta};
use crate::registries::Registries;

/// How much comes in, and how often.
pub(crate) struct Pace {
    /// Texts a second.
    texts: u32,
    /// Rows of each registry.
    rows: usize,
    /// From the begin of one registry to that of the next.
    registry_every: Duration,
    /// A backup and a compaction after so many registries.
    upkeep_every: u64,
    /// How long one row of the table takes.
    row: Duration,
}

impl Pace {
    /// 2.4 million rows an hour, what a month brings to 4.8 million people; a row of the table each minute.
    pub(crate) const HOUR: Self = Self {
        texts: 300,
        rows: 20_000,
        registry_every: Duration::from_secs(30),
        upkeep_every: 20,
        row: Duration::from_secs(60),
    };
    /// Seconds of a row of the table of [`Self::SHORT`].
    pub(crate) const SHORT_ROW: u32 = 10;
    /// The same among a few thousand people, with a backup and a compaction every few seconds, on a machine busy with CI.
    pub(crate) const SHORT: Self = Self {
        texts: 50,
        rows: 400,
        registry_every: Duration::from_secs(2),
        upkeep_every: 3,
        row: Duration::from_secs(Self::SHORT_ROW as u64),
    };
}

/// What was acknowledged beside the answers.
#[derive(Default)]
struct Written {
    registries: u64,
    rows: u64,
    notes: u64,
    /// Backups, each with a compaction after it.
    upkeeps: u64,
    /// The last registry, and the last backup.
    last: Option<(PathBuf, u64)>,
    backup: Option<PathBuf>,
}

/// Runs until the table has so many rows.
pub(crate) fn run(registries: &Registries, store: &Path, pace: &Pace, rows: u32) {
    let server = Server::start(store);
    let before = entries(store);
    let (over, written) = (AtomicBool::new(false), Mutex::new(Written::default()));
    let mut lines = 0..=0;
    println!("| row | answered | resident memory | store | registries |");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let started = Instant::now();
                write(registries, store, pace, &written);
                std::thread::sleep(pace.registry_every.saturating_sub(started.elapsed()));
            }
        });
        for row in 1..=rows {
            let load = Load::start(server.gateway, pace.texts, &registries.phones);
            std::thread::sleep(pace.row);
            let answered = load.stop();
            let more = answered.lines(false);
            lines = lines.start() + more.start()..=lines.end() + more.end();
            println!(
                "| {row} | {answered} | {} | {} | {} |",
                megabytes(resident(server.child.id()).unwrap_or_default()),
                megabytes(bytes_of(store)),
                written.lock().unwrap().registries
            );
        }
        over.store(true, Ordering::Relaxed);
    });
    // Dropped, it is killed.
    drop(server);
    let server = Server::start(store);
    let after = entries(store);
    drop(server);
    let written = written.into_inner().unwrap();
    assert_eq!(after.notes - before.notes, written.notes);
    // Each backup and each compaction has a line, too.
    let found = after.journal - before.journal - written.notes - 2 * written.upkeeps;
    assert!(lines.contains(&found), "{found} lines of {lines:?} answers");
    verify(store, written);
}

/// Entries of a store that is served.
struct Entries {
    journal: u64,
    notes: u64,
}

fn entries(store: &Path) -> Entries {
    let pulse: Pulse = ask_desk(store, "/pulse", &()).unwrap();
    let entries = pulse.figures.store.entries;
    Entries {
        journal: entries["journal"],
        notes: entries["notes"],
    }
}

/// A registry, a note, and now and then a backup and a compaction; each must be acknowledged.
fn write(registries: &Registries, store: &Path, pace: &Pace, written: &Mutex<Written>) {
    let round = written.lock().unwrap().registries;
    let (file, rows, iin) = registries.some_of_month(round, pace.rows);
    let came = import(store, &file);
    // A run before may have had this number.
    assert_eq!((came.accepted + came.repeated, came.refused), (rows, 0));
    note(store, &iin, round);
    let path = store.to_str().unwrap();
    let is_upkeep = round % pace.upkeep_every == pace.upkeep_every - 1;
    let backup = store.with_file_name("hour.backup");
    if is_upkeep {
        ended(saqta(&["backup", "--store", path, backup.to_str().unwrap()]));
        ended(saqta(&["compact", "--store", path]));
    }
    let mut written = written.lock().unwrap();
    written.registries += 1;
    written.rows += rows;
    written.notes += 1;
    written.last = Some((file, rows));
    if is_upkeep {
        written.upkeeps += 1;
        written.backup = Some(backup);
    }
}

fn import(store: &Path, file: &Path) -> Rows {
    let store = store.to_str().unwrap();
    ended(saqta(&["import", "--store", store, file.to_str().unwrap()])).rows()
}

fn note(store: &Path, iin: &str, round: u64) {
    let deed = Deed::Note {
        text: format!("note {round}"),
    };
    let iin = Some(Iin::parse(iin).unwrap());
    let noted: Result<Option<Card>, DeskError> = ask_desk(store, "/work", &Work { iin, deed });
    assert!(noted.unwrap().is_some());
}

/// Looks whether what was written is in the store, and the store and its last backup are sound.
fn verify(store: &Path, written: Written) {
    let check = |store: &Path| done(run_saqta(&["check", "--store", store.to_str().unwrap()]));
    print!("{}", check(store));
    let (file, rows) = written.last.unwrap();
    let again = import(store, &file);
    assert_eq!((again.accepted, again.repeated), (0, rows), "rows were lost");
    assert!(written.upkeeps > 0, "too short a run for a backup");
    let backup = written.backup.unwrap();
    let restored = store.with_file_name("hour.restored");
    let _ = std::fs::remove_dir_all(&restored);
    done(run_saqta(&[
        "restore",
        "--store",
        restored.to_str().unwrap(),
        backup.to_str().unwrap(),
    ]));
    check(&restored);
    std::fs::remove_dir_all(restored).unwrap();
    std::fs::remove_file(backup).unwrap();
    println!(
        "{} registries of {} rows, {} notes, {} backups and compactions: all there, all sound",
        written.registries, written.rows, written.notes, written.upkeeps
    );
}
