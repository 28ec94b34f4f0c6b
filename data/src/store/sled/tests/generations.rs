use std::collections::BTreeMap;
use std::fs;
use std::sync::mpsc;

use super::*;
use crate::store::copy::{Progress, Sink};
use crate::store::sled::follow::PAGE;

/// True if `bytes` are in any file under `path`.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(path).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let content = fs::read(&path).unwrap_or_default();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn remove(tree: Tree, key: &[u8]) -> Batch {
    Batch {
        change: vec![(tree, key.to_vec(), None)],
        ..Batch::default()
    }
}

#[tokio::test]
async fn after_a_compaction_nothing_removed_is_in_any_file() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    let secret = b"the value that was removed";
    let large = vec![0xAB; 300_000];
    store.commit(put(Tree::People, b"gone", secret)).await.unwrap();
    store.commit(put(Tree::People, b"large", &large)).await.unwrap();
    store
        .commit(put(Tree::People, b"stays", b"a value that stays"))
        .await
        .unwrap();
    store.commit(remove(Tree::People, b"gone")).await.unwrap();
    store.commit(remove(Tree::People, b"large")).await.unwrap();
    assert!(holds(folder.path(), secret), "or this shows nothing");
    let compacted = store.compact(Arc::default()).await.unwrap();
    assert!(!holds(folder.path(), secret));
    assert!(!holds(folder.path(), &large));
    assert!(holds(folder.path(), b"a value that stays"));
    assert!(compacted.after < compacted.before, "{compacted:?}");
    assert_eq!(names(folder.path()), ["current", "data-1", "holder"]);
    store.compact(Arc::default()).await.unwrap();
    assert_eq!(names(folder.path()), ["current", "data-2", "holder"]);
    store.close().await.unwrap();
    let store = open(folder.path()).unwrap();
    let stays = store.get(Tree::People, b"stays").await.unwrap();
    assert_eq!(stays.as_deref(), Some(&b"a value that stays"[..]));
    assert_eq!(store.get(Tree::People, b"gone").await, Ok(None));
}

#[tokio::test]
async fn a_store_grown_by_overwriting_shrinks_to_what_it_holds() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    for round in 0..40_u8 {
        let mut batch = Batch::default();
        for key in 0..500_u16 {
            batch
                .change
                .push((Tree::People, key.to_be_bytes().to_vec(), Some(vec![round; 400])));
        }
        store.commit(batch).await.unwrap();
    }
    let compacted = store.compact(Arc::default()).await.unwrap();
    assert!(compacted.after * 2 < compacted.before, "{compacted:?}");
    assert_eq!(store.figures().await.unwrap().disk_bytes, compacted.after);
}

#[tokio::test]
async fn what_a_crash_left_of_another_generation_is_removed_at_the_next_opening() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    store.commit(put(Tree::People, b"key", b"value")).await.unwrap();
    store.close().await.unwrap();
    let copy = |from: &str, to: &str| {
        fs::create_dir(folder.path().join(to)).unwrap();
        for name in ["db", "conf"] {
            let (from, to) = (folder.path().join(from), folder.path().join(to));
            fs::copy(from.join(name), to.join(name)).unwrap();
        }
    };
    // Killed while a compaction was writing.
    copy(".", "data-1");
    let store = open(folder.path()).unwrap();
    assert!(!folder.path().join("data-1").exists());
    store.compact(Arc::default()).await.unwrap();
    store.close().await.unwrap();
    // Killed after it had changed over, before the old files were gone.
    fs::copy(folder.path().join("data-1/db"), folder.path().join("db")).unwrap();
    fs::create_dir(folder.path().join("blobs")).unwrap();
    copy("data-1", "data-7");
    let store = open(folder.path()).unwrap();
    assert_eq!(names(folder.path()), ["current", "data-1", "holder"]);
    assert_eq!(store.get(Tree::People, b"key").await, Ok(Some(b"value".to_vec())));
}

#[tokio::test]
async fn what_cannot_be_removed_of_before_a_compaction_is_told_until_it_is_gone() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    let secret = b"the value that was removed";
    store.commit(put(Tree::People, b"gone", secret)).await.unwrap();
    store.commit(remove(Tree::People, b"gone")).await.unwrap();
    // A folder in the place of a file: it cannot be removed as one, whoever tries.
    let stuck = folder.path().join("snap.stuck");
    fs::create_dir(&stuck).unwrap();
    let told = |error: StoreError| {
        let error = error.to_string();
        assert!(
            error.contains("snap.stuck is of before the last compaction") && error.contains("remove it"),
            "{error}"
        );
    };
    told(store.compact(Arc::default()).await.unwrap_err());
    assert!(!holds(folder.path(), secret), "the rest is gone");
    told(store.compact(Arc::default()).await.unwrap_err());
    store.commit(put(Tree::People, b"key", b"value")).await.unwrap();
    store.close().await.unwrap();
    told(open(folder.path()).unwrap_err());
    fs::remove_dir(&stuck).unwrap();
    fs::write(&stuck, secret).unwrap();
    let store = open(folder.path()).unwrap();
    assert!(!holds(folder.path(), secret), "the next opening removes it");
    assert_eq!(store.get(Tree::People, b"key").await, Ok(Some(b"value".to_vec())));
    fs::write(&stuck, secret).unwrap();
    store.compact(Arc::default()).await.unwrap();
    assert!(!holds(folder.path(), secret), "so does the next compaction");
}

#[tokio::test]
async fn nothing_is_restored_over_a_generation_that_lost_its_name() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    store.compact(Arc::default()).await.unwrap();
    store.close().await.unwrap();
    fs::remove_file(folder.path().join("current")).unwrap();
    let restored = SledStore::restore(folder.path(), options(), |_| Ok::<(), StoreError>(()));
    assert!(restored.is_err(), "not into what is there");
    assert!(folder.path().join("data-1/db").exists(), "left as it was");
    fs::write(folder.path().join("current"), "1").unwrap();
    assert!(open(folder.path()).is_ok(), "as it was told");
}

#[test]
fn a_restoration_that_fails_leaves_an_empty_folder_of_somebody_and_none_of_its_own() {
    let dir = TempDir::new().unwrap();
    let (theirs, ours) = (dir.path().join("theirs"), dir.path().join("new/ours"));
    fs::create_dir(&theirs).unwrap();
    for path in [&theirs, &ours] {
        let failed: Result<(), StoreError> = SledStore::restore(path, options(), |_| Err(StoreError::Closed));
        assert_eq!(failed, Err(StoreError::Closed));
    }
    assert_eq!(names(&theirs), Vec::<String>::new());
    assert!(!ours.exists());
}

#[test]
fn a_restoration_that_broke_off_is_told_as_one() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("data-1")).unwrap();
    fs::write(folder.path().join("data-1/db"), "half").unwrap();
    let Err(StoreError::Open { reason, .. }) = open(folder.path()) else {
        panic!("opened");
    };
    assert!(
        reason.contains("a restoration into it did not come to its end"),
        "{reason}"
    );
}

/// A sink that waits at its first entry until it is let go on.
struct Gate {
    reached: mpsc::Sender<()>,
    go_on: mpsc::Receiver<()>,
}

impl Sink for Gate {
    fn put(&mut self, _: Tree, _: &[u8], _: Option<&[u8]>) -> Result<(), StoreError> {
        let _ = self.reached.send(());
        // An error once nobody can let it go on any more: then it does.
        let _ = self.go_on.recv();
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_copy_at_a_time_and_a_store_that_closes_ends_it() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(open(folder.path()).unwrap());
    let (reached, has_begun) = mpsc::channel();
    let (let_go, go_on) = mpsc::channel();
    let progress = Arc::new(Progress::default());
    let copying = {
        let (store, progress) = (Arc::clone(&store), Arc::clone(&progress));
        tokio::spawn(async move { store.copy(Box::new(Gate { reached, go_on }), progress).await })
    };
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap())
        .await
        .unwrap();
    let busy = Err(StoreError::Busy("a backup or a compaction"));
    assert_eq!(store.compact(Arc::default()).await, busy);
    let closing = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.close().await })
    };
    while store.get(Tree::People, b"key").await != Err(StoreError::Closed) {
        tokio::task::yield_now().await;
    }
    drop(let_go);
    assert_eq!(copying.await.unwrap(), Err(StoreError::Closed));
    closing.await.unwrap().unwrap();
}

/// The entries of a copy.
type Entries = Arc<Mutex<BTreeMap<(Tree, Key), Value>>>;

/// Keeps what it gets; after the entry `at` it waits until it is let go on.
struct Halting {
    entries: Entries,
    at: Key,
    gate: Gate,
}

impl Sink for Halting {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        let mut entries = self.entries.lock().unwrap();
        match value {
            Some(value) => entries.insert((tree, key.to_vec()), value.to_vec()),
            None => entries.remove(&(tree, key.to_vec())),
        };
        drop(entries);
        if tree == Tree::Phones && key == self.at {
            return self.gate.put(tree, key, value);
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_several_pages_has_what_was_changed_before_and_behind_its_place() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(open(folder.path()).unwrap());
    let key = |number: usize| u32::try_from(2 * number).unwrap().to_be_bytes().to_vec();
    let pages = 3 * PAGE + PAGE / 2;
    let all = (0..pages).map(|number| (Tree::Phones, key(number), Some(b"before".to_vec())));
    let change = all.collect();
    store
        .commit(Batch {
            change,
            ..Batch::default()
        })
        .await
        .unwrap();
    let (reached, has_begun) = mpsc::channel();
    let (let_go, go_on) = mpsc::channel();
    let entries = Entries::default();
    // In the middle of the second page, which has been read by then.
    let sink = Halting {
        entries: Arc::clone(&entries),
        at: key(PAGE + PAGE / 2),
        gate: Gate { reached, go_on },
    };
    let copying = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.copy(Box::new(sink), Arc::default()).await })
    };
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap())
        .await
        .unwrap();
    let mut batch = Batch::default();
    for place in [PAGE / 2, PAGE + 9, 2 * PAGE - 9, 2 * PAGE + 9, 3 * PAGE + 9] {
        let between = [&key(place)[..], &[1]].concat();
        batch.change.extend([
            (Tree::Phones, key(place), Some(b"changed".to_vec())),
            (Tree::Phones, key(place + 1), None),
            (Tree::Phones, between, Some(b"new".to_vec())),
        ]);
    }
    for tree in [Tree::People, Tree::Outbox] {
        batch
            .change
            .push((tree, b"other".to_vec(), Some(b"new".to_vec())));
    }
    store.commit(batch).await.unwrap();
    drop(let_go);
    copying.await.unwrap().unwrap();
    let mut held = BTreeMap::new();
    for tree in Tree::ALL {
        let entries = store.scan(Scan::of(tree, MAX_SCAN)).await.unwrap();
        held.extend(entries.into_iter().map(|(key, value)| ((tree, key), value)));
    }
    assert!(*entries.lock().unwrap() == held);
    assert!(held.len() > pages);
}
