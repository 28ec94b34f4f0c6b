//! Which key does what, as data: `keymap.toml`, overridden by a file of the operator's.

mod file;
pub(crate) mod key;

use std::collections::BTreeMap;
use std::path::Path;

use crossterm::event::KeyEvent;
use saqta_data::small_file;
use thiserror::Error;

use crate::action::Action;
use file::Loader;
use key::Key;

const BUILTIN: &str = include_str!("../keymap.toml");

/// How the built-in keys are named where they are in conflict with others.
const BUILTIN_NAME: &str = "built-in keymap.toml";

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// On every screen.
    Everywhere,
    /// In the search box.
    Search,
    /// On a card.
    Card,
    /// In a month or a year opened on a card.
    Detail,
    /// Where it is seen what would come of paying.
    WhatIf,
    /// In the journal.
    Journal,
    /// On the screen of the carriers.
    Carriers,
    /// On the screen of the imports.
    Imports,
    /// On the screen of the service as a whole.
    Pulse,
    /// In the help.
    Help,
    /// In the palette.
    Palette,
    /// In a form.
    Form,
}

impl Place {
    /// Every place, in the order of the help.
    pub(crate) const ALL: [Self; 12] = [
        Self::Search,
        Self::Card,
        Self::Detail,
        Self::WhatIf,
        Self::Journal,
        Self::Carriers,
        Self::Imports,
        Self::Pulse,
        Self::Palette,
        Self::Form,
        Self::Help,
        Self::Everywhere,
    ];

    /// The name of the table in the keymap file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Search => "search",
            Self::Card => "card",
            Self::Detail => "detail",
            Self::WhatIf => "what-if",
            Self::Journal => "journal",
            Self::Carriers => "carriers",
            Self::Imports => "imports",
            Self::Pulse => "pulse",
            Self::Palette => "palette",
            Self::Form => "form",
            Self::Help => "help",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }

    /// True where characters are typed into a box.
    pub(crate) const fn takes_text(self) -> bool {
        matches!(self, Self::Search | Self::Palette | Self::Form)
    }
}

/// Why a keymap cannot be used.
#[derive(Debug, Error)]
pub enum KeymapError {
    /// The file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// The file is no TOML, or not of this shape.
    #[error("{file}:{line}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// Names that do not exist, keys that cannot be pressed or are bound twice: everything that was found.
    #[error("{}", .0.join("\n"))]
    Faults(
        /// One sentence each, beginning with file and line.
        Vec<String>,
    ),
}

/// The keys of every action.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keymap {
    /// In the order of the help: places as [`Place::ALL`], actions as [`Action::ALL`].
    bindings: BTreeMap<(Place, Action), Vec<Key>>,
}

impl Keymap {
    /// The built-in keys, those of the actions that `file` names replaced by its keys.
    ///
    /// # Errors
    /// A file that cannot be read, names that do not exist, a key with two meanings in one place, a console that
    /// could not be left.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, KeymapError> {
        let mut loader = Loader::default();
        loader.add(BUILTIN_NAME, BUILTIN)?;
        if let Some(path) = file {
            let file = path.display().to_string();
            let source = small_file::read(path).map_err(|e| KeymapError::Read {
                file: file.clone(),
                reason: e.to_string(),
            })?;
            loader.add(&file, &source)?;
        }
        Ok(loader.finish())
    }

    /// What `event` means at `place`: as typed, then by its position, the place's own keys before those of every
    /// screen. `None` where it types a character or means nothing.
    pub(crate) fn action(&self, place: Place, event: &KeyEvent) -> Option<Action> {
        let key = Key::of(event);
        if place.takes_text() && key.types_text() {
            return None;
        }
        let find = |key: Key| {
            [place, Place::Everywhere]
                .into_iter()
                .find_map(|place| self.bound(place, key))
        };
        find(key).or_else(|| key.by_position().find_map(find))
    }

    /// The keys of `action` at `place`, those of every screen included.
    pub(crate) fn keys(&self, place: Place, action: Action) -> Vec<Key> {
        let mut keys = Vec::new();
        for place in [place, Place::Everywhere] {
            for key in self.bindings.get(&(place, action)).into_iter().flatten() {
                if !keys.contains(key) {
                    keys.push(*key);
                }
            }
        }
        keys
    }

    /// The actions with keys of their own at `place`, in the order of the help.
    pub(crate) fn actions(&self, place: Place) -> impl Iterator<Item = (Action, &[Key])> {
        let at_place = self.bindings.iter().filter(move |((p, _), _)| *p == place);
        at_place.map(|((_, action), keys)| (*action, keys.as_slice()))
    }

    fn bound(&self, place: Place, key: Key) -> Option<Action> {
        self.actions(place)
            .find_map(|(action, keys)| keys.contains(&key).then_some(action))
    }

    /// The actions that have keys nowhere any more.
    pub(crate) fn without_keys(&self) -> impl Iterator<Item = Action> {
        let bound = |action: &Action| {
            self.bindings
                .iter()
                .any(|((_, a), keys)| a == action && !keys.is_empty())
        };
        Action::ALL.iter().copied().filter(move |action| !bound(action))
    }
}

#[cfg(test)]
#[path = "keymap/tests.rs"]
mod tests;
