//! A key: how it is written, what the terminal reports for it, and where it lies on the keyboard.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers. Shift is part of a character (`G`), never a modifier of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

const NAMED: [(&str, KeyCode); 16] = [
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("BackTab", KeyCode::BackTab),
    ("Space", KeyCode::Char(' ')),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PageUp", KeyCode::PageUp),
    ("PageDown", KeyCode::PageDown),
    ("Insert", KeyCode::Insert),
    ("Delete", KeyCode::Delete),
    ("Backspace", KeyCode::Backspace),
];

/// The letters of the Russian and Kazakh layouts and, at the same places, the keys of the US layout.
const CYRILLIC: &str = "йцукенгшщзхъфывапролджэячсмитьбю.ё";
const LATIN: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`";
const CYRILLIC_SHIFTED: &str = "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё";
const LATIN_SHIFTED: &str = "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?~";

/// What the digit row of the Kazakh layout types, from `1` to `0`.
const KAZAKH_DIGIT_ROW: &str = "\"әіңғ,.үұқ";

/// The digit that shares its key with `c` on the Kazakh layout.
pub(crate) fn digit_at(c: char) -> Option<char> {
    KAZAKH_DIGIT_ROW
        .chars()
        .zip("1234567890".chars())
        .find_map(|(typed, digit)| (typed == c).then_some(digit))
}

impl Key {
    /// The key of an event.
    pub(crate) fn of(event: &KeyEvent) -> Self {
        let mut modifiers = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT);
        let code = match event.code {
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => {
                KeyCode::Char(c.to_lowercase().next().unwrap_or(c))
            }
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        if code == KeyCode::BackTab {
            modifiers = KeyModifiers::NONE;
        }
        Self { code, modifiers }
    }

    /// The key at the same place of the US layout, for a character of a Cyrillic layout.
    pub(crate) fn by_position(self) -> Option<Self> {
        let KeyCode::Char(typed) = self.code else {
            return None;
        };
        let rows = [(CYRILLIC, LATIN), (CYRILLIC_SHIFTED, LATIN_SHIFTED)];
        let at_place = rows.iter().find_map(|(cyrillic, latin)| {
            let mut pairs = cyrillic.chars().zip(latin.chars());
            pairs.find_map(|(c, l)| (c == typed).then_some(l))
        });
        let code = KeyCode::Char(at_place.or_else(|| digit_at(typed))?);
        Some(Self { code, ..self })
    }

    /// True if the key types a character where text is typed.
    pub(crate) fn types_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }

    /// True if the key types the beginning of a number: a digit, on the Kazakh layout too, or a plus.
    pub(crate) fn begins_number(self) -> bool {
        let KeyCode::Char(c) = self.code else {
            return false;
        };
        self.types_text() && (c.is_ascii_digit() || c == '+' || digit_at(c).is_some())
    }

    /// The event that a terminal reports for the key.
    #[cfg(test)]
    pub(crate) const fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// Reads a key as the keymap file writes it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (modifiers, name) = match (text.strip_prefix("Ctrl-"), text.strip_prefix("Alt-")) {
            (Some(name), _) => (KeyModifiers::CONTROL, name),
            (None, Some(name)) => (KeyModifiers::ALT, name),
            (None, None) => (KeyModifiers::NONE, text),
        };
        let named = NAMED.iter().find_map(|(n, code)| (*n == name).then_some(*code));
        let code = named.or_else(|| function_key(name)).or_else(|| {
            let mut chars = name.chars();
            let c = chars.next().filter(|c| !c.is_control() && *c != ' ')?;
            let c = if modifiers.is_empty() {
                c
            } else {
                c.to_ascii_lowercase()
            };
            chars.next().is_none().then_some(KeyCode::Char(c))
        })?;
        Some(Self { code, modifiers })
    }
}

fn function_key(name: &str) -> Option<KeyCode> {
    let number: u8 = name.strip_prefix('F')?.parse().ok()?;
    (1..=12).contains(&number).then_some(KeyCode::F(number))
}

impl fmt::Display for Key {
    /// As hints show it: in letters, `Shift-Tab` for what terminals call `BackTab`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("Ctrl-")?;
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("Alt-")?;
        }
        let named = NAMED.iter().find(|(_, code)| *code == self.code);
        match (self.code, named) {
            (KeyCode::BackTab, _) => f.write_str("Shift-Tab"),
            (KeyCode::PageUp, _) => f.write_str("PgUp"),
            (KeyCode::PageDown, _) => f.write_str("PgDn"),
            (_, Some((name, _))) => f.write_str(name),
            (KeyCode::F(number), None) => write!(f, "F{number}"),
            (KeyCode::Char(c), None) if self.modifiers.is_empty() => write!(f, "{c}"),
            (KeyCode::Char(c), None) => write!(f, "{}", c.to_uppercase()),
            (code, None) => write!(f, "{code:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(c: char) -> Key {
        Key::of(&KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))
    }

    #[test]
    fn keys_are_read_and_shown_in_letters() {
        for (written, shown) in [
            ("Enter", "Enter"),
            ("BackTab", "Shift-Tab"),
            ("PageDown", "PgDn"),
            ("F10", "F10"),
            ("Ctrl-Q", "Ctrl-Q"),
            ("Space", "Space"),
            ("G", "G"),
            ("/", "/"),
        ] {
            assert_eq!(Key::parse(written).unwrap().to_string(), shown);
        }
        for wrong in ["", "F13", "F0", "Ctrl-", "jj", "Hyper-x", " "] {
            assert_eq!(Key::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rows_of_one_place_have_one_length() {
        assert_eq!(CYRILLIC.chars().count(), LATIN.chars().count());
        assert_eq!(CYRILLIC_SHIFTED.chars().count(), LATIN_SHIFTED.chars().count());
        assert_eq!(KAZAKH_DIGIT_ROW.chars().count(), 10);
    }

    #[test]
    fn a_cyrillic_letter_lies_where_its_latin_one_does() {
        assert_eq!(typed('о').by_position(), Key::parse("j"));
        assert_eq!(typed('П').by_position(), Key::parse("G"));
        assert_eq!(typed('.').by_position(), Key::parse("/"));
        assert_eq!(typed('ә').by_position(), Key::parse("2"));
        assert_eq!(typed('j').by_position(), None);
        let ctrl = Key::of(&KeyEvent::new(KeyCode::Char('Й'), KeyModifiers::CONTROL));
        assert_eq!(ctrl.by_position(), Key::parse("Ctrl-Q"));
    }

    #[test]
    fn the_kazakh_digit_row_gives_digits() {
        let digits: String = "\"әіңғ,.үұқ".chars().filter_map(digit_at).collect();
        assert_eq!(digits, "1234567890");
        assert_eq!(digit_at('а'), None);
    }

    #[test]
    fn shift_and_tab_are_one_key() {
        let both = [
            KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT),
            KeyEvent::new(KeyCode::Tab, KeyModifiers::SHIFT),
        ];
        for event in both {
            assert_eq!(Some(Key::of(&event)), Key::parse("BackTab"));
        }
    }
}
