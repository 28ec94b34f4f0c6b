//! The voice of the gateway: answers put into words, in the size of their medium.
//!
//! The words are in `texts/*.ftl`. A text may have shorter forms (`KEY-2`, `KEY-3`); the first that fits is taken.
//! [`Voice::load`] says every text in every language with the longest things that it may be about, so that a text
//! of an overriding directory that does not fit is found at the start, not on a citizen's phone.

mod check;
mod payments;
mod phrases;
mod samples;
mod sms;
mod speaker;
mod transcript;
mod trim;
mod ussd;
mod wording;

use std::collections::BTreeSet;
use std::path::Path;

use saqta_data::language::Language;
use saqta_data::law::Requisites;
use saqta_data::texts::{Texts, TextsError, keys_of_source};

use crate::dialog::answer::{Answer, Page};
use crate::dialog::menu::Menu;
use crate::encoding::pages::Frame;
use crate::encoding::{Alphabet, parts};
use speaker::Speaker;

/// The compiled-in texts, in the order of [`Language::ALL`].
const OWN: [&str; 3] = [
    include_str!("texts/kk.ftl"),
    include_str!("texts/ru.ftl"),
    include_str!("texts/en.ftl"),
];

/// Puts answers into words.
#[derive(Debug)]
pub struct Voice {
    texts: Texts,
    requisites: Requisites,
    menu: Menu,
}

/// An answer in words, as it goes to the carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The text.
    pub text: String,
    /// The alphabet that it needs.
    pub alphabet: Alphabet,
    /// The number of SMS parts.
    pub parts: usize,
}

impl Voice {
    /// The compiled-in texts, overridden by those of `texts_dir`, all checked to fit their medium. `other_keys` are
    /// the names of the console's texts, which share the directory; `requisites` are told with a debt.
    ///
    /// # Errors
    /// What [`Texts::load`] refuses, and [`TextsError::Unfit`] for a text that does not fit.
    pub fn load(
        texts_dir: Option<&Path>,
        other_keys: &BTreeSet<String>,
        requisites: Requisites,
    ) -> Result<Self, TextsError> {
        let texts = Texts::load(OWN, texts_dir, other_keys)?;
        let menu = Menu::builtin().clone();
        let voice = Self {
            texts,
            requisites,
            menu,
        };
        check::check(&voice)?;
        Ok(voice)
    }

    /// The same voice with another menu, the pages of which are checked to fit.
    ///
    /// # Errors
    /// [`TextsError::Unfit`] for a page that does not.
    pub fn with_menu(self, menu: Menu) -> Result<Self, TextsError> {
        let voice = Self { menu, ..self };
        check::check(&voice)?;
        Ok(voice)
    }

    /// The USSD menu.
    #[must_use]
    pub const fn menu(&self) -> &Menu {
        &self.menu
    }

    /// The names of the gateway's own texts, for the console, which shares a `texts_dir` with the gateway.
    #[must_use]
    pub fn keys() -> BTreeSet<String> {
        OWN.into_iter().flat_map(keys_of_source).collect()
    }

    /// `answer` as an SMS: a status in at most two parts, most in one; others in at most three. With `latin` Kazakh and
    /// Russian are in Latin letters, and all answers as short as can be: a status is one part. With `languages_hint` the
    /// answer ends with how to get the other languages.
    #[must_use]
    pub fn sms(&self, answer: &Answer, language: Language, latin: bool, languages_hint: bool) -> Spoken {
        let speaker = Speaker::new(&self.texts, &self.requisites, language, latin);
        // After the check of `load` no text fails; if one does, the citizen is asked to try later.
        let text = sms::say(&speaker, answer, languages_hint)
            .unwrap_or_else(|_| self.texts.get(language, "sms-try-later", &[]));
        Spoken {
            alphabet: Alphabet::of(&text),
            parts: parts::count(&text),
            text,
        }
    }

    /// The screens of `page`, each ready to send: at most 182 septets, or 80 UTF-16 units if any letter of the page is
    /// outside GSM 7-bit, within the carrier's `frame`. `98` leads from each to the next.
    #[must_use]
    pub fn ussd(&self, page: &Page, language: Language, latin: bool, frame: impl Into<Frame>) -> Vec<String> {
        let speaker = Speaker::new(&self.texts, &self.requisites, language, latin);
        ussd::say(&speaker, &self.menu, page, frame.into())
            .unwrap_or_else(|_| vec![self.texts.get(language, "sms-try-later", &[])])
    }
}

#[cfg(test)]
mod tests;
