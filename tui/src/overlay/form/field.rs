//! A field of a form: a line of text, or one of several.

use crossterm::event::{Event, KeyCode, KeyEvent};
use ratatui::text::{Line, Span};
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};
use unicode_width::UnicodeWidthStr;

use crate::keymap::key::{Key, on_other_layouts};
use crate::theme::Role;
use crate::typed::on_digit_row;
use crate::ui::Ui;
use crate::widgets::columns::{Align, cut, fit};

/// The most characters of a text field, unless it says otherwise.
const MAX_CHARS: usize = 100;

/// Judges a text without spaces around it: the key of the sentence that says what is wrong, if anything.
pub(crate) type Validator = fn(&str) -> Result<(), &'static str>;

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    label: &'static str,
    kind: Kind,
}

enum Kind {
    Text {
        input: Input,
        judge: Validator,
        /// Digits are meant, also as the digit row of the Kazakh layout types them.
        number: bool,
        most: usize,
    },
    Choice {
        /// Code and word.
        of: Vec<(String, String)>,
        at: usize,
        /// The letters that narrow it down to the words that hold them.
        typed: String,
    },
}

// What is typed may be a phone or a note.
impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text { .. } => "Text(..)",
            Self::Choice { .. } => "Choice(..)",
        })
    }
}

impl Field {
    /// A line of text; `label` is the key of its name.
    pub(crate) fn text(label: &'static str, judge: Validator) -> Self {
        let kind = Kind::Text {
            input: Input::default(),
            judge,
            number: false,
            most: MAX_CHARS,
        };
        Self { label, kind }
    }

    /// A line of text that is a number, such as a phone.
    pub(crate) fn number(label: &'static str, judge: Validator) -> Self {
        let kind = Kind::Text {
            input: Input::default(),
            judge,
            number: true,
            most: MAX_CHARS,
        };
        Self { label, kind }
    }

    /// One of several, each with its code and its word in the language of the console. The first one is chosen; arrows
    /// go through them, letters narrow them down.
    pub(crate) fn choice<C: Into<String>>(label: &'static str, of: Vec<(C, String)>) -> Self {
        let of = of.into_iter().map(|(code, word)| (code.into(), word)).collect();
        let kind = Kind::Choice {
            of,
            at: 0,
            typed: String::new(),
        };
        Self { label, kind }
    }

    /// True for one of several.
    pub(super) const fn is_choice(&self) -> bool {
        matches!(self.kind, Kind::Choice { .. })
    }

    /// True for a line that is a number.
    pub(super) const fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Text { number: true, .. })
    }

    /// The text, or the code of the choice, to begin with.
    pub(crate) fn with(mut self, value: &str) -> Self {
        match &mut self.kind {
            Kind::Text { input, .. } => *input = Input::new(value.to_owned()),
            Kind::Choice { of, at, .. } => {
                *at = of.iter().position(|(code, _)| code == value).unwrap_or(*at);
            }
        }
        self
    }

    /// The most characters of the text.
    pub(crate) const fn at_most(mut self, chars: usize) -> Self {
        if let Kind::Text { most, .. } = &mut self.kind {
            *most = chars;
        }
        self
    }

    /// The key of its name.
    pub(super) const fn label(&self) -> &'static str {
        self.label
    }

    /// The text without spaces around it, or the code of the choice.
    pub(super) fn value(&self) -> String {
        match &self.kind {
            Kind::Text { .. } => self.shown().trim().to_owned(),
            Kind::Choice { of, at, .. } => of.get(*at).map_or_else(String::new, |(code, _)| code.clone()),
        }
    }

    /// The key of what is wrong with its value.
    pub(super) fn fault(&self) -> Option<&'static str> {
        match &self.kind {
            Kind::Text { judge, .. } => judge(&self.value()).err(),
            Kind::Choice { .. } => None,
        }
    }

    /// A key that types, edits or chooses.
    pub(super) fn on_key(&mut self, key: KeyEvent) {
        match &mut self.kind {
            Kind::Text { input, most, .. } => {
                let full = input.value().chars().count() >= *most;
                if !(full && Key::of(&key).types_text()) {
                    input.handle_event(&Event::Key(key));
                }
            }
            Kind::Choice { of, at, typed } => match key.code {
                KeyCode::Char(' ') if typed.is_empty() => *at = beside(of, *at, typed, true),
                KeyCode::Right => *at = beside(of, *at, typed, true),
                KeyCode::Left => *at = beside(of, *at, typed, false),
                KeyCode::Backspace => {
                    typed.pop();
                }
                KeyCode::Char(_) if Key::of(&key).types_text() => narrow(of, at, typed, key.code),
                _ => {}
            },
        }
    }

    /// Pasted text, line ends as spaces.
    pub(super) fn on_paste(&mut self, text: &str) {
        if let Kind::Text { input, most, .. } = &mut self.kind {
            let room = most.saturating_sub(input.value().chars().count());
            let spaced = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
            for c in spaced.take(room) {
                input.handle(InputRequest::InsertChar(c));
            }
        }
    }

    /// The text as it is meant.
    fn shown(&self) -> String {
        match &self.kind {
            Kind::Text {
                input, number: true, ..
            } => on_digit_row(input.value()),
            Kind::Text { input, .. } => input.value().to_owned(),
            Kind::Choice { of, at, .. } => of.get(*at).map_or_else(String::new, |(_, word)| word.clone()),
        }
    }

    /// The field as a line of `width` cells, `labels` of them for its name.
    pub(super) fn line(&self, ui: &Ui, focused: bool, labels: usize, width: usize) -> Line<'static> {
        let room = width.saturating_sub(labels + GAP).max(1);
        let look = if focused { Role::Focus } else { Role::Dim };
        let value = match &self.kind {
            Kind::Text { .. } => {
                let shown: String = self.shown().chars().skip(self.scroll(room)).collect();
                ui.span(Role::Aloud, cut(&shown, room))
            }
            Kind::Choice { of, at, typed } if focused => {
                return self.choosing(ui, (of, *at, typed), labels, room);
            }
            Kind::Choice { .. } => ui.span(Role::Text, format!("  {}", self.shown())),
        };
        let mark = if focused { "> " } else { "  " };
        Line::from(vec![
            ui.span(look, mark),
            ui.span(look, fit(&ui.t(self.label), labels, Align::Left)),
            Span::raw(" "),
            value,
        ])
    }

    /// A choice that has the cursor: the one chosen, what was typed, and those that come after, as many as have room, of the
    /// others how many.
    fn choosing(
        &self,
        ui: &Ui,
        (of, at, typed): (&[(String, String)], usize, &str),
        labels: usize,
        room: usize,
    ) -> Line<'static> {
        let chosen = cut(&format!("< {} >", self.shown()), room);
        let fitting = matching(of, typed);
        let place = fitting.iter().position(|fits| *fits == at).unwrap_or(0);
        let after = fitting
            .iter()
            .cycle()
            .skip(place + 1)
            .take(fitting.len().saturating_sub(1));
        let after: Vec<&str> = after
            .filter_map(|at| of.get(*at))
            .map(|(_, word)| word.as_str())
            .collect();
        let mut left = room.saturating_sub(chosen.width() + 1);
        let mut rest = String::new();
        if !typed.is_empty() {
            rest = cut(&format!("\"{typed}\"  "), left);
            left = left.saturating_sub(rest.width());
        }
        rest.push_str(&as_fit(&after, left));
        Line::from(vec![
            ui.span(Role::Focus, "> "),
            ui.span(Role::Focus, fit(&ui.t(self.label), labels, Align::Left)),
            Span::raw(" "),
            ui.span(Role::Aloud, chosen),
            Span::raw(" "),
            ui.span(Role::Dim, rest),
        ])
    }

    /// The column of the cursor in that line.
    pub(super) fn cursor(&self, labels: usize, width: usize) -> usize {
        let room = width.saturating_sub(labels + GAP).max(1);
        let inside = match &self.kind {
            Kind::Text { input, .. } => input.visual_cursor().saturating_sub(self.scroll(room)).min(room),
            Kind::Choice { .. } => 2,
        };
        labels + GAP + inside
    }

    fn scroll(&self, room: usize) -> usize {
        match &self.kind {
            Kind::Text { input, .. } => input.visual_scroll(room),
            Kind::Choice { .. } => 0,
        }
    }
}

/// As many of these words as fit into `room` cells, none of them cut, and how many more there are.
fn as_fit(words: &[&str], room: usize) -> String {
    let said = |shown: usize| {
        let mut parts: Vec<String> = words.iter().take(shown).map(ToString::to_string).collect();
        if shown < words.len() {
            parts.push(format!("+{}", words.len() - shown));
        }
        parts.join("  ")
    };
    let mut tries = (0..=words.len()).rev().map(said);
    tries.find(|line| line.width() <= room).unwrap_or_default()
}

/// The places of the words that hold the letters, in the case and on the layout of any keyboard.
fn matching(of: &[(String, String)], typed: &str) -> Vec<usize> {
    let typed = typed.to_lowercase();
    let tries: Vec<String> = std::iter::once(typed.clone())
        .chain(on_other_layouts(&typed))
        .collect();
    let fits = |word: &str| {
        let word = word.to_lowercase();
        tries.iter().any(|letters| word.contains(letters.as_str()))
    };
    let words = of.iter().enumerate();
    words
        .filter(|(_, (_, word))| fits(word))
        .map(|(at, _)| at)
        .collect()
}

/// The next place among the words that hold the letters, or the one before.
fn beside(of: &[(String, String)], at: usize, typed: &str, forth: bool) -> usize {
    let fitting = matching(of, typed);
    let place = fitting.iter().position(|fits| *fits == at).unwrap_or(0);
    let steps = if forth { 1 } else { fitting.len().saturating_sub(1) };
    fitting
        .get((place + steps) % fitting.len().max(1))
        .copied()
        .unwrap_or(at)
}

/// One letter more; one that no word holds is not taken.
fn narrow(of: &[(String, String)], at: &mut usize, typed: &mut String, code: KeyCode) {
    let Some(letter) = code.as_char() else { return };
    typed.push(letter);
    let fitting = matching(of, typed);
    match fitting.first() {
        Some(first) if typed.chars().count() <= MAX_CHARS => {
            if !fitting.contains(at) {
                *at = *first;
            }
        }
        _ => {
            typed.pop();
        }
    }
}

/// The mark before the name and the space behind it.
const GAP: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_shown_whole_and_the_others_are_counted() {
        let words = ["Қазақша", "Русский", "English"];
        assert_eq!(as_fit(&words, 30), "Қазақша  Русский  English");
        assert_eq!(as_fit(&words, 24), "Қазақша  Русский  +1");
        assert_eq!(as_fit(&words, 11), "Қазақша  +2");
        assert_eq!(as_fit(&words, 10), "+3");
        assert_eq!(as_fit(&words, 1), "");
        assert_eq!(as_fit(&[], 5), "");
    }
}
