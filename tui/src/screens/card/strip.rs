//! The months of the window, a cell each: sign, word and colour, and what was paid.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use saqta_data::coverage::{Coverage, Month};
use saqta_data::money::Tiyn;

use super::outlook::Outlook;
use super::view::MONTH_HINTS;
use super::years;
use crate::keymap::Place;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Align, fit};
use crate::widgets::pane::rule;

/// The widest a cell gets.
const MAX_CELL: usize = 9;

/// The narrowest cell that has room for sign, word and sum.
const FULL_CELL: usize = 6;

/// What the cursor of the strip is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A year before the window, by its place, oldest first.
    Year(usize),
    /// A month of the window, by its place.
    Month(usize),
}

impl Stop {
    /// The next stop to the right of `from`, after the last month none.
    pub(super) fn next(from: Option<Self>, years: usize, months: usize) -> Option<Self> {
        match from {
            Some(Self::Year(at)) if at + 1 < years => Some(Self::Year(at + 1)),
            None | Some(Self::Year(_)) if months > 0 => Some(Self::Month(0)),
            Some(Self::Month(at)) if at + 1 < months => Some(Self::Month(at + 1)),
            _ => None,
        }
    }

    /// The next stop to the left of `from`, before the oldest year none.
    pub(super) fn previous(from: Option<Self>, years: usize, months: usize) -> Option<Self> {
        match from {
            None => months.checked_sub(1).map(Self::Month),
            Some(Self::Month(0)) => years.checked_sub(1).map(Self::Year),
            Some(Self::Month(at)) => Some(Self::Month(at - 1)),
            Some(Self::Year(at)) => at.checked_sub(1).map(Self::Year),
        }
    }
}

/// Rows that the strip takes.
pub(super) const fn height(compact: bool) -> u16 {
    if compact { 2 } else { 5 }
}

/// Draws the months and, under them, the years before; returns where each of them stands. The rule names the keys that
/// act here, unless something is opened, whose keys the footer has.
pub(super) fn draw(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    coverage: &Coverage,
    outlook: Option<&Outlook>,
    (cursor, opened): (Option<Stop>, bool),
    compact: bool,
) -> Vec<(Rect, Stop)> {
    let count = coverage.months.len();
    let n = i64::try_from(count).unwrap_or(0);
    let inner = if compact {
        area
    } else {
        let title = ui.words().with("ui-card-months", &[("n", n.into())]);
        let keys = if opened {
            Vec::new()
        } else {
            ui.keys_hint(Place::Card, MONTH_HINTS)
        };
        rule(ui, frame, area, vec![ui.span(Role::Text, title)], keys)
    };
    let cell = (usize::from(inner.width) / count.max(1)).min(MAX_CELL);
    let chosen = match cursor {
        Some(Stop::Month(at)) => Some(at),
        _ => None,
    };
    let row = |of: &dyn Fn(&Month) -> (Role, String)| line(ui, coverage, chosen, cell, of);
    let mut lines = vec![
        row(&|month| (Role::Dim, name(month, cell))),
        row(&|month| (signs::of_month(month.state).1, state(ui, month, cell))),
    ];
    if !compact && cell >= FULL_CELL {
        lines.push(row(&|month| (Role::Text, amount(month.amount))));
    }
    let rows = lines.len();
    let (before, places) = if compact {
        (Line::default(), Vec::new())
    } else {
        years::row(ui, outlook, cursor, usize::from(inner.width))
    };
    lines.push(before);
    frame.render_widget(Paragraph::new(lines), inner);
    let months = (0..count).map(|at| (cells(inner, at * cell, cell, (0, rows)), Stop::Month(at)));
    let years = places
        .into_iter()
        .map(|(x, width, stop)| (cells(inner, x, width, (rows, 1)), stop));
    months.chain(years).collect()
}

/// `width` cells of `area` from `x` on, in the rows from the first on as many as told.
fn cells(area: Rect, x: usize, width: usize, (first, rows): (usize, usize)) -> Rect {
    let cell = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let place = Rect {
        x: area.x.saturating_add(cell(x)),
        y: area.y.saturating_add(cell(first)),
        width: cell(width),
        height: cell(rows),
    };
    place.intersection(area)
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

    #[test]
    fn the_cursor_goes_through_months_and_years_and_ends_nowhere() {
        for (years, months) in [(0, 12), (3, 12), (0, 0)] {
            let mut forth = vec![];
            let mut at = Stop::next(None, years, months);
            while let Some(stop) = at {
                forth.push(stop);
                at = Stop::next(at, years, months);
            }
            assert_eq!(forth.len(), months);
            let mut back = vec![];
            let mut at = Stop::previous(None, years, months);
            while let Some(stop) = at {
                back.push(stop);
                at = Stop::previous(at, years, months);
            }
            assert_eq!(back.len(), if months == 0 { 0 } else { months + years });
            if years > 0 {
                assert_eq!(back.last(), Some(&Stop::Year(0)));
                assert_eq!(
                    Stop::next(Some(Stop::Year(years - 1)), years, months),
                    Some(Stop::Month(0))
                );
            }
        }
    }
}
