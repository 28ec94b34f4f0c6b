//! The numbers of the questions that wait for an answer: an answer to any other question is stale.

use std::collections::BTreeMap;
use std::time::Duration;

use saqta_data::clock::Timestamp;

use crate::message::{Answer, Ask, Purpose, Question};

/// How often the server is asked whether it is there.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The last question of a purpose.
#[derive(Debug)]
struct Last {
    /// Its number while it waits.
    waiting: Option<u64>,
    since: Timestamp,
}

/// The questions that wait: the last one of each purpose.
#[derive(Debug, Default)]
pub(super) struct Asked {
    last: u64,
    of: BTreeMap<Purpose, Last>,
}

impl Asked {
    /// Numbers a question; an earlier one of the same purpose becomes stale.
    pub(super) fn ask(&mut self, purpose: Purpose, question: Question, now: Timestamp) -> Ask {
        self.last += 1;
        let last = Last {
            waiting: Some(self.last),
            since: now,
        };
        self.of.insert(purpose, last);
        Ask {
            number: self.last,
            purpose,
            question,
        }
    }

    /// Makes the question of this purpose stale.
    pub(super) fn forget(&mut self, purpose: Purpose) {
        if let Some(last) = self.of.get_mut(&purpose) {
            last.waiting = None;
        }
    }

    /// True if the answer belongs to the question that waits; it waits no longer.
    pub(super) fn is_current(&mut self, answer: &Answer) -> bool {
        let last = self.of.get_mut(&answer.purpose);
        last.is_some_and(|last| last.waiting.take_if(|number| *number == answer.number).is_some())
    }

    /// True if nothing of this purpose waits and the last question is long enough ago.
    pub(super) fn due_again(&self, purpose: Purpose, now: Timestamp) -> bool {
        self.of
            .get(&purpose)
            .is_none_or(|last| last.waiting.is_none() && now.since(last.since) >= AGAIN_AFTER)
    }
}
