//! sled's trees behind the names of the store: opening, reading, writing a group.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ::sled::transaction::{ConflictableTransactionError, TransactionError, Transactional};
use tokio::sync::{oneshot, watch};

use super::engine::{check_trees, explain, failed, guarded, open_sled, open_trees, other_format, panicked};
use super::files::{self, Disk, Holder};
use super::generation;
use super::look::{self, Seal};
use super::recent::Recent;
use super::shield::{Panicked, shielded};
use crate::store::group::{Beneath, COUNTERS_KEY, Changes, Counters, FORMAT, FORMAT_KEY, Group};
use crate::store::unit::Record as _;
use crate::store::{Key, MAX_SCAN, Order, Scan, StoreError, Tree, Value, is_empty_range};

/// A store whose opening takes sled's first look at all segments upon itself: below it takes no time worth it.
const LARGE_BYTES: u64 = 1 << 30;
/// Is there only while such a store is being opened.
const ROUSING_KEY: &[u8] = b"rousing";
/// Writes that fill three of sled's segments of 512 KiB; each is small enough to stand in the log itself.
const ROUSING: u8 = 200;
const ROUSING_BYTES: usize = 8 << 10;

/// The share of a cache that holds values read not long ago; pages have the rest.
const RECENT_SHARE: u64 = 4;
/// Bytes of memory that a page in sled's cache takes for each byte that sled counts, about (measured): it counts what a
/// page takes in the log, and keeps each key and value by itself.
const PAGE_WEIGHT: u64 = 2;

/// An open database. The last one to let go of it closes the files.
pub(super) struct Database {
    trees: [sled::Tree; Tree::ALL.len()],
    db: sled::Db,
    log_bytes: AtomicU64,
    /// Bytes of the log that its cache of pages holds.
    page_bytes: u64,
    recent: Recent,
    /// The store's folder.
    path: PathBuf,
    /// The folder in which its files are: the store's, or a generation in it.
    folder: PathBuf,
    /// Says that they were closed in order, once they are.
    seal: Seal,
    /// Removes the files once they are closed, if another generation has taken their place.
    remnant: Mutex<Option<Remnant>>,
    hold: Arc<Hold>,
}

/// What keeps others out of a store for as long as any of its databases is open.
pub(super) struct Hold {
    _holder: Holder,
    /// Its receivers learn that the store is let go of, after everything else.
    gone: watch::Sender<()>,
}

impl Hold {
    /// Takes the store at `path`.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            _holder: Holder::take(path)?,
            gone: watch::Sender::new(()),
        })
    }
}

/// Files that nobody needs once they are closed.
struct Remnant {
    path: PathBuf,
    folder: PathBuf,
    /// Learns whether they are removed, or what is left.
    removed: Option<oneshot::Sender<Result<(), String>>>,
}

impl Drop for Remnant {
    fn drop(&mut self) {
        let removed = generation::remove_files(&self.path, &self.folder);
        if let Err(left) = &removed {
            tracing::warn!("{left}");
        }
        let _ = self.removed.take().map(|waiting| waiting.send(removed));
    }
}

/// What only the committer has: the way to the disk and the counters as the next group finds them.
pub(super) struct Writer {
    pub(super) disk: Disk,
    pub(super) counters: Counters,
}

impl Database {
    /// Opens the store at `path`, or founds one there. Does not return before all of it is on disk.
    pub(super) fn open(path: &Path, cache_bytes: u64) -> Result<(Self, Writer), StoreError> {
        files::prepare(path)?;
        let hold = Arc::new(Hold::take(path)?);
        let folder = files::data(path)?;
        let unreachable = |error: io::Error| files::cannot_reach(path, &error);
        files::remove_torn_snapshots(&folder).map_err(unreachable)?;
        let seal = look::check(path, &folder)?;
        // Not before it is known that what stays is sound.
        let swept = generation::sweep(path);
        let opened = swept.and_then(|()| Self::as_found(path, folder.clone(), hold, cache_bytes));
        if opened.is_err() {
            seal.mend();
        }
        opened
    }

    /// The store at `path`, whose files in `folder` look sound.
    fn as_found(
        path: &Path,
        folder: PathBuf,
        hold: Arc<Hold>,
        cache_bytes: u64,
    ) -> Result<(Self, Writer), StoreError> {
        let database = Self::in_folder(path, folder, hold, cache_bytes)?;
        let counters = database.found_or_check()?;
        database.rouse()?;
        let disk = database.settle(counters.groups)?;
        files::restrict(path).map_err(|error| files::cannot_reach(path, &error))?;
        Ok((database, Writer { disk, counters }))
    }

    /// The database in `folder`, of the store at `path`, as sled finds it.
    pub(super) fn in_folder(
        path: &Path,
        folder: PathBuf,
        hold: Arc<Hold>,
        cache_bytes: u64,
    ) -> Result<Self, StoreError> {
        let recent_bytes = cache_bytes / RECENT_SHARE;
        let page_bytes = (cache_bytes - recent_bytes) / PAGE_WEIGHT;
        let db = open_sled(path, &folder, page_bytes)?;
        check_trees(path, &db)?;
        let trees = open_trees(&db).map_err(|error| explain(path, &error))?;
        Ok(Self {
            trees,
            db,
            log_bytes: AtomicU64::new(0),
            page_bytes,
            recent: Recent::of(recent_bytes),
            path: path.to_owned(),
            seal: Seal::of(&folder),
            folder,
            remnant: Mutex::new(None),
            hold,
        })
    }

    /// Puts all that was written on disk, with the note of how many groups that is.
    pub(super) fn settle(&self, groups: u64) -> Result<Disk, StoreError> {
        let unreachable = |error: io::Error| files::cannot_reach(&self.path, &error);
        guarded(|| self.db.flush())?;
        let disk = Disk::of(&self.folder).map_err(unreachable)?;
        files::note_groups(&self.folder, groups).map_err(unreachable)?;
        files::restrict(&self.folder).map_err(unreachable)?;
        let bytes = disk.bytes().map_err(unreachable)?;
        self.log_bytes.store(bytes, Ordering::Relaxed);
        self.seal.arm(true);
        Ok(disk)
    }

    /// Has sled do what it does first when a segment of its log is full: look at every other one, for which all readers
    /// wait; ten seconds at twenty million people. Nobody reads yet. What is written for it takes three segments, so
    /// that it is over when the last of them is. A database written from empty has done so when it was small.
    fn rouse(&self) -> Result<(), StoreError> {
        self.put(Tree::Settings, ROUSING_KEY, None)?;
        if files::bytes(&self.folder).unwrap_or_default() < LARGE_BYTES {
            return Ok(());
        }
        for number in 0..ROUSING {
            self.put(Tree::Settings, ROUSING_KEY, Some(&[number; ROUSING_BYTES]))?;
            self.flush()?;
        }
        self.put(Tree::Settings, ROUSING_KEY, None)
    }

    /// Has its files removed once they are closed; the receiver learns of it then.
    pub(super) fn retire(&self) -> oneshot::Receiver<Result<(), String>> {
        self.seal.arm(false);
        let (removed, gone) = oneshot::channel();
        let remnant = Remnant {
            path: self.path.clone(),
            folder: self.folder.clone(),
            removed: Some(removed),
        };
        *self.remnant.lock().unwrap_or_else(PoisonError::into_inner) = Some(remnant);
        gone
    }

    /// What keeps others out of the store.
    pub(super) fn hold(&self) -> Arc<Hold> {
        Arc::clone(&self.hold)
    }

    /// Checks the format and reads the counters; writes both into an empty database.
    fn found_or_check(&self) -> Result<Counters, StoreError> {
        let damaged = |what| files::damaged(&self.path, what);
        let noted = files::noted_groups(&self.folder);
        let Some(format) = self.value(Tree::Settings, FORMAT_KEY)? else {
            if noted.is_some() || self.trees.iter().any(|tree| !tree.is_empty()) {
                return Err(damaged("its settings are missing"));
            }
            let (changes, counters) = Group::founding(self);
            self.write(&changes)?;
            return Ok(counters);
        };
        let format = std::str::from_utf8(&format).map(str::parse::<u32>);
        let is_current = match format {
            Ok(Ok(format @ 1..=FORMAT)) => format == FORMAT,
            Ok(Ok(found)) => return Err(files::cannot_open(&self.path, other_format(found))),
            _ => return Err(damaged("its format is not a number")),
        };
        let counters = self.value(Tree::Settings, COUNTERS_KEY)?;
        let counters = Counters::decode(&counters.unwrap_or_default())
            .map_err(|_| damaged("its counters cannot be read"))?;
        if noted.is_some_and(|noted| counters.groups < noted) {
            return Err(damaged("what was written last is missing"));
        }
        if !is_current {
            let (changes, counters) = Group::upgrading(self, counters)?;
            self.write(&changes)?;
            return Ok(counters);
        }
        Ok(counters)
    }

    /// How many groups its counters count.
    pub(super) fn groups(&self) -> Result<u64, StoreError> {
        let counters = self.value(Tree::Settings, COUNTERS_KEY)?;
        let damaged = || files::damaged(&self.path, "its counters are missing");
        Ok(Counters::decode(&counters.ok_or_else(damaged)?)?.groups)
    }

    /// Gives an error once the database has let go of its files.
    pub(super) fn gone(&self) -> watch::Receiver<()> {
        self.hold.gone.subscribe()
    }

    /// The store's folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder with its files.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// True while all of it fits into the cache of pages, so that no read waits for the disk.
    pub(super) fn fits(&self) -> bool {
        self.log_bytes.load(Ordering::Relaxed) <= self.page_bytes
    }

    /// Bytes of all its files.
    pub(super) fn disk_bytes(&self) -> Result<u64, StoreError> {
        files::bytes(&self.folder).map_err(|error| StoreError::Failed(files::reason(&error)))
    }

    fn tree(&self, tree: Tree) -> Result<&sled::Tree, StoreError> {
        let position = Tree::ALL.into_iter().position(|other| other == tree);
        position
            .and_then(|position| self.trees.get(position))
            .ok_or_else(|| StoreError::Failed(format!("no tree {}", tree.name())))
    }

    /// The value of `key`, if it was read not long ago; never waits for the disk.
    pub(super) fn recent(&self, tree: Tree, key: &[u8]) -> Option<Value> {
        self.recent.held(tree, key)
    }

    /// The value of `key`, which is held for a while if reading it again might wait for the disk.
    pub(super) fn value_to_hold(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        if self.fits() {
            return self.value(tree, key);
        }
        self.recent.value(tree, key, || self.value(tree, key))
    }

    /// A page of entries.
    pub(super) fn scan(&self, scan: &Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        let (low, high) = scan.bounds();
        if is_empty_range(&low, &high) {
            return Ok(Vec::new());
        }
        let entries = self.tree(scan.tree)?.range::<Key, _>((low, high));
        let limit = scan.limit.min(MAX_SCAN);
        let owned = |entry: sled::Result<(sled::IVec, sled::IVec)>| {
            entry.map(|(key, value)| (key.to_vec(), value.to_vec()))
        };
        guarded(|| match scan.order {
            Order::Ascending => entries.take(limit).map(owned).collect(),
            Order::Descending => entries.rev().take(limit).map(owned).collect(),
        })
    }

    /// Puts one entry, or removes it, by itself: for a database that nobody else reads or writes yet.
    pub(super) fn put(&self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        let tree = self.tree(tree)?;
        guarded(|| match value {
            Some(value) => tree.insert(key, value),
            None => tree.remove(key),
        })
        .map(drop)
    }

    /// Hands all that was written to the disk.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        guarded(|| self.db.flush()).map(drop)
    }

    /// Writes `changes` to the log, all or none of them as far as a later opening is concerned. Not on disk yet. After an
    /// error it is not known what is there: write no more.
    pub(super) fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        let written = self.try_to_write(changes);
        if written.is_err() {
            self.seal.arm(false);
        }
        written
    }

    fn try_to_write(&self, changes: &Changes) -> Result<(), StoreError> {
        let written = shielded(|| {
            self.trees[..].transaction(|trees| {
                let mut trees = Tree::ALL.into_iter().zip(trees).peekable();
                for ((tree, key), value) in changes {
                    while trees.next_if(|(other, _)| other < tree).is_some() {}
                    let Some((_, tree)) = trees.peek() else { break };
                    match value {
                        Some(value) => tree.insert(key.as_slice(), value.as_slice())?,
                        None => tree.remove(key.as_slice())?,
                    };
                }
                Ok::<(), ConflictableTransactionError<()>>(())
            })
        });
        for (tree, key) in changes.keys() {
            self.recent.forget(*tree, key);
        }
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(TransactionError::Storage(error))) => Err(failed(&error)),
            Ok(Err(TransactionError::Abort(()))) | Err(Panicked) => Err(panicked()),
        }
    }

    /// Puts on disk what was written. After an error it is not known what is there: write no more.
    pub(super) fn sync(&self, disk: &mut Disk) -> Result<(), StoreError> {
        let synced = self.try_to_sync(disk);
        if synced.is_err() {
            self.seal.arm(false);
        }
        synced
    }

    fn try_to_sync(&self, disk: &mut Disk) -> Result<(), StoreError> {
        let on_disk = |error: io::Error| StoreError::Failed(files::reason(&error));
        disk.sync_blobs().map_err(on_disk)?;
        guarded(|| self.db.flush())?;
        disk.sync_log().map_err(on_disk)?;
        self.log_bytes
            .store(disk.bytes().map_err(on_disk)?, Ordering::Relaxed);
        Ok(())
    }
}

impl Beneath for Database {
    fn value(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        let tree = self.tree(tree)?;
        let value = guarded(|| tree.get(key))?;
        Ok(value.map(|value| value.to_vec()))
    }
}
