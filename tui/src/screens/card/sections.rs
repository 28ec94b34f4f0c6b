//! The parts of a card that can be scrolled, as lines.

use ratatui::text::{Line, Span};
use saqta_data::contribution::{Contribution, PayerKind};
use saqta_data::coverage::Basis;
use saqta_data::desk::{BoundPhone, Card};
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::period::Period;
use saqta_data::phone::Role as PhoneRole;

use super::top::{category, span};
use crate::screens::journal::lines::about_person;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Align, Table, cut, fit, left, right, wrap};
use crate::widgets::pane::Content;
use crate::words::{date, money, period};

/// Columns from this width on have room for the payer's number too.
const ROOM_FOR_PAYER_ID: usize = 90;

/// Payments of the window and later, newest first, or those of one month.
pub(super) fn payments(ui: &Ui, card: &Card, month: Option<Period>, width: usize) -> Content {
    let first = card.coverage.months.first().map(|month| month.period);
    let wanted = |payment: &&Contribution| match month {
        Some(month) => payment.period == month,
        None => first.is_none_or(|first| payment.period >= first),
    };
    let found = card.person.contributions.iter().rev().filter(wanted);
    let with_id = width >= ROOM_FOR_PAYER_ID;
    let table = payment_table(width, with_id);
    let lines: Vec<Line<'static>> = found
        .map(|payment| payment_row(ui, payment, &table, with_id))
        .collect();
    if lines.is_empty() {
        let text = month.map_or_else(
            || ui.t("ui-no-payments"),
            |month| {
                ui.words()
                    .with("ui-no-payments-month", &[("month", period(month).into())])
            },
        );
        return Content {
            head: None,
            lines: vec![Line::from(ui.span(Role::Dim, text))],
        };
    }
    let mut keys = vec![
        "ui-col-month",
        "ui-col-knp",
        "ui-col-sum",
        "ui-col-payer",
        "ui-col-paid-on",
        "ui-col-returned",
    ];
    if with_id {
        keys.insert(4, "ui-col-payer-id");
    }
    Content {
        head: Some(head(ui, &keys, &table)),
        lines,
    }
}

fn payment_table(width: usize, with_id: bool) -> Table {
    let mut columns = vec![left(7), left(3), right(9), left(10), left(10)];
    if with_id {
        columns.insert(3, left(12));
    }
    Table::new(2, columns).fill(width, 3, (8, 30))
}

fn payment_row(ui: &Ui, payment: &Contribution, table: &Table, with_id: bool) -> Line<'static> {
    let words = ui.words();
    let text = ui.style(Role::Text);
    let number = payment
        .payer_id
        .map(|id| ui.mask.payer(ui.now, id))
        .unwrap_or_default();
    let payer = words.t(&format!("payer-{}", payment.payer.code()));
    let returned = payment
        .returned_on
        .map(|day| format!("< {}", day.format("%d.%m.%y")));
    let (month, knp) = (period(payment.period), payment.knp.code().to_string());
    let (sum, paid_on) = (money(payment.amount), date(payment.paid_on));
    let returned = returned.unwrap_or_default();
    let mut cells = vec![
        (month.as_str(), text),
        (knp.as_str(), text),
        (sum.as_str(), text),
        (payer.as_str(), text),
        (paid_on.as_str(), text),
        (returned.as_str(), ui.style(Role::Returned)),
    ];
    if with_id {
        cells.insert(4, (number.as_str(), text));
    }
    table.row(&cells)
}

/// The unpaid months with what was paid for each and what is due, and the total.
pub(super) fn debt(ui: &Ui, card: &Card, law: Option<&Law>, width: usize) -> Content {
    let coverage = &card.coverage;
    if coverage.unpaid.is_empty() {
        let key = if coverage.basis == Some(Basis::Prepaid) {
            "ui-debt-old"
        } else {
            "ui-no-debt"
        };
        return Content::sentence(ui, key);
    }
    let table = Table::new(2, [left(7), right(10), right(10)]).fill(width, 1, (10, 24));
    let mut lines: Vec<Line<'static>> = coverage
        .unpaid
        .iter()
        .map(|unpaid| debt_row(ui, card, *unpaid, &table))
        .collect();
    let (dim, warn) = (ui.style(Role::Dim), ui.style(Role::Warn));
    let (total, sum) = (ui.t("ui-debt-total"), money(coverage.debt.amount));
    lines.push(table.row(&[("", dim), (&total, dim), ("", dim), (&sum, warn)]));
    if card.person.payer_kind() == PayerKind::Entrepreneur {
        lines.push(Line::from(ui.span(Role::Warn, ui.t("ui-debt-penalty"))));
    }
    if let Some(law) = law {
        lines.push(Line::default());
        lines.extend(how_to_pay(ui, card, law, width));
    }
    let keys = ["ui-col-month", "ui-col-state", "ui-col-paid", "ui-col-to-pay"];
    Content {
        head: Some(head(ui, &keys, &table)),
        lines,
    }
}

/// Where and how it is paid: what half of all callers ask.
fn how_to_pay(ui: &Ui, card: &Card, law: &Law, width: usize) -> Vec<Line<'static>> {
    let words = ui.words();
    let to = law.requisites();
    let requisites = words.with(
        "ui-pay-requisites",
        &[
            ("bin", to.bin.as_str().into()),
            ("account", to.account.as_str().into()),
            ("bic", to.bic.as_str().into()),
            ("kbe", to.kbe.as_str().into()),
            ("knp", to.knp.as_str().into()),
        ],
    );
    let mut sentences = vec![requisites, words.t("ui-pay-each-month"), words.t("ui-pay-shows")];
    if card.person.payer_kind() == PayerKind::Employee {
        sentences.push(words.t("ui-pay-employee"));
    }
    let lines = sentences.iter().flat_map(|sentence| wrap(sentence, width));
    lines.map(|line| Line::from(ui.span(Role::Text, line))).collect()
}

fn debt_row(ui: &Ui, card: &Card, unpaid: Period, table: &Table) -> Line<'static> {
    let months = &card.coverage.months;
    let month = months.iter().find(|month| month.period == unpaid);
    let (sign, role) = month.map_or(("!", Role::Bad), |month| signs::of_month(month.state));
    let state = month.map(|month| ui.words().month_state(month.state));
    let state = format!("{sign} {}", state.unwrap_or_default());
    let paid = month.map(|month| money(month.amount)).unwrap_or_default();
    let text = ui.style(Role::Text);
    table.row(&[
        (&period(unpaid), text),
        (&state, ui.style(role)),
        (&paid, text),
        (&money(card.coverage.debt.per_month), text),
    ])
}

/// Who the person is: for the operator, categories included.
pub(super) fn person(ui: &Ui, card: &Card, width: usize) -> Content {
    let words = ui.words();
    let person = &card.person;
    let mut facts = Vec::new();
    match &person.identity {
        Some(identity) => {
            facts.push(("ui-person-name", identity.full_name()));
            facts.push(("ui-person-born", date(identity.birth_date)));
        }
        None => facts.push(("ui-person-name", words.t("ui-name-unknown"))),
    }
    facts.push(("ui-person-iin", ui.iin(person.iin)));
    let kind = words.t(&format!("payer-kind-{}", person.payer_kind().code()));
    facts.push(("ui-person-payer", kind));
    let categories = person.categories.iter().filter(|_| ui.sees_categories());
    for held in categories.rev() {
        let name = category(words, held.category.code());
        let text = format!("{name}, {}", span(words, held.from, held.to));
        facts.push((
            "ui-person-category",
            holds(ui, text, held.holds_on(card.coverage.day)),
        ));
    }
    for held in person.temporary.iter().rev() {
        let text = span(words, held.from, Some(held.to));
        facts.push((
            "ui-person-temporary",
            holds(ui, text, held.holds_on(card.coverage.day)),
        ));
    }
    if person.locked {
        facts.push(("ui-person-locked", words.t("ui-person-locked-yes")));
    }
    pairs(ui, &facts, width)
}

fn holds(ui: &Ui, text: String, today: bool) -> String {
    if today {
        format!("+ {text} - {}", ui.t("ui-holds"))
    } else {
        text
    }
}

/// The clinic in the language of the console; English speakers get the Russian name.
pub(super) fn clinic(ui: &Ui, card: &Card, width: usize) -> Content {
    let Some(attachment) = card.person.attachment() else {
        return Content::sentence(ui, "ui-no-clinic");
    };
    let mut facts = Vec::new();
    match &card.clinic {
        Some(clinic) => {
            let (name, address) = clinic.in_language(ui.language);
            facts.push(("ui-clinic-name", name.to_owned()));
            facts.push(("ui-clinic-address", address.to_owned()));
        }
        None => facts.push(("ui-clinic-code", attachment.clinic_code.clone())),
    }
    facts.push(("ui-clinic-since", date(attachment.attached_on)));
    pairs(ui, &facts, width)
}

/// The phones ever bound.
pub(super) fn phones(ui: &Ui, card: &Card, width: usize) -> Content {
    if card.phones.is_empty() {
        return Content::sentence(ui, "ui-no-phones");
    }
    let lines = card.phones.iter().map(|phone| phone_row(ui, card, phone, width));
    Content {
        head: None,
        lines: lines.collect(),
    }
}

fn phone_row(ui: &Ui, card: &Card, phone: &BoundPhone, width: usize) -> Line<'static> {
    let words = ui.words();
    let binding = &phone.binding;
    let role = words.t(match binding.role {
        PhoneRole::Own => "ui-phone-self",
        PhoneRole::Child => "ui-phone-child",
    });
    let since = words.with("ui-phone-bound", &[("date", date(binding.bound_on).into())]);
    let until = binding
        .unbound_on
        .map(|day| words.with("ui-phone-unbound", &[("date", date(day).into())]));
    let chosen = phone.language.map(|language| language.code().to_uppercase());
    // An SMS to it would be in the language of whoever has chosen none.
    let usual = || format!("({})", Language::default().code().to_uppercase());
    let language = chosen.unwrap_or_else(usual);
    let state = until.unwrap_or(since);
    let holds = binding.holds_on(card.coverage.day);
    let (sign, look) = if holds {
        ("+", Role::Good)
    } else {
        (".", Role::Dim)
    };
    let table = Table::new(2, [left(1), left(12), left(8), left(4)]).fill(width, 4, (10, 40));
    let (text, dim) = (ui.style(Role::Text), ui.style(Role::Dim));
    table.row(&[
        (sign, ui.style(look)),
        (&ui.phone(phone.msisdn), text),
        (&role, text),
        (&language, dim),
        (&state, dim),
    ])
}

/// Who asked about the person lately, newest first; one of the lines may be chosen.
pub(super) fn asked(ui: &Ui, card: &Card, chosen: Option<usize>, width: usize) -> Content {
    if card.asked.is_empty() {
        return Content::sentence(ui, "ui-no-asked");
    }
    Content {
        head: None,
        lines: card
            .asked
            .iter()
            .enumerate()
            .map(|(at, line)| about_person(ui, &line.entry, width, chosen == Some(at)))
            .collect(),
    }
}

/// Notes of operators, newest first.
pub(super) fn notes(ui: &Ui, card: &Card, width: usize) -> Content {
    if card.notes.is_empty() {
        return Content::sentence(ui, "ui-no-notes");
    }
    let mut lines = Vec::new();
    for note in &card.notes {
        let at = note.at.local().format("%d.%m.%Y %H:%M");
        lines.push(Line::from(ui.span(Role::Dim, format!("{at}  {}", note.operator))));
        let text = wrap(&ui.mask.text(ui.now, &note.text), width.saturating_sub(2));
        lines.extend(
            text.into_iter()
                .map(|line| Line::from(ui.span(Role::Text, format!("  {line}")))),
        );
    }
    Content { head: None, lines }
}

fn head(ui: &Ui, keys: &[&str], table: &Table) -> Line<'static> {
    let names: Vec<String> = keys.iter().map(|key| ui.t(key)).collect();
    table.head(&names, ui.style(Role::Dim))
}

/// Facts under each other: their names in a column, long values wrapped.
fn pairs(ui: &Ui, facts: &[(&str, String)], width: usize) -> Content {
    let names = facts
        .iter()
        .map(|(key, _)| unicode_width::UnicodeWidthStr::width(ui.t(key).as_str()));
    let name_width = names.max().unwrap_or(0).min(width / 2);
    let mut lines = Vec::new();
    for (key, value) in facts {
        for (at, part) in wrap(value, width.saturating_sub(name_width + 2))
            .iter()
            .enumerate()
        {
            let name = if at == 0 { ui.t(key) } else { String::new() };
            lines.push(Line::from(vec![
                ui.span(Role::Dim, fit(&name, name_width, Align::Left)),
                Span::raw("  "),
                ui.span(Role::Text, cut(part, width)),
            ]));
        }
    }
    Content { head: None, lines }
}
