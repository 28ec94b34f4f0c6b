//! The list: two rows a carrier, its figures and the traffic of its last hour.

use ratatui::text::{Line, Span};
use saqta_data::desk::CarrierFigures;

use super::state::State;
use crate::layout::Shape;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::charts::spark;
use crate::widgets::columns::{Table, left, right};
use crate::widgets::pane::Content;
use crate::words::count;

/// The list of `carriers`.
pub(super) fn content(
    ui: &Ui,
    carriers: &[CarrierFigures],
    chosen: usize,
    width: usize,
    shape: Shape,
) -> Content {
    let wide = shape == Shape::Wide;
    let table = table(wide, width);
    let mut keys = vec![
        "",
        "ui-col-carrier",
        "ui-col-state",
        "ui-col-in",
        "ui-col-out",
        "ui-col-p50",
        "ui-col-p95",
        "ui-col-p99",
        "ui-col-errors",
    ];
    if wide {
        keys.push("ui-col-again");
    }
    keys.push("ui-col-last");
    let names: Vec<String> = keys
        .iter()
        .map(|key| if key.is_empty() { String::new() } else { ui.t(key) })
        .collect();
    let mut lines = Vec::new();
    for (at, carrier) in carriers.iter().enumerate() {
        lines.push(row(ui, carrier, at == chosen, wide, &table));
        lines.push(hour(ui, carrier, width));
    }
    Content {
        head: Some(table.head(&names, ui.style(Role::Dim))),
        lines,
    }
}

fn table(wide: bool, width: usize) -> Table {
    let mut columns = vec![
        left(1),
        left(9),
        right(6),
        right(6),
        right(5),
        right(5),
        right(5),
        right(4),
    ];
    if wide {
        columns.push(right(5));
    }
    columns.push(right(6));
    Table::new(1, columns).fill(width, 2, (14, 50))
}

fn row(ui: &Ui, carrier: &CarrierFigures, chosen: bool, wide: bool, table: &Table) -> Line<'static> {
    let (sign, role, said) = State::of(carrier, ui.now).said(ui);
    let style = ui.style(if chosen { Role::Selected } else { Role::Text });
    let (errors, again) = last_hour(carrier);
    let (state, name) = (format!("{sign} {said}"), carrier.name.clone());
    let (received, answered) = (a_second(carrier.received_10s), a_second(carrier.answered_10s));
    let times = [carrier.p50_us, carrier.p95_us, carrier.p99_us].map(millis);
    let (errors, again, last) = (count(errors), count(again), last(ui, carrier));
    let mark = if chosen { ">" } else { " " };
    let bad = if errors == "0" { style } else { ui.style(Role::Bad) };
    let mut cells = vec![
        (mark, style),
        (name.as_str(), style),
        (state.as_str(), ui.style(role)),
        (received.as_str(), style),
        (answered.as_str(), style),
    ];
    cells.extend(times.iter().map(|time| (time.as_str(), style)));
    cells.push((errors.as_str(), bad));
    if wide {
        cells.push((again.as_str(), style));
    }
    cells.push((last.as_str(), style));
    table.row(&cells).style(style)
}

/// Errors and repetitions of the last hour.
fn last_hour(carrier: &CarrierFigures) -> (u64, u64) {
    let minutes = carrier.minutes.iter();
    minutes.fold((0, 0), |(errors, again), minute| {
        (
            errors + u64::from(minute.errors),
            again + u64::from(minute.repeated),
        )
    })
}

/// The messages of each minute of the last hour.
fn hour(ui: &Ui, carrier: &CarrierFigures, width: usize) -> Line<'static> {
    let received: Vec<u64> = carrier
        .minutes
        .iter()
        .map(|minute| u64::from(minute.received))
        .collect();
    let most = received.iter().copied().max().unwrap_or(0);
    let label = ui.words().with("ui-carrier-hour", &[("n", count(most).into())]);
    let used = unicode_width::UnicodeWidthStr::width(label.as_str()) + 4;
    let chart = spark(ui.theme, &received, width.saturating_sub(used).min(60));
    Line::from(vec![
        Span::raw("  "),
        ui.span(Role::Key, chart),
        Span::raw("  "),
        ui.span(Role::Dim, label),
    ])
}

/// Of ten seconds, by the second: `124`, `0,3`.
pub(super) fn a_second(of_ten: u64) -> String {
    if of_ten >= 100 || of_ten.is_multiple_of(10) {
        count(of_ten / 10)
    } else {
        format!("{},{}", of_ten / 10, of_ten % 10)
    }
}

/// Microseconds as milliseconds in five cells; `-` for none.
pub(super) fn millis(us: u64) -> String {
    match us {
        0 => "-".to_owned(),
        us if us < 10_000 => format!("{},{}", us / 1_000, us % 1_000 / 100),
        us => count(us / 1_000),
    }
}

/// How long ago the last message came.
fn last(ui: &Ui, carrier: &CarrierFigures) -> String {
    let Some(heard_at) = carrier.heard_at else {
        return "-".to_owned();
    };
    let seconds = ui.now.since(heard_at).as_secs();
    let (key, n) = match seconds {
        0..=99 => ("ui-seconds", seconds),
        100..=5_999 => ("ui-minutes", seconds / 60),
        _ => ("ui-hours", seconds / 3_600),
    };
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    ui.words().with(key, &[("n", n.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_fit_their_cells() {
        assert_eq!(
            [0, 3, 10, 57, 990, 12_340].map(a_second),
            ["0", "0,3", "1", "5,7", "99", "1 234"]
        );
        assert_eq!([0, 900, 2_150, 48_000].map(millis), ["-", "0,9", "2,1", "48"]);
    }
}
