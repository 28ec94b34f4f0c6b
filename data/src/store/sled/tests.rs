use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::store::memory::MemoryStore;
use crate::store::{Counter, Left, Line, Order, contract};

mod damage;
mod generations;
mod opening;

/// Small, so that tests side by side fit into memory.
fn options() -> SledOptions {
    SledOptions {
        cache_bytes: 64 << 20,
        ..SledOptions::default()
    }
}

fn open(path: &Path) -> Result<SledStore, StoreError> {
    SledStore::open(path, options())
}

fn put(tree: Tree, key: &[u8], value: &[u8]) -> Batch {
    Batch {
        change: vec![(tree, key.to_vec(), Some(value.to_vec()))],
        ..Batch::default()
    }
}

async fn pass_the_contract(options: SledOptions) {
    let folder = TempDir::new().unwrap();
    let count = std::cell::Cell::new(0);
    let make = || async {
        count.set(count.get() + 1);
        let path = folder.path().join(count.get().to_string());
        Arc::new(SledStore::open(&path, options).unwrap()) as Arc<dyn Store>
    };
    contract::check(make).await.unwrap();
}

#[tokio::test]
async fn it_passes_the_contract() {
    pass_the_contract(options()).await;
}

#[tokio::test]
async fn it_passes_the_contract_when_every_read_goes_to_the_readers() {
    let cache_bytes = 0;
    pass_the_contract(SledOptions {
        cache_bytes,
        ..options()
    })
    .await;
}

#[tokio::test]
async fn reads_wait_for_a_reader_only_if_they_may_wait_for_the_disk() {
    for (cache_bytes, short) in [(0, Err(StoreError::Slow)), (64 << 20, Ok(None))] {
        let folder = TempDir::new().unwrap();
        let options = SledOptions {
            cache_bytes,
            readers: 1,
            read_deadline: Duration::from_millis(20),
        };
        let store = SledStore::open(folder.path(), options).unwrap();
        let (free, free_for_large) = (&store.readers.free, &store.readers.free_for_large);
        let busy = (
            free.acquire().await.unwrap(),
            free_for_large.acquire().await.unwrap(),
        );
        assert_eq!(store.get(Tree::People, b"nobody").await, short);
        let page = |limit| Read::Page(Scan::of(Tree::People, limit));
        let reads = vec![Read::Key(Tree::People, b"nobody".to_vec()), page(MAX_INLINE - 1)];
        let nothing = short.clone().map(|_| vec![vec![]; 2]);
        assert_eq!(store.read(reads.clone()).await, nothing);
        let many = vec![page(MAX_INLINE), page(1)];
        assert_eq!(store.read(many).await, Err(StoreError::Slow));
        let long = Scan::of(Tree::People, MAX_INLINE + 1);
        assert_eq!(store.scan(long.clone()).await, Err(StoreError::Slow));
        drop(busy);
        assert_eq!(store.get(Tree::People, b"nobody").await, Ok(None));
        assert_eq!(store.scan(long).await, Ok(vec![]));
        assert_eq!(store.read(reads).await, Ok(vec![vec![]; 2]));
    }
}

#[tokio::test]
async fn what_was_read_not_long_ago_waits_for_no_reader_and_is_never_stale() {
    let folder = TempDir::new().unwrap();
    let options = SledOptions {
        cache_bytes: 16 << 10,
        readers: 1,
        read_deadline: Duration::from_millis(300),
    };
    let store = SledStore::open(folder.path(), options).unwrap();
    // Past the cache, or all is read on the spot.
    store
        .commit(put(Tree::Clinics, b"large", &vec![0; 64 << 10]))
        .await
        .unwrap();
    let known = Ok(Some(b"1".to_vec()));
    store.commit(put(Tree::People, b"key", b"1")).await.unwrap();
    assert_eq!(store.get(Tree::People, b"key").await, known);
    let busy = Arc::clone(&store.readers.free);
    let held = busy.acquire().await.unwrap();
    let read = |key: &[u8]| Read::Key(Tree::People, key.to_vec());
    let entry = vec![(b"key".to_vec(), b"1".to_vec())];
    assert_eq!(store.get(Tree::People, b"key").await, known);
    assert_eq!(store.read(vec![read(b"key"); 2]).await, Ok(vec![entry; 2]));
    let mixed = vec![read(b"key"), read(b"other")];
    assert_eq!(store.read(mixed).await, Err(StoreError::Slow));
    store.commit(put(Tree::People, b"key", b"2")).await.unwrap();
    assert_eq!(store.get(Tree::People, b"key").await, Err(StoreError::Slow));
    drop(held);
    assert_eq!(store.get(Tree::People, b"key").await, Ok(Some(b"2".to_vec())));
    assert_eq!(
        store.figures().await.map(|figures| figures.disk_bytes > 64 << 10),
        Ok(true)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_value_once_acknowledged_is_seen_by_all_who_read_later() {
    let folder = TempDir::new().unwrap();
    let options = SledOptions {
        cache_bytes: 16 << 10,
        ..options()
    };
    let store = Arc::new(SledStore::open(folder.path(), options).unwrap());
    store
        .commit(put(Tree::Clinics, b"large", &vec![0; 64 << 10]))
        .await
        .unwrap();
    store
        .commit(put(Tree::People, b"key", &0_u64.to_be_bytes()))
        .await
        .unwrap();
    let acknowledged = Arc::new(AtomicU64::new(0));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (store, acknowledged) = (Arc::clone(&store), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                while acknowledged.load(Ordering::SeqCst) < 300 {
                    let before = acknowledged.load(Ordering::SeqCst);
                    let value = store.get(Tree::People, b"key").await.unwrap().unwrap();
                    let seen = u64::from_be_bytes(value.try_into().unwrap());
                    assert!(seen >= before, "{seen} after {before} was acknowledged");
                }
            })
        })
        .collect();
    for number in 1..=300_u64 {
        store
            .commit(put(Tree::People, b"key", &number.to_be_bytes()))
            .await
            .unwrap();
        acknowledged.store(number, Ordering::SeqCst);
    }
    for reader in readers {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let folder = TempDir::new().unwrap();
    contract::check_reopening(|| async { Arc::new(open(folder.path()).unwrap()) as Arc<dyn Store> })
        .await
        .unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_drop_without_closing() {
    let folder = TempDir::new().unwrap();
    for round in 0..3_u8 {
        let store = open(folder.path()).unwrap();
        let kept = store.scan(Scan::of(Tree::People, 9)).await.unwrap();
        assert_eq!(kept.len(), usize::from(round));
        store.commit(put(Tree::People, &[round], b"x")).await.unwrap();
    }
}

#[tokio::test]
async fn a_commit_whose_caller_is_gone_is_finished() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    let mut commit = Box::pin(store.commit(put(Tree::People, b"key", b"x")));
    // Polled once, the batch is with the committer.
    assert!(futures_poll_once(commit.as_mut()).await);
    drop(commit);
    store.commit(Batch::default()).await.unwrap();
    assert_eq!(
        store.get(Tree::People, b"key").await.unwrap(),
        Some(b"x".to_vec())
    );
}

/// Polls `future` once; true if it is still pending.
async fn futures_poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[tokio::test]
async fn after_a_failure_of_the_disk_nothing_is_acknowledged() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    store.commit(put(Tree::People, b"before", b"x")).await.unwrap();
    let (blobs, away) = (folder.path().join("blobs"), folder.path().join("away"));
    std::fs::rename(&blobs, &away).unwrap();
    let failed = store.commit(put(Tree::People, b"during", b"x")).await;
    assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
    std::fs::rename(&away, &blobs).unwrap();
    assert_eq!(store.commit(put(Tree::People, b"after", b"x")).await, failed);
    assert_eq!(store.commit(Batch::default()).await, failed, "not even a barrier");
    store.close().await.unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(
        store.get(Tree::People, b"before").await.unwrap(),
        Some(b"x".to_vec())
    );
    assert_eq!(store.get(Tree::People, b"after").await.unwrap(), None);
    store.commit(put(Tree::People, b"again", b"x")).await.unwrap();
}

#[tokio::test]
async fn debug_shows_no_entries() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    store
        .commit(put(Tree::Settings, b"900101300007", b"900101300007"))
        .await
        .unwrap();
    let shown = format!("{store:?}");
    assert!(
        shown.starts_with("SledStore") && !shown.contains("900101300007"),
        "{shown}"
    );
}

fn key() -> impl Strategy<Value = Key> {
    prop::collection::vec(prop::sample::select(vec![0, 1, 0x61, 0xff]), 0..3)
}

fn tree() -> impl Strategy<Value = Tree> {
    prop::sample::select(vec![Tree::People, Tree::Births, Tree::Limits, Tree::Settings])
}

fn maybe_value() -> impl Strategy<Value = Option<Value>> {
    prop::option::of(prop::collection::vec(0..3_u8, 0..2))
}

fn batch() -> impl Strategy<Value = Batch> {
    let pairs = |most| prop::collection::vec((tree(), key(), maybe_value()), 0..most);
    let count = (key(), 0..4_u32).prop_map(|(key, max)| Counter { key, max });
    let about = prop::option::of(Just(crate::iin::Iin::parse("900101300007").unwrap()));
    let line =
        (about, prop::collection::vec(any::<u8>(), 0..2)).prop_map(|(about, value)| Line { about, value });
    let lists = (
        pairs(2),
        prop::collection::vec(count, 0..3),
        pairs(5),
        prop::collection::vec(line, 0..3),
        any::<bool>(),
    );
    lists.prop_map(|(expect, count, change, journal, removes)| Batch {
        expect,
        count,
        change,
        journal,
        removes,
    })
}

fn scan() -> impl Strategy<Value = Scan> {
    let order = prop::sample::select(vec![Order::Ascending, Order::Descending]);
    let parts = (tree(), key(), prop::option::of(key()), order, 0..9_usize);
    parts.prop_map(|(tree, prefix, after, order, limit)| Scan {
        tree,
        prefix,
        after,
        order,
        limit,
    })
}

async fn compare(batches: Vec<Batch>, scans: Vec<Scan>) -> Result<(), TestCaseError> {
    let folder = TempDir::new().unwrap();
    let (store, model) = (open(folder.path()).unwrap(), MemoryStore::new());
    for batch in batches {
        prop_assert_eq!(store.commit(batch.clone()).await, model.commit(batch).await);
    }
    for scan in scans {
        prop_assert_eq!(store.scan(scan.clone()).await, model.scan(scan).await);
    }
    prop_assert_eq!(store.figures().await?.entries, model.figures().await?.entries);
    store.close().await?;
    let store = open(folder.path()).unwrap();
    for tree in Tree::ALL {
        let all = Scan::of(tree, 1000);
        prop_assert_eq!(store.scan(all.clone()).await, model.scan(all).await);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn it_does_what_the_store_in_memory_does(
        batches in prop::collection::vec(batch(), 0..24),
        scans in prop::collection::vec(scan(), 0..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(compare(batches, scans))?;
    }
}
