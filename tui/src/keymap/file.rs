//! A keymap file: what it binds, and all that is wrong with it, each fault with its line. Whoever wrote the file sees
//! every fault at once and before the terminal is taken over.

use std::collections::{BTreeMap, HashMap};

use toml::Spanned;

use super::key::{self, Key};
use super::{Keymap, KeymapError, Place};
use crate::action::Action;

/// The most keys that one action may have in one place.
const MAX_KEYS: usize = 8;

/// What a file holds: places, actions, keys.
type Source = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Vec<Spanned<String>>>>;

/// Where a key was written: `FILE:LINE`.
type Spot = String;

/// A keymap while its files are read.
#[derive(Debug, Default)]
pub(super) struct Loader {
    keymap: Keymap,
    spots: HashMap<(Place, Action, Key), Spot>,
}

/// A file that is being read.
struct File<'a> {
    name: &'a str,
    text: &'a str,
    faults: Vec<String>,
}

impl File<'_> {
    fn spot<T>(&self, at: &Spanned<T>) -> Spot {
        format!("{}:{}", self.name, line_of(self.text, at.span().start))
    }

    fn fault<T>(&mut self, at: &Spanned<T>, said: &str) {
        let fault = format!("{}: {said}", self.spot(at));
        self.faults.push(fault);
    }
}

impl Loader {
    /// Takes in a file called `name`; the actions it names lose the keys that they had at its place.
    pub(super) fn add(&mut self, name: &str, text: &str) -> Result<(), KeymapError> {
        let source: Source = toml::from_str(text).map_err(|error| KeymapError::Syntax {
            file: name.to_owned(),
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            reason: error.message().to_owned(),
        })?;
        let mut file = File {
            name,
            text,
            faults: Vec::new(),
        };
        for (place, actions) in &source {
            let Some(at) = Place::from_name(place.get_ref()) else {
                let names = Place::ALL.map(Place::name);
                let said = format!(
                    "there is no place [{}]{}",
                    place.get_ref(),
                    meant(place.get_ref(), names)
                );
                file.fault(place, &said);
                continue;
            };
            for (action, keys) in actions {
                if let Some(known) = Action::from_name(action.get_ref()) {
                    self.bind(at, known, action, keys, &mut file);
                    continue;
                }
                let names = Action::ALL.iter().map(|action| action.name());
                let written = action.get_ref();
                let said = format!("there is no action `{written}`{}", meant(written, names));
                file.fault(action, &said);
            }
        }
        self.find_conflicts(&mut file);
        if file.faults.is_empty() {
            return Ok(());
        }
        Err(KeymapError::Faults(file.faults))
    }

    /// The keymap of all files.
    pub(super) fn finish(self) -> Keymap {
        self.keymap
    }

    fn bind(
        &mut self,
        place: Place,
        action: Action,
        name: &Spanned<String>,
        written: &[Spanned<String>],
        file: &mut File<'_>,
    ) {
        if written.len() > MAX_KEYS {
            let said = format!(
                "`{}` in [{}] has more than {MAX_KEYS} keys",
                action.name(),
                place.name()
            );
            file.fault(name, &said);
        }
        self.spots.retain(|(p, a, _), _| (*p, *a) != (place, action));
        let mut keys = Vec::new();
        for text in written.iter().take(MAX_KEYS) {
            match usable(place, action, text.get_ref()) {
                Ok(key) => {
                    self.spots.insert((place, action, key), file.spot(text));
                    keys.push(key);
                }
                Err(said) => file.fault(text, &said),
            }
        }
        self.keymap.bindings.insert((place, action), keys);
    }

    /// A key that means two things at one place, counting the keys of every screen there; no key to leave.
    fn find_conflicts(&self, file: &mut File<'_>) {
        for place in Place::ALL {
            let mut meanings: HashMap<Key, (Place, Action)> = HashMap::new();
            let shared = (place != Place::Everywhere).then_some(Place::Everywhere);
            for from in std::iter::once(place).chain(shared) {
                for (action, keys) in self.keymap.actions(from) {
                    for key in keys {
                        let (other_from, other) = *meanings.entry(*key).or_insert((from, action));
                        if other != action {
                            let pair = [(other_from, other), (from, action)];
                            let said = self.conflict(place, *key, pair);
                            // A conflict within [everywhere] is one, not one at each place.
                            if !file.faults.contains(&said) {
                                file.faults.push(said);
                            }
                        }
                    }
                }
            }
        }
        if self.keymap.keys(Place::Everywhere, Action::Quit).is_empty() {
            let fault = format!("{}: `quit` needs a key in [everywhere]", file.name);
            file.faults.push(fault);
        }
    }

    fn conflict(&self, place: Place, key: Key, pair: [(Place, Action); 2]) -> String {
        let place = match pair {
            [(Place::Everywhere, _), (Place::Everywhere, _)] => Place::Everywhere,
            _ => place,
        };
        let [first, second] = pair.map(|(from, action)| {
            let spot = self.spots.get(&(from, action, key));
            (action.name(), spot.map_or("", String::as_str))
        });
        // The line that the operator wrote stands first: the other may be a built-in one.
        let [(name, spot), (other, other_spot)] = if second.1.starts_with(super::BUILTIN_NAME) {
            [first, second]
        } else {
            [second, first]
        };
        format!(
            "{spot}: {key} in [{}] is both `{name}` and `{other}` ({other_spot})",
            place.name()
        )
    }
}

/// The key that `text` names, if it can be pressed for `action` at `place`.
fn usable(place: Place, action: Action, text: &str) -> Result<Key, String> {
    let (at, name) = (place.name(), action.name());
    let Some(key) = Key::parse(text) else {
        let meant = key::meant(text).map_or_else(String::new, |key| format!("; did you mean `{key}`?"));
        return Err(format!("`{text}` of `{name}` in [{at}] is no key{meant}"));
    };
    if let Some(sent) = key.sent_as() {
        return Err(format!(
            "`{text}` of `{name}` in [{at}] never arrives: terminals send {sent}"
        ));
    }
    let typed = place.takes_text() || place == Place::Everywhere;
    if typed && key.types_text() {
        return Err(format!(
            "`{text}` of `{name}` in [{at}] would be typed into the search box"
        ));
    }
    if typed && key.edits_text() {
        return Err(format!("`{text}` of `{name}` in [{at}] edits the search box"));
    }
    Ok(key)
}

/// The name that was probably meant, as the end of a sentence.
fn meant<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(written, names).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// The most edits by which a name may be missed: more is another word.
const MAX_EDITS: usize = 2;

/// The one of `names` that is the fewest edits away from what was written.
pub(super) fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let edits = names
        .into_iter()
        .map(|name| (edits(&written, &name.to_lowercase()), name));
    let (least, name) = edits.min_by_key(|(edits, _)| *edits)?;
    (least <= MAX_EDITS && least < written.chars().count()).then_some(name)
}

/// Letters to change, add or drop to make one word of the other (Levenshtein's distance).
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, a) in one.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        let next = std::iter::once(left).chain(other.chars().zip(row.windows(2)).map(|(b, above)| {
            let [_, up] = above else { return left };
            left = (diagonal + usize::from(a != b)).min(left + 1).min(up + 1);
            diagonal = *up;
            left
        }));
        row = next.collect();
    }
    row.last().copied().unwrap_or_default()
}

/// The number of the line at byte `offset`.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (one, other, count) in [
            ("", "", 0),
            ("", "up", 2),
            ("down", "down", 0),
            ("dwon", "down", 2),
            ("dow", "down", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edits(one, other), count, "{one} {other}");
            assert_eq!(edits(other, one), count, "{other} {one}");
        }
    }

    #[test]
    fn the_nearest_name_is_guessed_and_no_other_word() {
        let names = ["journal", "search", "card"];
        assert_eq!(nearest("kard", names), Some("card"));
        assert_eq!(nearest("Jurnal", names), Some("journal"));
        assert_eq!(nearest("elephant", names), None);
        assert_eq!(nearest("x", ["up"]), None, "two edits make anything of a letter");
    }
}
