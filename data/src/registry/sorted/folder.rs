//! The temporary folder of a sort: its runs, and a record of what is in them, so that an import that was broken off at
//! any instant goes on where it was. It is worth nothing after a restart of the machine: its runs are not synced.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;
use serde::{Deserialize, Serialize};

use super::input::Begin;
use super::sort::Stopped;
use super::{Checkpoint, Job, Part, Start};

/// The folder is its owner's alone.
const MODE: u32 = 0o700;
const LOCK: &str = "lock";
const MANIFEST: &str = "manifest";
const CHECKPOINT: &str = "checkpoint";
const CHECKPOINT_NEW: &str = "checkpoint.new";
pub(super) const SPOOL: &str = "spool";
const RUN_ENDING: &str = ".run";

/// The three sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    People,
    Phones,
    /// Rows that cannot be read, by their place.
    Refused,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::People, Self::Phones, Self::Refused];
}

/// A sorted run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) kind: Kind,
    pub(super) number: u64,
    pub(super) records: u64,
    pub(super) bytes: u64,
}

/// A block that is sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) begin: Begin,
    pub(super) end: Begin,
    /// Rows that can be taken.
    pub(super) rows: u64,
    pub(super) runs: Vec<Run>,
}

impl Done {
    /// Bytes of the block.
    pub(super) const fn bytes(&self) -> u64 {
        self.end.start.saturating_sub(self.begin.start)
    }
}

/// A line of the manifest.
#[derive(Debug, Serialize, Deserialize)]
enum Line {
    Job {
        job: Job,
        start: Start,
    },
    Done(Done),
    /// Runs of these numbers are one now.
    Merged {
        from: Vec<u64>,
        into: Run,
    },
}

/// The folder, held by this process.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    manifest: File,
    token: u64,
    start: Start,
    next: u64,
    pub(super) done: Vec<Done>,
    runs: Vec<Run>,
    _lock: File,
}

impl Folder {
    /// Takes the folder `path` for `job`, and makes it if need be. What is in it of another job goes; then the store is `now`
    /// as it was when sorting began.
    ///
    /// # Errors
    /// [`Stopped::Held`] if another process has it, else what the system says.
    pub fn open(path: &Path, job: &Job, now: Start) -> Result<Self, Stopped> {
        let failed = |error| Stopped::folder(path, error);
        make(path)?;
        let lock = private()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join(LOCK));
        let lock = lock.map_err(failed)?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(Stopped::Held(path.to_owned()));
        }
        let (lines, whole) = read_manifest(&path.join(MANIFEST)).map_err(failed)?;
        let mut lines = lines.into_iter();
        let held = match lines.next() {
            Some(Line::Job { job: held, start }) if held == *job => Some(start),
            _ => None,
        };
        let known = held.is_some();
        let start = held.unwrap_or(now);
        if !known {
            clear(path).map_err(failed)?;
        }
        let manifest = private().append(true).create(true).open(path.join(MANIFEST));
        let mut folder = Self {
            path: path.to_owned(),
            manifest: manifest.map_err(failed)?,
            token: job.token(),
            start,
            next: 0,
            done: Vec::new(),
            runs: Vec::new(),
            _lock: lock,
        };
        if known {
            // A line that was being written when the process ended is none.
            folder.manifest.set_len(whole).map_err(failed)?;
            lines.for_each(|line| folder.learn(line));
            folder.see_that_it_is_whole()?;
        } else {
            folder
                .note(&Line::Job {
                    job: job.clone(),
                    start,
                })
                .map_err(failed)?;
        }
        Ok(folder)
    }

    /// Fails if a run is missing or of another length than was noted.
    fn see_that_it_is_whole(&self) -> Result<(), Stopped> {
        for run in &self.runs {
            let file = self.file(run.number);
            let whole = fs::metadata(&file).map(|found| found.len() == run.bytes);
            if !whole.map_err(|error| Stopped::folder(&self.path, error))? {
                let error = io::Error::new(io::ErrorKind::InvalidData, format!("{} is cut", file.display()));
                return Err(Stopped::folder(&self.path, error));
            }
        }
        Ok(())
    }

    /// How far the import `job` is sorted in the folder `path`, in bytes of its files, and how the store was when that began;
    /// `None` if it was not begun there.
    #[must_use]
    pub fn begun(path: &Path, job: &Job) -> Option<(u64, Start)> {
        let (lines, _) = read_manifest(&path.join(MANIFEST)).ok()?;
        let mut lines = lines.into_iter();
        let start = match lines.next()? {
            Line::Job { job: held, start, .. } if held == *job => start,
            _ => return None,
        };
        let sorted = lines.map(|line| match line {
            Line::Done(done) => done.bytes(),
            Line::Job { .. } | Line::Merged { .. } => 0,
        });
        Some((sorted.sum(), start))
    }

    /// The name of this import in the store; the same when it is begun anew in the same folder.
    #[must_use]
    pub const fn token(&self) -> u64 {
        self.token
    }

    /// How the store was when sorting began.
    #[must_use]
    pub const fn start(&self) -> Start {
        self.start
    }

    /// Rows of each of `files` files that can be taken.
    #[must_use]
    pub fn rows_by_file(&self, files: usize) -> Vec<u64> {
        let mut rows = vec![0; files];
        for done in &self.done {
            if let Some(count) = rows.get_mut(done.begin.file) {
                *count += done.rows;
            }
        }
        rows
    }

    /// Rows sorted so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.done.iter().map(|done| done.rows).sum()
    }

    /// Records of a part.
    #[must_use]
    pub fn records(&self, part: Part) -> u64 {
        let runs = self.of_kind(kind_of(part)).into_iter();
        runs.map(|run| run.records).sum()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files of the runs of a part.
    #[must_use]
    pub fn runs(&self, part: Part) -> Vec<PathBuf> {
        self.files(kind_of(part))
    }

    pub(super) fn files(&self, kind: Kind) -> Vec<PathBuf> {
        let runs = self.of_kind(kind).into_iter();
        runs.map(|run| self.file(run.number)).collect()
    }

    pub(super) fn of_kind(&self, kind: Kind) -> Vec<Run> {
        self.runs.iter().filter(|run| run.kind == kind).cloned().collect()
    }

    pub(super) fn file(&self, number: u64) -> PathBuf {
        self.path.join(format!("{number}{RUN_ENDING}"))
    }

    /// A number for a run to be.
    pub(super) const fn take_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Notes that a block is sorted.
    pub(super) fn block_done(&mut self, done: Done) -> Result<(), Stopped> {
        let line = Line::Done(done);
        self.note(&line)
            .map_err(|error| Stopped::folder(&self.path, error))?;
        self.learn(line);
        Ok(())
    }

    /// Notes that `into` has what the runs `from` had, and removes those.
    pub(super) fn merged(&mut self, from: Vec<u64>, into: Run) -> Result<(), Stopped> {
        let failed = |error| Stopped::folder(&self.path, error);
        let files: Vec<_> = from.iter().map(|number| self.file(*number)).collect();
        let line = Line::Merged { from, into };
        self.manifest
            .write_all(&encoded(&line).map_err(failed)?)
            .map_err(failed)?;
        for file in files {
            fs::remove_file(file).map_err(failed)?;
        }
        self.learn(line);
        Ok(())
    }

    fn note(&mut self, line: &Line) -> io::Result<()> {
        self.manifest.write_all(&encoded(line)?)
    }

    fn learn(&mut self, line: Line) {
        match line {
            Line::Job { .. } => {}
            Line::Done(done) => {
                self.runs.extend(done.runs.iter().cloned());
                self.done.push(done);
            }
            Line::Merged { from, into } => {
                self.runs.retain(|run| !from.contains(&run.number));
                self.runs.push(into);
            }
        }
        let highest = self.runs.iter().map(|run| run.number).max();
        self.next = self.next.max(highest.unwrap_or_default());
    }

    /// How far loading was when it was noted last.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let text = fs::read(self.path.join(CHECKPOINT)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Notes how far loading is.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&self, checkpoint: &Checkpoint) -> Result<(), Stopped> {
        let keep = || -> io::Result<()> {
            let new = self.path.join(CHECKPOINT_NEW);
            let mut file = create(&new)?;
            file.write_all(&serde_json::to_vec(checkpoint)?)?;
            fs::rename(&new, self.path.join(CHECKPOINT))
        };
        keep().map_err(|error| Stopped::folder(&self.path, error))
    }

    /// Removes the folder: the import is done.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(self) -> Result<(), Stopped> {
        let remove = || -> io::Result<()> {
            clear(&self.path)?;
            fs::remove_file(self.path.join(LOCK))?;
            fs::remove_dir(&self.path)
        };
        remove().map_err(|error| Stopped::folder(&self.path, error))
    }
}

const fn kind_of(part: Part) -> Kind {
    match part {
        Part::People => Kind::People,
        Part::Phones => Kind::Phones,
    }
}

/// Makes the folder, or sees that nobody but this user can have written what is in it: it may lie where everybody writes,
/// and its name can be guessed.
fn make(path: &Path) -> Result<(), Stopped> {
    match DirBuilder::new().mode(MODE).create(path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            let path = path.to_owned();
            return Err(Stopped::Folder { path, error });
        }
    }
    // Not what a link leads to: it may lead elsewhere in a moment.
    let found = fs::symlink_metadata(path).map_err(|error| Stopped::folder(path, error))?;
    let is_own = found.is_dir() && found.uid() == geteuid().as_raw() && found.mode() & 0o777 == MODE;
    is_own
        .then_some(())
        .ok_or_else(|| Stopped::Foreign(path.to_owned()))
}

/// How a file of the folder is opened: it holds facts about people.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// A new file of the folder, in the place of an old one.
pub(super) fn create(path: &Path) -> io::Result<File> {
    private().write(true).create(true).truncate(true).open(path)
}

/// A file of the folder that is written on.
pub(super) fn append(path: &Path) -> io::Result<File> {
    private().append(true).create(true).open(path)
}

fn encoded(line: &Line) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The whole lines of a manifest, and how many bytes they take. It ends before the first that makes no sense.
fn read_manifest(path: &Path) -> io::Result<(Vec<Line>, u64)> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(error),
    };
    let (mut lines, mut whole) = (Vec::new(), 0);
    let mut reader = BufReader::new(file);
    let mut text = Vec::new();
    while reader.read_until(b'\n', &mut text)? > 0 {
        match serde_json::from_slice(&text) {
            Ok(line) if text.ends_with(b"\n") => lines.push(line),
            _ => break,
        }
        whole += text.len() as u64;
        text.clear();
    }
    Ok((lines, whole))
}

/// Removes every file of ours from the folder, but the lock. Nothing else is touched.
fn clear(path: &Path) -> io::Result<()> {
    // First what the rest is known by: if this is broken off, sorting begins anew.
    match fs::remove_file(path.join(MANIFEST)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = [MANIFEST, CHECKPOINT, CHECKPOINT_NEW, SPOOL].contains(&&*name);
        if ours || name.ends_with(RUN_ENDING) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
