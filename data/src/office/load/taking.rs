//! The records of one commit: read together, merged with their rows, and changed in one batch that holds only if nobody
//! else changed them meanwhile. What a unit of work keeps in mind besides is left out: of twenty million people it counts.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Sorted, erasure, phones_due_key};
use crate::iin::Iin;
use crate::office::ingest::GROUP_BYTES;
use crate::office::merge::{self, Merged};
use crate::office::{DATA_DATE, DataDate, ERASURE, Office, Phone, birth_changes, person_key, reaches};
use crate::person::Person;
use crate::phone::Msisdn;
use crate::registry::row::Row;
use crate::registry::sorted::{Loaded, Part, Piece};
use crate::store::unit::Record;
use crate::store::{Batch, Key, Read, Scan, StoreError, Tree, Value};

/// A commit in the making.
pub(super) struct Taking<'a> {
    office: &'a Office,
    piece: &'a Piece,
    today: NaiveDate,
    batch: Batch,
    loaded: Loaded,
    records: usize,
    bytes_read: usize,
    newest_paid: Option<NaiveDate>,
    names_phones: bool,
    /// People who listed a phone that could not take their binding.
    unlisted: BTreeMap<Iin, Vec<Msisdn>>,
}

impl<'a> Taking<'a> {
    pub(super) fn new(office: &'a Office, piece: &'a Piece) -> Self {
        Self {
            office,
            piece,
            today: office.clock().today(),
            batch: Batch::default(),
            loaded: Loaded::default(),
            records: 0,
            bytes_read: 0,
            newest_paid: None,
            names_phones: false,
            unlisted: BTreeMap::new(),
        }
    }

    /// How many more of at most `group` records it takes; `None`: no more.
    pub(super) fn room(&self, group: usize) -> Option<usize> {
        let room = group.checked_sub(self.records).filter(|room| *room > 0);
        room.filter(|_| self.bytes_read < GROUP_BYTES)
    }

    /// Takes records, at most [`crate::store::MAX_READS`] of them, each with all its rows.
    pub(super) async fn take(&mut self, records: &[&[Sorted]]) -> Result<(), StoreError> {
        let tree = match self.piece.part {
            Part::People => Tree::People,
            Part::Phones => Tree::Phones,
        };
        let keys = records.iter().filter_map(|rows| rows.first());
        let keys: Vec<Key> = keys.map(|sorted| sorted.key.to_be_bytes().to_vec()).collect();
        let found = self.found(tree, &keys).await?;
        for ((rows, key), before) in records.iter().zip(keys).zip(found) {
            self.records += 1;
            self.bytes_read += before.as_ref().map_or(0, Vec::len);
            match self.piece.part {
                Part::People => self.take_person(key, before, rows)?,
                Part::Phones => self.take_phone(key, before, rows)?,
            }
        }
        Ok(())
    }

    /// What the store has under `keys`, which are in order. One look is enough where nothing lies between the first and the
    /// last, as in a store that is being filled; the batch expects what was found, so it holds only if that is still so.
    async fn found(&self, tree: Tree, keys: &[Key]) -> Result<Vec<Option<Value>>, StoreError> {
        let store = self.office.store();
        if let [first, .., last] = keys {
            let from_first = Read::Key(tree, first.clone());
            let beyond = Scan {
                after: Some(first.clone()),
                ..Scan::of(tree, 1)
            };
            let looked = store.read(vec![from_first, Read::Page(beyond)]).await?;
            if looked.into_iter().flatten().all(|(key, _)| key > *last) {
                return Ok(vec![None; keys.len()]);
            }
        }
        let reads = keys.iter().map(|key| Read::Key(tree, key.clone()));
        let found = store.read(reads.collect()).await?;
        Ok(found
            .into_iter()
            .map(|entry| entry.into_iter().next().map(|(_, value)| value))
            .collect())
    }

    fn take_person(&mut self, key: Key, before: Option<Value>, rows: &[Sorted]) -> Result<(), StoreError> {
        let Some(iin) = rows.first().and_then(|sorted| sorted.row.iin()) else {
            return Ok(());
        };
        let held = before.as_deref().map(Person::decode).transpose()?;
        let mut person = held.unwrap_or_else(|| Person::new(iin));
        let born_before = person.birth_date();
        let mut changed = false;
        for sorted in rows {
            let merged = match &sorted.row {
                Row::Phone(msisdn, _) => merge::name_phone(&mut person, *msisdn),
                row => merge::into_person(&mut person, row),
            };
            changed |= merged == Merged::Changed;
            match (&sorted.row, merged) {
                // Counted with its binding.
                (Row::Phone(..), Merged::Changed | Merged::Same) => self.names_phones = true,
                (Row::Contribution(_, row), Merged::Changed) => {
                    self.newest_paid = self.newest_paid.max(reaches(row, self.today));
                    self.count(sorted, Merged::Changed);
                }
                (_, merged) => self.count(sorted, merged),
            }
        }
        if changed {
            let births = birth_changes(iin, born_before, person.birth_date());
            let births = births.map(|(key, value)| (Tree::Births, key, value));
            self.batch.change.extend(births);
            self.change(Tree::People, key, before, person.encode());
        }
        Ok(())
    }

    fn take_phone(&mut self, key: Key, before: Option<Value>, rows: &[Sorted]) -> Result<(), StoreError> {
        let held = before.as_deref().map(Phone::decode).transpose()?;
        let mut phone = held.unwrap_or_default();
        let mut changed = false;
        for sorted in rows {
            let Row::Phone(msisdn, binding) = &sorted.row else {
                continue;
            };
            let merged = merge::bind_named(&mut phone, *binding);
            changed |= merged == Merged::Changed;
            if matches!(merged, Merged::Refused(_)) {
                self.unlisted.entry(binding.iin).or_default().push(*msisdn);
            }
            self.count(sorted, merged);
        }
        if changed {
            self.change(Tree::Phones, key, before, phone.encode());
        }
        Ok(())
    }

    fn count(&mut self, sorted: &Sorted, merged: Merged) {
        match merged {
            Merged::Refused(reason) => self.loaded.refused.push((sorted.place, reason)),
            merged => self.loaded.count(sorted.place.file(), merged == Merged::Changed),
        }
    }

    fn change(&mut self, tree: Tree, key: Key, before: Option<Value>, after: Value) {
        if before.as_ref() != Some(&after) {
            self.batch.expect.push((tree, key.clone(), before));
            self.batch.change.push((tree, key, Some(after)));
        }
    }

    /// Writes what changed in one step; when it returns, that is on disk. What became of the rows; `None`: nothing, since
    /// somebody was erased meanwhile.
    pub(super) async fn commit(mut self) -> Result<Option<Loaded>, StoreError> {
        if self.piece.dry_run {
            return Ok(Some(self.loaded));
        }
        if let Some(at_start) = self.piece.erasure {
            let last = self.office.last_erasure().await?;
            if erasure(last.as_deref()) != at_start {
                return Ok(None);
            }
            self.batch.expect.push((Tree::Settings, ERASURE.to_vec(), last));
        }
        for (iin, phones) in std::mem::take(&mut self.unlisted) {
            self.unlist(iin, &phones).await?;
        }
        if self.names_phones {
            self.set_if_absent(phones_due_key(self.piece.token)).await?;
        }
        self.advance_data_date().await?;
        self.office.store().commit(self.batch).await?;
        Ok(Some(self.loaded))
    }

    /// Takes phones from the list of a person whom they could not take.
    async fn unlist(&mut self, iin: Iin, phones: &[Msisdn]) -> Result<(), StoreError> {
        let key = person_key(iin).to_vec();
        let before = self.office.store().get(Tree::People, &key).await?;
        if let Some(mut person) = before.as_deref().map(Person::decode).transpose()? {
            person.phones.retain(|phone| !phones.contains(phone));
            self.change(Tree::People, key, before, person.encode());
        }
        Ok(())
    }

    /// Sets a marker.
    async fn set_if_absent(&mut self, key: Key) -> Result<(), StoreError> {
        if self.office.store().get(Tree::Settings, &key).await?.is_none() {
            self.batch.change.push((Tree::Settings, key, Some(vec![1])));
        }
        Ok(())
    }

    /// The data date never goes back.
    async fn advance_data_date(&mut self) -> Result<(), StoreError> {
        let Some(day) = self.piece.data_date.or(self.newest_paid) else {
            return Ok(());
        };
        let key = DATA_DATE.as_bytes().to_vec();
        let before = self.office.store().get(Tree::Settings, &key).await?;
        let held = before.as_deref().map(DataDate::decode).transpose()?;
        if held.is_none_or(|held| held.0 < day) {
            self.change(Tree::Settings, key, before, DataDate(day).encode());
        }
        Ok(())
    }
}
