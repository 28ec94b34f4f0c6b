//! Records in the order of their keys and places, as runs and pieces hold them: what differs from the one before, then the
//! packed row behind its length.

use std::io::{self, Read};

use super::{MAX_ROW_BYTES, Place, READ_BYTES};
use crate::store::packed::Packer;

/// What a record is sorted by.
pub type Key = (u64, Place);

/// The longest record: four numbers before the row.
const MAX_RECORD_BYTES: usize = MAX_ROW_BYTES + 40;

/// Writes a record behind one with the key `last`.
pub(super) fn write(packer: &mut Packer, last: u64, (key, place): Key, body: &[u8]) {
    packer.number(key.wrapping_sub(last));
    packer.length(place.file());
    packer.number(place.offset());
    packer.length(body.len());
    packer.bytes(body);
}

/// Reads records. What is no record is an error of kind [`io::ErrorKind::InvalidData`].
#[derive(Debug)]
pub(crate) struct Records<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were read.
    at: usize,
    ended: bool,
    last: u64,
}

impl<'a> Records<&'a [u8]> {
    /// The records of a piece.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self::new(bytes)
    }
}

impl<R: Read> Records<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            at: 0,
            ended: false,
            last: 0,
        }
    }

    /// The next record, its packed row in `body`; `None` at the end.
    pub(crate) fn next_into(&mut self, body: &mut Vec<u8>) -> io::Result<Option<Key>> {
        if !self.ended && self.buffer.len() - self.at < MAX_RECORD_BYTES {
            self.fill()?;
        }
        let mut rest = self.buffer.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let before = rest.len();
        let key = self.last.checked_add(number(&mut rest)?).ok_or_else(damaged)?;
        let file = usize::try_from(number(&mut rest)?).map_err(|_| damaged())?;
        let place = Place::new(file, number(&mut rest)?).ok_or_else(damaged)?;
        let length = usize::try_from(number(&mut rest)?).map_err(|_| damaged())?;
        let row = rest.get(..length).filter(|row| row.len() <= MAX_ROW_BYTES);
        body.clear();
        body.extend_from_slice(row.ok_or_else(damaged)?);
        self.at += before - rest.len() + length;
        self.last = key;
        Ok(Some((key, place)))
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let wanted = READ_BYTES.saturating_sub(self.buffer.len());
        let read = self
            .reader
            .by_ref()
            .take(wanted as u64)
            .read_to_end(&mut self.buffer)?;
        self.ended = read < wanted;
        Ok(())
    }
}

fn number(rest: &mut &[u8]) -> io::Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (first, tail) = rest.split_first().ok_or_else(damaged)?;
        *rest = tail;
        number |= u64::from(first & 0x7f) << shift;
        if *first < 0x80 {
            return Ok(number);
        }
    }
    Err(damaged())
}

pub(super) fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "sorted rows are damaged")
}
