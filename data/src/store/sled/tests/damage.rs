//! A store closed in order of which a file is missing, cut or has a wrong bit: it opens and has everything, or it is refused,
//! says what is damaged, and is left as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::*;

/// A store closed in order, opened once before, so that sled has a snapshot and the log has something newer.
async fn filled(path: &Path) {
    for life in 0..3_u8 {
        let store = open(path).unwrap();
        for person in 0..300_u16 {
            let value = vec![life; 300];
            store
                .commit(put(Tree::People, &person.to_be_bytes(), &value))
                .await
                .unwrap();
        }
        store.close().await.unwrap();
    }
}

/// All files of the store but the one that says who had it open last.
fn contents(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let found = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let files = found.filter(|path| path.is_file() && !path.ends_with("holder"));
    files
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
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

/// Opens the damaged store twice. True if it opened, and had everything that can be read at all.
async fn try_out(path: &Path, what: &str) -> bool {
    let before = contents(path);
    for _ in 0..2 {
        match open(path) {
            Ok(store) => {
                let people = store.scan(Scan::of(Tree::People, 999)).await;
                let whole = |people: &Vec<(Key, Value)>| {
                    people.len() == 300 && people.iter().all(|(_, value)| *value == vec![2; 300])
                };
                assert!(
                    people.as_ref().is_ok_and(whole) || matches!(people, Err(StoreError::Failed(_))),
                    "{what}: {people:?}"
                );
                store.close().await.unwrap();
                return true;
            }
            Err(StoreError::Open { reason, .. }) => {
                assert!(
                    reason.contains("damaged") || reason.contains("another version"),
                    "{what}: {reason}"
                );
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
    assert!(
        files.keys().any(|name| name.ends_with("closed")),
        "{:?}",
        files.keys()
    );
    let mut opened = 0;
    for (name, bytes) in &files {
        for (damage, damaged) in damages(bytes) {
            let copy = folder.path().join("copy");
            fs::create_dir(&copy).unwrap();
            fs::create_dir(copy.join("blobs")).unwrap();
            for (other, bytes) in &files {
                fs::write(copy.join(other.file_name().unwrap()), bytes).unwrap();
            }
            let file = copy.join(name.file_name().unwrap());
            match damaged {
                Some(bytes) => fs::write(&file, bytes).unwrap(),
                None => fs::remove_file(&file).unwrap(),
            }
            let what = format!("{} {damage}", file.file_name().unwrap().display());
            opened += u32::from(try_out(&copy, &what).await);
            fs::remove_dir_all(copy).unwrap();
        }
    }
    assert!(opened > 3, "{opened} of them open");
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
    fs::create_dir(&crashed).unwrap();
    for (name, bytes) in contents(&path) {
        let is_log = name.ends_with("db");
        let torn = if is_log {
            [&bytes[..], &[7; 50]].concat()
        } else {
            bytes
        };
        fs::write(crashed.join(name.file_name().unwrap()), torn).unwrap();
    }
    let after = open(&crashed).unwrap();
    assert_eq!(after.get(Tree::People, b"key").await, Ok(Some(b"x".to_vec())));
    after.close().await.unwrap();
    assert!(crashed.join("closed").exists());
}
