//! The story that every store must pass, for the tests of each of them.
//!
//! [`check`] wants a new, empty store for every case; [`check_reopening`] opens one place again and again.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use super::{
    Batch, Counter, Key, Line, MAX_BATCH_BYTES, MAX_KEY_BYTES, MAX_SCAN, MAX_VALUE_BYTES, Order, Scan, Store,
    StoreError, Tree, Value, asked_key,
};
use crate::iin::Iin;

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
    a_batch_rests_on_what_it_expects(&*make().await).await?;
    counters_stop_at_their_limit(&*make().await).await?;
    the_journal_is_numbered_without_gaps(&*make().await).await?;
    a_restored_journal_is_continued(&*make().await).await?;
    a_refused_batch_leaves_nothing(&*make().await).await?;
    oversized_batches_are_refused(&*make().await).await?;
    the_stores_own_settings_are_its_own(&*make().await).await?;
    figures_count_what_is_there(&*make().await).await?;
    concurrent_units_lose_nothing(make().await).await?;
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

/// Some valid IIN; 1 and ten zeros have the check digit that makes one.
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

async fn a_batch_rests_on_what_it_expects(store: &dyn Store) -> Checked {
    let expecting = |expected: Option<Value>, value: &str| Batch {
        expect: vec![(Tree::Dialogs, b"key".to_vec(), expected)],
        ..put(Tree::Dialogs, b"key", value)
    };
    store.commit(expecting(None, "1")).await?;
    assert_eq!(
        store.commit(expecting(None, "2")).await,
        Err(StoreError::Conflict)
    );
    assert_eq!(
        store.commit(expecting(text("0"), "2")).await,
        Err(StoreError::Conflict)
    );
    assert_eq!(value(store, Tree::Dialogs, b"key").await?, text("1"));
    store.commit(expecting(text("1"), "2")).await?;
    assert_eq!(value(store, Tree::Dialogs, b"key").await?, text("2"));
    Ok(())
}

fn counting(max: u32) -> Counter {
    Counter {
        key: b"asks".to_vec(),
        max,
    }
}

async fn counters_stop_at_their_limit(store: &dyn Store) -> Checked {
    let once = |max| Batch {
        count: vec![counting(max)],
        ..Batch::default()
    };
    for _ in 0..2 {
        store.commit(once(2)).await?;
    }
    assert_eq!(store.commit(once(2)).await, Err(StoreError::LimitReached(0)));
    store.commit(once(3)).await?;
    let three = 3_u32.to_be_bytes().to_vec();
    assert_eq!(value(store, Tree::Limits, b"asks").await?, Some(three.clone()));
    // Twice in one batch is two; the position told is that of the counter which is exhausted.
    let twice = |max| Batch {
        count: vec![counting(9), counting(max)],
        ..Batch::default()
    };
    assert_eq!(store.commit(twice(4)).await, Err(StoreError::LimitReached(1)));
    assert_eq!(value(store, Tree::Limits, b"asks").await?, Some(three));
    store.commit(twice(5)).await?;
    assert_eq!(
        value(store, Tree::Limits, b"asks").await?,
        Some(5_u32.to_be_bytes().to_vec())
    );
    assert_eq!(store.commit(once(0)).await, Err(StoreError::LimitReached(0)));
    Ok(())
}

async fn the_journal_is_numbered_without_gaps(store: &dyn Store) -> Checked {
    let lines = |lines: Vec<Line>| Batch {
        journal: lines,
        ..Batch::default()
    };
    assert_eq!(
        store
            .commit(lines(vec![line(None, "a"), line(Some(somebody()), "b")]))
            .await?,
        [1, 2]
    );
    let mut refused = lines(vec![line(None, "never")]);
    refused.expect = vec![(Tree::People, b"nobody".to_vec(), text("?"))];
    assert_eq!(store.commit(refused).await, Err(StoreError::Conflict));
    assert_eq!(
        store.commit(Batch::default()).await?,
        [0; 0],
        "an empty batch takes no number"
    );
    assert_eq!(store.commit(lines(vec![line(Some(somebody()), "c")])).await?, [3]);
    let journal = store.scan(Scan::of(Tree::Journal, 9)).await?;
    let expected = [(1_u64, "a"), (2, "b"), (3, "c")];
    assert_eq!(
        journal,
        expected.map(|(seq, text)| (seq.to_be_bytes().to_vec(), Value::from(text)))
    );
    let asked = store.scan(Scan::of(Tree::Asked, 9)).await?;
    assert_eq!(
        asked,
        [2, 3].map(|seq| (asked_key(somebody(), seq), Value::new()))
    );
    // The oldest may go; their numbers are not given again.
    let all_gone = (1_u64..=3).map(|seq| (Tree::Journal, seq.to_be_bytes().to_vec(), None));
    store
        .commit(Batch {
            change: all_gone.collect(),
            ..Batch::default()
        })
        .await?;
    assert_eq!(store.commit(lines(vec![line(None, "d")])).await?, [4]);
    Ok(())
}

async fn a_restored_journal_is_continued(store: &dyn Store) -> Checked {
    store
        .commit(put(Tree::Journal, &7_u64.to_be_bytes(), "restored"))
        .await?;
    let next = Batch {
        journal: vec![line(None, "next")],
        ..Batch::default()
    };
    assert_eq!(store.commit(next.clone()).await?, [8]);
    store
        .commit(put(Tree::Journal, &u64::MAX.to_be_bytes(), "the last"))
        .await?;
    assert!(matches!(store.commit(next).await, Err(StoreError::Failed(_))));
    Ok(())
}

async fn a_refused_batch_leaves_nothing(store: &dyn Store) -> Checked {
    let before = store.figures().await?;
    let whole = Batch {
        count: vec![
            counting(1),
            Counter {
                key: b"full".to_vec(),
                max: 0,
            },
        ],
        journal: vec![line(Some(somebody()), "never")],
        ..put(Tree::People, b"key", "never")
    };
    assert_eq!(store.commit(whole).await, Err(StoreError::LimitReached(1)));
    assert_eq!(value(store, Tree::People, b"key").await?, None);
    assert_eq!(value(store, Tree::Limits, b"asks").await?, None);
    assert_eq!(store.scan(Scan::of(Tree::Journal, 9)).await?, []);
    assert_eq!(store.scan(Scan::of(Tree::Asked, 9)).await?, []);
    assert_eq!(store.figures().await?.entries, before.entries);
    Ok(())
}

async fn oversized_batches_are_refused(store: &dyn Store) -> Checked {
    let large = || Some(vec![0; MAX_VALUE_BYTES]);
    let long_key = vec![0; MAX_KEY_BYTES + 1];
    let too_large = Some(vec![0; MAX_VALUE_BYTES + 1]);
    let many =
        (0..=MAX_BATCH_BYTES / MAX_VALUE_BYTES).map(|n| (Tree::People, n.to_be_bytes().to_vec(), large()));
    let changes = |change| Batch {
        change,
        ..Batch::default()
    };
    let batches = [
        changes(vec![(Tree::People, long_key.clone(), None)]),
        changes(vec![(Tree::People, b"key".to_vec(), too_large.clone())]),
        changes(many.collect()),
        Batch {
            expect: vec![(Tree::People, long_key.clone(), None)],
            ..Batch::default()
        },
        Batch {
            count: vec![Counter {
                key: long_key,
                max: 9,
            }],
            ..Batch::default()
        },
        Batch {
            journal: vec![Line {
                about: None,
                value: vec![0; MAX_VALUE_BYTES + 1],
            }],
            ..Batch::default()
        },
    ];
    for batch in batches {
        assert!(matches!(store.commit(batch).await, Err(StoreError::Failed(_))));
    }
    assert_eq!(store.scan(Scan::of(Tree::People, 9)).await?, []);
    Ok(())
}

async fn the_stores_own_settings_are_its_own(store: &dyn Store) -> Checked {
    for key in ["format", "counters"] {
        let before = value(store, Tree::Settings, key.as_bytes()).await?;
        assert!(before.is_some(), "{key}");
        assert!(matches!(
            store.commit(put(Tree::Settings, key.as_bytes(), "9")).await,
            Err(StoreError::Failed(_))
        ));
        assert!(matches!(
            store.commit(remove(Tree::Settings, key.as_bytes())).await,
            Err(StoreError::Failed(_))
        ));
        assert_eq!(value(store, Tree::Settings, key.as_bytes()).await?, before);
        // In another tree the name is nothing special.
        store.commit(put(Tree::Clinics, key.as_bytes(), "9")).await?;
    }
    Ok(())
}

async fn figures_count_what_is_there(store: &dyn Store) -> Checked {
    let mut batch = put(Tree::People, b"1", "x");
    batch.change.extend(put(Tree::People, b"2", "x").change);
    batch.change.extend(put(Tree::People, b"2", "y").change);
    batch.change.extend(put(Tree::Phones, b"1", "x").change);
    batch.change.extend(remove(Tree::Phones, b"1").change);
    batch.count = vec![counting(9), counting(9)];
    batch.journal = vec![line(Some(somebody()), "a"), line(None, "b")];
    store.commit(batch).await?;
    store.commit(put(Tree::People, b"1", "again")).await?;
    store.commit(remove(Tree::People, b"nobody")).await?;
    store
        .commit(put(Tree::Settings, b"data_date", "2026-11-22"))
        .await?;
    let figures = store.figures().await?;
    assert_eq!(figures.entries.len(), Tree::ALL.len());
    for tree in Tree::ALL {
        let found = store.scan(Scan::of(tree, MAX_SCAN)).await?.len();
        let counted = figures.entries.get(tree.name()).copied();
        assert_eq!(counted, u64::try_from(found).ok(), "{}", tree.name());
    }
    assert_eq!(figures.entries.get(Tree::People.name()), Some(&2));
    Ok(())
}

/// How many tasks add one to one key, each reading it first.
const ADDING: u32 = 100;

async fn concurrent_units_lose_nothing(store: Arc<dyn Store>) -> Checked {
    let tasks: Vec<_> = (0..ADDING)
        .map(|_| tokio::spawn(add_one(Arc::clone(&store))))
        .collect();
    for task in tasks {
        task.await
            .map_err(|error| StoreError::Failed(error.to_string()))??;
    }
    let sum = value(&*store, Tree::Dialogs, b"sum").await?;
    assert_eq!(sum, Some(ADDING.to_be_bytes().to_vec()));
    let journal = store.scan(Scan::of(Tree::Journal, MAX_SCAN)).await?;
    let numbers: Vec<_> = (1..=u64::from(ADDING))
        .map(|seq| seq.to_be_bytes().to_vec())
        .collect();
    assert_eq!(
        journal.into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
        numbers
    );
    Ok(())
}

async fn add_one(store: Arc<dyn Store>) -> Checked {
    loop {
        let before = store.get(Tree::Dialogs, b"sum").await?;
        let count = super::counter_value(before.as_deref());
        let batch = Batch {
            expect: vec![(Tree::Dialogs, b"sum".to_vec(), before)],
            change: vec![(
                Tree::Dialogs,
                b"sum".to_vec(),
                Some((count + 1).to_be_bytes().to_vec()),
            )],
            journal: vec![line(None, "added")],
            ..Batch::default()
        };
        match store.commit(batch).await {
            // Some other task was first; of all that compete at least one is, so this ends.
            Err(StoreError::Conflict) => {}
            outcome => return outcome.map(|_| ()),
        }
    }
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
    assert_eq!(store.commit(Batch::default()).await, Err(StoreError::Closed));
    assert_eq!(store.figures().await, Err(StoreError::Closed));
    Ok(())
}
