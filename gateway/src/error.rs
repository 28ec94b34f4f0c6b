//! Why a request gets no answer: exact for our log, bland for whoever sent it.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thiserror::Error;

/// Why a request is refused. `Display` is for the log and never holds anything that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The path names no route.
    #[error("no such path")]
    UnknownPath,
    /// The path names no configured instance.
    #[error("no such carrier")]
    UnknownCarrier,
    /// The instance's adapter has no such service.
    #[error("the carrier does not offer this service")]
    NotOffered,
    /// The sender may not use this instance.
    #[error("not allowed: {0}")]
    Forbidden(Denial),
    /// The method is not the carrier's.
    #[error("wrong method")]
    Method {
        /// The methods to use, as in the header `Allow`.
        allow: String,
    },
    /// The request is not what the carrier sends; the text says what was expected, in ASCII, and quotes nothing.
    #[error("malformed: {0}")]
    Malformed(Cow<'static, str>),
    /// The path and the query are too long.
    #[error("the address is too long")]
    UriTooLong,
    /// The headers are too large.
    #[error("the headers are too large")]
    HeadersTooLarge,
    /// The body is too large.
    #[error("the body is too large")]
    BodyTooLarge,
    /// The body did not arrive in time, or broke off.
    #[error("the body did not arrive")]
    SlowBody,
    /// As many requests as may be are being answered.
    #[error("too many requests at once")]
    Busy,
    /// The answer was not ready in time.
    #[error("the answer was late")]
    Late,
    /// A part of a longer text, of which others have not come.
    #[error("other parts of the text are waited for")]
    Partial,
    /// The answer could not be kept until it is sent, or a receipt not noted.
    #[error("it could not be put into the store")]
    Unkept,
    /// A defect of ours.
    #[error("a panic")]
    Panicked,
}

/// Why somebody may not use an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denial {
    /// The sandbox is only for this machine.
    #[error("the peer of a sandbox is not on loopback")]
    SandboxPeer,
    /// Some proxy or a page in a browser speaks to the sandbox.
    #[error("the Host of a sandbox is not loopback")]
    SandboxHost,
    /// Some proxy speaks to the sandbox.
    #[error("a request to a sandbox was forwarded")]
    SandboxForwarded,
    /// A page in a browser speaks to the sandbox.
    #[error("a request to a sandbox is from a page in a browser")]
    SandboxBrowser,
    /// The address is not in the instance's list.
    #[error("the address is not on the list")]
    Address,
    /// The secret in the path is wrong, missing, or not asked for.
    #[error("the secret path segment is wrong")]
    Secret,
    /// The user or the password is wrong or missing.
    #[error("the Basic authentication is wrong")]
    Credentials,
    /// The signature is wrong or missing.
    #[error("the signature is wrong or missing")]
    Signature,
    /// The signature is too old, or from the future.
    #[error("the signature is not of the last minutes")]
    Stale,
}

/// Seconds after which a carrier may try again.
const RETRY_AFTER_SECONDS: &str = "1";

impl Refusal {
    /// A malformed request; `expected` says what should have come and quotes nothing of what came.
    pub fn malformed(expected: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed(expected.into())
    }

    /// The status of the response.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::UnknownPath | Self::UnknownCarrier | Self::NotOffered => StatusCode::NOT_FOUND,
            Self::Forbidden(Denial::Credentials) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::Busy | Self::Late | Self::Partial | Self::Unkept => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The name in metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownPath => "unknown_path",
            Self::UnknownCarrier => "unknown_carrier",
            Self::NotOffered => "not_offered",
            Self::Forbidden(_) => "forbidden",
            Self::Method { .. } => "method",
            Self::Malformed(_) => "malformed",
            Self::UriTooLong => "uri_too_long",
            Self::HeadersTooLarge => "headers_too_large",
            Self::BodyTooLarge => "body_too_large",
            Self::SlowBody => "slow_body",
            Self::Busy => "busy",
            Self::Late => "late",
            Self::Unkept => "unkept",
            Self::Partial => "partial",
            Self::Panicked => "panic",
        }
    }

    /// True for what anybody can bring about who reaches the port, without any proof of who it is.
    #[must_use]
    pub const fn is_for_anybody(&self) -> bool {
        !matches!(self, Self::Partial | Self::Late | Self::Unkept | Self::Panicked)
    }

    /// What the sender is told.
    #[must_use]
    pub fn public(&self) -> Cow<'static, str> {
        match self {
            Self::Malformed(expected) => expected.clone(),
            Self::Forbidden(_) => "not allowed".into(),
            Self::Method { allow } => format!("use {allow}").into(),
            Self::Busy | Self::Late | Self::Partial | Self::Unkept => "busy; try again".into(),
            Self::Panicked => "something went wrong here; try again".into(),
            _ => self.to_string().into(),
        }
    }

    fn extra_header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Method { allow } => Some((header::ALLOW, HeaderValue::from_str(allow).ok()?)),
            Self::Forbidden(Denial::Credentials) => Some((
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"saqta\""),
            )),
            Self::Busy | Self::Late | Self::Partial | Self::Unkept => {
                Some((header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS)))
            }
            _ => None,
        }
    }
}

impl IntoResponse for &Refusal {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            error: &'a str,
        }
        let mut response = (
            self.status(),
            Json(Body {
                error: &self.public(),
            }),
        )
            .into_response();
        if let Some((name, value)) = self.extra_header() {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (&self).into_response()
    }
}
