//! Texts in three languages, in Fluent's format: compiled-in defaults that a `texts_dir` overrides message by message.
//!
//! A front end brings its own texts; words that every front end needs (statuses, months, categories) are in
//! `data/texts/*.ftl` and part of every set.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use thiserror::Error;
use unic_langid::LanguageIdentifier;

use crate::language::Language;
use crate::small_file;

/// The words that every front end needs, by language in the order of [`Language::ALL`].
const COMMON: [&str; 3] = [
    include_str!("../texts/kk.ftl"),
    include_str!("../texts/ru.ftl"),
    include_str!("../texts/en.ftl"),
];

/// A set of texts: every message in every language.
pub struct Texts {
    bundles: [FluentBundle<FluentResource>; 3],
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}

/// Why texts cannot be used.
#[derive(Debug, Error)]
pub enum TextsError {
    /// A file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// A file is not Fluent.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file, or the language of compiled-in texts.
        file: String,
        /// Where and what.
        reason: String,
    },
    /// A message of an overriding file that no text of the program has: a slip in its name.
    #[error("{file}: there is no text `{key}`; the names are those of the compiled-in texts")]
    Unknown {
        /// The file.
        file: String,
        /// The message.
        key: String,
    },
    /// A message is missing in a language.
    #[error("the text `{key}` is missing in {language}")]
    Missing {
        /// The message.
        key: String,
        /// The language's code.
        language: &'static str,
    },
    /// A text that does not fit its medium or cannot be formatted.
    #[error("the text `{key}` in {language}: {reason}")]
    Unfit {
        /// The message.
        key: String,
        /// The language's code.
        language: &'static str,
        /// What is wrong and what to do.
        reason: String,
    },
}

/// The value of a place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// A word or a phrase, set in as it is.
    Text(Cow<'a, str>),
    /// A number; chooses plural forms, written without separators.
    Number(i64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl Texts {
    /// The texts of a front end: `own` in the order of [`Language::ALL`], with the common words, overridden by
    /// `DIR/kk.ftl`, `DIR/ru.ftl` and `DIR/en.ftl` where `dir` holds them. A message of an overriding file that
    /// neither this set nor `others` knows is an error; `others` are the keys of the other front ends' sets, since
    /// all share one directory.
    ///
    /// # Errors
    /// A file that cannot be read or is not Fluent, a message that is missing in one of the languages, a name that
    /// no text has.
    pub fn load(own: [&str; 3], dir: Option<&Path>, others: &BTreeSet<String>) -> Result<Self, TextsError> {
        let known: BTreeSet<String> = COMMON
            .iter()
            .chain(&own)
            .flat_map(|source| keys_of_source(source))
            .collect();
        let [kk, ru, en] = own;
        let [common_kk, common_ru, common_en] = COMMON;
        let bundle = |language, sources| {
            let mut bundle = built_in(language, sources, &known)?;
            if let Some(resource) =
                overriding(dir, language, |key| known.contains(key) || others.contains(key))?
            {
                bundle.add_resource_overriding(resource);
            }
            Ok::<_, TextsError>(bundle)
        };
        Ok(Self {
            bundles: [
                bundle(Language::Kazakh, [common_kk, kk])?,
                bundle(Language::Russian, [common_ru, ru])?,
                bundle(Language::English, [common_en, en])?,
            ],
        })
    }

    /// The text `key` in `language`. A key that does not exist comes back in brackets, which tests look for; a place
    /// that is not filled is written `{$name}`, likewise.
    #[must_use]
    pub fn get(&self, language: Language, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.try_get(language, key, args)
            .unwrap_or_else(|_| format!("[{key}]"))
    }

    /// The text `key` in `language`.
    ///
    /// # Errors
    /// [`TextsError::Missing`] for a key that does not exist, [`TextsError::Unfit`] for a place that is not filled.
    pub fn try_get(
        &self,
        language: Language,
        key: &str,
        args: &[(&str, Arg<'_>)],
    ) -> Result<String, TextsError> {
        let code = language.code();
        let missing = || TextsError::Missing {
            key: key.to_owned(),
            language: code,
        };
        let [kazakh, russian, english] = &self.bundles;
        let bundle = match language {
            Language::Kazakh => kazakh,
            Language::Russian => russian,
            Language::English => english,
        };
        let pattern = bundle
            .get_message(key)
            .and_then(|message| message.value())
            .ok_or_else(missing)?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            let value = match arg {
                Arg::Text(text) => FluentValue::String(Cow::Borrowed(text)),
                #[expect(clippy::cast_precision_loss, reason = "sums of tenge are far below 2^53")]
                Arg::Number(number) => FluentValue::Number(FluentNumber::from(*number as f64)),
            };
            values.set(*name, value);
        }
        let mut errors = Vec::new();
        let text = bundle
            .format_pattern(pattern, Some(&values), &mut errors)
            .into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(TextsError::Unfit {
                key: key.to_owned(),
                language: code,
                reason: error.to_string(),
            }),
        }
    }
}

/// The names of the messages in a Fluent source.
#[must_use]
pub fn keys_of_source(source: &str) -> Vec<String> {
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    keys(&resource).map(str::to_owned).collect()
}

fn keys(resource: &FluentResource) -> impl Iterator<Item = &str> {
    resource.entries().filter_map(|entry| match entry {
        fluent_syntax::ast::Entry::Message(message) => Some(message.id.name),
        _ => None,
    })
}

/// The compiled-in texts of `language`; each of `known` must be among them.
fn built_in(
    language: Language,
    sources: [&str; 2],
    known: &BTreeSet<String>,
) -> Result<FluentBundle<FluentResource>, TextsError> {
    let mut bundle = new_bundle(language);
    for source in sources {
        bundle.add_resource_overriding(parse(source, language.code())?);
    }
    match known.iter().find(|key| !bundle.has_message(key)) {
        Some(missing) => Err(TextsError::Missing {
            key: missing.clone(),
            language: language.code(),
        }),
        None => Ok(bundle),
    }
}

/// The texts of `language` in `dir`, if it holds any; each must be one that `is_known`.
fn overriding(
    dir: Option<&Path>,
    language: Language,
    is_known: impl Fn(&str) -> bool,
) -> Result<Option<FluentResource>, TextsError> {
    let Some(path) = dir.map(|dir| dir.join(format!("{}.ftl", language.code()))) else {
        return Ok(None);
    };
    let file = path.display().to_string();
    let source = match small_file::read(&path) {
        Ok(source) => source,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let reason = error.to_string();
            return Err(TextsError::Read { file, reason });
        }
    };
    let resource = parse(&source, &file)?;
    let unknown = keys(&resource).find(|key| !is_known(key)).map(str::to_owned);
    match unknown {
        Some(key) => Err(TextsError::Unknown { file, key }),
        None => Ok(Some(resource)),
    }
}

fn parse(source: &str, file: &str) -> Result<FluentResource, TextsError> {
    FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
        let reason = errors.first().map_or_else(String::new, |error| {
            let line = source
                .get(..error.pos.start)
                .map_or(1, |before| before.matches('\n').count() + 1);
            format!("line {line}: {}", error.kind)
        });
        TextsError::Syntax {
            file: file.to_owned(),
            reason,
        }
    })
}

fn new_bundle(language: Language) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolating marks (U+2068, U+2069) around values would turn every SMS into UCS-2.
    bundle.set_use_isolating(false);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 3] = [
        "months = { $n } ай",
        "months = { $n } { $n ->\n    [one] месяц\n    [few] месяца\n   *[many] месяцев\n }",
        "months = { $n } { $n ->\n    [one] month\n   *[other] months\n }",
    ];

    fn set() -> Texts {
        Texts::load(OWN, None, &BTreeSet::new()).unwrap()
    }

    #[test]
    fn plurals_follow_the_language() {
        let months = |language, n: u32| set().get(language, "months", &[("n", n.into())]);
        assert_eq!(months(Language::Russian, 1), "1 месяц");
        assert_eq!(months(Language::Russian, 3), "3 месяца");
        assert_eq!(months(Language::Russian, 11), "11 месяцев");
        assert_eq!(months(Language::Russian, 21), "21 месяц");
        assert_eq!(months(Language::English, 1), "1 month");
        assert_eq!(months(Language::Kazakh, 5), "5 ай");
    }

    #[test]
    fn a_message_missing_in_a_language_is_an_error() {
        let error = Texts::load(["a = a", "a = a", "b = b"], None, &BTreeSet::new()).unwrap_err();
        assert!(matches!(error, TextsError::Missing { .. }), "{error}");
    }

    #[test]
    fn a_directory_overrides_and_is_checked() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ru.ftl"), "months = { $n } мес.").unwrap();
        let texts = Texts::load(OWN, Some(dir.path()), &BTreeSet::new()).unwrap();
        assert_eq!(
            texts.get(Language::Russian, "months", &[("n", 2_u32.into())]),
            "2 мес."
        );
        assert_eq!(
            texts.get(Language::English, "months", &[("n", 2_u32.into())]),
            "2 months"
        );

        std::fs::write(dir.path().join("ru.ftl"), "monhts = 1").unwrap();
        let error = Texts::load(OWN, Some(dir.path()), &BTreeSet::new()).unwrap_err();
        assert!(
            matches!(&error, TextsError::Unknown { key, .. } if key == "monhts"),
            "{error}"
        );

        std::fs::write(dir.path().join("ru.ftl"), "\n\nmonths = { $n").unwrap();
        let error = Texts::load(OWN, Some(dir.path()), &BTreeSet::new()).unwrap_err();
        assert!(matches!(error, TextsError::Syntax { .. }), "{error}");
    }

    #[test]
    fn an_unfilled_place_is_told() {
        assert!(set().try_get(Language::English, "months", &[]).is_err());
        assert_eq!(set().get(Language::English, "nothing", &[]), "[nothing]");
    }
}
