//! Taking sorted rows into the store: each record is read and written once, in the order of keys.

use super::Office;
use super::ingest::{GROUP_BYTES, MAX_TRIES};
use super::ledger::Ledger;
use super::merge::Merged;
use crate::registry::row::Row;
use crate::registry::sorted::{Loaded, Part, Piece, Place, Records, unpack};
use crate::store::unit::Record;
use crate::store::{Key, MAX_READS, Scan, StoreError, Tree, Value};

/// Rows that are looked at for the records to be read together; twenty million people have a dozen each.
const MAX_ROWS_AHEAD: usize = 16 * MAX_READS;

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

/// What the keys in [`Tree::Settings`] begin with that say that bindings are still to come.
const PHONES_DUE: &[u8] = b"phones_due/";

/// The key of the marker of the import `token`.
pub(super) fn phones_due_key(token: u64) -> Key {
    [PHONES_DUE, format!("{token:016x}").as_bytes()].concat()
}

/// The marker.
#[derive(Debug)]
pub(super) struct PhonesDue;

impl Record for PhonesDue {
    const TREE: Tree = Tree::Settings;

    fn encode(&self) -> Value {
        vec![1]
    }

    fn decode(_: &[u8]) -> Result<Self, StoreError> {
        Ok(Self)
    }
}

impl Office {
    /// Takes the rows of `piece`, at most `group` records in one commit; when it returns, what it counts as accepted is on
    /// disk. After a failure the same piece can be given again.
    ///
    /// # Errors
    /// Whatever the store says; groups taken before stay.
    pub(crate) async fn load(
        &self,
        piece: &Piece,
        rows: &[Sorted],
        group: usize,
    ) -> Result<Loaded, StoreError> {
        let mut loaded = Loaded::default();
        let mut rest = rows;
        while !rest.is_empty() {
            let used = self.load_group(piece, rest, group, &mut loaded).await?;
            rest = rest.get(used..).unwrap_or_default();
        }
        if piece.last && !piece.dry_run {
            let mut unit = self.begin();
            unit.change(Tree::Settings, &phones_due_key(piece.token), None);
            unit.commit().await?;
        }
        Ok(loaded)
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
    ) -> Result<usize, StoreError> {
        let mut tries = 1;
        loop {
            match self.try_load(piece, rows, group).await {
                Err(StoreError::Conflict) if tries < MAX_TRIES => tries += 1,
                Err(error) => return Err(error),
                Ok((taken, used)) => {
                    add(loaded, taken);
                    return Ok(used);
                }
            }
        }
    }

    async fn try_load(
        &self,
        piece: &Piece,
        rows: &[Sorted],
        group: usize,
    ) -> Result<(Loaded, usize), StoreError> {
        let mut ledger = Ledger::new(self, piece.data_date);
        let mut taken = Loaded::default();
        let (mut used, mut records, mut last, mut ahead) = (0, 0, None, 0);
        let mut names_phones = false;
        for sorted in rows {
            if last != Some(sorted.key) {
                if records == group || ledger.bytes_read() >= GROUP_BYTES {
                    break;
                }
                if ahead == 0 {
                    let rest = rows.get(used..).unwrap_or_default();
                    ahead = read_ahead(&mut ledger, piece.part, rest, MAX_READS.min(group - records)).await?;
                }
                (records, last, ahead) = (records + 1, Some(sorted.key), ahead - 1);
            }
            used += 1;
            let file = sorted.place.file();
            let merged = match (&sorted.row, piece.part) {
                (Row::Phone(msisdn, binding), Part::People) => {
                    names_phones = true;
                    match ledger.enter_phone_of(binding.iin, *msisdn).await? {
                        Merged::Refused(reason) => Merged::Refused(reason),
                        // Counted with its binding.
                        Merged::Changed | Merged::Same => continue,
                    }
                }
                (Row::Phone(msisdn, binding), Part::Phones) => {
                    ledger.enter_binding(*msisdn, *binding).await?
                }
                (row, _) => ledger.enter(row).await?,
            };
            match merged {
                Merged::Refused(reason) => taken.refused.push((sorted.place, reason)),
                Merged::Changed => taken.count(file, true),
                Merged::Same => taken.count(file, false),
            }
        }
        if !piece.dry_run {
            if names_phones {
                ledger.mark_phones_due(piece.token).await?;
            }
            ledger.commit().await?;
        }
        Ok((taken, used))
    }
}

/// Reads the records of the next rows, at most `most`; how many they are.
async fn read_ahead(
    ledger: &mut Ledger<'_>,
    part: Part,
    rows: &[Sorted],
    most: usize,
) -> Result<usize, StoreError> {
    let tree = match part {
        Part::People => Tree::People,
        Part::Phones => Tree::Phones,
    };
    let mut keys: Vec<u64> = rows
        .iter()
        .take(MAX_ROWS_AHEAD)
        .map(|sorted| sorted.key)
        .collect();
    keys.dedup();
    keys.truncate(most);
    let records: Vec<_> = keys
        .iter()
        .map(|key| (tree, key.to_be_bytes().to_vec()))
        .collect();
    ledger.read_ahead(records).await?;
    Ok(keys.len())
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
