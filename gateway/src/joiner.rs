//! Long texts that a carrier hands over part by part, joined before they are heard.
//!
//! No part is acknowledged before the whole has been heard and its answer is on disk: the carrier sends the others again,
//! some seconds later, and they are known as parts of what was heard. If a part does not come within [`WAIT`], what has come
//! is heard, at the next repetition of one of its parts.
//!
//! What has come lies in memory; with the process goes
//! - that others wait: they were not acknowledged, come again, and are joined then, so nothing is lost;
//! - that the whole was heard: a part that is repeated waits for the others once more, then is heard alone. What is joined names
//!   the ids of its parts, and the exchange keeps the answer under each of them, so it is known as a repetition;
//! - that all but this part were heard, after [`WAIT`]: then it is heard as a text by itself, and answered by what it says:
//!   mostly that an IIN has 12 digits, or with help.

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
            // A part that comes after all is not heard alone; one that comes much later is none of this text.
            None => now.since(self.since) >= 10 * WAIT,
        }
    }
}

/// What is to be done with a message.
pub(crate) enum Joined {
    /// It is whole, or as whole as it gets: hear this, and then say so with the ticket if there is one.
    Whole(Box<IncomingSms>, Option<Ticket>),
    /// A part of what was heard.
    Heard,
    /// Others are waited for.
    Waiting,
}

/// Stands for a text that is being heard.
pub(crate) struct Ticket {
    of: Of,
    /// The number and the id of one of its parts: by the end, the reference may be another text's.
    part: (u8, String),
}

impl Joiner {
    /// Takes a message, or a part of one.
    pub(crate) fn take(&self, sms: IncomingSms, now: Timestamp) -> Joined {
        // What is longer than a part can be is heard by itself.
        let Some(part) = sms.part.clone().filter(|_| sms.text.len() <= MAX_PART_BYTES) else {
            return Joined::Whole(Box::new(IncomingSms { part: None, ..sms }), None);
        };
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = of(&sms, &part);
        if texts.len() >= MAX_TEXTS && !texts.contains_key(&of) {
            make_room(&mut texts, now);
        }
        let text = texts.entry(of.clone()).or_insert_with(|| Text::new(now));
        let id = sms.id.clone().unwrap_or_default();
        if text.is_other(part.number, &id, now) {
            *text = Text::new(now);
        }
        if text.heard {
            return Joined::Heard;
        }
        text.parts.insert(part.number, (id.clone(), sms.text.clone()));
        if text.parts.len() < usize::from(part.total) && now.since(text.since) < WAIT {
            return Joined::Waiting;
        }
        let whole: String = text.parts.values().map(|(_, text)| text.as_str()).collect();
        let ids: Vec<String> = text.parts.values().map(|(id, _)| id.clone()).collect();
        let ticket = Ticket {
            of,
            part: (part.number, id),
        };
        let joined = IncomingSms {
            // The same at every repetition, whichever part comes last.
            id: ids.first().filter(|id| !id.is_empty()).cloned(),
            text: whole,
            part: Some(Part { ids, ..part }),
            ..sms
        };
        Joined::Whole(Box::new(joined), Some(ticket))
    }

    /// Notes that the text of `ticket` has been heard and its answer is on disk.
    pub(crate) fn heard(&self, ticket: &Ticket) {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, id) = &ticket.part;
        let same = |text: &&mut Text| text.parts.get(number).is_some_and(|(known, _)| known == id);
        if let Some(text) = texts.get_mut(&ticket.of).filter(same) {
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
                ids: Vec::new(),
            }),
        }
    }

    fn take(joiner: &Joiner, sms: IncomingSms, seconds: i64) -> Option<(String, String)> {
        match joiner.take(sms, at(seconds)) {
            Joined::Whole(sms, _) => Some((sms.id.unwrap(), sms.text)),
            Joined::Heard => Some(("heard".into(), String::new())),
            Joined::Waiting => None,
        }
    }

    /// The text with the part `id` has been heard.
    fn heard(joiner: &Joiner, id: &str) {
        let sms = part(id, 1, "");
        joiner.heard(&Ticket {
            of: of(&sms, sms.part.as_ref().unwrap()),
            part: (1, id.to_owned()),
        });
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
            heard(&joiner, "a");
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
        heard(&joiner, "a");
        assert_eq!(take(&joiner, part("b", 2, "two"), 61), Some(known()));
    }

    #[test]
    fn a_reference_is_used_again() {
        let joiner = Joiner::default();
        take(&joiner, part("x", 1, "old "), 0);
        take(&joiner, part("y", 2, "text"), 0);
        heard(&joiner, "x");
        assert_eq!(take(&joiner, part("a", 1, "new "), 30), None);
        assert_eq!(
            take(&joiner, part("b", 2, "text"), 31),
            Some(("a".into(), "new text".into()))
        );
    }

    #[test]
    fn what_is_joined_names_its_parts() {
        let joiner = Joiner::default();
        take(&joiner, part("b", 2, "two"), 0);
        let Joined::Whole(sms, ticket) = joiner.take(part("a", 1, "one "), at(1)) else {
            panic!("it is whole");
        };
        assert_eq!(sms.part.unwrap().ids, ["a", "b"]);
        joiner.heard(&ticket.unwrap());
        assert_eq!(take(&joiner, part("b", 2, "two"), 2), Some(known()));
    }

    #[test]
    fn a_part_of_another_text_with_the_same_reference_is_not_joined_to_an_old_one() {
        let joiner = Joiner::default();
        assert_eq!(take(&joiner, part("a", 1, "old "), 0), None);
        // The rest of the old one never came, and nobody repeated it.
        assert_eq!(take(&joiner, part("y", 2, "text"), 600), None);
        let whole = ("x".into(), "new text".into());
        assert_eq!(take(&joiner, part("x", 1, "new "), 601), Some(whole));
    }

    #[test]
    fn that_a_text_was_heard_is_not_said_of_another_with_its_reference() {
        let joiner = Joiner::default();
        take(&joiner, part("a", 1, "one "), 0);
        take(&joiner, part("b", 2, "two"), 1);
        // While that is being heard, the next begins under the same reference.
        assert_eq!(take(&joiner, part("x", 1, "new "), 2), None);
        heard(&joiner, "a");
        let whole = ("x".into(), "new text".into());
        assert_eq!(take(&joiner, part("y", 2, "text"), 3), Some(whole));
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
