//! Merges sorted runs: a heap of their first records.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use super::READ_BYTES;
use super::buffer::flush;
use super::record::{self, Key, Records};
use crate::store::packed::Packer;

/// Records of several runs in one order. Holds a buffer for each run.
#[derive(Debug)]
pub struct Merge {
    runs: Vec<(Records<File>, Vec<u8>)>,
    heads: BinaryHeap<Reverse<(Key, usize)>>,
    /// The run whose record was given last: it gives its next one now.
    given: Option<usize>,
}

impl Merge {
    /// The records of the runs in these files.
    ///
    /// # Errors
    /// A file that is missing or cannot be read.
    pub fn open(files: &[PathBuf]) -> io::Result<Self> {
        let mut merge = Self {
            runs: Vec::with_capacity(files.len()),
            heads: BinaryHeap::new(),
            given: None,
        };
        for (number, path) in files.iter().enumerate() {
            merge.runs.push((Records::new(File::open(path)?), Vec::new()));
            merge.advance(number)?;
        }
        Ok(merge)
    }

    fn advance(&mut self, number: usize) -> io::Result<()> {
        if let Some((records, row)) = self.runs.get_mut(number)
            && let Some(key) = records.next_into(row)?
        {
            self.heads.push(Reverse((key, number)));
        }
        Ok(())
    }

    /// The next record and its packed row.
    pub(super) fn next(&mut self) -> io::Result<Option<(Key, &[u8])>> {
        if let Some(number) = self.given.take() {
            self.advance(number)?;
        }
        let Some(Reverse((key, number))) = self.heads.pop() else {
            return Ok(None);
        };
        self.given = Some(number);
        let row = self.runs.get(number).map(|(_, row)| row.as_slice());
        Ok(Some((key, row.unwrap_or_default())))
    }

    /// Writes what is left as one run; its records and bytes.
    pub(super) fn write(mut self, mut writer: impl Write) -> io::Result<(u64, u64)> {
        let mut packer = Packer::default();
        let (mut last, mut records, mut bytes) = (0, 0, 0);
        while let Some(((key, place), row)) = self.next()? {
            record::write(&mut packer, last, (key, place), row);
            (last, records) = (key, records + 1);
            if packer.len() >= READ_BYTES {
                bytes += flush(&mut packer, &mut writer)?;
            }
        }
        Ok((records, bytes + flush(&mut packer, &mut writer)?))
    }
}
