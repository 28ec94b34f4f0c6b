//! Coverage: a pure function from a person, the law and a day to the status and what explains it.
//!
//! Nothing here asks for the time, reads a store or knows a text. The numbers below are settings of `data/law/rules.toml`.
//!
//! Only what was known on the day counts: payments made and returns of that day or before. Categories and temporary
//! statuses count as registered, whatever the day.
//!
//! **Months.** Of the payments for a month that can cover it (KNP 121, 122, 183) and were not returned, the month is
//! *paid* if some of them is by anyone but an independent payer or the state, or if the independent payer's, added up
//! day by day, reach on some day 5 % of the minimum wage in force on that day; else *state paid* if some of its days
//! lies in a state-paid category or some of them is by the state; else *partial* if there are smaller independent
//! payments; else *returned* if a payment for it, of any KNP, was returned; else *pending* until its due day, the 25th
//! of the next month; else *unpaid*. Paid and state-paid months are covered.
//!
//! **Window.** The 12 months that end with the current one if it is covered, else with the one before.
//!
//! **Debts.** The months of the window that are not covered and whose due day is before the day.
//!
//! **Status**, by the first rule that holds:
//! 1. a state-paid category holds on the day: insured;
//! 2. for some month of the last 12, current one included, it and the 11 after it were each paid by the independent payer
//!    before that month was over: insured (prepaid), and older debts are no longer shown;
//! 3. there are no debts: insured;
//! 4. a temporary status holds on the day: temporarily insured;
//! 5. 12 covered months in a row ended at most 3 months ago, or, from 2026 on, 60 paid ones at most 6 months ago:
//!    conditionally insured (grace);
//! 6. otherwise not insured.
//!
//! More payments, another category or a temporary status never make the status worse (by the order of [`Status`]) nor
//! the insurance end earlier: each rule can only come to hold on more days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::law::Law;
use crate::money::Tiyn;
use crate::period::Period;
use crate::person::Person;

pub mod json;
mod month_set;
mod months;
pub mod reason;
mod status;
pub mod what_if;
mod years;

pub use years::{MAX_YEARS, Year, years};

use months::Months;
use status::{Outlook, Verdict};

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
    /// Every state, in the order of the legend.
    pub const ALL: [Self; 6] = [
        Self::Paid,
        Self::Partial,
        Self::StatePaid,
        Self::Returned,
        Self::Pending,
        Self::Unpaid,
    ];

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
    /// `months` times `per_month`: the debt as the rules define it. What was paid in part is not taken off; the sum that
    /// is yet to be paid is that of [`what_if::Way`].
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
///
/// The covered months are fixed by what was known on `day`, so the status of later days follows from them without
/// reading the payments again; `insured_until` leaps from one end of a rule to the next.
#[must_use]
pub fn evaluate(person: &Person, law: &Law, day: NaiveDate) -> Coverage {
    let months = Months::of(person, law, day);
    let outlook = Outlook {
        person,
        law,
        months: &months,
    };
    let verdict = outlook.verdict(day);
    let basis = verdict.as_ref().map(|verdict| verdict.basis);
    let (first, last) = outlook.window(law.rules_on(day), Period::of(day));
    let months = months.described(first, last);
    let unpaid = if basis == Some(Basis::Prepaid) {
        Vec::new()
    } else {
        owed(&months, outlook.last_overdue(day))
    };
    let per_month = law.monthly_rate(day, person.payer_kind());
    let count = u32::try_from(unpaid.len()).unwrap_or(u32::MAX);
    Coverage {
        day,
        status: verdict.as_ref().map_or(Status::NotInsured, Verdict::status),
        basis,
        insured_until: verdict.and_then(|verdict| outlook.insured_until(day, &verdict)),
        months,
        unpaid,
        debt: Debt {
            months: count,
            per_month,
            amount: per_month.times(i64::from(count)),
        },
    }
}

/// The uncovered months of the window that are due.
fn owed(months: &[Month], last_overdue: Period) -> Vec<Period> {
    let is_owed = |month: &&Month| !month.state.is_covered() && month.period <= last_overdue;
    months.iter().filter(is_owed).map(|month| month.period).collect()
}
