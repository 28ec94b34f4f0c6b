//! A store in memory, for tests and dry runs. Its "disk" is its own map: what is applied is durable at once.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Batch, Key, MAX_SCAN, Order, Scan, Store, StoreError, StoreFigures, Tree, Value};

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<(Tree, Key), Value>,
    last_seq: u64,
    closed: bool,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            Err(StoreError::Closed)
        } else {
            Ok(state)
        }
    }
}

impl State {
    fn apply(&mut self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        for (tree, key, value) in batch.expect {
            if self.entries.get(&(tree, key)) != value.as_ref() {
                return Err(StoreError::Conflict);
            }
        }
        let mut counted = Vec::with_capacity(batch.count.len());
        for (position, counter) in batch.count.into_iter().enumerate() {
            let key = (Tree::Limits, counter.key);
            let count = super::counter_value(self.entries.get(&key).map(Vec::as_slice));
            if count >= counter.max {
                return Err(StoreError::LimitReached(position));
            }
            counted.push((key, (count + 1).to_be_bytes().to_vec()));
        }
        self.entries.extend(counted);
        for (tree, key, value) in batch.change {
            match value {
                Some(value) => self.entries.insert((tree, key), value),
                None => self.entries.remove(&(tree, key)),
            };
        }
        let mut seqs = Vec::with_capacity(batch.journal.len());
        for line in batch.journal {
            self.last_seq += 1;
            seqs.push(self.last_seq);
            if let Some(iin) = line.about {
                self.entries
                    .insert((Tree::Asked, super::asked_key(iin, self.last_seq)), Vec::new());
            }
            self.entries
                .insert((Tree::Journal, self.last_seq.to_be_bytes().to_vec()), line.value);
        }
        Ok(seqs)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.open()?.entries.get(&(tree, key.to_vec())).cloned())
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        let state = self.open()?;
        let (low, high) = scan.bounds();
        if super::is_empty_range(&low, &high) {
            return Ok(Vec::new());
        }
        let first = |bound: Bound<Key>| bound.map(|key| (scan.tree, key));
        let last = match high {
            Bound::Unbounded => Tree::ALL
                .into_iter()
                .find(|tree| *tree > scan.tree)
                .map_or(Bound::Unbounded, |next| Bound::Excluded((next, Vec::new()))),
            bound => first(bound),
        };
        let low = match low {
            Bound::Unbounded => Bound::Included((scan.tree, Vec::new())),
            bound => first(bound),
        };
        let entries = state
            .entries
            .range((low, last))
            .map(|((_, key), value)| (key.clone(), value.clone()));
        let limit = scan.limit.min(MAX_SCAN);
        Ok(match scan.order {
            Order::Ascending => entries.take(limit).collect(),
            Order::Descending => entries.rev().take(limit).collect(),
        })
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        super::check_sizes(&batch)?;
        self.open()?.apply(batch)
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        let state = self.open()?;
        let mut figures = StoreFigures::default();
        for tree in Tree::ALL {
            figures.entries.insert(tree.name().into(), 0);
        }
        for (tree, _) in state.entries.keys() {
            *figures.entries.entry(tree.name().into()).or_default() += 1;
        }
        Ok(figures)
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        Ok(())
    }
}
