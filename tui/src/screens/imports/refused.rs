//! The rows that an import refused.

use ratatui::text::Line;
use saqta_data::desk::imports::MAX_REFUSED_KEPT;
use saqta_data::registry::Refused;
use saqta_data::texts::Arg;

use crate::reasons::Reasons;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::wrap;
use crate::widgets::pane::Content;

/// Line number and reason, and under them the row, its numbers masked unless they are shown.
pub(super) fn content(ui: &Ui, rows: &[Refused], width: usize) -> Content {
    let reasons = Reasons::of(ui.words());
    let mut lines = Vec::new();
    for refused in rows {
        let line = i64::try_from(refused.line).unwrap_or(i64::MAX);
        let reason = ui.words().with(
            "ui-import-line",
            &[
                ("line", line.into()),
                ("reason", Arg::Text(reasons.said(&refused.reason))),
            ],
        );
        let row = ui.mask.text(ui.now, &refused.row);
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
