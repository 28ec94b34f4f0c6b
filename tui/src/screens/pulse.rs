//! The pulse of the service: people by status, what is asked today, the store and the process under it.

mod people;
mod today;
mod under;

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use saqta_data::desk::{DeskError, Pulse};

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

/// How often the pulse is asked for.
const EVERY: Duration = Duration::from_secs(3);

/// What is shown and how far it is scrolled.
#[derive(Debug, Default)]
pub(crate) struct State {
    pulse: Option<Box<Pulse>>,
    poll: Poll,
    scroll: Scroll,
    right: Scroll,
}

impl Screen for State {
    fn place(&self) -> Place {
        Place::Pulse
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Refresh,
            Action::Down,
            Action::Back,
            Action::Palette,
            Action::Help,
            Action::Quit,
        ]
    }

    fn on_open(&mut self, _: Place, ui: &Ui) -> Effects {
        self.poll.begin(ui.now);
        Effects::ask(Purpose::Pulse, Question::Pulse)
    }

    fn on_action(&mut self, action: Action, ui: &Ui) -> Effects {
        if action == Action::Refresh {
            return self.on_open(Place::Pulse, ui);
        }
        self.scroll.act(action);
        Effects::none()
    }

    fn on_tick(&mut self, ui: &Ui) -> Effects {
        let due = self.poll.due(ui.now, EVERY);
        Effects::ask_if(Purpose::Pulse, due.then_some(Question::Pulse))
    }

    fn on_reply(&mut self, _: Purpose, reply: Reply, _: &Ui) -> Effects {
        self.poll.answered();
        if let Reply::Pulse(pulse) = reply {
            self.pulse = Some(pulse);
        }
        Effects::none()
    }

    fn on_failure(&mut self, _: Purpose, _: &DeskError, _: &Ui) -> Effects {
        self.poll.answered();
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, shape: Shape) {
        let title = |key: &str| vec![ui.span(Role::Title, ui.t(key))];
        let Some(pulse) = self.pulse.as_deref() else {
            let content = Content::sentence(ui, "ui-pulse-waiting");
            scrolled(ui, frame, area, title("ui-pulse"), content, &mut self.scroll);
            return;
        };
        if shape != Shape::Wide {
            let width = usize::from(area.width).saturating_sub(2);
            let mut lines = people::lines(ui, pulse, width);
            lines.push(Line::default());
            lines.extend(today::lines(ui, pulse, width));
            lines.push(Line::default());
            lines.extend(under::lines(ui, pulse, width));
            let content = Content { head: None, lines };
            scrolled(ui, frame, area, title("ui-pulse"), content, &mut self.scroll);
            return;
        }
        let columns = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).spacing(2);
        let [left, right] = area.layout(&columns);
        let width = usize::from(left.width).saturating_sub(2);
        let mut lines = people::lines(ui, pulse, width);
        lines.push(Line::default());
        lines.extend(under::lines(ui, pulse, width));
        let content = Content { head: None, lines };
        scrolled(ui, frame, left, title("ui-pulse"), content, &mut self.scroll);
        let width = usize::from(right.width).saturating_sub(2);
        let content = Content {
            head: None,
            lines: today::lines(ui, pulse, width),
        };
        scrolled(
            ui,
            frame,
            right,
            title("ui-pulse-today"),
            content,
            &mut self.right,
        );
    }
}

/// A bar with a name before it and its number and share behind: as wide as `width`.
fn bar_line(
    ui: &Ui,
    (sign, role): (&str, Role),
    name: &str,
    (value, of): (u64, u64),
    width: usize,
) -> Line<'static> {
    use crate::widgets::charts::bar;
    use crate::widgets::columns::{Align, fit};
    let named = (width * 2 / 5).clamp(12, 30);
    let number = format!(
        "{:>11} {:>3} %",
        crate::words::count(value),
        (value.saturating_mul(100) + of / 2) / of.max(1)
    );
    let room = width.saturating_sub(named + number.len() + 4);
    Line::from(vec![
        ui.span(role, format!("{sign} ")),
        ui.span(Role::Text, fit(name, named, Align::Left)),
        ui.span(role, format!(" {}", bar(ui.theme, value, of, room))),
        ui.span(Role::Text, format!(" {number}")),
    ])
}
