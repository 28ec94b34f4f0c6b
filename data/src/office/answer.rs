//! What a citizen wrote and was answered: kept so that a repeated message gets the same answer, and so that an operator
//! can see what the citizen saw.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::iin::Iin;
use crate::phone::Msisdn;
use crate::store::unit::Record;
use crate::store::{StoreError, Tree, Value, codec};

/// Characters kept of what a citizen wrote.
pub const MAX_HEARD_CHARS: usize = 320;

/// An answer, and what it answered. Both hold personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// When it was given.
    pub at: Timestamp,
    /// What the citizen wrote or typed, at most [`MAX_HEARD_CHARS`] characters.
    pub heard: String,
    /// What was answered; `None`: silence on purpose.
    pub said: Option<String>,
    /// What the carrier said became of it, if it was sent and the carrier tells.
    #[serde(default)]
    pub delivery: Option<Delivery>,
    /// The person it is about, so that an operator's look at it stands among that person's look-ups.
    #[serde(default)]
    pub about: Option<Iin>,
}

/// What became of an SMS; one in several parts has arrived once all of them have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// On its way.
    Pending,
    /// The phone has it.
    Delivered,
    /// It did not arrive and will not.
    Failed,
}

impl Delivery {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// The name in metrics and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// True if it stays so: what a carrier says after it is out of order.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Failed)
    }
}

const VERSION: u8 = 3;

/// As the second version wrote it: without what became of it and whom it is about.
#[derive(Deserialize)]
struct Second {
    at: Timestamp,
    heard: String,
    said: Option<String>,
}

/// As the first version wrote it: without the question, with what follows from the text.
#[derive(Deserialize)]
struct First {
    at: Timestamp,
    sms: Option<(Msisdn, String, u32, usize)>,
}

impl Record for StoredAnswer {
    const TREE: Tree = Tree::Answers;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.first() == Some(&1) {
            let first: First = codec::open("answer", 1, bytes)?;
            return Ok(Self {
                at: first.at,
                heard: String::new(),
                said: first.sms.map(|(_, text, _, _)| text),
                delivery: None,
                about: None,
            });
        }
        if bytes.first() == Some(&2) {
            let second: Second = codec::open("answer", 2, bytes)?;
            return Ok(Self {
                at: second.at,
                heard: second.heard,
                said: second.said,
                delivery: None,
                about: None,
            });
        }
        codec::open("answer", VERSION, bytes)
    }
}

impl fmt::Debug for StoredAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAnswer")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_every_version_are_read() {
        let at = Timestamp::from_millis(9);
        let expected = StoredAnswer {
            at,
            heard: "900101300007".into(),
            said: Some("САҚТАНДЫРЫЛҒАН".into()),
            delivery: Some(Delivery::Delivered),
            about: Iin::parse("900101300007").ok(),
        };
        assert!(StoredAnswer::decode(&expected.encode()).unwrap() == expected);
        let second = codec::seal(2, &(at, &expected.heard, &expected.said));
        let older = StoredAnswer {
            delivery: None,
            about: None,
            ..expected.clone()
        };
        assert!(StoredAnswer::decode(&second).unwrap() == older);
        let first = codec::seal(1, &(at, None::<(Msisdn, String, u32, usize)>));
        assert_eq!(StoredAnswer::decode(&first).unwrap().said, None);
        assert!(StoredAnswer::decode(&[4]).is_err());
        // As a server of before sends it to a console of today.
        let json = r#"{"at":9,"heard":"900101300007","said":"САҚТАНДЫРЫЛҒАН"}"#;
        assert!(serde_json::from_str::<StoredAnswer>(json).unwrap() == older);
    }
}
