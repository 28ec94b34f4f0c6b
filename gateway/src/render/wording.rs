//! A text before its form is chosen: its keys from long to short, and what is set into it.

use saqta_data::texts::Arg;

/// The forms of a text and the values of its places.
pub(super) struct Wording<'a> {
    /// The forms, the fullest first; at least one.
    pub(super) keys: &'a [&'a str],
    /// The values; forms may leave some unused.
    pub(super) args: Vec<(&'static str, Arg<'a>)>,
    /// Texts of the registries, of any length, that share the place `clinic` and are shortened to what is left.
    pub(super) elastic: Option<[String; 2]>,
}

impl<'a> Wording<'a> {
    /// A text without places.
    pub(super) fn plain(keys: &'a [&'a str]) -> Self {
        Self::with(keys, Vec::new())
    }

    /// A text with places.
    pub(super) fn with(keys: &'a [&'a str], args: Vec<(&'static str, Arg<'a>)>) -> Self {
        Self {
            keys,
            args,
            elastic: None,
        }
    }

    /// The shortest form only.
    pub(super) fn shortest(mut self) -> Self {
        self.keys = self.keys.last_chunk::<1>().map_or(self.keys, |last| last);
        self
    }
}
