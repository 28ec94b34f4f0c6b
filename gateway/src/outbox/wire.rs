//! The wire: from a request to a carrier to its response.

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use thiserror::Error;

/// Takes requests to carriers; a stand-in in tests.
#[async_trait]
pub trait Wire: Send + Sync + 'static {
    /// The response to `request`.
    ///
    /// # Errors
    /// If none came. The carrier may have taken the message all the same.
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreached>;
}

/// No response came. The text says why and holds nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Unreached(pub String);
