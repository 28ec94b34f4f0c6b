//! What is laid over a screen, one at a time: it takes the keys first and is drawn last.

pub(crate) mod form;
pub(crate) mod fuzzy;
pub(crate) mod palette;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, Borders, Clear};
use saqta_data::iin::Iin;

use crate::action::Action;
use crate::keymap::Place;
use crate::screens::Tab;
use crate::theme::Role;
use crate::ui::Ui;
use form::{Form, Submitted};
use palette::Palette;

/// What is laid over the screen.
#[derive(Debug)]
pub(crate) enum Overlay {
    /// Everything that can be done, to choose from.
    Palette(Palette),
    /// A form of the screen under it.
    Form(Box<Form>),
}

/// What came of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It stays.
    Stay,
    /// It is closed without anything done.
    Close,
    /// It is closed, then this is done.
    Act(Action),
    /// It is closed, then this is done on another screen.
    ActOn(Tab, Action),
    /// It is closed, and the card of this person is opened.
    OpenCard(Iin),
    /// It is closed, the screen gets what was filled in.
    Submit(Submitted),
}

impl Overlay {
    /// Where its keys are bound.
    pub(crate) const fn place(&self) -> Place {
        match self {
            Self::Palette(_) => Place::Palette,
            Self::Form(_) => Place::Form,
        }
    }

    /// The keys worth a room in the footer.
    pub(crate) const fn hints(&self) -> &'static [Action] {
        match self {
            Self::Palette(_) => &[Action::Submit, Action::Up, Action::PageDown, Action::Back],
            Self::Form(_) => &[Action::Submit, Action::NextField, Action::Back],
        }
    }

    /// An action that is bound at its place.
    pub(crate) fn on_action(&mut self, action: Action, ui: &Ui) -> Outcome {
        match self {
            Self::Palette(palette) => palette.on_action(action, ui),
            Self::Form(form) => form.on_action(action),
        }
    }

    /// A key that means no action.
    pub(crate) fn on_key(&mut self, key: KeyEvent, ui: &Ui) -> Outcome {
        match self {
            Self::Palette(palette) => palette.on_key(key, ui),
            Self::Form(form) => {
                form.on_key(key);
                Outcome::Stay
            }
        }
    }

    /// A click on a cell.
    pub(crate) fn on_click(&mut self, at: Position, ui: &Ui) -> Outcome {
        match self {
            Self::Palette(palette) => palette.on_click(at, ui),
            Self::Form(form) => form.on_click(at),
        }
    }

    /// Pasted text.
    pub(crate) fn on_paste(&mut self, text: &str) {
        match self {
            Self::Palette(palette) => palette.on_paste(text),
            Self::Form(form) => form.on_paste(text),
        }
    }

    /// Draws it over `area`, the body of the screen.
    pub(crate) fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        match self {
            Self::Palette(palette) => palette.draw(ui, frame, area),
            Self::Form(form) => form.draw(ui, frame, area),
        }
    }
}

/// The most columns of a box: longer lines are hard to read.
const MAX_WIDTH: u16 = 76;

/// Clears a box of `height` rows, its frame included, in the middle of `area` and draws its frame; returns what is
/// inside. `place` says how high it stands: 2 for the middle, 4 for the upper quarter.
fn boxed(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    (height, place): (u16, u16),
    title: &str,
    role: Role,
) -> Rect {
    let width = MAX_WIDTH.min(area.width.saturating_sub(2));
    let height = height.min(area.height);
    let at = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / place,
        width,
        height,
    };
    frame.render_widget(Clear, at);
    let block = Block::new()
        .borders(Borders::ALL)
        .border_set(ui.theme.border())
        .border_style(ui.style(Role::Rule))
        .style(ui.style(Role::Text))
        .title_top(ui.span(role, format!(" {title} ")));
    let inner = block.inner(at);
    frame.render_widget(block, at);
    Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    }
}
