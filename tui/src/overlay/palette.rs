//! The palette: everything that can be done here, by name.

use crossterm::event::{Event, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{Outcome, boxed};
use crate::action::Action;
use crate::keymap::Place;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Align, cut, fit};

/// The column of the keys.
const KEYS_WIDTH: usize = 14;

/// The palette over a screen.
#[derive(Debug)]
pub(crate) struct Palette {
    /// Where the keys are pressed that it stands for.
    place: Place,
    title: &'static str,
    /// What it offers.
    among: &'static [Action],
    input: Input,
    chosen: usize,
    /// Where the list was drawn.
    list: Rect,
}

impl Palette {
    /// A palette of what can be done at `place`.
    pub(crate) fn new(place: Place) -> Self {
        Self::among(place, "ui-palette", Action::ALL)
    }

    /// A shorter one, of some actions only, which need no keys of their own.
    pub(crate) fn among(place: Place, title: &'static str, among: &'static [Action]) -> Self {
        Self {
            place,
            title,
            among,
            input: Input::default(),
            chosen: 0,
            list: Rect::ZERO,
        }
    }

    pub(super) fn on_action(&mut self, action: Action, ui: &Ui) -> Outcome {
        let last = self.found(ui).len().saturating_sub(1);
        match action {
            Action::Back => return Outcome::Close,
            Action::Submit => {
                let chosen = self.found(ui).get(self.chosen).copied();
                return chosen.map_or(Outcome::Stay, Outcome::Act);
            }
            Action::Up => self.chosen = self.chosen.saturating_sub(1),
            Action::Down => self.chosen = (self.chosen + 1).min(last),
            _ => {}
        }
        Outcome::Stay
    }

    pub(super) fn on_key(&mut self, key: KeyEvent, _: &Ui) {
        self.input.handle_event(&Event::Key(key));
        self.chosen = 0;
    }

    /// A click does what stands there.
    pub(super) fn on_click(&mut self, at: Position, ui: &Ui) -> Outcome {
        let line = at.y.checked_sub(self.list.y).filter(|_| self.list.contains(at));
        let clicked = line.and_then(|line| self.found(ui).get(usize::from(line)).copied());
        clicked.map_or(Outcome::Stay, Outcome::Act)
    }

    pub(super) fn on_paste(&mut self, _: &str, _: &Ui) {}

    /// What matches, the best first.
    fn found(&self, ui: &Ui) -> Vec<Action> {
        let wanted = self.input.value().to_lowercase();
        let offered = self.among.iter().copied().filter(|action| {
            !action.is_movement() && ui.may(*action) && !ui.keymap.keys(self.place, *action).is_empty()
        });
        offered
            .filter(|action| ui.sentence(self.place, *action).to_lowercase().contains(&wanted))
            .collect()
    }

    pub(super) fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let title = ui.t(self.title);
        let inner = boxed(ui, frame, area, (area.height * 3 / 4, 4), &title, Role::Title);
        let [_, list] = inner.layout(&Layout::vertical([Constraint::Length(1), Constraint::Min(0)]));
        self.list = list;
        let width = usize::from(inner.width);
        let mut lines = vec![Line::from(vec![
            ui.span(Role::Key, "> "),
            ui.span(Role::Aloud, self.input.value().to_owned()),
        ])];
        for (at, action) in self.found(ui).into_iter().enumerate() {
            let style = if at == self.chosen {
                Role::Selected
            } else {
                Role::Text
            };
            let mark = if at == self.chosen { "> " } else { "  " };
            let keys = ui.keymap.keys(self.place, action);
            let key = keys.first().map(ToString::to_string).unwrap_or_default();
            let said = cut(
                &ui.sentence(self.place, action),
                width.saturating_sub(KEYS_WIDTH + 2),
            );
            lines.push(Line::from(vec![
                ui.span(style, mark),
                ui.span(style, fit(&key, KEYS_WIDTH, Align::Left)),
                ui.span(style, said),
            ]));
        }
        frame.render_widget(Paragraph::new(lines), inner);
        let cursor = u16::try_from(self.input.visual_cursor()).unwrap_or(0);
        frame.set_cursor_position(Position::new(inner.x + 2 + cursor, inner.y));
    }
}
