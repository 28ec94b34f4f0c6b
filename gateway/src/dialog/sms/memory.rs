//! What is remembered of the conversation with one phone.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use serde::{Deserialize, Serialize};

use super::{CODE_TRIES, CODES_A_DAY, Patience, WAIT};
use crate::dialog::answer::{Answer, Topic};
use crate::dialog::menu::MAX_PEOPLE;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What is remembered of the conversation by SMS. Every list in it is bounded by the limit it counts against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// The question "which person?" that waits for a number.
    choice: Option<Choice>,
    /// The last unlock code.
    pub(super) code: Option<UnlockCode>,
    /// When unlock codes were made, in the last 24 hours.
    codes: Vec<Timestamp>,
    /// When help was sent, in the last hour.
    helps: Vec<Timestamp>,
    /// Texts without command and IIN that were answered in the last hour, by digest.
    others: Vec<(u64, Timestamp)>,
    /// An empty message was answered.
    pub(super) empty_answered: bool,
    /// The phone was told how to get other languages.
    pub(super) hinted: bool,
}

/// A question that waits for a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Choice {
    topic: Topic,
    people: Vec<Iin>,
    until: Timestamp,
}

/// A code that waits to be texted back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlockCode {
    iin: Iin,
    code: u16,
    until: Timestamp,
    tries_left: u8,
}

impl std::fmt::Debug for UnlockCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UnlockCode(..)")
    }
}

impl UnlockCode {
    fn is_alive(&self, now: Timestamp) -> bool {
        now < self.until && self.tries_left > 0
    }
}

impl Talk {
    /// Remembers the question for which of `people` the command is, and gives what to offer.
    pub(super) fn ask(&mut self, topic: Topic, people: &[Iin], now: Timestamp) -> Vec<String> {
        let people: Vec<Iin> = people.iter().copied().take(MAX_PEOPLE).collect();
        let offered = people.iter().map(|iin| iin.last_four()).collect();
        self.choice = Some(Choice {
            topic,
            people,
            until: now.plus(WAIT),
        });
        offered
    }

    /// The person that a number chooses; `None` if no question waits, an error if it offered no such number.
    /// A person from whom the phone was unbound meanwhile is not offered any more. The question goes on waiting, so that
    /// a parent can ask about one child after the other; not so for locks.
    pub(super) fn choose(
        &mut self,
        digits: &str,
        people: &[Iin],
        now: Timestamp,
    ) -> Option<Result<(Iin, Topic), ()>> {
        let choice = self.choice.as_ref().filter(|choice| now < choice.until)?;
        let chosen = digits
            .parse::<usize>()
            .ok()
            .and_then(|number| choice.people.get(number.checked_sub(1)?))
            .filter(|iin| people.contains(iin));
        let chosen = chosen.map(|iin| (*iin, choice.topic)).ok_or(());
        if matches!(chosen, Ok((_, Topic::Lock | Topic::Unlock))) {
            self.choice = None;
        }
        Some(chosen)
    }

    /// True if "which person?" was asked after `then`, and waits.
    #[must_use]
    pub fn has_asked_since(&self, then: Timestamp, now: Timestamp) -> bool {
        let choice = self.choice.as_ref().filter(|choice| now < choice.until);
        choice.is_some_and(|choice| then.plus(WAIT) < choice.until)
    }

    /// Forgets "which person?" if it was asked after `then` and waits; true if so. Whoever gets an earlier question once more
    /// would answer that one.
    pub fn forget_asked_since(&mut self, then: Timestamp, now: Timestamp) -> bool {
        let has_asked = self.has_asked_since(then, now);
        if has_asked {
            self.choice = None;
        }
        has_asked
    }

    /// The person whom the code shows again; `None` for a wrong, late or dead code. Only a phone that is bound to the
    /// person uses up a guess.
    pub(super) fn try_code(&mut self, digits: &str, people: &[Iin], now: Timestamp) -> Option<Iin> {
        let code = self.code.as_mut();
        let code = code.filter(|code| code.is_alive(now) && people.contains(&code.iin))?;
        if digits.parse() == Ok(code.code) {
            return self.code.take().map(|code| code.iin);
        }
        code.tries_left -= 1;
        None
    }

    /// True if four digits are taken for an unlock code.
    #[must_use]
    pub const fn has_code(&self) -> bool {
        self.code.is_some()
    }

    /// LOCK or UNLOCK for a person to whom the phone is bound: the answer, and true if the person is to be hidden.
    /// `fresh_code` is a random number; a code that still waits is sent again instead.
    pub fn lock(
        &mut self,
        topic: Topic,
        iin: Iin,
        locked: bool,
        now: Timestamp,
        fresh_code: u16,
    ) -> (Answer, bool) {
        let last_four = iin.last_four();
        match (topic, locked) {
            (Topic::Unlock, false) => (Answer::NotLocked { last_four }, false),
            (Topic::Unlock, true) => match self.code_for(iin, now, fresh_code % 10_000) {
                Some(code) => {
                    let code = format!("{code:04}");
                    (Answer::UnlockCode { code, last_four }, false)
                }
                None => (Answer::TryLater, false),
            },
            _ => {
                self.code = None;
                (Answer::Locked { last_four }, true)
            }
        }
    }

    /// The code that waits for `iin`, or a new one; `None` when the day's codes are used up.
    fn code_for(&mut self, iin: Iin, now: Timestamp, fresh: u16) -> Option<u16> {
        if let Some(code) = &self.code
            && code.iin == iin
            && code.is_alive(now)
        {
            return Some(code.code);
        }
        if !counts(&mut self.codes, now, DAY, CODES_A_DAY) {
            return None;
        }
        self.code = Some(UnlockCode {
            iin,
            code: fresh,
            until: now.plus(WAIT),
            tries_left: CODE_TRIES,
        });
        Some(fresh)
    }

    /// Counts a help text; false when the hour's are used up.
    pub(super) fn may_help(&mut self, now: Timestamp, patience: Patience) -> bool {
        counts(&mut self.helps, now, HOUR, patience.helps_an_hour)
    }

    /// Counts a text without command and IIN; true if it came too often in the last hour, or too many did.
    pub(super) fn is_loop(&mut self, digest: u64, now: Timestamp, patience: Patience) -> bool {
        self.others.retain(|(_, at)| now.since(*at) < HOUR);
        let same = self.others.iter().filter(|(other, _)| *other == digest).count();
        let looping = same >= patience.repeats_an_hour || self.others.len() >= patience.others_an_hour;
        if !looping {
            self.others.push((digest, now));
        }
        looping
    }
}

/// Adds `now` to `times` unless there are `max` within `window` already.
fn counts(times: &mut Vec<Timestamp>, now: Timestamp, window: Duration, max: usize) -> bool {
    times.retain(|at| now.since(*at) < window);
    let free = times.len() < max;
    if free {
        times.push(now);
    }
    free
}
