//! Signatures: how a carrier proves that a request is its own, and how we prove ours. All of it works over the raw bytes
//! that came, before anything is parsed, and compares in constant time.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use saqta_data::clock::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::config::Secret;
use crate::error::{Denial, Refusal};

/// How far the time of a signed request may be from ours, either way: what Standard Webhooks and Vonage recommend.
pub const WINDOW: Duration = Duration::from_secs(300);

/// A hash function that carriers sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5: broken for collisions; forging a signature without the secret is another matter, but take a better one where
    /// the carrier offers it.
    Md5,
    /// SHA-1: likewise.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// The digest of `text`.
    #[must_use]
    pub fn hash(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(text).to_vec(),
            Self::Sha1 => Sha1::digest(text).to_vec(),
            Self::Sha256 => Sha256::digest(text).to_vec(),
            Self::Sha512 => Sha512::digest(text).to_vec(),
        }
    }

    /// The HMAC (RFC 2104) of `text` under `key`.
    #[must_use]
    pub fn hmac(self, key: &[u8], text: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => mac::<Hmac<Md5>>(key, text),
            Self::Sha1 => mac::<Hmac<Sha1>>(key, text),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, text),
            Self::Sha512 => mac::<Hmac<Sha512>>(key, text),
        }
    }
}

/// A key of any length will do for an HMAC; nothing is signed with one that will not.
fn mac<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Vec<u8> {
    M::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mac| mac.chain_update(text).finalize().into_bytes().to_vec(),
    )
}

/// True if both are the same; takes as long whatever differs.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Believes a request if `given` is what one of `secrets` signs it with. Every secret is tried, so that the time does not
/// tell which one was right.
///
/// # Errors
/// [`Denial::Signature`].
pub fn verify(secrets: &[Secret], given: &[u8], sign: impl Fn(&Secret) -> Vec<u8>) -> Result<(), Refusal> {
    let right = secrets.iter().fold(false, |right, secret| {
        let ours = sign(secret);
        right | (!ours.is_empty() & equal(&ours, given))
    });
    if right { Ok(()) } else { Err(unsigned()) }
}

/// Refuses a request signed at another time than about `now`: somebody may send again what was signed once. What comes
/// again within the [`WINDOW`] is known as the same message.
///
/// # Errors
/// [`Denial::Stale`].
pub fn check_time(signed_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let away = now.since(signed_at).max(signed_at.since(now));
    if away <= WINDOW {
        return Ok(());
    }
    Err(Refusal::Forbidden(Denial::Stale))
}

/// The instant of Unix seconds written in decimal; `None` if it is none.
#[must_use]
pub fn seconds(text: &str) -> Option<Timestamp> {
    let seconds: i64 = text.parse().ok()?;
    Some(Timestamp::from_millis(seconds.checked_mul(1_000)?))
}

/// The refusal of a request whose signature is wrong or missing.
#[must_use]
pub const fn unsigned() -> Refusal {
    Refusal::Forbidden(Denial::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        // RFC 1321 A.5, FIPS 180-4 examples.
        for (algorithm, expected) in [
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                Algorithm::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            assert_eq!(hex::encode(algorithm.hash(b"abc")), expected);
        }
        assert!(hex::encode(Algorithm::Sha512.hash(b"abc")).starts_with("ddaf35a193617abacc417349ae204131"));
    }

    #[test]
    fn macs_are_those_of_the_standards() {
        // RFC 2202 case 2 of each, RFC 4231 case 2.
        for (algorithm, expected) in [
            (Algorithm::Md5, "750c783e6ab0b503eaa86e310a5db738"),
            (Algorithm::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                Algorithm::Sha256,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
        ] {
            let mac = algorithm.hmac(b"Jefe", b"what do ya want for nothing?");
            assert_eq!(hex::encode(mac), expected);
        }
        let long = Algorithm::Sha512.hmac(b"Jefe", b"what do ya want for nothing?");
        assert!(hex::encode(long).starts_with("164b7a7bfcf819e2e395fbe73b56e0a3"));
    }

    #[test]
    fn every_live_secret_verifies_and_no_other() {
        let secrets = [Secret::new("new"), Secret::new("old")];
        let sign = |secret: &Secret| Algorithm::Sha256.hmac(secret.reveal().as_bytes(), b"text");
        for secret in &secrets {
            assert_eq!(verify(&secrets, &sign(secret), sign), Ok(()));
        }
        for given in [sign(&Secret::new("other")), Vec::new(), vec![0; 32]] {
            assert_eq!(verify(&secrets, &given, sign), Err(unsigned()));
        }
        assert_eq!(verify(&[], &[], sign), Err(unsigned()));
        assert_eq!(verify(&secrets, &[], |_| Vec::new()), Err(unsigned()));
    }

    #[test]
    fn five_minutes_either_way_are_near_enough() {
        let now = Timestamp::from_millis(1_000_000_000);
        for (away, near) in [
            (0, true),
            (300_000, true),
            (300_001, false),
            (i64::MAX / 2, false),
        ] {
            for at in [now.millis() - away, now.millis() + away] {
                assert_eq!(check_time(Timestamp::from_millis(at), now).is_ok(), near, "{at}");
            }
        }
        assert_eq!(seconds("1"), Some(Timestamp::from_millis(1_000)));
        for slip in ["", "1.0", "x", "9223372036854775807"] {
            assert_eq!(seconds(slip), None, "{slip}");
        }
    }
}
