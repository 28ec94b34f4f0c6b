//! Copies and compactions of a store in use, one at a time.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::oneshot;

use super::committer::Committer;
use super::database::Hold;
use super::follow::{self, Follow};
use super::fresh::Fresh;
use super::{CLOSE_DEADLINE, Doorway, Open, files, generation};
use crate::store::StoreError;
use crate::store::copy::{Compacted, Progress, Sink};

/// The copy under way, if there is one.
#[derive(Debug, Default)]
pub(super) struct Copying(Mutex<Weak<UnderWay>>);

#[derive(Debug)]
struct UnderWay(Arc<Progress>);

impl Copying {
    /// Has the copy under way end: the store is closing.
    pub(super) fn stop(&self) {
        let under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        if let Some(under_way) = under_way {
            under_way.0.stop();
        }
    }

    /// How far the copy under way has come.
    pub(super) fn entries(&self) -> Option<(u64, u64)> {
        let slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.upgrade().map(|under_way| under_way.0.entries())
    }

    /// Makes this the copy under way, for as long as what is returned lives.
    fn begin(&self, progress: Arc<Progress>) -> Result<Arc<UnderWay>, StoreError> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.strong_count() > 0 {
            return Err(StoreError::Busy("a backup or a compaction"));
        }
        let under_way = Arc::new(UnderWay(progress));
        *slot = Arc::downgrade(&under_way);
        Ok(under_way)
    }

    /// Copies what is open into `sink`.
    pub(super) async fn copy(
        &self,
        open: Open,
        sink: Box<dyn Sink>,
        progress: Arc<Progress>,
    ) -> Result<(), StoreError> {
        let under_way = self.begin(progress)?;
        on_its_own(move || {
            let last = |committer: &mut Committer, follow: &Follow, sink: Box<dyn Sink>| {
                Ok((sink, follow::last(committer, follow)?))
            };
            let copied = follow::copy(&open.database, &open.door, sink, &under_way.0, last)?;
            let (mut sink, entries) = copied;
            for (tree, key, value) in entries {
                sink.put(tree, &key, value.as_deref())?;
            }
            sink.finish()
        })
        .await
    }

    /// Writes what is open anew and puts that into the doorway.
    pub(super) async fn compact(
        &self,
        open: Open,
        doorway: Doorway,
        cache_bytes: u64,
        progress: Arc<Progress>,
    ) -> Result<Compacted, StoreError> {
        let under_way = self.begin(progress)?;
        let (before, after, removed, under_way) = on_its_own(move || {
            // Of a compaction before, whose files were still being read or could not be removed.
            generation::sweep(open.database.path())?;
            let before = open.database.disk_bytes()?;
            let fresh = Fresh::begin(open.database.path(), open.database.hold(), cache_bytes)?;
            let last = move |committer: &mut Committer, follow: &Follow, mut fresh: Fresh| {
                for (tree, key, value) in follow::last(committer, follow)? {
                    fresh.put(tree, &key, value.as_deref())?;
                }
                install(committer, fresh, &doorway)
            };
            let (after, removed) = follow::copy(&open.database, &open.door, fresh, &under_way.0, last)?;
            Ok((before, after, removed, under_way))
        })
        .await?;
        // Readers given up long ago may hold the old files a little longer.
        let removed = tokio::time::timeout(CLOSE_DEADLINE, removed).await;
        drop(under_way);
        match removed {
            Ok(Ok(Ok(()))) => Ok(Compacted { before, after }),
            Ok(Ok(Err(left))) => Err(StoreError::Failed(format!("it was written anew, but {left}"))),
            Ok(Err(_)) | Err(_) => Err(StoreError::Failed(
                "the old files are still being read; they go once that ends".into(),
            )),
        }
    }
}

/// Has the committer go on with `fresh`. Gives the bytes it has on disk and what ends when the old files are removed.
fn install(
    committer: &mut Committer,
    fresh: Fresh,
    doorway: &Doorway,
) -> Result<(u64, oneshot::Receiver<Result<(), String>>), StoreError> {
    let (database, disk) = fresh.take(committer.writer.counters.groups)?;
    let bytes = database.disk_bytes()?;
    let path = database.path().to_owned();
    if let Err(error) = generation::install(&path, database.folder()) {
        // Whether the name is on disk is not known, so neither is which of the two a later opening will find.
        let error = StoreError::Failed(files::reason(&error));
        committer.end_with(error.clone());
        return Err(error);
    }
    let database = Arc::new(database);
    let old = std::mem::replace(&mut committer.database, Arc::clone(&database));
    committer.writer.disk = disk;
    let mut open = doorway.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(open) = &mut *open {
        open.database = database;
    }
    Ok((bytes, old.retire()))
}

/// Founds a store at `path` of what `fill` puts into its first generation.
pub(super) fn restore<T, E: From<StoreError>>(
    path: &Path,
    cache_bytes: u64,
    fill: impl FnOnce(&mut dyn Sink) -> Result<T, E>,
) -> Result<T, E> {
    let made = files::prepare(path)?;
    let hold = Arc::new(Hold::take(path)?);
    if files::holds_data(path) {
        let advice = "there is a store already; name an empty folder or a new one";
        return Err(files::cannot_open(path, advice).into());
    }
    let mut fresh = Fresh::begin(path, Arc::clone(&hold), cache_bytes)?;
    let filled = match fill(&mut fresh) {
        Ok(filled) => filled,
        Err(error) => {
            drop(fresh);
            files::leave(path, made);
            return Err(error);
        }
    };
    let (database, _) = fresh.take_restored()?;
    generation::install(path, database.folder()).map_err(|error| files::cannot_reach(path, &error))?;
    files::restrict(path).map_err(|error| files::cannot_reach(path, &error))?;
    Ok(filled)
}

/// Does what takes minutes on a thread of its own.
async fn on_its_own<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| StoreError::Failed("the copy ended early".into()))?
}
