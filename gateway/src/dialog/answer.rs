//! What is answered, before it is put into words: every answer of the service, with what it tells.

use chrono::NaiveDate;
use saqta_data::contribution::PayerKind;
use saqta_data::coverage::Coverage;
use saqta_data::person::{Clinic, Person};
use saqta_data::phone::Msisdn;

/// What a bound phone may know about one person. No name, no category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The last four digits of the IIN.
    pub last_four: String,
    /// The coverage today.
    pub coverage: Coverage,
    /// True if the person's rate is the entrepreneur's, on whose debt a penalty comes on top.
    pub entrepreneur: bool,
    /// The clinic, if there is one.
    pub clinic: Option<AttachedClinic>,
    /// The day up to which the registries reach.
    pub data_date: Option<NaiveDate>,
}

impl View {
    /// What may be told of `person`, whose newest attachment is to `clinic`.
    #[must_use]
    pub fn new(
        person: &Person,
        coverage: Coverage,
        clinic: Option<Clinic>,
        data_date: Option<NaiveDate>,
    ) -> Self {
        let attached = person.attachment().zip(clinic);
        Self {
            last_four: person.iin.last_four(),
            coverage,
            entrepreneur: person.payer_kind() == PayerKind::Entrepreneur,
            clinic: attached.map(|(attachment, clinic)| AttachedClinic {
                clinic,
                attached_on: attachment.attached_on,
            }),
            data_date,
        }
    }
}

/// The clinic that a person is attached to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedClinic {
    /// The clinic.
    pub clinic: Clinic,
    /// First day of the attachment.
    pub attached_on: NaiveDate,
}

/// What was asked about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Topic {
    /// The status.
    Status,
    /// The payments of the last 12 months.
    Payments,
    /// Unpaid months, the sum and how to pay.
    Debt,
    /// The clinic.
    Clinic,
    /// Hide the IIN from other phones.
    Lock,
    /// Show it again.
    Unlock,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 6] = [
        Self::Status,
        Self::Payments,
        Self::Debt,
        Self::Clinic,
        Self::Lock,
        Self::Unlock,
    ];

    /// The word in the journal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Payments => "payments",
            Self::Debt => "debt",
            Self::Clinic => "clinic",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
        }
    }
}

/// An answer by SMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Status, to a bound phone.
    Status(Box<View>),
    /// Payments of the window, to a bound phone.
    Payments(Box<View>),
    /// Unpaid months and how to pay, to a bound phone.
    Debt(Box<View>),
    /// The clinic, to a bound phone.
    Clinic(Box<View>),
    /// Insured or not, to any other phone, and how to bind it. Nothing else.
    Unbound {
        /// Conditional and temporary count as insured.
        insured: bool,
        /// The day up to which the registries reach, for "not insured".
        data_date: Option<NaiveDate>,
    },
    /// The same text for a locked IIN, an unknown one and any beyond the limits.
    Neutral,
    /// Several people are bound to the phone: which one? `1 ...0007  2 ...0017`.
    WhichPerson(Vec<String>),
    /// A number typed to choose a person that was not offered.
    NoSuchChoice,
    /// Two or more IINs in one text.
    OneIinPlease,
    /// A number of another length where an IIN was meant.
    WrongLength {
        /// How many digits it had.
        digits: usize,
    },
    /// 12 digits with a wrong check digit.
    WrongCheckDigit,
    /// The number of an organisation.
    LooksLikeBin,
    /// A command about a person without an IIN from a phone bound to nobody.
    IinNeeded,
    /// How to use the service.
    Help,
    /// STOP is done.
    Stopped,
    /// START is done.
    Started,
    /// The language is set.
    LanguageSet,
    /// Latin letters are on or off.
    Latin {
        /// On.
        on: bool,
    },
    /// The IIN ending so is hidden from other phones.
    Locked {
        /// Its last four digits.
        last_four: String,
    },
    /// Only a bound phone can lock or unlock.
    LockNeedsBinding,
    /// The code to text back to unlock, within ten minutes.
    UnlockCode {
        /// Four digits.
        code: String,
        /// The last four digits of the IIN.
        last_four: String,
    },
    /// The IIN ending so is open again.
    Unlocked {
        /// Its last four digits.
        last_four: String,
    },
    /// UNLOCK for an IIN that is not locked.
    NotLocked {
        /// Its last four digits.
        last_four: String,
    },
    /// A code that is wrong or too old.
    WrongCode,
    /// We failed: try again later.
    TryLater,
    /// The phone has asked too often; said once.
    TooMany,
}

impl Answer {
    /// The same answer as an operator may see it afterwards, if it holds a secret.
    #[must_use]
    pub fn masked(&self) -> Option<Self> {
        match self {
            Self::UnlockCode { code, last_four } => Some(Self::UnlockCode {
                code: "*".repeat(code.len()),
                last_four: last_four.clone(),
            }),
            _ => None,
        }
    }
}

/// A page of the USSD menu. Pages longer than a screen are cut, `98` shows the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// Which language? In all three.
    Languages,
    /// 1 my status, 2 by IIN, 3 language.
    Main,
    /// The same after a session was dropped: 4 its last answer.
    MainAgain,
    /// Type the 12 digits.
    TypeIin,
    /// Type them again; why.
    TypeIinAgain(IinSlip),
    /// Which of the people bound to the phone? By last four digits.
    WhichPerson(Vec<String>),
    /// Status for a bound phone, with 1 payments 2 debt 3 clinic 4 by SMS (if the carrier can) 0 back 00 start.
    Status {
        /// What may be told.
        view: Box<View>,
        /// `4` is offered.
        can_send_sms: bool,
    },
    /// Payments; 0 back 00 start.
    Payments(Box<View>),
    /// Debt; 0 back 00 start.
    Debt(Box<View>),
    /// Clinic; 0 back 00 start.
    Clinic(Box<View>),
    /// Insured or not, for a phone not bound; 0 back 00 start.
    Unbound {
        /// Conditional and temporary count as insured.
        insured: bool,
        /// The day up to which the registries reach.
        data_date: Option<NaiveDate>,
    },
    /// The neutral text; 0 back 00 start.
    Neutral,
    /// "My status" from a phone bound to nobody: how to bind it; 0 back 00 start.
    NotBound,
    /// The status went out by SMS; 0 back 00 start.
    SmsSent(Msisdn),
    /// We are too slow; the answer follows by SMS and the session ends.
    AnswerBySms,
    /// We failed; the session ends.
    TryLater,
}

/// What was wrong with a typed IIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum IinSlip {
    /// Not 12 digits.
    WrongLength {
        /// How many there were.
        digits: usize,
    },
    /// The check digit.
    WrongCheckDigit,
    /// The number of an organisation.
    LooksLikeBin,
}
