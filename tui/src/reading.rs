//! The answer that an operator reads aloud: what the caller may know, in the caller's language. It never names a
//! category, and to a caller whose identity is not verified it says no more than an unbound phone would get.

use saqta_data::contribution::PayerKind;
use saqta_data::coverage::what_if::Way;
use saqta_data::coverage::{Basis, Coverage, Status};
use saqta_data::desk::Card;

use crate::words::Words;

/// The answer about `card` to a caller who is `verified` or not; `ahead` is what paying a year ahead would cost.
pub(crate) fn aloud(words: Words<'_>, card: &Card, ahead: Option<&Way>, verified: bool) -> String {
    let sentences = if verified {
        whole(words, card, ahead)
    } else {
        unverified(words, card)
    };
    sentences.join(" ")
}

/// Insured or not, and nothing else; nothing at all about a locked person.
fn unverified(words: Words<'_>, card: &Card) -> Vec<String> {
    if card.person.locked {
        return vec![words.t("ui-read-locked"), words.t("ui-read-check")];
    }
    let insured = card.coverage.status != Status::NotInsured;
    let told = if insured {
        Status::Insured
    } else {
        Status::NotInsured
    };
    let mut sentences = vec![head(words, told, None)];
    if !insured {
        sentences.extend(not_insured(words, card));
    }
    sentences.push(words.t("ui-read-check"));
    sentences
}

fn whole(words: Words<'_>, card: &Card, ahead: Option<&Way>) -> Vec<String> {
    let coverage = &card.coverage;
    let mut sentences = vec![head(words, coverage.status, Some(coverage))];
    let basis = match coverage.basis {
        Some(Basis::StateCategory) => Some("ui-read-state"),
        Some(Basis::Prepaid) => Some("ui-read-prepaid"),
        Some(Basis::Temporary) => Some("ui-read-temporary"),
        Some(Basis::Contributions) => Some("ui-read-no-debt"),
        Some(Basis::Grace) | None => None,
    };
    sentences.extend(basis.map(|key| words.t(key)));
    if coverage.debt.months > 0 {
        sentences.push(words.with(
            "ui-read-debt",
            &[
                ("n", coverage.debt.months.into()),
                ("months", words.months(&coverage.unpaid).into()),
                ("sum", words.money(coverage.debt.amount).into()),
            ],
        ));
        if card.person.payer_kind() == PayerKind::Entrepreneur {
            sentences.push(words.t("ui-read-penalty"));
        }
    }
    if coverage.status == Status::NotInsured {
        sentences.extend(not_insured(words, card));
    }
    if coverage.debt.months > 0 {
        // Last: it stands below, too, if there is no room for all of it.
        sentences.extend(ahead.and_then(|way| year_ahead(words, way)));
    }
    sentences
}

/// The other way: a year ahead, which leaves old debts aside, and what comes of it.
fn year_ahead(words: Words<'_>, way: &Way) -> Option<String> {
    let parts = [
        ("sum", words.money(way.sum).into()),
        ("status", words.status(way.after.status).into()),
        ("date", words.until(way.after.insured_until?).into()),
    ];
    Some(words.with("ui-read-ahead", &parts))
}

fn head(words: Words<'_>, status: Status, coverage: Option<&Coverage>) -> String {
    let label = words.status(status);
    match coverage.and_then(|coverage| coverage.insured_until) {
        Some(until) => words.with(
            "ui-read-until",
            &[("status", label.into()), ("date", words.until(until).into())],
        ),
        None => words.with("ui-read-open", &[("status", label.into())]),
    }
}

/// What everyone who is not insured is told: how fresh the data are, and that emergencies are treated.
fn not_insured<'a>(words: Words<'a>, card: &Card) -> impl Iterator<Item = String> + use<'a> {
    let data = card
        .data_date
        .map(|day| words.with("ui-read-data", &[("date", words.of(day).into())]));
    data.into_iter().chain([words.t("ui-read-emergency")])
}

#[cfg(test)]
#[path = "reading/tests.rs"]
mod tests;
