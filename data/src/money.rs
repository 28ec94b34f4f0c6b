//! Money in tiyn.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An amount in tiyn, 1/100 tenge. `Display` writes tenge with two decimals if there are tiyn, none otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tiyn(pub i64);

/// The sum of many amounts, which may be more than any one of them. Written like one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total(i128);

/// The most digits of whole tenge that are read: as many as ISO 20022 has in a sum of control.
const MAX_DIGITS: usize = 18;

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an amount is tenge with up to two decimals, such as 4250 or 4250,50, below 10 billion")]
pub struct MoneyError;

/// Why a text is not a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a total is tenge with up to two decimals, such as 4250 or 4250,50")]
pub struct TotalError;

impl Tiyn {
    /// The most that one amount of a registry may be: 10 billion tenge.
    pub const MAX_ROW: Self = Self(1_000_000_000_000);

    /// Whole tenge.
    #[must_use]
    pub const fn from_tenge(tenge: i64) -> Self {
        Self(tenge * 100)
    }

    /// Whole tenge, tiyn cut off.
    #[must_use]
    pub const fn tenge(self) -> i64 {
        self.0 / 100
    }

    /// This amount `times` times.
    #[must_use]
    pub const fn times(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Add for Tiyn {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Tiyn {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Tiyn {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

impl Total {
    /// What `amounts` add up to.
    #[must_use]
    pub fn of(amounts: impl IntoIterator<Item = Tiyn>) -> Self {
        Self(amounts.into_iter().map(|amount| i128::from(amount.0)).sum())
    }
}

impl fmt::Display for Tiyn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Total(self.0.into()).fmt(f)
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tenge, tiyn) = (self.0 / 100, (self.0 % 100).abs());
        let sign = if self.0 < 0 && tenge == 0 { "-" } else { "" };
        if tiyn == 0 {
            write!(f, "{tenge}")
        } else {
            write!(f, "{sign}{tenge}.{tiyn:02}")
        }
    }
}

impl FromStr for Tiyn {
    type Err = MoneyError;

    /// Reads tenge with up to two decimals after a point or a comma.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let amount = tiyn(text).and_then(|tiyn| i64::try_from(tiyn).ok()).map(Self);
        amount.filter(|amount| *amount <= Self::MAX_ROW).ok_or(MoneyError)
    }
}

impl FromStr for Total {
    type Err = TotalError;

    /// Reads what [`Tiyn`] reads, and more than one amount may be.
    fn from_str(text: &str) -> Result<Self, TotalError> {
        tiyn(text).map(Self).ok_or(TotalError)
    }
}

/// The tiyn of tenge with up to two decimals after a point or a comma.
fn tiyn(text: &str) -> Option<i128> {
    let (tenge, decimals) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(tenge) || !digits(decimals) || tenge.len() > MAX_DIGITS || decimals.len() > 2 {
        return None;
    }
    let (whole, tiyn): (i128, i128) = (tenge.parse().ok()?, decimals.parse().ok()?);
    Some(whole * 100 + if decimals.len() == 1 { tiyn * 10 } else { tiyn })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written() {
        for (text, tiyn) in [
            ("4250", 425_000),
            ("4250.5", 425_050),
            ("4249,99", 424_999),
            ("0.01", 1),
            ("0", 0),
        ] {
            assert_eq!(text.parse(), Ok(Tiyn(tiyn)), "{text}");
        }
        assert_eq!(Tiyn(425_050).to_string(), "4250.50");
        assert_eq!(Tiyn(425_000).to_string(), "4250");
        assert_eq!(Tiyn(-5).to_string(), "-0.05");
    }

    #[test]
    fn a_total_may_be_more_than_any_amount() {
        let many = std::iter::repeat_n(Tiyn::MAX_ROW, 10_000_000);
        let total = Total::of(many.chain([Tiyn(50)]));
        assert_eq!(total.to_string(), "100000000000000000.50");
        assert_eq!("100000000000000000,5".parse(), Ok(total));
        assert_eq!("1000000000000000000".parse::<Total>(), Err(TotalError));
        assert_eq!("-1".parse::<Total>(), Err(TotalError));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "-1",
            "+1",
            "1.",
            ".5",
            "1.234",
            "1 000",
            "1e3",
            "99999999999999999999",
            "10000000001",
        ] {
            assert_eq!(text.parse::<Tiyn>(), Err(MoneyError), "{text}");
        }
    }
}
