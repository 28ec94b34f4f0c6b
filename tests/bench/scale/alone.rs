//! sled alone: the same encoded values in the order of keys, in as large durable groups.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::{MAX_SCAN, Scan, Store, Tree};

use crate::child::ended;

/// What makes this program load sled alone.
pub(crate) const WORD: &str = "--alone";
/// Entries of a group, as many as an import has in its own store.
const GROUP: usize = 4_096;
/// The cache of the store that the values are read from.
const CACHE: u64 = 64 << 20;

/// What sled alone did.
#[derive(Debug)]
pub(crate) struct Alone {
    pub(crate) seconds: f64,
    /// Bytes of all keys and values.
    pub(crate) encoded: u64,
    entries: u64,
    bytes: u64,
    peak: u64,
}

impl fmt::Display for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "sled alone: {} entries in {:.1} s, {} MB on disk, peak {} MB",
            self.entries,
            self.seconds,
            self.bytes / 1_000_000,
            self.peak / 1_000_000
        )
    }
}

/// Loads what is in `store` into sled alone, in a process of its own; what it did before is noted in `folder`.
pub(crate) fn beside(store: &Path, folder: &Path) -> Alone {
    let (into, noted) = (folder.join("alone"), folder.join("alone.figures"));
    if !noted.exists() {
        let _ = std::fs::remove_dir_all(&into);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(WORD).arg(store).arg("--into").arg(&into);
        let ended = ended(command);
        let bytes = crate::child::bytes_of(&into);
        std::fs::write(&noted, format!("{} {bytes} {}", ended.written.trim(), ended.peak)).unwrap();
        std::fs::remove_dir_all(into).unwrap();
    }
    let figures = figures(&noted);
    Alone {
        seconds: figures[0],
        encoded: whole(figures[1]),
        entries: whole(figures[2]),
        bytes: whole(figures[3]),
        peak: whole(figures[4]),
    }
}

/// The figures that a file holds.
pub(crate) fn figures(path: &Path) -> Vec<f64> {
    let text = std::fs::read_to_string(path).unwrap();
    text.split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
pub(crate) fn whole(figure: f64) -> u64 {
    figure as u64
}

/// The other process: prints seconds, bytes of keys and values, entries.
pub(crate) fn run(store: &Path, into: &Path) {
    let options = SledOptions {
        cache_bytes: CACHE,
        read_deadline: Duration::from_secs(60),
        ..SledOptions::default()
    };
    let from = SledStore::open(store, options).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = sled::Config::new().path(into).flush_every_ms(None);
    let db = config.open().unwrap();
    let log = File::open(into.join("db")).unwrap();
    let (mut took, mut encoded, mut entries) = (Duration::ZERO, 0, 0);
    for tree in [Tree::People, Tree::Births, Tree::Clinics, Tree::Phones] {
        let to = db.open_tree(tree.name()).unwrap();
        let mut after = None;
        loop {
            let scan = Scan {
                after: after.take(),
                ..Scan::of(tree, GROUP.min(MAX_SCAN))
            };
            let page = runtime.block_on(from.scan(scan)).unwrap();
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            encoded += page
                .iter()
                .map(|(key, value)| key.len() + value.len())
                .sum::<usize>();
            entries += page.len();
            let started = Instant::now();
            for (key, value) in page {
                to.insert(key, value).unwrap();
            }
            db.flush().unwrap();
            log.sync_data().unwrap();
            took += started.elapsed();
        }
    }
    println!("{} {encoded} {entries}", took.as_secs_f64());
}
