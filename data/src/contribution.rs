//! A row of a contribution registry: who paid what for which month, and whether it was returned.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::Tiyn;
use crate::period::Period;

/// The payment purpose code (КНП / ТТК).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Knp {
    /// 121, deductions of an employer.
    Deduction,
    /// 122, contributions of employees, contract workers, entrepreneurs and independent payers.
    Contribution,
    /// 123, penalty on 121. Covers nothing.
    DeductionPenalty,
    /// 124, penalty on 122. Covers nothing.
    ContributionPenalty,
    /// 183, the single aggregate payment, until the end of 2023.
    Aggregate,
}

impl Knp {
    /// Every code. The position is the purpose's number in the store: append only.
    pub const ALL: [Self; 5] = [
        Self::Deduction,
        Self::Contribution,
        Self::DeductionPenalty,
        Self::ContributionPenalty,
        Self::Aggregate,
    ];

    /// The number in the registry.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Deduction => 121,
            Self::Contribution => 122,
            Self::DeductionPenalty => 123,
            Self::ContributionPenalty => 124,
            Self::Aggregate => 183,
        }
    }

    /// The purpose of a registry number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|knp| knp.code() == code)
    }

    /// True if a payment of this purpose can cover its month: all but penalties.
    #[must_use]
    pub const fn covers(self) -> bool {
        matches!(self, Self::Deduction | Self::Contribution | Self::Aggregate)
    }
}

impl From<Knp> for u8 {
    fn from(knp: Knp) -> Self {
        knp.code()
    }
}

impl TryFrom<u8> for Knp {
    type Error = &'static str;
    fn try_from(code: u8) -> Result<Self, Self::Error> {
        Self::from_code(code).ok_or("unknown KNP")
    }
}

macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// Every kind. The position is the kind's number in the store: append only.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code in the registry.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The kind of a registry code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

coded! {
    /// How a person takes part: the `payer_kind` of the people registry.
    PayerKind {
        /// An employee: the employer pays.
        Employee = "employee",
        /// A worker on a civil-law contract (ГПХ).
        Contract = "contract",
        /// An individual entrepreneur, a private practice, the head of a farm.
        Entrepreneur = "entrepreneur",
        /// An independent payer (самостоятельный плательщик).
        Independent = "independent",
        /// None of these.
        None = "none",
    }
}

coded! {
    /// Who made a payment: the `payer_kind` of the contribution registry.
    Payer {
        /// The employer, deductions.
        Employer = "employer",
        /// The employee, withheld by the employer.
        Employee = "employee",
        /// The customer of a civil-law contract.
        Contract = "contract",
        /// An entrepreneur for himself.
        Entrepreneur = "entrepreneur",
        /// An independent payer. Covers a month only once the sum reaches the rate.
        Independent = "independent",
        /// The state.
        State = "state",
    }
}

/// One payment for one month of one person. A row is known by (IIN, reference, line). `Debug` masks the payer, whose
/// number may be an IIN.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The month paid for; it never changes, a payment is never moved to another period.
    pub period: Period,
    /// The bank's reference of the payment list, 1-64 characters.
    pub reference: String,
    /// The row in the list.
    pub line: u32,
    /// The purpose.
    pub knp: Knp,
    /// Who paid.
    pub payer: Payer,
    /// BIN or IIN of the payer, 12 digits as a number; `None` if the registry left it empty.
    pub payer_id: Option<u64>,
    /// The sum.
    pub amount: Tiyn,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// The day on which the sum was returned, if it was.
    pub returned_on: Option<NaiveDate>,
}

impl fmt::Debug for Contribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payer_id = self.payer_id.map(|id| format!("********{:04}", id % 10_000));
        f.debug_struct("Contribution")
            .field("period", &self.period)
            .field("reference", &self.reference)
            .field("line", &self.line)
            .field("knp", &self.knp)
            .field("payer", &self.payer)
            .field("payer_id", &payer_id)
            .field("amount", &self.amount)
            .field("paid_on", &self.paid_on)
            .field("returned_on", &self.returned_on)
            .finish()
    }
}

/// A return that came before its contribution and waits for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WaitingReturn {
    /// The reference of the returned row.
    pub reference: String,
    /// The line of the returned row.
    pub line: u32,
    /// The day of the return.
    pub returned_on: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_masks_the_payer() {
        let day: NaiveDate = "2026-08-12".parse().unwrap();
        let row = Contribution {
            period: Period::of(day),
            reference: "R1".into(),
            line: 1,
            knp: Knp::Contribution,
            payer: Payer::Independent,
            payer_id: Some(900_101_300_007),
            amount: Tiyn(425_000),
            paid_on: day,
            returned_on: None,
        };
        let printed = format!("{row:?}");
        assert!(
            printed.contains("********0007") && !printed.contains("900101300007"),
            "{printed}"
        );
    }
}
