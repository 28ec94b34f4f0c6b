//! Many rows at once: sorted by the record they belong to before the store is touched.
//!
//! A store takes records several times faster, and grows less, if each is written once and all in the order of their
//! keys. So the rows of all files are read, checked and packed, block by block on every core; each block leaves a sorted
//! run in a temporary folder ([`Folder`]); and the runs are merged into [`Piece`]s, which a desk takes as it takes chunks.
//!
//! A phone's row belongs to two records. It stands in the run of people, where it only puts the phone into the list of the
//! person, and in a second one of phones, which is loaded after all people and has the bindings. In between a person may
//! name a phone that is not bound yet, never the other way round: a marker in the store says so ([`Piece::token`]).

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

mod buffer;
mod checkpoint;
mod folder;
mod input;
mod job;
mod merge;
mod pack;
mod pieces;
mod record;
mod refusals;
mod sort;
mod space;
#[cfg(test)]
mod tests;

pub use checkpoint::{Checkpoint, Counted};
pub use folder::Folder;
pub use input::Input;
pub use job::{Job, Start};
pub use merge::Merge;
pub use pieces::{Cut, Cutting, Pieces};
pub use record::Key;
pub use refusals::{Refusals, Spool};
pub use sort::{Progress, Stopped, sort};
pub use space::{Space, bytes_in, free_space, need};

pub(crate) use pack::unpack;
pub(crate) use record::Records;

/// Bytes of all files together from which on they are sorted first. Less is loaded as fast row by row.
pub const SORT_FROM_BYTES: u64 = 64 << 20;

/// The bounds of sorting; tests have smaller ones.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of a file that are sorted in memory together, by one worker.
    pub block_bytes: u64,
    /// Runs that are merged at once, each through a buffer of [`READ_BYTES`].
    pub fan_in: usize,
    /// Workers, each with a block in memory.
    pub workers: usize,
    /// Bytes of a piece.
    pub piece_bytes: usize,
    /// Records of the store (people, phones) in a piece.
    pub piece_records: usize,
}

/// The most workers; twenty million people are sorted in minutes by two.
const MAX_WORKERS: usize = 8;
/// The buffer of a run that is read or written.
pub const READ_BYTES: usize = 128 << 10;
/// The longest piece in bytes, as long as a chunk.
pub const MAX_PIECE_BYTES: usize = super::MAX_CHUNK_BYTES;
/// The longest packed row: three names of 100 characters of four bytes, and a little.
pub const MAX_ROW_BYTES: usize = 4 << 10;

impl Default for Bounds {
    /// 64 MiB a block, of which some 160 MiB are in memory for each worker, one a core; 512 runs at once (64 MiB).
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            block_bytes: 64 << 20,
            fan_in: 512,
            workers: cores.min(MAX_WORKERS),
            piece_bytes: 512 << 10,
            piece_records: 4096,
        }
    }
}

/// Where a row stands: the number of its file, and its first byte there. Rows are taken in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(u64);

impl Place {
    /// Before every row.
    pub(crate) const FIRST: Self = Self(0);
    /// Bits of the offset: 256 TiB.
    const OFFSET_BITS: u32 = 48;

    /// The place `offset` bytes into file `file`; `None` beyond 65,536 files of 256 TiB.
    #[must_use]
    pub fn new(file: usize, offset: u64) -> Option<Self> {
        let file = u64::from(u16::try_from(file).ok()?);
        (offset >> Self::OFFSET_BITS == 0).then_some(Self(file << Self::OFFSET_BITS | offset))
    }

    /// The number of the file.
    #[must_use]
    pub fn file(self) -> usize {
        usize::try_from(self.0 >> Self::OFFSET_BITS).unwrap_or(usize::MAX)
    }

    /// The first byte of the row in its file.
    #[must_use]
    pub const fn offset(self) -> u64 {
        self.0 & ((1 << Self::OFFSET_BITS) - 1)
    }
}

/// What the records of a piece are sorted by, and which records of the store they change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// By IIN: everything about people. A phone's row only puts the phone into the person's list.
    People,
    /// By phone number: the bindings. Their people list the phones already.
    Phones,
}

/// Sorted rows of several files, as one step of an import.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// What they are sorted by.
    pub part: Part,
    /// Names the import: while some of its phones are still to come, the store has a marker of this name.
    pub token: u64,
    /// The last erasure of a person when sorting began ([`Loaded::erasure`]): after another one the piece is not taken,
    /// since it may bring the person back. `None`: it does not matter.
    #[serde(default)]
    pub erasure: Option<u64>,
    /// The last piece of phones: the marker goes.
    pub last: bool,
    /// The data date given by the user.
    pub data_date: Option<NaiveDate>,
    /// Count and check only; write nothing.
    pub dry_run: bool,
    /// Packed rows, at most [`MAX_PIECE_BYTES`].
    pub records: Vec<u8>,
}

/// What became of the rows of a piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// For each file by its number: rows that changed the store, and rows that it held already.
    pub counts: Vec<(u64, u64)>,
    /// Rows not taken, and why; no IIN and no phone in it.
    pub refused: Vec<(Place, String)>,
    /// What the last erasure of a person is known by; 0 if there was none.
    #[serde(default)]
    pub erasure: u64,
}

impl Loaded {
    /// Counts a row of `file` as one that changed the store, or that it held.
    pub(crate) fn count(&mut self, file: usize, changed: bool) {
        if self.counts.len() <= file {
            self.counts.resize(file + 1, (0, 0));
        }
        if let Some((accepted, repeated)) = self.counts.get_mut(file) {
            *(if changed { accepted } else { repeated }) += 1;
        }
    }
}

impl Piece {
    /// A piece of nobody, which is taken if one with records would be.
    pub const EMPTY: Self = Self {
        part: Part::People,
        token: 0,
        erasure: None,
        last: false,
        data_date: None,
        dry_run: false,
        records: Vec::new(),
    };
}

// Records hold IINs and phones.
impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece")
            .field("part", &self.part)
            .field("bytes", &self.records.len())
            .finish_non_exhaustive()
    }
}
