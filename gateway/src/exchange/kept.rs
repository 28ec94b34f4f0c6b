//! What is kept of an exchange so that an operator can see it as the citizen did: under the key that the journal line
//! names. An unlock code is in none of it.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::journal::{Door, Outcome};
use saqta_data::office::{MAX_HEARD_CHARS, StoredAnswer};
use saqta_data::store::Key;

use super::records::{day_number, digest};
use super::{Call, Ending, Exchange, Manner, Told};
use crate::carrier::Thread;

/// What stands in the place of a secret digit.
const MASK: char = '*';
/// From so many digits in a row on, they are no unlock code.
const NO_CODE_DIGITS: usize = 9;
/// How long a failure waits for its own journal line: with the policy's deadline it stays within the 2 s of an answer.
const FAILURE_DEADLINE: Duration = Duration::from_millis(300);

/// The beginning of what a citizen wrote, for the operator.
pub(super) fn beginning(text: &str) -> String {
    text.chars().take(MAX_HEARD_CHARS).collect()
}

/// `text` without digits that may be an unlock code, while one is waited for.
pub(super) fn without_codes(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_numeric() {
            run.push(c);
            continue;
        }
        let digits = run.chars().count();
        if digits < NO_CODE_DIGITS {
            masked.extend(std::iter::repeat_n(MASK, digits));
        } else {
            masked.push_str(&run);
        }
        run.clear();
        masked.push(c);
    }
    masked.pop();
    masked
}

/// The key of what is kept for showing only. It is no key of an answer to repeat: those begin with the digest of an id.
pub(super) fn shown_key(now: Timestamp, what: &[&[u8]]) -> Key {
    let mut key = day_number(now.day()).to_be_bytes().to_vec();
    key.extend(digest(&[&[b"shown".as_slice()], what].concat()).to_be_bytes());
    key
}

impl Exchange {
    /// Enters an exchange in which we failed, if the store can be written at all: the operator whom the citizen calls then
    /// sees it. The message itself stays unanswered, so that a repetition is heard.
    pub(super) async fn note_failure(
        &self,
        call: &Call<'_>,
        door: Door,
        (heard, said): (String, Option<String>),
        manner: Manner,
    ) {
        let at = self.office.clock().now();
        let mut unit = self.office.begin();
        let instant = at.millis().to_be_bytes();
        let phone = call.phone.number().to_be_bytes();
        let key = shown_key(at, &[b"failure", &phone, &instant, heard.as_bytes()]);
        unit.write(
            &key,
            &StoredAnswer {
                at,
                heard,
                said,
                delivery: None,
                about: None,
            },
        );
        let end = Ending {
            door,
            told: Told::nobody("failed", Outcome::Failed),
            language: manner.language,
            answer: key,
            letter: None,
            thread: Thread::NONE,
        };
        let settled = self.settle(call, unit, end);
        // What goes wrong here has been reported as the failure itself.
        let _ = tokio::time::timeout(FAILURE_DEADLINE, settled).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_runs_of_digits_are_masked_and_long_ones_are_not() {
        for (text, masked) in [
            ("0418", "****"),
            ("код: 0418!", "код: ****!"),
            ("٠٤١٨", "****"),
            ("ашу 900101300007", "ашу 900101300007"),
            ("900 101 300 007", "*** *** *** ***"),
            ("сәлем ", "сәлем "),
            ("", ""),
        ] {
            assert_eq!(without_codes(text), masked);
        }
    }
}
