//! The use cases over a store: look a person up, know a phone, keep the journal, say the data date.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::contribution::Contribution;
use crate::coverage::{self, Coverage};
use crate::iin::Iin;
use crate::language::Language;
use crate::law::Law;
use crate::person::{Clinic, Person};
use crate::phone::{Binding, Msisdn};
use crate::store::unit::{Record, Unit};
use crate::store::{Key, Store, StoreError, Tree, Value, codec};

mod answer;
mod backup;
pub(crate) mod export;
mod ingest;
mod journal;
mod ledger;
mod load;
mod merge;
#[cfg(test)]
pub(crate) mod testing;
mod tidy;

pub use answer::{Delivery, MAX_HEARD_CHARS, StoredAnswer};
pub use backup::{BackupError, BackupWriter, Contents, read_backup, restore_backup};
pub use journal::MAX_JOURNAL_PAGE;
pub(crate) use load::{Pace, Sorted};
pub use merge::{MAX_CONTRIBUTIONS, MAX_PHONES, MAX_SPANS};
pub(crate) use merge::{Merged, bind, into_person, place};
pub(crate) use tidy::{JournalSweep, SWEEP};
pub use tidy::{Retention, Tidied};

/// What is kept of a phone: the people bound to it and what its owner wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// Bindings, by IIN; at most [`MAX_BINDINGS`].
    pub bindings: Vec<Binding>,
    /// The language chosen; `None`: the language of the words written, else Kazakh.
    pub language: Option<Language>,
    /// Answers in Latin letters.
    pub latin: bool,
    /// STOP was sent: only START and HELP are answered by SMS.
    pub stopped: bool,
}

/// The most people bound to one phone.
pub const MAX_BINDINGS: usize = 50;

impl Phone {
    /// The people to whom the phone is bound on `day`, in the order of their IINs.
    pub fn people_on(&self, day: NaiveDate) -> impl Iterator<Item = Iin> + '_ {
        self.bindings
            .iter()
            .filter(move |binding| binding.holds_on(day))
            .map(|binding| binding.iin)
    }
}

const PHONE_VERSION: u8 = 1;

impl Record for Phone {
    const TREE: Tree = Tree::Phones;

    fn encode(&self) -> Value {
        codec::seal(PHONE_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("phone", PHONE_VERSION, bytes)
    }
}

/// The key of a phone in [`Tree::Phones`] and [`Tree::Dialogs`].
#[must_use]
pub fn phone_key(phone: Msisdn) -> [u8; 8] {
    phone.number().to_be_bytes()
}

/// The key of a person in [`Tree::People`].
#[must_use]
pub fn person_key(iin: Iin) -> [u8; 8] {
    iin.number().to_be_bytes()
}

/// What the keys in [`Tree::Births`] of people born on `day` begin with.
pub(crate) fn birth_prefix(day: NaiveDate) -> [u8; 4] {
    day.num_days_from_ce().to_be_bytes()
}

/// The key in [`Tree::Births`] of a person born on `day`.
#[must_use]
pub fn birth_key(day: NaiveDate, iin: Iin) -> Key {
    let mut key = birth_prefix(day).to_vec();
    key.extend(person_key(iin));
    key
}

/// True if the person is found by this date of birth without an entry in [`Tree::Births`]: the IIN says it, and the keys of
/// people are in the order of IINs.
pub(crate) fn says_birth(iin: Iin, day: NaiveDate) -> bool {
    iin.date() == Some(day)
}

/// The changes to [`Tree::Births`] that keep it in step with a person whose date of birth was `before` and is `now`. An
/// entry of a date that the IIN says is removed, too: stores before format 3 have one for everybody.
pub(crate) fn birth_changes(
    iin: Iin,
    before: Option<NaiveDate>,
    now: Option<NaiveDate>,
) -> impl Iterator<Item = (Key, Option<Value>)> {
    let changed = (before != now).then_some((before, now));
    let (gone, come) = changed.unwrap_or_default();
    let key = move |day| birth_key(day, iin);
    let gone = gone.map(key).map(|key| (key, None));
    gone.into_iter().chain(
        come.filter(|day| !says_birth(iin, *day))
            .map(key)
            .map(|key| (key, Some(Value::new()))),
    )
}

/// The day up to which `row` shows that the registries reach; a day that has not come is a slip.
pub(crate) fn reaches(row: &Contribution, today: NaiveDate) -> Option<NaiveDate> {
    (row.paid_on <= today).then_some(row.paid_on)
}

/// What keys of [`Tree::Answers`] and [`Tree::Limits`] begin with: days since 1970-01-01, big endian. Tidying up goes
/// by it. Days before 1970 are taken as 0.
#[must_use]
pub fn day_key(day: NaiveDate) -> [u8; 2] {
    let days = day.signed_duration_since(NaiveDate::default()).num_days();
    u16::try_from(days.max(0)).unwrap_or(u16::MAX).to_be_bytes()
}

/// The use cases. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Office {
    store: Arc<dyn Store>,
    law: Arc<Law>,
    clock: Clock,
}

impl Office {
    /// An office over `store` by `law`, at the time of `clock`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, law: Arc<Law>, clock: Clock) -> Self {
        Self { store, law, clock }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The law tables.
    #[must_use]
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// The clock.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A unit of work on the store.
    #[must_use]
    pub fn begin(&self) -> Unit<'_> {
        Unit::new(self.store())
    }

    /// The person of `iin`, if known.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn person(&self, iin: Iin) -> Result<Option<Person>, StoreError> {
        self.record(&person_key(iin)).await
    }

    /// The coverage of `person` on `day`.
    #[must_use]
    pub fn coverage(&self, person: &Person, day: NaiveDate) -> Coverage {
        coverage::evaluate(person, &self.law, day)
    }

    /// What is kept of `phone`; a phone never seen is as new.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn phone(&self, phone: Msisdn) -> Result<Phone, StoreError> {
        Ok(self.record(&phone_key(phone)).await?.unwrap_or_default())
    }

    /// The clinic of `code`, if its row has come.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn clinic(&self, code: &str) -> Result<Option<Clinic>, StoreError> {
        self.record(code.as_bytes()).await
    }

    async fn record<R: Record>(&self, key: &[u8]) -> Result<Option<R>, StoreError> {
        self.store
            .get(R::TREE, key)
            .await?
            .as_deref()
            .map(R::decode)
            .transpose()
    }

    /// The day up to which the registries reach: the newest data date imported; `None` in an empty store.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn data_date(&self) -> Result<Option<NaiveDate>, StoreError> {
        let day = self.record::<DataDate>(DATA_DATE.as_bytes()).await?;
        Ok(day.map(|day| day.0))
    }
}

/// The key in [`Tree::Settings`] of what the last erasure of a person is known by, or the store itself until there is one:
/// a number of 8 bytes.
pub(crate) const ERASURE: &[u8] = b"last_erasure";

/// A number that no other store and no other erasure is known by, nor can be guessed.
pub(crate) fn fresh_number() -> Result<[u8; 8], StoreError> {
    let mut number = [0; 8];
    getrandom::fill(&mut number).map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(number)
}

/// The key in [`Tree::Settings`] of the [`DataDate`].
pub const DATA_DATE: &str = "data_date";

/// The day up to which the registries reach, written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataDate(pub NaiveDate);

impl Record for DataDate {
    const TREE: Tree = Tree::Settings;

    fn encode(&self) -> Value {
        self.0.to_string().into_bytes()
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let text = std::str::from_utf8(bytes).ok();
        let day = text.and_then(|text| text.parse().ok());
        day.map(Self).ok_or_else(|| StoreError::Value {
            what: "data date",
            reason: "it is not a date; run `saqta check`".into(),
        })
    }
}

const CLINIC_VERSION: u8 = 1;

impl Record for Clinic {
    const TREE: Tree = Tree::Clinics;

    fn encode(&self) -> Value {
        codec::seal(CLINIC_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("clinic", CLINIC_VERSION, bytes)
    }
}
