//! A unit of work: reads typed values, remembers what it read, and commits all its changes only if what they rest on
//! still stands.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Batch, Counter, Key, Line, Read, Store, StoreError, Tree, Value, codec, counter_value};
use crate::clock::Timestamp;
use crate::iin::Iin;
use crate::journal::{Door, Entry, Outcome, Particulars, Subject, Who};
use crate::language::Language;

/// A value of a tree with its encoding.
pub trait Record: Sized {
    /// The tree that holds such values.
    const TREE: Tree;
    /// The value as bytes, the first of which is the version of the encoding.
    fn encode(&self) -> Value;
    /// The value of bytes.
    ///
    /// # Errors
    /// [`StoreError::Value`] for an unknown version or damaged bytes.
    fn decode(bytes: &[u8]) -> Result<Self, StoreError>;
}

/// Tries bytes as a value of one type: `None` if they are none, else whether what is written of it is read as the same.
pub type Trial = fn(&[u8]) -> Option<bool>;

/// The [`Trial`] of `R`.
#[must_use]
pub fn survives<R: Record + PartialEq>(bytes: &[u8]) -> Option<bool> {
    let value = R::decode(bytes).ok()?;
    Some(R::decode(&value.encode()) == Ok(value))
}

const ENTRY_VERSION: u8 = 2;

/// A journal line as the first version wrote it: without particulars.
#[derive(Deserialize)]
struct First {
    at: Timestamp,
    door: Door,
    who: Who,
    subject: Option<Subject>,
    outcome: Outcome,
    topic: String,
    language: Language,
    took_us: u32,
}

impl From<First> for Entry {
    fn from(first: First) -> Self {
        Self {
            at: first.at,
            door: first.door,
            who: first.who,
            subject: first.subject,
            outcome: first.outcome,
            topic: first.topic,
            language: first.language,
            took_us: first.took_us,
            particulars: Particulars::default(),
        }
    }
}

impl Record for Entry {
    const TREE: Tree = Tree::Journal;

    fn encode(&self) -> Value {
        codec::seal(ENTRY_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.first() == Some(&1) {
            return codec::open::<First>("journal line", 1, bytes).map(Self::from);
        }
        codec::open("journal line", ENTRY_VERSION, bytes)
    }
}

/// Reads and changes that are to be one.
#[derive(Debug)]
pub struct Unit<'a> {
    store: &'a dyn Store,
    read: BTreeMap<(Tree, Key), Option<Value>>,
    bytes_read: usize,
    batch: Batch,
}

impl<'a> Unit<'a> {
    /// A unit of work on `store`.
    #[must_use]
    pub fn new(store: &'a dyn Store) -> Self {
        Self {
            store,
            read: BTreeMap::new(),
            bytes_read: 0,
            batch: Batch::default(),
        }
    }

    /// Marks it as removing what must not be kept ([`Batch::removes`]).
    #[must_use]
    pub fn removing(mut self) -> Self {
        self.batch.removes = true;
        self
    }

    /// Makes `reads` together, since each by itself may have to wait for the disk: what is read of these keys later is here by
    /// then. Gives the entries of the pages among them.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn read_ahead(&mut self, reads: Vec<Read>) -> Result<Vec<Vec<(Key, Value)>>, StoreError> {
        let found = self.store.read(reads.clone()).await?;
        let mut pages = Vec::new();
        for (read, entries) in reads.into_iter().zip(found) {
            match read {
                Read::Key(tree, key) => {
                    let value = entries.into_iter().next().map(|(_, value)| value);
                    self.remember((tree, key), value);
                }
                Read::Page(_) => pages.push(entries),
            }
        }
        Ok(pages)
    }

    /// The value of `key`, as it was when it was first read here. If the unit changes this key later, the commit holds only
    /// if nobody else did meanwhile.
    ///
    /// # Errors
    /// Whatever the store or the decoding says.
    pub async fn read<R: Record>(&mut self, key: &[u8]) -> Result<Option<R>, StoreError> {
        let place = (R::TREE, key.to_vec());
        if let Some(bytes) = self.read.get(&place) {
            return bytes.as_deref().map(R::decode).transpose();
        }
        let bytes = self.store.get(R::TREE, key).await?;
        let value = bytes.as_deref().map(R::decode).transpose()?;
        self.remember(place, bytes);
        Ok(value)
    }

    fn remember(&mut self, place: (Tree, Key), value: Option<Value>) {
        self.bytes_read += value.as_ref().map_or(0, Vec::len);
        self.read.insert(place, value);
    }

    /// Bytes of the values read so far.
    #[must_use]
    pub const fn bytes_read(&self) -> usize {
        self.bytes_read
    }

    /// Sets `key`.
    pub fn write<R: Record>(&mut self, key: &[u8], value: &R) {
        self.change(R::TREE, key, Some(value.encode()));
    }

    /// Sets or removes a key whose value is not a [`Record`].
    pub fn change(&mut self, tree: Tree, key: &[u8], value: Option<Value>) {
        match self.read.remove(&(tree, key.to_vec())) {
            Some(before) if before == value => return,
            Some(before) => self.batch.expect.push((tree, key.to_vec(), before)),
            None => {}
        }
        self.batch.change.push((tree, key.to_vec(), value));
    }

    /// What `key` was counted to by batches that are visible now.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn counted(&self, key: &[u8]) -> Result<u32, StoreError> {
        if let Some(value) = self.read.get(&(Tree::Limits, key.to_vec())) {
            return Ok(counter_value(value.as_deref()));
        }
        let value = self.store.get(Tree::Limits, key).await?;
        Ok(counter_value(value.as_deref()))
    }

    /// Counts `key` up; the commit fails with [`StoreError::LimitReached`] if it stood at `max`.
    pub fn count(&mut self, key: Key, max: u32) {
        self.batch.count.push(Counter { key, max });
    }

    /// Appends a journal line.
    pub fn journal(&mut self, entry: &Entry, about: Option<Iin>) {
        self.batch.journal.push(Line {
            about,
            value: entry.encode(),
        });
    }

    /// Commits; returns when all is on disk, with the sequence numbers of the journal lines.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if a key read and changed here was changed by another: begin again.
    pub async fn commit(self) -> Result<Vec<u64>, StoreError> {
        self.store.commit(self.batch).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Scan;
    use crate::store::memory::MemoryStore;

    #[derive(PartialEq)]
    struct Lossy(u8);

    impl Record for Lossy {
        const TREE: Tree = Tree::Settings;

        fn encode(&self) -> Value {
            vec![self.0 & 1]
        }

        fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
            let byte = bytes.first().copied();
            byte.map(Self).ok_or(StoreError::Conflict)
        }
    }

    #[test]
    fn a_value_that_is_not_read_as_it_was_written_is_told() {
        assert_eq!(survives::<Lossy>(&[]), None);
        assert_eq!(survives::<Lossy>(&[1]), Some(true));
        assert_eq!(survives::<Lossy>(&[2]), Some(false));
    }

    async fn put(store: &MemoryStore, tree: Tree, value: &[u8]) {
        let batch = Batch {
            change: vec![(tree, b"key".to_vec(), Some(value.to_vec()))],
            ..Batch::default()
        };
        store.commit(batch).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_read_ahead_is_what_the_batch_rests_on() {
        let store = MemoryStore::new();
        put(&store, Tree::Limits, &5_u32.to_be_bytes()).await;
        let mut unit = Unit::new(&store);
        let ahead = |tree| Read::Key(tree, b"key".to_vec());
        let page = Read::Page(Scan::of(Tree::Limits, 1));
        let pages = unit.read_ahead(vec![ahead(Tree::Limits), page, ahead(Tree::Journal)]);
        let pages = pages.await.unwrap();
        assert_eq!(pages, [[(b"key".to_vec(), 5_u32.to_be_bytes().to_vec())]]);
        put(&store, Tree::Limits, &6_u32.to_be_bytes()).await;
        assert_eq!(unit.counted(b"key").await, Ok(5));
        put(&store, Tree::Journal, b"other").await;
        assert_eq!(unit.read::<Entry>(b"key").await, Ok(None), "as it was");
        unit.change(Tree::Journal, b"key", Some(vec![1]));
        assert_eq!(unit.commit().await, Err(StoreError::Conflict));
    }
}
