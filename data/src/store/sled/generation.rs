//! Which folder holds the data: the store's own, or, once the data was written anew, a generation inside it.
//!
//! Whoever writes the whole store anew (a compaction, a restoration) does it in a folder `data-N` that nobody reads
//! yet, and lets the file `current` name that folder only when all of it is on disk. So there is one whole store at any
//! instant; what a crash leaves of the other is removed at the next opening.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::files::{self, BLOBS, CLOSED, CONF, FILE_MODE, FOLDER_MODE, LOG, NOTE, NOTE_NEW};
use crate::store::{Left, StoreError};

/// Holds the number of the generation; without it the data lies in the store's own folder.
const CURRENT: &str = "current";
/// That, being written.
const CURRENT_NEW: &str = "current.new";
/// What the folders of generations begin with.
const PREFIX: &str = "data-";

/// The folder with the data of the store at `path`, which need not exist.
///
/// # Errors
/// [`StoreError::Open`] if `current` cannot be read.
pub(super) fn folder(path: &Path) -> Result<PathBuf, StoreError> {
    match number(path) {
        Ok(None) => Ok(path.to_owned()),
        Ok(Some(number)) => Ok(numbered(path, number)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(nameless(path)),
        Err(error) => Err(files::cannot_reach(path, &error)),
    }
}

/// The folder of the generation `number`.
pub(super) fn numbered(path: &Path, number: u64) -> PathBuf {
    path.join(format!("{PREFIX}{number}"))
}

/// `current` does not name the folder with the data; what to do.
pub(super) fn nameless(path: &Path) -> StoreError {
    let (to_do, left) = match whole(path) {
        Ok(Some(number)) => (
            format!("write {number} into it: {PREFIX}{number} holds the newest data that is whole"),
            Left::Part,
        ),
        _ => ("restore a backup into another folder".to_owned(), Left::Nothing),
    };
    StoreError::Open {
        path: path.display().to_string(),
        reason: format!(
            "its file `{CURRENT}`, which names the folder with the data, is missing or damaged; {to_do}"
        ),
        left,
    }
}

/// True if the generation in `folder` was finished: the note is written last into it.
pub(super) fn is_whole(folder: &Path) -> bool {
    folder.join(NOTE).exists()
}

/// The current generation; `None` before the first.
fn number(path: &Path) -> io::Result<Option<u64>> {
    match fs::read_to_string(path.join(CURRENT)) {
        Ok(text) => match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(io::ErrorKind::InvalidData.into()),
        },
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// True if the entry `name` of a store's folder is a generation or says which one counts.
pub(super) fn is_part(name: &OsStr) -> bool {
    name == CURRENT || name == CURRENT_NEW || is_generation(name)
}

/// True if a generation lies in the store's folder, finished or not.
pub(super) fn is_begun(path: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(path)? {
        if is_generation(&entry?.file_name()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The newest generation that is whole, whether or not `current` names it.
pub(super) fn whole(path: &Path) -> io::Result<Option<u64>> {
    let mut newest = None;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let number = number_of(&entry.file_name()).filter(|_| is_whole(&entry.path()));
        newest = newest.max(number);
    }
    Ok(newest)
}

fn is_generation(name: &OsStr) -> bool {
    number_of(name).is_some()
}

fn number_of(name: &OsStr) -> Option<u64> {
    name.to_str()?.strip_prefix(PREFIX)?.parse().ok()
}

/// Makes the empty folder of the generation after the current one.
pub(super) fn begin(path: &Path) -> io::Result<PathBuf> {
    let next = number(path)?.unwrap_or_default() + 1;
    let folder = path.join(format!("{PREFIX}{next}"));
    remove(&folder)?;
    DirBuilder::new().mode(FOLDER_MODE).create(&folder)?;
    Ok(folder)
}

/// Lets the generation in `folder`, all of which is on disk, be the data of the store at `path`. Returns when a power
/// cut cannot undo it.
pub(super) fn install(path: &Path, folder: &Path) -> io::Result<()> {
    let name = folder.file_name().and_then(OsStr::to_str);
    let number = name.and_then(|name| name.strip_prefix(PREFIX));
    let number = number.ok_or(io::ErrorKind::InvalidInput)?;
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true);
    let new = path.join(CURRENT_NEW);
    let mut file = options.mode(FILE_MODE).open(&new)?;
    write!(file, "{number}")?;
    file.sync_all()?;
    files::sync_folder(path)?;
    fs::rename(new, path.join(CURRENT))?;
    files::sync_folder(path)
}

/// Removes what is left of generations that do not count. Call it holding the lock.
///
/// # Errors
/// [`StoreError::Open`] for what cannot be removed: it holds what was removed from the store.
pub(super) fn sweep(path: &Path) -> Result<(), StoreError> {
    let current = folder(path)?;
    let unreachable = |error: io::Error| files::cannot_reach(path, &error);
    for entry in fs::read_dir(path).map_err(unreachable)? {
        let entry = entry.map_err(unreachable)?;
        if is_generation(&entry.file_name()) && entry.path() != current {
            remove(&entry.path())
                .map_err(|error| files::cannot_open(path, still_there(&entry.path(), &error)))?;
        }
    }
    if current == path {
        return Ok(());
    }
    remove_data(path).map_err(|reason| files::cannot_open(path, reason))
}

/// Removes a generation's files: a folder of its own, or those in the store's own folder. Says what is left.
pub(super) fn remove_files(path: &Path, folder: &Path) -> Result<(), String> {
    if folder == path {
        remove_data(path)
    } else {
        remove(folder).map_err(|error| still_there(folder, &error))
    }
}

/// What to do about a file or folder of a former generation that cannot be removed.
fn still_there(file: &Path, error: &io::Error) -> String {
    format!(
        "{} is of before the last compaction, still holds what was removed since, and cannot be removed ({error}); \
         remove it",
        file.display()
    )
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes the data that lay in the store's own folder before its first generation, as much of it as can be removed.
fn remove_data(path: &Path) -> Result<(), String> {
    let mut left = Ok(());
    let entries = fs::read_dir(path).map_err(|error| still_there(path, &error))?;
    for entry in entries {
        let file = entry.map_err(|error| still_there(path, &error))?.path();
        let name = file.file_name().unwrap_or_default();
        let removed = if name == BLOBS {
            remove(&file)
        } else if [LOG, CLOSED, CONF, NOTE, NOTE_NEW]
            .iter()
            .any(|other| name == *other)
            || files::is_snapshot(name)
        {
            fs::remove_file(&file)
        } else {
            continue;
        };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => left = Err(still_there(&file, &error)),
            _ => {}
        }
    }
    left
}
