//! The numbers of a person that are to be nowhere, in every form in which this program and people write them.

use std::str::Chars;

use crate::iin::Iin;
use crate::phone::Msisdn;

/// An IIN and phones.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// As they may stand in keys and values.
    forms: Vec<Vec<u8>>,
    iin: String,
    /// Each phone as it is written in its country and in others.
    phones: Vec<String>,
    /// What takes their place in texts.
    token: String,
}

impl Numbers {
    pub(super) fn new(iin: Iin, phones: &[Msisdn], token: u64) -> Self {
        let mut forms = forms(iin.number(), iin.reveal());
        let mut written = Vec::new();
        for phone in phones {
            let digits = phone.number().to_string();
            // Of Kazakhstan: behind +7, 8 or nothing.
            let short = digits.strip_prefix('7').filter(|short| short.len() == 10);
            let short = short.map_or_else(|| digits.clone(), str::to_owned);
            forms.extend(self::forms(phone.number(), short.clone()));
            written.extend([digits, format!("8{short}"), short]);
        }
        Self {
            forms,
            iin: iin.reveal(),
            phones: written,
            token: format!("{:012}", token % 1_000_000_000_000),
        }
    }

    /// True if one of them is in `bytes`.
    pub(super) fn are_in(&self, bytes: &[u8]) -> bool {
        let is_there = |form: &Vec<u8>| bytes.windows(form.len()).any(|window| window == form);
        self.forms.iter().any(is_there)
    }

    /// True if one of them is in `text`, with separators or without.
    pub(super) fn are_said_in(&self, text: &str) -> bool {
        self.are_in(text.as_bytes()) || self.cleared(text).is_some()
    }

    /// `text` with twelve digits of the token wherever one of them stands, also where it is written with separators: two
    /// references that differed still do. `None`: none stands there.
    pub(super) fn cleared(&self, text: &str) -> Option<String> {
        let (mut cleared, mut found) = (String::with_capacity(text.len()), false);
        let mut rest = text.chars();
        let mut before = None;
        loop {
            if let Some(after) = self.after_number(before, &rest) {
                cleared.push_str(&self.token);
                (rest, found) = (after, true);
                before = Some('0');
            } else if let Some(other) = rest.next() {
                cleared.push(other);
                before = Some(other);
            } else {
                return found.then_some(cleared);
            }
        }
    }

    /// What follows one of the numbers with which `text` begins. A phone is one only where no digit stands on either side:
    /// it has no check digit, and long references hold every ten digits.
    fn after_number<'a>(&self, before: Option<char>, text: &Chars<'a>) -> Option<Chars<'a>> {
        let is_digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
        let phones = self.phones.iter().filter(|_| !is_digit(before));
        let mut after_phone = phones.filter_map(|phone| after(text.clone(), phone));
        after(text.clone(), &self.iin).or_else(|| after_phone.find(|rest| !is_digit(rest.clone().next())))
    }
}

/// What follows the digits of `number`, between which there may be signs that are neither letters nor digits.
fn after<'a>(mut text: Chars<'a>, number: &str) -> Option<Chars<'a>> {
    for (place, digit) in number.chars().enumerate() {
        let next = text.find(|sign| place == 0 || sign.is_alphanumeric());
        if next != Some(digit) {
            return None;
        }
    }
    Some(text)
}

/// A number as the encodings of this program write it: as digits, as a key, as a number of an encoded value.
fn forms(number: u64, digits: String) -> Vec<Vec<u8>> {
    vec![
        digits.into_bytes(),
        number.to_be_bytes().to_vec(),
        postcard::to_stdvec(&number).unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_found_as_people_write_them_and_nowhere_else() {
        let iin = Iin::parse("900101300007").unwrap();
        let phone = Msisdn::parse("+77010000002").unwrap();
        let numbers = Numbers::new(iin, &[phone], 5);
        for (text, cleared) in [
            ("call +7 (701) 000-00-02!", "call +000000000005!"),
            ("87010000002", "000000000005"),
            ("7010000002, or 900 101-300 007", "000000000005, or 000000000005"),
        ] {
            assert_eq!(numbers.cleared(text).as_deref(), Some(cleared));
        }
        for other in ["REF 99770100000021", "770100000024", "7010000003", ""] {
            assert_eq!(numbers.cleared(other), None, "{other}");
        }
    }
}
