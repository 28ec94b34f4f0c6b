//! A generation of the store while it is written, before anybody reads it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::database::{Database, Hold};
use super::files::{self, Disk};
use super::generation;
use crate::store::copy::Sink;
use crate::store::{Key, StoreError, Tree, Value};

/// After so many bytes they are handed to the disk, so that what sled holds in memory stays small.
const FLUSH_BYTES: usize = 32 << 20;
/// So many entries, or bytes of them, wait to be written together.
const WINDOW: usize = 2_000;
const WINDOW_BYTES: usize = 4 << 20;
/// What must stay free on the disk: the store that is in use goes on writing there.
const MIN_FREE: u64 = 256 << 20;

/// A new generation. Dropped before it was taken, its files are removed.
pub(super) struct Fresh {
    database: Option<Database>,
    /// What was put last, to be written in another order than that of the keys: a page that is filled in order is left half
    /// full when it splits, and never gets an entry again.
    window: BTreeMap<(Tree, Key), Option<Value>>,
    window_bytes: usize,
    unflushed: usize,
}

impl Fresh {
    /// An empty one for the store at `path`, which `hold` keeps.
    pub(super) fn begin(path: &Path, hold: Arc<Hold>, cache_bytes: u64) -> Result<Self, StoreError> {
        let folder = generation::begin(path).map_err(|error| files::cannot_reach(path, &error))?;
        let database = Database::in_folder(path, folder, hold, cache_bytes)?;
        Ok(Self {
            database: Some(database),
            window: BTreeMap::new(),
            window_bytes: 0,
            unflushed: 0,
        })
    }

    /// The database, all of it on disk, for its user from now on. `groups`: how many groups its counters count.
    pub(super) fn take(mut self, groups: u64) -> Result<(Database, Disk), StoreError> {
        self.write_window()?;
        let disk = self.database()?.settle(groups)?;
        let database = self.database.take().ok_or(StoreError::Closed)?;
        Ok((database, disk))
    }

    /// As [`Fresh::take`], of a store whose counters are known from itself only. It must be one that can be opened.
    pub(super) fn take_restored(mut self) -> Result<(Database, Disk), StoreError> {
        self.write_window()?;
        let groups = self.database()?.groups()?;
        self.take(groups)
    }

    /// Writes what waits, each step as far from the one before as the golden section is wide.
    fn write_window(&mut self) -> Result<(), StoreError> {
        let entries: Vec<_> = std::mem::take(&mut self.window).into_iter().collect();
        self.unflushed += std::mem::take(&mut self.window_bytes);
        let database = self.database()?;
        let step = step_of(entries.len());
        let mut at = 0;
        for _ in 0..entries.len() {
            if let Some(((tree, key), value)) = entries.get(at) {
                database.put(*tree, key, value.as_deref())?;
            }
            at = (at + step) % entries.len();
        }
        Ok(())
    }

    fn database(&self) -> Result<&Database, StoreError> {
        self.database.as_ref().ok_or(StoreError::Closed)
    }
}

impl Sink for Fresh {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        self.window_bytes += key.len() + value.map_or(0, <[u8]>::len);
        self.window
            .insert((tree, key.to_vec()), value.map(<[u8]>::to_vec));
        if self.window.len() >= WINDOW || self.window_bytes >= WINDOW_BYTES {
            self.write_window()?;
        }
        if self.unflushed >= FLUSH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Puts on disk what was written so far.
    fn flush(&mut self) -> Result<(), StoreError> {
        self.write_window()?;
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

/// The golden section of `count`, or the next number that has no divisor in common with it, so that such steps reach all.
fn step_of(count: usize) -> usize {
    let coprime = |step: &usize| {
        let (mut a, mut b) = (count, *step);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    (count * 618 / 1_000..count).find(coprime).unwrap_or(1)
}

fn failed(error: &std::io::Error) -> StoreError {
    StoreError::Failed(files::reason(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_reach_every_entry_once() {
        for count in (1..300).chain([WINDOW]) {
            let step = step_of(count);
            let reached: std::collections::BTreeSet<_> = (0..count).map(|n| n * step % count).collect();
            assert_eq!(reached.len(), count, "{step} of {count}");
        }
    }
}
