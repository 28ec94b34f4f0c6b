//! What carriers of USSD have in common: steps of a session in, pages out.

use super::MAX_FIELD_BYTES;
use crate::error::Refusal;

/// The longest history of a session, in bytes: in the 300 s that one lasts nobody types 75 IINs.
pub const MAX_HISTORY_BYTES: usize = 1_000;

/// What a request of a carrier about USSD is.
#[derive(Clone, PartialEq, Eq)]
pub enum UssdCall {
    /// A step of a session; a page is the answer.
    Step(IncomingUssd),
    /// The session is over: the citizen hung up, was too slow, or left the network.
    End(UssdSession),
    /// Is the session going on?
    Query(UssdSession),
    /// Nothing that concerns us; it is acknowledged.
    Nothing,
}

/// A session as the carrier names it.
#[derive(Clone, PartialEq, Eq)]
pub struct UssdSession {
    /// The carrier's id of the session; the phone at carriers without.
    pub id: String,
    /// The phone, as the carrier writes it; `None` if it names the session only.
    pub from: Option<String>,
}

/// A step of a USSD session, as parsed by an adapter.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingUssd {
    /// The session.
    pub session: UssdSession,
    /// The carrier's service code, such as `*1414#`; empty if it is not told apart from the input.
    pub code: String,
    /// What was typed.
    pub input: UssdInput,
    /// What the carrier numbers the step by, the same at every repetition; `None` for carriers without.
    pub step: Option<u64>,
}

/// What was typed, as carriers tell it.
#[derive(Clone, PartialEq, Eq)]
pub enum UssdInput {
    /// The session begins with what was dialled, such as `*1414#` or `*1414*900101300007#`.
    Dialled(String),
    /// This was typed on this step.
    Typed(String),
    /// The same, but the first input of a session is what was dialled, and nothing tells it from the others (Airtel).
    DialledOrTyped(String),
    /// Everything typed since the service code, this step last, joined by `*`; empty at the start.
    History(String),
}

impl UssdInput {
    /// The text itself.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Dialled(text) | Self::Typed(text) | Self::DialledOrTyped(text) | Self::History(text) => {
                text
            }
        }
    }

    /// As a carrier sends it, without the line break that some put in front and the CR that fills up the last octet on
    /// the air (3GPP TS 23.038, 6.1.2.3).
    #[must_use]
    pub fn trimmed(self) -> Self {
        let trim = |text: String| {
            let text = text.trim_start_matches(['\n', '\r']);
            text.trim_end_matches(['\r', '\n']).to_owned()
        };
        match self {
            Self::Dialled(text) => Self::Dialled(trim(text)),
            Self::Typed(text) => Self::Typed(trim(text)),
            Self::DialledOrTyped(text) => Self::DialledOrTyped(trim(text)),
            Self::History(text) => Self::History(trim(text)),
        }
    }
}

impl UssdSession {
    /// Refuses a session or a phone that is longer than any carrier's.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn check(&self) -> Result<(), Refusal> {
        super::check_lengths(&[&self.id, self.from.as_deref().unwrap_or_default()])
    }
}

impl IncomingUssd {
    /// Refuses a step whose session, phone, code or input is longer than any carrier's.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn check(&self) -> Result<(), Refusal> {
        self.session.check()?;
        super::check_lengths(&[&self.code])?;
        let most = match self.input {
            UssdInput::History(_) => MAX_HISTORY_BYTES,
            _ => MAX_FIELD_BYTES,
        };
        if self.input.text().len() <= most {
            return Ok(());
        }
        Err(Refusal::malformed(format!(
            "the input is longer than {most} bytes"
        )))
    }
}

/// What a carrier is answered.
#[derive(Clone, PartialEq, Eq)]
pub enum UssdReply {
    /// The page after a step.
    Page(UssdPage),
    /// The end of a session is noted; true if the session was going on.
    Ended(bool),
    /// Whether the session goes on.
    Active(bool),
    /// Nothing was asked.
    Nothing,
}

/// A USSD page.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UssdPage {
    /// What the handset shows; empty: nothing, for a sender that is no phone.
    pub text: String,
    /// True if the session ends with this page.
    pub end: bool,
}
