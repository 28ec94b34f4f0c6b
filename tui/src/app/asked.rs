//! The numbers of the questions that wait for an answer: an answer to any other question is stale.

use std::time::Duration;

use saqta_data::clock::Timestamp;

use crate::message::{Answer, Ask, Purpose, Question};

/// How often the server is asked whether it is there.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The questions that wait.
#[derive(Debug, Default)]
pub(super) struct Asked {
    last: u64,
    waiting: [Option<u64>; Purpose::COUNT],
    since: [Option<Timestamp>; Purpose::COUNT],
}

impl Asked {
    /// Numbers a question; an earlier one of the same purpose becomes stale.
    pub(super) fn ask(&mut self, purpose: Purpose, question: Question, now: Timestamp) -> Ask {
        self.last += 1;
        *slot(&mut self.waiting, purpose) = Some(self.last);
        *slot(&mut self.since, purpose) = Some(now);
        Ask {
            number: self.last,
            purpose,
            question,
        }
    }

    /// Makes the question of this purpose stale.
    pub(super) fn forget(&mut self, purpose: Purpose) {
        *slot(&mut self.waiting, purpose) = None;
    }

    /// True if the answer belongs to the question that waits; it waits no longer.
    pub(super) fn is_current(&mut self, answer: &Answer) -> bool {
        let waiting = slot(&mut self.waiting, answer.purpose);
        let current = *waiting == Some(answer.number);
        if current {
            *waiting = None;
        }
        current
    }

    /// True if nothing of this purpose waits and the last question is long enough ago.
    pub(super) fn due_again(&mut self, purpose: Purpose, now: Timestamp) -> bool {
        let idle = slot(&mut self.waiting, purpose).is_none();
        let last = *slot(&mut self.since, purpose);
        idle && last.is_none_or(|at| now.since(at) >= AGAIN_AFTER)
    }
}

const fn slot<T>(of: &mut [T; Purpose::COUNT], purpose: Purpose) -> &mut T {
    let [operator, caller, journal] = of;
    match purpose {
        Purpose::Operator => operator,
        Purpose::Caller => caller,
        Purpose::Journal => journal,
    }
}
