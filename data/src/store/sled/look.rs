//! A look at the files of a store before sled opens them, since sled writes while it opens: what it cannot read in the log it
//! takes for the trace of a crash, goes on without it and writes over it.
//!
//! When a store is closed in order, a file beside the log says up to where the log goes. While that file is there no crash
//! can have left anything: what cannot be read of the log is damage, and sled is not let near it. Without it only a large value
//! that was on disk before the last group was begun is known for damaged.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::files::{self, BLOBS, CLOSED, CONF, FILE_MODE, NOTE};
use super::wreck::log::{self, Kind, Log, Message};
use super::wreck::snapshot;
use crate::store::StoreError;

/// sled takes settings that are not longer for none, and writes them anew.
const NO_SETTINGS: usize = 8;

/// Says that a store was closed in order, once its database is dropped; if it was.
#[derive(Debug)]
pub(super) struct Seal {
    folder: PathBuf,
    is_armed: AtomicBool,
}

impl Seal {
    /// For the database in `folder`, not to be written before it is armed.
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            is_armed: AtomicBool::new(false),
        }
    }

    /// All is well: the seal will be written. Or not any more.
    pub(super) fn arm(&self, is_well: bool) {
        self.is_armed.store(is_well, Ordering::Relaxed);
    }
}

impl Drop for Seal {
    fn drop(&mut self) {
        if self.is_armed.load(Ordering::Relaxed) {
            // Without it the next opening is only less strict.
            let _ = seal(&self.folder);
        }
    }
}

/// A seal that was broken to open the store.
#[derive(Debug)]
pub(super) struct Broken<'a> {
    folder: &'a Path,
    text: Option<String>,
}

impl Broken<'_> {
    /// The store was not opened: everything is to be as before.
    pub(super) fn mend(self) {
        let _ = self.text.map(|text| write(self.folder, &text));
    }
}

/// Refuses the store at `path`, whose data lies in `folder`, if it is damaged as far as its files show. Then breaks its seal:
/// from now on a crash may leave traces.
///
/// # Errors
/// [`StoreError::Open`], saying what is damaged.
pub(super) fn check<'a>(path: &Path, folder: &'a Path) -> Result<Broken<'a>, StoreError> {
    let unreachable = |error: io::Error| files::cannot_reach(path, &error);
    if let Some(fault) = fault(path, folder).map_err(unreachable)? {
        return Err(files::damaged(path, &fault));
    }
    let text = fs::read_to_string(folder.join(CLOSED)).ok();
    match fs::remove_file(folder.join(CLOSED)) {
        // It must not come back after a power cut, beside what sled writes from now on.
        Ok(()) => files::sync_folder(folder).map_err(unreachable)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(unreachable(error)),
    }
    Ok(Broken { folder, text })
}

/// What is damaged of the database in `folder` of the store at `path`, if it shows. Files are named as they lie in the store.
fn fault(path: &Path, folder: &Path) -> io::Result<Option<String>> {
    let within = folder.strip_prefix(path).unwrap_or(folder);
    let file = |name: &str| format!("`{}`", within.join(name).display());
    if !folder.join(files::LOG).exists() {
        // Nothing was founded yet.
        return Ok(None);
    }
    if !are_settings_sound(folder)? {
        return Ok(Some(format!(
            "its file {}; removed, it is written anew, since it is the same in every store",
            file(CONF)
        )));
    }
    let snapshot = snapshot::newest(folder)?;
    if let Some(snapshot) = &snapshot
        && !snapshot.is_sound()?
    {
        return Ok(Some(format!(
            "its file {}; removed, it is made anew of the log, which may be whole",
            file(&snapshot.name())
        )));
    }
    let from = snapshot
        .and_then(|snapshot| snapshot.number())
        .unwrap_or_default();
    let log = Log::open(folder)?;
    let Some(sealed) = sealed(folder) else {
        // All that is new in the log is read for it, so only where there is something to be found.
        if !log.has_damaged_blob()? {
            return Ok(None);
        }
        let tail = Tail::read(&log, from)?;
        // A power cut may have left what belongs to the last group.
        return tail.large.fault(&log, tail.last_group, file);
    };
    let tail = Tail::read(&log, from)?;
    if tail.end > sealed.end {
        // Something was written after the seal, so that it says nothing.
        return Ok(None);
    }
    if let Some(place) = tail.torn {
        return Ok(Some(format!("its log cannot be read at byte {place}")));
    }
    if tail.end < sealed.end {
        return Ok(Some("the end of its log is missing or cannot be read".into()));
    }
    let is_noted = noted(folder) == sealed.noted;
    Ok(tail.large.fault(&log, u64::MAX, file)?.or_else(|| {
        let (note, seal) = (file(NOTE), file(CLOSED));
        (!is_noted)
            .then(|| format!("its files {note} and {seal} contradict each other; without them it opens"))
    }))
}

/// What is new in a log.
#[derive(Debug, Default)]
struct Tail {
    /// The number at which the log ends.
    end: u64,
    /// The byte at which it cannot be read, if there is one before its end.
    torn: Option<u64>,
    /// The number at which the last group of changes was begun: all before it was on disk by then.
    last_group: u64,
    large: Large,
}

impl Tail {
    /// Reads `log` from the number `from` on.
    fn read(log: &Log, from: u64) -> io::Result<Self> {
        let mut tail = Self::default();
        let segments = log.segments()?;
        let newest = segments.keys().next_back().copied();
        for (number, segment) in segments {
            if number < log::segment_of(from) && Some(number) != newest {
                continue;
            }
            let end = log.walk(number, segment.offset, |message| tail.take(&message))?;
            tail.end = end.number;
            if !segment.is_sound {
                tail.torn = tail.torn.or(Some(segment.offset));
            } else if !end.is_full && Some(number) != newest {
                tail.torn = tail.torn.or(Some(segment.offset + (end.number - number)));
            }
        }
        Ok(tail)
    }

    fn take(&mut self, message: &Message) {
        if message.kind == Kind::Group {
            self.last_group = message.place.number;
        }
        self.large.take(message);
    }
}

/// The large values that a log names, each with a file of its own. sled takes one that is damaged for the end of the log, and
/// passes over one that is missing, as one is whose page was written anew.
#[derive(Debug, Default)]
struct Large {
    /// By name, with the number at which it was named first.
    named: BTreeMap<i64, u64>,
    /// Those that pages are made of, by page.
    needed: BTreeMap<u64, Vec<i64>>,
}

impl Large {
    fn take(&mut self, message: &Message) {
        if matches!(message.kind, Kind::Page | Kind::Free) {
            self.needed.remove(&message.page);
        }
        if let Some(name) = message.blob {
            self.named.entry(name).or_insert(message.place.number);
            self.needed.entry(message.page).or_default().push(name);
        }
    }

    /// What is damaged of those named before the number `until`, told by the name that `file` makes of it.
    fn fault(&self, log: &Log, until: u64, file: impl Fn(&str) -> String) -> io::Result<Option<String>> {
        let named = self.named.iter().filter(|(_, number)| **number < until);
        for (name, _) in named {
            let is_needed = || self.needed.values().flatten().any(|needed| needed == name);
            let what = match log.blob(*name) {
                Ok(None) => "cannot be read",
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Err(_) if is_needed() => "is missing",
                Ok(Some(_)) | Err(_) => continue,
            };
            return Ok(Some(format!(
                "its file {} {what}",
                file(&format!("{BLOBS}/{name}"))
            )));
        }
        Ok(None)
    }
}

/// The number at which the log ends.
fn end(folder: &Path) -> io::Result<Option<u64>> {
    let log = Log::open(folder)?;
    match log.segments()?.pop_last() {
        Some((number, segment)) => Ok(Some(log.walk(number, segment.offset, |_| ())?.number)),
        None => Ok(None),
    }
}

/// True if sled's settings have the checksum that they end with, or are none.
fn are_settings_sound(folder: &Path) -> io::Result<bool> {
    let bytes = match fs::read(folder.join(CONF)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let Some((content, checksum)) = bytes.split_last_chunk() else {
        return Ok(true);
    };
    Ok(bytes.len() <= NO_SETTINGS || crc32fast::hash(content) == u32::from_le_bytes(*checksum))
}

/// What is known of a store that was closed in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sealed {
    /// The number at which the log ends.
    pub(super) end: u64,
    /// What the note beside it says.
    noted: String,
}

/// What the seal says; `None` if the store was not closed in order.
pub(super) fn sealed(folder: &Path) -> Option<Sealed> {
    let text = fs::read_to_string(folder.join(CLOSED)).ok()?;
    let (end, noted) = text.split_once(' ')?;
    Some(Sealed {
        end: end.parse().ok()?,
        noted: noted.to_owned(),
    })
}

fn noted(folder: &Path) -> String {
    fs::read_to_string(folder.join(NOTE)).unwrap_or_default()
}

fn seal(folder: &Path) -> io::Result<()> {
    // What it vouches for must be on disk before it is: sled may have written more while it closed.
    File::open(folder.join(files::LOG))?.sync_data()?;
    match end(folder)? {
        Some(end) => write(folder, &format!("{end} {}", noted(folder))),
        None => Ok(()),
    }
}

fn write(folder: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true);
    let whole = folder.join(CLOSED);
    let draft = whole.with_extension("new");
    let mut file = options.mode(FILE_MODE).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()?;
    fs::rename(draft, whole)?;
    files::sync_folder(folder)
}
