use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::*;
use crate::office::testing::{day, export_all, import, office_over};
use crate::registry::Registry;
use crate::store::memory::MemoryStore;
use crate::store::sled::{SledOptions, SledStore};
use crate::store::{Batch, Store};

/// A file in memory that a sink can be asked for afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a backup put somewhere.
#[derive(Default)]
struct Entries(BTreeMap<(Tree, Vec<u8>), Vec<u8>>);

impl Sink for Entries {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.0.insert((tree, key.to_vec()), value.to_vec()),
            None => self.0.remove(&(tree, key.to_vec())),
        };
        Ok(())
    }
}

const PEOPLE: &str = "900101300007,Кимова,Анна,Қайратқызы,1990-01-01,f,independent\n\
                      900101300017,Ким,Борис,,1990-01-01,m,none\n";
const PAYMENTS: &str = "REF-1,1,900101300007,022026,121,employer,123456789012,4250.00,2026-02-10\n";

const MADE_AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// A store with people in it, and its backup.
async fn backup() -> (Arc<dyn Store>, Vec<u8>) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let office = office_over(Arc::clone(&store));
    assert_eq!(import(&office, Registry::People, PEOPLE).await, (2, 0, 0));
    assert_eq!(
        import(&office, Registry::Contributions, PAYMENTS).await,
        (1, 0, 0)
    );
    let bytes = backup_of(&*store).await;
    (store, bytes)
}

async fn backup_of(store: &dyn Store) -> Vec<u8> {
    let file = Shared::default();
    let writer = BackupWriter::begin(file.clone(), MADE_AT).unwrap();
    store.copy(Box::new(writer), Arc::default()).await.unwrap();
    file.0.lock().unwrap().clone()
}

fn read(bytes: &[u8]) -> Result<(Contents, Entries), BackupError> {
    let mut entries = Entries::default();
    read_backup(bytes, &mut entries).map(|contents| (contents, entries))
}

#[tokio::test]
async fn a_store_restored_from_a_backup_is_the_same() {
    let (store, bytes) = backup().await;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store");
    let options = SledOptions {
        cache_bytes: 1 << 20,
        ..SledOptions::default()
    };
    let contents = SledStore::restore(&path, options, |sink| read_backup(&bytes[..], sink)).unwrap();
    assert_eq!(contents.made_at, MADE_AT);
    assert_eq!(contents.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(contents.data_date, Some(day("2026-02-10")));
    assert_eq!(contents.entries, store.figures().await.unwrap().entries);
    let restored: Arc<dyn Store> = Arc::new(SledStore::open(&path, options).unwrap());
    assert_eq!(restored.figures().await.unwrap().entries, contents.entries);
    let (before, after) = (office_over(store), office_over(Arc::clone(&restored)));
    assert_eq!(export_all(&before).await, export_all(&after).await);
    let again = import(&after, Registry::People, PEOPLE).await;
    assert_eq!(again, (0, 2, 0), "it goes on from there");
    restored.close().await.unwrap();
    let refused = SledStore::restore(&path, options, |sink| read_backup(&bytes[..], sink));
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("there is a store already"), "{refused}");
}

#[tokio::test]
async fn no_byte_can_be_changed_or_missing_unnoticed() {
    let (_, bytes) = backup().await;
    assert!(read(&bytes).is_ok());
    for end in 0..bytes.len() {
        let error = read(&bytes[..end]).err().unwrap();
        let told = matches!(
            error,
            BackupError::Cut | BackupError::Foreign | BackupError::Damaged(_)
        );
        assert!(told, "{end} of {}: {error:?}", bytes.len());
    }
    let (_, whole) = read(&bytes).unwrap();
    let mut unnoticed = 0;
    for at in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= bit;
            if let Ok((_, entries)) = read(&damaged) {
                assert_eq!(entries.0, whole.0, "byte {at}");
                unnoticed += 1;
            }
        }
    }
    assert!(
        unnoticed <= 8,
        "bits of zstd's head that mean nothing here: {unnoticed}"
    );
    let more = [bytes, b"more".to_vec()].concat();
    assert!(
        matches!(read(&more), Err(BackupError::Damaged(_))),
        "what follows it is not its own"
    );
}

#[test]
fn another_file_and_another_version_are_told_apart() {
    for (bytes, told) in [
        (&b"iin,surname\n"[..], "this is no backup of saqta"),
        (b"", "this is no backup of saqta"),
        (
            b"saqta-backup 2\nwhatever",
            "a newer version of saqta made this backup; use that one or a newer one",
        ),
    ] {
        assert_eq!(read(bytes).err().unwrap().to_string(), told);
    }
}

#[tokio::test]
async fn a_restoration_that_fails_leaves_no_store_and_can_be_begun_again() {
    let (_, bytes) = backup().await;
    let folder = TempDir::new().unwrap();
    let options = SledOptions {
        cache_bytes: 1 << 20,
        ..SledOptions::default()
    };
    let cut = &bytes[..bytes.len() / 2];
    let failed = SledStore::restore(folder.path(), options, |sink| read_backup(cut, sink));
    assert!(matches!(failed, Err(BackupError::Cut)));
    SledStore::restore(folder.path(), options, |sink| read_backup(&bytes[..], sink)).unwrap();
    SledStore::open(folder.path(), options).unwrap();
}

#[tokio::test]
async fn a_store_founded_of_a_backup_is_told_from_the_one_that_was_backed_up() {
    let (store, bytes) = backup().await;
    let mut restored = Entries::default();
    restore_backup(&bytes[..], &mut restored).unwrap();
    assert_eq!(restored.0, read(&bytes).unwrap().1.0, "it had no number yet");

    let number = vec![7; 8];
    let batch = Batch {
        change: vec![(Tree::Settings, ERASURE.to_vec(), Some(number.clone()))],
        ..Batch::default()
    };
    store.commit(batch).await.unwrap();
    let bytes = backup_of(&*store).await;
    let mut numbers = vec![number];
    for _ in 0..2 {
        let (contents, mut wanted) = read(&bytes).unwrap();
        let mut restored = Entries::default();
        assert_eq!(restore_backup(&bytes[..], &mut restored).unwrap(), contents);
        let place = (Tree::Settings, ERASURE.to_vec());
        let number = restored.0[&place].clone();
        assert_eq!((number.len(), numbers.contains(&number)), (8, false));
        wanted.0.insert(place, number.clone());
        assert_eq!(restored.0, wanted.0, "nothing else differs");
        numbers.push(number);
    }
}
