//! Reasons that the system gives in English, in the language of the console: why a row was refused, an import broke off,
//! a file was not written.
//!
//! The English text of a key is the reason as the system says it, by which it is recognised; what stands in its places is
//! taken over. A new reason needs its texts and its key here, no other code.

use std::borrow::Cow;

use saqta_data::language::Language;
use saqta_data::texts::Arg;

use crate::words::Words;

/// The reasons known, those that begin alike with the longer one first.
const KEYS: [&str; 66] = [
    "reason-goes-on",
    "reason-go-on",
    "reason-sorting-held",
    "reason-sorting-foreign",
    "reason-sorting-folder",
    "reason-sorting-room",
    "reason-iin-digits",
    "reason-iin-check",
    "reason-phone",
    "reason-period",
    "reason-amount",
    "reason-total",
    "reason-date",
    "reason-order",
    "reason-control",
    "reason-empty",
    "reason-long",
    "reason-code",
    "reason-whole",
    "reason-bin",
    "reason-names",
    "reason-columns",
    "reason-long-row",
    "reason-row-not-utf8",
    "reason-conflict",
    "reason-too-many",
    "reason-file-empty",
    "reason-file-not-utf8",
    "reason-header",
    "reason-no-such-file",
    "reason-not-allowed",
    "reason-no-room",
    "reason-read-only",
    "reason-folder",
    "reason-unheard",
    "reason-changed-meanwhile",
    "reason-disk",
    "reason-store-failed",
    "reason-store-full",
    "reason-store-busy",
    "reason-store-slow",
    "reason-store-closed",
    "reason-server-away",
    "reason-not-here",
    "reason-imports-busy",
    "reason-no-home",
    "reason-names-taken",
    "reason-name-with-folder",
    "reason-disk-slow",
    "reason-letters",
    "reason-name-words",
    "reason-many-born",
    "reason-internal",
    "reason-list-sum",
    "reason-list-count",
    "reason-list-cut",
    "reason-list-currency",
    "reason-list-second",
    "reason-list-lacks",
    "reason-list-long",
    "reason-list-many",
    "reason-list-xml",
    "reason-list-other",
    "reason-list-deep",
    "reason-list-name",
    "reason-line",
];
/// The places of a reason, in the order in which its English text has them.
const PLACES: [&str; 3] = ["a", "b", "c"];
/// Stands in a place while the English text is taken apart; no reason holds it.
const MARK: &str = "\u{1}";
/// The most colons of a reason that what follows is looked at behind: `a.csv: iin: ...`.
const MAX_COLONS: usize = 6;

/// The reasons in the language of some words. Made once for a screen that says many.
pub(crate) struct Reasons<'a> {
    words: Words<'a>,
    /// Of each key, the English text with marks in its places; none in English, where nothing is to be recognised.
    patterns: Vec<(&'static str, String)>,
}

impl<'a> Reasons<'a> {
    /// In the language of `words`.
    pub(crate) fn of(words: Words<'a>) -> Self {
        let marks = PLACES.map(|place| (place, Arg::from(MARK)));
        let english = words.in_language(Language::English);
        let is_english = words.language() == Language::English;
        let keys = KEYS.iter().filter(|_| !is_english);
        Self {
            words,
            patterns: keys.map(|key| (*key, english.with(key, &marks))).collect(),
        }
    }

    /// `reason` in the language, what stands before a colon - a file, a column - as it is; the reason itself if it is not
    /// known.
    pub(crate) fn said<'r>(&self, reason: &'r str) -> Cow<'r, str> {
        self.known(reason).map_or(Cow::Borrowed(reason), Cow::Owned)
    }

    /// As [`Self::said`]; `None` if it is not known. In English every reason is.
    pub(crate) fn known(&self, reason: &str) -> Option<String> {
        if self.words.language() == Language::English {
            return Some(reason.to_owned());
        }
        let ends = reason.match_indices(": ").map(|(at, colon)| at + colon.len());
        std::iter::once(0).chain(ends.take(MAX_COLONS)).find_map(|at| {
            let (before, rest) = reason.split_at_checked(at)?;
            let mut patterns = self.patterns.iter();
            let rest = patterns.find_map(|(key, pattern)| self.translated(key, pattern, rest))?;
            Some(format!("{before}{rest}"))
        })
    }

    /// `reason` translated, if it is of `pattern`. A reason set into a place, such as what the disk said, is too.
    fn translated(&self, key: &str, pattern: &str, reason: &str) -> Option<String> {
        let held = places(pattern, reason)?;
        let held = held.into_iter().map(|text| Arg::Text(self.said(text)));
        let args: Vec<_> = PLACES.into_iter().zip(held).collect();
        Some(self.words.with(key, &args))
    }
}

/// What stands in the places of `pattern` if `reason` is of it.
fn places<'a>(pattern: &str, reason: &'a str) -> Option<Vec<&'a str>> {
    let mut literals = pattern.split(MARK);
    let mut rest = reason.strip_prefix(literals.next()?)?;
    let mut held = Vec::new();
    for literal in literals {
        // A place at the end takes all that is left.
        let (place, behind) = if literal.is_empty() {
            (rest, "")
        } else {
            rest.split_once(literal)?
        };
        held.push(place);
        rest = behind;
    }
    rest.is_empty().then_some(held)
}

#[cfg(test)]
mod tests;
