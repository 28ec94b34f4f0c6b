//! How large a request may be.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::error::Refusal;

/// The longest body. The longest SMS (255 parts) has 39 KiB; batches and signed forms stay below this too.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The longest path and query. Kannel sends the text in the query: 2,000 emoji are 24,000 bytes there.
pub const MAX_URI_BYTES: usize = 32 * 1024;

/// The most bytes of header names and values together.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;

/// How much of a body over the limit is read and thrown away, so that its sender comes to read the refusal instead of
/// a broken connection.
const MAX_DRAINED_BYTES: usize = 16 << 20;

/// The time in which a body must arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(2);

/// Refuses requests with overlong addresses and headers.
pub(super) async fn check_head(request: Request, next: Next) -> Response {
    let uri = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    if uri > MAX_URI_BYTES {
        return Refusal::UriTooLong.into_response();
    }
    let headers = request.headers().iter();
    let size: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > MAX_HEADER_BYTES {
        return Refusal::HeadersTooLarge.into_response();
    }
    next.run(request).await
}

/// Reads a body whole.
///
/// # Errors
/// [`Refusal::BodyTooLarge`], [`Refusal::SlowBody`].
pub(super) async fn read(headers: &HeaderMap, mut body: Body) -> Result<Bytes, Refusal> {
    let reading = async {
        let mut whole = Vec::new();
        if stated_length(headers).is_some_and(|length| length > MAX_BODY_BYTES) {
            drain(body).await;
            return Err(Refusal::BodyTooLarge);
        }
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| Refusal::SlowBody)?.into_data() else {
                continue;
            };
            if whole.len() + data.len() > MAX_BODY_BYTES {
                drain(body).await;
                return Err(Refusal::BodyTooLarge);
            }
            whole.extend_from_slice(&data);
        }
        Ok(Bytes::from(whole))
    };
    timeout(BODY_DEADLINE, reading)
        .await
        .map_err(|_| Refusal::SlowBody)?
}

fn stated_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn drain(mut body: Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await {
        drained += frame.data_ref().map_or(0, Bytes::len);
        if drained > MAX_DRAINED_BYTES {
            return;
        }
    }
}
