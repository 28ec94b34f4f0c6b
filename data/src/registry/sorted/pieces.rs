//! Cuts what merging gives into pieces, at the boundaries of records of the store.

use std::collections::BTreeSet;
use std::io;

use super::record::{self, Key};
use super::{Bounds, MAX_PIECE_BYTES, MAX_ROW_BYTES, Merge, Part, Place};
use crate::store::packed::Packer;

/// What is to be cut.
#[derive(Debug)]
pub struct Cutting {
    /// The part.
    pub part: Part,
    /// Records up to this one are loaded already.
    pub after: Option<Key>,
    /// Rows that were refused as rows of people, which so are no bindings either.
    pub without: BTreeSet<Place>,
}

/// The packed records of a piece, and where they end.
#[derive(Debug)]
pub struct Cut {
    /// The records.
    pub records: Vec<u8>,
    /// How many they are.
    pub rows: u64,
    /// How many the part had up to its end, those of earlier runs included.
    pub passed: u64,
    /// The key of the first.
    pub first: u64,
    /// The last.
    pub last: Key,
}

/// The pieces of a part.
#[derive(Debug)]
pub struct Pieces {
    merge: Merge,
    cutting: Cutting,
    bounds: Bounds,
    /// Given by the merge, but of the next piece.
    ahead: Option<(Key, Vec<u8>)>,
    /// Records given by the merge.
    passed: u64,
}

impl Pieces {
    /// The pieces of what `merge` gives.
    #[must_use]
    pub const fn new(merge: Merge, cutting: Cutting, bounds: Bounds) -> Self {
        Self {
            merge,
            cutting,
            bounds,
            ahead: None,
            passed: 0,
        }
    }

    /// The next piece. A record of the store whose rows do not fit into one goes on in the next.
    ///
    /// # Errors
    /// A run that cannot be read or is damaged.
    pub fn next_cut(&mut self) -> io::Result<Option<Cut>> {
        let mut packer = Packer::default();
        let mut cut: Option<Cut> = None;
        let mut keys = 0;
        let most = self.bounds.piece_bytes.min(MAX_PIECE_BYTES - MAX_ROW_BYTES);
        while let Some(((key, place), row)) = self.next_record()? {
            let last = cut.as_ref().map_or(0, |cut| cut.last.0);
            let is_other = cut.is_some() && key != last;
            let is_full = packer.len() >= most || keys >= self.bounds.piece_records;
            // A record that begins is left to the next piece early; one that goes on only if nothing more fits.
            if (is_other && is_full) || packer.len() >= MAX_PIECE_BYTES - 2 * MAX_ROW_BYTES {
                self.ahead = Some(((key, place), row));
                break;
            }
            record::write(&mut packer, last, (key, place), &row);
            keys += usize::from(is_other || cut.is_none());
            let begun = cut.get_or_insert(Cut {
                records: Vec::new(),
                rows: 0,
                passed: 0,
                first: key,
                last: (key, place),
            });
            begun.rows += 1;
            begun.last = (key, place);
        }
        Ok(cut.map(|cut| Cut {
            records: packer.finish(),
            passed: self.passed - u64::from(self.ahead.is_some()),
            ..cut
        }))
    }

    fn next_record(&mut self) -> io::Result<Option<(Key, Vec<u8>)>> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        while let Some((key, row)) = self.merge.next()? {
            self.passed += 1;
            let loaded = self.cutting.after.is_some_and(|after| key <= after);
            if !loaded && !self.cutting.without.contains(&key.1) {
                return Ok(Some((key, row.to_vec())));
            }
        }
        Ok(None)
    }
}
