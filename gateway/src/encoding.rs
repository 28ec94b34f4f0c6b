//! The alphabets of the air: GSM 7-bit and UCS-2, the parts of an SMS, the pages of USSD, transliteration.
//! Sizes are counted in units of the alphabet, septets or UTF-16 units, never in bytes or characters.

pub mod gsm7;
pub mod latin;
pub mod pages;
pub mod parts;
pub mod ucs2;

use serde::{Deserialize, Serialize};

/// The alphabet of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alphabet {
    /// GSM 7-bit default alphabet with its extension table (3GPP TS 23.038), counted in septets.
    Gsm7,
    /// UCS-2, counted in UTF-16 units.
    Ucs2,
}

impl Alphabet {
    /// The alphabet that `text` needs: GSM 7-bit if all of it can be written so.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if gsm7::is_gsm7(text) {
            Self::Gsm7
        } else {
            Self::Ucs2
        }
    }

    /// What a character costs in this alphabet: 1, or 2 for the GSM extension table and for surrogate pairs.
    #[must_use]
    pub fn width(self, c: char) -> usize {
        match self {
            Self::Gsm7 => gsm7::width(c),
            Self::Ucs2 => c.len_utf16(),
        }
    }

    /// The length of `text` in units of this alphabet.
    #[must_use]
    pub fn units(self, text: &str) -> usize {
        text.chars().map(|c| self.width(c)).sum()
    }

    /// Units of an SMS that is sent alone (3GPP TS 23.040: 140 octets).
    #[must_use]
    pub const fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units of a part of a longer SMS: 6 octets go to the header with an 8-bit reference.
    #[must_use]
    pub const fn part(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// Units that `octets` hold.
    #[must_use]
    pub const fn units_in(self, octets: usize) -> usize {
        match self {
            Self::Gsm7 => octets * 8 / 7,
            Self::Ucs2 => octets / 2,
        }
    }
}

/// How much of `text`, in bytes from its start, takes at most `units` of `alphabet`; never inside a character.
#[must_use]
pub fn prefix_len(text: &str, alphabet: Alphabet, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        match left.checked_sub(alphabet.width(c)) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_outside_gsm_costs_the_whole_message() {
        assert_eq!(Alphabet::of("INSURED until 31.12.2026"), Alphabet::Gsm7);
        assert_eq!(Alphabet::of("№123"), Alphabet::Ucs2);
        let text = "Өтініш №123456789012: қаралуда. Мерзімі 30.11.2026";
        assert_eq!(Alphabet::of(text).units(text), 50);
    }

    #[test]
    fn pairs_cost_two() {
        assert_eq!(Alphabet::Gsm7.units("a€["), 5);
        assert_eq!(Alphabet::Ucs2.units("қ😀"), 3);
    }

    #[test]
    fn a_prefix_ends_before_a_pair_that_does_not_fit() {
        assert_eq!(prefix_len("a€b", Alphabet::Gsm7, 2), 1);
        assert_eq!(prefix_len("қ😀", Alphabet::Ucs2, 2), 2);
        assert_eq!(prefix_len("abc", Alphabet::Gsm7, 5), 3);
    }
}
