//! Sending: how an adapter asks its carrier to take an SMS that is no answer, and what it makes of the response.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use saqta_data::clock::Timestamp;

use super::config::{ConfigError, InstanceConfig};
use super::wire::form;
use super::{OutgoingSms, Thread};

/// The side of an adapter that sends. Pure like the rest of it: message in, request out; response in, verdict out.
pub trait Sends: Send + Sync {
    /// The request that asks the carrier to take `sms`. Its address may hold phone and password: it is for the wire alone.
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes>;

    /// What the carrier made of it.
    fn judge(&self, response: &Response<Bytes>) -> Verdict {
        Verdict::of_status(response)
    }
}

/// The request that posts a form.
#[must_use]
pub fn post_form(uri: &Uri, fields: &[(&str, &str)]) -> Request<Bytes> {
    const FORM: &str = "application/x-www-form-urlencoded";
    post(uri, FORM, form(fields).into())
}

/// The request that posts `body`.
#[must_use]
pub fn post(uri: &Uri, media_type: &'static str, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.clone();
    let media_type = HeaderValue::from_static(media_type);
    request.headers_mut().insert(header::CONTENT_TYPE, media_type);
    request
}

/// The value of a header that is a secret: no log of the client shows it.
///
/// # Errors
/// If `value`, which the instance has under `key`, is not fit for a header.
pub fn secret_header(
    config: &InstanceConfig,
    key: &'static str,
    value: &str,
) -> Result<HeaderValue, ConfigError> {
    let slip = |_| config.error(key, "has characters that cannot stand in a header");
    let mut value = HeaderValue::try_from(value).map_err(slip)?;
    value.set_sensitive(true);
    Ok(value)
}

/// One attempt to send a message.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    /// Our id of the message, the same at every attempt: letters and digits, [`MAX_ERRAND_ID_BYTES`] at most.
    pub id: &'a str,
    /// When the attempt is made.
    pub now: Timestamp,
    /// Of the message that is answered.
    pub thread: &'a Thread,
}

impl<'a> Errand<'a> {
    /// Whom the message is from: our number that was texted to, else the `usual` one.
    #[must_use]
    pub fn sender(&self, usual: Option<&'a str>) -> Option<&'a str> {
        self.thread.number.as_deref().or(usual)
    }
}

/// The length of the longest [`Errand::id`]: a key of the outbox in hexadecimal.
pub const MAX_ERRAND_ID_BYTES: usize = 32;

/// What a carrier made of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has it, under this id; if it names none, its receipts name ours ([`Errand::id`]).
    Sent(Option<String>),
    /// It has it in parts, each under an id of its own, at most [`MAX_PARTS`](super::MAX_PARTS); its receipts name one of them.
    SentInParts(Vec<String>),
    /// It could not take this message now; the same one again later.
    Again,
    /// It wants no messages at all for a while: as long as it says, else as long as we think fit.
    Pause(Option<Duration>),
    /// It will not take this message however often it is asked.
    Refused,
}

impl Verdict {
    /// The carrier has it and names no id.
    pub const SENT: Self = Self::Sent(None);

    /// The verdict of a carrier that speaks plain HTTP: any 2xx is sent; 429 and 503 want a pause, 401 and 403 as well,
    /// since our account is at fault and not the message; 408, 425 and other 5xx want the same message again. What
    /// remains (3xx too: a password is not carried elsewhere) is a refusal.
    #[must_use]
    pub fn of_status(response: &Response<Bytes>) -> Self {
        match response.status() {
            status if status.is_success() => Self::SENT,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Self::Pause(retry_after(response))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Pause(None),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Self::Again,
            status if status.is_server_error() => Self::Again,
            _ => Self::Refused,
        }
    }
}

/// The seconds of `Retry-After`. Its other form, a date, is left to our own backoff: carriers send seconds.
fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(seconds.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, retry_after: Option<&str>) -> Verdict {
        let mut response = Response::builder().status(status);
        if let Some(seconds) = retry_after {
            response = response.header("retry-after", seconds);
        }
        Verdict::of_status(&response.body(Bytes::new()).unwrap())
    }

    #[test]
    fn a_status_is_a_verdict() {
        let pause = |seconds| Verdict::Pause(Some(Duration::from_secs(seconds)));
        for (status, expected) in [
            (200, Verdict::SENT),
            (202, Verdict::SENT),
            (301, Verdict::Refused),
            (400, Verdict::Refused),
            (404, Verdict::Refused),
            (401, Verdict::Pause(None)),
            (403, Verdict::Pause(None)),
            (408, Verdict::Again),
            (425, Verdict::Again),
            (500, Verdict::Again),
            (502, Verdict::Again),
            (429, Verdict::Pause(None)),
            (503, Verdict::Pause(None)),
        ] {
            assert_eq!(verdict(status, None), expected, "{status}");
        }
        assert_eq!(verdict(429, Some("7")), pause(7));
        assert_eq!(verdict(503, Some(" 120 ")), pause(120));
        let date = "Wed, 21 Oct 2026 07:28:00 GMT";
        assert_eq!(verdict(429, Some(date)), Verdict::Pause(None));
    }
}
