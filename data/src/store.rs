//! The store: a few ordered trees of bytes, read at once and changed only through atomic, durable batches.
//!
//! Several gateways may share one store, so whatever must agree between them is decided when a batch is applied:
//! a batch states what it has read ([`Batch::expect`]), what it counts ([`Batch::count`]) and what it changes, and
//! is applied whole or not at all. An answer may leave the process only after [`Store::commit`] has returned.

use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use self::copy::{Compacted, Progress, Sink};
pub(crate) use self::group::Counters;
use self::unit::Record as _;

pub mod codec;
pub mod contract;
pub mod copy;
mod group;
pub mod memory;
pub(crate) mod packed;
mod person;
pub mod sled;
pub mod unit;

/// A tree of the store. Adding one is a change of the store's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// IIN (u64, big endian) -> [`crate::person::Person`].
    People,
    /// Birth date (days from CE, i32 big endian), then IIN -> nothing: finds people whose IIN does not say that date.
    Births,
    /// Clinic code -> [`crate::person::Clinic`].
    Clinics,
    /// MSISDN (u64, big endian) -> [`crate::office::Phone`]: bindings and wishes of the owner.
    Phones,
    /// MSISDN -> the conversation with that phone; the gateway says what is in it.
    Dialogs,
    /// Day (u16 big endian), then digest of a message -> the answer it got; kept 48 hours.
    Answers,
    /// Day (u16 big endian), then whom it limits, and in which minute or hour -> what was counted. Under days to come: which
    /// text a carrier's id of an SMS stands for, until then.
    Limits,
    /// Sequence number (u64, big endian) -> [`crate::journal::Entry`], in the order of commits.
    Journal,
    /// IIN, then sequence number -> nothing: the journal lines about one person.
    Asked,
    /// Name -> setting: data date and the like. `format` and `counters` are the store's own; no batch may set them.
    Settings,
    /// IIN, then time (i64 milliseconds, big endian) -> [`crate::desk::Note`].
    Notes,
    /// Number (u64, big endian) -> an import as operators see it, and its first refused rows.
    Imports,
    /// Digest of a carrier instance (u64, big endian), then a number in the order of writing -> an SMS that it is to send;
    /// the gateway says what is in it.
    Outbox,
}

impl Tree {
    /// Every tree, in the order of their counters: append only.
    pub const ALL: [Self; 13] = [
        Self::People,
        Self::Births,
        Self::Clinics,
        Self::Phones,
        Self::Dialogs,
        Self::Answers,
        Self::Limits,
        Self::Journal,
        Self::Asked,
        Self::Settings,
        Self::Notes,
        Self::Imports,
        Self::Outbox,
    ];

    /// The name of the tree in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Births => "births",
            Self::Clinics => "clinics",
            Self::Phones => "phones",
            Self::Dialogs => "dialogs",
            Self::Answers => "answers",
            Self::Limits => "limits",
            Self::Journal => "journal",
            Self::Asked => "asked",
            Self::Settings => "settings",
            Self::Notes => "notes",
            Self::Imports => "imports",
            Self::Outbox => "outbox",
        }
    }
}

/// A key of a tree, at most [`MAX_KEY_BYTES`] long.
pub type Key = Vec<u8>;
/// A value, at most [`MAX_VALUE_BYTES`] long.
pub type Value = Vec<u8>;

/// The longest key.
pub const MAX_KEY_BYTES: usize = 128;
/// The longest value: a person with the most rows allowed fits.
pub const MAX_VALUE_BYTES: usize = 4 << 20;
/// The longest batch, keys and values together; an import commits far smaller ones.
pub const MAX_BATCH_BYTES: usize = 64 << 20;
/// The most entries that one scan returns.
pub const MAX_SCAN: usize = 10_000;
/// The most reads made together: a message needs about a dozen.
pub const MAX_READS: usize = 64;

/// The direction of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// From the lowest key on.
    Ascending,
    /// From the highest key down.
    Descending,
}

/// What to scan: keys with `prefix`, beyond `after` (exclusive) in the direction of `order`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The tree.
    pub tree: Tree,
    /// What every key starts with; empty: the whole tree.
    pub prefix: Key,
    /// The last key of the page before.
    pub after: Option<Key>,
    /// The direction.
    pub order: Order,
    /// How many entries at most; more than [`MAX_SCAN`] is taken as that.
    pub limit: usize,
}

impl Scan {
    /// All of `tree` from the start on, `limit` entries at most.
    #[must_use]
    pub const fn of(tree: Tree, limit: usize) -> Self {
        Self {
            tree,
            prefix: Vec::new(),
            after: None,
            order: Order::Ascending,
            limit,
        }
    }
}

/// One of several reads that are made together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Of a key: finds one entry, or none.
    Key(Tree, Key),
    /// Of a page.
    Page(Scan),
}

/// A key that a batch counts up by one; the batch is refused if the count has reached `max` before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The key in [`Tree::Limits`].
    pub key: Key,
    /// The most it may count to.
    pub max: u32,
}

/// A line for the journal; the store gives it its sequence number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The person it is about: its number becomes a key of [`Tree::Asked`].
    pub about: Option<crate::iin::Iin>,
    /// The encoded [`crate::journal::Entry`].
    pub value: Value,
}

/// Changes that are applied whole or not at all, in one step that nothing comes between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Keys that must still hold these values (`None`: must be absent).
    pub expect: Vec<(Tree, Key, Option<Value>)>,
    /// Counters that must not be exhausted.
    pub count: Vec<Counter>,
    /// Keys to set, or to remove (`None`).
    pub change: Vec<(Tree, Key, Option<Value>)>,
    /// Journal lines to append.
    pub journal: Vec<Line>,
    /// True if it removes what must not be kept: done even on a disk too full for anything else, since room comes of it.
    pub removes: bool,
}

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Something the batch had read was changed since; read again and try again.
    #[error("the data changed meanwhile; try again")]
    Conflict,
    /// A counter of the batch is exhausted: its position in [`Batch::count`].
    #[error("limit {0} is reached")]
    LimitReached(usize),
    /// A value written by another version of the program, or damaged.
    #[error("{what} in the store cannot be read: {reason}")]
    Value {
        /// What kind of value.
        what: &'static str,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// The store cannot be opened.
    #[error("cannot open the store {path}: {reason}")]
    Open {
        /// The path given.
        path: String,
        /// What is wrong, and what to do.
        reason: String,
        /// What its files may still be good for.
        left: Left,
    },
    /// The store is held by another process or another part of this one.
    #[error("the store {path} is in use: {holder}")]
    Held {
        /// The path given.
        path: String,
        /// Who holds it, as far as known, and what to do.
        holder: String,
    },
    /// The disk or the database failed. Nothing of the batch is acknowledged.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The disk is nearly full. Nothing of the batch was applied; the store goes on once there is room.
    #[error("the disk has only {left_mib} MiB left, so nothing was written; make room and try again")]
    Full {
        /// What is left, in MiB.
        left_mib: u64,
    },
    /// The store does such a thing already, and one at a time.
    #[error("{0} is under way; wait until it is done")]
    Busy(&'static str),
    /// The answer did not come within the store's deadline.
    #[error("the store is too slow to answer just now")]
    Slow,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

/// What can be had of a store that cannot be opened, by reading its files as they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing that is known of.
    Nothing,
    /// Some of it.
    Part,
    /// All: only writing is not possible.
    Whole,
}

/// Figures of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoreFigures {
    /// Entries per tree name, from counters kept with the data.
    pub entries: std::collections::BTreeMap<String, u64>,
    /// Bytes on disk; 0 for a store in memory.
    pub disk_bytes: u64,
    /// Entries that the copy or compaction under way has read, and about how many it will.
    #[serde(default)]
    pub copying: Option<(u64, u64)>,
}

/// A store. Object-safe; shared as `Arc<dyn Store>`.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug + 'static {
    /// The value of `key`.
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError>;

    /// A page of entries.
    async fn scan(&self, scan: Scan) -> Result<Vec<(Key, Value)>, StoreError>;

    /// Makes several reads, at most [`MAX_READS`], and gives the entries that each found. Where reads may wait for a disk they
    /// wait together; they need not see one state of the store.
    ///
    /// # Errors
    /// That of the first read that fails.
    async fn read(&self, reads: Vec<Read>) -> Result<Vec<Vec<(Key, Value)>>, StoreError> {
        check_reads(&reads)?;
        let mut found = Vec::with_capacity(reads.len());
        for read in reads {
            found.push(match read {
                Read::Key(tree, key) => {
                    let value = self.get(tree, &key).await?;
                    value.map(|value| (key, value)).into_iter().collect()
                }
                Read::Page(scan) => self.scan(scan).await?,
            });
        }
        Ok(found)
    }

    /// Applies `batch` whole or not at all; returns when it is on disk, with the sequence numbers of its journal
    /// lines. An empty batch returns when everything applied before it is on disk.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::LimitReached`] - nothing was applied - or a failure of the disk.
    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError>;

    /// Copies all that is there at one instant into `sink`, while the store is in use: entries in the order of trees and
    /// keys, then what was changed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if a copy or a compaction is under way; what the sink says; a failure of the disk.
    async fn copy(&self, sink: Box<dyn Sink>, progress: Arc<Progress>) -> Result<(), StoreError>;

    /// Writes all anew while it is in use, so that nothing removed or replaced is left on disk; it holds the same after.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if a copy or a compaction is under way; a failure of the disk. The store is as before, or what
    /// was there before could not be removed, which the error says; then the next compaction or opening removes it.
    async fn compact(&self, progress: Arc<Progress>) -> Result<Compacted, StoreError>;

    /// Figures for operators and metrics.
    async fn figures(&self) -> Result<StoreFigures, StoreError>;

    /// Says why nothing would be written just now: the disk is nearly full, or failed before.
    async fn writable(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Returns, with the reason, once the store will accept nothing more until it is opened again; never before.
    async fn failed(&self) -> StoreError {
        std::future::pending().await
    }

    /// Finishes what is under way and lets go of the files. Later calls get [`StoreError::Closed`].
    async fn close(&self) -> Result<(), StoreError>;
}

impl Scan {
    /// The lowest and highest key to return.
    pub(crate) fn bounds(&self) -> (std::ops::Bound<Key>, std::ops::Bound<Key>) {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let mut low = if self.prefix.is_empty() {
            Unbounded
        } else {
            Included(self.prefix.clone())
        };
        let mut high = next_prefix(&self.prefix).map_or(Unbounded, Excluded);
        match (&self.after, self.order) {
            (Some(after), Order::Ascending) if *after >= self.prefix => low = Excluded(after.clone()),
            (Some(after), Order::Descending) if next_prefix(&self.prefix).is_none_or(|end| *after < end) => {
                high = Excluded(after.clone());
            }
            _ => {}
        }
        (low, high)
    }
}

/// The lowest key above all that start with `prefix`; `None` if there is none.
fn next_prefix(prefix: &[u8]) -> Option<Key> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut next = prefix.get(..=last)?.to_vec();
    if let Some(byte) = next.last_mut() {
        *byte += 1;
    }
    Some(next)
}

/// True if no key can lie between the bounds (ranges so given panic in the standard library).
fn is_empty_range(low: &std::ops::Bound<Key>, high: &std::ops::Bound<Key>) -> bool {
    use std::ops::Bound::{Excluded, Included};
    match (low, high) {
        (Included(low) | Excluded(low), Excluded(high)) => low >= high,
        _ => false,
    }
}

/// Refuses more reads than may be made together.
fn check_reads(reads: &[Read]) -> Result<(), StoreError> {
    if reads.len() > MAX_READS {
        return Err(StoreError::Failed(format!("more than {MAX_READS} reads at once")));
    }
    Ok(())
}

/// The count in a value of [`Tree::Limits`]; 0 if absent.
pub(crate) fn counter_value(value: Option<&[u8]>) -> u32 {
    value
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_be_bytes)
}

/// Entries per tree name, if `value` under this key of [`Tree::Settings`] is the store's own count of them.
pub(crate) fn counts(
    key: &[u8],
    value: &[u8],
) -> Result<Option<std::collections::BTreeMap<String, u64>>, StoreError> {
    (key == group::COUNTERS_KEY)
        .then(|| Counters::decode(value).map(|counters| counters.by_name()))
        .transpose()
}

/// The key of the journal line `seq` about a person.
#[must_use]
pub fn asked_key(iin: crate::iin::Iin, seq: u64) -> Key {
    let mut key = iin.number().to_be_bytes().to_vec();
    key.extend(seq.to_be_bytes());
    key
}

impl Batch {
    /// The keys of the batch, with the values that belong to them.
    fn pairs(&self) -> impl Iterator<Item = (&Key, Option<&Value>)> {
        let pairs = self.expect.iter().chain(&self.change);
        let counted = self.count.iter().map(|counter| (&counter.key, None));
        pairs.map(|(_, key, value)| (key, value.as_ref())).chain(counted)
    }

    /// The bytes of all keys and values.
    fn bytes(&self) -> usize {
        let pairs = self
            .pairs()
            .map(|(key, value)| key.len() + value.map_or(0, Vec::len));
        let lines = self.journal.iter().map(|line| line.value.len());
        pairs.chain(lines).sum()
    }

    /// Refuses a batch that is over the stated sizes, or that sets what the store keeps of itself.
    fn check(&self) -> Result<(), StoreError> {
        let refused = |what: String| Err(StoreError::Failed(what));
        if self.pairs().any(|(key, _)| key.len() > MAX_KEY_BYTES) {
            return refused(format!("a key is longer than {MAX_KEY_BYTES} bytes"));
        }
        let lines = self.journal.iter().map(|line| &line.value);
        let mut values = self.pairs().filter_map(|(_, value)| value).chain(lines);
        if values.any(|value| value.len() > MAX_VALUE_BYTES) {
            return refused(format!("a value is longer than {MAX_VALUE_BYTES} bytes"));
        }
        if self.bytes() > MAX_BATCH_BYTES {
            return refused(format!("a batch is longer than {MAX_BATCH_BYTES} bytes"));
        }
        let own = |key: &[u8]| [group::FORMAT_KEY, group::COUNTERS_KEY].contains(&key);
        let mut changed = self.change.iter();
        if changed.any(|(tree, key, _)| *tree == Tree::Settings && own(key)) {
            return refused("only the store itself sets its format and counters".into());
        }
        Ok(())
    }
}
