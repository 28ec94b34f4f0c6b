//! When a screen that shows figures asks for them again: one question at a time, and not too often.

use std::time::Duration;

use saqta_data::clock::Timestamp;

/// The last question.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Poll {
    asked_at: Option<Timestamp>,
    waiting: bool,
}

impl Poll {
    /// True if it is time to ask, `every` after the last time and not before that was answered; then it counts as asked.
    pub(crate) fn due(&mut self, now: Timestamp, every: Duration) -> bool {
        let long_ago = self.asked_at.is_none_or(|at| now.since(at) >= every);
        let due = long_ago && !self.waiting;
        if due {
            self.begin(now);
        }
        due
    }

    /// It is asked now, whatever was before.
    pub(crate) const fn begin(&mut self, now: Timestamp) {
        self.asked_at = Some(now);
        self.waiting = true;
    }

    /// It was answered, or could not be.
    pub(crate) const fn answered(&mut self) {
        self.waiting = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_at_a_time_and_not_too_often() {
        let (mut poll, second) = (Poll::default(), Duration::from_secs(1));
        let at = |millis| Timestamp::from_millis(millis);
        assert!(poll.due(at(0), second));
        assert!(!poll.due(at(5_000), second), "the first is not answered");
        poll.answered();
        assert!(poll.due(at(5_000), second));
        poll.answered();
        assert!(!poll.due(at(5_999), second));
        assert!(poll.due(at(6_000), second));
    }
}
