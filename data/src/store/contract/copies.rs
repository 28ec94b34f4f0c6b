//! Copies and compactions of a store in use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Checked, put, text, value};
use crate::store::copy::{Progress, Sink};
use crate::store::{Batch, Key, Scan, Store, StoreError, Tree, Value};

/// Batches written while a copy is taken.
const WRITES: u64 = 300;

/// What a copy ended up with.
#[derive(Clone, Default)]
struct Copy(Arc<Mutex<BTreeMap<(Tree, Key), Value>>>);

impl Sink for Copy {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match value {
            Some(value) => entries.insert((tree, key.to_vec()), value.to_vec()),
            None => entries.remove(&(tree, key.to_vec())),
        };
        Ok(())
    }
}

impl Copy {
    /// Whether each of the pairs that are always written together is there with its other half.
    fn pairs(&self) -> u64 {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let half = |tree, number: u64| entries.get(&(tree, number.to_be_bytes().to_vec()));
        let there = |number: &u64| half(Tree::People, *number).is_some();
        for number in 0..=WRITES {
            assert_eq!(
                half(Tree::People, number),
                half(Tree::Outbox, number),
                "torn apart"
            );
        }
        (0..=WRITES).filter(there).count() as u64
    }
}

/// Writes pairs of entries, one in the first tree and one in the last, and takes each other one out again.
async fn write(store: Arc<dyn Store>) -> Checked {
    for number in 0..WRITES {
        let both = |number: u64, value: Option<Value>| Batch {
            change: vec![
                (Tree::People, number.to_be_bytes().to_vec(), value.clone()),
                (Tree::Outbox, number.to_be_bytes().to_vec(), value),
            ],
            ..Batch::default()
        };
        store.commit(both(number, text("pair"))).await?;
        if number % 2 == 1 {
            store.commit(both(number - 1, None)).await?;
        }
    }
    Ok(())
}

pub(super) async fn a_copy_is_all_of_one_instant(store: Arc<dyn Store>) -> Checked {
    let writer = tokio::spawn(write(Arc::clone(&store)));
    loop {
        tokio::task::yield_now().await;
        let copy = Copy::default();
        let progress = Arc::new(Progress::default());
        store.copy(Box::new(copy.clone()), Arc::clone(&progress)).await?;
        let is_over = writer.is_finished();
        let pairs = copy.pairs();
        let (done, _) = progress.entries();
        assert!(done >= 2, "its format and counters at least: {done}");
        if is_over && pairs == WRITES / 2 {
            break;
        }
    }
    writer.await.unwrap_or(Err(StoreError::Closed))
}

pub(super) async fn a_compaction_changes_nothing(store: Arc<dyn Store>) -> Checked {
    store.commit(put(Tree::Clinics, b"clinic", "kept")).await?;
    let writer = tokio::spawn(write(Arc::clone(&store)));
    while !writer.is_finished() {
        tokio::task::yield_now().await;
        store.compact(Arc::default()).await?;
        assert_eq!(value(&*store, Tree::Clinics, b"clinic").await?, text("kept"));
    }
    writer.await.unwrap_or(Err(StoreError::Closed))?;
    let before = store.figures().await?.entries;
    store.compact(Arc::default()).await?;
    assert_eq!(store.figures().await?.entries, before, "counters go on");
    assert_eq!(
        store.scan(Scan::of(Tree::People, 1000)).await?.len() as u64,
        WRITES / 2
    );
    store.commit(put(Tree::Clinics, b"clinic", "changed")).await?;
    assert_eq!(value(&*store, Tree::Clinics, b"clinic").await?, text("changed"));
    Ok(())
}

struct Full;

impl Sink for Full {
    fn put(&mut self, _: Tree, _: &[u8], _: Option<&[u8]>) -> Result<(), StoreError> {
        Err(StoreError::Failed("full".into()))
    }
}

pub(super) async fn a_sink_that_fails_ends_its_copy(store: &dyn Store) -> Checked {
    let failed = store.copy(Box::new(Full), Arc::default()).await;
    assert_eq!(failed, Err(StoreError::Failed("full".into())));
    store.commit(put(Tree::Clinics, b"clinic", "kept")).await?;
    assert_eq!(value(store, Tree::Clinics, b"clinic").await?, text("kept"));
    Ok(())
}
