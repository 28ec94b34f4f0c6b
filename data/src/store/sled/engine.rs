//! sled itself: opening it, and what it says in our words.

use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::files;
use super::shield::{Panicked, shielded};
use crate::store::group::FORMAT;
use crate::store::{StoreError, Tree};

/// How long sled's own threads may keep its lock after a store was closed here: its owner's lock is free by then, so
/// nobody else is meant to have it.
const LINGER: Duration = Duration::from_millis(500);

/// The smallest cache that sled gets: it divides it among 256 shards and panics at none.
const MIN_CACHE_BYTES: u64 = 1 << 20;

/// Calls the database; its panics and errors become errors of the store.
pub(super) fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match shielded(call) {
        Ok(done) => done.map_err(|error| failed(&error)),
        Err(Panicked) => Err(panicked()),
    }
}

pub(super) fn open_sled(path: &Path, folder: &Path, cache_bytes: u64) -> Result<sled::Db, StoreError> {
    // Nothing is flushed behind our back: what is acknowledged is flushed by the committer, before.
    let config = sled::Config::new()
        .path(folder)
        .cache_capacity(cache_bytes.max(MIN_CACHE_BYTES))
        .flush_every_ms(None);
    let deadline = Instant::now() + LINGER;
    loop {
        match shielded(|| config.open()) {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(error)) if is_locked(&error) && Instant::now() < deadline => thread::sleep(LINGER / 100),
            Ok(Err(error)) => return Err(explain(path, &error)),
            Err(Panicked) => return Err(files::damaged(path, "the database gave up reading it")),
        }
    }
}

/// True if sled's own lock is held, of which it says so in words only.
fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

pub(super) fn open_trees(db: &sled::Db) -> sled::Result<[sled::Tree; Tree::ALL.len()]> {
    let trees: Vec<_> = Tree::ALL
        .into_iter()
        .map(|tree| db.open_tree(tree.name()))
        .collect::<Result<_, _>>()?;
    trees
        .try_into()
        .map_err(|_| sled::Error::Unsupported("a tree is missing".into()))
}

/// Refuses a sled database with trees that are not ours, before ours are made in it.
pub(super) fn check_trees(path: &Path, db: &sled::Db) -> Result<(), StoreError> {
    let ours = |name: &sled::IVec| {
        name == b"__sled__default" || Tree::ALL.into_iter().any(|tree| name == tree.name().as_bytes())
    };
    if db.is_empty() && db.tree_names().iter().all(ours) {
        return Ok(());
    }
    Err(files::cannot_open(
        path,
        "a database of another program is in it; name another folder",
    ))
}

pub(super) fn other_format(found: u32) -> String {
    let way_out = if found > FORMAT {
        "use the version of saqta that wrote it, or a newer one"
    } else {
        "export it with the version of saqta that wrote it, and import that into a new folder"
    };
    format!("it has format {found}, this program reads {FORMAT}; {way_out}")
}

/// What an error at opening means. Messages of sled that may show keys are left out.
pub(super) fn explain(path: &Path, error: &sled::Error) -> StoreError {
    match error {
        _ if is_locked(error) => files::held(path, None),
        sled::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            files::damaged(path, "its log ends too early")
        }
        sled::Error::Io(error) => files::cannot_reach(path, error),
        sled::Error::Unsupported(reason) => files::cannot_open(
            path,
            format!("another version of the database wrote it: {reason}"),
        ),
        sled::Error::Corruption { .. } => files::damaged(path, "a checksum is wrong"),
        _ => files::damaged(path, "the database reports a fault of its own"),
    }
}

pub(super) fn failed(error: &sled::Error) -> StoreError {
    StoreError::Failed(match error {
        // sled keeps the kind of a failure, and of its words only the code.
        sled::Error::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            "the file of a large value, or the folder of all of them, is missing; run `saqta check`".into()
        }
        sled::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "a file ends too early; run `saqta check`".into()
        }
        sled::Error::Io(error) => files::reason(error),
        sled::Error::Corruption { .. } => "a checksum is wrong; run `saqta check`".into(),
        _ => "the database reports a fault of its own".into(),
    })
}

pub(super) fn panicked() -> StoreError {
    StoreError::Failed("the database gave up; run `saqta check`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_as_one_whether_it_is_found_at_opening_or_at_writing() {
        let full = || io::Error::new(io::ErrorKind::StorageFull, "Os { code: 28 }");
        let told = "the disk is full; make room and try again";
        assert_eq!(failed(&sled::Error::Io(full())), StoreError::Failed(told.into()));
        let at_opening = explain(Path::new("x"), &sled::Error::Io(full()));
        assert_eq!(at_opening, files::cannot_open(Path::new("x"), told));
    }
}
