//! The months of the window, a cell each: sign, word and colour, and what was paid.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use saqta_data::coverage::{Coverage, Month, MonthState};
use saqta_data::money::Tiyn;

use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Align, fit};
use crate::widgets::pane::rule;

/// The widest a cell gets.
const MAX_CELL: usize = 9;

/// The narrowest cell that has room for sign, word and sum.
const FULL_CELL: usize = 6;

/// Rows that the strip takes.
pub(super) const fn height(compact: bool) -> u16 {
    if compact { 2 } else { 5 }
}

/// Draws the strip; `chosen` is the place of the month whose payments alone are shown.
pub(super) fn draw(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    coverage: &Coverage,
    chosen: Option<usize>,
    compact: bool,
) {
    let count = coverage.months.len();
    let n = i64::try_from(count).unwrap_or(0);
    let inner = if compact {
        area
    } else {
        let title = ui.words().with("ui-card-months", &[("n", n.into())]);
        rule(ui, frame, area, vec![ui.span(Role::Text, title)], vec![])
    };
    let cell = (usize::from(inner.width) / count.max(1)).min(MAX_CELL);
    let row = |of: &dyn Fn(&Month) -> (Role, String)| line(ui, coverage, chosen, cell, of);
    let mut lines = vec![
        row(&|month| (Role::Dim, name(month, cell))),
        row(&|month| (signs::of_month(month.state).1, state(ui, month, cell))),
    ];
    if !compact && cell >= FULL_CELL {
        lines.push(row(&|month| (Role::Text, amount(month.amount))));
    }
    if !compact {
        lines.push(legend(ui, coverage));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// One row of cells. The chosen month is selected in every row and has a mark before it.
fn line(
    ui: &Ui,
    coverage: &Coverage,
    chosen: Option<usize>,
    cell: usize,
    of: &dyn Fn(&Month) -> (Role, String),
) -> Line<'static> {
    let mut spans = Vec::new();
    for (at, month) in coverage.months.iter().enumerate() {
        let (role, text) = of(month);
        let (mark, style) = if chosen == Some(at) {
            (">", ui.style(role).patch(ui.style(Role::Selected)))
        } else {
            (" ", ui.style(role))
        };
        spans.push(Span::styled(mark, style));
        spans.push(Span::styled(
            fit(&text, cell.saturating_sub(1), Align::Left),
            style,
        ));
    }
    Line::from(spans)
}

fn name(month: &Month, cell: usize) -> String {
    let (year, number) = (month.period.year() % 100, month.period.month());
    if cell >= FULL_CELL {
        format!("{number:02}.{year:02}")
    } else {
        format!("{number:02}")
    }
}

fn state(ui: &Ui, month: &Month, cell: usize) -> String {
    let (sign, _) = signs::of_month(month.state);
    let word = ui.words().month_cell(month.state);
    let letters = if cell >= FULL_CELL { 4 } else { 1 };
    let word: String = word.chars().take(letters).collect();
    format!("{sign}{word}")
}

/// Whole tenge in five cells: `8500`, `128k` from 100,000 on.
fn amount(sum: Tiyn) -> String {
    match sum.tenge() {
        0 => "-".to_owned(),
        tenge if tenge < 100_000 => tenge.to_string(),
        tenge if tenge < 10_000_000 => format!("{}k", tenge / 1000),
        tenge => format!("{}M", tenge / 1_000_000),
    }
}

/// The signs that occur, in words.
fn legend(ui: &Ui, coverage: &Coverage) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    for state in MonthState::ALL {
        if coverage.months.iter().any(|month| month.state == state) {
            let (sign, role) = signs::of_month(state);
            spans.push(ui.span(role, format!("{sign} ")));
            spans.push(ui.span(Role::Dim, format!("{}   ", ui.words().month_state(state))));
        }
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_fits_its_cell() {
        for (tenge, text) in [
            (0, "-"),
            (4_250, "4250"),
            (99_999, "99999"),
            (128_400, "128k"),
            (12_345_678, "12M"),
            (9_999_999_999, "9999M"),
        ] {
            assert_eq!(amount(Tiyn::from_tenge(tenge)), text);
        }
    }
}
