//! Reading, checking and sorting: blocks of the files become sorted runs, on every core.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use thiserror::Error;

use super::buffer::Buffer;
use super::folder::{self, Done, Folder, Kind, Run};
use super::input::{Block, Feed};
use super::pack::pack;
use super::{Bounds, Input, Merge, Place};
use crate::registry::csv::{self, Cut};
use crate::registry::row::Row;
use crate::store::packed::Packer;

/// Why sorting stopped. What is sorted stays, and the same import goes on with it.
#[derive(Debug, Error)]
pub enum Stopped {
    /// A registry cannot be read.
    #[error("{}: {error}", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A registry is not the one that was opened.
    #[error("{}: it was changed while it was read; import it again", .0.display())]
    Changed(PathBuf),
    /// The temporary folder cannot be used.
    #[error("the temporary folder {}: {error}; name another one with --temp", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Others may have written what is in the folder.
    #[error(
        "the temporary folder {}: it is not a folder of this user's alone; see who made it and remove it, or name another \
         place with --temp",
        .0.display()
    )]
    Foreign(PathBuf),
    /// What was sorted in the folder is not there as it was.
    #[error("the temporary folder {}: what was sorted there is damaged or gone ({error})", path.display())]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What was found.
        error: io::Error,
    },
    /// Another process uses the folder.
    #[error("the temporary folder {}: the same files are being imported just now", .0.display())]
    Held(PathBuf),
    /// More phones of people with too many than can be kept in mind.
    #[error("more than {0} rows of phones are of people with too many phones; these files cannot be right")]
    TooManyRefused(usize),
}

impl Stopped {
    pub(super) fn input(input: &Input, error: io::Error) -> Self {
        Self::Input {
            path: input.path().to_owned(),
            error,
        }
    }

    /// What it means that a file in the folder `path` cannot be used.
    #[must_use]
    pub fn folder(path: &Path, error: io::Error) -> Self {
        use io::ErrorKind::{InvalidData, IsADirectory, NotFound, UnexpectedEof};
        let path = path.to_owned();
        match error.kind() {
            InvalidData | IsADirectory | NotFound | UnexpectedEof => Self::Damaged { path, error },
            _ => Self::Folder { path, error },
        }
    }
}

/// How far sorting is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the files that are sorted.
    pub bytes: u64,
    /// Rows among them that can be taken.
    pub rows: u64,
}

/// Sorts what of `inputs` is not sorted in `folder`, then merges runs until [`Bounds::fan_in`] are left of each sort.
/// `progress` is told after each block.
///
/// # Errors
/// [`Stopped`].
pub fn sort(
    folder: &mut Folder,
    inputs: &[Input],
    bounds: Bounds,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), Stopped> {
    let shared = Shared {
        feed: Mutex::new(Feed::new(inputs, bounds, &folder.done)),
        stop: AtomicBool::new(false),
        folder: Mutex::new(&mut *folder),
        progress,
    };
    shared.tell(&lock(&shared.folder));
    let failed = thread::scope(|scope| {
        let workers: Vec<_> = (0..bounds.workers.max(1))
            .map(|_| scope.spawn(|| shared.work()))
            .collect();
        let ended = workers.into_iter().map(|worker| match worker.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ended.collect::<Vec<_>>().into_iter().find_map(Result::err)
    });
    drop(shared);
    match failed {
        Some(stopped) => Err(stopped),
        None => bound_runs(folder, bounds.fan_in.max(2)),
    }
}

struct Shared<'a> {
    feed: Mutex<Feed<'a>>,
    stop: AtomicBool,
    folder: Mutex<&'a mut Folder>,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl Shared<'_> {
    /// Sorts blocks until there are no more, or a worker has failed.
    fn work(&self) -> Result<(), Stopped> {
        let mut sorter = Sorter::default();
        let worked = self.work_with(&mut sorter);
        if worked.is_err() {
            self.stop.store(true, Ordering::Relaxed);
        }
        worked
    }

    fn work_with(&self, sorter: &mut Sorter) -> Result<(), Stopped> {
        while !self.stop.load(Ordering::Relaxed) {
            let Some(block) = lock(&self.feed).next()? else {
                break;
            };
            sorter.take(&block);
            let (begin, end) = (block.begin, block.end);
            drop(block);
            let (runs, rows) = self.write(sorter)?;
            let mut folder = lock(&self.folder);
            folder.block_done(Done {
                begin,
                end,
                rows,
                runs,
            })?;
            self.tell(&folder);
        }
        Ok(())
    }

    fn write(&self, sorter: &mut Sorter) -> Result<(Vec<Run>, u64), Stopped> {
        let rows = std::mem::take(&mut sorter.rows);
        let mut runs = Vec::new();
        for (kind, buffer) in Kind::ALL.into_iter().zip(&mut sorter.buffers) {
            if buffer.len() == 0 {
                continue;
            }
            let (number, path) = {
                let mut folder = lock(&self.folder);
                let number = folder.take_number();
                (number, folder.file(number))
            };
            let records = buffer.len() as u64;
            let written = folder::create(&path).and_then(|file| buffer.write(file));
            let bytes = written.map_err(|error| Stopped::folder(path.parent().unwrap_or(&path), error))?;
            runs.push(Run {
                kind,
                number,
                records,
                bytes,
            });
        }
        Ok((runs, rows))
    }

    fn tell(&self, folder: &Folder) {
        let bytes = folder.done.iter().map(Done::bytes);
        (self.progress)(Progress {
            bytes: bytes.sum(),
            rows: folder.rows(),
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one worker sorts at a time, a buffer for each of [`Kind::ALL`].
#[derive(Debug, Default)]
struct Sorter {
    buffers: [Buffer; 3],
    rows: u64,
}

impl Sorter {
    fn take(&mut self, block: &Block) {
        for (at, cut) in &block.cuts {
            let place = |offset: u64| Place::new(block.begin.file, at + offset).unwrap_or_default();
            match cut {
                Cut::Refused(refused) => self.refuse(place(0), &refused.reason),
                Cut::Rows(chunk) => {
                    for line in csv::rows(chunk) {
                        let place = place(line.span.start as u64);
                        match &line.row {
                            Ok(row) => self.add(row, place),
                            Err(reason) => self.refuse(place, reason),
                        }
                    }
                }
            }
        }
    }

    fn add(&mut self, row: &Row, place: Place) {
        let Some(iin) = row.iin() else { return };
        let mut packer = Packer::default();
        pack(&mut packer, row);
        let bytes = packer.finish();
        let [people, phones, _] = &mut self.buffers;
        people.push((iin.number(), place), &bytes);
        if let Row::Phone(msisdn, _) = row {
            phones.push((msisdn.number(), place), &bytes);
        }
        self.rows += 1;
    }

    fn refuse(&mut self, place: Place, reason: &str) {
        let [_, _, refused] = &mut self.buffers;
        refused.push((0, place), reason.as_bytes());
    }
}

/// Merges runs of each sort until at most `fan_in` are left.
fn bound_runs(folder: &mut Folder, fan_in: usize) -> Result<(), Stopped> {
    for kind in Kind::ALL {
        loop {
            let runs = folder.of_kind(kind);
            if runs.len() <= fan_in {
                break;
            }
            // No more than needed: what stays is merged once, when it is loaded.
            let count = fan_in.min(runs.len() - fan_in + 1);
            let mut smallest = runs;
            smallest.sort_by_key(|run| run.bytes);
            smallest.truncate(count);
            merge_runs(folder, kind, &smallest)?;
        }
    }
    Ok(())
}

fn merge_runs(folder: &mut Folder, kind: Kind, runs: &[Run]) -> Result<(), Stopped> {
    let from: Vec<u64> = runs.iter().map(|run| run.number).collect();
    let files: Vec<_> = from.iter().map(|number| folder.file(*number)).collect();
    let number = folder.take_number();
    let merge = |into: File| Merge::open(&files)?.write(into);
    let written = folder::create(&folder.file(number)).and_then(merge);
    let (records, bytes) = written.map_err(|error| Stopped::folder(folder.path(), error))?;
    folder.merged(
        from,
        Run {
            kind,
            number,
            records,
            bytes,
        },
    )
}
