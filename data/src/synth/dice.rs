//! Chance that is the same for the same seed: `ChaCha8`, one stream for each street.

use chrono::{Days, NaiveDate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Deserializer, de};

/// The dice of one stream.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of `stream`; streams of one seed have nothing to do with each other.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// A number from `low` to `high`, both included; `low` if they are the wrong way round.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        self.0.random_range(low..=high.max(low))
    }

    /// A number of a range as the data files write it.
    pub(super) fn within(&mut self, [low, high]: [i32; 2]) -> i32 {
        self.between(low, high)
    }

    /// True in `percent` of 100 cases.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// A number below 100, for a table of shares of 100.
    pub(super) fn hundredth(&mut self) -> u32 {
        self.0.random_range(0..100)
    }

    /// True in `share` of 1,000 cases.
    pub(super) fn per_mille(&mut self, share: u32) -> bool {
        self.0.random_range(0..1_000) < share
    }

    /// A number below `end`; 0 if that is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0.random_range(0..end.max(1))
    }

    /// One of a list.
    #[expect(
        clippy::indexing_slicing,
        reason = "the list is not empty and the index below its length"
    )]
    pub(super) fn pick<'a, T>(&mut self, list: &'a List<T>) -> &'a T {
        &list.0[self.0.random_range(0..list.0.len())]
    }

    /// One of a list, each as often as its weight says.
    #[expect(
        clippy::indexing_slicing,
        reason = "the list is not empty and the index below its length"
    )]
    pub(super) fn weighted<'a, T>(&mut self, list: &'a List<T>, weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u32 = list.iter().map(&weight).sum();
        let mut rest = self.0.random_range(0..total.max(1));
        let index = list.iter().position(|item| match rest.checked_sub(weight(item)) {
            Some(less) => {
                rest = less;
                false
            }
            None => true,
        });
        &list.0[index.unwrap_or(0)]
    }

    /// A day from `days[0]` to `days[1]` days after `day`.
    pub(super) fn day_after(&mut self, day: NaiveDate, days: [i32; 2]) -> NaiveDate {
        let days = self.within(days);
        shifted(day, i64::from(days))
    }
}

/// `day` moved by `days`, forward or back.
pub(super) fn shifted(day: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    let moved = if days < 0 {
        day.checked_sub_days(by)
    } else {
        day.checked_add_days(by)
    };
    moved.unwrap_or(day)
}

/// A list of the data files that is never empty.
#[derive(Debug)]
pub(super) struct List<T>(Vec<T>);

impl<T> List<T> {
    /// A list of what there is; `None` if there is nothing.
    pub(super) fn new(items: Vec<T>) -> Option<Self> {
        (!items.is_empty()).then_some(Self(items))
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).ok_or_else(|| de::Error::custom("the list is empty"))
    }
}
