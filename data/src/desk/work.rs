//! Work on a person: what an operator may do beyond looking, by role, each with its line in the journal.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::OperatorRole;
use crate::clock::Timestamp;
use crate::iin::Iin;
use crate::language::Language;
use crate::period::Period;
use crate::phone::{Msisdn, Role};

/// The longest note or reason, in characters.
pub const MAX_NOTE_CHARS: usize = 500;
/// The most notes kept of a person; the oldest go.
pub const MAX_NOTES: usize = 100;
/// The notes on a card, the newest.
pub const NOTES_ON_CARD: usize = 20;

/// Something an operator does.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The person it is about; `None` only for [`Deed::Reveal`] and [`Deed::Copy`] of what stands in a list.
    pub iin: Option<Iin>,
    /// What is done.
    pub deed: Deed,
}

/// What is done. The journal's topic is [`Deed::topic`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// The caller has proved who they are. Changes nothing, is journalled.
    Verify,
    /// That is taken back.
    Unverify,
    /// Numbers are shown whole for a while.
    Reveal,
    /// What is on the screen is copied to the clipboard.
    Copy,
    /// The card is written to a file.
    Save,
    /// The phone is bound to the person from today on.
    Bind {
        /// The phone.
        msisdn: Msisdn,
        /// What the person is to the phone's owner.
        role: Role,
    },
    /// The binding ends today.
    Unbind {
        /// The phone.
        msisdn: Msisdn,
    },
    /// The language of the answers to a phone bound to the person.
    SetLanguage {
        /// The phone.
        msisdn: Msisdn,
        /// The language.
        language: Language,
    },
    /// The IIN is hidden from phones not bound to it.
    Lock,
    /// It is so no longer.
    Unlock,
    /// A temporary status for a month, on documents.
    Temporary {
        /// The month.
        period: Period,
        /// Why, 1 to [`MAX_NOTE_CHARS`] characters; kept as a note.
        reason: String,
    },
    /// A note for the next operator.
    Note {
        /// The text, 1 to [`MAX_NOTE_CHARS`] characters.
        text: String,
    },
    /// The status text goes by SMS to a phone bound to the person, in its language.
    SendStatus {
        /// The phone.
        msisdn: Msisdn,
        /// The [text](StatusSms::text) that the operator saw: no other is sent.
        seen: String,
    },
}

/// The status text that [`Deed::SendStatus`] would send now: made by what sends it, kept by nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSms {
    /// The phone.
    pub to: Msisdn,
    /// The carrier instance that would send it.
    pub carrier: String,
    /// The text, every character as it would arrive.
    pub text: String,
    /// The SMS that it takes.
    pub parts: usize,
    /// The language of the phone.
    pub language: Language,
}

// The text is what a citizen is told.
impl fmt::Debug for StatusSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StatusSms(..)")
    }
}

/// The topic of the line about a look at such a text.
pub const PREVIEW: &str = "preview-status";

impl Deed {
    /// The role that it needs.
    #[must_use]
    pub const fn needs(&self) -> OperatorRole {
        match self {
            Self::Temporary { .. } => OperatorRole::Senior,
            _ => OperatorRole::Operator,
        }
    }

    /// The topic in the journal.
    #[must_use]
    pub const fn topic(&self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Unverify => "unverify",
            Self::Reveal => "reveal",
            Self::Copy => "copy",
            Self::Save => "save",
            Self::Bind { .. } => "bind",
            Self::Unbind { .. } => "unbind",
            Self::SetLanguage { .. } => "set-language",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Temporary { .. } => "temporary",
            Self::Note { .. } => "note",
            Self::SendStatus { .. } => "send-status",
        }
    }

    /// The phone that it concerns.
    #[must_use]
    pub const fn phone(&self) -> Option<Msisdn> {
        match self {
            Self::Bind { msisdn, .. }
            | Self::Unbind { msisdn }
            | Self::SetLanguage { msisdn, .. }
            | Self::SendStatus { msisdn, .. } => Some(*msisdn),
            _ => None,
        }
    }
}

// Notes and reasons are an operator's free text: they may hold anything. A status is what a citizen is told.
impl fmt::Debug for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deed")
            .field("topic", &self.topic())
            .field("phone", &self.phone())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Work({:?}, {:?})", self.iin, self.deed)
    }
}

/// Why a deed was not done. The console says it in words, by [`Refusal::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such person is known.
    UnknownPerson,
    /// The phone is bound to the person already, in this role.
    AlreadyBound,
    /// The phone is not bound to the person today.
    NotBound,
    /// The person was bound to as many phones as are kept.
    TooManyPhones,
    /// As many people as are kept are bound to the phone.
    TooManyPeople,
    /// The IIN is locked already.
    AlreadyLocked,
    /// The IIN is not locked.
    NotLocked,
    /// A temporary status holds through that month already.
    AlreadyTemporary,
    /// The person has as many temporary statuses as are kept.
    TooManySpans,
    /// A note or a reason has 1 to [`MAX_NOTE_CHARS`] characters.
    TextLength,
    /// No carrier here can send an SMS that is no answer.
    NoSender,
    /// The owner of the phone wants no SMS (STOP).
    Stopped,
    /// Too many SMS wait to be sent.
    Busy,
    /// The phone has been sent as many SMS as it may get in a minute.
    TooManySms,
    /// The phone has been sent as many SMS as it may get in a day.
    TooManySmsToday,
    /// The text that would be sent is another than the one seen.
    OtherText,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 16] = [
        Self::UnknownPerson,
        Self::AlreadyBound,
        Self::NotBound,
        Self::TooManyPhones,
        Self::TooManyPeople,
        Self::AlreadyLocked,
        Self::NotLocked,
        Self::AlreadyTemporary,
        Self::TooManySpans,
        Self::TextLength,
        Self::NoSender,
        Self::Stopped,
        Self::Busy,
        Self::TooManySms,
        Self::TooManySmsToday,
        Self::OtherText,
    ];

    /// The name in texts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownPerson => "unknown-person",
            Self::AlreadyBound => "already-bound",
            Self::NotBound => "not-bound",
            Self::TooManyPhones => "too-many-phones",
            Self::TooManyPeople => "too-many-people",
            Self::AlreadyLocked => "already-locked",
            Self::NotLocked => "not-locked",
            Self::AlreadyTemporary => "already-temporary",
            Self::TooManySpans => "too-many-spans",
            Self::TextLength => "text-length",
            Self::NoSender => "no-sender",
            Self::Stopped => "stopped",
            Self::Busy => "busy",
            Self::TooManySms => "too-many-sms",
            Self::TooManySmsToday => "too-many-sms-today",
            Self::OtherText => "other-text",
        }
    }
}

/// A note of an operator about a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When it was written.
    pub at: Timestamp,
    /// The name of the operator's account.
    pub operator: String,
    /// The text.
    pub text: String,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note")
            .field("at", &self.at)
            .field("operator", &self.operator)
            .finish_non_exhaustive()
    }
}
