//! What every screen is drawn with: language, theme, keys, mask, and the time.

use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::Span;
use saqta_data::clock::Timestamp;
use saqta_data::desk::{Operator, OperatorRole};
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::phone::Msisdn;
use saqta_data::texts::Texts;

use crate::action::Action;
use crate::background::Background;
use crate::keymap::{Keymap, Place};
use crate::mask::Mask;
use crate::outside::Preferences;
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
    /// The background of the terminal, once it is known.
    pub(crate) background: Option<Background>,
    /// Whether numbers are masked.
    pub(crate) mask: Mask,
    /// What the operator chose, now or before.
    pub(crate) chosen: Preferences,
    /// Whether the mouse is used.
    pub(crate) mouse: bool,
    /// Who sits here, once the desk has said so.
    pub(crate) operator: Option<Operator>,
    /// The time of the last tick.
    pub(crate) now: Timestamp,
    /// Whom to look for in a demonstration.
    pub(crate) examples: Vec<String>,
    /// The command by which another terminal comes to the same store.
    pub(crate) attach: Option<String>,
}

impl Ui {
    /// True if the operator's role allows `action`; the least role as long as it is not known. The desk judges by itself:
    /// this only keeps the screen free of what would be refused.
    pub(crate) fn may(&self, action: Action) -> bool {
        self.has(action.needs())
    }

    fn has(&self, needed: OperatorRole) -> bool {
        let role = self
            .operator
            .as_ref()
            .map_or(OperatorRole::Viewer, |operator| operator.role);
        role >= needed
    }

    /// True if the operator's role may see why the state pays for somebody: it tells of illness, prison, poverty.
    pub(crate) fn sees_categories(&self) -> bool {
        self.has(OperatorRole::Operator)
    }

    /// The texts in the language of the console.
    pub(crate) fn words(&self) -> Words<'_> {
        Words::new(&self.texts, self.language)
    }

    /// A text in the language of the console.
    pub(crate) fn t(&self, key: &str) -> String {
        self.words().t(key)
    }

    /// The first key of `action` at `place`, as it is written; nothing if it has none.
    pub(crate) fn key(&self, place: Place, action: Action) -> Option<String> {
        self.keymap.keys(place, action).first().map(ToString::to_string)
    }

    /// Keys and what they do, as many of these as the operator may press and have a key, for the end of a rule.
    pub(crate) fn keys_hint(&self, place: Place, actions: &[Action]) -> Vec<Span<'static>> {
        let mut spans = Vec::new();
        for action in actions.iter().filter(|action| self.may(**action)) {
            let Some(key) = self.key(place, *action) else {
                continue;
            };
            if !spans.is_empty() {
                spans.push(Span::raw("  "));
            }
            spans.push(self.span(Role::Key, key));
            spans.push(self.span(Role::Dim, format!(" {}", self.hint(place, *action))));
        }
        spans
    }

    /// The word for `action` in the footer of `place`, which may call it otherwise than other places do.
    pub(crate) fn hint(&self, place: Place, action: Action) -> String {
        self.hint_in(self.language, place, action)
    }

    /// The word for `action` in the footer, in this language.
    pub(crate) fn hint_in(&self, language: Language, place: Place, action: Action) -> String {
        self.of_action(language, "ui-hint", place, action)
    }

    /// The sentence for `action` in the help.
    pub(crate) fn sentence(&self, place: Place, action: Action) -> String {
        self.sentence_in(self.language, place, action)
    }

    /// The sentence for `action`, in this language.
    pub(crate) fn sentence_in(&self, language: Language, place: Place, action: Action) -> String {
        self.of_action(language, "ui-action", place, action)
    }

    fn of_action(&self, language: Language, kind: &str, place: Place, action: Action) -> String {
        let own = format!("{kind}-{}-{}", place.name(), action.name());
        let own = self.texts.try_get(language, &own, &[]);
        own.unwrap_or_else(|_| {
            let words = Words::new(&self.texts, language);
            words.t(&format!("{kind}-{}", action.name()))
        })
    }

    /// How `role` looks.
    pub(crate) fn style(&self, role: Role) -> Style {
        self.theme.on(self.background).style(role)
    }

    /// A piece of text in the look of `role`.
    pub(crate) fn span(&self, role: Role, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.style(role))
    }

    /// True while numbers are shown whole.
    pub(crate) fn shows_numbers(&self) -> bool {
        self.mask.seconds_left(self.now).is_some()
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
