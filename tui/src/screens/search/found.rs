//! What came of a search, below the box: the people to choose from, why nobody was found, what can be typed.

use chrono::NaiveDate;
use ratatui::style::Style;
use ratatui::text::Line;
use saqta_data::desk::Hit;
use saqta_data::iin::Iin;

use crate::theme::Role;
use crate::typed::Typed;
use crate::ui::Ui;
use crate::widgets::columns::{Table, left, wrap};
use crate::widgets::pane::Content;
use crate::words::date;

/// The most columns of a clinic's name in the list of people found.
const MOST_OF_CLINIC: usize = 40;

/// The people to choose from, by what tells them apart.
pub(super) fn hit_list(ui: &Ui, hits: &[Hit], chosen: usize, width: usize) -> Content {
    let clinic = (width / 3).min(MOST_OF_CLINIC);
    let table = Table::new(2, [left(1), left(10), left(12), left(clinic)]).fill(width, 1, (16, 60));
    let names = [
        String::new(),
        ui.t("ui-col-name"),
        ui.t("ui-col-born"),
        ui.t("ui-col-iin"),
        ui.t("ui-clinic-name"),
    ];
    let lines = hits.iter().enumerate().map(|(at, hit)| {
        let style = if at == chosen {
            ui.style(Role::Selected)
        } else {
            ui.style(Role::Text)
        };
        hit_row(ui, hit, at == chosen, style, &table).style(style)
    });
    Content {
        head: Some(table.head(&names, ui.style(Role::Dim))),
        lines: lines.collect(),
    }
}

fn hit_row(ui: &Ui, hit: &Hit, chosen: bool, style: Style, table: &Table) -> Line<'static> {
    let unknown = ui.t("ui-name-unknown");
    let name = if hit.name.is_empty() { &unknown } else { &hit.name };
    let born = hit.birth_date.map(date).unwrap_or_default();
    let mark = if chosen { ">" } else { " " };
    let clinic = hit
        .clinic
        .as_ref()
        .map(|clinic| clinic.in_language(ui.language).0);
    table.row(&[
        (mark, style),
        (name, style),
        (&born, style),
        (&ui.iin(hit.iin), style),
        (clinic.unwrap_or_default(), style),
    ])
}

/// Twelve digits in the groups in which they are read aloud: date, century and sex, serial and check digit.
pub(crate) fn grouped(digits: &str) -> String {
    let groups = [digits.get(..6), digits.get(6..7), digits.get(7..)];
    groups.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What can be typed, shown while the box is empty.
pub(super) fn welcome(ui: &Ui) -> Vec<Line<'static>> {
    let keys = ["ui-search-how-iin", "ui-search-how-phone", "ui-search-how-name"];
    let mut lines: Vec<Line<'static>> = keys
        .iter()
        .map(|key| Line::from(ui.span(Role::Text, ui.t(key))))
        .collect();
    lines.push(Line::from(
        ui.span(Role::Dim, format!("      {}", ui.t("ui-search-example"))),
    ));
    if !ui.examples.is_empty() {
        lines.extend([
            Line::default(),
            Line::from(ui.span(Role::Text, ui.t("ui-search-invented"))),
        ]);
        let examples = ui.examples.iter();
        lines.extend(examples.map(|example| Line::from(ui.span(Role::Dim, format!("      {example}")))));
    }
    lines
}

/// Why nobody was found, and what to look at.
pub(super) fn nobody(ui: &Ui, typed: &Typed, one_short: bool, width: u16) -> Vec<Line<'static>> {
    let mut sentences = Vec::new();
    match typed {
        Typed::Iin(iin) => sentences.extend(nobody_of(ui, *iin)),
        Typed::Phone(_) => {
            sentences.push(ui.t("ui-search-none-phone"));
            sentences.extend(one_short.then(|| ui.t("ui-search-none-short")));
        }
        Typed::Name { born_on, .. } => sentences.push(nobody_born(ui, *born_on)),
        _ => {}
    }
    let width = usize::from(width).saturating_sub(4);
    let mut lines = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        for (row, line) in wrap(sentence, width).into_iter().enumerate() {
            let sign = if at == 0 && row == 0 { "x " } else { "  " };
            let role = if at == 0 { Role::Bad } else { Role::Text };
            lines.push(Line::from(ui.span(role, format!("{sign}{line}"))));
        }
    }
    lines
}

fn nobody_of(ui: &Ui, iin: Iin) -> Vec<String> {
    if iin.looks_like_bin() {
        return vec![ui.t("ui-search-none-bin")];
    }
    let mut sentences = vec![ui.t("ui-search-none-iin")];
    if iin.warning().is_some() {
        sentences.push(ui.t("ui-search-none-odd"));
    }
    sentences
}

fn nobody_born(ui: &Ui, born_on: NaiveDate) -> String {
    ui.words()
        .with("ui-search-none-name", &[("date", ui.words().on(born_on).into())])
}
