//! The phrases that texts are made of: dates, months, sums, and texts of the registries made to fit.

use chrono::NaiveDate;
use saqta_data::coverage::Debt;
use saqta_data::period::Period;
use saqta_data::texts::TextsError;

use super::speaker::Speaker;
use crate::encoding::pages::JOIN;
use crate::encoding::{Alphabet, prefix_len};

/// The most characters of a list of months; a longer one is told as its number, first and last. The months of a
/// window of twelve never take more than 42.
const MAX_PERIODS: usize = 44;

/// `31.12.2026`: what people in Kazakhstan read, in all three languages.
pub(super) fn date(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// Months in few characters: `11-12.2025, 01, 03-04.2026`.
pub(super) fn periods(months: &[Period]) -> String {
    let mut out = String::new();
    let mut rest = months;
    while let [first, ..] = rest {
        let follows =
            |pair: &[Period]| matches!(pair, [a, b] if b.months_since(*a) == 1 && a.year() == b.year());
        let run = 1 + rest.windows(2).take_while(|pair| follows(pair)).count();
        let (these, after) = rest.split_at(run);
        if !out.is_empty() {
            out += ", ";
        }
        out += &format!("{:02}", first.month());
        if let [_, .., last] = these {
            out += &format!("-{:02}", last.month());
        }
        if after.first().is_none_or(|next| next.year() != first.year()) {
            out += &format!(".{}", first.year());
        }
        rest = after;
    }
    out
}

/// A period as it is typed into a bank app: MMYYYY.
pub(super) fn typed_period(month: Period) -> String {
    format!("{:02}{}", month.month(), month.year())
}

/// What is to be paid, each month by itself: `3 x 4250 = 12750`.
fn sum_of_months(debt: &Debt) -> String {
    match debt.months {
        0 | 1 => debt.amount.to_string(),
        months => format!("{months} x {} = {}", debt.per_month, debt.amount),
    }
}

impl Speaker<'_> {
    /// "3 months".
    pub(super) fn months(&self, months: u32) -> Result<String, TextsError> {
        self.get("say-months", &[("n", months.into())])
    }

    /// "until 31.12.2026", or that there is no end.
    pub(super) fn until(&self, until: Option<NaiveDate>) -> Result<String, TextsError> {
        match until {
            Some(day) => self.get("say-until", &[("date", date(day).into())]),
            None => self.get("say-no-end", &[]),
        }
    }

    fn tenge(&self, sum: String, penalty: bool) -> Result<String, TextsError> {
        self.get(
            if penalty { "say-sum-penalty" } else { "say-sum" },
            &[("sum", sum.into())],
        )
    }

    /// The debt in one sum.
    pub(super) fn sum(&self, debt: &Debt, penalty: bool) -> Result<String, TextsError> {
        self.tenge(debt.amount.to_string(), penalty)
    }

    /// The debt with how it adds up.
    pub(super) fn sum_by_months(&self, debt: &Debt, penalty: bool) -> Result<String, TextsError> {
        self.tenge(sum_of_months(debt), penalty)
    }

    /// "Debt: 3 months, 12750 tenge."; nothing if nothing is owed.
    pub(super) fn debt(&self, debt: &Debt, penalty: bool) -> Result<String, TextsError> {
        if debt.months == 0 {
            return Ok(String::new());
        }
        let (months, sum) = (self.months(debt.months)?, self.sum(debt, penalty)?);
        self.get("say-debt", &[("months", months.into()), ("sum", sum.into())])
    }

    /// Which months, or of very many how many, the first and the last.
    pub(super) fn which_months(&self, months: &[Period]) -> Result<String, TextsError> {
        let list = periods(months);
        let ([first, .., last], true) = (months, list.len() > MAX_PERIODS) else {
            return Ok(list);
        };
        let count = self.months(u32::try_from(months.len()).unwrap_or(u32::MAX))?;
        let (first, last) = (periods(&[*first]), periods(&[*last]));
        self.get(
            "say-span",
            &[
                ("months", count.into()),
                ("first", first.into()),
                ("last", last.into()),
            ],
        )
    }

    /// The day of the data and how long a payment takes; `key` is `say-note` or `say-note-2`.
    pub(super) fn note(&self, key: &str, data_date: Option<NaiveDate>) -> Result<String, TextsError> {
        match data_date {
            Some(day) => self.get(key, &[("date", date(day).into())]),
            None => self.get("say-note-undated", &[]),
        }
    }
}

/// `text` without what a phone does not show: controls, marks of direction, joiners. Spaces of all kinds are one kind;
/// line breaks and the joining space of pages stay.
pub(super) fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | JOIN => Some(c),
        c if c.is_whitespace() => Some(' '),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => None,
        '\u{feff}' | '\u{fff9}'..='\u{fffd}' => None,
        c => Some(c).filter(|c| !c.is_control()),
    };
    text.chars().filter_map(shown).collect()
}

/// Two texts of a registry, joined by a comma, in at most `units`: each may take half, and what the other leaves.
pub(super) fn shorten(texts: &[String; 2], alphabet: Alphabet, units: usize) -> String {
    let [first, second] = texts
        .each_ref()
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    if first.is_empty() || second.is_empty() {
        return cut(&(first + &second), alphabet, units);
    }
    let units = units.saturating_sub(2);
    let first_units = (units / 2).max(units.saturating_sub(alphabet.units(&second)));
    let first = cut(&first, alphabet, first_units);
    let second = cut(&second, alphabet, units.saturating_sub(alphabet.units(&first)));
    format!("{first}, {second}")
}

/// `text` in at most `units`, ending with `...` if something was cut, at a word if that costs little.
fn cut(text: &str, alphabet: Alphabet, units: usize) -> String {
    if alphabet.units(text) <= units {
        return text.to_owned();
    }
    let kept = text
        .get(..prefix_len(text, alphabet, units.saturating_sub(3)))
        .unwrap_or_default();
    let at_word = kept.rsplit_once(' ').map_or(kept, |(before, _)| before);
    let kept = if at_word.len() * 4 >= kept.len() * 3 {
        at_word
    } else {
        kept
    };
    format!("{}...", kept.trim_end_matches([' ', ',', '.', '-']))
}
