//! What may be told of a person to the phone that asks, and the answer that tells it.

use chrono::NaiveDate;

use super::answer::{Answer, Topic, View};

/// What may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Everything: the phone is bound to the person.
    Full(Box<View>),
    /// Insured or not.
    StatusOnly {
        /// Conditional and temporary count as insured.
        insured: bool,
        /// The day up to which the registries reach.
        data_date: Option<NaiveDate>,
    },
    /// Nothing, and not why: unknown, locked or beyond the limits.
    Neutral,
    /// Nobody is known by this number, which looks like an organisation's.
    LooksLikeBin,
}

impl Finding {
    /// The SMS that tells it. A phone that is not bound gets the same for every topic.
    #[must_use]
    pub fn answer(self, topic: Topic) -> Answer {
        match self {
            Self::Full(view) => match topic {
                Topic::Payments => Answer::Payments(view),
                Topic::Debt => Answer::Debt(view),
                Topic::Clinic => Answer::Clinic(view),
                Topic::Status | Topic::Lock | Topic::Unlock => Answer::Status(view),
            },
            Self::StatusOnly { insured, data_date } => Answer::Unbound { insured, data_date },
            Self::Neutral => Answer::Neutral,
            Self::LooksLikeBin => Answer::LooksLikeBin,
        }
    }
}
