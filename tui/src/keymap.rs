//! Which key does what, as data: `keymap.toml`, overridden by a file of the operator's.

pub(crate) mod key;

use std::collections::BTreeMap;
use std::path::Path;

use crossterm::event::KeyEvent;
use saqta_data::small_file;
use thiserror::Error;

use crate::action::Action;
use key::Key;

const BUILTIN: &str = include_str!("../keymap.toml");

/// The most keys that one action may have in one place.
const MAX_KEYS: usize = 8;

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
    #[error("{file}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// What and where.
        reason: String,
    },
    /// Names that do not exist, keys bound twice: everything that was found.
    #[error("{file}: {}", faults.join("; "))]
    Faults {
        /// The file.
        file: String,
        /// One sentence each.
        faults: Vec<String>,
    },
}

/// The keys of every action.
#[derive(Clone, Debug)]
pub(crate) struct Keymap {
    /// In the order of the help: places as [`Place::ALL`], actions as [`Action::ALL`].
    bindings: BTreeMap<(Place, Action), Vec<Key>>,
}

type Source = BTreeMap<String, BTreeMap<String, Vec<String>>>;

impl Keymap {
    /// The built-in keys, those of the actions that `file` names replaced by its keys.
    ///
    /// # Errors
    /// A file that cannot be read, names that do not exist, a key with two meanings in one place, a console that
    /// could not be left.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, KeymapError> {
        let mut keymap = Self {
            bindings: BTreeMap::new(),
        };
        keymap.add("keymap.toml", BUILTIN)?;
        if let Some(path) = file {
            let file = path.display().to_string();
            let source = small_file::read(path).map_err(|e| KeymapError::Read {
                file: file.clone(),
                reason: e.to_string(),
            })?;
            keymap.add(&file, &source)?;
        }
        Ok(keymap)
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
        find(key).or_else(|| find(key.by_position()?))
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

    fn add(&mut self, file: &str, source: &str) -> Result<(), KeymapError> {
        let source: Source = toml::from_str(source).map_err(|e| KeymapError::Syntax {
            file: file.to_owned(),
            reason: e.to_string(),
        })?;
        let mut faults = Vec::new();
        for (place_name, actions) in &source {
            let Some(place) = Place::from_name(place_name) else {
                faults.push(format!("there is no place [{place_name}]"));
                continue;
            };
            for (name, keys) in actions {
                match Action::from_name(name) {
                    Some(action) => self.bind(place, action, keys, &mut faults),
                    None => faults.push(format!("there is no action `{name}`")),
                }
            }
        }
        self.find_conflicts(&mut faults);
        faults.dedup();
        if faults.is_empty() {
            return Ok(());
        }
        Err(KeymapError::Faults {
            file: file.to_owned(),
            faults,
        })
    }

    fn bind(&mut self, place: Place, action: Action, written: &[String], faults: &mut Vec<String>) {
        let (at, name) = (place.name(), action.name());
        if written.len() > MAX_KEYS {
            faults.push(format!("`{name}` in [{at}] has more than {MAX_KEYS} keys"));
        }
        let mut keys = Vec::new();
        for text in written.iter().take(MAX_KEYS) {
            match Key::parse(text) {
                Some(key) if place.takes_text() && key.types_text() => {
                    faults.push(format!("`{text}` in [{at}] would be typed into the search box"));
                }
                Some(key) => keys.push(key),
                None => faults.push(format!("`{text}` of `{name}` in [{at}] is no key")),
            }
        }
        self.bindings.insert((place, action), keys);
    }

    /// A key that means two things at one place, counting the keys of every screen there; no key to leave.
    fn find_conflicts(&self, faults: &mut Vec<String>) {
        for place in Place::ALL {
            let mut meanings: Vec<(Key, Action)> = Vec::new();
            let own = self.actions(place);
            let shared = self
                .actions(Place::Everywhere)
                .filter(|_| place != Place::Everywhere);
            for (action, keys) in own.chain(shared) {
                for key in keys {
                    match meanings.iter().find(|(known, _)| known == key) {
                        Some((_, other)) if *other != action => {
                            let (at, other, action) = (place.name(), other.name(), action.name());
                            faults.push(format!("{key} in [{at}] is both `{other}` and `{action}`"));
                        }
                        Some(_) => {}
                        None => meanings.push((*key, action)),
                    }
                }
            }
        }
        if self.keys(Place::Everywhere, Action::Quit).is_empty() {
            faults.push("`quit` needs a key in [everywhere]".to_owned());
        }
    }
}

#[cfg(test)]
#[path = "keymap/tests.rs"]
mod tests;
