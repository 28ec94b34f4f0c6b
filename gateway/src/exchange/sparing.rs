//! How many SMS go out: each costs money, and whoever pumps them earns by it. A phone that is bound to somebody always has
//! its answers; they are counted among those of all phones. STOP, START and all that changes something is obeyed beyond the
//! limits too, in silence. A status that is sent out of a USSD session or by an operator goes to bound phones alone, and
//! counts for the phone as well: its limits keep it back.

use saqta_data::clock::Timestamp;
use saqta_data::phone::Msisdn;
use saqta_data::store::unit::Unit;
use saqta_data::store::{Key, Read, StoreError, Tree};

use super::desk::Desk;
use super::look_up::Limit;
use super::records::{day_number, digest, minute_of_day};
use super::told::Told;
use super::{Call, Exchange};
use crate::dialog::answer::Answer;

/// The counters are not to refuse a batch: what was said is said.
const ANY: u32 = u32::MAX;

/// What a phone has had of the SMS that it may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Had {
    /// All of this minute.
    Minute,
    /// All of this day.
    Day,
}

/// What an answer would be counted by.
pub(super) struct Counters {
    phone_day: Key,
    phone_minute: Key,
    /// Of all phones and instances; `None`: there is no such limit.
    all: Option<Key>,
}

impl Counters {
    fn keys(self) -> impl Iterator<Item = Key> {
        [Some(self.phone_day), Some(self.phone_minute), self.all]
            .into_iter()
            .flatten()
    }

    /// The reads of them.
    pub(super) fn ahead(self) -> impl Iterator<Item = Read> {
        self.keys().map(|key| Read::Key(Tree::Limits, key))
    }
}

impl Exchange {
    /// The answer that goes out in the place of `answer`: itself, once more "too many", or nothing. It is counted.
    pub(super) async fn spare(
        &self,
        desk: &mut Desk<'_>,
        call: &Call<'_>,
        (answer, told): (Option<Answer>, Told),
    ) -> Result<(Option<Answer>, Told), StoreError> {
        let Some(answer) = answer else {
            return Ok((None, told));
        };
        let counters = self.counters(call.phone, desk.now);
        let bound = !desk.people.is_empty();
        let (answer, told) = if bound {
            (Some(answer), told)
        } else {
            self.unless_too_many(desk, &counters, (answer, told)).await?
        };
        if answer.is_some() {
            let keys: Vec<Key> = if bound {
                counters.all.into_iter().collect()
            } else {
                counters.keys().collect()
            };
            for key in keys {
                desk.unit.count(key, ANY);
            }
        }
        Ok((answer, told))
    }

    /// Whether `phone` has had too much for a status that is sent without being the answer to an SMS ([`Limit::Phone`]).
    pub(super) async fn had(
        &self,
        unit: &Unit<'_>,
        phone: Msisdn,
        now: Timestamp,
    ) -> Result<Option<Had>, StoreError> {
        let counters = self.counters(phone, now);
        let day = unit.counted(&counters.phone_day).await?;
        let minute = unit.counted(&counters.phone_minute).await?;
        Ok(if day >= self.policy.sms_per_phone_a_day {
            Some(Had::Day)
        } else if minute >= self.policy.sms_per_phone_a_minute {
            Some(Had::Minute)
        } else {
            None
        })
    }

    /// Counts such a status.
    pub(super) fn count_status(&self, unit: &mut Unit<'_>, phone: Msisdn, now: Timestamp) {
        for key in self.counters(phone, now).keys() {
            unit.count(key, ANY);
        }
    }

    async fn unless_too_many(
        &self,
        desk: &Desk<'_>,
        counters: &Counters,
        (answer, told): (Answer, Told),
    ) -> Result<(Option<Answer>, Told), StoreError> {
        let all = match (&counters.all, self.policy.sms_a_minute) {
            (Some(key), Some(max)) => desk.unit.counted(key).await? >= max,
            _ => false,
        };
        if all {
            return Ok((None, told.kept_back(Limit::Outbound)));
        }
        let day = desk.unit.counted(&counters.phone_day).await?;
        let minute = desk.unit.counted(&counters.phone_minute).await?;
        let (most_a_day, most_a_minute) = (
            self.policy.sms_per_phone_a_day,
            self.policy.sms_per_phone_a_minute,
        );
        if day < most_a_day && minute < most_a_minute {
            return Ok((Some(answer), told));
        }
        // Said once; it counts, so that the next is beyond it.
        let first = day <= most_a_day && minute <= most_a_minute;
        Ok((first.then_some(Answer::TooMany), told.kept_back(Limit::Phone)))
    }

    pub(super) fn counters(&self, phone: Msisdn, now: Timestamp) -> Counters {
        let day = day_number(now.day()).to_be_bytes();
        let minute = minute_of_day(now).to_be_bytes();
        let phone = digest(&[&phone.number().to_be_bytes()]).to_be_bytes();
        Counters {
            phone_day: [&day, b"d".as_slice(), &phone].concat(),
            phone_minute: [&day, b"p".as_slice(), &minute, &phone].concat(),
            all: self
                .policy
                .sms_a_minute
                .map(|_| [&day, b"a".as_slice(), &minute].concat()),
        }
    }
}
