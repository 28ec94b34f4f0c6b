//! One answer being put into words: the language, the letters and the way a form is chosen.

use saqta_data::language::Language;
use saqta_data::law::Requisites;
use saqta_data::texts::{Arg, Texts, TextsError};

use super::trim::{before_dots, dotted, shorten, visible};
use super::wording::Wording;
use crate::encoding::pages::JOIN;
use crate::encoding::{Alphabet, latin, parts};

/// The places of a text with their values.
pub(super) type Args<'a> = [(&'static str, Arg<'a>)];

/// Says texts of one language.
pub(super) struct Speaker<'a> {
    texts: &'a Texts,
    pub(super) requisites: &'a Requisites,
    pub(super) language: Language,
    pub(super) latin: bool,
    /// Every form is said, and what does not fit is an error instead of being cut.
    strict: bool,
}

/// How many SMS parts a text may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// The first form that fits in so many is taken ...
    pub(super) goal: usize,
    /// ... else the shortest, which is cut if it does not fit in so many.
    pub(super) most: usize,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(texts: &'a Texts, requisites: &'a Requisites, language: Language, latin: bool) -> Self {
        Self {
            texts,
            requisites,
            language,
            latin,
            strict: false,
        }
    }

    /// The same, to check the texts.
    pub(super) fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// The text `key`, in Cyrillic letters where the language has them.
    pub(super) fn get(&self, key: &str, args: &Args<'_>) -> Result<String, TextsError> {
        let text = self.texts.try_get(self.language, key, args)?;
        let plain = || Alphabet::of(&text.replace(JOIN, " ")) == Alphabet::Gsm7;
        if self.strict && self.language == Language::English && !plain() {
            return Err(self.unfit(
                key,
                "a letter is outside GSM 7-bit; English is to have none such".into(),
            ));
        }
        Ok(text)
    }

    /// `text` in the letters of this answer, without invisible characters.
    pub(super) fn letters(&self, text: &str) -> String {
        let text = visible(text);
        if self.latin || self.language == Language::English {
            latin::transliterate(&text, self.language)
        } else {
            text
        }
    }

    /// The fullest form of `wording` that fits in `room`, followed by the text `tail` (with its own shorter forms).
    pub(super) fn fit(
        &self,
        wording: &Wording<'_>,
        room: Room,
        tails: &[&str],
    ) -> Result<String, TextsError> {
        let last_key = wording.keys.last().copied().unwrap_or_default();
        let first_tail = tails.first().copied();
        let fuller = wording.keys.iter().map(|key| (*key, first_tail));
        let shorter = tails.iter().skip(1).map(|tail| (last_key, Some(*tail)));
        let (mut chosen, mut shortest) = (None, String::new());
        for (key, tail) in fuller.chain(shorter) {
            shortest = self.form(wording, key, tail, room)?;
            if chosen.is_none() && parts::count(&shortest) <= room.goal {
                chosen = Some(shortest.clone());
                if !self.strict {
                    break;
                }
            }
        }
        match chosen {
            Some(text) => Ok(text),
            None => self.cut(last_key, shortest, room.most),
        }
    }

    fn form(
        &self,
        wording: &Wording<'_>,
        key: &str,
        tail: Option<&str>,
        room: Room,
    ) -> Result<String, TextsError> {
        let with = |elastic: String| -> Result<String, TextsError> {
            let mut args = wording.args.clone();
            args.push(("clinic", elastic.into()));
            let mut text = self.get(key, &args)?.trim().to_owned();
            if let Some(tail) = tail {
                text.push(' ');
                text += &self.get(tail, &[])?;
            }
            // A shortened clinic ends with dots of its own.
            Ok(self.letters(&text.replace("....", "...")))
        };
        let Some(elastic) = &wording.elastic else {
            return with(String::new());
        };
        let bare = with(String::new())?;
        let alphabet = Alphabet::of(&self.letters("қ"));
        let left = capacity(alphabet, room.goal).saturating_sub(alphabet.units(&bare));
        with(shorten(
            &elastic.each_ref().map(|text| self.letters(text)),
            alphabet,
            left,
        ))
    }

    /// `text` if it has at most `most` parts, else cut to them; when checking, an error.
    fn cut(&self, key: &str, text: String, most: usize) -> Result<String, TextsError> {
        let count = parts::count(&text);
        if count <= most {
            return Ok(text);
        }
        let alphabet = Alphabet::of(&text);
        let (units, room) = (alphabet.units(&text), capacity(alphabet, most));
        if self.strict {
            let reason = format!("{units} units, {count} SMS parts; at most {room} units: make it shorter");
            return Err(self.unfit(key, reason));
        }
        Ok(dotted(before_dots(&text, alphabet, room)))
    }

    pub(super) fn unfit(&self, key: &str, reason: String) -> TextsError {
        TextsError::Unfit {
            key: key.to_owned(),
            language: self.language.code(),
            reason,
        }
    }
}

/// The units that surely fit in so many parts: a pair on the edge of a part may leave one unit of it unused.
pub(super) fn capacity(alphabet: Alphabet, parts: usize) -> usize {
    match parts {
        0 | 1 => alphabet.single(),
        more => alphabet.part() * more - (more - 1),
    }
}
