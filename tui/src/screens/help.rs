//! The help: every key of every screen, made from the keymap and the actions, and what the signs mean.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use saqta_data::coverage::{MonthState, Status};

use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Reply};
use crate::screens::Screen;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Align, fit, wrap};
use crate::widgets::pane::{Content, Scroll, scrolled};

/// The column of the keys.
const KEYS_WIDTH: usize = 22;

/// How far the help is scrolled.
#[derive(Debug, Default)]
pub(crate) struct State {
    scroll: Scroll,
}

impl Screen for State {
    fn place(&self) -> Place {
        Place::Help
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Back,
            Action::Up,
            Action::PageDown,
            Action::UiLanguage,
            Action::Theme,
            Action::Quit,
        ]
    }

    fn on_action(&mut self, action: Action, _: &Ui) -> Effects {
        self.scroll.act(action);
        Effects::none()
    }

    fn on_reply(&mut self, _: Purpose, _: Reply, _: &Ui) -> Effects {
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, _: Shape) {
        let content = Content {
            head: None,
            lines: lines(ui, usize::from(area.width).saturating_sub(2)),
        };
        let title = vec![ui.span(Role::Focus, ui.t("ui-help"))];
        scrolled(ui, frame, area, title, content, &mut self.scroll);
    }
}

fn lines(ui: &Ui, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let verify = ui.keymap.keys(Place::Card, Action::Verify);
    let key = verify.first().map(ToString::to_string).unwrap_or_default();
    let about = ui.words().with("ui-help-about", &[("key", key.into())]);
    lines.extend(
        wrap(&about, width)
            .into_iter()
            .map(|line| Line::from(ui.span(Role::Text, line))),
    );
    for place in Place::ALL {
        lines.push(Line::default());
        lines.push(heading(ui, &format!("ui-help-{}", place.name())));
        for (action, keys) in ui.keymap.actions(place) {
            if !keys.is_empty() && ui.may(action) {
                lines.extend(key_lines(ui, (place, action), keys, width));
            }
        }
    }
    lines.extend(keyless(ui));
    lines.extend(sign_lines(ui));
    lines
}

fn heading(ui: &Ui, key: &str) -> Line<'static> {
    Line::from(ui.span(Role::Title, ui.t(key)))
}

fn key_lines(
    ui: &Ui,
    (place, action): (Place, Action),
    keys: &[crate::keymap::key::Key],
    width: usize,
) -> Vec<Line<'static>> {
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let said = ui.sentence(place, action);
    let parts = wrap(&said, width.saturating_sub(KEYS_WIDTH + 2));
    let rows = parts.into_iter().enumerate().map(|(at, part)| {
        let keys = if at == 0 { keys.join("  ") } else { String::new() };
        Line::from(vec![
            Span::raw("  "),
            ui.span(Role::Key, fit(&keys, KEYS_WIDTH, Align::Left)),
            ui.span(Role::Text, part),
        ])
    });
    rows.collect()
}

/// What the operator's keymap has left without a key.
fn keyless(ui: &Ui) -> Vec<Line<'static>> {
    let sentences = ui
        .keymap
        .without_keys()
        .filter(|action| ui.may(*action))
        .map(|action| {
            let sentence = ui.t(&format!("ui-action-{}", action.name()));
            Line::from(ui.span(Role::Text, format!("  {}  {sentence}", action.name())))
        });
    let mut lines: Vec<Line<'static>> = sentences.collect();
    if !lines.is_empty() {
        let said = format!("! {}", ui.t("ui-help-without-keys"));
        lines.insert(0, Line::from(ui.span(Role::Warn, said)));
        lines.insert(0, Line::default());
    }
    lines
}

fn sign_lines(ui: &Ui) -> Vec<Line<'static>> {
    let words = ui.words();
    let line = |(sign, role): signs::Sign, word: String| {
        Line::from(vec![
            Span::raw("  "),
            ui.span(role, fit(sign, KEYS_WIDTH, Align::Left)),
            ui.span(Role::Text, word),
        ])
    };
    let mut lines = vec![Line::default(), heading(ui, "ui-help-signs")];
    for state in MonthState::ALL {
        lines.push(line(signs::of_month(state), words.month_state(state)));
    }
    lines.push(Line::default());
    lines.push(heading(ui, "ui-help-statuses"));
    let statuses = [
        Status::Insured,
        Status::ConditionallyInsured,
        Status::TemporarilyInsured,
        Status::NotInsured,
    ];
    for status in statuses {
        lines.push(line(signs::of_status(status), words.status(status)));
    }
    lines
}
