//! Keys typed while a card is on its way: they are meant for the card. They wait for it and are done once it is
//! there, but only those that look at it: nothing that the journal would have under the operator's name is done to a
//! card that nobody has seen.

use crossterm::event::KeyEvent;

use super::App;
use super::notice::Notice;
use crate::action::Action;
use crate::keymap::Place;
use crate::keymap::key::Key;
use crate::message::Job;
use crate::screens::Tab;
use crate::theme::Role;

/// Keys that wait for a card: more than a hand types in the time that a search may take at its best.
pub(super) const MAX_AHEAD: usize = 32;

/// Keys named in the line about those that were not done; the rest are counted.
const MAX_NAMED: usize = 6;

/// The keys that wait for a card.
#[derive(Default)]
pub(super) struct Ahead {
    keys: Vec<KeyEvent>,
    /// Keys for which there was no room.
    beyond: usize,
}

impl App {
    /// Keeps a key for the card that is on its way; false if the key is not for the card.
    pub(super) fn keep_for_card(&mut self, key: &KeyEvent) -> bool {
        if !self.is_for_the_card(key) {
            return false;
        }
        if self.ahead.keys.len() < MAX_AHEAD {
            self.ahead.keys.push(*key);
        } else {
            self.ahead.beyond += 1;
        }
        // That the server is away matters more.
        if !self.notice.is_away() {
            let kept = self.named("ui-ahead-kept", &self.ahead.keys, self.ahead.beyond);
            self.notice = Notice::Said(Role::Dim, format!(". {kept}"));
        }
        true
    }

    /// Digits and the keys that correct go on in the search box; what works on every screen works at once.
    fn is_for_the_card(&self, key: &KeyEvent) -> bool {
        if self.tab != Tab::Caller || self.overlay.is_some() || !self.screens.caller.awaits_card() {
            return false;
        }
        let on_card = self.ui.keymap.action(Place::Card, key);
        if Key::of(key).begins_number() || on_card == Some(Action::Back) {
            return false;
        }
        let types = Key::of(key).types_text();
        match self.ui.keymap.action(Place::Search, key) {
            None => types || on_card.is_some(),
            // Right behind the number it is a habit, and means the search; behind other keys it opens.
            Some(Action::Submit) => !self.ahead.keys.is_empty(),
            // With nothing to choose from or to reveal they have no meaning in the search box.
            Some(action) => matches!(
                action,
                Action::TakeSlip
                    | Action::Up
                    | Action::Down
                    | Action::PageUp
                    | Action::PageDown
                    | Action::Reveal
            ),
        }
    }

    /// Does the keys that waited, once the card is there or does not come. From the first one that would do more than
    /// look, all are dropped: those behind it were typed for what it would have opened.
    pub(super) fn release_ahead(&mut self) -> Vec<Job> {
        if self.ahead.keys.is_empty() || self.screens.caller.awaits_card() {
            return Vec::new();
        }
        let Ahead { keys, beyond } = std::mem::take(&mut self.ahead);
        self.notice.read();
        let mut jobs = Vec::new();
        let mut left = keys.as_slice();
        while let Some((key, rest)) = left.split_first() {
            match self.ui.keymap.action(self.place(), key) {
                _ if !self.shows_card() => break,
                Some(action) if !self.only_looks(action) => break,
                Some(action) => jobs.extend(self.act(action)),
                None => {}
            }
            left = rest;
        }
        // Why no card came is more to the point.
        if left.len() + beyond > 0 && !matches!(self.notice, Notice::Failed(..)) {
            let dropped = self.named("ui-ahead-dropped", left, beyond);
            self.notice = Notice::Said(Role::Warn, format!("! {dropped}"));
        }
        jobs
    }

    fn shows_card(&self) -> bool {
        let caller = &self.screens.caller;
        !self.hidden && self.tab == Tab::Caller && self.overlay.is_none() && caller.card.is_some()
    }

    /// True if the action changes nothing but what is seen of the card.
    fn only_looks(&self, action: Action) -> bool {
        match action {
            // A look at an exchange is a look-up.
            Action::Open => !self.screens.caller.opens_exchange(),
            Action::WhatIf => self.ui.may(action),
            action => matches!(
                action,
                Action::ReadingLanguage
                    | Action::NextSection
                    | Action::PreviousSection
                    | Action::NextMonth
                    | Action::PreviousMonth
                    | Action::Mark
                    | Action::MarkDebts
                    | Action::MarkAhead
                    | Action::Up
                    | Action::Down
                    | Action::PageUp
                    | Action::PageDown
                    | Action::Top
                    | Action::Bottom
            ),
        }
    }

    fn named(&self, text: &str, keys: &[KeyEvent], beyond: usize) -> String {
        let names = keys.iter().take(MAX_NAMED).map(|key| Key::of(key).to_string());
        let mut names = names.collect::<Vec<_>>().join(" ");
        let more = keys.len().saturating_sub(MAX_NAMED) + beyond;
        if more > 0 {
            names = format!("{names} +{more}");
        }
        self.ui.words().with(text, &[("keys", names.into())])
    }
}

#[cfg(test)]
impl Ahead {
    /// Keys that wait.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
}
