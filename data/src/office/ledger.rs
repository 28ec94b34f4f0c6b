//! The records that the rows of one commit touch: read once each, changed in memory, written together.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::merge::{self, Merged};
use super::{DATA_DATE, DataDate, Office, Phone, birth_changes, person_key, phone_key, reaches};
use crate::iin::Iin;
use crate::person::{Clinic, Person};
use crate::phone::{Binding, Msisdn};
use crate::registry::row::Row;
use crate::store::unit::Unit;
use crate::store::{StoreError, Tree};

/// A record as it stands in this commit.
#[derive(Debug)]
struct Held<T> {
    value: T,
    changed: bool,
}

#[derive(Debug)]
struct HeldPerson {
    person: Person,
    birth_date_before: Option<NaiveDate>,
    changed: bool,
}

/// Rows on their way into the store.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    unit: Unit<'a>,
    today: NaiveDate,
    people: BTreeMap<Iin, HeldPerson>,
    phones: BTreeMap<Msisdn, Held<Phone>>,
    clinics: BTreeMap<String, Held<Option<Clinic>>>,
    /// The data date given by the user; without it the payments say.
    given_date: Option<NaiveDate>,
    newest_paid: Option<NaiveDate>,
}

impl<'a> Ledger<'a> {
    /// An empty ledger. `data_date`: the one given by the user.
    pub(super) fn new(office: &'a Office, data_date: Option<NaiveDate>) -> Self {
        Self {
            unit: office.begin(),
            today: office.clock().today(),
            people: BTreeMap::new(),
            phones: BTreeMap::new(),
            clinics: BTreeMap::new(),
            given_date: data_date,
            newest_paid: None,
        }
    }

    /// Bytes of the records read so far.
    pub(super) fn bytes_read(&self) -> usize {
        self.unit.bytes_read()
    }

    /// Merges a row.
    pub(super) async fn enter(&mut self, row: &Row) -> Result<Merged, StoreError> {
        match row {
            Row::Clinic(clinic) => self.enter_clinic(clinic).await,
            Row::Phone(msisdn, binding) => self.enter_phone(*msisdn, *binding).await,
            Row::Person(iin, _)
            | Row::Category(iin, _)
            | Row::Temporary(iin, _)
            | Row::Attachment(iin, _)
            | Row::Contribution(iin, _)
            | Row::Return(iin, _) => self.enter_person(*iin, row).await,
        }
    }

    async fn enter_person(&mut self, iin: Iin, row: &Row) -> Result<Merged, StoreError> {
        self.read_person(iin).await?;
        let Some(held) = self.people.get_mut(&iin) else {
            return Ok(Merged::Same);
        };
        let merged = merge::into_person(&mut held.person, row);
        held.changed |= merged == Merged::Changed;
        if let (Row::Contribution(_, row), Merged::Changed) = (row, &merged) {
            self.newest_paid = self.newest_paid.max(reaches(row, self.today));
        }
        Ok(merged)
    }

    async fn enter_clinic(&mut self, row: &Clinic) -> Result<Merged, StoreError> {
        if !self.clinics.contains_key(&row.code) {
            let value = self.unit.read(row.code.as_bytes()).await?;
            self.clinics.insert(
                row.code.clone(),
                Held {
                    value,
                    changed: false,
                },
            );
        }
        let Some(held) = self.clinics.get_mut(&row.code) else {
            return Ok(Merged::Same);
        };
        let merged = merge::into_clinic(&mut held.value, row);
        held.changed |= merged == Merged::Changed;
        Ok(merged)
    }

    async fn enter_phone(&mut self, msisdn: Msisdn, binding: Binding) -> Result<Merged, StoreError> {
        self.read_person(binding.iin).await?;
        if !self.phones.contains_key(&msisdn) {
            let value = self.unit.read(&phone_key(msisdn)).await?.unwrap_or_default();
            self.phones.insert(
                msisdn,
                Held {
                    value,
                    changed: false,
                },
            );
        }
        let (Some(phone), Some(person)) = (self.phones.get_mut(&msisdn), self.people.get_mut(&binding.iin))
        else {
            return Ok(Merged::Same);
        };
        let merged = merge::bind(&mut phone.value, &mut person.person, msisdn, binding);
        phone.changed |= merged == Merged::Changed;
        person.changed |= merged == Merged::Changed;
        Ok(merged)
    }

    async fn read_person(&mut self, iin: Iin) -> Result<(), StoreError> {
        if self.people.contains_key(&iin) {
            return Ok(());
        }
        let person = self.unit.read::<Person>(&person_key(iin)).await?;
        let person = person.unwrap_or_else(|| Person::new(iin));
        let held = HeldPerson {
            birth_date_before: person.birth_date(),
            person,
            changed: false,
        };
        self.people.insert(iin, held);
        Ok(())
    }

    /// Writes what changed in one step; returns when it is on disk.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        for (iin, held) in &self.people {
            if held.changed {
                self.unit.write(&person_key(*iin), &held.person);
                let births = birth_changes(*iin, held.birth_date_before, held.person.birth_date());
                for (key, value) in births {
                    self.unit.change(Tree::Births, &key, value);
                }
            }
        }
        for (code, held) in &self.clinics {
            if let (true, Some(clinic)) = (held.changed, &held.value) {
                self.unit.write(code.as_bytes(), clinic);
            }
        }
        for (msisdn, held) in &self.phones {
            if held.changed {
                self.unit.write(&phone_key(*msisdn), &held.value);
            }
        }
        self.advance_data_date().await?;
        self.unit.commit().await.map(drop)
    }

    /// The data date never goes back.
    async fn advance_data_date(&mut self) -> Result<(), StoreError> {
        let Some(day) = self.given_date.or(self.newest_paid) else {
            return Ok(());
        };
        let before = self.unit.read::<DataDate>(DATA_DATE.as_bytes()).await?;
        if before.is_none_or(|before| before.0 < day) {
            self.unit.write(DATA_DATE.as_bytes(), &DataDate(day));
        }
        Ok(())
    }
}
