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
use crate::dialog::ussd::{FormerSession, Session};

/// What is remembered of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dialog {
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

/// A conversation as versions 1 and 2 wrote it. Its session has been silent for longer than one lasts.
#[derive(Deserialize)]
struct First {
    talk: Talk,
    _session: Option<FormerSession>,
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
    /// The session `key`, while it goes on.
    pub(super) fn session_at(&mut self, key: [u8; 16], now: Timestamp) -> Option<&mut Session> {
        let session = self.session.as_mut()?;
        (session.key == key && session.is_alive(now)).then_some(session)
    }

    /// Forgets what is over: a dead session with its screens, and whom the phone asked about on another day.
    pub(super) fn forget(&mut self, now: Timestamp) {
        self.session.take_if(|session| !session.is_remembered(now));
        let today = day_number(now.day());
        if self.asked.day != today {
            self.asked = Asked {
                day: today,
                iins: Vec::new(),
            };
        }
    }
}

const DIALOG_VERSION: u8 = 3;

impl Record for Dialog {
    const TREE: Tree = Tree::Dialogs;

    fn encode(&self) -> Value {
        codec::seal(DIALOG_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let (first, instance) = match bytes.first() {
            Some(1) => (codec::open::<First>("conversation", 1, bytes)?, String::new()),
            Some(2) => codec::open("conversation", 2, bytes)?,
            _ => return codec::open("conversation", DIALOG_VERSION, bytes),
        };
        Ok(Self {
            talk: first.talk,
            session: None,
            asked: first.asked,
            heard_at: first.heard_at,
            instance,
        })
    }
}

/// The phones that asked about a person on a day without being bound to it, as many as the policy allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Askers(pub(super) Vec<Msisdn>);

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

/// The phone of a USSD session, for carriers that name it at the start only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionPhone(pub(super) Msisdn);

const SESSION_PHONE_VERSION: u8 = 1;

impl Record for SessionPhone {
    const TREE: Tree = Tree::Limits;

    fn encode(&self) -> Value {
        codec::seal(SESSION_PHONE_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("session", SESSION_PHONE_VERSION, bytes)
    }
}

/// The key of the phone of a session that began at `at`.
pub(super) fn session_phone_key(at: Timestamp, session: [u8; 16]) -> Key {
    let mut key = day_number(at.day()).to_be_bytes().to_vec();
    key.push(b's');
    key.extend(session);
    key
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
    let mut key = day_number(at.day()).to_be_bytes().to_vec();
    key.push(b'm');
    key.extend(minute_of_day(at).to_be_bytes());
    key.extend(digest(&[instance.as_bytes()]).to_be_bytes());
    key
}

/// The minute of the day of `at`, in UTC.
pub(super) fn minute_of_day(at: Timestamp) -> u16 {
    u16::try_from(at.millis().div_euclid(60_000).rem_euclid(24 * 60)).unwrap_or_default()
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
            asked: asked.clone(),
            heard_at,
            ..Dialog::default()
        };
        assert_eq!(read, expected);
        assert_eq!(Dialog::decode(&expected.encode()).unwrap(), expected);
        let second = codec::seal(2, &(first, "kcell"));
        let expected = Dialog {
            instance: "kcell".into(),
            ..expected
        };
        assert_eq!(Dialog::decode(&second).unwrap(), expected);
        assert!(Dialog::decode(&[4]).is_err());
    }
}
