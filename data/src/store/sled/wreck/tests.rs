use std::fs;

use tempfile::TempDir;

use super::*;
use crate::iin::Iin;
use crate::store::sled::{SledOptions, SledStore};

/// People, in the order of their numbers.
fn people(count: usize) -> impl Iterator<Item = (Key, Value)> {
    let iins = (900_101_300_000..).filter_map(Iin::from_number);
    iins.take(count).map(|iin| {
        let person = Person::new(iin);
        (iin.number().to_be_bytes().to_vec(), person.encode())
    })
}

async fn commit(store: &SledStore, change: Vec<(Tree, Key, Option<Value>)>) {
    let batch = Batch {
        change,
        ..Batch::default()
    };
    store.commit(batch).await.unwrap();
}

/// A store closed in order after three lives: with people, with much that was replaced or removed, with a value so large that
/// it has a file of its own.
async fn filled(path: &Path) {
    for life in 0..3_u8 {
        let store = SledStore::open(path, SledOptions::default()).unwrap();
        let all: Vec<_> = people(3_000).collect();
        for some in all.chunks(500) {
            let people = some.iter().cloned();
            let people = people.map(|(key, value)| (Tree::People, key, Some(value)));
            commit(&store, people.collect()).await;
        }
        for round in 0..40_u16 {
            let number = |n: u16| (u32::from(n) * 7).to_be_bytes().to_vec();
            let put = (0..200).map(|n| (Tree::Limits, number(n), Some(vec![life; usize::from(n ^ round)])));
            let gone = (0..200)
                .filter(|n| n % 40 < round)
                .map(|n| (Tree::Notes, number(n), None));
            let come = (0..9).map(|n| (Tree::Notes, number(n + round), Some(round.to_be_bytes().to_vec())));
            commit(&store, put.chain(gone).chain(come).collect()).await;
        }
        let large = vec![life; 1 << 20];
        commit(&store, vec![(Tree::Imports, b"large".to_vec(), Some(large))]).await;
        store.close().await.unwrap();
    }
}

/// All entries of all trees.
async fn entries(store: &dyn Store) -> BTreeMap<(Tree, Key), Value> {
    let mut entries = BTreeMap::new();
    for tree in Tree::ALL {
        let mut after = None;
        loop {
            let scan = Scan {
                after,
                ..Scan::of(tree, 700)
            };
            let page = store.scan(scan).await.unwrap();
            after = page.last().map(|(key, _)| key.clone());
            let is_last = page.len() < 700;
            for (key, value) in page {
                assert_eq!(entries.insert((tree, key), value), None, "found twice");
            }
            if is_last {
                break;
            }
        }
    }
    entries
}

fn contents(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let found = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let files = found.filter(|path| path.is_file());
    files
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The name of the snapshot in `path`.
fn snapshot(path: &Path) -> PathBuf {
    path.join(snapshot::newest(path).unwrap().unwrap().name())
}

#[tokio::test]
async fn a_sound_store_reads_the_same_from_its_files() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    filled(&path).await;
    let before = contents(&path);
    let with_snapshot = Wreck::open(&path).unwrap();
    let found = entries(&with_snapshot).await;
    assert_eq!(contents(&path), before, "nothing is written");
    let loss = with_snapshot.loss();
    assert_eq!((loss.pages, loss.places), (0, 0));
    for (tree, (found, counted)) in &loss.entries {
        assert_eq!(Some(*found), *counted, "{tree}");
    }

    fs::remove_file(snapshot(&path)).unwrap();
    let of_the_log = Wreck::open(&path).unwrap();
    assert!(entries(&of_the_log).await == found);
    let store = SledStore::open(&path, SledOptions::default()).unwrap();
    assert!(entries(&store).await == found);
    let some = found.iter().next().unwrap();
    assert_eq!(
        of_the_log.get(some.0.0, &some.0.1).await,
        Ok(Some(some.1.clone()))
    );
    assert_eq!(of_the_log.get(Tree::People, b"nobody").await, Ok(None));
    assert!(of_the_log.commit(Batch::default()).await.is_err());
}

#[tokio::test]
async fn of_a_damaged_store_there_is_what_can_be_read_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    filled(&path).await;
    let whole = entries(&Wreck::open(&path).unwrap()).await;
    let size = fs::metadata(path.join("db")).unwrap().len();
    let (mut lost, mut most) = (0, 0);
    for place in 0..60 {
        let damaged = folder.path().join(place.to_string());
        copy(&path, &damaged);
        let mut log = fs::read(damaged.join("db")).unwrap();
        let at = usize::try_from(size * place / 60).unwrap();
        log[at] ^= 4;
        fs::write(damaged.join("db"), log).unwrap();
        let wreck = Wreck::open(&damaged).unwrap();
        let found = entries(&wreck).await;
        let is_newest = wreck.loss().places == 0;
        for (key, value) in &found {
            let right = whole.get(key) == Some(value);
            // What the snapshot knows is right or missing; of what came later an older value may be there.
            assert!(right || !is_newest || key.0 != Tree::People, "{key:?} at {at}");
        }
        let people = |entries: &BTreeMap<(Tree, Key), Value>| {
            entries.keys().filter(|(tree, _)| *tree == Tree::People).count()
        };
        if people(&found) < people(&whole) {
            let missing = wreck.loss();
            assert!(missing.pages + missing.places > 0, "{missing:?} at {at}");
            lost += 1;
            most = most.max(people(&whole) - people(&found));
        }
        fs::remove_dir_all(damaged).unwrap();
    }
    assert!(
        most < 1_000,
        "{most} people lost with one bit, something {lost} times"
    );
}

#[tokio::test]
async fn people_are_found_without_the_tree_that_led_to_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    filled(&path).await;
    let wreck = Wreck::open(&path).unwrap();
    let meta = wreck.chains[&META].base.unwrap();
    let root = wreck.roots().unwrap()[Tree::People.name().as_bytes()];
    let root = wreck.chains[&root].base.unwrap();
    for place in [meta, root] {
        let damaged = folder.path().join(place.offset.to_string());
        copy(&path, &damaged);
        let mut log = fs::read(damaged.join("db")).unwrap();
        log[usize::try_from(place.offset).unwrap() + 9] ^= 1;
        fs::write(damaged.join("db"), log).unwrap();
        let wreck = Wreck::open(&damaged).unwrap();
        let found = wreck.scan(Scan::of(Tree::People, MAX_SCAN)).await.unwrap();
        assert!(found.into_iter().eq(people(3_000)));
        assert!(wreck.loss().pages + wreck.loss().places > 0);
    }
}

#[test]
fn of_pages_for_the_same_keys_the_one_written_last_counts() {
    let parts = |pages: &[(&str, &str, u64)]| {
        let leaf = |(low, high, written): &(&str, &str, u64)| Leaf {
            low: low.as_bytes().into(),
            high: high.as_bytes().into(),
            page: *written,
            written: *written,
        };
        let text = |key: Key| String::from_utf8(key).unwrap();
        let parts = in_order(pages.iter().map(leaf).collect()).into_iter();
        let parts = parts.map(|leaf| format!("{}..{}:{}", text(leaf.low), text(leaf.high), leaf.written));
        parts.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(parts(&[("d", "", 2), ("", "d", 1)]), "..d:1 d..:2", "sound");
    assert_eq!(
        parts(&[("", "", 1), ("b", "d", 2), ("f", "", 3)]),
        "..b:1 b..d:2 d..f:1 f..:3"
    );
    assert_eq!(parts(&[("", "", 3), ("b", "d", 2), ("f", "", 1)]), "..:3");
    assert_eq!(parts(&[("a", "e", 2), ("c", "g", 1)]), "a..e:2 e..g:1");
    assert_eq!(parts(&[("a", "e", 1), ("c", "g", 2)]), "a..c:1 c..g:2");
    assert_eq!(
        parts(&[("a", "e", 1), ("a", "e", 2), ("e", "f", 1)]),
        "a..e:2 e..f:1"
    );
    assert_eq!(
        parts(&[("a", "z", 1), ("", "c", 2), ("c", "y", 3)]),
        "..c:2 c..y:3 y..z:1"
    );
}

#[tokio::test]
async fn a_page_that_a_lost_message_left_displaces_none_written_since() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    let store = SledStore::open(&path, SledOptions::default()).unwrap();
    let locked = people(10).map(|(key, value)| {
        let person = Person::decode(&value).unwrap();
        (
            Tree::People,
            key,
            Some(
                Person {
                    locked: true,
                    ..person
                }
                .encode(),
            ),
        )
    });
    commit(&store, locked.collect()).await;
    store.close().await.unwrap();
    let early = Wreck::open(&path).unwrap();
    let [only] = &early.leaves[&Tree::People][..] else {
        panic!("{:?}", early.leaves);
    };
    let left = early.chains[&only.page].clone();

    let store = SledStore::open(&path, SledOptions::default()).unwrap();
    let all = people(3_000).map(|(key, value)| (Tree::People, key, Some(value)));
    commit(&store, all.collect()).await;
    store.close().await.unwrap();
    let mut wreck = Wreck::open(&path).unwrap();
    let whole = entries(&wreck).await;
    let stray = 1 + wreck.chains.keys().max().unwrap();
    wreck.chains.insert(stray, left);
    wreck.loss.places = 1;
    let node = wreck.node(stray).expect("or this shows nothing");
    assert!(
        node.low.is_empty() && node.high.is_empty(),
        "it stood for all of them"
    );
    wreck.find_leaves();
    assert!(entries(&wreck).await == whole);
}

#[tokio::test]
async fn a_page_that_stands_for_other_keys_now_is_not_taken_for_the_one_named() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    filled(&path).await;
    let mut wreck = Wreck::open(&path).unwrap();
    let whole = entries(&wreck).await;
    let page = |tree| wreck.leaves[&tree][1].page;
    let (taken, from) = (page(Tree::Limits), page(Tree::People));
    // As where the pages that name it were not written since.
    let chain = wreck.chains[&from].clone();
    wreck.chains.insert(taken, chain);
    wreck.find_leaves();
    assert_eq!(wreck.loss().pages, 1, "though two name it");
    let found = entries(&wreck).await;
    assert!(found.iter().all(|(key, value)| whole.get(key) == Some(value)));
    let of = |tree| move |(key, _): &(&(Tree, Key), &Value)| key.0 == tree;
    let kept = |tree| {
        (
            found.iter().filter(of(tree)).count(),
            whole.iter().filter(of(tree)).count(),
        )
    };
    let (found, all) = kept(Tree::People);
    assert_eq!(found, all);
    let (found, all) = kept(Tree::Limits);
    assert!(0 < found && found < all, "{found} of {all}");
}

#[tokio::test]
async fn half_a_log_and_a_damaged_snapshot_are_read_as_far_as_they_go() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    filled(&path).await;
    let log = fs::File::options().write(true).open(path.join("db")).unwrap();
    log.set_len(log.metadata().unwrap().len() / 2).unwrap();
    for damage in [false, true] {
        if damage {
            fs::write(snapshot(&path), "short").unwrap();
        }
        let wreck = Wreck::open(&path).unwrap();
        let found = wreck.scan(Scan::of(Tree::People, MAX_SCAN)).await.unwrap();
        let whole: Vec<_> = people(3_000).collect();
        assert!(!found.is_empty() && found.iter().all(|entry| whole.contains(entry)));
    }
    log.set_len(0).unwrap();
    let nothing = Wreck::open(&path).unwrap_err();
    assert!(
        nothing.to_string().contains("nothing of it can be read"),
        "{nothing}"
    );
    fs::remove_file(path.join("db")).unwrap();
    let nothing = Wreck::open(&path).unwrap_err();
    assert!(nothing.to_string().contains("its log is missing"), "{nothing}");
}

#[tokio::test]
async fn any_bytes_are_no_more_than_unreadable() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    filled(&path).await;
    let snapshot = snapshot(&path);
    let noise: Vec<u8> = (0..200_000_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2])
        .collect();
    for name in [path.join("db"), snapshot] {
        fs::write(&name, &noise).unwrap();
        assert!(Wreck::open(&path).is_err(), "{}", name.display());
    }
    for start in 0..2_000 {
        let bytes = &noise[start..start + 300];
        let _ = (Node::read(bytes), page::roots(bytes));
    }
}
