//! MSISDN, the number of a telephone, kept in E.164.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::iin::Iin;

/// A telephone number in E.164 without its plus. `Display` and `Debug` mask it; [`Msisdn::reveal`] does not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msisdn(u64);

/// Why a text is not a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a phone number looks like +77011234567")]
pub struct MsisdnError;

impl Msisdn {
    /// Reads a number as people and carriers write it: `+7 (701) 000-00-01`, `87010000001`, `77010000001`,
    /// `7010000001`, `0077010000001`, or any other country's in E.164.
    ///
    /// # Errors
    /// Letters, fewer than 8 digits (a short code) or more than 15.
    pub fn parse(text: &str) -> Result<Self, MsisdnError> {
        let text = text.trim();
        let (international, rest) = match (text.strip_prefix('+'), text.strip_prefix("00")) {
            (Some(rest), _) | (None, Some(rest)) => (true, rest),
            (None, None) => (false, text),
        };
        let mut number: u64 = 0;
        let mut digits = 0;
        for c in rest.chars() {
            match c {
                '0'..='9' if digits < 15 => {
                    number = number * 10 + u64::from(u32::from(c) - u32::from('0'));
                    digits += 1;
                }
                ' ' | '(' | ')' | '-' | '\u{a0}' => {}
                _ => return Err(MsisdnError),
            }
        }
        let (number, digits) = match (international, digits, number) {
            (false, 11, 80_000_000_000..=89_999_999_999) => (number - 10_000_000_000, 11),
            (false, 10, 7_000_000_000..=7_999_999_999) => (number + 70_000_000_000, 11),
            _ => (number, digits),
        };
        // A country code never starts with 0, and the digits counted must all be in the number.
        let leads_with_zero = number < 10_u64.saturating_pow(digits.max(1) - 1);
        if (8..=15).contains(&digits) && !leads_with_zero {
            Ok(Self(number))
        } else {
            Err(MsisdnError)
        }
    }

    /// A number from its digits; `None` outside 8 to 15 digits.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        (10_000_000..1_000_000_000_000_000)
            .contains(&number)
            .then_some(Self(number))
    }

    /// The digits as a number; the key of the phone in the store.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The whole number with its plus. Never for a log, a metric or an error.
    #[must_use]
    pub fn reveal(self) -> String {
        format!("+{}", self.0)
    }
}

impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+*******{:04}", self.0 % 10_000)
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Msisdn({self})")
    }
}

impl Serialize for Msisdn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.reveal())
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Msisdn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
            Self::parse(&text).map_err(serde::de::Error::custom)
        } else {
            Self::from_number(u64::deserialize(deserializer)?)
                .ok_or_else(|| serde::de::Error::custom(MsisdnError))
        }
    }
}

/// Whose status a bound phone may ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The phone's owner.
    #[serde(rename = "self")]
    Own,
    /// A child of the owner.
    Child,
}

impl Role {
    /// The code in the registry.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "self",
            Self::Child => "child",
        }
    }

    /// The role of a registry code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "self" => Some(Self::Own),
            "child" => Some(Self::Child),
            _ => None,
        }
    }
}

/// A phone bound to a person, as the state "mobile citizens base" (БМГ) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The person.
    pub iin: Iin,
    /// What the person is to the phone's owner.
    pub role: Role,
    /// First day of the binding.
    pub bound_on: NaiveDate,
    /// Day from which it holds no longer; `None`: it holds.
    pub unbound_on: Option<NaiveDate>,
}

impl Binding {
    /// True if the phone is bound to the person on `day`.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.bound_on <= day && self.unbound_on.is_none_or(|end| day < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_is_one_number() {
        for text in [
            "+77010000001",
            "77010000001",
            "87010000001",
            "7010000001",
            "0077010000001",
            "+7 (701) 000-00-01",
            "8 701 000 00 01",
            " 8(701)000 00-01 ",
        ] {
            assert_eq!(
                Msisdn::parse(text).map(Msisdn::reveal).as_deref(),
                Ok("+77010000001"),
                "{text}"
            );
        }
        assert_eq!(Msisdn::parse("+14158675309").unwrap().number(), 14_158_675_309);
    }

    #[test]
    fn short_codes_words_and_overlong_numbers_are_refused() {
        for text in [
            "",
            "1414",
            "MTN",
            "+7701000000a",
            "1234567",
            "+01234567890",
            "+1234567890123456",
            "++77010000001",
        ] {
            assert_eq!(Msisdn::parse(text), Err(MsisdnError), "{text}");
        }
    }

    #[test]
    fn printing_masks() {
        let phone = Msisdn::parse("+77010000001").unwrap();
        assert_eq!(phone.to_string(), "+*******0001");
        assert_eq!(format!("{phone:?}"), "Msisdn(+*******0001)");
    }

    #[test]
    fn a_binding_holds_from_its_first_day_until_before_its_end() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 1, d).unwrap();
        let iin = Iin::parse("900101300007").unwrap();
        let mut binding = Binding {
            iin,
            role: Role::Own,
            bound_on: day(2),
            unbound_on: None,
        };
        assert!(!binding.holds_on(day(1)) && binding.holds_on(day(2)));
        binding.unbound_on = Some(day(5));
        assert!(binding.holds_on(day(4)) && !binding.holds_on(day(5)));
    }
}
