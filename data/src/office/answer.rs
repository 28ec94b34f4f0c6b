//! What a citizen wrote and was answered: kept so that a repeated message gets the same answer, and so that an operator
//! can see what the citizen saw.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
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
}

const VERSION: u8 = 2;

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
