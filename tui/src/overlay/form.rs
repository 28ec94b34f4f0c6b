//! A small form over a screen: what will happen, what has to be filled in, and two buttons.
//!
//! A screen opens one with [`crate::effects::Effects::form`] and gets what was filled in by `on_form`:
//!
//! ```text
//! Form::new("ui-form-bind")
//!     .line(ui.t("ui-form-bind-what"))
//!     .field(Field::text("ui-form-phone", phone_is_right))
//!     .field(Field::choice("ui-form-role", vec![("own", ui.t("ui-phone-self")), ("child", ui.t("ui-phone-child"))]))
//! ```

pub(crate) mod field;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::{Outcome, boxed};
use crate::action::Action;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{cut, wrap};
pub(crate) use field::Field;

/// The most fields: more would not fit into the smallest window.
const MAX_FIELDS: usize = 4;

/// Cells of `[ ` and ` ]` around the word of a button.
const FRAME: usize = 4;

/// What a quoted row begins with.
const QUOTE: &str = "| ";

/// Cells between the buttons.
const GAP: usize = 2;

/// What was filled in and confirmed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Submitted {
    /// The key of the form's title.
    pub(crate) what: &'static str,
    /// The value of each field, in order, without spaces around it; of a choice its code.
    pub(crate) values: Vec<String>,
}

// The values may be a phone or a note.
impl std::fmt::Debug for Submitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Submitted({}, {} values)", self.what, self.values.len())
    }
}

/// Where the cursor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    /// In a field.
    Field(usize),
    /// On the button that does it.
    Do,
    /// On the button that does not.
    Cancel,
}

/// A form.
#[derive(Debug)]
pub(crate) struct Form {
    title: &'static str,
    lines: Vec<String>,
    /// Which of the lines are quoted, by their places.
    quoted: Vec<usize>,
    fields: Vec<Field>,
    button: &'static str,
    danger: bool,
    focus: Focus,
    /// The operator tried to go on with what a field does not take: its fault is shown.
    shown_fault: bool,
    /// Where fields and buttons were last drawn.
    drawn: Drawn,
}

/// Where the parts of a form stand that can be clicked.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    /// One row each, from this one on.
    fields: Rect,
    /// The button that does it.
    does: Rect,
    /// The button that does not.
    cancels: Rect,
}

impl Drawn {
    /// Not drawn yet.
    const NOWHERE: Self = Self {
        fields: Rect::ZERO,
        does: Rect::ZERO,
        cancels: Rect::ZERO,
    };
}

impl Form {
    /// An empty form; `title` is the key of its title and comes back as [`Submitted::what`].
    pub(crate) const fn new(title: &'static str) -> Self {
        Self {
            title,
            lines: Vec::new(),
            quoted: Vec::new(),
            fields: Vec::new(),
            button: "ui-form-do",
            danger: false,
            focus: Focus::Do,
            shown_fault: false,
            drawn: Drawn::NOWHERE,
        }
    }

    /// True if it is the form of this title.
    pub(crate) fn is(&self, title: &str) -> bool {
        self.title == title
    }

    /// A sentence that says what will happen, in the words of the console.
    pub(crate) fn line(mut self, text: impl Into<String>) -> Self {
        self.lines.push(text.into());
        self
    }

    /// A line of a text that is shown as it is, in the look of what is read aloud.
    pub(crate) fn quoted(mut self, text: impl Into<String>) -> Self {
        self.quoted.push(self.lines.len());
        self.lines.push(text.into());
        self
    }

    /// One field more, four at the most.
    pub(crate) fn field(mut self, field: Field) -> Self {
        if self.fields.len() < MAX_FIELDS {
            self.fields.push(field);
        }
        self.focus = Focus::Field(0);
        self
    }

    /// The key of what stands on the button that does it, in place of "Do it".
    pub(crate) const fn button(mut self, key: &'static str) -> Self {
        self.button = key;
        self
    }

    /// What is done is grave: it looks so, and without fields the cursor begins on "Cancel".
    pub(crate) fn danger(mut self) -> Self {
        self.danger = true;
        if self.fields.is_empty() {
            self.focus = Focus::Cancel;
        }
        self
    }

    /// It comes while keys are pressed for something else, so the cursor begins on "Cancel".
    pub(crate) const fn late(mut self) -> Self {
        self.focus = Focus::Cancel;
        self
    }

    /// An action that is bound to a key in forms.
    pub(super) fn on_action(&mut self, action: Action) -> Outcome {
        match action {
            Action::Back => return Outcome::Close,
            Action::Submit => return self.submit(),
            Action::NextField => self.go_on(1),
            Action::PreviousField => self.go_on(self.stops() - 1),
            _ => {}
        }
        Outcome::Stay
    }

    /// A key that types, edits, or changes a choice; on the buttons the arrows change the button.
    pub(super) fn on_key(&mut self, key: KeyEvent) {
        match self.focus {
            Focus::Field(at) => {
                self.shown_fault = false;
                let at = self.meant(at, key);
                self.focus = Focus::Field(at);
                if let Some(field) = self.fields.get_mut(at) {
                    field.on_key(key);
                }
            }
            Focus::Do if matches!(key.code, KeyCode::Right | KeyCode::Left) => self.focus = Focus::Cancel,
            Focus::Cancel if matches!(key.code, KeyCode::Right | KeyCode::Left) => self.focus = Focus::Do,
            Focus::Do | Focus::Cancel => {}
        }
    }

    /// The field that `key` is meant for: a number typed over a choice belongs into the first box for one behind it.
    fn meant(&self, at: usize, key: KeyEvent) -> usize {
        let digit = matches!(key.code, KeyCode::Char(c) if c.is_ascii_digit() || c == '+');
        let over_choice = self.fields.get(at).is_some_and(Field::is_choice);
        let mut behind = self.fields.iter().enumerate().skip(at);
        let number = behind.find(|(_, field)| field.is_number());
        number
            .filter(|_| digit && over_choice)
            .map_or(at, |(number, _)| number)
    }

    /// A click puts the cursor into a field; a button is pressed by it.
    pub(super) fn on_click(&mut self, at: Position) -> Outcome {
        let Drawn {
            fields,
            does,
            cancels,
        } = self.drawn;
        if fields.contains(at) {
            self.shown_fault = false;
            self.focus = Focus::Field(usize::from(at.y - fields.y));
        } else if does.contains(at) {
            self.focus = Focus::Do;
            return self.submit();
        } else if cancels.contains(at) {
            return Outcome::Close;
        }
        Outcome::Stay
    }

    /// Pasted into the field.
    pub(super) fn on_paste(&mut self, text: &str) {
        if let Focus::Field(at) = self.focus
            && let Some(field) = self.fields.get_mut(at)
        {
            self.shown_fault = false;
            field.on_paste(text);
        }
    }

    /// Enter: to the next field if this one is right, from the last one to the button, on a button what it says.
    fn submit(&mut self) -> Outcome {
        match self.focus {
            Focus::Cancel => Outcome::Close,
            Focus::Field(at) => {
                self.shown_fault = self.fields.get(at).is_some_and(|field| field.fault().is_some());
                if !self.shown_fault {
                    self.go_on(1);
                }
                Outcome::Stay
            }
            Focus::Do => match self.fields.iter().position(|field| field.fault().is_some()) {
                Some(wrong) => {
                    self.focus = Focus::Field(wrong);
                    self.shown_fault = true;
                    Outcome::Stay
                }
                None => Outcome::Submit(Submitted {
                    what: self.title,
                    values: self.fields.iter().map(Field::value).collect(),
                }),
            },
        }
    }

    /// Fields and buttons.
    const fn stops(&self) -> usize {
        self.fields.len() + 2
    }

    fn go_on(&mut self, steps: usize) {
        let fields = self.fields.len();
        let at = match self.focus {
            Focus::Field(at) => at,
            Focus::Do => fields,
            Focus::Cancel => fields + 1,
        };
        self.shown_fault = false;
        self.focus = match (at + steps) % self.stops() {
            at if at < fields => Focus::Field(at),
            at if at == fields => Focus::Do,
            _ => Focus::Cancel,
        };
    }

    /// Draws it with the cursor where the next key acts. The fields and buttons are always seen, of the sentences as
    /// many as fit.
    pub(super) fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let width = usize::from(super::MAX_WIDTH.min(area.width.saturating_sub(2))).saturating_sub(4);
        let mut said = self.said(width);
        // Under the sentences a free row, the fields, one row for what is wrong with them, and the buttons.
        let below = self.fields.len() + 3;
        let room = usize::from(area.height).saturating_sub(2 + below);
        said.truncate(room);
        let height = u16::try_from(said.len() + below + 2).unwrap_or(u16::MAX);
        let role = if self.danger { Role::Bad } else { Role::Title };
        let sign = if self.danger { "! " } else { "" };
        let title = format!("{sign}{}", ui.t(self.title));
        let inner = boxed(ui, frame, area, (height, 2), &title, role);

        let mut lines: Vec<Line<'static>> = said
            .into_iter()
            .map(|(role, line)| Line::from(ui.span(role, line)))
            .collect();
        lines.push(Line::default());
        let first_field = lines.len();
        let labels = self.label_width(ui);
        for (at, field) in self.fields.iter().enumerate() {
            lines.push(field.line(ui, self.focus == Focus::Field(at), labels, width));
        }
        lines.push(self.message(ui, width));
        let buttons = lines.len();
        lines.push(self.buttons(ui));
        frame.render_widget(Paragraph::new(lines), inner);
        self.drawn = self.places(ui, inner, first_field, buttons);
        let (row, column) = match self.focus {
            Focus::Field(at) => (
                first_field + at,
                self.fields.get(at).map_or(0, |f| f.cursor(labels, width)),
            ),
            Focus::Do => (buttons, 2),
            Focus::Cancel => (buttons, 2 + ui.t(self.button).width() + FRAME + GAP),
        };
        let cell = |n: usize| u16::try_from(n).unwrap_or(0);
        frame.set_cursor_position(Position::new(inner.x + cell(column), inner.y + cell(row)));
    }

    /// The sentences in rows of `width` cells; what is quoted stands under a mark.
    fn said(&self, width: usize) -> Vec<(Role, String)> {
        let rows = self.lines.iter().enumerate().flat_map(|(at, line)| {
            let quoted = self.quoted.contains(&at);
            let (role, mark) = if quoted {
                (Role::Aloud, QUOTE)
            } else {
                (Role::Text, "")
            };
            let rows = wrap(line, width.saturating_sub(mark.len()));
            rows.into_iter().map(move |row| (role, format!("{mark}{row}")))
        });
        rows.collect()
    }

    /// Where fields and buttons stand inside `inner`, by the numbers of their rows.
    fn places(&self, ui: &Ui, inner: Rect, first_field: usize, buttons: usize) -> Drawn {
        let cells = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let at = |x: usize, y: usize, width: usize, height: usize| {
            let place = Rect {
                x: inner.x.saturating_add(cells(x)),
                y: inner.y.saturating_add(cells(y)),
                width: cells(width),
                height: cells(height),
            };
            place.intersection(inner)
        };
        let [does, cancels] = [self.button, "ui-form-cancel"].map(|key| ui.t(key).width() + FRAME);
        Drawn {
            fields: at(0, first_field, usize::from(inner.width), self.fields.len()),
            does: at(0, buttons, does, 1),
            cancels: at(does + GAP, buttons, cancels, 1),
        }
    }

    fn label_width(&self, ui: &Ui) -> usize {
        let labels = self.fields.iter().map(|field| ui.t(field.label()).width());
        labels.max().unwrap_or(0)
    }

    /// What is wrong with the field, or that the next Enter does it.
    fn message(&self, ui: &Ui, width: usize) -> Line<'static> {
        let (role, text) = match self.focus {
            Focus::Field(at) => {
                let fault = self
                    .fields
                    .get(at)
                    .and_then(Field::fault)
                    .filter(|_| self.shown_fault);
                let text = fault.map(|key| format!("x {}", ui.t(key)));
                (Role::Bad, text.unwrap_or_default())
            }
            Focus::Do => (Role::Warn, ui.t("ui-form-confirm")),
            Focus::Cancel => (Role::Dim, ui.t("ui-form-nothing")),
        };
        Line::from(ui.span(role, cut(&text, width)))
    }

    fn buttons(&self, ui: &Ui) -> Line<'static> {
        let button = |focus: Focus, key: &str| {
            let text = ui.t(key);
            if self.focus == focus {
                ui.span(Role::Selected, format!("[ {text} ]"))
            } else {
                ui.span(Role::Text, format!("  {text}  "))
            }
        };
        Line::from(vec![
            button(Focus::Do, self.button),
            Span::raw(" ".repeat(GAP)),
            button(Focus::Cancel, "ui-form-cancel"),
        ])
    }
}

#[cfg(test)]
#[path = "form/tests.rs"]
mod tests;
