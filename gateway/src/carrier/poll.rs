//! Polling: how an adapter asks its carrier for texts whose callbacks may have been lost, and what it reads in the response.

use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::http::{Request, Response};
use thiserror::Error;

use super::IncomingSms;

/// How many seconds may lie between two polls. smsc, the one carrier so far, refuses a request that comes a fourth time
/// within a minute; after an hour a citizen has gone on.
pub const POLL_SECONDS: RangeInclusive<u32> = 30..=3_600;

/// The side of an adapter that polls. Pure like the rest of it: a number in, a request out; a response in, texts out.
pub trait Polls: Send + Sync {
    /// The request for the texts after number `after`; `None`: for those of the last hour, whatever their numbers.
    fn request(&self, after: Option<u64>) -> Request<Bytes>;

    /// The texts in the response, in any order; what is no text from a citizen is left out.
    ///
    /// # Errors
    /// [`Unread`] if it holds no list of texts.
    fn read(&self, response: &Response<Bytes>) -> Result<Vec<Polled>, Unread>;
}

/// A text that was asked for. It has no `Debug`, like what it holds.
pub struct Polled {
    /// Its number at the carrier: later texts have greater ones.
    pub number: u64,
    /// The text, under the id that its callback has: whichever comes second is a repetition.
    pub sms: IncomingSms,
}

/// What stands in the place of a list of texts. It quotes nothing of the response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unread {
    /// The carrier says that something is wrong, by this code.
    #[error("the carrier answers with error {0}")]
    Fault(i64),
    /// It cannot be read.
    #[error("the response is no list of texts")]
    Unknown,
}
