//! Taking sorted rows into the store: each record is read and written once, in the order of keys.

use std::time::Duration;

use super::ingest::MAX_TRIES;
use super::{ERASURE, Office, fresh_number};
use crate::registry::row::Row;
use crate::registry::sorted::{Loaded, Part, Piece, Place, Records, unpack};
use crate::store::{Batch, Key, MAX_READS, Scan, StoreError, Tree, Value};

mod taking;

use taking::Taking;

/// A row of a piece.
#[derive(Debug)]
pub(crate) struct Sorted {
    /// The record it belongs to, by what the piece is sorted by.
    key: u64,
    place: Place,
    row: Row,
}

impl Sorted {
    /// The rows of a piece; `None` if they are damaged, out of order or not of its part.
    pub(crate) fn all(piece: &Piece) -> Option<Vec<Self>> {
        let mut records = Records::of(&piece.records);
        let mut packed = Vec::new();
        let mut rows: Vec<Self> = Vec::new();
        while let Some((key, place)) = records.next_into(&mut packed).ok()? {
            let row = unpack(key, &packed)?;
            let fits = match (piece.part, &row) {
                (Part::People, row) => row.iin().is_some_and(|iin| iin.number() == key),
                (Part::Phones, Row::Phone(msisdn, _)) => msisdn.number() == key,
                (Part::Phones, _) => false,
            };
            let in_order = rows
                .last()
                .is_none_or(|last| (last.key, last.place) < (key, place));
            if !fits || !in_order {
                return None;
            }
            rows.push(Self { key, place, row });
        }
        Some(rows)
    }
}

/// How sorted rows are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The most records in one commit.
    pub(crate) group: usize,
    /// How long it rests after each.
    pub(crate) rest: Duration,
}

/// What the keys in [`Tree::Settings`] begin with that say that bindings are still to come.
const PHONES_DUE: &[u8] = b"phones_due/";

/// The key of the marker of the import `token`.
fn phones_due_key(token: u64) -> Key {
    [PHONES_DUE, format!("{token:016x}").as_bytes()].concat()
}

impl Office {
    /// Takes the rows of `piece` at this `pace`; when it returns, what it counts as accepted is on disk. After a failure
    /// the same piece can be given again. `None`: somebody was erased since its rows were sorted, or this is another store.
    ///
    /// # Errors
    /// Whatever the store says; groups taken before stay.
    pub(crate) async fn load(
        &self,
        piece: &Piece,
        rows: &[Sorted],
        pace: Pace,
    ) -> Result<Option<Loaded>, StoreError> {
        let mut last = self.last_erasure().await?;
        if last.is_none() && !piece.dry_run {
            self.tell_apart().await?;
            last = self.last_erasure().await?;
        }
        let mut loaded = Loaded {
            erasure: erasure(last.as_deref()),
            ..Loaded::default()
        };
        if piece.erasure.is_some_and(|at_start| at_start != loaded.erasure) {
            return Ok(None);
        }
        let mut rest = rows;
        while !rest.is_empty() {
            let Some(used) = self.load_group(piece, rest, pace.group, &mut loaded).await? else {
                return Ok(None);
            };
            rest = rest.get(used..).unwrap_or_default();
            if !pace.rest.is_zero() {
                tokio::time::sleep(pace.rest).await;
            }
        }
        if piece.last && !piece.dry_run {
            let mut unit = self.begin();
            unit.change(Tree::Settings, &phones_due_key(piece.token), None);
            unit.commit().await?;
        }
        Ok(Some(loaded))
    }

    /// What [`ERASURE`] holds.
    async fn last_erasure(&self) -> Result<Option<Value>, StoreError> {
        self.store.get(Tree::Settings, ERASURE).await
    }

    /// Gives a store from which nobody was erased a number by which it is told from another one that takes its place: of
    /// what was sorted and loaded into the one, the other has nothing.
    async fn tell_apart(&self) -> Result<(), StoreError> {
        let batch = Batch {
            expect: vec![(Tree::Settings, ERASURE.to_vec(), None)],
            change: vec![(Tree::Settings, ERASURE.to_vec(), Some(fresh_number()?.to_vec()))],
            ..Batch::default()
        };
        match self.store.commit(batch).await {
            // Another import did.
            Err(StoreError::Conflict) => Ok(()),
            done => done.map(drop),
        }
    }

    /// True while bindings of an import are still to come, whose people name the phones already.
    pub(crate) async fn phones_are_due(&self) -> Result<bool, StoreError> {
        let scan = Scan {
            prefix: PHONES_DUE.to_vec(),
            ..Scan::of(Tree::Settings, 1)
        };
        Ok(!self.store.scan(scan).await?.is_empty())
    }

    /// Takes a group from the front of `rows`, again if others changed its records meanwhile; how many rows it has.
    async fn load_group(
        &self,
        piece: &Piece,
        rows: &[Sorted],
        group: usize,
        loaded: &mut Loaded,
    ) -> Result<Option<usize>, StoreError> {
        let mut tries = 1;
        loop {
            match self.try_load(piece, rows, group).await {
                Err(StoreError::Conflict) if tries < MAX_TRIES => tries += 1,
                Err(error) => return Err(error),
                Ok(None) => return Ok(None),
                Ok(Some((taken, used))) => {
                    add(loaded, taken);
                    return Ok(Some(used));
                }
            }
        }
    }

    async fn try_load(
        &self,
        piece: &Piece,
        rows: &[Sorted],
        group: usize,
    ) -> Result<Option<(Loaded, usize)>, StoreError> {
        let mut taking = Taking::new(self, piece);
        let mut used = 0;
        while let Some(room) = taking.room(group) {
            let rest = rows.get(used..).unwrap_or_default();
            let records = rest.chunk_by(|a, b| a.key == b.key);
            let records: Vec<_> = records.take(room.min(MAX_READS)).collect();
            if records.is_empty() {
                break;
            }
            used += records.iter().map(|rows| rows.len()).sum::<usize>();
            taking.take(&records).await?;
        }
        Ok(taking.commit().await?.map(|loaded| (loaded, used)))
    }
}

/// The number in a value of [`ERASURE`].
fn erasure(value: Option<&[u8]>) -> u64 {
    let number = value.and_then(|bytes| bytes.try_into().ok());
    number.map_or(0, u64::from_be_bytes)
}

fn add(sum: &mut Loaded, taken: Loaded) {
    for (file, (accepted, repeated)) in taken.counts.into_iter().enumerate() {
        if sum.counts.len() <= file {
            sum.counts.resize(file + 1, (0, 0));
        }
        if let Some(counts) = sum.counts.get_mut(file) {
            *counts = (counts.0 + accepted, counts.1 + repeated);
        }
    }
    sum.refused.extend(taken.refused);
}

#[cfg(test)]
mod tests;
