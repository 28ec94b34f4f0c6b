//! The likely slip of the finger in a number that is no IIN.

use chrono::{Months, NaiveDate};

use super::{Iin, date_in};

/// What went wrong while a number was typed, and the number that was probably meant. `Debug` masks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The position, from 0, of the first digit typed that differs from the number meant.
    pub at: usize,
    /// What went wrong.
    pub kind: SlipKind,
    /// The number that was probably meant.
    pub iin: Iin,
}

/// What goes wrong while a number is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlipKind {
    /// Two digits side by side changed places.
    Swapped,
    /// One digit of the date of birth is another one.
    Changed,
    /// A digit that comes twice was typed once: 11 digits.
    Missing,
    /// A digit was typed twice: 13 digits.
    Doubled,
}

/// How many digits of an IIN are about the date of birth: six of the date, one of the century and sex.
const DATE_DIGITS: usize = 7;

/// The most years of a life: nobody lived longer than 122.
const LONGEST_LIFE: Months = Months::new(125 * 12);

/// The slip by which `digits` (11 to 13 ASCII digits, 12 with a wrong check digit) came from an IIN, if just one is
/// likely.
///
/// Two digits that changed places come first; one digit of the date is looked at only where those give nothing and the
/// digits typed make no date of birth. The number meant must begin with one, of somebody who may be alive `today`: not
/// every IIN does, but most do, and a guess should be a good one.
#[must_use]
pub fn likely_slip(digits: &str, today: NaiveDate) -> Option<Slip> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || Iin::parse(digits).is_ok() {
        return None;
    }
    let typed = digits.as_bytes();
    let slips = match typed.len() {
        11 => candidates(typed, SlipKind::Missing, today),
        12 => {
            let swapped = candidates(typed, SlipKind::Swapped, today);
            if swapped.is_empty() && !has_birth_date(typed, today) {
                candidates(typed, SlipKind::Changed, today)
            } else {
                swapped
            }
        }
        13 => candidates(typed, SlipKind::Doubled, today),
        _ => return None,
    };
    match slips.as_slice() {
        [slip] => Some(*slip),
        _ => None,
    }
}

/// The plausible IINs that a slip of `kind` turns into `typed`, each once.
fn candidates(typed: &[u8], kind: SlipKind, today: NaiveDate) -> Vec<Slip> {
    let mut slips: Vec<Slip> = Vec::new();
    for meant in meanings(typed, kind) {
        let iin = std::str::from_utf8(&meant)
            .ok()
            .and_then(|text| Iin::parse(text).ok());
        let Some(iin) = iin.filter(|_| has_birth_date(&meant, today)) else {
            continue;
        };
        if slips.iter().all(|slip| slip.iin != iin) {
            let same = typed
                .iter()
                .zip(&meant)
                .take_while(|(typed, meant)| typed == meant);
            slips.push(Slip {
                at: same.count(),
                kind,
                iin,
            });
        }
    }
    slips
}

/// What may have been meant by `typed`: at most 70 numbers, that typed among them where nothing comes of an edit.
fn meanings(typed: &[u8], kind: SlipKind) -> Vec<Vec<u8>> {
    let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut meant = typed.to_vec();
        edit(&mut meant);
        meant
    };
    let places = 0..typed.len();
    match kind {
        SlipKind::Swapped => places
            .skip(1)
            .map(|at| edited(&|meant| meant.swap(at - 1, at)))
            .collect(),
        SlipKind::Changed => places
            .take(DATE_DIGITS)
            .flat_map(|at| (b'0'..=b'9').map(move |digit| (at, digit)))
            .map(|(at, digit)| edited(&|meant| drop(meant.splice(at..=at, [digit]))))
            .collect(),
        SlipKind::Missing => places
            .zip(typed)
            .map(|(at, digit)| edited(&|meant| meant.insert(at, *digit)))
            .collect(),
        SlipKind::Doubled => places
            .zip(typed.windows(2))
            .filter(|(_, pair)| pair.first() == pair.last())
            .map(|(at, _)| edited(&|meant| drop(meant.drain(at..=at))))
            .collect(),
    }
}

/// True if the first seven of 12 digits make the date of birth of somebody who may be alive `today`.
fn has_birth_date(digits: &[u8], today: NaiveDate) -> bool {
    let number = digits
        .iter()
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    let oldest = today.checked_sub_months(LONGEST_LIFE).unwrap_or(NaiveDate::MIN);
    date_in(number).is_some_and(|date| (oldest..=today).contains(&date))
}

#[cfg(test)]
mod tests;
