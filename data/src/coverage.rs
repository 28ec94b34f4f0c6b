//! Coverage: a pure function from a person, the law and a day to the status and what explains it.
//!
//! Nothing here asks for the time, reads a store or knows a text.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::law::Law;
use crate::money::Tiyn;
use crate::period::Period;
use crate::person::Person;

/// Whether the Fund pays for the person's care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not insured.
    NotInsured,
    /// Insured in the months of grace, though with debt.
    ConditionallyInsured,
    /// Insured for a month on documents.
    TemporarilyInsured,
    /// Insured.
    Insured,
}

/// The rule that gave the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A state-paid category holds.
    StateCategory,
    /// A temporary status holds.
    Temporary,
    /// Twelve months were paid ahead.
    Prepaid,
    /// No month of the window is owed.
    Contributions,
    /// A full run of months ended lately.
    Grace,
}

/// What a month is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthState {
    /// Paid.
    Paid,
    /// An independent payer paid less than the rate.
    Partial,
    /// The state paid, or a state-paid category held on some day.
    StatePaid,
    /// Its payment was returned.
    Returned,
    /// Not paid, and not due yet.
    Pending,
    /// Not paid.
    Unpaid,
}

impl MonthState {
    /// True for the months that count as covered.
    #[must_use]
    pub const fn is_covered(self) -> bool {
        matches!(self, Self::Paid | Self::StatePaid)
    }
}

/// A month of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// The month.
    pub period: Period,
    /// What it is called.
    pub state: MonthState,
    /// Sum of its payments that can cover it (KNP 121, 122, 183) and were not returned.
    pub amount: Tiyn,
}

/// What is owed. A penalty comes on top for entrepreneurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debt {
    /// Number of unpaid months.
    pub months: u32,
    /// The monthly rate of this person on the day asked about.
    pub per_month: Tiyn,
    /// `months` times `per_month`.
    pub amount: Tiyn,
}

/// The status of a person on a day, and what explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The day asked about.
    pub day: NaiveDate,
    /// The status.
    pub status: Status,
    /// The rule that gave it; `None` when not insured.
    pub basis: Option<Basis>,
    /// The last day before the status would be `NotInsured` if nothing more were paid; `None` if that does not
    /// happen within 20 years, and when not insured.
    pub insured_until: Option<NaiveDate>,
    /// The months of the window, oldest first (12, unless the rule table says otherwise).
    pub months: Vec<Month>,
    /// The months owed, oldest first.
    pub unpaid: Vec<Period>,
    /// What is owed.
    pub debt: Debt,
}

/// The coverage of `person` on `day` by `law`, with what was known on `day`.
#[must_use]
pub fn evaluate(person: &Person, law: &Law, day: NaiveDate) -> Coverage {
    let _ = (person, law);
    Coverage {
        day,
        status: Status::NotInsured,
        basis: None,
        insured_until: None,
        months: Vec::new(),
        unpaid: Vec::new(),
        debt: Debt {
            months: 0,
            per_month: Tiyn(0),
            amount: Tiyn(0),
        },
    }
}
