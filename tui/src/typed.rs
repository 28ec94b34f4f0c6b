//! What the text in the search box means: an IIN, a phone, a name with date of birth, or what is still missing.

use chrono::NaiveDate;
use saqta_data::desk::Query;
use saqta_data::iin::{Iin, IinError};
use saqta_data::phone::Msisdn;

use crate::keymap::key::digit_at;

/// The most characters that the search box takes.
pub(crate) const MAX_TYPED: usize = 100;

/// The most words of a name.
const MAX_WORDS: usize = 6;

/// Letters that the longest part of a name must have; the desk refuses fewer.
const MIN_LETTERS: usize = 2;

/// The digits of an IIN.
const IIN_DIGITS: usize = 12;

/// What a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// Nothing was typed.
    Nothing,
    /// The beginning of a number.
    Digits(usize),
    /// An IIN: search at once.
    Iin(Iin),
    /// Twelve digits with a wrong check digit.
    CheckDigit,
    /// More than twelve digits.
    TooLong(usize),
    /// The beginning of a phone number, so many digits.
    PhoneDigits(usize),
    /// A phone: search when asked to.
    Phone(Msisdn),
    /// A name with date of birth: search when asked to.
    Name {
        /// The words.
        words: Vec<String>,
        /// The date.
        born_on: NaiveDate,
    },
    /// A date of birth and single letters: too little of a name to search for.
    ShortName,
    /// A name without a date of birth.
    NameOnly,
    /// Something else.
    Unclear,
}

impl Typed {
    /// The meaning of `text`, as [`on_digit_row`] gave it.
    pub(crate) fn of(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Nothing;
        }
        let text = labelled(text).unwrap_or(text);
        if text.chars().any(char::is_alphabetic) {
            return name(text);
        }
        if text.starts_with('+') {
            return international_phone(text);
        }
        let digits: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '(' | ')'))
            .collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Self::Unclear;
        }
        match Iin::parse(&digits) {
            Ok(iin) => Self::Iin(iin),
            Err(IinError::CheckDigit) => Self::CheckDigit,
            Err(IinError::NotTwelveDigits) if digits.len() > IIN_DIGITS => Self::TooLong(digits.len()),
            Err(IinError::NotTwelveDigits) => domestic_phone(&digits),
        }
    }

    /// What to ask the desk when the operator says so; an IIN is asked about without that.
    pub(crate) fn query(&self) -> Option<Query> {
        match self {
            Self::Phone(phone) => Some(Query::Phone(*phone)),
            Self::Name { words, born_on } => Some(Query::Name {
                words: words.clone(),
                born_on: *born_on,
            }),
            _ => None,
        }
    }
}

/// The only number in `text` if it has twelve digits, in groups or not, as in `IIN: 900101 300 007.`
fn labelled(text: &str) -> Option<&str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let number = text
        .get(text.find(is_digit)?..)?
        .trim_end_matches(|c| !is_digit(c));
    let grouped = number.chars().all(|c| is_digit(c) || c == ' ' || c == '-');
    // With a plus it is a phone of another country.
    let alone = grouped && !text.contains('+');
    (alone && count_digits(number) == IIN_DIGITS).then_some(number)
}

/// Ten or eleven digits as phones are dialled in Kazakhstan; anything else is the beginning of an IIN.
fn domestic_phone(digits: &str) -> Typed {
    let dialled = matches!(
        (digits.len(), digits.as_bytes().first()),
        (11, Some(b'7' | b'8')) | (10, Some(b'7'))
    );
    match Msisdn::parse(digits) {
        Ok(phone) if dialled => Typed::Phone(phone),
        _ => Typed::Digits(digits.len()),
    }
}

/// A number with its plus; one of Kazakhstan (+7) has eleven digits.
fn international_phone(text: &str) -> Typed {
    let digits = count_digits(text);
    let short = text.starts_with("+7") && digits < 11;
    match Msisdn::parse(text) {
        Ok(phone) if !short => Typed::Phone(phone),
        _ => Typed::PhoneDigits(digits),
    }
}

fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn name(text: &str) -> Typed {
    let mut words = Vec::new();
    let mut born_on = None;
    for token in text.split([' ', ',']).filter(|token| !token.is_empty()) {
        match day(token) {
            Some(day) => born_on = Some(day),
            None if token.chars().any(|c| c.is_ascii_digit()) => return Typed::Unclear,
            None => words.push(token.to_owned()),
        }
    }
    words.truncate(MAX_WORDS);
    let mut parts = words.iter().flat_map(|word| word.split('-'));
    let short = parts.all(|part| part.chars().count() < MIN_LETTERS);
    match born_on {
        Some(_) if short => Typed::ShortName,
        Some(born_on) => Typed::Name { words, born_on },
        None => Typed::NameOnly,
    }
}

/// A day as people write it: `31.12.1990`, `31121990`, `1990-12-31`.
fn day(token: &str) -> Option<NaiveDate> {
    let formats = ["%d.%m.%Y", "%d%m%Y", "%Y-%m-%d"];
    let digits = count_digits(token);
    formats
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(token, format).ok())
        .filter(|_| digits == 8)
}

/// The text with what was typed on the digit row of the Kazakh layout turned into digits. Word by word: a word of
/// nothing but that row (`"әіңғ,.үұқ`) and digits is a number, for no word of Kazakh is spelled so. Every character
/// gives exactly one, so the cursor stays where it is.
pub(crate) fn on_digit_row(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let on_row = |c: char| c.is_ascii_digit() || c == '+' || digit_at(c).is_some();
        let letters = word.chars().filter(|c| *c != '.' && *c != ',').count();
        let typed_on_row = word
            .chars()
            .any(|c| digit_at(c).is_some() && c != '.' && c != ',');
        if typed_on_row && letters > 1 && word.chars().all(on_row) {
            out.extend(word.chars().map(|c| digit_at(c).unwrap_or(c)));
        } else {
            out.push_str(word);
        }
    }
    out
}

#[cfg(test)]
#[path = "typed/tests.rs"]
mod tests;
