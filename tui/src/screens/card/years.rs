//! The years before the window in one row, in words that can be read aloud: how many months of each were paid, and how
//! much was.

use std::ops::Range;

use ratatui::text::{Line, Span};
use saqta_data::coverage::Year;
use saqta_data::money::Tiyn;
use unicode_width::UnicodeWidthStr;

use super::detail;
use super::outlook::Outlook;
use super::strip::Stop;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::cut;
use crate::words::money;

/// Said where older years are not shown.
const OLDER: &str = ".. ";

/// The row, and where the years stand in it: first cell, cells, which.
pub(super) type Row = (Line<'static>, Vec<(usize, usize, Stop)>);

/// The years before the window that fit: the one chosen among them, else the newest.
pub(super) fn row(ui: &Ui, outlook: Option<&Outlook>, cursor: Option<Stop>, width: usize) -> Row {
    let of = outlook.map_or((&[][..], &[][..]), |outlook| (&outlook.years, &outlook.paid));
    let said: Vec<String> =
        of.0.iter()
            .zip(of.1)
            .map(|(year, paid)| in_words(ui, year, *paid))
            .collect();
    if said.is_empty() {
        let none = cut(&ui.t("ui-no-years"), width.saturating_sub(1));
        return (Line::from(ui.span(Role::Dim, format!(" {none}"))), Vec::new());
    }
    let title = format!(" {} ", ui.t("ui-years-before"));
    let room = width.saturating_sub(title.width() + OLDER.len());
    let shown = shown(&said, cursor, room);
    let mut x = title.width();
    let mut spans = vec![ui.span(Role::Dim, title)];
    if shown.start > 0 {
        x += OLDER.len();
        spans.push(ui.span(Role::Dim, OLDER));
    }
    let mut places = Vec::new();
    let years = of.0.iter().zip(&said).enumerate();
    for (at, (year, text)) in years.skip(shown.start).take(shown.len()) {
        let role = if year.uncovered == 0 {
            Role::Good
        } else {
            Role::Warn
        };
        let (mark, style) = if cursor == Some(Stop::Year(at)) {
            (">", ui.style(role).patch(ui.style(Role::Selected)))
        } else {
            (" ", ui.style(role))
        };
        let text = cut(text, room.saturating_sub(1));
        let cells = text.width() + 1;
        spans.push(Span::styled(format!("{mark}{text}"), style));
        spans.push(Span::raw(" "));
        places.push((x, cells, Stop::Year(at)));
        x += cells + 1;
    }
    (Line::from(spans), places)
}

/// `2024: 11 of 12, 65 450 tenge`; without a sum where nothing is known to have been paid.
fn in_words(ui: &Ui, year: &Year, paid: Tiyn) -> String {
    let args = [
        ("year", label(year).into()),
        ("covered", i64::from(year.covered).into()),
        ("all", i64::from(year.covered + year.uncovered).into()),
        ("sum", money(paid).into()),
    ];
    let key = if paid == Tiyn(0) { "ui-year" } else { "ui-year-sum" };
    ui.words().with(key, &args)
}

/// `2024`; where months of it are not told of, or stand in the window, `01-10.2025`, so that nobody takes the sum for
/// that of the whole year.
pub(super) fn label(year: &Year) -> String {
    let months: Vec<_> = detail::months(year).map(|(period, _)| period.month()).collect();
    match (months.first(), months.last()) {
        (Some(first), Some(last)) if first == last => format!("{first:02}.{}", year.year),
        (Some(first), Some(last)) if months.len() < 12 => format!("{first:02}-{last:02}.{}", year.year),
        _ => year.year.to_string(),
    }
}

/// As many as fit in `room` cells, by their places: from the one chosen, or the newest, back; then forth.
fn shown(said: &[String], cursor: Option<Stop>, room: usize) -> Range<usize> {
    let cells = |at: usize| said.get(at).map_or(0, |text| text.width() + 2);
    let anchor = match cursor {
        Some(Stop::Year(at)) if at < said.len() => at,
        _ => said.len().saturating_sub(1),
    };
    let mut shown = anchor..anchor + 1;
    let mut used = cells(anchor);
    while shown.start > 0 && used + cells(shown.start - 1) <= room {
        shown.start -= 1;
        used += cells(shown.start);
    }
    while shown.end < said.len() && used + cells(shown.end) <= room {
        used += cells(shown.end);
        shown.end += 1;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_that_is_not_told_of_whole_has_its_months_in_its_name() {
        use saqta_data::coverage::MonthState;
        let year = |from: usize, to: usize| {
            let mut months = [None; 12];
            for month in &mut months[from - 1..to] {
                *month = Some(MonthState::Paid);
            }
            label(&Year {
                year: 2025,
                covered: 0,
                uncovered: 0,
                months,
            })
        };
        assert_eq!(
            [year(1, 12), year(1, 10), year(12, 12)],
            ["2025", "01-10.2025", "12.2025"]
        );
    }

    #[test]
    fn the_year_chosen_is_among_those_shown_and_they_fit() {
        let said: Vec<String> = (2019..2026).map(|year| format!("{year}: 11 of 12")).collect();
        for at in 0..said.len() {
            let range = shown(&said, Some(Stop::Year(at)), 40);
            assert!(range.contains(&at), "{at}: {range:?}");
            assert_eq!(range.len(), 2);
        }
        assert_eq!(shown(&said, None, 40), 5..7, "the newest");
        assert_eq!(shown(&said, None, 3), 6..7, "one at least");
    }
}
