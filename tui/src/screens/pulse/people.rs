//! People by status, and why so many are not insured.

use ratatui::text::Line;
use saqta_data::coverage::Status;
use saqta_data::desk::Pulse;

use super::bar_line;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::wrap;
use crate::words::count;

/// The most reasons shown.
const MAX_REASONS: usize = 5;

const STATUSES: [Status; 4] = [
    Status::Insured,
    Status::ConditionallyInsured,
    Status::TemporarilyInsured,
    Status::NotInsured,
];

/// The last count, and how far the one under way is.
pub(super) fn lines(ui: &Ui, pulse: &Pulse, width: usize) -> Vec<Line<'static>> {
    let words = ui.words();
    let mut lines = Vec::new();
    if let Some(so_far) = pulse.counting {
        let text = words.with("ui-pulse-counting", &[("n", count(so_far).into())]);
        lines.push(Line::from(ui.span(Role::Dim, text)));
    }
    let Some(census) = &pulse.census else {
        let key = if pulse.process.is_some() {
            "ui-pulse-not-counted"
        } else {
            "ui-pulse-no-server"
        };
        lines.extend(
            wrap(&ui.t(key), width)
                .into_iter()
                .map(|line| Line::from(ui.span(Role::Dim, line))),
        );
        return lines;
    };
    let at = census.at.local().format("%d.%m %H:%M").to_string();
    let title = words.with(
        "ui-pulse-people",
        &[
            ("n", count(census.people).into()),
            ("day", ui.words().on(census.day).into()),
            ("at", at.into()),
        ],
    );
    lines.push(Line::from(ui.span(Role::Focus, title)));
    for status in STATUSES {
        let value = census.by_status.get(&status).copied().unwrap_or(0);
        let name = words.status(status);
        lines.push(bar_line(
            ui,
            signs::of_status(status),
            &name,
            (value, census.people),
            width,
        ));
    }
    let uninsured = census.by_status.get(&Status::NotInsured).copied().unwrap_or(0);
    let mut reasons: Vec<_> = census.reasons.iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    if !reasons.is_empty() {
        lines.push(Line::from(ui.span(Role::Focus, ui.t("ui-pulse-reasons"))));
    }
    for (code, n) in reasons.into_iter().take(MAX_REASONS) {
        let name = words.or(&format!("ui-cause-{code}"), code).into_owned();
        lines.push(bar_line(ui, ("x", Role::Bad), &name, (*n, uninsured), width));
    }
    lines
}
