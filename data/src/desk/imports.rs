//! Imports as operators see them: who takes in which file, how far it is, and what was refused.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::registry::list::Unknown;
use crate::registry::{Refused, Registry};

/// Finished imports kept; the oldest go.
pub const MAX_IMPORTS: usize = 100;
/// Refused rows kept of an import, the first ones; all of them are in the file beside the registry. Not more: the entry
/// is written anew with each chunk.
pub const MAX_REFUSED_KEPT: usize = 200;
/// Characters kept of a refused row.
pub const MAX_ROW_CHARS: usize = 300;
/// Characters kept of the path of a file; of a longer one only the file's name is.
pub const MAX_PATH_CHARS: usize = 1_000;
/// Characters kept of a file's name, and of the reasons why an import broke off or is not sorted.
pub const MAX_FILE_CHARS: usize = 200;
/// The reason of an import of which nothing was heard any more.
pub const BROKEN_OFF: &str = "nothing was heard of it any more; import the file again";
/// What follows the reason why an import of one file that was sorted broke off: it can go on, started here or there.
pub const FILE_GOES_ON: &str =
    "import the file again, here or by `saqta import FILE`: it goes on where it was";
/// The same of several files, which the console does not take together.
pub const FILES_GO_ON: &str = "run the same `saqta import` again: it goes on where it was";

/// The start of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportHead {
    /// Where the file lies; an import of an earlier version of the program has its name only.
    pub file: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The registry.
    pub registry: Registry,
    /// It only counts and checks.
    pub dry_run: bool,
    /// What is not known of it, if it is a payment list.
    #[serde(default)]
    pub unknown: Unknown,
}

impl ImportHead {
    /// The name of the file, without its folders.
    #[must_use]
    pub fn name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or_default()
    }

    /// With no more of the file's place and of what is unknown of it than is kept.
    pub(super) fn bounded(self) -> Self {
        let fits = |text: &str, most| text.chars().nth(most).is_none();
        let file = if fits(&self.file, MAX_PATH_CHARS) && fits(self.name(), MAX_FILE_CHARS) {
            self.file
        } else {
            self.name().chars().take(MAX_FILE_CHARS).collect()
        };
        Self {
            file,
            unknown: self.unknown.bounded(),
            ..self
        }
    }
}

/// A phase of an import whose rows are sorted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its rows are sorted.
    Sorting,
    /// People are loaded.
    People,
    /// The bindings of phones are loaded.
    Phones,
}

/// How the rows of an import are taken that are worth sorting first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// Sorted: the phase under way, and how much of it is done, in percent.
    Sorted(Phase, u8),
    /// As they stand, for this reason; at most [`MAX_FILE_CHARS`] characters are kept.
    Unsorted(String),
}

/// What became of rows of an import since it was told last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportStep {
    /// Bytes of the file that they stand for.
    pub bytes: u64,
    /// Rows that changed the store.
    pub accepted: u64,
    /// Rows that the store held already.
    pub repeated: u64,
    /// Rows not taken.
    pub refused: u64,
    /// Some of the rows not taken, at most [`MAX_REFUSED_KEPT`], each cut to [`MAX_ROW_CHARS`].
    pub rows: Vec<Refused>,
    /// How they are taken, if that is new.
    #[serde(default)]
    pub course: Option<Course>,
}

/// An import under way or over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Its number, by which its chunks name it; grows with every import.
    pub id: u64,
    /// What it takes in.
    pub head: ImportHead,
    /// The name of the operator's account.
    pub operator: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When its last rows came.
    pub heard_at: Timestamp,
    /// When it was over; `None`: under way.
    pub ended_at: Option<Timestamp>,
    /// Why it broke off, if it did.
    pub failure: Option<String>,
    /// Bytes of rows taken so far.
    pub bytes_done: u64,
    /// Rows that changed the store.
    pub accepted: u64,
    /// Rows that the store held already.
    pub repeated: u64,
    /// Rows not taken.
    pub refused: u64,
    /// How they are taken, if they are worth sorting; of one that is over only that they were not sorted.
    #[serde(default)]
    pub course: Option<Course>,
}

impl Import {
    /// Rows so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.accepted + self.repeated + self.refused
    }

    /// Rows a second so far, over the whole time.
    #[must_use]
    pub fn rows_per_second(&self) -> u64 {
        let until = self.ended_at.unwrap_or(self.heard_at);
        let millis = until.since(self.started_at).as_millis().max(1);
        u64::try_from(u128::from(self.rows()) * 1_000 / millis).unwrap_or(u64::MAX)
    }
}
