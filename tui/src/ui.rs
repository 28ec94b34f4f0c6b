//! What every screen is drawn with: language, theme, keys, mask, and the time.

use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::Span;
use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::phone::Msisdn;
use saqta_data::texts::Texts;

use crate::keymap::Keymap;
use crate::mask::Mask;
use crate::theme::{Role, ThemeChoice};
use crate::words::Words;

/// What every screen is drawn with.
pub(crate) struct Ui {
    /// The texts in every language.
    pub(crate) texts: Arc<Texts>,
    /// The keys.
    pub(crate) keymap: Arc<Keymap>,
    /// The language of the console.
    pub(crate) language: Language,
    /// The theme.
    pub(crate) theme: ThemeChoice,
    /// Whether numbers are masked.
    pub(crate) mask: Mask,
    /// The time of the last tick.
    pub(crate) now: Timestamp,
    /// Whom to look for in a demonstration.
    pub(crate) examples: Vec<String>,
}

impl Ui {
    /// The texts in the language of the console.
    pub(crate) fn words(&self) -> Words<'_> {
        Words::new(&self.texts, self.language)
    }

    /// A text in the language of the console.
    pub(crate) fn t(&self, key: &str) -> String {
        self.words().t(key)
    }

    /// How `role` looks.
    pub(crate) fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// A piece of text in the look of `role`.
    pub(crate) fn span(&self, role: Role, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.style(role))
    }

    /// The number of a person, masked or not.
    pub(crate) fn iin(&self, iin: Iin) -> String {
        self.mask.iin(self.now, iin)
    }

    /// The number of a phone, masked or not.
    pub(crate) fn phone(&self, phone: Msisdn) -> String {
        self.mask.phone(self.now, phone)
    }
}
