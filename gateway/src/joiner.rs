//! Long texts that a carrier hands over part by part, joined before they are heard.
//!
//! No part is acknowledged before the whole has been heard and its answer is on disk: the carrier sends the others again,
//! some seconds later, and they are known as parts of what was heard. So nothing is lost with the process, although what
//! has come lies in memory. If a part does not come within [`WAIT`], what has come is heard, at the next repetition of one
//! of its parts. After a restart between the two, an answer may be given to a part alone.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use saqta_data::clock::Timestamp;

use crate::carrier::{IncomingSms, Part};

/// How long the other parts are waited for.
const WAIT: Duration = Duration::from_secs(60);
/// How long a text that was heard is remembered: Vonage sends again for a day, at intervals of 15 minutes at most.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// The most texts that are remembered, of up to 10 parts of 160 characters; then the oldest go.
const MAX_TEXTS: usize = 1_000;

/// The longest part: 160 characters, of which none has more than 4 bytes in UTF-8.
const MAX_PART_BYTES: usize = 640;

/// What is known of texts in parts.
#[derive(Default)]
pub(crate) struct Joiner(Mutex<BTreeMap<Of, Text>>);

/// Sender, receiver, the carrier's reference, and the number of parts.
type Of = (String, String, String, u8);

struct Text {
    since: Timestamp,
    /// By number: id and text.
    parts: BTreeMap<u8, (String, String)>,
    heard: bool,
}

impl Text {
    const fn new(since: Timestamp) -> Self {
        Self {
            since,
            parts: BTreeMap::new(),
            heard: false,
        }
    }

    /// True if `id` is a part of another text, which has got a reference that was used before.
    fn is_other(&self, number: u8, id: &str, now: Timestamp) -> bool {
        match self.parts.get(&number) {
            Some((known, _)) => known != id,
            // A part that comes after all is not heard alone.
            None => self.heard && now.since(self.since) >= 10 * WAIT,
        }
    }
}

/// What is to be done with a message.
pub(crate) enum Joined {
    /// It is whole, or as whole as it gets: hear this.
    Whole(IncomingSms),
    /// A part of what was heard.
    Heard,
    /// Others are waited for.
    Waiting,
}

impl Joiner {
    /// Takes a message, or a part of one.
    pub(crate) fn take(&self, sms: IncomingSms, now: Timestamp) -> Joined {
        // What is longer than a part can be is heard by itself.
        let Some(part) = sms.part.clone().filter(|_| sms.text.len() <= MAX_PART_BYTES) else {
            return Joined::Whole(IncomingSms { part: None, ..sms });
        };
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = of(&sms, &part);
        if texts.len() >= MAX_TEXTS && !texts.contains_key(&of) {
            make_room(&mut texts, now);
        }
        let text = texts.entry(of).or_insert_with(|| Text::new(now));
        let id = sms.id.clone().unwrap_or_default();
        if text.is_other(part.number, &id, now) {
            *text = Text::new(now);
        }
        if text.heard {
            return Joined::Heard;
        }
        text.parts.insert(part.number, (id, sms.text.clone()));
        if text.parts.len() < usize::from(part.total) && now.since(text.since) < WAIT {
            return Joined::Waiting;
        }
        let whole: String = text.parts.values().map(|(_, text)| text.as_str()).collect();
        // The same at every repetition, whichever part comes last.
        let id = text.parts.values().next().map(|(id, _)| id.clone());
        Joined::Whole(IncomingSms {
            id: id.filter(|id| !id.is_empty()),
            text: whole,
            ..sms
        })
    }

    /// Notes that the text with this part has been heard and its answer is on disk.
    pub(crate) fn heard(&self, from: &str, to: &str, part: &Part) {
        let of = (from.to_owned(), to.to_owned(), part.reference.clone(), part.total);
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.get_mut(&of) {
            text.heard = true;
            // They hold numbers of people; from here on the ids suffice.
            text.parts.values_mut().for_each(|(_, text)| text.clear());
        }
    }
}

fn of(sms: &IncomingSms, part: &Part) -> Of {
    (
        sms.from.clone(),
        sms.to.clone(),
        part.reference.clone(),
        part.total,
    )
}

/// Forgets what is too old, or else the oldest.
fn make_room(texts: &mut BTreeMap<Of, Text>, now: Timestamp) {
    texts.retain(|_, text| now.since(text.since) < REMEMBERED);
    if texts.len() < MAX_TEXTS {
        return;
    }
    let oldest = texts
        .iter()
        .min_by_key(|(_, text)| text.since)
        .map(|(of, _)| of.clone());
    if let Some(oldest) = oldest {
        texts.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000_000 + seconds * 1_000)
    }

    fn part(id: &str, number: u8, text: &str) -> IncomingSms {
        IncomingSms {
            id: Some(id.into()),
            from: "77010000001".into(),
            to: "1414".into(),
            text: text.into(),
            link: None,
            part: Some(Part {
                reference: "7".into(),
                number,
                total: 2,
            }),
        }
    }

    fn take(joiner: &Joiner, sms: IncomingSms, seconds: i64) -> Option<(String, String)> {
        match joiner.take(sms, at(seconds)) {
            Joined::Whole(sms) => Some((sms.id.unwrap(), sms.text)),
            Joined::Heard => Some(("heard".into(), String::new())),
            Joined::Waiting => None,
        }
    }

    fn heard(joiner: &Joiner) {
        let sms = part("a", 1, "");
        joiner.heard(&sms.from, &sms.to, &sms.part.unwrap());
    }

    fn known() -> (String, String) {
        ("heard".into(), String::new())
    }

    #[test]
    fn parts_are_joined_in_their_order_whichever_comes_first() {
        for (first, second) in [
            ((1, "a", "one "), (2, "b", "two")),
            ((2, "b", "two"), (1, "a", "one ")),
        ] {
            let joiner = Joiner::default();
            assert_eq!(take(&joiner, part(first.1, first.0, first.2), 0), None);
            assert_eq!(take(&joiner, part(first.1, first.0, first.2), 1), None);
            assert_eq!(
                take(&joiner, part(second.1, second.0, second.2), 2),
                Some(("a".into(), "one two".into()))
            );
            // Its answer did not get to the disk: the next repetition is heard, as the same message.
            assert_eq!(
                take(&joiner, part(first.1, first.0, first.2), 7),
                Some(("a".into(), "one two".into()))
            );
            heard(&joiner);
            for repeated in [first, second] {
                let taken = take(&joiner, part(repeated.1, repeated.0, repeated.2), 12);
                assert_eq!(taken, Some(known()));
            }
        }
    }

    #[test]
    fn after_a_minute_what_has_come_is_heard_and_what_comes_after_it_is_not() {
        let joiner = Joiner::default();
        assert_eq!(take(&joiner, part("a", 1, "one "), 0), None);
        assert_eq!(take(&joiner, part("a", 1, "one "), 59), None);
        assert_eq!(
            take(&joiner, part("a", 1, "one "), 60),
            Some(("a".into(), "one ".into()))
        );
        heard(&joiner);
        assert_eq!(take(&joiner, part("b", 2, "two"), 61), Some(known()));
    }

    #[test]
    fn a_reference_is_used_again() {
        let joiner = Joiner::default();
        take(&joiner, part("x", 1, "old "), 0);
        take(&joiner, part("y", 2, "text"), 0);
        heard(&joiner);
        assert_eq!(take(&joiner, part("a", 1, "new "), 30), None);
        assert_eq!(
            take(&joiner, part("b", 2, "text"), 31),
            Some(("a".into(), "new text".into()))
        );
    }

    #[test]
    fn there_is_a_most_and_the_oldest_goes() {
        let joiner = Joiner::default();
        for number in 0..=MAX_TEXTS {
            let seconds = i64::try_from(number).unwrap();
            let mut sms = part("a", 1, "one ");
            sms.from = format!("7701{number}");
            assert_eq!(take(&joiner, sms, seconds), None);
        }
        assert_eq!(joiner.0.lock().unwrap().len(), MAX_TEXTS);
        let first = ("77010".into(), "1414".into(), "7".into(), 2);
        assert!(!joiner.0.lock().unwrap().contains_key(&first));
    }
}
