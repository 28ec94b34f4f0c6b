//! A letter: an SMS that is no answer, as it waits in the store.

use std::fmt;
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::journal::Entry;
use saqta_data::store::unit::Record;
use saqta_data::store::{StoreError, Tree, Value, codec};
use serde::{Deserialize, Serialize};

use crate::carrier::{OutgoingSms, Thread};

/// What is sent, and so how long it is worth sending and how often it may arrive.
///
/// Every kind so far is sent **at least once**: after a crash between the carrier's "yes" and its record in our store, or
/// after a connection that broke before the "yes" came, the same text is sent again. A second copy of a status or an
/// answer harms nobody; a citizen who waits for one that never comes calls again. A kind of which a second copy would harm
/// is to be marked in the store before it is sent, and given up if the mark is found after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The status of a person, asked for out of a USSD session or by an operator.
    Status,
    /// The answer to an SMS, of a carrier that takes none in its response.
    Answer,
}

impl Kind {
    /// From then on it is not sent any more: who asked has gone on.
    #[must_use]
    pub const fn worth_for(self) -> Duration {
        match self {
            Self::Status | Self::Answer => Duration::from_secs(600),
        }
    }

    /// True if it goes to a phone that is not bound any more to the person it tells of: what an answer may tell was
    /// decided when the text was heard.
    #[must_use]
    pub const fn goes_to_unbound(self) -> bool {
        match self {
            Self::Status => false,
            Self::Answer => true,
        }
    }

    /// True if it goes to a phone that texted STOP: whether a text is answered was decided when it was heard, and the last
    /// answer says that there will be no more.
    #[must_use]
    pub const fn goes_to_stopped(self) -> bool {
        match self {
            Self::Status => false,
            Self::Answer => true,
        }
    }
}

/// A letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The carrier instance that sends it.
    pub instance: String,
    /// What it is.
    pub kind: Kind,
    /// The message.
    pub sms: OutgoingSms,
    /// Whom it is about.
    pub about: Option<Iin>,
    /// The journal line of the batch in which it was put here.
    pub entry: Entry,
    /// Of the message that it answers.
    pub thread: Thread,
}

/// A letter as version 1 wrote it.
#[derive(Deserialize)]
struct First {
    instance: String,
    kind: Kind,
    sms: OutgoingSms,
    about: Option<Iin>,
    entry: Entry,
}

impl Letter {
    /// When it becomes worthless.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.entry.at.plus(self.kind.worth_for())
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("instance", &self.instance)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

const VERSION: u8 = 2;

impl Record for Letter {
    const TREE: Tree = Tree::Outbox;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        const WHAT: &str = "SMS to send";
        if bytes.first() != Some(&1) {
            return codec::open(WHAT, VERSION, bytes);
        }
        let First {
            instance,
            kind,
            sms,
            about,
            entry,
        } = codec::open(WHAT, 1, bytes)?;
        Ok(Self {
            instance,
            kind,
            sms,
            about,
            entry,
            thread: Thread::NONE,
        })
    }
}

#[cfg(test)]
mod tests {
    use saqta_data::journal::{Door, Outcome, Particulars, Who};
    use saqta_data::language::Language;
    use saqta_data::phone::Msisdn;

    use super::*;
    use crate::encoding::Alphabet;

    #[test]
    fn a_letter_of_the_first_version_is_sent_too() {
        let phone = Msisdn::parse("+77010000001").unwrap();
        let letter = Letter {
            instance: "at".into(),
            kind: Kind::Answer,
            sms: OutgoingSms {
                to: phone,
                text: "Қарыз".into(),
                alphabet: Alphabet::Ucs2,
                parts: 1,
            },
            about: Iin::parse("900101300007").ok(),
            entry: Entry {
                at: Timestamp::from_millis(9),
                door: Door::Sms("at".into()),
                who: Who::Phone(phone),
                subject: None,
                outcome: Outcome::Full,
                topic: "status".into(),
                language: Language::Kazakh,
                took_us: 1,
                particulars: Particulars::default(),
            },
            thread: Thread {
                number: Some("1414".into()),
                link: Some("l-1".into()),
            },
        };
        assert_eq!(Letter::decode(&letter.encode()).unwrap(), letter);
        let Letter {
            instance,
            kind,
            sms,
            about,
            entry,
            ..
        } = letter.clone();
        let first = codec::seal(1, &(instance, kind, sms, about, entry));
        let expected = Letter {
            thread: Thread::NONE,
            ..letter
        };
        assert_eq!(Letter::decode(&first).unwrap(), expected);
        assert!(Letter::decode(&[3]).is_err() && Letter::decode(&[]).is_err());
    }
}
