//! Looking a person up, and who may know what.

use chrono::NaiveDate;
use saqta_data::coverage::Status;
use saqta_data::iin::Iin;
use saqta_data::journal::Outcome;
use saqta_data::office::{DATA_DATE, DataDate, person_key};
use saqta_data::person::{Clinic, Person};
use saqta_data::store::StoreError;
use saqta_data::store::unit::Unit;

use super::desk::Desk;
use super::records::{Askers, askers_key, day_number, minute_key};
use super::{Call, Exchange, Unbound};
use crate::dialog::answer::View;
use crate::dialog::finding::Finding;

/// A limit on what phones get that are not bound to the person asked about, or on SMS. What is said where one is reached: the
/// neutral text for the limits on look-ups, `sms-too-many` once and then nothing for [`Limit::Phone`] (a page that asks to
/// try later where a status was to be sent), nothing for [`Limit::Outbound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Different IINs of one phone in a day.
    IinsPerPhone,
    /// Different phones that ask about one IIN in a day.
    PhonesPerIin,
    /// Look-ups of one carrier instance in a minute.
    Instance,
    /// SMS to one phone, in a minute or a day.
    Phone,
    /// SMS to all phones in a minute.
    Outbound,
}

impl Limit {
    /// The name in metrics.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::IinsPerPhone => "iins_per_phone",
            Self::PhonesPerIin => "phones_per_iin",
            Self::Instance => "instance",
            Self::Phone => "phone",
            Self::Outbound => "outbound",
        }
    }
}

/// What came of a look-up.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    /// What may be told.
    pub(super) finding: Finding,
    /// The class of the answer.
    pub(super) outcome: Outcome,
    /// The person is in the registries.
    pub(super) known: bool,
    /// The limit that kept the answer back.
    pub(super) reached: Option<Limit>,
}

impl Exchange {
    /// Looks `iin` up for the phone of `call`, counting against the limits. `instance_full`: the instance's unbound
    /// look-ups of this minute are used up.
    pub(super) async fn look_up(
        &self,
        desk: &mut Desk<'_>,
        call: &Call<'_>,
        iin: Iin,
        instance_full: bool,
    ) -> Result<Looked, StoreError> {
        let person: Option<Person> = desk.unit.read(&person_key(iin)).await?;
        let known = person.is_some();
        let bound = desk.people.contains(&iin);
        let reached = if bound {
            None
        } else if instance_full {
            Some(Limit::Instance)
        } else {
            self.reached(desk, call, iin).await?
        };
        let day = desk.now.day();
        let (finding, outcome) = match person {
            _ if reached.is_some() => (Finding::Neutral, Outcome::Limited),
            Some(person) if bound => {
                let view = self.view(&mut desk.unit, &person, day).await?;
                (Finding::Full(Box::new(view)), Outcome::Full)
            }
            Some(person) if !person.locked => self.status_only(desk, &person).await?,
            hidden => self.nothing_about(iin, hidden.is_some(), bound),
        };
        Ok(Looked {
            finding,
            outcome,
            known,
            reached,
        })
    }

    /// What a phone that is not bound learns of a person who is not locked.
    async fn status_only(
        &self,
        desk: &mut Desk<'_>,
        person: &Person,
    ) -> Result<(Finding, Outcome), StoreError> {
        if self.policy.unbound == Unbound::Nothing {
            return Ok((Finding::Neutral, Outcome::Limited));
        }
        let insured = self.office.coverage(person, desk.now.day()).status != Status::NotInsured;
        let data_date = data_date(&mut desk.unit).await?;
        Ok((Finding::StatusOnly { insured, data_date }, Outcome::StatusOnly))
    }

    /// What is said where nothing may be told: the person is locked or unknown. A number that looks like a BIN is called
    /// one in either case, so that this does not tell them apart.
    fn nothing_about(&self, iin: Iin, locked: bool, bound: bool) -> (Finding, Outcome) {
        let like_bin = iin.looks_like_bin() && !bound && self.policy.unbound == Unbound::Status;
        match (like_bin, locked) {
            (true, true) => (Finding::LooksLikeBin, Outcome::Locked),
            (true, false) => (Finding::LooksLikeBin, Outcome::NotAnIin),
            (false, true) => (Finding::Neutral, Outcome::Locked),
            (false, false) => (Finding::Neutral, Outcome::Unknown),
        }
    }

    /// Counts a look-up by a phone that is not bound, and gives the limit that it goes beyond. The same person asked
    /// about again on a day is not counted again for the phone and the person.
    async fn reached(
        &self,
        desk: &mut Desk<'_>,
        call: &Call<'_>,
        iin: Iin,
    ) -> Result<Option<Limit>, StoreError> {
        let day = day_number(desk.now.day());
        desk.dialog.forget(desk.now);
        if !add(&mut desk.dialog.asked.iins, iin, self.policy.iins_per_phone_a_day) {
            return Ok(Some(Limit::IinsPerPhone));
        }
        let key = askers_key(day, iin);
        let mut askers: Askers = desk.unit.read(&key).await?.unwrap_or_default();
        if !add(&mut askers.0, call.phone, self.policy.phones_per_iin_a_day) {
            return Ok(Some(Limit::PhonesPerIin));
        }
        desk.unit.write(&key, &askers);
        if let Some(max) = self.policy.unbound_lookups_a_minute {
            desk.unit.count(minute_key(desk.now, &call.instance.name), max);
        }
        Ok(None)
    }

    /// All that a bound phone may know of `person` on `day`.
    pub(super) async fn view(
        &self,
        unit: &mut Unit<'_>,
        person: &Person,
        day: NaiveDate,
    ) -> Result<View, StoreError> {
        let clinic: Option<Clinic> = match person.attachment() {
            Some(attachment) => unit.read(attachment.clinic_code.as_bytes()).await?,
            None => None,
        };
        let coverage = self.office.coverage(person, day);
        Ok(View::new(person, coverage, clinic, data_date(unit).await?))
    }
}

/// The day up to which the registries reach.
async fn data_date(unit: &mut Unit<'_>) -> Result<Option<NaiveDate>, StoreError> {
    let date = unit.read(DATA_DATE.as_bytes()).await?;
    Ok(date.map(|DataDate(date)| date))
}

/// Adds `item` to `list` unless it is there; false if the list is full.
fn add<T: PartialEq>(list: &mut Vec<T>, item: T, max: usize) -> bool {
    let there = list.contains(&item);
    if !there && list.len() < max {
        list.push(item);
        return true;
    }
    there
}
