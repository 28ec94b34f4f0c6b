//! What a batch does and does not do.

use std::sync::Arc;

use super::{Checked, line, put, remove, somebody, text, value};
use crate::store::{
    Batch, Counter, Line, MAX_BATCH_BYTES, MAX_KEY_BYTES, MAX_SCAN, MAX_VALUE_BYTES, Scan, Store, StoreError,
    Tree, Value, asked_key, counter_value,
};

pub(super) async fn a_batch_rests_on_what_it_expects(store: &dyn Store) -> Checked {
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

pub(super) async fn counters_stop_at_their_limit(store: &dyn Store) -> Checked {
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

pub(super) async fn the_journal_is_numbered_without_gaps(store: &dyn Store) -> Checked {
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

pub(super) async fn a_restored_journal_is_continued(store: &dyn Store) -> Checked {
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

pub(super) async fn a_refused_batch_leaves_nothing(store: &dyn Store) -> Checked {
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

pub(super) async fn oversized_batches_are_refused(store: &dyn Store) -> Checked {
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

pub(super) async fn the_stores_own_settings_are_its_own(store: &dyn Store) -> Checked {
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

pub(super) async fn figures_count_what_is_there(store: &dyn Store) -> Checked {
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

pub(super) async fn concurrent_units_lose_nothing(store: Arc<dyn Store>) -> Checked {
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
        let count = counter_value(before.as_deref());
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
