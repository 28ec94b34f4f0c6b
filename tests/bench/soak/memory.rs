//! How much memory the server takes as its store grows, and how much of that is the database's: it keeps where each page of
//! the store lies, whatever its cache. The same entries written to a store of our own, in the same run, tell how much that is.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use saqta_data::desk::Pulse;
use saqta_data::iin::Iin;
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::{Batch, Line, Store as _, Tree};

use crate::process::ask_desk;

/// The cache of the server and of the store beside it: small, so that it is full before anything is measured.
pub(crate) const CACHE_MIB: u64 = 16;
/// The most memory of the server for an entry, as a multiple of that of the store beside it.
const MOST_TIMES: f64 = 2.0;
/// By how much the memory may grow besides, in bytes: allocators breathe.
const BREATH: f64 = 16.0 * 1_048_576.0;
/// Messages written to the store beside the server until its cache is full, and again to measure: at most, and for each
/// message of a run so small that its own do not fill the cache either.
const WRITTEN: u64 = 150_000;
const WRITTEN_FOR_EACH: u64 = 8;
/// Messages in a batch, as in a group of the server's.
const BATCH: u64 = 200;

/// The memory for an entry of a store like the server's in this process, in bytes, for a run of so many messages.
pub(crate) fn of_an_entry(folder: &Path, messages: u64) -> f64 {
    let written = WRITTEN.min(messages * WRITTEN_FOR_EACH);
    let options = SledOptions {
        cache_bytes: CACHE_MIB << 20,
        ..SledOptions::default()
    };
    let store = SledStore::open(folder, options).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let grow = |from: u64| {
        runtime.block_on(write(&store, from..from + written));
        let entries: u64 = runtime.block_on(store.figures()).unwrap().entries.values().sum();
        (resident(std::process::id()).unwrap_or_default(), entries)
    };
    let (before, after) = (grow(0), grow(written));
    runtime.block_on(store.close()).unwrap();
    per_entry(before, after)
}

#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 bytes")]
fn per_entry(before: (u64, u64), after: (u64, u64)) -> f64 {
    after.0.saturating_sub(before.0) as f64 / after.1.saturating_sub(before.1).max(1) as f64
}

/// Writes what a message leaves behind, for these of them.
async fn write(store: &SledStore, messages: Range<u64>) {
    let iins: Vec<Iin> = (10_010_130_000..)
        .filter_map(Iin::with_check_digit)
        .take(20_000)
        .collect();
    for first in messages.step_by(usize::try_from(BATCH).unwrap()) {
        let mut batch = Batch::default();
        for number in first..first + BATCH {
            // Keys of answers are digests.
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let halves = [mixed, mixed.rotate_left(32).wrapping_mul(0xd6e8_feb8_6659_fd93)];
            let key = [&[0x50, 0x60][..], &halves.map(u64::to_be_bytes).concat()].concat();
            batch.change.push((Tree::Answers, key, Some(vec![7; 200])));
            let iin = iins[usize::try_from(number).unwrap() % iins.len()];
            batch.journal.push(Line {
                about: Some(iin),
                value: vec![9; 120],
            });
        }
        store.commit(batch).await.unwrap();
    }
}

/// The resident memory of a process, in bytes.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// The memory of the server and the entries of its store, from time to time.
#[derive(Default)]
pub(crate) struct Memory(Vec<(u64, u64)>);

impl Memory {
    pub(crate) fn note(&mut self, pid: u32, store: &Path) {
        let pulse: Pulse = ask_desk(store, "/pulse", &()).unwrap();
        let entries = pulse.figures.store.entries.values().sum();
        self.0.extend(resident(pid).map(|bytes| (bytes, entries)));
    }

    /// The means of the first and of the last fifth, which single peaks do not move.
    fn ends(&self) -> ((u64, u64), (u64, u64)) {
        let fifth = (self.0.len() / 5).max(1).min(self.0.len());
        let mean = |part: &[(u64, u64)]| {
            let count = part.len().max(1) as u64;
            let sum = part
                .iter()
                .fold((0, 0), |sum, (bytes, entries)| (sum.0 + bytes, sum.1 + entries));
            (sum.0 / count, sum.1 / count)
        };
        (mean(&self.0[..fifth]), mean(&self.0[self.0.len() - fifth..]))
    }

    /// True if it was seen to grow, and by no more than the store makes it, of which an entry takes so many bytes.
    #[expect(clippy::cast_precision_loss, reason = "far less than 2^52 bytes")]
    pub(crate) fn is_bounded(&self, entry: f64) -> bool {
        let (first, last) = self.ends();
        let (grown, entries) = (last.0.saturating_sub(first.0), last.1.saturating_sub(first.1));
        entries > 0 && grown as f64 <= entries as f64 * entry * MOST_TIMES + BREATH
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.ends();
        let most = self
            .0
            .iter()
            .map(|(bytes, _)| bytes)
            .max()
            .copied()
            .unwrap_or_default();
        write!(
            f,
            "{} MiB at {} entries, {} MiB at {}, {} MiB at the most: {:.0} bytes an entry",
            first.0 >> 20,
            first.1,
            last.0 >> 20,
            last.1,
            most >> 20,
            per_entry(first, last)
        )
    }
}
