//! IIN, the 12-digit number of a person, and how it is told apart from a BIN or a slip of the finger.

use std::fmt;
use std::ops::RangeInclusive;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

mod slip;

pub use slip::{Slip, SlipKind, likely_slip};

/// The 12-digit number of a person (ИИН / ЖСН), check digit verified.
///
/// `Display` and `Debug` mask it; [`Iin::reveal`] does not. Serde writes it whole: only the store, the
/// registries and the operator's socket serialise one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iin(u64);

/// Why a text is not an IIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IinError {
    /// Something else than exactly 12 ASCII digits.
    #[error("an IIN has 12 digits")]
    NotTwelveDigits,
    /// 12 digits whose last one does not follow from the others.
    #[error("the check digit is wrong")]
    CheckDigit,
}

/// What is odd about a valid IIN. Since Government Resolution 853 of 26.08.2013 the digits are not tied to
/// personal data, so none of this refuses a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IinWarning {
    /// Digits 1-6 are not a date.
    ImpossibleDate,
    /// Digit 7 is 0 or 7-9, which names no century.
    UnknownCentury,
}

const PASS_1: [u64; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const PASS_2: [u64; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];

impl Iin {
    /// Reads an IIN written as 12 ASCII digits and nothing else.
    ///
    /// # Errors
    /// [`IinError::NotTwelveDigits`] or [`IinError::CheckDigit`].
    pub fn parse(text: &str) -> Result<Self, IinError> {
        if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IinError::NotTwelveDigits);
        }
        let number = text.bytes().fold(0, |n, b| n * 10 + u64::from(b - b'0'));
        Self::from_number(number).ok_or(IinError::CheckDigit)
    }

    /// An IIN from its number (leading zeros dropped); `None` if the check digit is wrong or it has over 12 digits.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        if number >= 1_000_000_000_000 {
            return None;
        }
        (check_digit(number / 10)? == number % 10).then_some(Self(number))
    }

    /// The IIN whose first eleven digits are `first_eleven`; `None` if no such number is ever issued.
    #[must_use]
    pub fn with_check_digit(first_eleven: u64) -> Option<Self> {
        if first_eleven >= 100_000_000_000 {
            return None;
        }
        check_digit(first_eleven).map(|check| Self(first_eleven * 10 + check))
    }

    /// The number, leading zeros dropped; the key of the person in the store.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The whole number, for answers to those who may know it. Never for a log, a metric or an error.
    #[must_use]
    pub fn reveal(self) -> String {
        format!("{:012}", self.0)
    }

    /// The last four digits, which tell people on one phone apart.
    #[must_use]
    pub fn last_four(self) -> String {
        format!("{:04}", self.0 % 10_000)
    }

    /// True if the fifth digit is 4, 5 or 6: probably the number of an organisation (BIN).
    #[must_use]
    pub const fn looks_like_bin(self) -> bool {
        matches!(self.0 / 10_000_000 % 10, 4..=6)
    }

    /// The date that digits 1-7 make, if they make one: most often the date of birth, but see [`IinWarning`].
    #[must_use]
    pub fn date(self) -> Option<NaiveDate> {
        date_in(self.0)
    }

    /// The numbers whose digits 1-7 make this date; `None` if no digit stands for its century.
    pub(crate) fn numbers_of(date: NaiveDate) -> Option<RangeInclusive<u64>> {
        let (digit, century) = CENTURIES
            .into_iter()
            .find(|(_, century)| (*century..*century + 100).contains(&date.year()))?;
        let year = u64::try_from(date.year() - century).ok()?;
        let day = (year * 100 + u64::from(date.month())) * 100 + u64::from(date.day());
        let first = (day * 10 + digit) * 100_000;
        Some(first..=first + 199_999)
    }

    /// What is odd about this number, if anything.
    #[must_use]
    pub fn warning(self) -> Option<IinWarning> {
        if century(self.0).is_none() {
            Some(IinWarning::UnknownCentury)
        } else if date_in(self.0).is_none() {
            Some(IinWarning::ImpossibleDate)
        } else {
            None
        }
    }
}

/// Digit 7 of a 12-digit number, of a man (of a woman: one more), and the year with which the century begins that it names.
const CENTURIES: [(u64, i32); 3] = [(1, 1800), (3, 1900), (5, 2000)];

/// The year with which the century begins that digit 7 of a 12-digit number names.
fn century(number: u64) -> Option<i32> {
    let digit = number / 100_000 % 10;
    let named = CENTURIES
        .into_iter()
        .find(|(first, _)| (*first..=first + 1).contains(&digit));
    named.map(|(_, century)| century)
}

/// The date that digits 1-7 of a 12-digit number make, if they make one.
fn date_in(number: u64) -> Option<NaiveDate> {
    let date = number / 1_000_000;
    let part = |divisor: u64| u32::try_from(date / divisor % 100).unwrap_or(0);
    let year = century(number)? + i32::try_from(part(10_000)).unwrap_or(0);
    NaiveDate::from_ymd_opt(year, part(100), part(1))
}

/// Digit 12 for the first eleven; `None` if both passes give 10, in which case the number is never issued.
fn check_digit(first_eleven: u64) -> Option<u64> {
    let pass = |weights: &[u64; 11]| {
        let mut rest = first_eleven;
        let mut sum = 0;
        for weight in weights.iter().rev() {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        sum % 11
    };
    [&PASS_1, &PASS_2].into_iter().map(pass).find(|check| *check < 10)
}

impl fmt::Display for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "********{:04}", self.0 % 10_000)
    }
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iin({self})")
    }
}

impl Serialize for Iin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.reveal())
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Iin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
            Self::parse(&text).map_err(serde::de::Error::custom)
        } else {
            let number = u64::deserialize(deserializer)?;
            Self::from_number(number).ok_or_else(|| serde::de::Error::custom(IinError::CheckDigit))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_both_passes_are_read() {
        for text in [
            "900101300007",
            "900101300017",
            "900101300027",
            "900101300811",
            "900101300823",
            "040229600205",
            "050229600003",
            "900101000008",
            "900101700002",
            "160440007161",
        ] {
            assert_eq!(Iin::parse(text).map(Iin::reveal).as_deref(), Ok(text));
        }
    }

    #[test]
    fn numbers_that_are_never_issued_are_refused() {
        for first in ["90010130080", "90010130161", "90010130242"] {
            for last in 0..10 {
                assert_eq!(Iin::parse(&format!("{first}{last}")), Err(IinError::CheckDigit));
            }
        }
    }

    #[test]
    fn anything_but_twelve_ascii_digits_is_no_iin() {
        for text in [
            "",
            "90010130000",
            "9001013000070",
            "90010130000a",
            "９００１０１３００００７",
            "900101 30000",
        ] {
            assert_eq!(Iin::parse(text), Err(IinError::NotTwelveDigits), "{text}");
        }
        assert_eq!(Iin::from_number(1_000_000_000_000), None);
    }

    #[test]
    fn an_odd_date_is_a_warning() {
        let warning = |text| Iin::parse(text).unwrap().warning();
        assert_eq!(warning("900101300007"), None);
        assert_eq!(warning("050229600003"), Some(IinWarning::ImpossibleDate));
        assert_eq!(warning("900101000008"), Some(IinWarning::UnknownCentury));
        assert_eq!(warning("900101700002"), Some(IinWarning::UnknownCentury));
    }

    #[test]
    fn the_numbers_of_a_date_are_those_whose_digits_make_it() {
        for (first, date) in [
            ("90010130000", "1990-01-01"),
            ("90010149999", "1990-01-01"),
            ("00022950000", "2000-02-29"),
            ("99123129999", "1899-12-31"),
        ] {
            let first: u64 = first.parse().unwrap();
            let date = date.parse().unwrap();
            let numbers = Iin::numbers_of(date).unwrap();
            for number in [first * 10, first * 10 + 9] {
                assert_eq!(date_in(number), Some(date));
                assert!(numbers.contains(&number));
            }
            for beyond in [numbers.start() - 1, numbers.end() + 1] {
                assert_ne!(date_in(beyond), Some(date));
            }
        }
        assert_eq!(Iin::numbers_of("1799-12-31".parse().unwrap()), None);
        assert_eq!(Iin::numbers_of("2100-01-01".parse().unwrap()), None);
    }

    #[test]
    fn a_bin_is_told_apart() {
        assert!(Iin::parse("160440007161").unwrap().looks_like_bin());
        assert!(!Iin::parse("900101300007").unwrap().looks_like_bin());
    }

    #[test]
    fn printing_masks() {
        let iin = Iin::parse("900101300007").unwrap();
        assert_eq!(iin.to_string(), "********0007");
        assert_eq!(format!("{iin:?}"), "Iin(********0007)");
        assert_eq!(iin.last_four(), "0007");
    }

    #[test]
    fn the_check_digit_completes_a_number() {
        assert_eq!(
            Iin::with_check_digit(90_010_130_000).map(Iin::reveal).as_deref(),
            Some("900101300007")
        );
        assert_eq!(Iin::with_check_digit(90_010_130_080), None);
    }
}
