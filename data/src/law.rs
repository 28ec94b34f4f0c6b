//! Rates, rule settings and bank requisites by date of effect: data files with the source beside each number.

use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::contribution::PayerKind;
use crate::money::Tiyn;

/// The law tables. Compiled-in defaults come from `data/law/*.toml`; a `law_dir` overrides them file by file.
#[derive(Clone, Debug)]
pub struct Law {
    /// By `from`, ascending, at least one.
    rates: Vec<Rate>,
    /// By `from`, ascending, at least one.
    rules: Vec<Rules>,
    requisites: Requisites,
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
}

/// The settings of the coverage rules from a month on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// First day of effect, always the first of a month.
    pub from: NaiveDate,
    /// Months in the window.
    pub window_months: u16,
    /// Whether the current month is in the window once it is covered.
    pub current_month_counts: bool,
    /// Day of the next month until which a month is to be paid.
    pub due_day: u32,
    /// Months paid ahead that insure by themselves.
    pub prepaid_months: u16,
    /// A run of covered months this long ...
    pub grace_run_months: u16,
    /// ... keeps the insurance for so many months after its end.
    pub grace_months: u16,
    /// A run of paid months this long; 0: no such rule in force ...
    pub long_grace_run_months: u16,
    /// ... keeps it for so many.
    pub long_grace_months: u16,
}

/// Where contributions are paid to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
        let _ = dir;
        Err(LawError::Content {
            file: "rates.toml".into(),
            reason: "not written yet".into(),
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
