//! What a batch does, in one place for every store that applies batches itself: batches are taken one by one, each
//! sees what those before it did, and the changes of all come out together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::unit::Record;
use super::{Batch, Key, StoreError, Tree, Value, asked_key, codec, counter_value};

/// The version of the trees, their keys and these counters. A store of a format after it is not opened; one of a format before
/// it, when it is opened, is brought to it:
/// - 1 had only the first [`FIRST_TREES`] trees;
/// - 2 had an entry in [`Tree::Births`] for everybody, which may stay where it is.
pub(super) const FORMAT: u32 = 3;
const FIRST_TREES: usize = 10;
/// The key in [`Tree::Settings`] of the format, in decimal digits.
pub(super) const FORMAT_KEY: &[u8] = b"format";
/// The key in [`Tree::Settings`] of the [`Counters`].
pub(super) const COUNTERS_KEY: &[u8] = b"counters";

const COUNTERS_VERSION: u8 = 2;

/// What a store counts, kept in the same step as the changes it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counters {
    /// How many groups were written, each a transaction: by it a store can tell that the last ones are missing.
    pub(super) groups: u64,
    /// The sequence number given last; none of them is given twice.
    last_seq: u64,
    /// How many entries each tree of [`Tree::ALL`] has.
    entries: [u64; Tree::ALL.len()],
}

impl Counters {
    /// Entries per tree name.
    pub(super) fn by_name(&self) -> BTreeMap<String, u64> {
        let names = Tree::ALL.into_iter().map(|tree| tree.name().to_owned());
        names.zip(self.entries).collect()
    }

    /// Entries of all trees.
    pub(super) fn total(&self) -> u64 {
        self.entries.iter().sum()
    }

    fn entry_of(&mut self, tree: Tree) -> Option<&mut u64> {
        let position = Tree::ALL.into_iter().position(|other| other == tree)?;
        self.entries.get_mut(position)
    }
}

impl Record for Counters {
    const TREE: Tree = Tree::Settings;

    fn encode(&self) -> Value {
        codec::seal(COUNTERS_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.first() == Some(&1) {
            return codec::open::<FirstCounters>("the counters", 1, bytes).map(Self::from);
        }
        codec::open("the counters", COUNTERS_VERSION, bytes)
    }
}

/// The counters of format 1.
#[derive(Deserialize)]
struct FirstCounters {
    groups: u64,
    last_seq: u64,
    entries: [u64; FIRST_TREES],
}

impl From<FirstCounters> for Counters {
    fn from(first: FirstCounters) -> Self {
        let mut counters = Self {
            groups: first.groups,
            last_seq: first.last_seq,
            ..Self::default()
        };
        let places = counters.entries.iter_mut();
        places
            .zip(first.entries)
            .for_each(|(place, entries)| *place = entries);
        counters
    }
}

/// Reads the store under a group.
pub(super) trait Beneath {
    /// The value of `key` before the group.
    fn value(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError>;
}

/// Changes in the order of their trees and keys.
pub(super) type Changes = BTreeMap<(Tree, Key), Option<Value>>;

struct Slot {
    value: Option<Value>,
    changed: bool,
}

/// Batches that are written together.
pub(super) struct Group<'a, B> {
    beneath: &'a B,
    slots: BTreeMap<(Tree, Key), Slot>,
    counters: Counters,
}

impl<'a, B: Beneath> Group<'a, B> {
    /// A group over `beneath`, whose counters stand at `counters`.
    pub(super) fn new(beneath: &'a B, counters: Counters) -> Self {
        Self {
            beneath,
            slots: BTreeMap::new(),
            counters,
        }
    }

    /// The first changes of an empty store: its format and its counters.
    pub(super) fn founding(beneath: &'a B) -> (Changes, Counters) {
        let mut group = Self::new(beneath, Counters::default());
        group.put((Tree::Settings, COUNTERS_KEY.to_vec()), Some(Value::new()));
        group.renewing()
    }

    /// The changes that bring a store of an earlier format with these counters to [`FORMAT`].
    ///
    /// # Errors
    /// Whatever the store beneath says.
    pub(super) fn upgrading(beneath: &'a B, counters: Counters) -> Result<(Changes, Counters), StoreError> {
        let mut group = Self::new(beneath, counters);
        group.load(&(Tree::Settings, FORMAT_KEY.to_vec()))?;
        Ok(group.renewing())
    }

    fn renewing(mut self) -> (Changes, Counters) {
        let format = FORMAT.to_string().into_bytes();
        self.put((Tree::Settings, FORMAT_KEY.to_vec()), Some(format));
        self.into_changes()
    }

    /// Takes `batch` whole or, on an error, not at all. Gives the sequence numbers of its journal lines.
    pub(super) fn take(&mut self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        for (tree, key, expected) in batch.expect {
            if self.load(&(tree, key))? != expected.as_ref() {
                return Err(StoreError::Conflict);
            }
        }
        let counted = self.counted(&batch.count)?;
        let mut seq = self.counters.last_seq;
        let mut changes: Vec<_> = counted
            .into_iter()
            .map(|(key, count)| (Tree::Limits, key, Some(count.to_be_bytes().to_vec())))
            .chain(batch.change)
            .inspect(|(tree, key, _)| seq = seq.max(sequence_of(*tree, key)))
            .map(|(tree, key, value)| ((tree, key), value))
            .collect();
        let mut seqs = Vec::with_capacity(batch.journal.len());
        for line in batch.journal {
            seq = seq.checked_add(1).ok_or_else(exhausted)?;
            seqs.push(seq);
            changes.push(((Tree::Journal, seq.to_be_bytes().to_vec()), Some(line.value)));
            if let Some(iin) = line.about {
                changes.push(((Tree::Asked, asked_key(iin, seq)), Some(Value::new())));
            }
        }
        // Whatever can fail is done before the first change, so that a batch is never left half taken.
        for (place, _) in &changes {
            self.load(place)?;
        }
        for (place, value) in changes {
            self.put(place, value);
        }
        self.counters.last_seq = seq;
        Ok(seqs)
    }

    /// The counts of `counters` after counting each once; a key that stands there twice counts twice.
    fn counted(&mut self, counters: &[super::Counter]) -> Result<BTreeMap<Key, u32>, StoreError> {
        let mut counted: BTreeMap<Key, u32> = BTreeMap::new();
        for (position, counter) in counters.iter().enumerate() {
            let count = match counted.get(&counter.key) {
                Some(count) => *count,
                None => counter_value(
                    self.load(&(Tree::Limits, counter.key.clone()))?
                        .map(Vec::as_slice),
                ),
            };
            if count >= counter.max {
                return Err(StoreError::LimitReached(position));
            }
            counted.insert(counter.key.clone(), count + 1);
        }
        Ok(counted)
    }

    /// All changes, with the counters among them if there are any, and these counters.
    pub(super) fn into_changes(mut self) -> (Changes, Counters) {
        if self.slots.values().any(|slot| slot.changed) {
            self.counters.groups += 1;
            // The key has been there since the founding: it counts no more.
            let value = Some(self.counters.encode());
            let key = (Tree::Settings, COUNTERS_KEY.to_vec());
            self.slots.insert(key, Slot { value, changed: true });
        }
        let changed = self.slots.into_iter().filter(|(_, slot)| slot.changed);
        (
            changed.map(|(key, slot)| (key, slot.value)).collect(),
            self.counters,
        )
    }

    /// The value of a key as the batches so far have left it.
    fn load(&mut self, place: &(Tree, Key)) -> Result<Option<&Value>, StoreError> {
        // Asked first: most keys are here already, and an entry would want a copy of each.
        if !self.slots.contains_key(place) {
            let slot = Slot {
                value: self.beneath.value(place.0, &place.1)?,
                changed: false,
            };
            self.slots.insert(place.clone(), slot);
        }
        Ok(self.slots.get(place).and_then(|slot| slot.value.as_ref()))
    }

    /// Sets a key that was loaded, or is known to be absent beneath, and counts what that does to its tree.
    fn put(&mut self, place: (Tree, Key), value: Option<Value>) {
        let tree = place.0;
        let slot = self.slots.entry(place).or_insert(Slot {
            value: None,
            changed: false,
        });
        let (had, has) = (slot.value.is_some(), value.is_some());
        // Removing what is not there changes nothing on disk.
        slot.changed |= had || has;
        slot.value = value;
        if let Some(entries) = self.counters.entry_of(tree) {
            match (had, has) {
                (false, true) => *entries += 1,
                (true, false) => *entries = entries.saturating_sub(1),
                _ => {}
            }
        }
    }
}

fn exhausted() -> StoreError {
    StoreError::Failed("the journal has no sequence numbers left".into())
}

/// The sequence number that a key of the journal stands for: a restored journal is continued, never overwritten.
fn sequence_of(tree: Tree, key: &[u8]) -> u64 {
    match (tree, key.try_into()) {
        (Tree::Journal, Ok(bytes)) => u64::from_be_bytes(bytes),
        _ => 0,
    }
}
