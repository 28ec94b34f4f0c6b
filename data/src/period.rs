//! The month that a contribution is paid for.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A calendar month of the years 1900-2199.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u16);

/// Why a text is not a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a period looks like 082026 or 2026-08")]
pub struct PeriodError;

const FIRST: u16 = 1900 * 12;
const LAST: u16 = 2199 * 12 + 11;

impl Period {
    /// The month `month` (1-12) of `year`; `None` if there is none such in 1900-2199.
    #[must_use]
    pub fn new(year: i32, month: u32) -> Option<Self> {
        let year = u16::try_from(year)
            .ok()
            .filter(|year| (1900..=2199).contains(year))?;
        let month = u16::try_from(month)
            .ok()
            .filter(|month| (1..=12).contains(month))?;
        Some(Self(year * 12 + month - 1))
    }

    /// The month of `day`; the nearest month of 1900-2199 for a day outside.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self::new(day.year(), day.month()).unwrap_or(if day.year() < 1900 {
            Self(FIRST)
        } else {
            Self(LAST)
        })
    }

    /// Months since January of the year 0: consecutive months have consecutive numbers.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The month of a number of [`Period::number`].
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        (FIRST..=LAST).contains(&number).then_some(Self(number))
    }

    /// The month `months` later, or earlier if negative; stops at the ends of 1900-2199.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        let number = (i32::from(self.0) + months).clamp(i32::from(FIRST), i32::from(LAST));
        Self(u16::try_from(number).unwrap_or(FIRST))
    }

    /// How many months this one is after `earlier`.
    #[must_use]
    pub fn months_since(self, earlier: Self) -> i32 {
        i32::from(self.0) - i32::from(earlier.0)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        i32::from(self.0 / 12)
    }

    /// The month, 1-12.
    #[must_use]
    pub fn month(self) -> u32 {
        u32::from(self.0 % 12) + 1
    }

    /// The first day of the month.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.month(), 1).unwrap_or_default()
    }

    /// The last day of the month.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        let next = self.first_day().checked_add_months(Months::new(1));
        next.and_then(|day| day.checked_sub_days(Days::new(1)))
            .unwrap_or(NaiveDate::MAX)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    /// Reads `MMYYYY` and `YYYY-MM`.
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let (year, month) = match (text.len(), text.split_once('-')) {
            (7, Some((year, month))) if year.len() == 4 && digits(year) && digits(month) => (year, month),
            (6, None) if digits(text) => text.split_at_checked(2).map(|(m, y)| (y, m)).ok_or(PeriodError)?,
            _ => return Err(PeriodError),
        };
        let year = year.parse().map_err(|_| PeriodError)?;
        Self::new(year, month.parse().map_err(|_| PeriodError)?).ok_or(PeriodError)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        assert_eq!("082026".parse(), Ok(Period::new(2026, 8).unwrap()));
        assert_eq!("2026-08".parse(), Ok(Period::new(2026, 8).unwrap()));
        for text in [
            "", "132026", "002026", "2026-13", "2026-8", "82026", "08-2026", "+82026", "082200", "éé26",
        ] {
            assert_eq!(text.parse::<Period>(), Err(PeriodError), "{text}");
        }
    }

    #[test]
    fn months_count_on_without_gaps() {
        let december = Period::new(2025, 12).unwrap();
        assert_eq!(december.plus(1).to_string(), "2026-01");
        assert_eq!(december.plus(-12).to_string(), "2024-12");
        assert_eq!(december.plus(14).months_since(december), 14);
        assert_eq!(Period::new(2024, 2).unwrap().last_day().to_string(), "2024-02-29");
    }
}
