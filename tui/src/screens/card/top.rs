//! The upper part of a card: who it is, the answer to read aloud, why the status is so and what to pay.

use chrono::NaiveDate;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use saqta_data::contribution::PayerKind;
use saqta_data::coverage::what_if::Way;
use saqta_data::coverage::{Basis, Status};
use saqta_data::desk::Card;
use saqta_data::language::Language;
use saqta_data::texts::Arg;
use unicode_width::UnicodeWidthStr;

use super::outlook::Outlook;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{cut, wrap};
use crate::widgets::pane::{fits_rule, indent, rule};
use crate::words::{Words, date, money};

/// The most lines of the answer to read aloud; longer ones are cut.
const MAX_ALOUD_LINES: usize = 5;

/// Who the card is about.
pub(super) fn who(ui: &Ui, card: &Card, width: usize) -> Line<'static> {
    let identity = card.person.identity.as_ref();
    let name = identity.map_or_else(
        || ui.t("ui-name-unknown"),
        saqta_data::person::Identity::full_name,
    );
    let born = identity.map(|identity| format!(", {}", date(identity.birth_date)));
    let number = ui.iin(card.person.iin);
    let text = format!("{name}{}", born.unwrap_or_default());
    let n = i64::try_from(card.notes.len()).unwrap_or(i64::MAX);
    let notes = match n {
        0 => String::new(),
        n => format!("  ! {}", ui.words().with("ui-card-notes", &[("n", n.into())])),
    };
    let room = width.saturating_sub(number.len() + 2 + notes.width());
    Line::from(vec![
        Span::raw(" "),
        ui.span(Role::Title, number),
        Span::raw("  "),
        ui.span(Role::Text, cut(&text, room)),
        ui.span(Role::Warn, notes),
    ])
}

/// The answer to read aloud, wrapped.
pub(super) fn aloud(text: &str, width: usize, compact: bool) -> Vec<String> {
    let mut lines = wrap(text, width);
    let most = if compact { 3 } else { MAX_ALOUD_LINES };
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = cut(&format!("{last} ..."), width);
        }
    }
    lines
}

/// Draws the answer under a rule that names its language, why it is that one, and whether the caller is verified.
pub(super) fn draw_aloud(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    card: &Card,
    (language, why, verified): (Language, Option<&str>, bool),
    lines: Vec<String>,
) {
    let words = ui.words();
    let name = words.t(&format!("ui-language-{}", language.code()));
    let titled = |key| words.with(key, &[("language", name.as_str().into())]);
    let state = |(sign, role, key): (&str, Role, &str)| {
        let mut spans = Vec::new();
        if card.person.locked {
            spans.push(ui.span(Role::Warn, format!("! {}", words.t("ui-card-locked"))));
            spans.push(Span::raw("  "));
        }
        spans.push(ui.span(role, format!("{sign} {}", words.t(key))));
        spans
    };
    let mut title = vec![ui.span(Role::Title, titled("ui-card-aloud"))];
    let mut right = if verified {
        state(("+", Role::Good, "ui-card-verified"))
    } else {
        state(("!", Role::Warn, "ui-card-read-only-this"))
    };
    if !verified && !fits_rule(area, &title, &right) {
        right = state(("!", Role::Warn, "ui-card-not-verified"));
    }
    if let Some(key) = why {
        let with_why = vec![ui.span(Role::Title, titled(key))];
        if fits_rule(area, &with_why, &right) {
            title = with_why;
        }
    }
    let inner = rule(ui, frame, area, title, right);
    let lines = lines
        .into_iter()
        .map(|line| Line::from(ui.span(Role::Aloud, line)));
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), indent(inner));
}

/// The status with its end, the rule that gave it, and what to pay by when for which end.
pub(super) fn why(
    ui: &Ui,
    card: &Card,
    outlook: Option<&Outlook>,
    width: usize,
    (verified, compact): (bool, bool),
) -> Vec<Line<'static>> {
    let mut lines = vec![status(ui, card)];
    let said = |role: Role, text: &str| {
        let lines = wrap(text, width).into_iter();
        lines.map(move |line| Line::from(ui.span(role, line)))
    };
    if !compact {
        lines.extend(said(Role::Text, &because(ui, card, outlook)));
    }
    let ways = outlook
        .map(|outlook| to_do(ui, card, outlook))
        .unwrap_or_default();
    if card.coverage.debt.months > 0 || ways.is_empty() {
        let (role, text) = to_pay(ui, card, outlook);
        lines.extend(said(role, &text));
    }
    for way in &ways {
        lines.extend(said(Role::Text, way));
    }
    if compact {
        // The parts below must be readable too.
        lines.truncate(2);
        if !verified {
            mark_private(ui, &mut lines, width);
        }
    }
    lines
}

/// Says before the status, where no rule stands over it, that it is not for the caller yet; above it where it would cut off
/// until when it holds.
fn mark_private(ui: &Ui, lines: &mut Vec<Line<'static>>, width: usize) {
    let mark = ui.span(Role::Warn, format!("! {}  ", ui.t("ui-card-not-aloud")));
    match lines.first_mut() {
        Some(status) if mark.width() + status.width() <= width => status.spans.insert(0, mark),
        _ => lines.insert(0, Line::from(mark)),
    }
}

/// The rule, and of somebody not insured what is likely to have happened.
fn because(ui: &Ui, card: &Card, outlook: Option<&Outlook>) -> String {
    let rule = rule_in_words(ui, card);
    match outlook.and_then(|outlook| outlook.reason) {
        Some(reason) => format!("{rule} {}", ui.t(&format!("ui-reason-{}", reason.code()))),
        None => rule,
    }
}

/// What to do besides paying the debt: pay a year ahead, or the next month in time.
fn to_do(ui: &Ui, card: &Card, outlook: &Outlook) -> Vec<String> {
    let words = ui.words();
    if card.coverage.debt.months > 0 {
        let ahead = outlook.ways.ahead.as_ref();
        return ahead
            .map(|way| words.with("ui-way-ahead", &outcome(words, way)))
            .into_iter()
            .collect();
    }
    let Some(due) = outlook.due else {
        return Vec::new();
    };
    let key = if due.by_employer {
        "ui-due-employer"
    } else {
        "ui-due"
    };
    let parts = [
        ("month", words.month(due.period).into()),
        ("sum", words.money(due.sum).into()),
        ("date", words.until(due.by).into()),
    ];
    vec![words.with(key, &parts)]
}

/// What a way costs and leads to.
fn outcome<'a>(words: Words<'_>, way: &Way) -> [(&'a str, Arg<'a>); 3] {
    [
        ("sum", words.money(way.sum).into()),
        ("status", words.status(way.after.status).into()),
        ("end", super::what_if::end(words, &way.after).into()),
    ]
}

/// Draws the status, if there is room under a rule that names the day and how far the data reach, and that this is not
/// for a caller who is not verified.
pub(super) fn draw_why(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    card: &Card,
    lines: Vec<Line<'static>>,
    (verified, compact): (bool, bool),
) {
    if compact {
        frame.render_widget(Paragraph::new(lines), indent(area));
        return;
    }
    let words = ui.words();
    let day = date(card.coverage.day);
    let (role, key) = if verified {
        (Role::Text, "ui-card-on")
    } else {
        (Role::Warn, "ui-card-on-unverified")
    };
    let title = words.with(key, &[("date", day.into())]);
    let data = card
        .data_date
        .map(|day| words.with("ui-card-data", &[("date", date(day).into())]));
    let title = vec![ui.span(role, title)];
    let mut right: Vec<_> = data.map(|text| ui.span(Role::Dim, text)).into_iter().collect();
    if !fits_rule(area, &title, &right) {
        right.clear();
    }
    let inner = rule(ui, frame, area, title, right);
    frame.render_widget(Paragraph::new(lines), indent(inner));
}

fn status(ui: &Ui, card: &Card) -> Line<'static> {
    let coverage = &card.coverage;
    let words = ui.words();
    let (sign, role) = signs::of_status(coverage.status);
    let end = match coverage.insured_until {
        Some(day) => words.with("ui-card-until", &[("date", words.until(day).into())]),
        None if coverage.status == Status::NotInsured => String::new(),
        None => words.t("ui-card-no-end"),
    };
    Line::from(vec![
        ui.span(role, format!("{sign} {}", words.status(coverage.status))),
        Span::raw("  "),
        ui.span(Role::Text, end),
    ])
}

/// The debt, what is really missing of it, and what comes of paying it.
fn to_pay(ui: &Ui, card: &Card, outlook: Option<&Outlook>) -> (Role, String) {
    let debt = &card.coverage.debt;
    let words = ui.words();
    if debt.months == 0 {
        return (Role::Dim, words.t("ui-card-nothing-to-pay"));
    }
    let mut text = words.with(
        "ui-card-to-pay",
        &[
            ("n", debt.months.into()),
            ("rate", money(debt.per_month).into()),
            ("sum", words.money(debt.amount).into()),
        ],
    );
    if card.person.payer_kind() == PayerKind::Entrepreneur {
        text = format!("{text}, {}", words.t("ui-card-to-pay-penalty"));
    }
    let Some(way) = outlook.and_then(|outlook| outlook.ways.debt.as_ref()) else {
        return (Role::Warn, text);
    };
    if way.sum != debt.amount {
        let rest = words.with("ui-way-rest", &[("sum", words.money(way.sum).into())]);
        text = format!("{text} {rest}");
    }
    text = format!("{text} {}", words.with("ui-way-debt", &outcome(words, way)));
    if let Some(day) = card.coverage.insured_until {
        let by = words.with("ui-way-by", &[("date", words.until(day).into())]);
        text = format!("{text} {by}");
    }
    (Role::Warn, text)
}

/// The rule that gave the status, in plain words.
fn rule_in_words(ui: &Ui, card: &Card) -> String {
    let coverage = &card.coverage;
    let words = ui.words();
    let months = i64::try_from(coverage.months.len()).unwrap_or(0);
    match coverage.basis {
        Some(Basis::StateCategory) => {
            let mut categories = card.person.categories.iter();
            match categories.find(|held| held.holds_on(coverage.day)) {
                Some(held) if ui.sees_categories() => words.with(
                    "ui-why-state-category",
                    &[
                        ("category", category(words, held.category.code()).into()),
                        ("span", span(words, held.from, held.to).into()),
                    ],
                ),
                _ => words.t("ui-why-state-category-unnamed"),
            }
        }
        Some(Basis::Temporary) => {
            let temporary = &card.person.temporary;
            match temporary.iter().find(|t| t.holds_on(coverage.day)) {
                Some(held) => words.with(
                    "ui-why-temporary",
                    &[("span", span(words, held.from, Some(held.to)).into())],
                ),
                None => words.t("ui-why-temporary-unnamed"),
            }
        }
        Some(Basis::Prepaid) => words.t("ui-why-prepaid"),
        Some(Basis::Contributions) => words.with("ui-why-contributions", &[("n", months.into())]),
        Some(Basis::Grace) => words.t("ui-why-grace"),
        None => words.with("ui-why-none", &[("n", months.into())]),
    }
}

/// The name of a state-paid category, for the operator's eyes.
pub(super) fn category(words: Words<'_>, code: &str) -> String {
    words.t(&format!("category-{code}"))
}

/// Days from one to another, the last one open if there is none.
pub(super) fn span(words: Words<'_>, from: NaiveDate, to: Option<NaiveDate>) -> String {
    let to = to.map_or_else(|| words.t("ui-open"), date);
    format!("{} - {to}", date(from))
}
