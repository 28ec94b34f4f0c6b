//! A key: how it is written, what the terminal reports for it, and where it lies on the keyboard.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::file::nearest;

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

/// Rows of characters of the Russian and Kazakh layouts and, at the same places, of the US layout. A character that
/// stands twice lies at different places of the two: `.` and `,` on the Russian one where `/` and `?` are, on the
/// Kazakh one in the digit row; `№` on the Kazakh one where `/` is.
/// <https://learn.microsoft.com/globalization/keyboards/kbdkaz>, `kbdru`.
const ROWS: [(&str, &str); 5] = [
    (
        "йцукенгшщзхъфывапролджэячсмитьбю.ё",
        "qwertyuiop[]asdfghjkl;'zxcvbnm,./`",
    ),
    (
        "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё",
        "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?~",
    ),
    ("№", "/"),
    (KAZAKH_DIGIT_ROW, "1234567890"),
    ("өһ(", "-=`"),
];

/// What the digit row of the Kazakh layout types, from `1` to `0`.
const KAZAKH_DIGIT_ROW: &str = "\"әіңғ,.үұқ";

/// The digit that shares its key with `c` on the Kazakh layout.
pub(crate) fn digit_at(c: char) -> Option<char> {
    KAZAKH_DIGIT_ROW
        .chars()
        .zip("1234567890".chars())
        .find_map(|(typed, digit)| (typed == c).then_some(digit))
}

/// The character at the same place of `to` as `c` has in `from`.
fn across(c: char, from: &str, to: &str) -> Option<char> {
    from.chars()
        .zip(to.chars())
        .find_map(|(typed, other)| (typed == c).then_some(other))
}

/// `text` as the same keys type it on the US layout, and on the Russian or Kazakh one, where that is another text.
pub(crate) fn on_other_layouts(text: &str) -> impl Iterator<Item = String> {
    let there = |to_latin: bool| -> String {
        let key = |c: char| {
            let rows = ROWS.iter().map(|(cyrillic, latin)| {
                let (from, to) = if to_latin {
                    (cyrillic, latin)
                } else {
                    (latin, cyrillic)
                };
                across(c, from, to)
            });
            rows.flatten().next().unwrap_or(c)
        };
        text.chars().map(key).collect()
    };
    let texts = [there(true), there(false)].into_iter();
    texts.filter(move |other| other != text)
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

    /// The keys of the US layout that may lie where this character of a Cyrillic layout does, the likeliest first.
    pub(crate) fn by_position(self) -> impl Iterator<Item = Self> {
        let typed = match self.code {
            KeyCode::Char(typed) => Some(typed),
            _ => None,
        };
        ROWS.iter().filter_map(move |(cyrillic, latin)| {
            let code = KeyCode::Char(across(typed?, cyrillic, latin)?);
            Some(Self { code, ..self })
        })
    }

    /// What terminals send in place of the key, if it never arrives as itself: the control characters are older than
    /// keys of these names, and of the other characters only few have one.
    pub(crate) fn sent_as(self) -> Option<&'static str> {
        let KeyCode::Char(c) = self.code else {
            return None;
        };
        if !self.modifiers.contains(KeyModifiers::CONTROL) {
            return None;
        }
        match c {
            'i' => Some("Tab"),
            'm' => Some("Enter"),
            '[' => Some("Esc"),
            'h' => Some("Backspace so"),
            'a'..='z' | ' ' | '4'..='7' => None,
            _ => Some("nothing or another key"),
        }
    }

    /// True if the key changes or walks through what is typed in a box.
    pub(crate) fn edits_text(self) -> bool {
        let edits = matches!(
            self.code,
            KeyCode::Backspace | KeyCode::Delete | KeyCode::Left | KeyCode::Right
        );
        edits && self.modifiers.is_empty()
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

/// The keys of a text: characters as they are, other keys by their names, as `<Enter>` or `<Alt-5>`.
pub(crate) fn script(keys: &str) -> Vec<KeyEvent> {
    let mut events = Vec::new();
    let mut rest = keys.chars();
    while let Some(c) = rest.next() {
        let named = rest.as_str().split_once('>').filter(|_| c == '<');
        match named.and_then(|(name, behind)| Some((Key::parse(name)?, behind))) {
            Some((key, behind)) => {
                events.push(key.event());
                rest = behind.chars();
            }
            None => events.push(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)),
        }
    }
    events
}

/// The key that was probably meant by what is none: `ctrl+k`, `enter`, `Page-Up`.
pub(super) fn meant(written: &str) -> Option<String> {
    let parts: Vec<&str> = written.split(['-', '+']).collect();
    let (name, modifiers) = match parts.as_slice() {
        [modifier, rest @ ..] if !rest.is_empty() => match modifier.to_lowercase().as_str() {
            "ctrl" | "control" | "c" | "strg" => (rest.concat(), "Ctrl-"),
            "alt" | "meta" | "m" | "a" => (rest.concat(), "Alt-"),
            _ => (parts.concat(), ""),
        },
        _ => (written.to_owned(), ""),
    };
    let name = name.trim();
    let named = NAMED.iter().map(|(name, _)| *name);
    let key = match Key::parse(name).or_else(|| Key::parse(&name.to_uppercase())) {
        Some(_) if name.chars().count() > 1 => name.to_uppercase(),
        Some(_) => name.to_owned(),
        None => match name.to_lowercase().as_str() {
            "pgup" => "PageUp".to_owned(),
            "pgdn" | "pgdown" => "PageDown".to_owned(),
            "escape" => "Esc".to_owned(),
            "return" => "Enter".to_owned(),
            _ => nearest(name, named)?.to_owned(),
        },
    };
    let key = format!("{modifiers}{key}");
    Key::parse(&key).map(|_| key)
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
        for (cyrillic, latin) in ROWS {
            assert_eq!(cyrillic.chars().count(), latin.chars().count(), "{latin}");
        }
    }

    #[test]
    fn a_cyrillic_letter_lies_where_its_latin_one_does() {
        for (cyrillic, latin) in [
            ('о', "j"),
            ('й', "q"),
            ('П', "G"),
            ('Ж', ":"),
            ('.', "/ 7"),
            (',', "? 6"),
            ('№', "/"),
            ('ә', "2"),
            ('"', "1"),
            ('ө', "-"),
            ('j', ""),
        ] {
            let keys: Vec<String> = typed(cyrillic).by_position().map(|key| key.to_string()).collect();
            assert_eq!(keys.join(" "), latin, "{cyrillic}");
        }
        let ctrl = Key::of(&KeyEvent::new(KeyCode::Char('Й'), KeyModifiers::CONTROL));
        assert_eq!(ctrl.by_position().next(), Key::parse("Ctrl-Q"));
        assert_eq!(Key::parse("F5").unwrap().by_position().next(), None);
    }

    #[test]
    fn a_text_is_known_on_the_other_layouts() {
        let others = |text| on_other_layouts(text).collect::<Vec<_>>();
        assert_eq!(others("pfvtnrf"), ["заметка"]);
        assert_eq!(others("тщеу"), ["note"]);
        assert_eq!(others("2htrtn"), ["әрекет"]);
        assert_eq!(others("-"), ["ө"]);
        assert!(others(" ").is_empty());
    }

    #[test]
    fn a_key_written_otherwise_is_guessed() {
        for (written, key) in [
            ("enter", Some("Enter")),
            ("PgDn", Some("PageDown")),
            ("page-up", Some("PageUp")),
            ("ctrl+k", Some("Ctrl-k")),
            ("C-x", Some("Ctrl-x")),
            ("alt-f4", Some("Alt-F4")),
            ("f3", Some("F3")),
            ("Bakspace", Some("Backspace")),
            ("F77", None),
            ("jj", None),
        ] {
            assert_eq!(meant(written).as_deref(), key, "{written}");
        }
    }

    #[test]
    fn keys_that_never_arrive_are_known() {
        for (key, sent) in [
            ("Ctrl-i", Some("Tab")),
            ("Ctrl-M", Some("Enter")),
            ("Ctrl-[", Some("Esc")),
            ("Ctrl-Q", None),
            ("Ctrl-Space", None),
            ("Alt-1", None),
            ("i", None),
        ] {
            assert_eq!(Key::parse(key).unwrap().sent_as(), sent, "{key}");
        }
        assert!(Key::parse("Ctrl-1").unwrap().sent_as().is_some());
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
