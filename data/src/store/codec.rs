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
/// [`StoreError::Value`], naming `what`, for another version, damaged bytes or bytes too many.
pub fn open<T: DeserializeOwned>(what: &'static str, version: u8, bytes: &[u8]) -> Result<T, StoreError> {
    match postcard::take_from_bytes(strip_version(what, version, bytes)?) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(damaged(what, "something follows its end")),
        Err(error) => Err(damaged(what, &error.to_string())),
    }
}

/// The bytes behind the version byte.
pub(super) fn strip_version<'a>(
    what: &'static str,
    version: u8,
    bytes: &'a [u8],
) -> Result<&'a [u8], StoreError> {
    match bytes.split_first() {
        Some((found, rest)) if *found == version => Ok(rest),
        Some((found, _)) => Err(StoreError::Value {
            what,
            reason: format!(
                "it has format {found}, this program reads {version}; use the version of saqta that wrote it or a \
                 newer one"
            ),
        }),
        None => Err(damaged(what, "it is empty")),
    }
}

/// A value that cannot be read, and what to do about it.
pub(super) fn damaged(what: &'static str, reason: &str) -> StoreError {
    StoreError::Value {
        what,
        reason: format!("it is damaged ({reason}); run `saqta check`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Sample = (u32, String, Option<u8>);

    fn reason(bytes: &[u8]) -> String {
        match open::<Sample>("sample", 3, bytes) {
            Err(StoreError::Value {
                what: "sample",
                reason,
            }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_sealed_is_opened_again() {
        let sample: Sample = (7, "seven".into(), None);
        assert_eq!(open("sample", 3, &seal(3, &sample)), Ok(sample));
    }

    #[test]
    fn other_versions_and_damage_are_told_apart() {
        let sealed = seal(3, &(7_u32, "seven", Some(7_u8)));
        assert!(reason(&[4]).contains("has format 4, this program reads 3"));
        assert!(reason(&[]).contains("empty"));
        for end in 1..sealed.len() {
            assert!(reason(&sealed[..end]).contains("damaged"), "{end}");
        }
        let longer = [sealed.as_slice(), &[0]].concat();
        assert!(reason(&longer).contains("something follows its end"));
    }
}
