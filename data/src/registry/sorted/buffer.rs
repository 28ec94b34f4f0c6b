//! Records that are sorted in memory and written as one run.

use std::io::{self, Write};

use super::record::{self, Key};
use super::{Place, READ_BYTES};
use crate::store::packed::Packer;

#[derive(Debug)]
struct Slot {
    key: u64,
    place: Place,
    start: u32,
    length: u32,
}

/// The records, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    slots: Vec<Slot>,
    rows: Vec<u8>,
}

impl Buffer {
    pub(super) fn push(&mut self, (key, place): Key, row: &[u8]) {
        // A block is far below 4 GiB, and packed it is shorter.
        let start = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let length = u32::try_from(row.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot {
            key,
            place,
            start,
            length,
        });
        self.rows.extend_from_slice(row);
    }

    pub(super) const fn len(&self) -> usize {
        self.slots.len()
    }

    /// Bytes of the rows in memory.
    pub(super) const fn bytes(&self) -> usize {
        self.rows.len()
    }

    /// Sorts what it has, writes it and is empty again; the bytes written.
    pub(super) fn write(&mut self, mut writer: impl Write) -> io::Result<u64> {
        self.slots.sort_unstable_by_key(|slot| (slot.key, slot.place));
        let mut packer = Packer::default();
        let (mut last, mut written) = (0, 0);
        for slot in &self.slots {
            let start = usize::try_from(slot.start).unwrap_or(usize::MAX);
            let length = usize::try_from(slot.length).unwrap_or(usize::MAX);
            let row = self.rows.get(start..start.saturating_add(length));
            record::write(&mut packer, last, (slot.key, slot.place), row.unwrap_or_default());
            last = slot.key;
            if packer.len() >= READ_BYTES {
                written += flush(&mut packer, &mut writer)?;
            }
        }
        written += flush(&mut packer, &mut writer)?;
        self.slots.clear();
        self.rows.clear();
        Ok(written)
    }
}

/// Writes what the packer holds and empties it; how much that was.
pub(super) fn flush(packer: &mut Packer, writer: &mut impl Write) -> io::Result<u64> {
    let bytes = std::mem::take(packer).finish();
    writer.write_all(&bytes)?;
    Ok(bytes.len() as u64)
}
