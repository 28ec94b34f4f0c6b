//! The desk: what an operator may ask. The console and the commands know nothing else of the store, so they work the
//! same in the process that holds it and over the socket of the server that does.

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::coverage::Coverage;
use crate::iin::Iin;
use crate::journal::Numbered;
pub use crate::journal::{JournalFilter, JournalPage, JournalSlice};
use crate::language::Language;
use crate::law::Law;
pub use crate::office::{Delivery, StoredAnswer};
use crate::person::{Clinic, Person};
use crate::phone::{Binding, Msisdn};
pub use crate::registry::ExportPage;
use crate::registry::sorted::{Loaded, Piece};
use crate::registry::{Chunk, Ingested, Refused, Registry};
use crate::store::{StoreError, StoreFigures};

mod census;
mod check;
pub mod contract;
mod erase;
pub mod imports;
mod local;
pub mod pulse;
mod search;
mod stored;
mod tally;
mod upkeep;
pub mod work;

pub use census::Counter;
pub use erase::Erased;
pub use imports::{Course, Import, ImportHead, ImportStep, Phase};
pub use local::{DeskOptions, LOOKUPS_PER_HOUR, LocalDesk, MAX_CARDS};
pub use pulse::{CarrierFigures, Host, Pulse};
pub use search::MAX_HITS;
pub use stored::STORED;
pub use tally::Tally;
pub use upkeep::{Pieces, Upkeep, WholeDesk};
pub use work::{Deed, Note, Refusal, StatusSms, Work};

/// What an operator may do, each role all that the ones before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatorRole {
    /// Look at the journal and the figures, and people one by one.
    Viewer,
    /// Work on a person.
    Operator,
    /// Import, export and ask about many people.
    Senior,
}

impl OperatorRole {
    /// The name in configuration, JSON and refusals.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Senior => "senior",
        }
    }
}

/// Who sits at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The name of the account, or its uid in digits.
    pub name: String,
    /// The role.
    pub role: OperatorRole,
    /// Look-ups left in this hour; `None`: not limited.
    pub lookups_left: Option<u32>,
}

/// What to search people by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// The number of the person.
    Iin(Iin),
    /// The people bound to a phone.
    Phone(Msisdn),
    /// The beginnings of surname, given name and patronymic (any letter case), and the date of birth.
    Name {
        /// Words of the name, each the beginning of a name part.
        words: Vec<String>,
        /// Date of birth.
        born_on: NaiveDate,
    },
}

/// A person found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The number.
    pub iin: Iin,
    /// Full name; empty while the people registry has not named the person.
    pub name: String,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// The clinic of the newest attachment, if its row has come: it tells people of one name apart.
    pub clinic: Option<Clinic>,
}

/// A phone that was bound to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundPhone {
    /// The phone.
    pub msisdn: Msisdn,
    /// Its binding to the person.
    pub binding: Binding,
    /// The language its owner chose.
    pub language: Option<Language>,
}

/// Everything about a person that a card shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The person.
    pub person: Person,
    /// The coverage on the day asked about.
    pub coverage: Coverage,
    /// The clinic of the newest attachment, if its row has come.
    pub clinic: Option<Clinic>,
    /// The phones ever bound.
    pub phones: Vec<BoundPhone>,
    /// The newest journal lines about the person, newest first, at most 20.
    pub asked: Vec<Numbered>,
    /// The newest notes of operators, newest first, at most [`work::NOTES_ON_CARD`].
    pub notes: Vec<Note>,
    /// The day up to which the registries reach.
    pub data_date: Option<NaiveDate>,
}

/// Figures of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The store.
    pub store: StoreFigures,
    /// The day up to which the registries reach.
    pub data_date: Option<NaiveDate>,
    /// Now, by the desk's clock.
    pub now: Timestamp,
    /// True if a server with carriers answers at this desk, false for a store opened by the command itself.
    pub serving: bool,
}

/// What a check of the store found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Entries read and found sound, per tree name.
    pub sound: std::collections::BTreeMap<String, u64>,
    /// The first 64 bits of the SHA-256 of each tree's entries in the order of keys, each key and value behind its length, in
    /// hexadecimal: two stores with the same digests hold the same. Of a store in use they are those of no instant.
    #[serde(default)]
    pub digests: std::collections::BTreeMap<String, String>,
    /// Bytes of all keys and values. On disk they take more, and what was overwritten besides.
    #[serde(default)]
    pub bytes: u64,
    /// What is wrong, one line each, without IINs and phones; at most 1,000.
    pub faults: Vec<String>,
    /// What is not wrong but wants something done, likewise.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// Why a desk did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum DeskError {
    /// The operator's role does not allow it.
    #[error("this needs the role {0}; ask a senior operator")]
    Forbidden(String),
    /// The operator has used up the look-ups of this hour.
    #[error("the look-ups of this hour are used up; they are counted anew in {minutes} min")]
    TooMany {
        /// Minutes until the next hour begins.
        minutes: u32,
    },
    /// The work cannot be done, for a reason that the operator can mend.
    #[error("this was not done: {}", .0.code())]
    Refused(Refusal),
    /// The question cannot be understood.
    #[error("{0}")]
    Bad(String),
    /// The server is away.
    #[error("the server does not answer: {0}")]
    Away(String),
    /// The store failed.
    #[error("{0}")]
    Store(String),
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// What an operator may ask. Every look-up of a person is in the journal before it is answered.
#[async_trait]
pub trait Desk: Send + Sync + std::fmt::Debug {
    /// Who sits here.
    async fn whoami(&self) -> Result<Operator, DeskError>;

    /// People found, at most 50, by IIN.
    async fn search(&self, query: Query) -> Result<Vec<Hit>, DeskError>;

    /// The card of `iin` on `day` (`None`: today); `None` if no such person is known.
    async fn card(&self, iin: Iin, day: Option<NaiveDate>) -> Result<Option<Card>, DeskError>;

    /// The cards of at most 1,000 people in the order asked, without payments, phones and journal; one journal line for
    /// all. For [`OperatorRole::Senior`].
    async fn cards(&self, iins: Vec<Iin>, day: Option<NaiveDate>) -> Result<Vec<Option<Card>>, DeskError>;

    /// At most `limit` (up to 1,000) lines of the journal that fit `filter`, oldest first. A question about one person
    /// is a look-up of that person.
    async fn journal(
        &self,
        page: JournalPage,
        filter: JournalFilter,
        limit: usize,
    ) -> Result<JournalSlice, DeskError>;

    /// What a citizen wrote and was answered at the journal line `seq`, while that is kept (48 hours); `None` for a
    /// line without. A look-up of the person it is about. For [`OperatorRole::Operator`].
    async fn exchange(&self, seq: u64) -> Result<Option<StoredAnswer>, DeskError>;

    /// Does `work`; returns when it is on disk with its journal line. The card as it is then, if it changed.
    async fn work(&self, work: Work) -> Result<Option<Box<Card>>, DeskError>;

    /// The text that [`Deed::SendStatus`] would send about `iin` to the phone `to` now, refused as that would be. A
    /// look-up of the person. For [`OperatorRole::Operator`].
    async fn status_sms(&self, iin: Iin, to: Msisdn) -> Result<StatusSms, DeskError>;

    /// The law tables by which this desk answers.
    async fn law(&self) -> Result<Law, DeskError>;

    /// How the carriers do; none at a store opened by the console itself.
    async fn carriers(&self) -> Result<Vec<CarrierFigures>, DeskError>;

    /// The pulse of the whole.
    async fn pulse(&self) -> Result<Pulse, DeskError>;

    /// Imports under way and over, newest first, at most [`imports::MAX_IMPORTS`].
    async fn imports(&self) -> Result<Vec<Import>, DeskError>;

    /// The first refused rows of an import. They hold IINs: for [`OperatorRole::Senior`], with a journal line.
    async fn refused(&self, import: u64) -> Result<Vec<Refused>, DeskError>;

    /// Enters an import, whose chunks then name it. For [`OperatorRole::Senior`].
    async fn begin_import(&self, head: ImportHead) -> Result<u64, DeskError>;

    /// Says that an import is over, and why if it broke off. For [`OperatorRole::Senior`].
    async fn end_import(&self, import: u64, failure: Option<String>) -> Result<(), DeskError>;

    /// Figures of the whole.
    async fn figures(&self) -> Result<Figures, DeskError>;

    /// Takes rows of a registry; returns when they are on disk. For [`OperatorRole::Senior`].
    async fn ingest(&self, chunk: Chunk) -> Result<Ingested, DeskError>;

    /// Takes sorted rows of a large import; returns when they are on disk. Their imports are told by
    /// [`Desk::tell_import`]. For [`OperatorRole::Senior`].
    async fn load(&self, piece: Piece) -> Result<Loaded, DeskError>;

    /// Says how far an import is whose rows are loaded sorted, with those of others. For [`OperatorRole::Senior`].
    async fn tell_import(&self, import: u64, step: ImportStep) -> Result<(), DeskError>;

    /// A page of a registry, from `after` on; one journal line for all people on it. For [`OperatorRole::Senior`].
    async fn export(&self, registry: Registry, after: Option<Vec<u8>>) -> Result<ExportPage, DeskError>;

    /// Reads every value of every tree and checks that they agree. For [`OperatorRole::Senior`].
    async fn check(&self) -> Result<Findings, DeskError>;
}
