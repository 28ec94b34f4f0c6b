//! A store closed in order of which a file is missing, cut or has a wrong bit: it opens and has everything, or it is refused,
//! says what is damaged, and is left as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::*;

/// Bytes of a value so large that it has a file of its own.
const LARGE: usize = 300_000;

/// A store closed in order, opened once before, so that sled has a snapshot and the log has something newer: people and a large
/// value of each life, and one of none but the last.
async fn filled(path: &Path) {
    for life in 0..3_u8 {
        let store = open(path).unwrap();
        let set = async |tree, key: &[u8], bytes| {
            store.commit(put(tree, key, &vec![life; bytes])).await.unwrap();
        };
        for person in 0..300_u16 {
            set(Tree::People, &person.to_be_bytes(), 300).await;
        }
        set(Tree::Imports, b"large", LARGE).await;
        if life < 2 {
            set(Tree::Notes, b"older", LARGE).await;
        }
        store.close().await.unwrap();
    }
}

/// True if `store` has everything that [`filled`] left, as far as it can read at all.
async fn has_all(store: &dyn Store) -> bool {
    let people = store.scan(Scan::of(Tree::People, 999)).await;
    let is_whole = |people: &Vec<(Key, Value)>| {
        people.len() == 300 && people.iter().all(|(_, value)| *value == vec![2; 300])
    };
    let large = store.get(Tree::Imports, b"large").await;
    let older = store.get(Tree::Notes, b"older").await;
    let is = |value: &Result<Option<Value>, StoreError>, life| match value {
        Ok(value) => *value == Some(vec![life; LARGE]),
        Err(error) => matches!(error, StoreError::Failed(_)),
    };
    let people = people
        .as_ref()
        .map_or_else(|error| matches!(error, StoreError::Failed(_)), is_whole);
    people && is(&large, 2) && is(&older, 1)
}

/// All files of the store, by their paths in it, but the one that says who had it open last.
fn contents(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let name = PathBuf::from(entry.file_name());
        if entry.path().is_dir() {
            let inner = contents(&entry.path()).into_iter();
            files.extend(inner.map(|(file, bytes)| (name.join(file), bytes)));
        } else if !name.ends_with("holder") {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// A store of `files`, one of them damaged.
fn lay_out(path: &Path, files: &BTreeMap<PathBuf, Vec<u8>>, file: &Path, damaged: Option<Vec<u8>>) {
    for (name, bytes) in files {
        let to = path.join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    match damaged {
        Some(bytes) => fs::write(path.join(file), bytes).unwrap(),
        None => fs::remove_file(path.join(file)).unwrap(),
    }
}

/// Every way in which a file is damaged here.
fn damages(bytes: &[u8]) -> Vec<(String, Option<Vec<u8>>)> {
    let flipped = |at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 0x08;
        (format!("a bit of byte {at} turned"), Some(bytes))
    };
    let mut damages = vec![
        ("removed".to_owned(), None),
        ("emptied".to_owned(), Some(Vec::new())),
        ("cut".to_owned(), Some(bytes[..bytes.len() / 2].to_vec())),
        (
            "its end cut".to_owned(),
            Some(bytes[..bytes.len() * 9 / 10].to_vec()),
        ),
    ];
    let places = [
        0,
        5,
        13,
        30,
        700,
        bytes.len() / 2,
        bytes.len() * 9 / 10,
        bytes.len().saturating_sub(40),
    ];
    damages.extend(places.into_iter().filter(|at| *at < bytes.len()).map(flipped));
    damages
}

/// Opens the store, of which `file` is damaged, twice. True if it opened, and had everything that can be read at all.
async fn try_out(path: &Path, file: &Path, what: &str) -> bool {
    let before = contents(path);
    for _ in 0..2 {
        match open(path) {
            Ok(store) => {
                assert!(has_all(&store).await, "{what}");
                store.close().await.unwrap();
                return true;
            }
            Err(StoreError::Open { reason, left, .. }) => {
                assert!(
                    reason.contains("damaged") || reason.contains("another version"),
                    "{what}: {reason}"
                );
                if file.starts_with("blobs") {
                    let told = format!("its file `{}`", file.display());
                    assert!(reason.contains(&told) && left == Left::Part, "{what}: {reason}");
                    let rest = Wreck::open(path).unwrap();
                    let people = rest.scan(Scan::of(Tree::People, 999)).await.unwrap();
                    assert_eq!(people.len(), 300, "{what}");
                }
            }
            Err(error) => panic!("{what}: {error}"),
        }
        let now = contents(path);
        let changed: Vec<_> = before
            .iter()
            .filter(|(name, bytes)| now.get(*name) != Some(*bytes))
            .collect();
        assert!(
            changed.is_empty() && before.len() == now.len(),
            "{what}: {:?}",
            changed.first().map(|(name, _)| name)
        );
    }
    false
}

#[tokio::test]
async fn a_damaged_file_of_a_store_closed_in_order_is_no_hindrance_or_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let sound = folder.path().join("sound");
    filled(&sound).await;
    let files = contents(&sound);
    assert!(files.contains_key(Path::new("closed")), "{:?}", files.keys());
    let (mut opened, mut large) = (0, 0);
    for (name, bytes) in &files {
        for (damage, damaged) in damages(bytes) {
            let copy = folder.path().join("copy");
            lay_out(&copy, &files, name, damaged);
            let what = format!("{} {damage}", name.display());
            let has_opened = try_out(&copy, name, &what).await;
            opened += u32::from(has_opened);
            large += u32::from(!has_opened && name.starts_with("blobs"));
            fs::remove_dir_all(copy).unwrap();
        }
    }
    assert!(opened > 3, "{opened} of them open");
    assert!(large > 3, "{large} of them lack a large value of the last life");
}

#[tokio::test]
async fn of_a_store_that_was_not_closed_a_large_value_is_damaged_or_a_trace_of_the_last_group() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    let store = open(&path).unwrap();
    let files = || contents(&path);
    let large = |files: &BTreeMap<PathBuf, Vec<u8>>| {
        let mut names = files.keys().filter(|name| name.starts_with("blobs"));
        names.next().unwrap().clone()
    };
    let mut batch = put(Tree::Notes, b"large", &vec![1; LARGE]);
    batch
        .change
        .push((Tree::Notes, b"beside".to_vec(), Some(vec![1])));
    store.commit(put(Tree::Notes, b"before", &[1])).await.unwrap();
    store.commit(batch).await.unwrap();
    let last = files();
    store.commit(put(Tree::Notes, b"behind", &[1])).await.unwrap();
    let not_last = files();
    let copy = folder.path().join("copy");

    let torn = |files: &BTreeMap<PathBuf, Vec<u8>>| Some(files[&large(files)][..LARGE / 2].to_vec());
    lay_out(&copy, &last, &large(&last), torn(&last));
    let after = open(&copy).unwrap();
    let notes = after.scan(Scan::of(Tree::Notes, 9)).await.unwrap();
    assert_eq!(
        notes,
        [(b"before".to_vec(), vec![1])],
        "the group is gone as a whole"
    );
    after.close().await.unwrap();
    fs::remove_dir_all(&copy).unwrap();

    lay_out(&copy, &not_last, &large(&not_last), torn(&not_last));
    let before = contents(&copy);
    let Err(StoreError::Open { reason, .. }) = open(&copy) else {
        panic!("opened");
    };
    let told = format!("its file `{}` cannot be read", large(&not_last).display());
    assert!(reason.contains(&told), "{reason}");
    assert!(contents(&copy) == before);
}

#[tokio::test]
async fn a_store_that_lost_the_name_of_its_data_says_it_and_is_read_as_it_is() {
    let folder = TempDir::new().unwrap();
    let sound = folder.path().join("sound");
    filled(&sound).await;
    let store = open(&sound).unwrap();
    store.compact(Arc::default()).await.unwrap();
    store.close().await.unwrap();
    let mut files = contents(&sound);
    // What a kill left of a second compaction, which would open.
    for name in ["db", "conf"] {
        let bytes = files[&Path::new("data-1").join(name)].clone();
        files.insert(Path::new("data-2").join(name), bytes);
    }
    let current = Path::new("current");
    let half_made = ("the other generation".to_owned(), Some(b"2".to_vec()));
    for (what, damaged) in damages(&files[current]).into_iter().chain([half_made]) {
        let copy = folder.path().join("copy");
        lay_out(&copy, &files, current, damaged);
        let before = contents(&copy);
        let Err(StoreError::Open { reason, left, .. }) = open(&copy) else {
            panic!("opened: {what}");
        };
        assert!(
            reason.contains(
                "`current`, which names the folder with the data, is missing or damaged; write 1 into it: data-1 holds \
                 the newest data that is whole"
            ),
            "{what}: {reason}"
        );
        assert_eq!(left, Left::Part);
        assert!(has_all(&Wreck::open(&copy).unwrap()).await, "{what}");
        assert!(contents(&copy) == before, "{what}");
        fs::write(copy.join(current), "1").unwrap();
        let store = open(&copy).unwrap();
        assert!(has_all(&store).await, "as it was told: {what}");
        store.close().await.unwrap();
        assert!(!copy.join("data-2").exists());
        fs::remove_dir_all(copy).unwrap();
    }
}

#[tokio::test]
async fn a_store_that_was_not_closed_has_no_seal_and_opens_with_a_torn_end() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    filled(&path).await;
    let seal = path.join("closed");
    assert!(seal.exists());
    let store = open(&path).unwrap();
    assert!(!seal.exists(), "broken for as long as it is open");
    store.commit(put(Tree::People, b"key", b"x")).await.unwrap();
    // As a power cut would leave it.
    let crashed = folder.path().join("crashed");
    let files = contents(&path);
    let log = Path::new("db");
    let torn = [&files[log][..], &[7; 50]].concat();
    lay_out(&crashed, &files, log, Some(torn));
    let after = open(&crashed).unwrap();
    assert_eq!(after.get(Tree::People, b"key").await, Ok(Some(b"x".to_vec())));
    after.close().await.unwrap();
    assert!(crashed.join("closed").exists());
}
