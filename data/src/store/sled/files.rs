//! The folder of a store: who may read it, who holds it, and what it takes until it is on disk.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::super::{Left, StoreError};
use super::generation;

/// The folder: its owner does everything, its group reaches the operators' socket in it, others nothing.
pub(super) const FOLDER_MODE: u32 = 0o710;
/// Every file in it is its owner's alone.
pub(super) const FILE_MODE: u32 = 0o600;

/// sled's log, which holds the data.
pub(super) const LOG: &str = "db";
/// sled's own settings.
pub(super) const CONF: &str = "conf";
/// sled's folder for values over 128 KiB.
pub(super) const BLOBS: &str = "blobs";
/// Names the process that has the store open, and is locked by it.
const HOLDER: &str = "holder";
/// How many groups are on disk, at least.
pub(super) const NOTE: &str = "noted";
/// That, being written.
pub(super) const NOTE_NEW: &str = "noted.new";

/// Up to where the log goes, while the store is closed in order.
pub(super) const CLOSED: &str = "closed";

/// An error about the store at `path`.
pub(super) fn cannot_open(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Open {
        path: path.display().to_string(),
        reason: reason.into(),
        left: Left::Nothing,
    }
}

/// What a failure of the file system means to whoever opens the store.
pub(super) fn cannot_reach(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Open {
        path: path.display().to_string(),
        reason: reason(error),
        left: match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem => Left::Whole,
            _ => Left::Nothing,
        },
    }
}

/// What a failure of the file system means, and what to do about it.
pub(super) fn reason(error: &io::Error) -> String {
    use io::ErrorKind::{NotADirectory, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        ReadOnlyFilesystem => {
            "its disk is read-only; mount it for writing, or copy the folder to another disk and name \
                               that; `saqta export` reads it as it is"
                .into()
        }
        PermissionDenied => {
            format!("this user may not write there ({error}); change the owner of the folder or name another")
        }
        NotADirectory => "a part of the path is a file; name a folder".into(),
        StorageFull => "the disk is full; make room and try again".into(),
        _ => error.to_string(),
    }
}

/// Makes the folder unless it holds a store or nothing; true if it was made. Its name is on disk then.
pub(super) fn prepare(path: &Path) -> Result<bool, StoreError> {
    let unreachable = |error: io::Error| cannot_reach(path, &error);
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => return Err(cannot_open(path, "it is a file; name a folder")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(path).map_err(unreachable)?;
            return Ok(true);
        }
        Err(error) => return Err(unreachable(error)),
    }
    if holds_data(path) {
        return Ok(false);
    }
    for entry in fs::read_dir(path).map_err(unreachable)? {
        let entry = entry.map_err(unreachable)?;
        let name = entry.file_name();
        // A crash during the founding may have left these; a server, its socket.
        let is_ours = [HOLDER, BLOBS, CONF].iter().any(|ours| name == *ours) || generation::is_part(&name);
        let is_socket = entry.file_type().map_err(unreachable)?.is_socket();
        if !is_ours && !is_socket {
            return Err(cannot_open(
                path,
                "the folder holds other files and no store; name an empty folder or a new one",
            ));
        }
    }
    Ok(false)
}

/// Makes a folder and those above it, and puts their names on disk.
fn make(path: &Path) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    let missing = path.ancestors().take_while(|folder| !folder.exists()).count();
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(&path)?;
    for named_in in path.ancestors().skip(1).take(missing) {
        // Whoever may not read a folder did not make it either, and only names in it count.
        if let Ok(folder) = File::open(named_in) {
            folder.sync_all()?;
        }
    }
    Ok(())
}

/// True if there is a store at `path`, sound or not.
pub(super) fn holds_data(path: &Path) -> bool {
    let named = generation::folder(path).map(|folder| folder != path);
    let whole = generation::whole(path).is_ok_and(|whole| whole.is_some());
    named.unwrap_or(true) || whole || path.join(LOG).exists() || path.join(NOTE).exists()
}

/// The folder with the data of the store at `path`; the folder itself if there is none yet. Call it holding the lock.
pub(super) fn data(path: &Path) -> Result<PathBuf, StoreError> {
    let data = generation::folder(path)?;
    let whole = generation::whole(path).map_err(|error| cannot_reach(path, &error))?;
    // Never one that a compaction was still writing: the one that counts would be removed as a remnant.
    if data != path && whole.is_some() && !generation::is_whole(&data) {
        return Err(generation::nameless(path));
    }
    if data.join(LOG).exists() {
        return Ok(data);
    }
    if data != path || data.join(NOTE).exists() {
        return Err(damaged(path, "its log is missing"));
    }
    if whole.is_some() {
        return Err(generation::nameless(path));
    }
    if generation::is_begun(path).map_err(|error| cannot_reach(path, &error))? {
        return Err(cannot_open(
            path,
            "a restoration into it did not come to its end; run it again, or remove the folder",
        ));
    }
    Ok(data)
}

/// The lock that keeps a second opener out, in this process and in others. Gone when dropped.
#[derive(Debug)]
pub(super) struct Holder {
    _locked: File,
}

impl Holder {
    /// Takes the lock and writes who took it.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let unreachable = |error: io::Error| cannot_reach(path, &error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(path.join(HOLDER))
            .map_err(unreachable)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(held(path, Some(&mut file))),
            Err(error) => return Err(unreachable(error.into())),
        }
        file.set_len(0)
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(unreachable)?;
        Ok(Self { _locked: file })
    }
}

/// Leaves no trace in a folder that was to hold a store and does not; the folder itself goes if it was `made` for it. Call it
/// holding the lock. What cannot be removed does no harm.
pub(super) fn leave(path: &Path, made: bool) {
    let _ = fs::remove_file(path.join(HOLDER));
    if made {
        // Only if it is empty.
        let _ = fs::remove_dir(path);
    }
}

/// The store is held; `holder` says by whom, if it can be read.
pub(super) fn held(path: &Path, holder: Option<&mut File>) -> StoreError {
    let mut text = String::new();
    if let Some(file) = holder {
        // Without a number in it the message says less, nothing worse.
        let _ = file
            .rewind()
            .and_then(|()| file.take(20).read_to_string(&mut text));
    }
    let holder = match text.trim().parse::<u32>() {
        Ok(pid) if pid == std::process::id() => "this process has it open already".to_owned(),
        Ok(pid) => format!("process {pid} has it open; stop that process or work through it"),
        Err(_) => "another process has it open; stop that process or work through it".to_owned(),
    };
    StoreError::Held {
        path: path.display().to_string(),
        holder,
    }
}

/// Removes snapshots of the log that a crash left half written; sled would take one for the newest. Call it holding
/// the lock.
pub(super) fn remove_torn_snapshots(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        if is_torn_snapshot(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// True for the name of a snapshot of the log, whole or being written.
pub(super) fn is_snapshot(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("snap.")
}

/// True for the name of a snapshot that was not finished.
pub(super) fn is_torn_snapshot(name: &OsStr) -> bool {
    is_snapshot(name) && name.to_string_lossy().ends_with(".generating")
}

/// Notes beside the log how many groups are on disk, at least. sled takes a log that was cut or damaged at its end
/// for one torn by a crash, and would go on without what is missing: by the note it is noticed.
pub(super) fn note_groups(path: &Path, groups: u64) -> io::Result<()> {
    let new = path.join(NOTE_NEW);
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true);
    let mut file = options.mode(FILE_MODE).open(&new)?;
    write!(file, "{groups}")?;
    file.sync_data()?;
    fs::rename(new, path.join(NOTE))?;
    sync_folder(path)
}

/// The groups noted; `None` if the founding of the store was not finished.
pub(super) fn noted_groups(path: &Path) -> Option<u64> {
    fs::read_to_string(path.join(NOTE)).ok()?.parse().ok()
}

/// The store cannot be read; what to do about it.
pub(super) fn damaged(path: &Path, what: &str) -> StoreError {
    StoreError::Open {
        path: path.display().to_string(),
        reason: format!(
            "the store is damaged ({what}); restore a backup into another folder, or let `saqta export` write what can \
             be read, move the folder away and import the registries again"
        ),
        left: Left::Part,
    }
}

/// Bytes of all files of the store at `path`: the log, its snapshots, the large values.
pub(super) fn bytes(path: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for folder in [path, &path.join(BLOBS)] {
        for entry in fs::read_dir(folder)? {
            match entry?.metadata() {
                Ok(found) if found.is_file() => bytes += found.len(),
                Ok(_) => {}
                // Replaced and removed since the folder was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(bytes)
}

/// Bytes that this process may still write to the disk of `path`.
pub(super) fn free(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Takes others' rights to the folder and to every file in it: sled makes its files as the umask says. The operators'
/// socket keeps its own.
pub(super) fn restrict(path: &Path) -> io::Result<()> {
    set_mode(path, FOLDER_MODE)?;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            set_mode(&entry.path(), FOLDER_MODE)?;
        } else if kind.is_file() {
            set_mode(&entry.path(), FILE_MODE)?;
        }
    }
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    if fs::metadata(path)?.permissions().mode() & 0o777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Puts the store's files on disk. sled's own flush hands the log to the kernel (`sync_file_range`), which a power
/// cut undoes; only after `sync_data` on the log is it there.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    log: File,
    /// The blobs that are on disk.
    blobs: BTreeSet<std::ffi::OsString>,
}

impl Disk {
    /// The files of the open database in the folder `path`, all of them on disk by now.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut disk = Self {
            path: path.to_owned(),
            log: File::open(path.join(LOG))?,
            blobs: BTreeSet::new(),
        };
        File::open(path.join(CONF))?.sync_all()?;
        disk.sync_blobs()?;
        disk.log.sync_all()?;
        sync_folder(path)?;
        // Makes a new folder itself last. Whoever may not read the parent did not make the folder either.
        if let Some(parent) = path
            .canonicalize()?
            .parent()
            .and_then(|parent| File::open(parent).ok())
        {
            parent.sync_all()?;
        }
        Ok(disk)
    }

    /// Puts the log on disk; call it after sled's flush.
    pub(super) fn sync_log(&self) -> io::Result<()> {
        self.log.sync_data()
    }

    /// Puts on disk the large values written since the last call; call it before sled's flush, so that the log never
    /// names one that is not there.
    pub(super) fn sync_blobs(&mut self) -> io::Result<()> {
        let folder = self.path.join(BLOBS);
        let found: BTreeSet<_> = fs::read_dir(&folder)?
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect::<Result<_, _>>()?;
        if found == self.blobs {
            return Ok(());
        }
        for name in found.difference(&self.blobs) {
            match File::open(folder.join(name)) {
                Ok(blob) => blob.sync_data()?,
                // Replaced and removed since the folder was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        sync_folder(&folder)?;
        self.blobs = found;
        Ok(())
    }

    /// Bytes of the log. Large values are not in it; they are rare.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        Ok(self.log.metadata()?.len())
    }
}
