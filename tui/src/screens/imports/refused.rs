//! What is not known of the payment list that an import takes, and the rows that it refused.

use ratatui::text::Line;
use saqta_data::desk::imports::MAX_REFUSED_KEPT;
use saqta_data::registry::Refused;
use saqta_data::registry::list::{Unknown, UnknownField};
use saqta_data::texts::Arg;

use crate::reasons::Reasons;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::wrap;
use crate::widgets::pane::Content;
use crate::words::count;

/// The fields that are not known, then line number and reason of each row, and under them the row, its numbers masked
/// unless they are shown.
pub(super) fn content(ui: &Ui, unknown: &Unknown, rows: &[Refused], width: usize) -> Content {
    let reasons = Reasons::of(ui.words());
    let mut lines = fields(ui, unknown, width);
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

/// Names and places of the fields that are not known, and where their lines are kept.
fn fields(ui: &Ui, unknown: &Unknown, width: usize) -> Vec<Line<'static>> {
    if unknown.count() == 0 {
        return Vec::new();
    }
    let words = ui.words();
    let field = |field: &UnknownField| {
        let line = i64::try_from(field.line).unwrap_or(i64::MAX);
        let args = [
            ("name", field.name.as_str().into()),
            ("count", count(field.count).into()),
            ("line", line.into()),
        ];
        (Role::Text, words.with("ui-imports-unknown-field", &args))
    };
    let others = (unknown.others > 0).then(|| {
        let args = [("count", count(unknown.others).into())];
        (Role::Text, words.with("ui-imports-unknown-others", &args))
    });
    let head = (Role::Warn, ui.t("ui-imports-unknown"));
    let said = std::iter::once(head)
        .chain(unknown.fields.iter().map(field))
        .chain(others);
    let wrapped = said.flat_map(|(role, text)| wrap(&text, width).into_iter().map(move |text| (role, text)));
    wrapped
        .map(|(role, text)| Line::from(ui.span(role, text)))
        .collect()
}
