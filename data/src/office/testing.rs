//! What tests of the office and the desk share: offices over a store in memory, files in, files out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::NaiveDate;

use super::Office;
use crate::clock::Clock;
use crate::iin::Iin;
use crate::law::Law;
use crate::registry::csv::{Chunker, Cut, Header, Plan};
use crate::registry::{Ingested, Registry};
use crate::store::copy::{Compacted, Progress, Sink};
use crate::store::memory::MemoryStore;
use crate::store::{Batch, Key, Scan, Store, StoreError, StoreFigures, Tree, Value};

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn iin(text: &str) -> Iin {
    Iin::parse(text).unwrap()
}

/// An office over `store` at noon of 22.11.2026.
pub(crate) fn office_over(store: Arc<dyn Store>) -> Office {
    let law = Arc::new(Law::builtin().unwrap());
    Office::new(store, law, Clock::noon(day("2026-11-22")))
}

pub(crate) fn office() -> Office {
    office_over(Arc::new(MemoryStore::new()))
}

/// Imports a file, its header included, in chunks of at most `max_bytes`.
pub(crate) async fn import_cut(office: &Office, file: &str, plan: Plan, max_bytes: usize) -> Ingested {
    let mut chunker = Chunker::with_chunk_bytes(file.as_bytes(), plan, max_bytes).unwrap();
    let mut sum = Ingested::default();
    while let Some(cut) = chunker.next_cut().unwrap() {
        let Cut::Rows(chunk) = cut else {
            panic!("a line cannot be cut")
        };
        let ingested = office.ingest(&chunk).await.unwrap();
        sum.accepted += ingested.accepted;
        sum.repeated += ingested.repeated;
        sum.refused.extend(ingested.refused);
    }
    sum
}

/// Imports rows of a registry; returns how many were accepted, repeated and refused.
pub(crate) async fn import(office: &Office, registry: Registry, rows: &str) -> (u64, u64, usize) {
    let file = format!("{}\n{rows}", Header::line(registry));
    let ingested = import_cut(office, &file, Plan::default(), 1 << 20).await;
    (ingested.accepted, ingested.repeated, ingested.refused.len())
}

/// The rows of a registry as export gives them.
pub(crate) async fn export(office: &Office, registry: Registry) -> String {
    let (mut rows, mut after) = (String::new(), None);
    loop {
        let page = office.export(registry, after).await.unwrap();
        rows += &page.rows;
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

/// Everything as export gives it, with the header lines.
pub(crate) async fn export_all(office: &Office) -> BTreeMap<Registry, String> {
    let mut files = BTreeMap::new();
    for registry in Registry::ALL {
        let rows = export(office, registry).await;
        files.insert(registry, format!("{}\n{rows}", Header::line(registry)));
    }
    files
}

/// A store that remembers what is committed, and that others use too.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    pub(crate) inner: MemoryStore,
    /// Every batch that was to be committed.
    pub(crate) batches: Mutex<Vec<Batch>>,
    /// So many commits end in a conflict.
    pub(crate) conflicts: AtomicUsize,
    /// The counter of people is wrong by so many.
    pub(crate) miscount: AtomicU64,
    /// By how many the counter grows each time it is asked.
    pub(crate) drift: AtomicU64,
    /// Somebody else's batch, committed just before the next one.
    pub(crate) before_next: Mutex<Option<Batch>>,
}

#[async_trait]
impl Store for Watched {
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.inner.get(tree, key).await
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        self.inner.scan(scan).await
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        self.batches.lock().unwrap().push(batch.clone());
        // As over a disk, whoever commits may be given up meanwhile.
        tokio::task::yield_now().await;
        let others = self.before_next.lock().unwrap().take();
        if let Some(others) = others {
            self.inner.commit(others).await?;
        }
        let left = self.conflicts.load(Ordering::SeqCst);
        if left > 0 {
            self.conflicts.store(left - 1, Ordering::SeqCst);
            return Err(StoreError::Conflict);
        }
        self.inner.commit(batch).await
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        let mut figures = self.inner.figures().await?;
        *figures.entries.entry("people".into()).or_default() += self.miscount.load(Ordering::SeqCst);
        self.miscount
            .fetch_add(self.drift.load(Ordering::SeqCst), Ordering::SeqCst);
        Ok(figures)
    }

    async fn copy(&self, sink: Box<dyn Sink>, progress: Arc<Progress>) -> Result<(), StoreError> {
        self.inner.copy(sink, progress).await
    }

    async fn compact(&self, progress: Arc<Progress>) -> Result<Compacted, StoreError> {
        self.inner.compact(progress).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}
