use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;

use super::*;
use crate::store::copy::{Compacted, Progress, Sink};
use crate::store::memory::MemoryStore;
use crate::store::{Batch, StoreFigures, Tree};

/// A store whose pages hold keys in steps of ten, some of them damaged.
#[derive(Debug)]
struct Damaged {
    inner: MemoryStore,
    pages: Vec<Range<u64>>,
    slow: bool,
}

#[async_trait]
impl Store for Damaged {
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.inner.get(tree, key).await
    }

    /// Whatever begins in a damaged page, or reaches one, is not read.
    async fn scan(&self, scan: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        let from = scan.after.as_deref().map_or(0, number);
        let found = self.inner.scan(scan).await?;
        let keys = found.iter().map(|(key, _)| number(key));
        if { keys }
            .chain([from])
            .any(|key| self.pages.iter().any(|page| page.contains(&key)))
        {
            return Err(if self.slow {
                StoreError::Slow
            } else {
                StoreError::Failed("a checksum".into())
            });
        }
        Ok(found)
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        self.inner.commit(batch).await
    }

    async fn copy(&self, sink: Box<dyn Sink>, progress: Arc<Progress>) -> Result<(), StoreError> {
        self.inner.copy(sink, progress).await
    }

    async fn compact(&self, progress: Arc<Progress>) -> Result<Compacted, StoreError> {
        self.inner.compact(progress).await
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        self.inner.figures().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}

/// Keys 1000 to 1099, with these pages damaged.
async fn store(pages: &[Range<u64>]) -> Damaged {
    let inner = MemoryStore::new();
    let change = (1_000..1_100_u64).map(|key| (Tree::People, key.to_be_bytes().to_vec(), Some(vec![1])));
    let change = change.collect();
    inner
        .commit(Batch {
            change,
            ..Batch::default()
        })
        .await
        .unwrap();
    let pages = pages.to_vec();
    let slow = false;
    Damaged { inner, pages, slow }
}

fn one(page: Range<u64>) -> Vec<Range<u64>> {
    std::iter::once(page).collect()
}

/// All keys that are read, and how many gaps there are.
async fn all(store: &Damaged) -> (Vec<u64>, usize) {
    let (mut keys, mut gaps, mut after) = (Vec::new(), 0, None);
    for _ in 0..1_000 {
        let scan = Scan {
            after: after.take(),
            ..Scan::of(Tree::People, 16)
        };
        let readable = page(store, scan).await.unwrap();
        keys.extend(readable.entries.iter().map(|(key, _)| number(key)));
        gaps += readable.gaps;
        after = readable.next;
        if after.is_none() {
            return (keys, gaps);
        }
    }
    panic!("it never ends");
}

#[tokio::test]
async fn all_but_damaged_pages_is_read() {
    for (pages, gaps) in [
        (vec![], 0),
        (one(1_020..1_030), 1),
        (vec![1_020..1_030, 1_030..1_040], 1),
        (vec![1_020..1_030, 1_050..1_055], 2),
        (one(0..1_010), 1),
        (one(1_090..u64::MAX), 1),
        (one(0..u64::MAX), 1),
    ] {
        let store = store(&pages).await;
        let rest = (1_000..1_100).filter(|key| !pages.iter().any(|page| page.contains(key)));
        assert_eq!(all(&store).await, (rest.collect(), gaps), "{pages:?}");
    }
}

#[tokio::test]
async fn a_store_that_is_only_slow_is_not_taken_for_damaged() {
    let mut store = store(&one(1_020..1_030)).await;
    store.slow = true;
    let scan = Scan::of(Tree::People, 100);
    assert_eq!(page(&store, scan).await.err(), Some(StoreError::Slow));
}

#[tokio::test]
async fn a_check_goes_on_behind_a_damaged_page_and_names_the_place() {
    use crate::desk::{DeskOptions, LocalDesk, OperatorRole};
    let page = 1_020..1_030;
    let store = Arc::new(store(&[page.clone(), page]).await);
    let office = crate::office::testing::office_over(store);
    let options = DeskOptions::of(crate::journal::Door::Console);
    let desk = LocalDesk::new(office, "root".into(), OperatorRole::Senior, options);
    let faults = crate::desk::Desk::check(&desk).await.unwrap().faults;
    let gaps = faults
        .iter()
        .filter(|fault| fault.contains("people: what lies between"));
    assert_eq!(gaps.count(), 1, "{faults:?}");
    // Each of the others is no person; ten lie in the page.
    let others = faults.iter().filter(|fault| fault.starts_with("people "));
    assert_eq!(others.count(), 90, "{faults:?}");
}
