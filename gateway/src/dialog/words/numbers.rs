//! Finding the IIN among the digits of a text.

use std::collections::BTreeSet;

use saqta_data::iin::{Iin, IinError};

use super::Number;
use super::spelling::Token;

/// Digits of an IIN.
const IIN_DIGITS: usize = 12;
/// From so many digits on, a number of another length was meant as an IIN; shorter ones are years, house numbers, codes.
const MEANT_DIGITS: usize = 5;

/// The number that the digits of `tokens` make.
pub(super) fn number_in(tokens: &[Token]) -> Number {
    let mut twelves = BTreeSet::new();
    let mut longest = 0;
    let mut groups = Vec::new();
    for run in tokens.split(|token| !token.is_digits()) {
        let run: Vec<&str> = run.iter().filter_map(digits_of).collect();
        find_twelves(&run, &mut twelves);
        longest = longest.max(run.iter().map(|group| group.len()).sum());
        groups.extend(run);
    }
    let mut twelves = twelves.into_iter();
    match (twelves.next(), twelves.next(), groups.as_slice()) {
        (Some(_), Some(_), _) => Number::Several,
        (Some(digits), None, _) => match Iin::parse(&digits) {
            Ok(iin) => Number::Iin(iin),
            Err(IinError::CheckDigit | IinError::NotTwelveDigits) => Number::WrongCheckDigit,
        },
        _ if longest >= MEANT_DIGITS => Number::WrongLength { digits: longest },
        (None, _, [group]) => Number::Short((*group).to_owned()),
        _ => Number::None,
    }
}

fn digits_of(token: &Token) -> Option<&str> {
    match token {
        Token::Digits(digits) => Some(digits),
        _ => None,
    }
}

/// Adds to `found` the numbers of 12 digits that neighbouring groups of `run` make: first those with a right check
/// digit, then others of the groups left.
fn find_twelves(run: &[&str], found: &mut BTreeSet<String>) {
    let mut free = vec![true; run.len()];
    for valid_only in [true, false] {
        let mut start = 0;
        while start < run.len() {
            let twelve = twelve_from(run, &free, start);
            match twelve.filter(|(_, digits)| !valid_only || Iin::parse(digits).is_ok()) {
                Some((end, digits)) => {
                    found.insert(digits);
                    free.iter_mut()
                        .take(end)
                        .skip(start)
                        .for_each(|group| *group = false);
                    start = end;
                }
                None => start += 1,
            }
        }
    }
}

/// The groups from `start` on that make exactly 12 digits: where they end, and the digits.
fn twelve_from(run: &[&str], free: &[bool], start: usize) -> Option<(usize, String)> {
    let mut digits = String::new();
    for (at, group) in run.iter().enumerate().skip(start) {
        if !*free.get(at)? || digits.len() + group.len() > IIN_DIGITS {
            return None;
        }
        digits.push_str(group);
        if digits.len() == IIN_DIGITS {
            return Some((at + 1, digits));
        }
    }
    None
}
