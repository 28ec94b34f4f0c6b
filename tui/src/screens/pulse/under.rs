//! What lies under the service: the store and the process.

use ratatui::text::{Line, Span};
use saqta_data::desk::Pulse;

use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Align, fit, wrap};
use crate::words::{bytes, count, date, lasting};

/// The trees whose sizes are worth saying, with the keys of their names.
const TREES: [(&str, &str); 4] = [
    ("people", "ui-pulse-tree-people"),
    ("phones", "ui-pulse-tree-phones"),
    ("clinics", "ui-pulse-tree-clinics"),
    ("journal", "ui-pulse-tree-journal"),
];

/// Store, memory, uptime.
pub(super) fn lines(ui: &Ui, pulse: &Pulse, width: usize) -> Vec<Line<'static>> {
    let words = ui.words();
    let mut facts = vec![("ui-pulse-disk", bytes(words, pulse.figures.store.disk_bytes))];
    for (tree, key) in TREES {
        if let Some(n) = pulse.figures.store.entries.get(tree) {
            facts.push((key, count(*n)));
        }
    }
    if let Some(day) = pulse.figures.data_date {
        facts.push(("ui-pulse-data-date", date(day)));
    }
    match &pulse.process {
        Some(process) => {
            if let Some(memory) = process.resident_bytes {
                facts.push(("ui-pulse-memory", bytes(words, memory)));
            }
            let up = pulse.figures.now.since(process.started_at);
            facts.push(("ui-pulse-up", lasting(words, up)));
        }
        None => facts.push(("ui-pulse-up", words.t("ui-pulse-own-store"))),
    }
    let names = facts
        .iter()
        .map(|(key, _)| unicode_width::UnicodeWidthStr::width(ui.t(key).as_str()));
    let column = names.max().unwrap_or(0);
    let title = Line::from(ui.span(Role::Focus, ui.t("ui-pulse-under")));
    let lines = facts.into_iter().map(|(key, value)| {
        Line::from(vec![
            ui.span(Role::Dim, fit(&ui.t(key), column, Align::Left)),
            Span::raw("  "),
            ui.span(Role::Text, value),
        ])
    });
    let attach = ui.attach.iter().flat_map(|command| {
        let said = ui
            .words()
            .with("ui-attach", &[("command", command.as_str().into())]);
        wrap(&said, width)
    });
    let attach = attach.map(|line| Line::from(ui.span(Role::Dim, line)));
    std::iter::once(title).chain(lines).chain(attach).collect()
}
