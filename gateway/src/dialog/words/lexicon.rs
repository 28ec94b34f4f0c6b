//! The table of words.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use saqta_data::language::Language;
use serde::Deserialize;

use super::spelling::fold;
use super::{Topic, Verb};

/// What a word of the table asks for: the sections of `words.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Sense {
    Payments,
    Debt,
    Clinic,
    Status,
    Help,
    Latin,
    Stop,
    Start,
    Lock,
    Unlock,
    Language,
    Other,
}

impl Sense {
    /// The command of a word that counts wherever it stands.
    pub(super) const fn verb_anywhere(self) -> Option<Verb> {
        match self {
            Self::Payments => Some(Verb::About(Topic::Payments)),
            Self::Debt => Some(Verb::About(Topic::Debt)),
            Self::Clinic => Some(Verb::About(Topic::Clinic)),
            Self::Status => Some(Verb::About(Topic::Status)),
            Self::Help => Some(Verb::Help),
            _ => None,
        }
    }

    /// The command of words that are all the words of a text. Those that change a setting must be the whole message, so
    /// that no sentence triggers them by chance; the locks may name an IIN.
    pub(super) const fn verb_alone(self, digits: bool) -> Option<Verb> {
        match (self, digits) {
            (Self::Lock, _) => Some(Verb::About(Topic::Lock)),
            (Self::Unlock, _) => Some(Verb::About(Topic::Unlock)),
            (Self::Latin, false) => Some(Verb::Latin),
            (Self::Stop, false) => Some(Verb::Stop),
            (Self::Start, false) => Some(Verb::Start),
            _ => None,
        }
    }
}

/// The table, by folded word.
#[derive(Debug, Default)]
pub(super) struct Lexicon(HashMap<String, (Sense, Option<Language>)>);

impl Lexicon {
    /// The table compiled in.
    pub(super) fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Lexicon> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "compiled in; a test reads it")]
            Lexicon::parse(include_str!("../../../words.toml")).expect("words.toml is sound")
        });
        &BUILTIN
    }

    /// Reads a table; the error says what is wrong with it.
    pub(super) fn parse(source: &str) -> Result<Self, String> {
        let sections: BTreeMap<Sense, BTreeMap<String, Vec<String>>> =
            toml::from_str(source).map_err(|error| error.to_string())?;
        let mut table = HashMap::new();
        for (sense, languages) in sections {
            for (code, words) in languages {
                let language = Language::from_code(&code);
                if language.is_none() && code != "any" {
                    return Err(format!("`{code}` is no language"));
                }
                for word in words {
                    if table.insert(fold(&word), (sense, language)).is_some() {
                        return Err(format!("`{word}` stands twice"));
                    }
                }
            }
        }
        Ok(Self(table))
    }

    /// What a folded word asks for, and its language.
    pub(super) fn find(&self, folded: &str) -> Option<(Sense, Option<Language>)> {
        self.0.get(folded).copied()
    }
}
