//! The phrases that texts are made of: dates, months, sums.

use chrono::{Datelike, NaiveDate};
use saqta_data::coverage::Debt;
use saqta_data::language::last_said;
use saqta_data::period::Period;
use saqta_data::texts::TextsError;

use super::speaker::Speaker;
use crate::encoding::pages::JOIN;

/// The most characters of a list of months; a longer one is told as its number, first and last. The months of a
/// window of twelve never take more than 42.
const MAX_PERIODS: usize = 44;

/// `31.12.2026`: what people in Kazakhstan read, in all three languages.
pub(super) fn date(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// Months in few characters: `11-12.2025, 01, 03-04.2026`.
pub(super) fn periods(months: &[Period]) -> String {
    let same_year = |a: &Period, b: &Period| a.year() == b.year();
    let years = months.chunk_by(same_year).filter_map(|year| {
        let runs = year
            .chunk_by(|a, b| b.months_since(*a) == 1)
            .map(|run| match run {
                [first, .., last] => format!("{:02}-{:02}", first.month(), last.month()),
                [one] => format!("{:02}", one.month()),
                [] => String::new(),
            });
        Some(format!(
            "{}.{}",
            runs.collect::<Vec<_>>().join(", "),
            year.first()?.year()
        ))
    });
    years.collect::<Vec<_>>().join(", ")
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

/// `text` as one word, which no USSD screen cuts.
pub(super) fn joined(text: &str) -> String {
    text.replace(' ', &JOIN.to_string())
}

impl Speaker<'_> {
    /// "3 months".
    pub(super) fn months(&self, months: u32) -> Result<String, TextsError> {
        Ok(joined(&self.get("say-months", &[("n", months.into())])?))
    }

    /// "until 31.12.2026", or that there is no end; `key` is the text of the former.
    pub(super) fn until(&self, key: &str, until: Option<NaiveDate>) -> Result<String, TextsError> {
        match until {
            Some(day) => {
                let ends = last_said(day.year().unsigned_abs());
                self.get(key, &[("date", date(day).into()), ("ends", ends.into())])
            }
            None => self.get("say-no-end", &[]),
        }
    }

    /// `with_penalty`: the text for a sum that a penalty comes on top of.
    fn tenge(&self, sum: String, penalty: bool, with_penalty: &str) -> Result<String, TextsError> {
        let args = [("sum", sum.into())];
        if penalty {
            self.get(with_penalty, &args)
        } else {
            Ok(joined(&self.get("say-sum", &args)?))
        }
    }

    /// The debt in one sum.
    pub(super) fn sum(&self, debt: &Debt, penalty: bool) -> Result<String, TextsError> {
        self.tenge(debt.amount.to_string(), penalty, "say-sum-penalty")
    }

    /// The same in the fewest words.
    pub(super) fn total(&self, debt: &Debt, penalty: bool) -> Result<String, TextsError> {
        self.tenge(debt.amount.to_string(), penalty, "say-sum-penalty-2")
    }

    /// The debt with how it adds up.
    pub(super) fn sum_by_months(&self, debt: &Debt, penalty: bool) -> Result<String, TextsError> {
        self.tenge(sum_of_months(debt), penalty, "say-sum-penalty")
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
        let all = periods(months);
        let ([first, .., last], true) = (months, all.len() > MAX_PERIODS) else {
            return Ok(all);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_told_in_few_characters() {
        let list =
            |texts: &[&str]| periods(&texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>());
        assert_eq!(list(&["2026-07"]), "07.2026");
        assert_eq!(list(&["2026-07", "2026-08"]), "07-08.2026");
        assert_eq!(
            list(&["2025-11", "2025-12", "2026-01", "2026-03", "2026-04"]),
            "11-12.2025, 01, 03-04.2026"
        );
        assert_eq!(list(&[]), "");
    }

    #[test]
    fn months_of_a_window_of_twelve_are_always_listed() {
        for start in 0..12 {
            for set in 1_u32..4096 {
                let months = (0..12).filter(|n| set >> n & 1 == 1);
                let first = Period::new(2025, 1).unwrap().plus(start);
                let list = periods(&months.map(|n| first.plus(n)).collect::<Vec<_>>());
                assert!(list.len() <= MAX_PERIODS, "{list}");
            }
        }
    }
}
