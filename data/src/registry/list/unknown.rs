//! What a list holds that is not known: its lines are kept as they stand, and it is told of by name. A name tells nothing
//! of a person; the lines may.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most names that are told; fields of other names are counted.
pub const MAX_NAMES: usize = 32;
/// The longest name in characters.
const MAX_NAME: usize = 120;
/// The most digits of a name: an IIN and a phone have more.
const MAX_DIGITS: usize = 8;

/// The fields of a list that are not known, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// In the order in which they came first, at most [`MAX_NAMES`].
    pub fields: Vec<UnknownField>,
    /// How many fields there are besides, of other names.
    pub others: u64,
}

/// Fields of one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownField {
    /// Tag and part, as in `:70:/NEW/`, or the element's path in its message. With `…` behind it: what follows there.
    pub name: String,
    /// How many there are.
    pub count: u64,
    /// The line of the first.
    pub line: u64,
}

impl Unknown {
    /// How many fields there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        let named = self.fields.iter().map(|field| field.count);
        named.fold(self.others, u64::saturating_add)
    }

    /// No more names and no longer ones than are told, whoever made them.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let beyond = self.fields.split_off(self.fields.len().min(MAX_NAMES));
        let beyond = Self {
            fields: beyond,
            others: self.others,
        };
        self.others = beyond.count();
        for field in &mut self.fields {
            field.name = plain(&field.name);
        }
        self
    }

    /// Counts a field called `name` on `line`.
    fn add(&mut self, line: u64, name: &str) {
        let name = plain(name);
        if let Some(field) = self.fields.iter_mut().find(|field| field.name == name) {
            field.count += 1;
        } else if self.fields.len() < MAX_NAMES {
            self.fields.push(UnknownField { name, count: 1, line });
        } else {
            self.others += 1;
        }
    }
}

/// One line: each name with where it stands, the first time if there are several.
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, UnknownField { name, count, line }) in self.fields.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            match count {
                1 => write!(f, "{name} (line {line})")?,
                _ => write!(f, "{name} ({count}, first on line {line})")?,
            }
        }
        match self.others {
            0 => Ok(()),
            others => write!(f, ", and {others} of other names"),
        }
    }
}

/// `name` as it may be told: short, of the characters that names of tags and elements have, and without long numbers.
fn plain(name: &str) -> String {
    let has_place = |c: char| c.is_ascii_alphanumeric() || ":/_-.@{}…".contains(c);
    let hides = name.bytes().filter(u8::is_ascii_digit).count() > MAX_DIGITS;
    let told = |c: char| {
        if !has_place(c) || hides && c.is_ascii_digit() {
            '?'
        } else {
            c
        }
    };
    name.chars().take(MAX_NAME).map(told).collect()
}

/// What is not known of a list that is being read.
#[derive(Default)]
pub(in crate::registry) struct Aside {
    pub(in crate::registry) unknown: Unknown,
    /// The lines, each behind its number. A list of nothing else grows to some ten times its length by the numbers.
    pub(in crate::registry) lines: Vec<u8>,
}

impl Aside {
    /// Sets `text` aside, which is a field called `name` and begins on `line`.
    pub(in crate::registry) fn field(&mut self, line: u64, name: &str, text: &[u8]) {
        self.unknown.add(line, name);
        self.further(line, text);
    }

    /// Sets aside what `line` says further of the field set aside last.
    pub(in crate::registry) fn further(&mut self, line: u64, text: &[u8]) {
        self.lines.extend_from_slice(format!("line {line}: ").as_bytes());
        self.lines.extend_from_slice(text);
        self.lines.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_few_and_short_and_tell_of_nobody() {
        let mut unknown = Unknown::default();
        for line in 1..=40 {
            unknown.add(line, &format!(":70:/N{line}/"));
            unknown.add(line, ":77B:");
        }
        assert_eq!((unknown.fields.len(), unknown.others), (MAX_NAMES, 9));
        assert_eq!(unknown.count(), 80);
        assert_eq!(
            unknown.fields[1],
            UnknownField {
                name: ":77B:".into(),
                count: 40,
                line: 1
            }
        );
        let odd = format!("/I900101300007/\u{1b}[2J{}", "x".repeat(200));
        let mut unknown = Unknown::default();
        unknown.add(1, &odd);
        assert!(
            unknown.fields[0].name.starts_with("/I????????????/??")
                && !unknown.to_string().contains('\u{1b}')
        );
        assert_eq!(unknown.fields[0].name.chars().count(), MAX_NAME);
    }

    #[test]
    fn what_another_made_is_bounded() {
        let field = |at: u64| UnknownField {
            name: format!("{at}{}", "0".repeat(1_000)),
            count: u64::MAX / 2,
            line: at,
        };
        let made = Unknown {
            fields: (0..50).map(field).collect(),
            others: 1,
        };
        let bounded = made.bounded();
        assert_eq!((bounded.fields.len(), bounded.count()), (MAX_NAMES, u64::MAX));
        assert_eq!(bounded.fields[3].name, "?".repeat(MAX_NAME));
    }

    #[test]
    fn they_are_told_in_a_line() {
        let mut aside = Aside::default();
        aside.field(3, ":77B:", b":77B:x");
        aside.further(4, b"\xcf\xd0 y");
        aside.field(9, ":70:/NEW/", b"/NEW/z");
        aside.field(12, ":77B:", b":77B:");
        assert_eq!(
            aside.unknown.to_string(),
            ":77B: (2, first on line 3), :70:/NEW/ (line 9)"
        );
        assert_eq!(
            aside.lines,
            b"line 3: :77B:x\nline 4: \xcf\xd0 y\nline 9: /NEW/z\nline 12: :77B:\n"
        );
        let many = Unknown {
            others: 7,
            ..aside.unknown
        };
        assert!(many.to_string().ends_with(", and 7 of other names"));
    }
}
