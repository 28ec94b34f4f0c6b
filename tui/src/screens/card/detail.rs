//! A month or a year opened from the strip: what it is called and why, and its payments.

use ratatui::text::{Line, Span};
use saqta_data::contribution::{Contribution, Knp};
use saqta_data::coverage::{MonthState, Year, what_if};
use saqta_data::desk::Card;
use saqta_data::law::Law;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;

use super::outlook::Outlook;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Table, cut, left, right, wrap};
use crate::widgets::pane::Content;
use crate::words::{date, money, period};

/// A month: its state, when it was due, what is missing, the sums by purpose, and every payment.
pub(super) fn month(
    ui: &Ui,
    card: &Card,
    outlook: Option<&Outlook>,
    law: Option<&Law>,
    of: Period,
    width: usize,
) -> Content {
    let mut lines = Vec::new();
    if let Some(state) = state_of(card, outlook, of) {
        lines.extend(called(ui, state, width));
    }
    if let Some(law) = law {
        lines.extend(missing(ui, card, law, of, width));
    }
    let paid: Vec<&Contribution> = payments(card, of).collect();
    if paid.is_empty() {
        let text = ui
            .words()
            .with("ui-no-payments-month", &[("month", period(of).into())]);
        lines.push(Line::from(ui.span(Role::Dim, text)));
    } else {
        lines.push(by_purpose(ui, &paid, width));
        if paid.iter().all(|row| row.returned_on.is_none()) {
            lines.push(Line::from(ui.span(Role::Dim, ui.t("ui-month-none-returned"))));
        }
        lines.push(Line::default());
        for payment in paid {
            lines.extend(payment_lines(ui, payment, width));
        }
    }
    Content { head: None, lines }
}

/// The payments for a month, oldest first.
fn payments(card: &Card, of: Period) -> impl Iterator<Item = &Contribution> {
    let rows = card.person.contributions.iter();
    rows.filter(move |row| row.period == of)
}

/// What the month is called, in the window or before it.
fn state_of(card: &Card, outlook: Option<&Outlook>, of: Period) -> Option<MonthState> {
    let window = card
        .coverage
        .months
        .iter()
        .map(|month| (month.period, month.state));
    let before = outlook
        .into_iter()
        .flat_map(|outlook| &outlook.years)
        .flat_map(months);
    let mut all = window.chain(before);
    all.find(|(period, _)| *period == of).map(|(_, state)| state)
}

/// The state in a word, and why it is called so.
fn called(ui: &Ui, state: MonthState, width: usize) -> Vec<Line<'static>> {
    let words = ui.words();
    let (sign, role) = signs::of_month(state);
    let mut lines = vec![Line::from(
        ui.span(role, format!("{sign} {}", words.month_state(state))),
    )];
    lines.extend(wrapped(ui, Role::Text, &words.month_because(state), width));
    lines
}

/// By when it is or was to be paid, and what is missing.
fn missing(ui: &Ui, card: &Card, law: &Law, of: Period, width: usize) -> Vec<Line<'static>> {
    let words = ui.words();
    let day = card.coverage.day;
    let due = law.due_day(of, day);
    let key = if due < day {
        "ui-month-was-due"
    } else {
        "ui-month-due"
    };
    let mut text = words.with(key, &[("date", words.until(due).into())]);
    let missing = what_if::missing(&card.person, law, day, of);
    if missing > Tiyn(0) {
        let sum = words.money(missing);
        text = format!(
            "{text} {}",
            words.with("ui-month-missing", &[("sum", sum.into())])
        );
    }
    let role = if missing > Tiyn(0) { Role::Warn } else { Role::Dim };
    wrapped(ui, role, &text, width)
}

fn wrapped(ui: &Ui, role: Role, text: &str, width: usize) -> Vec<Line<'static>> {
    let lines = wrap(text, width).into_iter();
    lines.map(|line| Line::from(ui.span(role, line))).collect()
}

/// The sum of each purpose that was not returned: `122: 4 250   124: 120`.
fn by_purpose(ui: &Ui, paid: &[&Contribution], width: usize) -> Line<'static> {
    let sums = Knp::ALL.into_iter().filter_map(|knp| {
        let mut rows = paid.iter().filter(|row| row.knp == knp).peekable();
        rows.peek()?;
        let kept: Tiyn = rows
            .filter(|row| row.returned_on.is_none())
            .map(|row| row.amount)
            .sum();
        let name = ui.t(&format!("ui-knp-{}", knp.code()));
        Some(format!("{} {name}: {}", knp.code(), money(kept)))
    });
    let text = sums.collect::<Vec<_>>().join("   ");
    Line::from(ui.span(Role::Text, cut(&text, width)))
}

/// A payment in two lines: what was paid by whom, and what it is called at the bank.
fn payment_lines(ui: &Ui, payment: &Contribution, width: usize) -> [Line<'static>; 2] {
    let words = ui.words();
    let table = Table::new(2, [left(10), left(3), right(10)]).fill(width, 3, (10, 40));
    let text = ui.style(Role::Text);
    let payer = words.t(&format!("payer-{}", payment.payer.code()));
    let first = table.row(&[
        (&date(payment.paid_on), text),
        (&payment.knp.code().to_string(), text),
        (&money(payment.amount), text),
        (&payer, text),
    ]);
    let line = i64::from(payment.line);
    let reference = words.with(
        "ui-payment-reference",
        &[
            ("reference", payment.reference.as_str().into()),
            ("line", line.into()),
        ],
    );
    let mut second = format!("  {reference}");
    if let Some(id) = payment.payer_id {
        let number = ui.mask.payer(ui.now, id);
        second = format!(
            "{second}, {}",
            words.with("ui-payment-payer", &[("number", number.into())])
        );
    }
    let mut spans = vec![ui.span(Role::Dim, second)];
    if let Some(day) = payment.returned_on {
        let returned = words.with("ui-payment-returned", &[("date", date(day).into())]);
        spans.push(Span::raw("  "));
        spans.push(ui.span(Role::Returned, format!("< {returned}")));
    }
    [first, Line::from(spans)]
}

/// What was paid for a month and not returned, penalties left out.
pub(super) fn kept(card: &Card, of: Period) -> Tiyn {
    let kept = payments(card, of).filter(|row| row.knp.covers() && row.returned_on.is_none());
    kept.map(|row| row.amount).sum()
}

/// A year before the window: its months under each other, with what was paid for each.
pub(super) fn year(ui: &Ui, card: &Card, year: &Year, chosen: usize, width: usize) -> Content {
    let table = Table::new(2, [left(1), left(7), right(10)]).fill(width, 2, (12, 30));
    let rows = months(year).enumerate().map(|(at, (of, state))| {
        let (sign, role) = signs::of_month(state);
        let word = format!("{sign} {}", ui.words().month_state(state));
        let (mark, style) = if at == chosen {
            (">", ui.style(Role::Selected))
        } else {
            (" ", ui.style(Role::Text))
        };
        table
            .row(&[
                (mark, style),
                (&period(of), style),
                (&word, ui.style(role)),
                (&money(kept(card, of)), style),
            ])
            .style(style)
    });
    let names = ["", "ui-col-month", "ui-col-state", "ui-col-sum"];
    let names: Vec<String> = names
        .iter()
        .map(|key| if key.is_empty() { String::new() } else { ui.t(key) })
        .collect();
    Content {
        head: Some(table.head(&names, ui.style(Role::Dim))),
        lines: rows.collect(),
    }
}

/// The months of a year that are told of.
pub(super) fn months(year: &Year) -> impl Iterator<Item = (Period, MonthState)> {
    let of = year.year;
    (1..).zip(year.months).filter_map(move |(month, state)| {
        let period = Period::new(of, month)?;
        Some((period, state?))
    })
}
