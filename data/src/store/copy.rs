//! Copies of a whole store, taken while it is in use: for backups and compaction.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{StoreError, Tree};

/// Where the entries of a store go. Called from a thread of its own, which may wait.
pub trait Sink: Send {
    /// Takes an entry, or with `None` the news that there is none under this key any more. What comes later about a key
    /// replaces what came before.
    ///
    /// # Errors
    /// Why it takes no more; the copy ends.
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError>;

    /// Does what takes long now: only a few entries are left, and everybody who writes will wait for those.
    ///
    /// # Errors
    /// Why it takes no more; the copy ends.
    fn flush(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Everything was put.
    ///
    /// # Errors
    /// Why the copy is of no use.
    fn finish(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        (**self).put(tree, key, value)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        (**self).flush()
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        (**self).finish()
    }
}

/// How far a copy has come; may be looked at from anywhere while it goes on.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    stopped: AtomicBool,
}

impl Progress {
    /// Entries copied so far, and about how many there are in all; 0 until that is known.
    #[must_use]
    pub fn entries(&self) -> (u64, u64) {
        (
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        )
    }

    /// Has the copy end soon, without success.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub(super) fn advance(&self, entries: usize) {
        self.done.fetch_add(entries as u64, Ordering::Relaxed);
    }
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Compacted {
    /// Bytes on disk before.
    pub before: u64,
    /// Bytes on disk after.
    pub after: u64,
}
