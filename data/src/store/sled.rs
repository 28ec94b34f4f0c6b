//! The store on disk: a sled database in a folder, which one process at a time has open.
//!
//! sled 0.34.7 does not survive power cuts by itself: its flush leaves the data with the kernel. Here one committer
//! writes, flushes, waits for the disk (`fdatasync` of sled's file), and only then acknowledges; nothing else does.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;

use self::committer::Door;
use self::copying::Copying;
use self::database::Database;
use self::readers::{Readers, Size};
use super::copy::{Compacted, Progress, Sink};
use super::group::{Beneath, COUNTERS_KEY, Counters};
use super::unit::Record as _;
use super::{Batch, Key, MAX_SCAN, Read, Scan, Store, StoreError, StoreFigures, Tree, Value, check_reads};

mod committer;
mod copying;
mod database;
mod engine;
mod files;
mod follow;
mod fresh;
mod generation;
mod look;
mod readers;
mod recent;
mod shield;
#[cfg(test)]
mod tests;
mod wreck;

pub use self::wreck::{Loss, Wreck};

/// What the store leaves free on its disk: when less is left it writes nothing until there is room.
pub const KEPT_FREE: u64 = committer::MIN_FREE;

/// The most entries that are gone through on the caller's thread.
const MAX_INLINE: usize = 64;
/// A read of more entries is a large one: a citizen's message takes a dozen, a card of an operator some more.
const MAX_SMALL: usize = 32;
/// How long closing waits until the files are free again.
const CLOSE_DEADLINE: Duration = Duration::from_secs(30);

/// How a store is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SledOptions {
    /// The memory for what was read, in bytes: a store of up to three eighths of it is held whole. Writes need more, and so
    /// does knowing where each entry lies.
    pub cache_bytes: u64,
    /// How many reads may wait for the disk at a time, once the database is larger than the cache.
    pub readers: usize,
    /// After how long such a read is given up with [`StoreError::Slow`].
    pub read_deadline: Duration,
}

impl Default for SledOptions {
    /// 1 GiB, 4 readers, 2 seconds.
    fn default() -> Self {
        Self {
            cache_bytes: 1 << 30,
            readers: 4,
            read_deadline: Duration::from_secs(2),
        }
    }
}

/// A store in a folder.
pub struct SledStore {
    path: std::path::PathBuf,
    cache_bytes: u64,
    readers: Readers,
    open: Doorway,
    committer: Mutex<Option<JoinHandle<()>>>,
    /// Ends when the database has let go of its files.
    gone: watch::Receiver<()>,
    /// What ended the committer's work, if anything did.
    broken: watch::Receiver<Option<StoreError>>,
    copying: Copying,
}

#[derive(Clone)]
struct Open {
    database: Arc<Database>,
    door: Door,
}

/// What is open; nothing once the store was closed. A compaction puts another database there.
type Doorway = Arc<RwLock<Option<Open>>>;

impl SledStore {
    /// Opens the store in the folder `path`; makes the folder and founds a store in it if there is none.
    ///
    /// Blocks, for seconds if the store is large.
    ///
    /// # Errors
    /// [`StoreError::Held`] if the store is open already, here or in another process; [`StoreError::Open`] for
    /// everything else, saying what to do. The files stay as they are.
    pub fn open(path: &Path, options: SledOptions) -> Result<Self, StoreError> {
        let cannot = |error: std::io::Error| files::cannot_open(path, error.to_string());
        // sled may panic on damaged files: in a thread of its own that is one error.
        let (database, writer) = thread::scope(|scope| {
            let thread = thread::Builder::new().name("saqta-open".into());
            let opening = thread.spawn_scoped(scope, || {
                shield::shielded(|| Database::open(path, options.cache_bytes))
            });
            match opening.map_err(cannot)?.join() {
                Ok(Ok(opened)) => opened,
                _ => Err(files::damaged(path, "the database gave up reading it")),
            }
        })?;
        let gone = database.gone();
        let database = Arc::new(database);
        let (door, committer, broken) = committer::start(Arc::clone(&database), writer).map_err(cannot)?;
        Ok(Self {
            path: path.to_owned(),
            cache_bytes: options.cache_bytes,
            readers: Readers::new(options.readers, options.read_deadline),
            open: Arc::new(RwLock::new(Some(Open { database, door }))),
            committer: Mutex::new(Some(committer)),
            gone,
            broken,
            copying: Copying::default(),
        })
    }

    /// Founds a store in the folder `path`, which holds none, of what `fill` puts into it. Closed when it returns. If it
    /// fails or the process dies, there is no store; it can be begun again.
    ///
    /// Blocks, for minutes if the store is large.
    ///
    /// # Errors
    /// What `fill` says; [`StoreError::Held`] or [`StoreError::Open`], as by opening, and if there is a store already.
    pub fn restore<T, E: From<StoreError>>(
        path: &Path,
        options: SledOptions,
        fill: impl FnOnce(&mut dyn Sink) -> Result<T, E>,
    ) -> Result<T, E> {
        copying::restore(path, options.cache_bytes, fill)
    }

    /// What is open; not to be kept across a wait, for closing waits for it.
    fn opened<T>(&self, take: impl FnOnce(&Open) -> T) -> Result<T, StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(take).ok_or(StoreError::Closed)
    }

    /// Reads on this thread while all of the database fits into the cache and it takes no time worth it, on a reader
    /// otherwise. `most`: how many entries may be gone through.
    async fn on_reader<T: Send + 'static>(
        &self,
        most: usize,
        read: impl FnOnce(&Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let database = self.opened(|open| Arc::clone(&open.database))?;
        if most <= MAX_INLINE && database.fits() {
            return read(&database);
        }
        self.readers.run(size(most), move || read(&database)).await
    }

    /// Shuts the doors: the committer ends after all it was asked. Gives its thread.
    fn shut(&self) -> Option<JoinHandle<()>> {
        self.copying.stop();
        self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        self.committer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// How large a read is that goes through `most` entries.
const fn size(most: usize) -> Size {
    if most > MAX_SMALL {
        Size::Large
    } else {
        Size::Small
    }
}

/// How many entries `read` may have to go through.
fn most_entries(read: &Read) -> usize {
    match read {
        Read::Key(..) => 1,
        Read::Page(scan) => scan.limit.min(MAX_SCAN),
    }
}

/// The entries that `read` finds. Of a large one nothing is held: hardly any of it is read again soon.
fn entries(database: &Database, read: Read, size: Size) -> Result<Vec<(Key, Value)>, StoreError> {
    match read {
        Read::Key(tree, key) => {
            let value = match size {
                Size::Small => database.value_to_hold(tree, &key)?,
                Size::Large => database.value(tree, &key)?,
            };
            Ok(value.map(|value| (key, value)).into_iter().collect())
        }
        Read::Page(scan) => database.scan(&scan),
    }
}

/// The entries of `read` if they were read not long ago.
fn recent_entries(database: &Database, read: &Read) -> Option<Vec<(Key, Value)>> {
    match read {
        Read::Key(tree, key) => Some(vec![(key.clone(), database.recent(*tree, key)?)]),
        Read::Page(_) => None,
    }
}

#[async_trait]
impl Store for SledStore {
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        let cached = self.opened(|open| {
            if open.database.fits() {
                return Some(open.database.value(tree, key));
            }
            open.database.recent(tree, key).map(|value| Ok(Some(value)))
        })?;
        if let Some(value) = cached {
            return value;
        }
        let key = key.to_vec();
        self.on_reader(1, move |database| database.value_to_hold(tree, &key))
            .await
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        self.on_reader(scan.limit, move |database| database.scan(&scan))
            .await
    }

    async fn read(&self, reads: Vec<Read>) -> Result<Vec<Vec<(Key, Value)>>, StoreError> {
        check_reads(&reads)?;
        let recent = self.opened(|open| {
            let entries = |read| recent_entries(&open.database, read);
            reads.iter().map(entries).collect::<Option<Vec<_>>>()
        })?;
        if let Some(entries) = recent {
            return Ok(entries);
        }
        let most = reads.iter().map(most_entries).sum();
        self.on_reader(most, move |database| {
            let each = reads.into_iter();
            each.map(|read| entries(database, read, size(most))).collect()
        })
        .await
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        batch.check()?;
        let door = self.opened(|open| open.door.clone())?;
        door.commit(batch).await
    }

    async fn copy(&self, sink: Box<dyn Sink>, progress: Arc<Progress>) -> Result<(), StoreError> {
        self.copying.copy(self.opened(Open::clone)?, sink, progress).await
    }

    async fn compact(&self, progress: Arc<Progress>) -> Result<Compacted, StoreError> {
        let doorway = Arc::clone(&self.open);
        let open = self.opened(Open::clone)?;
        self.copying
            .compact(open, doorway, self.cache_bytes, progress)
            .await
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        let counters = self.get(Tree::Settings, COUNTERS_KEY).await?;
        let database = self.opened(|open| Arc::clone(&open.database))?;
        let disk_bytes = self.readers.run(Size::Small, move || database.disk_bytes());
        Ok(StoreFigures {
            entries: Counters::decode(&counters.unwrap_or_default())?.by_name(),
            disk_bytes: disk_bytes.await?,
            copying: self.copying.entries(),
        })
    }

    async fn writable(&self) -> Result<(), StoreError> {
        if let Some(error) = self.broken.borrow().clone() {
            return Err(error);
        }
        let folder = self.opened(|open| open.database.folder().to_owned())?;
        self.readers
            .run(Size::Small, move || committer::check_room(&folder, 0, KEPT_FREE))
            .await
    }

    async fn failed(&self) -> StoreError {
        let mut broken = self.broken.clone();
        let error = broken.wait_for(Option::is_some).await;
        if let Some(error) = error.ok().and_then(|error| error.clone()) {
            return error;
        }
        // Closed in order: it has not failed, and will not.
        std::future::pending().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.shut();
        // Readers given up long ago may hold the files a little longer.
        let mut gone = self.gone.clone();
        let closed =
            tokio::time::timeout(CLOSE_DEADLINE, async { while gone.changed().await.is_ok() {} }).await;
        closed.map_err(|_| StoreError::Slow)
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // A committer that panicked has acknowledged nothing since.
        let _ = self.shut().map(JoinHandle::join);
    }
}

impl fmt::Debug for SledStore {
    /// Never the entries: they are about people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
