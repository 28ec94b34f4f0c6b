//! Whether the terminal is light or dark. Some say so in `COLORFGBG`; others answer a question (OSC 11,
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>, "Dynamic Colors"). The answer comes between the keys,
//! after milliseconds or, on a slow line, after seconds, or never: nothing waits for it, and none of it is taken for
//! typing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The question.
pub(crate) const QUESTION: &str = "\x1b]11;?\x07";

/// The background of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Light, for dark letters.
    Light,
    /// Dark, for light letters.
    Dark,
}

/// What is known of the background before the console opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backdrop {
    /// Nothing, and the terminal is not to be asked: it would show a question that it does not know, as the Linux console
    /// does.
    #[default]
    Unknown,
    /// The terminal may be asked.
    Ask,
    /// It is this.
    Is(Background),
}

impl Backdrop {
    /// The background, if it is known.
    pub(crate) const fn known(self) -> Option<Background> {
        match self {
            Self::Is(background) => Some(background),
            Self::Unknown | Self::Ask => None,
        }
    }
}

impl Background {
    /// Reads `COLORFGBG`, which names colours of the sixteen: `15;0` is white on black, `0;default;15` black on white.
    #[must_use]
    pub fn from_colorfgbg(value: &str) -> Option<Self> {
        match value.rsplit(';').next()?.parse::<u8>().ok()? {
            0..=6 | 8 => Some(Self::Dark),
            7 | 9..=15 => Some(Self::Light),
            _ => None,
        }
    }

    /// Reads what stands in the answer behind `11;`: `rgb:1e1e/1e1e/1e1e`, with one to four hexadecimal digits each, or
    /// `rgba:` with a fourth part.
    fn from_answer(answer: &str) -> Option<Self> {
        let parts = answer
            .strip_prefix("rgb:")
            .or_else(|| answer.strip_prefix("rgba:"))?;
        let mut parts = parts.split('/').map(|part| {
            let full = 16_u32
                .checked_pow(u32::try_from(part.len()).ok()?)?
                .checked_sub(1)?;
            let value = u32::from_str_radix(part, 16).ok()?;
            (full > 0).then(|| f64::from(value) / f64::from(full))
        });
        let mut next = || parts.next().flatten();
        let (red, green, blue) = (next()?, next()?, next()?);
        // Luma of ITU-R BT.601, which weighs the values as they are.
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        Some(if luma > 0.5 { Self::Light } else { Self::Dark })
    }
}

/// What the answer begins with, as the terminal's keys are read: `ESC ]` is `Alt-]`.
const BEGINNING: &str = "11;";

/// The most characters of an answer: `11;rgba:` and four parts of four digits need 28.
const MAX_CHARS: usize = 40;

/// What came of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// These keys were pressed by a hand.
    Keys(Vec<KeyEvent>),
    /// The key may belong to an answer: it is held back.
    Held,
    /// The answer has ended and says this.
    Answer(Option<Background>),
}

/// Picks the answer out of the keys.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    /// No answer is expected, or it has come.
    deaf: bool,
    held: Vec<KeyEvent>,
    said: String,
}

impl Listener {
    /// One that expects an answer, or none.
    pub(crate) fn new(expects: bool) -> Self {
        Self {
            deaf: !expects,
            ..Self::default()
        }
    }

    /// Takes a key.
    pub(crate) fn hear(&mut self, key: KeyEvent) -> Heard {
        let is = |c, modifiers| key.code == KeyCode::Char(c) && key.modifiers == modifiers;
        if self.held.is_empty() {
            if self.deaf || !is(']', KeyModifiers::ALT) {
                return Heard::Keys(vec![key]);
            }
            self.held.push(key);
            return Heard::Held;
        }
        self.held.push(key);
        if is('\\', KeyModifiers::ALT) || is('g', KeyModifiers::CONTROL) {
            if let Some(answer) = self.said.strip_prefix(BEGINNING) {
                let answer = Background::from_answer(answer);
                *self = Self::new(false);
                return Heard::Answer(answer);
            }
            return self.let_go();
        }
        match key.code {
            KeyCode::Char(c) if self.said.len() < MAX_CHARS => self.said.push(c),
            _ => return self.let_go(),
        }
        let begins = BEGINNING.starts_with(&self.said) || self.said.starts_with(BEGINNING);
        if begins { Heard::Held } else { self.let_go() }
    }

    /// It was typing after all.
    fn let_go(&mut self) -> Heard {
        self.said.clear();
        Heard::Keys(std::mem::take(&mut self.held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys as which a terminal's answer is read.
    fn keys(answer: &str) -> Vec<KeyEvent> {
        let mut keys = Vec::new();
        let mut chars = answer.chars();
        while let Some(c) = chars.next() {
            keys.push(match c {
                '\x1b' => KeyEvent::new(KeyCode::Char(chars.next().unwrap()), KeyModifiers::ALT),
                '\x07' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
                c => KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE),
            });
        }
        keys
    }

    /// The characters that reach the console, and the answers found.
    fn heard(listener: &mut Listener, bytes: &str) -> (String, Vec<Option<Background>>) {
        let (mut typed, mut answers) = (String::new(), Vec::new());
        for key in keys(bytes) {
            match listener.hear(key) {
                Heard::Keys(keys) => typed.extend(keys.iter().filter_map(|key| key.code.as_char())),
                Heard::Held => {}
                Heard::Answer(answer) => answers.push(answer),
            }
        }
        (typed, answers)
    }

    #[test]
    fn an_answer_is_found_between_keys_and_none_of_it_is_typed() {
        for (answer, background) in [
            ("\x1b]11;rgb:1e1e/1e1e/1e1e\x07", Some(Background::Dark)),
            ("\x1b]11;rgb:ffff/FFFF/dddd\x1b\\", Some(Background::Light)),
            ("\x1b]11;rgb:f/f/f\x07", Some(Background::Light)),
            ("\x1b]11;rgba:0000/2b2b/3636/ffff\x1b\\", Some(Background::Dark)),
            ("\x1b]11;pink\x07", None),
            ("\x1b]11;rgb:/1/1\x07", None),
        ] {
            let mut listener = Listener::new(true);
            let (typed, answers) = heard(&mut listener, &format!("90{answer}01"));
            assert_eq!(
                (typed.as_str(), answers),
                ("9001", vec![background]),
                "{answer:?}"
            );
        }
    }

    #[test]
    fn what_is_no_answer_is_typed() {
        let mut listener = Listener::new(true);
        let (typed, answers) = heard(&mut listener, "\x1b]1x\x1b]\x1b]11;");
        assert_eq!((typed.as_str(), answers.len()), ("]1x]]11;", 0));
        let long = format!("\x1b]11;{}", "7".repeat(2 * MAX_CHARS));
        let mut listener = Listener::new(true);
        let (typed, _) = heard(&mut listener, &long);
        assert_eq!(typed.len(), long.len() - 1, "nothing is held back for ever");
        let (typed, answers) = heard(&mut Listener::new(false), "\x1b]11;rgb:f/f/f\x07");
        assert_eq!(
            (typed.as_str(), answers.len()),
            ("]11;rgb:f/f/fg", 0),
            "not expected"
        );
    }

    #[test]
    fn colorfgbg_names_the_background_last() {
        for (value, background) in [
            ("15;0", Some(Background::Dark)),
            ("0;15", Some(Background::Light)),
            ("0;default;15", Some(Background::Light)),
            ("7;8", Some(Background::Dark)),
            ("0;7", Some(Background::Light)),
            ("15;default", None),
            ("", None),
        ] {
            assert_eq!(Background::from_colorfgbg(value), background, "{value}");
        }
    }
}
