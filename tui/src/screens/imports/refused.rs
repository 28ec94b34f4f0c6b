//! The rows that an import refused.

use ratatui::text::Line;
use saqta_data::desk::imports::MAX_REFUSED_KEPT;
use saqta_data::registry::Refused;

use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::wrap;
use crate::widgets::pane::Content;

/// Digits in a row from which on they are a number of somebody.
const LONG_RUN: usize = 10;

/// Line number and reason, and under them the row, its numbers masked unless they are shown.
pub(super) fn content(ui: &Ui, rows: &[Refused], width: usize) -> Content {
    let mut lines = Vec::new();
    for refused in rows {
        let line = i64::try_from(refused.line).unwrap_or(i64::MAX);
        let reason = ui.words().with(
            "ui-import-line",
            &[("line", line.into()), ("reason", refused.reason.as_str().into())],
        );
        let shown = ui.mask.seconds_left(ui.now).is_some();
        let row = if shown {
            refused.row.clone()
        } else {
            masked(&refused.row)
        };
        let said = wrap(&reason, width).into_iter().map(|text| (Role::Warn, text));
        let row = wrap(&row, width.saturating_sub(2))
            .into_iter()
            .map(|text| (Role::Text, format!("  {text}")));
        lines.extend(
            said.chain(row)
                .map(|(role, text)| Line::from(ui.span(role, text))),
        );
    }
    if rows.len() >= MAX_REFUSED_KEPT {
        lines.push(Line::from(ui.span(Role::Dim, ui.t("ui-imports-refused-more"))));
    }
    Content { head: None, lines }
}

/// The row with all but the last four digits of long runs hidden.
fn masked(row: &str) -> String {
    let mut out = String::with_capacity(row.len());
    let mut run = String::new();
    for c in row.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        let hidden = if run.len() >= LONG_RUN { run.len() - 4 } else { 0 };
        out.extend(std::iter::repeat_n('*', hidden));
        out.push_str(run.get(hidden..).unwrap_or_default());
        run.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_row_are_masked_and_dates_are_not() {
        assert_eq!(
            masked("900101300008,Ким,1990-01-01,+77010000001"),
            "********0008,Ким,1990-01-01,+*******0001"
        );
        assert_eq!(masked(""), "");
    }
}
