//! The journal: who asked about whom, when, by which door, and what class of answer went out.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::iin::Iin;
use crate::language::Language;
use crate::phone::Msisdn;

/// By which door a question came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Door {
    /// An SMS through the carrier instance of this name.
    Sms(String),
    /// A USSD page through the carrier instance of this name.
    Ussd(String),
    /// The operator's console.
    Console,
    /// A command line such as `saqta status`.
    Command(String),
}

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// A phone.
    Phone(Msisdn),
    /// An operator, by the name of the account.
    Operator(String),
    /// A phone of an erased person, by the token that took its place.
    Erased(u64),
}

/// The class of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All that a bound phone or an operator may know.
    Full,
    /// Insured or not, and nothing else.
    StatusOnly,
    /// The neutral text because no such person is known.
    Unknown,
    /// The neutral text because the person is locked.
    Locked,
    /// The neutral text because a limit was reached.
    Limited,
    /// No usable IIN in the text.
    NotAnIin,
    /// Help, a menu, a setting: nothing about a person.
    Service,
    /// No answer on purpose: a machine, a loop, a stopped phone.
    Silence,
    /// We failed; the citizen was asked to try later.
    Failed,
}

impl Outcome {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::Full,
        Self::StatusOnly,
        Self::Unknown,
        Self::Locked,
        Self::Limited,
        Self::NotAnIin,
        Self::Service,
        Self::Silence,
        Self::Failed,
    ];

    /// The name in metrics and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::StatusOnly => "status_only",
            Self::Unknown => "unknown",
            Self::Locked => "locked",
            Self::Limited => "limited",
            Self::NotAnIin => "not_an_iin",
            Self::Service => "service",
            Self::Silence => "silence",
            Self::Failed => "failed",
        }
    }
}

/// The person a line is about, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// The last four digits of the IIN.
    Masked(u16),
    /// The random token that took the place of an erased person's number.
    Erased(u64),
    /// A batch of so many people.
    Batch(u32),
}

impl Subject {
    /// The person, masked.
    #[must_use]
    pub fn of(iin: Iin) -> Self {
        Self::Masked(u16::try_from(iin.number() % 10_000).unwrap_or_default())
    }
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When the answer was ready.
    pub at: Timestamp,
    /// The door.
    pub door: Door,
    /// Who asked.
    pub who: Who,
    /// About whom; `None` if about nobody.
    pub subject: Option<Subject>,
    /// The class of the answer.
    pub outcome: Outcome,
    /// What was asked for, in one word: `status`, `payments`, `debt`, `clinic`, `help`, `lock`, ...
    pub topic: String,
    /// The language of the answer.
    pub language: Language,
    /// From the request's arrival until this line was written, in microseconds.
    pub took_us: u32,
    /// What else is known.
    pub particulars: Particulars,
}

/// What only some lines have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// The phone that an operator's work concerned.
    pub phone: Option<Msisdn>,
    /// In a word, without IIN and phone: the month of a temporary status, the code of a language; at most 40 characters.
    pub detail: String,
    /// The key in [`crate::store::Tree::Answers`] of what was said; empty: it was not kept.
    pub answer: Vec<u8>,
}

/// A line with its sequence number, which grows in the order in which lines became durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// The sequence number.
    pub seq: u64,
    /// The line.
    pub entry: Entry,
}

/// Which journal lines to return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JournalPage {
    /// The newest lines, oldest of them first.
    Newest,
    /// Lines after this sequence number, oldest first.
    After(u64),
    /// The lines just before this sequence number, oldest first.
    Before(u64),
}

/// Which journal lines are wanted; what is `None` or empty is not asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalFilter {
    /// The name of a carrier instance, `console`, or the name of a command.
    pub carrier: Option<String>,
    /// The class of the answer.
    pub outcome: Option<Outcome>,
    /// The phone that asked or that an operator's work concerned.
    pub phone: Option<Msisdn>,
    /// The person.
    pub iin: Option<Iin>,
}

impl JournalFilter {
    /// True if every line is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// True if `entry` is wanted, as far as the line says: it does not know its person.
    #[must_use]
    pub fn fits(&self, entry: &Entry) -> bool {
        let carrier = |name: &String| match &entry.door {
            Door::Sms(door) | Door::Ussd(door) | Door::Command(door) => door == name,
            Door::Console => name == "console",
        };
        let phone = |phone: Msisdn| entry.who == Who::Phone(phone) || entry.particulars.phone == Some(phone);
        self.carrier.as_ref().is_none_or(carrier)
            && self.outcome.is_none_or(|outcome| entry.outcome == outcome)
            && self.phone.is_none_or(phone)
    }
}

/// Lines of the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalSlice {
    /// The lines, oldest first.
    pub lines: Vec<Numbered>,
    /// The last line looked at in the direction of the page, whether it fits or not: the next page in that direction
    /// goes on from there. `None`: there was nothing to look at.
    pub reached: Option<u64>,
    /// The search stopped before the end of the journal, at the number of lines wanted or at the most it looks at.
    pub more: bool,
}
