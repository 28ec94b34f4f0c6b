//! What the exchange keeps in the store.

use chrono::NaiveDate;
use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::office::day_key;
use saqta_data::phone::Msisdn;
use saqta_data::store::unit::Record;
use saqta_data::store::{Key, StoreError, Tree, Value, codec};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dialog::sms::Talk;
use crate::dialog::ussd::Session;

/// What is remembered of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dialog {
    /// The conversation by SMS.
    pub(super) talk: Talk,
    /// The last USSD session.
    pub(super) session: Option<Session>,
    /// The people asked about today to whom the phone is not bound.
    pub(super) asked: Asked,
    /// When the phone was last heard of.
    pub(super) heard_at: Timestamp,
    /// The carrier instance through which; empty: not known.
    pub(super) instance: String,
}

/// A conversation as the first version wrote it: without the instance.
#[derive(Deserialize)]
struct First {
    talk: Talk,
    session: Option<Session>,
    asked: Asked,
    heard_at: Timestamp,
}

/// People asked about on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The day, as [`day_number`] counts it.
    pub(super) day: u16,
    /// The people, as many as the policy allows.
    pub(super) iins: Vec<Iin>,
}

impl Dialog {
    /// Forgets what is over: a dead session with its screens, and whom the phone asked about on another day.
    pub(super) fn forget(&mut self, now: Timestamp) {
        self.session.take_if(|session| !session.is_alive(now));
        let today = day_number(now.day());
        if self.asked.day != today {
            self.asked = Asked {
                day: today,
                iins: Vec::new(),
            };
        }
    }
}

const DIALOG_VERSION: u8 = 2;

impl Record for Dialog {
    const TREE: Tree = Tree::Dialogs;

    fn encode(&self) -> Value {
        codec::seal(DIALOG_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.first() == Some(&1) {
            let first: First = codec::open("conversation", 1, bytes)?;
            return Ok(Self {
                talk: first.talk,
                session: first.session,
                asked: first.asked,
                heard_at: first.heard_at,
                instance: String::new(),
            });
        }
        codec::open("conversation", DIALOG_VERSION, bytes)
    }
}

/// The phones that asked about a person on a day without being bound to it, as many as the policy allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Askers(pub(super) Vec<Msisdn>);

const ASKERS_VERSION: u8 = 1;

impl Record for Askers {
    const TREE: Tree = Tree::Limits;

    fn encode(&self) -> Value {
        codec::seal(ASKERS_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("limit", ASKERS_VERSION, bytes)
    }
}

/// Days since 1970 in Kazakhstan, with which keys begin that are dropped by age.
pub(super) fn day_number(day: NaiveDate) -> u16 {
    u16::from_be_bytes(day_key(day))
}

/// The key of [`Askers`].
pub(super) fn askers_key(day: u16, iin: Iin) -> Key {
    let mut key = day.to_be_bytes().to_vec();
    key.push(b'i');
    key.extend(iin.number().to_be_bytes());
    key
}

/// The key of the counter of an instance's unbound look-ups in the minute of `at`.
pub(super) fn minute_key(at: Timestamp, instance: &str) -> Key {
    let minute = u16::try_from(at.millis().div_euclid(60_000).rem_euclid(24 * 60)).unwrap_or_default();
    let mut key = day_number(at.day()).to_be_bytes().to_vec();
    key.push(b'm');
    key.extend(minute.to_be_bytes());
    key.extend(digest(&[instance.as_bytes()]).to_be_bytes());
    key
}

/// The first eight bytes of the SHA-256 of `parts`, each behind its length so that no two lists are written the same.
pub(crate) fn digest(parts: &[&[u8]]) -> u64 {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part.len().to_be_bytes());
        sha.update(part);
    }
    sha.finalize()
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_of_the_first_version_is_read() {
        let asked = Asked {
            day: 7,
            iins: Vec::new(),
        };
        let heard_at = Timestamp::from_millis(9);
        let first = (Talk::default(), None::<Session>, &asked, heard_at);
        let read = Dialog::decode(&codec::seal(1, &first)).unwrap();
        let expected = Dialog {
            asked,
            heard_at,
            ..Dialog::default()
        };
        assert_eq!(read, expected);
        assert_eq!(Dialog::decode(&expected.encode()).unwrap(), expected);
        assert!(Dialog::decode(&[3]).is_err());
    }
}
