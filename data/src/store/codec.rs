//! How values are written as bytes: a version byte, then the fields.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StoreError, Value};

/// `value` behind its version byte, in postcard's encoding.
///
/// # Panics
/// Never for the types of this crate: postcard fails only for types without a length.
#[must_use]
pub fn seal<T: Serialize>(version: u8, value: &T) -> Value {
    postcard::to_extend(value, vec![version]).unwrap_or_else(|_| vec![version])
}

/// The value of bytes made by [`seal`].
///
/// # Errors
/// [`StoreError::Value`], naming `what`, for another version or damaged bytes.
pub fn open<T: DeserializeOwned>(what: &'static str, version: u8, bytes: &[u8]) -> Result<T, StoreError> {
    let damaged = |reason: String| StoreError::Value { what, reason };
    match bytes.split_first() {
        Some((found, rest)) if *found == version => {
            postcard::from_bytes(rest).map_err(|e| damaged(format!("it is damaged ({e}); run `saqta check`")))
        }
        Some((found, _)) => Err(damaged(format!(
            "it has format {found}, this program reads {version}; use the version of saqta that wrote it or a newer one"
        ))),
        None => Err(damaged("it is empty; run `saqta check`".into())),
    }
}
