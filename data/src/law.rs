//! Rates, rule settings and bank requisites by date of effect: data files with the source beside each number.
//!
//! `data/law/*.toml` are compiled in; a `law_dir` replaces them file by file. [`Law::load`] refuses tables that cannot
//! be right, so that nothing after it has to doubt them. Load it once and share it as `Arc<Law>`. Serde
//! writes and reads its text, with the same checks, so that another process can compute by the same law.

use std::path::Path;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::contribution::PayerKind;
use crate::money::Tiyn;
use crate::period::Period;

mod files;
mod sources;
mod tables;
#[cfg(test)]
mod tests;

use files::Text;
pub use sources::LawText;

/// The law tables. Compiled-in defaults come from `data/law/*.toml`; a `law_dir` overrides them file by file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "LawText", try_from = "LawText")]
pub struct Law {
    /// By `from`, ascending, at least one. The independent rate never falls from one row to the next.
    rates: Vec<Rate>,
    /// By `from`, ascending, at least one.
    rules: Vec<Rules>,
    /// Days off besides Saturday and Sunday.
    holidays: Vec<MonthDay>,
    requisites: Requisites,
    /// What all this was read from.
    sources: LawText,
}

/// A day of every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MonthDay {
    month: u32,
    day: u32,
}

/// The figures of the law from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// First day of effect.
    pub from: NaiveDate,
    /// The minimum wage (МЗП).
    pub mzp: Tiyn,
    /// The monthly index (МРП).
    pub mrp: Tiyn,
    /// A month of an independent payer: 5 % of MZP.
    pub independent: Tiyn,
    /// A month of an entrepreneur: 5 % of 1.4 MZP.
    pub entrepreneur: Tiyn,
    /// Deductions of an employer (KNP 121).
    pub employer: Share,
    /// Contributions of an employee or of a contract worker (KNP 122), withheld from the income.
    pub employee: Share,
}

/// A part of the monthly income, of which only so much counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Percent of the income.
    pub percent: u32,
    /// The most income that counts.
    pub cap: Tiyn,
}

impl Share {
    /// The share of a monthly `income`, tiyn cut off below.
    #[must_use]
    pub fn of(&self, income: Tiyn) -> Tiyn {
        Tiyn(income.min(self.cap).times(i64::from(self.percent)).0 / 100)
    }
}

/// The settings of the coverage rules from a month on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// First day of effect, always the first of a month.
    pub from: NaiveDate,
    /// Months in the window, 1-60.
    pub window_months: u16,
    /// Whether the current month is in the window once it is covered.
    pub current_month_counts: bool,
    /// Day of the next month until which a month is to be paid, 1-28.
    pub due_day: u32,
    /// Whether a due day on a day off moves to the next working day.
    pub due_day_moves: bool,
    /// Months paid ahead that insure by themselves, 1-36.
    pub prepaid_months: u16,
    /// A run of covered months this long, 1-120 ...
    pub grace_run_months: u16,
    /// ... keeps the insurance for so many months after its end, 0-24.
    pub grace_months: u16,
    /// A run of paid months this long, 1-120; 0: no such rule in force ...
    pub long_grace_run_months: u16,
    /// ... keeps it for so many, 1-24; 0: no such rule in force.
    pub long_grace_months: u16,
}

/// Where contributions are paid to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requisites {
    /// BIN of the State Corporation.
    pub bin: String,
    /// Account (ИИК).
    pub account: String,
    /// BIC of the bank.
    pub bic: String,
    /// Beneficiary code (КБе).
    pub kbe: String,
    /// Purpose code for contributions (КНП).
    pub knp: String,
}

/// Why law tables cannot be used.
#[derive(Debug, Error)]
pub enum LawError {
    /// The file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// The file is read but its content cannot be right.
    #[error("{file}: {reason}")]
    Content {
        /// The file.
        file: String,
        /// What is wrong, with the line where that is known, and what to do.
        reason: String,
    },
}

impl Law {
    /// The tables compiled into the program.
    ///
    /// # Errors
    /// None in a released program: a test loads them.
    pub fn builtin() -> Result<Self, LawError> {
        Self::load(None)
    }

    /// The tables of `dir`; those that it does not hold are the compiled-in ones.
    ///
    /// # Errors
    /// A file that cannot be read, or whose dates, sums or keys cannot be right.
    pub fn load(dir: Option<&Path>) -> Result<Self, LawError> {
        Self::read(
            files::text(dir, files::RATES)?,
            files::text(dir, files::RULES)?,
            files::text(dir, files::REQUISITES)?,
        )
    }

    fn read(rates: Text, rules: Text, requisites: Text) -> Result<Self, LawError> {
        let (rows, holidays) = tables::rules(&rules)?;
        Ok(Self {
            rates: tables::rates(&rates)?,
            rules: rows,
            holidays,
            requisites: tables::requisites(&requisites)?,
            sources: LawText {
                rates: rates.text,
                rules: rules.text,
                requisites: requisites.text,
            },
        })
    }

    /// The figures in force on `day`; days before the table have its first row, days after it the last.
    #[must_use]
    pub fn rate_on(&self, day: NaiveDate) -> &Rate {
        in_force(&self.rates, day, |rate| rate.from)
    }

    /// The rule settings in force on `day`.
    #[must_use]
    pub fn rules_on(&self, day: NaiveDate) -> &Rules {
        in_force(&self.rules, day, |rules| rules.from)
    }

    /// The last day on which the settings in force on `day` are in force; the end of time for the last row.
    #[must_use]
    pub fn rules_last_day(&self, day: NaiveDate) -> NaiveDate {
        let next = self.rules.iter().map(|rules| rules.from).find(|from| *from > day);
        next.and_then(|from| from.pred_opt()).unwrap_or(NaiveDate::MAX)
    }

    /// The last day on which `period` is paid in time, by the settings in force on `day`: the 25th of the next month, or,
    /// where the settings say so, the next working day.
    #[must_use]
    pub fn due_day(&self, period: Period, day: NaiveDate) -> NaiveDate {
        let rules = self.rules_on(day);
        let next = period.plus(1);
        let due =
            NaiveDate::from_ymd_opt(next.year(), next.month(), rules.due_day).unwrap_or(next.last_day());
        if rules.due_day_moves {
            // Fourteen days off in a row do not happen; the limit keeps a table that lists every day from looping.
            due.iter_days()
                .take(14)
                .find(|day| !self.is_day_off(*day))
                .unwrap_or(due)
        } else {
            due
        }
    }

    /// True on Saturdays, Sundays and the holidays of the table.
    fn is_day_off(&self, day: NaiveDate) -> bool {
        let of_year = MonthDay {
            month: day.month(),
            day: day.day(),
        };
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || self.holidays.contains(&of_year)
    }

    /// The monthly rate on `day` for a person of this kind: the entrepreneur's, or the independent payer's for all others.
    #[must_use]
    pub fn monthly_rate(&self, day: NaiveDate, kind: PayerKind) -> Tiyn {
        let rate = self.rate_on(day);
        if kind == PayerKind::Entrepreneur {
            rate.entrepreneur
        } else {
            rate.independent
        }
    }

    /// Where contributions are paid to.
    #[must_use]
    pub const fn requisites(&self) -> &Requisites {
        &self.requisites
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "a table has at least one row, checked when it is loaded"
)]
fn in_force<T>(table: &[T], day: NaiveDate, from: impl Fn(&T) -> NaiveDate) -> &T {
    let after = table.partition_point(|row| from(row) <= day);
    &table[after.saturating_sub(1)]
}
