//! The files, block by block: whole rows, a few dozen MiB of them, for one worker at a time.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, BufReader, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Bounds;
use super::folder::Done;
use super::sort::Stopped;
use crate::registry::Registry;
use crate::registry::csv::{Chunker, Cut, Header, OpenError, Plan};

/// A file whose header is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    path: PathBuf,
    header: Header,
    mark: Mark,
}

/// By what a file is known again: anything else in it means another length or time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    path: PathBuf,
    bytes: u64,
    /// Of the last change, in seconds and nanoseconds since 1970.
    modified: (i64, i64),
}

/// Where a block begins: at byte `start` of file `file`, with line `line`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Begin {
    pub(super) file: usize,
    pub(super) start: u64,
    pub(super) line: u64,
}

/// A block, cut into pieces of whole rows with their first bytes.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) begin: Begin,
    /// Where the next one begins.
    pub(super) end: Begin,
    pub(super) cuts: Vec<(u64, Cut)>,
}

impl Input {
    /// Opens the file and reads its header.
    ///
    /// # Errors
    /// A file that cannot be read or whose first line is no header.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let chunker = Chunker::open(BufReader::new(file), Plan::default())?;
        Ok(Self {
            path: path.to_owned(),
            header: chunker.header(),
            mark: Mark::of(&std::path::absolute(path)?, &metadata),
        })
    }

    /// The registry.
    #[must_use]
    pub const fn registry(&self) -> Registry {
        self.header.registry
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.mark.bytes
    }

    pub(super) const fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Its cuts from the beginning of a block on; `None`: from its header on.
    pub(super) fn chunker(&self, begin: Option<Begin>) -> io::Result<Chunker<BufReader<File>>> {
        let mut file = File::open(&self.path)?;
        if let Some(begin) = begin {
            file.seek(SeekFrom::Start(begin.start))?;
            let reader = BufReader::new(file);
            return Ok(Chunker::resumed(reader, self.header, begin.line, begin.start));
        }
        Chunker::open(BufReader::new(file), Plan::default()).map_err(|error| match error {
            OpenError::Io(error) => error,
            OpenError::Header(error) => io::Error::new(io::ErrorKind::InvalidData, error),
        })
    }

    /// Fails if the file is not the one that was opened any more.
    pub(super) fn is_as_it_was(&self) -> Result<(), Stopped> {
        let metadata = std::fs::metadata(&self.path);
        let now = metadata.map_err(|error| Stopped::input(self, error))?;
        if Mark::of(&self.mark.path, &now) == self.mark {
            return Ok(());
        }
        Err(Stopped::Changed(self.path.clone()))
    }
}

impl Mark {
    pub(super) const fn path(&self) -> &PathBuf {
        &self.path
    }

    fn of(path: &Path, metadata: &Metadata) -> Self {
        Self {
            path: path.to_owned(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

/// Gives the blocks that are not sorted yet, in the order of the files.
pub(super) struct Feed<'a> {
    inputs: &'a [Input],
    block_bytes: u64,
    done: BTreeMap<(usize, u64), Begin>,
    file: usize,
    open: Option<Chunker<BufReader<File>>>,
}

impl<'a> Feed<'a> {
    pub(super) fn new(inputs: &'a [Input], bounds: Bounds, done: &[Done]) -> Self {
        let done = done
            .iter()
            .map(|done| ((done.begin.file, done.begin.start), done.end));
        Self {
            inputs,
            block_bytes: bounds.block_bytes,
            done: done.collect(),
            file: 0,
            open: None,
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<Block>, Stopped> {
        while let Some(input) = self.inputs.get(self.file) {
            let failed = |error| Stopped::input(input, error);
            let chunker = match self.open.take() {
                Some(chunker) => chunker,
                None => input.chunker(None).map_err(failed)?,
            };
            let mut chunker = chunker.at_most(usize::try_from(self.block_bytes).unwrap_or(usize::MAX));
            let begin = Begin {
                file: self.file,
                start: chunker.bytes_done(),
                line: chunker.line(),
            };
            if let Some(end) = self.done.get(&(begin.file, begin.start)) {
                self.open = Some(input.chunker(Some(*end)).map_err(failed)?);
                continue;
            }
            let cuts = cuts(&mut chunker, self.block_bytes).map_err(failed)?;
            if cuts.is_empty() {
                input.is_as_it_was()?;
                self.file += 1;
                continue;
            }
            let end = Begin {
                start: chunker.bytes_done(),
                line: chunker.line(),
                ..begin
            };
            self.open = Some(chunker);
            return Ok(Some(Block { begin, end, cuts }));
        }
        Ok(None)
    }
}

fn cuts(chunker: &mut Chunker<BufReader<File>>, block_bytes: u64) -> io::Result<Vec<(u64, Cut)>> {
    let start = chunker.bytes_done();
    let mut cuts = Vec::new();
    while chunker.bytes_done() - start < block_bytes {
        let at = chunker.bytes_done();
        match chunker.next_cut()? {
            Some(cut) => cuts.push((at, cut)),
            None => break,
        }
    }
    Ok(cuts)
}
