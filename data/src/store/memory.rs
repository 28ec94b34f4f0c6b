//! A store in memory, for tests and dry runs. Its "disk" is its own map: what is applied is durable at once.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::copy::{Compacted, Progress, Sink};
use super::group::{Beneath, Changes, Counters, Group};
use super::{Batch, Key, MAX_SCAN, Order, Scan, Store, StoreError, StoreFigures, Tree, Value};

/// A store in memory.
#[derive(Debug)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: Entries,
    counters: Counters,
    closed: bool,
}

#[derive(Debug, Default)]
struct Entries(BTreeMap<(Tree, Key), Value>);

impl Beneath for Entries {
    fn value(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.0.get(&(tree, key.to_vec())).cloned())
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        let mut state = State::default();
        let (changes, counters) = Group::founding(&state.entries);
        state.write(changes, counters);
        Self {
            state: Mutex::new(state),
        }
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

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn apply(&mut self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        let mut group = Group::new(&self.entries, self.counters.clone());
        let seqs = group.take(batch)?;
        let (changes, counters) = group.into_changes();
        self.write(changes, counters);
        Ok(seqs)
    }

    fn write(&mut self, changes: Changes, counters: Counters) {
        for (key, value) in changes {
            match value {
                Some(value) => self.entries.0.insert(key, value),
                None => self.entries.0.remove(&key),
            };
        }
        self.counters = counters;
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.open()?.entries.value(tree, key)
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
            .0
            .range((low, last))
            .map(|((_, key), value)| (key.clone(), value.clone()));
        let limit = scan.limit.min(MAX_SCAN);
        Ok(match scan.order {
            Order::Ascending => entries.take(limit).collect(),
            Order::Descending => entries.rev().take(limit).collect(),
        })
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        batch.check()?;
        self.open()?.apply(batch)
    }

    async fn copy(&self, mut sink: Box<dyn Sink>, progress: Arc<Progress>) -> Result<(), StoreError> {
        let entries = self.open()?.entries.0.clone();
        progress.begin(entries.len() as u64);
        // Sinks may wait.
        let copied = tokio::task::spawn_blocking(move || {
            for ((tree, key), value) in &entries {
                sink.put(*tree, key, Some(value))?;
            }
            progress.advance(entries.len());
            sink.finish()
        });
        copied.await.map_err(|_| StoreError::Closed)?
    }

    /// A map holds nothing that was removed.
    async fn compact(&self, _progress: Arc<Progress>) -> Result<Compacted, StoreError> {
        self.open().map(|_| Compacted { before: 0, after: 0 })
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        Ok(StoreFigures {
            entries: self.open()?.counters.by_name(),
            ..StoreFigures::default()
        })
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_passes_the_contract() {
        let make = || async { Arc::new(MemoryStore::new()) as Arc<dyn Store> };
        crate::store::contract::check(make).await.unwrap();
    }
}
