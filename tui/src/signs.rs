//! The sign and the role that stand beside a word, so that nothing is told by colour alone. ASCII only: terminals
//! disagree about the width of most other signs.

use saqta_data::coverage::{MonthState, Status};
use saqta_data::journal::Outcome;

use crate::theme::Role;

/// A sign and how it looks.
pub(crate) type Sign = (&'static str, Role);

/// The sign of a month.
pub(crate) const fn of_month(state: MonthState) -> Sign {
    match state {
        MonthState::Paid => ("+", Role::Good),
        MonthState::Partial => ("~", Role::Warn),
        MonthState::StatePaid => ("=", Role::State),
        MonthState::Returned => ("<", Role::Returned),
        MonthState::Pending => (".", Role::Dim),
        MonthState::Unpaid => ("!", Role::Bad),
    }
}

/// The sign of a status.
pub(crate) const fn of_status(status: Status) -> Sign {
    match status {
        Status::Insured => ("+", Role::Good),
        Status::ConditionallyInsured => ("!", Role::Warn),
        Status::TemporarilyInsured => ("~", Role::Warn),
        Status::NotInsured => ("x", Role::Bad),
    }
}

/// The sign of a class of answers.
pub(crate) const fn of_outcome(outcome: Outcome) -> Sign {
    match outcome {
        Outcome::Full => ("+", Role::Good),
        Outcome::StatusOnly => ("=", Role::State),
        Outcome::Unknown | Outcome::NotAnIin => ("?", Role::Warn),
        Outcome::Locked | Outcome::Limited => ("!", Role::Warn),
        Outcome::Service => ("i", Role::Text),
        Outcome::Silence => (".", Role::Dim),
        Outcome::Failed => ("x", Role::Bad),
    }
}
