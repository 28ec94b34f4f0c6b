//! The adapter: how one kind of carrier writes its requests and wants its answers.

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};

use saqta_data::clock::Timestamp;
use saqta_data::office::Delivery;

use super::poll::Polls;
use super::send::Sends;
use super::{Ids, IncomingSms, SmsReply, UssdCall, UssdReply};
use crate::encoding::pages::PAGE_OCTETS;
use crate::error::Refusal;

/// The most messages in one request of a carrier that sends batches.
pub const MAX_BATCH: usize = 100;

/// The last segment of a webhook's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// A text from a citizen.
    Sms,
    /// A step of a USSD session.
    Ussd,
    /// What became of a message of ours.
    Receipt,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 3] = [Self::Sms, Self::Ussd, Self::Receipt];

    /// The segment of the path, which is also the name in metrics.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Ussd => "ussd",
            Self::Receipt => "receipt",
        }
    }
}

/// A request as an adapter sees it: the head and the raw bytes of the body, over which signatures are made.
/// It has no `Debug`: it is full of phones and IINs.
pub struct Webhook {
    /// Method, address and headers.
    pub head: Parts,
    /// The body, at most [`crate::router::MAX_BODY_BYTES`] long.
    pub body: Bytes,
}

/// What stands in the path below the service; an extension of the request.
#[derive(Clone)]
pub(crate) struct Tail(pub(crate) String);

impl Webhook {
    /// The query as sent, without its question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        self.head.uri.query().unwrap_or_default()
    }

    /// What stands in the path below the service, without its first slash; empty at the service itself.
    #[must_use]
    pub fn tail(&self) -> &str {
        self.head.extensions.get().map_or("", |Tail(tail)| tail)
    }

    /// The value of a header that is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// The content type without its parameters; empty if there is none. Compare without case.
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.content_type().0
    }

    /// The parameter `charset` of the content type.
    #[must_use]
    pub fn charset(&self) -> Option<&str> {
        self.content_type().1.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let named = name.trim().eq_ignore_ascii_case("charset");
            named.then(|| value.trim().trim_matches('"'))
        })
    }

    fn content_type(&self) -> (&str, &str) {
        let value = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let (media_type, parameters) = value.split_once(';').unwrap_or((value, ""));
        (media_type.trim(), parameters)
    }
}

/// What became of a message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The id that the carrier gave it when it took it.
    pub id: String,
    /// What became of it.
    pub delivery: Delivery,
}

/// Why a request is refused that is acknowledged all the same, for whoever looks; no carrier reads it.
pub const REFUSED: HeaderName = HeaderName::from_static("x-saqta-refused");

/// The response to a refused request, for carriers that repeat whatever is not acknowledged: a request that no repetition
/// would mend gets `acknowledgement`, and everything else a status.
#[must_use]
pub fn refuse_once(refusal: &Refusal, mut acknowledgement: Response) -> Response {
    let Refusal::Malformed(expected) = refusal else {
        return refusal.into_response();
    };
    if let Ok(expected) = HeaderValue::from_str(expected) {
        acknowledgement.headers_mut().insert(REFUSED, expected);
    }
    acknowledgement.extensions_mut().insert(refusal.clone());
    acknowledgement
}

/// A kind of carrier, built for one configured instance (so that it can keep the instance's secrets). All of it is
/// pure: bytes in, message out; answer in, bytes out.
///
/// A new carrier is one file with an adapter and its table of cases, and one line in [`crate::carriers::kinds`].
pub trait Adapter: Send + Sync + 'static {
    /// The methods by which the carrier calls a service; none: it does not offer it.
    fn methods(&self, service: Service) -> &'static [Method];

    /// Believes a request by its signature, or says why not; called before anything of it is read. Carriers that sign
    /// nothing believe all that was let in.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`].
    fn verify(&self, _request: &Webhook, _now: Timestamp) -> Result<(), Refusal> {
        Ok(())
    }

    /// The messages of a request, at most [`MAX_BATCH`]; none if it is to be acknowledged and nothing more (a receipt
    /// on the wrong path, a probe).
    ///
    /// # Errors
    /// What is wrong with the request.
    fn sms(&self, _request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        Err(Refusal::NotOffered)
    }

    /// The response to the messages of `request`, with their answers in the same order.
    fn sms_answer(&self, _request: &Webhook, _replies: &[SmsReply]) -> Response {
        Refusal::NotOffered.into_response()
    }

    /// The methods by which the carrier calls what lies below the path of USSD, such as `session/7/start`; none: it calls
    /// nothing there.
    fn ussd_methods_below(&self, _tail: &str) -> &'static [Method] {
        &[]
    }

    /// The most units of a USSD page at this kind of carrier, where that is less than the air takes.
    fn ussd_page_units(&self) -> usize {
        usize::MAX
    }

    /// The octets of a USSD page at this kind of carrier: as many as the air takes, or those of an SMS.
    fn ussd_page_octets(&self) -> usize {
        PAGE_OCTETS
    }

    /// What is to be done: a step of a session, its end, or nothing.
    ///
    /// # Errors
    /// What is wrong with the request.
    fn ussd(&self, _request: &Webhook) -> Result<UssdCall, Refusal> {
        Err(Refusal::NotOffered)
    }

    /// The response to what [`Adapter::ussd`] gave.
    fn ussd_answer(&self, _request: &Webhook, _reply: &UssdReply) -> Response {
        Refusal::NotOffered.into_response()
    }

    /// How the carrier is told that a request about USSD is refused.
    fn refuse_ussd(&self, refusal: &Refusal) -> Response {
        self.refuse(refusal)
    }

    /// What the receipts of a request say of messages of ours, at most [`MAX_BATCH`]; none: nothing that we need.
    ///
    /// # Errors
    /// What is wrong with the request.
    fn receipts(&self, _request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        Ok(Vec::new())
    }

    /// The acknowledgement of receipts.
    fn receipt_answer(&self, _request: &Webhook) -> Response {
        ().into_response()
    }

    /// True if the carrier only wants an acknowledgement of a message, whatever the answer is: that is then sent, and is on
    /// disk before the acknowledgement goes out. Such an instance must send.
    fn answers_later(&self) -> bool {
        false
    }

    /// What the ids of its messages are worth.
    fn ids(&self) -> Ids {
        Ids::Proven
    }

    /// How an SMS that is no answer is sent; `None`: this instance does not send.
    fn sends(&self) -> Option<&dyn Sends> {
        None
    }

    /// How the carrier is asked for texts whose callbacks were lost; `None`: this instance does not ask.
    fn polls(&self) -> Option<&dyn Polls> {
        None
    }

    /// How the carrier is told that a request is refused.
    fn refuse(&self, refusal: &Refusal) -> Response {
        refusal.into_response()
    }
}
