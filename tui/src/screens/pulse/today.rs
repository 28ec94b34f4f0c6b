//! What is asked today: by hour, door, language and class of answer.

use ratatui::text::Line;
use saqta_data::desk::Pulse;
use saqta_data::journal::Outcome;
use saqta_data::language::Language;

use super::bar_line;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::charts::columns;
use crate::words::count;

/// Rows of the chart of the hours.
const HEIGHT: usize = 4;
/// Cells of an hour from which on there is room for one between.
const SPACED_FROM: usize = 50;

/// The journal of the day in numbers.
pub(super) fn lines(ui: &Ui, pulse: &Pulse, width: usize) -> Vec<Line<'static>> {
    let words = ui.words();
    let today = &pulse.today;
    let all: u64 = today.hours.iter().sum();
    let title = words.with(
        "ui-pulse-asked",
        &[("n", count(all).into()), ("day", ui.words().on(today.day).into())],
    );
    let mut lines = vec![Line::from(ui.span(Role::Focus, title))];
    let spaced = width >= SPACED_FROM;
    let chart = columns(ui.theme, &today.hours, HEIGHT, spaced);
    lines.extend(chart.into_iter().map(|row| Line::from(ui.span(Role::Key, row))));
    let axis = if spaced {
        "0     3     6     9     12    15    18    21"
    } else {
        "0  3  6  9  12 15 18 21"
    };
    lines.push(Line::from(ui.span(Role::Dim, axis)));
    for door in ["sms", "ussd", "console", "command"] {
        if let Some(n) = today.doors.get(door) {
            let name = match door {
                "sms" | "ussd" => door.to_uppercase(),
                other => words.t(&format!("ui-door-{other}")),
            };
            lines.push(bar_line(ui, (" ", Role::Key), &name, (*n, all), width));
        }
    }
    let spoken: u64 = today.languages.values().sum();
    for language in Language::ALL {
        if let Some(n) = today.languages.get(&language) {
            let name = words.t(&format!("ui-language-{}", language.code()));
            lines.push(bar_line(ui, (" ", Role::State), &name, (*n, spoken), width));
        }
    }
    for outcome in Outcome::ALL {
        if let Some(n) = today.outcomes.get(outcome.code()) {
            let name = words.t(&format!("ui-outcome-{}", outcome.code()));
            lines.push(bar_line(ui, signs::of_outcome(outcome), &name, (*n, all), width));
        }
    }
    lines
}
