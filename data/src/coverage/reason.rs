//! Why a person is not insured, in one word: for the sentence on a card, and to count people by.

use serde::{Deserialize, Serialize};

use super::{Coverage, MonthState, Status};
use crate::contribution::PayerKind;
use crate::person::Person;

/// The most months owed that are still few: a quarter, about what is overlooked.
const FEW_MONTHS: usize = 3;

/// Why a person is not insured. Of several the first in this order counts: what the caller may not know and can have
/// mended, then how much is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The payment for a month owed was returned.
    Returned,
    /// A month owed was paid in part.
    Partial,
    /// No payment that could cover any month is known, and no state-paid category has ever held.
    NeverPaid,
    /// No month of the window is covered, though somebody once paid, or the state did.
    NothingInWindow,
    /// An employee for whom months are missing: the employer did not pay, or the employment has ended.
    EmployerGap,
    /// One to three months are owed.
    FewMonths,
    /// More months are owed.
    ManyMonths,
}

impl Reason {
    /// Every reason, in the order in which they are tried.
    pub const ALL: [Self; 7] = [
        Self::Returned,
        Self::Partial,
        Self::NeverPaid,
        Self::NothingInWindow,
        Self::EmployerGap,
        Self::FewMonths,
        Self::ManyMonths,
    ];

    /// The name in texts and figures.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Partial => "partial",
            Self::NeverPaid => "never_paid",
            Self::NothingInWindow => "nothing_in_window",
            Self::EmployerGap => "employer_gap",
            Self::FewMonths => "few_months",
            Self::ManyMonths => "many_months",
        }
    }

    /// Why `person` is not insured, given the coverage; `None` for whoever is insured in any way. Wants the person's
    /// payments: without them a person has never paid.
    #[must_use]
    pub fn of(person: &Person, coverage: &Coverage) -> Option<Self> {
        let holds = |reason: &Self| match reason {
            Self::Returned => owes(coverage, MonthState::Returned),
            Self::Partial => owes(coverage, MonthState::Partial),
            Self::NeverPaid => nothing_covered(coverage) && !was_ever_paid(person, coverage),
            Self::NothingInWindow => nothing_covered(coverage),
            Self::EmployerGap => person.payer_kind() == PayerKind::Employee,
            Self::FewMonths => coverage.unpaid.len() <= FEW_MONTHS,
            Self::ManyMonths => true,
        };
        (coverage.status == Status::NotInsured)
            .then(|| Self::ALL.into_iter().find(holds))
            .flatten()
    }
}

/// True if some month owed is called `state`.
fn owes(coverage: &Coverage, state: MonthState) -> bool {
    let mut months = coverage.months.iter();
    months.any(|month| month.state == state && coverage.unpaid.contains(&month.period))
}

fn nothing_covered(coverage: &Coverage) -> bool {
    coverage.months.iter().all(|month| !month.state.is_covered())
}

/// True if, by what was known on the day, anybody ever paid for any month, or a state-paid category ever held.
fn was_ever_paid(person: &Person, coverage: &Coverage) -> bool {
    let day = coverage.day;
    let counts =
        |returned_on: Option<chrono::NaiveDate>| returned_on.is_none_or(|returned_on| returned_on > day);
    let mut rows = person.contributions.iter();
    let mut categories = person.categories.iter();
    rows.any(|row| row.paid_on <= day && row.knp.covers() && counts(row.returned_on))
        || categories.any(|span| span.from <= day)
}
