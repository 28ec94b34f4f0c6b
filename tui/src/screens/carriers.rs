//! The carriers: traffic, answer times and state of each, and one of them with its last hour.

mod detail;
mod list;
mod state;

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use saqta_data::desk::{CarrierFigures, DeskError};

use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Question, Reply};
use crate::screens::Screen;
use crate::screens::poll::Poll;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::pane::{Content, Scroll, scrolled};

/// How often the figures are asked for: they change by the second.
const EVERY: Duration = Duration::from_secs(1);

/// Rows of a carrier in the list.
const ROWS: usize = 2;

/// What is shown and how far it is scrolled.
#[derive(Debug, Default)]
pub(crate) struct State {
    figures: Option<Vec<CarrierFigures>>,
    poll: Poll,
    chosen: usize,
    open: bool,
    scroll: Scroll,
}

impl State {
    fn ask(&mut self, ui: &Ui) -> Effects {
        self.poll.begin(ui.now);
        Effects::ask(Purpose::Carriers, Question::Carriers)
    }

    fn carriers(&self) -> &[CarrierFigures] {
        self.figures.as_deref().unwrap_or_default()
    }

    fn choose(&mut self, action: Action) {
        let count = self.carriers().len();
        self.chosen = self.scroll.choose(action, self.chosen, count, ROWS);
    }
}

impl Screen for State {
    fn place(&self) -> Place {
        Place::Carriers
    }

    fn hints(&self) -> &'static [Action] {
        if self.open {
            &[
                Action::Back,
                Action::Refresh,
                Action::Palette,
                Action::Help,
                Action::Quit,
            ]
        } else {
            &[
                Action::Open,
                Action::Up,
                Action::Refresh,
                Action::Back,
                Action::Palette,
                Action::Help,
                Action::Quit,
            ]
        }
    }

    fn on_open(&mut self, _: Place, ui: &Ui) -> Effects {
        self.open = false;
        self.ask(ui)
    }

    fn on_back(&mut self, _: &Ui) -> Option<Effects> {
        let was_open = std::mem::take(&mut self.open);
        self.scroll.reset();
        was_open.then(Effects::none)
    }

    fn on_action(&mut self, action: Action, ui: &Ui) -> Effects {
        match action {
            Action::Refresh => return self.ask(ui),
            Action::Open => self.open = self.open || !self.carriers().is_empty(),
            action if self.open => {
                self.scroll.act(action);
            }
            action => self.choose(action),
        }
        Effects::none()
    }

    fn on_click(&mut self, at: Position, _: &Ui) -> Effects {
        let clicked = self.scroll.line_at(at).filter(|_| !self.open);
        if let Some(clicked) = clicked.map(|line| line / ROWS) {
            self.open = clicked == self.chosen;
            self.chosen = clicked;
        }
        Effects::none()
    }

    fn on_tick(&mut self, ui: &Ui) -> Effects {
        let due = self.poll.due(ui.now, EVERY);
        Effects::ask_if(Purpose::Carriers, due.then_some(Question::Carriers))
    }

    fn on_reply(&mut self, _: Purpose, reply: Reply, _: &Ui) -> Effects {
        self.poll.answered();
        if let Reply::Carriers(figures) = reply {
            self.chosen = self.chosen.min(figures.len().saturating_sub(1));
            self.figures = Some(figures);
        }
        Effects::none()
    }

    fn on_failure(&mut self, _: Purpose, _: &DeskError, _: &Ui) -> Effects {
        self.poll.answered();
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, shape: Shape) {
        let width = usize::from(area.width).saturating_sub(2);
        let (title, content) = match (&self.figures, self.open) {
            (None, _) => (ui.t("ui-carriers"), Content::sentence(ui, "ui-carriers-waiting")),
            (Some(figures), _) if figures.is_empty() => {
                (ui.t("ui-carriers"), Content::sentence(ui, "ui-carriers-none"))
            }
            (Some(figures), true) => match figures.get(self.chosen) {
                Some(carrier) => (
                    format!("[{} ({})]", carrier.name, carrier.kind),
                    detail::content(ui, carrier, width),
                ),
                None => (ui.t("ui-carriers"), Content::default()),
            },
            (Some(figures), false) => {
                let page = usize::from(area.height).saturating_sub(2);
                self.scroll.show(self.chosen * ROWS + 1, page);
                self.scroll.show(self.chosen * ROWS, page);
                (
                    ui.t("ui-carriers"),
                    list::content(ui, figures, self.chosen, width, shape),
                )
            }
        };
        let title = vec![ui.span(Role::Title, title)];
        scrolled(ui, frame, area, title, content, &mut self.scroll);
    }
}
