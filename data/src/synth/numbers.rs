//! Numbers that are valid and unlike each other, without a list of those given out.
//!
//! Citizen `i` has a place of its own in a shuffled order. The place says the serial of the IIN (10,000 of them) and, if
//! there are more citizens than serials, which days of birth go with it: those whose number leaves a certain remainder.
//! So no two citizens share a serial and a day. A birth day drawn is moved back to such a day: by at most one day for
//! every 10,000 citizens.

use chrono::{Datelike, NaiveDate};

use super::dice::{List, shifted};
use crate::iin::Iin;
use crate::person::Sex;
use crate::phone::Msisdn;

const SERIALS: u64 = 10_000;
/// Numbers of one mobile prefix.
const SUBSCRIBERS: u64 = 10_000_000;
/// A prime that divides neither count: multiples of it visit every place once.
const STRIDE: u64 = 982_451_653;
/// How often a number that is never issued is tried again; each try succeeds in 99 of 100 cases.
const MAX_TRIES: i32 = 20;

/// What is odd about the digits of an IIN. The law allows it, and those who ask have such numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    None,
    /// The month is 13-24.
    ImpossibleDate,
    /// Digit 7 is 0.
    UnknownCentury,
}

/// Hands out numbers.
#[derive(Debug)]
pub(super) struct Numbers {
    /// How many remainders the days of birth are told apart by.
    remainders: u64,
    offset: u64,
}

impl Numbers {
    pub(super) fn new(seed: u64, citizens: u64) -> Self {
        Self {
            remainders: citizens.div_ceil(SERIALS).max(1),
            offset: seed % STRIDE,
        }
    }

    fn place(&self, index: u64, places: u64) -> u64 {
        (index * STRIDE + self.offset) % places
    }

    /// The IIN of citizen `index`, and the day of birth that its digits say: `wanted` or some days before it. `None` if
    /// no such number is issued, which does not happen.
    pub(super) fn iin(
        &self,
        index: u64,
        wanted: NaiveDate,
        sex: Sex,
        oddity: Oddity,
    ) -> Option<(Iin, NaiveDate)> {
        let place = self.place(index, self.remainders * SERIALS);
        let (remainder, serial) = (place / SERIALS, place % SERIALS);
        let step = i64::try_from(self.remainders).ok()?;
        let back = (i64::from(wanted.num_days_from_ce()) - i64::try_from(remainder).ok()?).rem_euclid(step);
        let nearest = shifted(wanted, -back);
        (0..MAX_TRIES).find_map(|tries| {
            let birth = shifted(nearest, -step * i64::from(tries));
            let iin = Iin::with_check_digit(digits(birth, sex, oddity) * SERIALS + serial)?;
            Some((iin, birth))
        })
    }

    /// The phone number of `index`.
    pub(super) fn phone(&self, index: u64, prefixes: &List<u64>) -> Option<Msisdn> {
        let place = self.place(index, SUBSCRIBERS * prefixes.iter().count() as u64);
        let prefix = prefixes.iter().nth(usize::try_from(place / SUBSCRIBERS).ok()?)?;
        Msisdn::from_number((7_000 + prefix) * SUBSCRIBERS + place % SUBSCRIBERS)
    }
}

/// The first seven digits.
fn digits(birth: NaiveDate, sex: Sex, oddity: Oddity) -> u64 {
    let month = if oddity == Oddity::ImpossibleDate {
        birth.month() + 12
    } else {
        birth.month()
    };
    let century = match birth.year() {
        ..1900 => 1,
        1900..2000 => 3,
        _ => 5,
    };
    let digit_7 = match (oddity, sex) {
        (Oddity::UnknownCentury, _) => 0,
        (_, Sex::Male) => century,
        (_, Sex::Female) => century + 1,
    };
    let year = u64::from(birth.year().rem_euclid(100).unsigned_abs());
    ((year * 100 + u64::from(month)) * 100 + u64::from(birth.day())) * 10 + digit_7
}

/// The BIN of the `n`-th organisation, registered in `year` and `month`; `None` if no such number is issued. The 4 is a
/// resident legal person, the 0 its head office.
pub(super) fn bin(n: u64, year: i32, month: u64) -> Option<u64> {
    let year = u64::from(year.rem_euclid(100).unsigned_abs());
    let registered = (year * 100 + month) * 100 + 40;
    Iin::with_check_digit(registered * 100_000 + n % 100_000).map(Iin::number)
}
