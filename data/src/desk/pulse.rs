//! The pulse of the whole: who is insured, what is asked, how the carriers and the process are.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DeskError, Figures, StatusSms};
use crate::clock::Timestamp;
use crate::coverage::Status;
use crate::iin::Iin;
use crate::journal::Entry;
use crate::language::Language;
use crate::phone::Msisdn;

/// Minutes of a carrier's history.
pub const CARRIER_MINUTES: usize = 60;

/// The pulse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// The store and the data date.
    pub figures: Figures,
    /// The last count of all people; `None` before the first one is done.
    pub census: Option<Census>,
    /// People counted so far by a count under way.
    pub counting: Option<u64>,
    /// What was asked today.
    pub today: Today,
    /// The process that answers; `None` at a store opened by the console itself.
    pub process: Option<Process>,
}

/// How many people are insured, counted by going through all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// The day for which the status was computed.
    pub day: NaiveDate,
    /// When the count began: what came later may be missing.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// People.
    pub people: u64,
    /// People by status.
    pub by_status: BTreeMap<Status, u64>,
    /// The not insured by the code of the reason, see `coverage::reason`.
    pub reasons: BTreeMap<String, u64>,
}

/// Journal lines of a day, from midnight in Kazakhstan on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// The day.
    pub day: NaiveDate,
    /// Lines by hour of the day, 24 of them.
    pub hours: Vec<u64>,
    /// Answers to citizens by language.
    pub languages: BTreeMap<Language, u64>,
    /// Lines by the kind of door: `sms`, `ussd`, `console`, `command`.
    pub doors: BTreeMap<String, u64>,
    /// Lines by the code of the outcome.
    pub outcomes: BTreeMap<String, u64>,
}

/// The process of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// When it began to answer.
    pub started_at: Timestamp,
    /// Its resident memory in bytes; `None` where the system does not say.
    pub resident_bytes: Option<u64>,
}

/// How a carrier instance does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierFigures {
    /// The name of the instance.
    pub name: String,
    /// The adapter.
    pub kind: String,
    /// False if anybody could call it, so that every phone counts as not bound.
    pub believes_sender: bool,
    /// True if it can send an SMS that is no answer.
    pub can_send: bool,
    /// Messages and USSD steps understood in the last ten seconds.
    pub received_10s: u64,
    /// Answers given in the last ten seconds, silences not counted.
    pub answered_10s: u64,
    /// Answer times of the last five minutes in microseconds, 0 if there was none: the median ...
    pub p50_us: u64,
    /// ... the 95th percentile ...
    pub p95_us: u64,
    /// ... the 99th.
    pub p99_us: u64,
    /// When the last message came.
    pub heard_at: Option<Timestamp>,
    /// The last hour by minute, oldest first, [`CARRIER_MINUTES`] of them, the current minute last.
    pub minutes: Vec<CarrierMinute>,
    /// SMS waiting to be sent.
    pub waiting: u64,
    /// SMS given up since the start.
    pub dead: u64,
}

/// A minute of a carrier instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierMinute {
    /// Messages and USSD steps understood.
    pub received: u32,
    /// Answers given, repetitions included.
    pub answered: u32,
    /// Messages that came again and got the same answer: the carrier's retries.
    pub repeated: u32,
    /// Requests refused and messages that got no proper answer.
    pub errors: u32,
    /// The slowest answer, in microseconds.
    pub slowest_us: u32,
}

/// What the desk learns from the server that it belongs to.
#[async_trait]
pub trait Host: Send + Sync + fmt::Debug {
    /// How each carrier instance does, in the order of the configuration.
    async fn carriers(&self) -> Vec<CarrierFigures>;

    /// The process.
    fn process(&self) -> Process;

    /// The last count of people, and how far the one under way is.
    fn census(&self) -> (Option<Census>, Option<u64>);

    /// Puts the status text about `iin` on its way to the phone `to`, in one durable step with the journal line
    /// `entry`, if it is still the one that was `seen`.
    ///
    /// # Errors
    /// [`DeskError::Refused`] if no carrier here can send, the phone is not bound, wants no SMS or has had too many, the text
    /// is another by now, or too many wait.
    async fn send_status(&self, iin: Iin, to: Msisdn, seen: &str, entry: Entry) -> Result<(), DeskError>;

    /// The status text about `iin` that [`send_status`](Self::send_status) would send to the phone `to`.
    ///
    /// # Errors
    /// As there.
    async fn status_sms(&self, iin: Iin, to: Msisdn) -> Result<StatusSms, DeskError>;
}
