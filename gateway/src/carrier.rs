//! What every carrier has in common: a message in, an answer out.

use async_trait::async_trait;
use saqta_data::phone::Msisdn;

use self::adapter::Receipt;

use crate::encoding::Alphabet;
use crate::encoding::pages::Frame;
use crate::error::Refusal;

pub mod adapter;
pub mod config;
pub mod json;
pub mod poll;
pub mod send;
pub mod sign;
pub mod ussd;
pub mod wire;

pub use ussd::{IncomingUssd, UssdCall, UssdInput, UssdPage, UssdReply, UssdSession, UssdStep};

/// The longest id, number, name, session or code that a carrier may send, in bytes. The longest documented one is a
/// UUID (36); the text of an SMS is bounded by the size of the request.
pub const MAX_FIELD_BYTES: usize = 200;

/// A configured instance of a carrier adapter, as far as the exchange needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The name in the path and the journal.
    pub name: String,
    /// False if anybody could have sent it (no signature, no secret, no IP list): every phone is then unbound.
    pub believes_sender: bool,
    /// True if the carrier only takes an acknowledgement of an SMS, and the answer is to be sent.
    pub answers_later: bool,
    /// What the ids of its messages are worth.
    pub ids: Ids,
    /// True if an SMS can be sent to the citizen out of a USSD session.
    pub can_send_sms: bool,
    /// What the carrier shows of a USSD page.
    pub ussd_frame: Frame,
    /// Our own numbers and short codes at this carrier: messages from them are never answered.
    pub own_numbers: Vec<String>,
}

/// What the ids of messages are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// What proves a message proves its id.
    Proven,
    /// A message is believed whatever its id: who has seen one can send it again under another, so the same text of a phone
    /// is a repetition for a minute.
    Unproven,
    /// The carrier was asked for the message and named its id; told of by a callback the same text proves nothing, and is a
    /// repetition for a minute.
    Asked,
}

/// An SMS from a citizen, as parsed by an adapter.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingSms {
    /// The carrier's id of the message, the same at every repetition; `None` for carriers without.
    pub id: Option<String>,
    /// The sender, as the carrier writes it: a phone, a short code, or a name.
    pub from: String,
    /// The number texted to.
    pub to: String,
    /// The text; what was not decodable is U+FFFD.
    pub text: String,
    /// Which part of a longer text it is; `None`: the whole.
    pub part: Option<Part>,
    /// What the carrier wants back with the answer, such as who pays for it; `None`: nothing.
    pub link: Option<String>,
}

/// What an answer has of the message that it answers, where it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Thread {
    /// The number texted to, as the carrier writes it, if it is one of ours: the answer is from it.
    pub number: Option<String>,
    /// [`IncomingSms::link`].
    pub link: Option<String>,
}

impl Thread {
    /// Of an SMS that answers none.
    pub const NONE: Self = Self {
        number: None,
        link: None,
    };

    /// The thread of answers to `sms`, heard through `instance`. A number that is not known to be ours is not used: whoever
    /// gets a message past a carrier that signs nothing could choose in whose name we write.
    #[must_use]
    pub fn of(instance: &Instance, sms: &IncomingSms) -> Self {
        let own = instance.own_numbers.iter();
        let ours = { own }.any(|own| is_same_number(own, &sms.to));
        Self {
            number: ours.then(|| sms.to.trim().to_owned()),
            link: sms.link.clone(),
        }
    }
}

/// True if both are the same short code or name, or the same phone.
#[must_use]
pub fn is_same_number(one: &str, other: &str) -> bool {
    let phone = Msisdn::parse(one);
    one.trim() == other.trim() || phone.is_ok() && phone == Msisdn::parse(other)
}

/// A part of a text that is too long for one SMS, of carriers that hand over each by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// What the parts of one text have in common, beside sender and receiver.
    pub reference: String,
    /// The number of the part, 1 the first.
    pub number: u8,
    /// How many there are, at most [`MAX_PARTS`].
    pub total: u8,
    /// The ids of the parts of which the text was joined; empty in a part by itself.
    pub ids: Vec<String>,
}

/// The most parts of a text: phones stop at 10.
pub const MAX_PARTS: u8 = 10;

impl IncomingSms {
    /// Refuses a message whose id, sender or receiver is longer than any carrier's.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn check(&self) -> Result<(), Refusal> {
        let optional = |field: &Option<String>| field.clone().unwrap_or_default();
        check_lengths(&[&optional(&self.id), &self.from, &self.to, &optional(&self.link)])?;
        let Some(part) = &self.part else {
            return Ok(());
        };
        check_lengths(&[&part.reference])?;
        if (1..=MAX_PARTS).contains(&part.total) && (1..=part.total).contains(&part.number) {
            return Ok(());
        }
        Err(Refusal::malformed(format!(
            "a part of a message has a number from 1 on, and there are at most {MAX_PARTS}"
        )))
    }
}

fn check_lengths(fields: &[&str]) -> Result<(), Refusal> {
    if fields.iter().all(|field| field.len() <= MAX_FIELD_BYTES) {
        return Ok(());
    }
    Err(Refusal::malformed(format!(
        "a field is longer than {MAX_FIELD_BYTES} bytes"
    )))
}

/// How an answer came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The message was heard.
    Fresh,
    /// The message came again and got what it got before.
    Repeated,
    /// We failed; the citizen was asked to try later.
    Failed,
}

/// An answer with how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered<T> {
    /// The answer.
    pub reply: T,
    /// How it came about.
    pub course: Course,
}

impl<T> Answered<T> {
    /// The answer to a message that was heard.
    pub const fn fresh(reply: T) -> Self {
        Self {
            reply,
            course: Course::Fresh,
        }
    }
}

/// Who answers: the exchange; a stand-in in the tests of carriers.
#[async_trait]
pub trait Answers: Send + Sync + 'static {
    /// The answer to an SMS; the same again for the same message.
    async fn sms(&self, instance: &Instance, sms: IncomingSms) -> Answered<SmsReply>;

    /// The page after a step of a USSD session; the same again for the same step.
    async fn ussd(&self, instance: &Instance, step: IncomingUssd) -> Answered<UssdPage>;

    /// Closes a session that the carrier says is over; true if it was going on.
    async fn ussd_ended(&self, _instance: &Instance, _session: UssdSession) -> bool {
        false
    }

    /// True while a session goes on.
    async fn ussd_active(&self, _instance: &Instance, _session: UssdSession) -> bool {
        false
    }

    /// Notes what became of an SMS that was sent; false if nothing is known of it.
    ///
    /// # Errors
    /// [`Refusal::Unkept`] if that cannot be known or kept now: the carrier is to tell it again.
    async fn receipt(&self, _instance: &Instance, _receipt: Receipt) -> Result<bool, Refusal> {
        Ok(false)
    }

    /// The final page for a citizen whose page was not ready in time.
    fn late_page(&self, instance: &Instance) -> UssdPage;
}

/// The answer to an SMS.
#[derive(Clone, PartialEq, Eq)]
pub enum SmsReply {
    /// No answer: a machine, a loop, a stopped phone.
    Silence,
    /// One message, in as many parts as it takes.
    Text(OutgoingSms),
}

/// A message to a citizen.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OutgoingSms {
    /// The receiver.
    pub to: Msisdn,
    /// The text.
    pub text: String,
    /// The alphabet that the text needs.
    pub alphabet: Alphabet,
    /// The number of parts.
    pub parts: usize,
}

// Texts of citizens hold IINs: none of these has a derived `Debug`.
macro_rules! opaque_debug {
    ($($name:ty),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}
opaque_debug!(
    IncomingSms,
    Part,
    SmsReply,
    OutgoingSms,
    IncomingUssd,
    UssdCall,
    UssdInput,
    UssdPage,
    UssdReply,
    UssdSession
);
