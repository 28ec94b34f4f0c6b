//! The list: two rows an import, what it is and how far.

use ratatui::text::{Line, Span};
use saqta_data::desk::{Course, Import, Phase};

use crate::reasons::Reasons;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::charts::bar;
use crate::widgets::columns::{Table, cut, left};
use crate::widgets::pane::Content;
use crate::words::{bytes, count, lasting};

/// Cells of a progress bar.
const BAR: usize = 20;

/// The list of `imports`, the newest first.
pub(super) fn content(ui: &Ui, imports: &[Import], chosen: usize, width: usize) -> Content {
    let mut lines = Vec::new();
    for (at, import) in imports.iter().enumerate() {
        lines.push(head(ui, import, at == chosen, width));
        lines.push(course(ui, import, width));
    }
    Content { head: None, lines }
}

/// Its state, the file, the registry, who and when.
fn head(ui: &Ui, import: &Import, chosen: bool, width: usize) -> Line<'static> {
    let words = ui.words();
    let (sign, role, state) = state(ui, import);
    let style = ui.style(if chosen { Role::Selected } else { Role::Text });
    let registry = import.head.registry.file_name().trim_end_matches(".csv");
    let registry = words
        .or(&format!("ui-registry-{registry}"), registry)
        .into_owned();
    let at = import.started_at.local().format("%d.%m %H:%M").to_string();
    let state = format!("{sign} {state}");
    let table = Table::new(1, [left(1), left(18), left(14), left(10), left(11)]).fill(width, 2, (12, 60));
    table
        .row(&[
            (if chosen { ">" } else { " " }, style),
            (&state, ui.style(role)),
            (import.head.name(), style),
            (&registry, style),
            (&import.operator, style),
            (&at, style),
        ])
        .style(style)
}

/// What it is up to.
fn state(ui: &Ui, import: &Import) -> (&'static str, Role, String) {
    let dry = import.head.dry_run;
    let (sign, role, key) = match (import.ended_at, &import.failure, dry) {
        (None, _, false) => ("~", Role::Key, running(import)),
        (None, _, true) => ("~", Role::Key, "ui-import-dry-running"),
        (Some(_), Some(_), _) => ("x", Role::Bad, "ui-import-broken"),
        (Some(_), None, true) => ("i", Role::State, "ui-import-dry-done"),
        (Some(_), None, false) => ("+", Role::Good, "ui-import-done"),
    };
    (sign, role, ui.t(key))
}

/// What one under way is at.
const fn running(import: &Import) -> &'static str {
    match import.course {
        Some(Course::Sorted(Phase::Sorting, _)) => "ui-import-sorting",
        Some(Course::Sorted(Phase::People, _)) => "ui-import-people",
        Some(Course::Sorted(Phase::Phones, _)) => "ui-import-phones",
        Some(Course::Unsorted(_)) | None => "ui-import-running",
    }
}

/// Why it broke off, in the language of the console; if that cannot be said in it, what to do.
fn broken_off(ui: &Ui, reason: &str) -> String {
    Reasons::of(ui.words())
        .known(reason)
        .unwrap_or_else(|| ui.t("ui-import-failed"))
}

/// How far it is, how fast, and what became of the rows.
fn course(ui: &Ui, import: &Import, width: usize) -> Line<'static> {
    let mut spans = vec![Span::raw("   ")];
    if let Some(reason) = &import.failure {
        let reason = broken_off(ui, reason);
        spans.push(ui.span(Role::Bad, cut(&reason, width.saturating_sub(4))));
        return Line::from(spans);
    }
    if import.ended_at.is_none() {
        let (done, of) = match import.course {
            Some(Course::Sorted(_, percent)) => (u64::from(percent), 100),
            Some(Course::Unsorted(_)) | None => (import.bytes_done, import.head.bytes),
        };
        let percent = done.saturating_mul(100) / of.max(1);
        spans.push(ui.span(Role::Key, bar(ui.theme, done, of, BAR)));
        spans.push(ui.span(Role::Text, format!(" {:>3} %  ", percent.min(100))));
    }
    let mut said = counts(ui, import);
    if let Some(left) = time_left(ui, import) {
        said = format!("{said}, {left}");
    }
    if let Some(Course::Unsorted(why)) = &import.course {
        said = format!("{said}; {}", ui.words().because("ui-import-unsorted", why));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    let role = if import.refused > 0 || import.head.unknown.count() > 0 {
        Role::Warn
    } else {
        Role::Text
    };
    spans.push(ui.span(role, cut(&said, width.saturating_sub(used))));
    Line::from(spans)
}

/// How much is not known of a payment list, what became of the rows, and how fast.
pub(super) fn counts(ui: &Ui, import: &Import) -> String {
    let counts = ui.words().with(
        "ui-import-counts",
        &[
            ("accepted", count(import.accepted).into()),
            ("repeated", count(import.repeated).into()),
            ("refused", count(import.refused).into()),
            ("rate", count(import.rows_per_second()).into()),
            ("size", bytes(ui.words(), import.head.bytes).into()),
        ],
    );
    match import.head.unknown.count() {
        0 => counts,
        unknown => {
            let unknown = [("count", count(unknown).into())];
            format!("{}, {counts}", ui.words().with("ui-import-unknown", &unknown))
        }
    }
}

/// How long it will take at the rate so far.
fn time_left(ui: &Ui, import: &Import) -> Option<String> {
    if import.ended_at.is_some() || import.bytes_done == 0 {
        return None;
    }
    let so_far = import.heard_at.since(import.started_at);
    let left = import.head.bytes.saturating_sub(import.bytes_done);
    let millis = so_far.as_millis() * u128::from(left) / u128::from(import.bytes_done.max(1));
    let left = std::time::Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
    let text = lasting(ui.words(), left);
    Some(ui.words().with("ui-import-left", &[("time", text.into())]))
}
