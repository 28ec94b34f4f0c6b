//! The story that every store must pass, for the tests of each of them.
//!
//! [`check`] wants a new, empty store for every case; [`check_reopening`] opens one place again and again.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use super::{
    Batch, Key, Line, MAX_KEY_BYTES, MAX_READS, MAX_SCAN, MAX_VALUE_BYTES, Order, Read, Scan, Store,
    StoreError, Tree, Value, asked_key,
};
use crate::iin::Iin;

mod batches;
mod copies;

type Checked = Result<(), StoreError>;

/// Runs every case, each on a new store of `make`.
///
/// # Errors
/// An error of the store where the case expects none.
///
/// # Panics
/// If the store does something else than the case expects.
pub async fn check<M: Future<Output = Arc<dyn Store>>>(make: impl Fn() -> M) -> Checked {
    values_are_kept_by_tree(&*make().await).await?;
    large_values_are_kept_whole(&*make().await).await?;
    scans_give_pages_in_order(&*make().await).await?;
    scans_are_bounded(&*make().await).await?;
    reads_made_together_find_what_each_finds_alone(&*make().await).await?;
    batches::a_batch_rests_on_what_it_expects(&*make().await).await?;
    batches::counters_stop_at_their_limit(&*make().await).await?;
    batches::the_journal_is_numbered_without_gaps(&*make().await).await?;
    batches::a_restored_journal_is_continued(&*make().await).await?;
    batches::a_refused_batch_leaves_nothing(&*make().await).await?;
    batches::oversized_batches_are_refused(&*make().await).await?;
    batches::the_stores_own_settings_are_its_own(&*make().await).await?;
    batches::figures_count_what_is_there(&*make().await).await?;
    batches::concurrent_units_lose_nothing(make().await).await?;
    copies::a_copy_is_all_of_one_instant(make().await).await?;
    copies::a_compaction_changes_nothing(make().await).await?;
    copies::a_sink_that_fails_ends_its_copy(&*make().await).await?;
    a_closed_store_says_so(&*make().await).await
}

/// Closes and opens one place again: `open` must open the same one each time, empty at first.
///
/// # Errors
/// As [`check`].
///
/// # Panics
/// As [`check`].
pub async fn check_reopening<M: Future<Output = Arc<dyn Store>>>(open: impl Fn() -> M) -> Checked {
    let mut figures = BTreeMap::new();
    for round in 0..3_u64 {
        let store = open().await;
        if round > 0 {
            assert_eq!(store.figures().await?.entries, figures, "counters go on");
        }
        for earlier in 0..round {
            assert_eq!(
                value(&*store, Tree::Phones, &earlier.to_be_bytes()).await?,
                text("kept")
            );
        }
        let mut batch = put(Tree::Phones, &round.to_be_bytes(), "kept");
        batch.journal = vec![line(None, "one"), line(Some(somebody()), "two")];
        let first = round * 2 + 1;
        assert_eq!(store.commit(batch).await?, [first, first + 1], "numbers go on");
        assert_eq!(store.commit(Batch::default()).await?, [0; 0]);
        let asked = value(&*store, Tree::Asked, &asked_key(somebody(), first + 1)).await?;
        assert_eq!(asked, Some(Value::new()));
        figures = store.figures().await?.entries;
        assert_eq!(figures.get(Tree::Journal.name()), Some(&(first + 1)));
        store.close().await?;
    }
    Ok(())
}

async fn value(store: &dyn Store, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
    store.get(tree, key).await
}

#[expect(clippy::unnecessary_wraps, reason = "what a read gives and a change takes")]
fn text(text: &str) -> Option<Value> {
    Some(text.into())
}

fn put(tree: Tree, key: &[u8], value: &str) -> Batch {
    Batch {
        change: vec![(tree, key.to_vec(), text(value))],
        ..Batch::default()
    }
}

fn remove(tree: Tree, key: &[u8]) -> Batch {
    Batch {
        change: vec![(tree, key.to_vec(), None)],
        ..Batch::default()
    }
}

fn line(about: Option<Iin>, value: &str) -> Line {
    Line {
        about,
        value: value.into(),
    }
}

/// A valid IIN: the first from 100000000000 on.
fn somebody() -> Iin {
    let found = (10_000_000_000..).find_map(Iin::with_check_digit);
    found.unwrap_or_else(|| unreachable!("nine numbers of ten have a check digit"))
}

async fn values_are_kept_by_tree(store: &dyn Store) -> Checked {
    for tree in Tree::ALL {
        assert_eq!(value(store, tree, b"key").await?, None);
        store.commit(put(tree, b"key", tree.name())).await?;
    }
    for tree in Tree::ALL {
        assert_eq!(value(store, tree, b"key").await?, text(tree.name()));
        store.commit(put(tree, b"key", "")).await?;
        assert_eq!(value(store, tree, b"key").await?, text(""), "empty is not absent");
        store.commit(remove(tree, b"key")).await?;
        assert_eq!(value(store, tree, b"key").await?, None);
        store.commit(remove(tree, b"key")).await?;
    }
    let mut twice = put(Tree::Phones, b"key", "first");
    twice.change.extend(put(Tree::Phones, b"key", "last").change);
    store.commit(twice).await?;
    assert_eq!(value(store, Tree::Phones, b"key").await?, text("last"));
    Ok(())
}

async fn large_values_are_kept_whole(store: &dyn Store) -> Checked {
    // Around the sizes at which sled and PostgreSQL start to keep a value apart, and the largest.
    let sizes = [2_000, 8_191, 131_000, 600_000, MAX_VALUE_BYTES];
    for (position, size) in (0_u8..).zip(sizes) {
        let large: Value = (0_u8..=250).cycle().take(size).collect();
        let mut batch = put(Tree::People, &[position; MAX_KEY_BYTES], "");
        batch.change = vec![(Tree::People, vec![position; MAX_KEY_BYTES], Some(large.clone()))];
        store.commit(batch).await?;
        let found = value(store, Tree::People, &[position; MAX_KEY_BYTES]).await?;
        assert!(found == Some(large), "{size} bytes");
    }
    Ok(())
}

async fn page(
    store: &dyn Store,
    prefix: &str,
    after: Option<&str>,
    order: Order,
) -> Result<String, StoreError> {
    let scan = Scan {
        prefix: prefix.into(),
        after: after.map(Key::from),
        order,
        ..Scan::of(Tree::Clinics, 3)
    };
    let keys = store.scan(scan).await?.into_iter().map(|(key, _)| key);
    Ok(String::from_utf8_lossy(&keys.collect::<Vec<_>>().join(&b' ')).into_owned())
}

async fn scans_give_pages_in_order(store: &dyn Store) -> Checked {
    use Order::{Ascending, Descending};
    for key in ["b1", "a", "b3", "b", "c", "b2", "b22"] {
        store.commit(put(Tree::Clinics, key.as_bytes(), key)).await?;
    }
    // Neighbours on both sides, which no scan of clinics may reach.
    store.commit(put(Tree::Births, b"zz", "")).await?;
    store.commit(put(Tree::Phones, b"a", "")).await?;
    let cases = [
        ("", None, "a b b1", "c b3 b22"),
        ("b", None, "b b1 b2", "b3 b22 b2"),
        ("b", Some("b2"), "b22 b3", "b1 b"),
        ("b", Some("b21"), "b22 b3", "b2 b1 b"),
        ("b", Some("a"), "b b1 b2", ""),
        ("b", Some("c"), "", "b3 b22 b2"),
        ("", Some("b3"), "c", "b22 b2 b1"),
        ("b2", None, "b2 b22", "b22 b2"),
        ("d", None, "", ""),
    ];
    for (prefix, after, up, down) in cases {
        assert_eq!(
            page(store, prefix, after, Ascending).await?,
            up,
            "{prefix} {after:?}"
        );
        assert_eq!(
            page(store, prefix, after, Descending).await?,
            down,
            "{prefix} {after:?}"
        );
    }
    let values = store.scan(Scan::of(Tree::Clinics, 1)).await?;
    assert_eq!(values, [(b"a".to_vec(), b"a".to_vec())]);
    assert_eq!(store.scan(Scan::of(Tree::Clinics, 0)).await?, []);
    Ok(())
}

async fn scans_are_bounded(store: &dyn Store) -> Checked {
    let keys = (0..=MAX_SCAN).map(|key| (Tree::Births, key.to_be_bytes().to_vec(), text("")));
    let batch = Batch {
        change: keys.collect(),
        ..Batch::default()
    };
    store.commit(batch).await?;
    assert_eq!(
        store.scan(Scan::of(Tree::Births, usize::MAX)).await?.len(),
        MAX_SCAN
    );
    let last = Scan {
        order: Order::Descending,
        prefix: vec![0; 4],
        ..Scan::of(Tree::Births, 1)
    };
    let found = store.scan(last).await?;
    assert_eq!(found, [(MAX_SCAN.to_be_bytes().to_vec(), Value::new())]);
    // No key can follow a prefix of the highest bytes.
    store.commit(put(Tree::Births, &[0xff, 0xff, 1], "")).await?;
    let top = Scan {
        prefix: vec![0xff, 0xff],
        ..Scan::of(Tree::Births, 5)
    };
    assert_eq!(store.scan(top).await?.len(), 1);
    Ok(())
}

async fn reads_made_together_find_what_each_finds_alone(store: &dyn Store) -> Checked {
    for key in ["a1", "a2", "b"] {
        store.commit(put(Tree::Clinics, key.as_bytes(), key)).await?;
    }
    store.commit(put(Tree::Phones, b"empty", "")).await?;
    let scan = |prefix: &str, order| Scan {
        prefix: prefix.into(),
        order,
        ..Scan::of(Tree::Clinics, 9)
    };
    let key = |tree, key: &[u8]| Read::Key(tree, key.to_vec());
    let reads = vec![
        Read::Page(scan("a", Order::Descending)),
        key(Tree::Clinics, b"b"),
        key(Tree::Phones, b"b"),
        key(Tree::Phones, b"empty"),
        Read::Page(scan("c", Order::Ascending)),
    ];
    let entry = |key: &str| (Key::from(key), Value::from(key));
    let found = [
        vec![entry("a2"), entry("a1")],
        vec![entry("b")],
        vec![],
        vec![(Key::from("empty"), Value::new())],
        vec![],
    ];
    assert_eq!(store.read(reads).await?, found);
    assert_eq!(store.read(vec![]).await?, [[]; 0]);
    let most = vec![key(Tree::Clinics, b"b"); MAX_READS];
    assert_eq!(store.read(most.clone()).await?.len(), MAX_READS);
    let more = [most, vec![key(Tree::Clinics, b"b")]].concat();
    assert!(matches!(store.read(more).await, Err(StoreError::Failed(_))));
    Ok(())
}

async fn a_closed_store_says_so(store: &dyn Store) -> Checked {
    store.commit(put(Tree::People, b"key", "x")).await?;
    store.close().await?;
    store.close().await?;
    assert_eq!(store.get(Tree::People, b"key").await, Err(StoreError::Closed));
    assert_eq!(
        store.scan(Scan::of(Tree::People, 1)).await,
        Err(StoreError::Closed)
    );
    let read = Read::Key(Tree::People, b"key".to_vec());
    assert_eq!(store.read(vec![read]).await, Err(StoreError::Closed));
    assert_eq!(store.commit(Batch::default()).await, Err(StoreError::Closed));
    assert_eq!(store.figures().await, Err(StoreError::Closed));
    Ok(())
}
