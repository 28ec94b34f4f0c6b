//! What every carrier has in common: a message in, an answer out.

use saqta_data::phone::Msisdn;

use crate::encoding::Alphabet;

/// A configured instance of a carrier adapter, as far as the exchange needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The name in the path and the journal.
    pub name: String,
    /// False if anybody could have sent it (no signature, no secret, no IP list): every phone is then unbound.
    pub believes_sender: bool,
    /// True if an SMS can be sent to the citizen out of a USSD session.
    pub can_send_sms: bool,
    /// Characters that the carrier adds to each USSD page, in units of the page's alphabet.
    pub ussd_overhead: usize,
    /// Our own numbers and short codes at this carrier: messages from them are never answered.
    pub own_numbers: Vec<String>,
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

/// A step of a USSD session, as parsed by an adapter.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingUssd {
    /// The carrier's id of the session.
    pub session: String,
    /// The phone.
    pub from: String,
    /// The code dialled at the start, such as `*1414#` or `*1414*900101300007#`.
    pub code: String,
    /// What was typed on this step; empty at the start.
    pub input: String,
    /// The number of the step, 0 at the start.
    pub step: u32,
}

/// A USSD page.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UssdPage {
    /// What the handset shows.
    pub text: String,
    /// True if the session ends with this page.
    pub end: bool,
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
opaque_debug!(IncomingSms, SmsReply, OutgoingSms, IncomingUssd, UssdPage);
