//! How far an import is, and what became of its rows.

use serde::{Deserialize, Serialize};

use super::record::Key;
use super::{Loaded, Part, Place};

/// Rows of one file counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Rows that changed the store.
    pub accepted: u64,
    /// Rows that the store held already.
    pub repeated: u64,
    /// Rows that the store did not take.
    pub refused: u64,
}

/// How far loading is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The record loaded last, and the part it is of.
    pub(super) after: Option<(Part, Key)>,
    /// What became of the rows, file by file.
    pub counts: Vec<Counted>,
    /// The number of each file's import at the desk.
    pub imports: Vec<u64>,
    /// Bytes of the spool that belong to it.
    pub spooled: u64,
}

impl Checkpoint {
    /// The record of `part` loaded last; `None`: none yet.
    #[must_use]
    pub fn after(&self, part: Part) -> Option<Key> {
        self.after.filter(|(at, _)| *at == part).map(|(_, key)| key)
    }

    /// True if all of `part` is loaded.
    #[must_use]
    pub fn is_past(&self, part: Part) -> bool {
        self.after.is_some_and(|(at, _)| at > part)
    }

    /// Counts what became of a piece of `part` that ended with the record `last`.
    pub fn add(&mut self, part: Part, last: Key, loaded: &Loaded) {
        self.after = Some((part, last));
        for (counts, (accepted, repeated)) in self.counts.iter_mut().zip(&loaded.counts) {
            counts.accepted += accepted;
            counts.repeated += repeated;
        }
        for (place, _) in &loaded.refused {
            if let Some(counts) = self.counts.get_mut(place.file()) {
                counts.refused += 1;
            }
        }
    }

    /// All people are loaded; the phones come now.
    pub const fn begin_phones(&mut self) {
        self.after = Some((Part::Phones, (0, Place::FIRST)));
    }
}
