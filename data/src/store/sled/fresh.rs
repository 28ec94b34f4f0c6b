//! A generation of the store while it is written, before anybody reads it.

use std::path::Path;
use std::sync::Arc;

use super::database::{Database, Hold};
use super::files::{self, Disk};
use super::generation;
use crate::store::copy::Sink;
use crate::store::{StoreError, Tree};

/// After so many bytes they are handed to the disk, so that what sled holds in memory stays small.
const FLUSH_BYTES: usize = 32 << 20;
/// What must stay free on the disk: the store that is in use goes on writing there.
const MIN_FREE: u64 = 256 << 20;

/// A new generation. Dropped before it was taken, its files are removed.
pub(super) struct Fresh {
    database: Option<Database>,
    unflushed: usize,
}

impl Fresh {
    /// An empty one for the store at `path`, which `hold` keeps.
    pub(super) fn begin(path: &Path, hold: Arc<Hold>, cache_bytes: u64) -> Result<Self, StoreError> {
        let folder = generation::begin(path).map_err(|error| files::cannot_reach(path, &error))?;
        let database = Database::in_folder(path, folder, hold, cache_bytes)?;
        Ok(Self {
            database: Some(database),
            unflushed: 0,
        })
    }

    /// The database, all of it on disk, for its user from now on. `groups`: how many groups its counters count.
    pub(super) fn take(mut self, groups: u64) -> Result<(Database, Disk), StoreError> {
        let disk = self.database()?.settle(groups)?;
        let database = self.database.take().ok_or(StoreError::Closed)?;
        Ok((database, disk))
    }

    /// As [`Fresh::take`], of a store whose counters are known from itself only. It must be one that can be opened.
    pub(super) fn take_restored(self) -> Result<(Database, Disk), StoreError> {
        let groups = self.database()?.groups()?;
        self.take(groups)
    }

    fn database(&self) -> Result<&Database, StoreError> {
        self.database.as_ref().ok_or(StoreError::Closed)
    }
}

impl Sink for Fresh {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        self.database()?.put(tree, key, value)?;
        self.unflushed += key.len() + value.map_or(0, <[u8]>::len);
        if self.unflushed >= FLUSH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Puts on disk what was written so far.
    fn flush(&mut self) -> Result<(), StoreError> {
        let database = self.database()?;
        let free = files::free(database.folder()).map_err(|error| failed(&error))?;
        if free < MIN_FREE {
            return Err(StoreError::Failed(format!(
                "the disk has only {} MiB left, too little for the copy; nothing was changed; make room and try again",
                free >> 20
            )));
        }
        database.flush()?;
        self.unflushed = 0;
        Ok(())
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(database) = &self.database {
            drop(database.retire());
        }
    }
}

fn failed(error: &std::io::Error) -> StoreError {
    StoreError::Failed(files::reason(error))
}
