//! Look-ups of people: counted by the hour, and in the journal before they are answered.

use chrono::Timelike;

use super::LocalDesk;
use crate::clock::Timestamp;
use crate::desk::DeskError;
use crate::iin::Iin;
use crate::journal::{Entry, Outcome, Particulars, Subject, Who};
use crate::office::day_key;
use crate::store::unit::Unit;
use crate::store::{Key, StoreError};

/// Characters of an account's name that are told apart; longer ones share a limit.
const MAX_NAME: usize = 64;

/// A look-up on its way to the journal.
pub(super) struct Lookup {
    topic: &'static str,
    since: Timestamp,
    lines: Vec<(Option<Subject>, Option<Iin>, Outcome)>,
    /// What follows it removes what must not be kept.
    removes: bool,
}

impl LocalDesk {
    pub(super) fn begin(&self, topic: &'static str) -> Lookup {
        Lookup {
            topic,
            since: self.office.clock().now(),
            lines: Vec::new(),
            removes: false,
        }
    }

    /// Counts the look-up and writes its lines in one step; only then may it be answered.
    pub(super) async fn enter(&self, lookup: Lookup) -> Result<(), DeskError> {
        let now = self.office.clock().now();
        let mut unit = self.office.begin();
        if lookup.removes {
            unit = unit.removing();
        }
        self.count(&mut unit, now);
        let took = now.since(lookup.since).as_micros();
        for (subject, about, outcome) in lookup.lines {
            let entry = Entry {
                at: now,
                door: self.options.door.clone(),
                who: Who::Operator(self.name.clone()),
                subject,
                outcome,
                topic: lookup.topic.into(),
                language: self.options.language,
                took_us: u32::try_from(took).unwrap_or(u32::MAX),
                particulars: Particulars::default(),
            };
            unit.journal(&entry, about);
        }
        unit.commit().await.map(drop).map_err(|error| limited(error, now))
    }

    /// Counts one more look-up of this operator's hour in the batch of `unit`.
    pub(super) fn count(&self, unit: &mut Unit<'_>, now: Timestamp) {
        if let Some(max) = self.per_hour() {
            unit.count(hour_key(now, &self.name), max);
        }
    }
}

/// What an operator is told who has used up the hour of `now`, or whose store failed.
pub(super) fn limited(error: StoreError, now: Timestamp) -> DeskError {
    match error {
        StoreError::LimitReached(_) => DeskError::TooMany {
            minutes: 60 - now.local().minute(),
        },
        error => error.into(),
    }
}

impl Lookup {
    pub(super) fn about(mut self, iin: Iin, found: bool) -> Self {
        let outcome = if found { Outcome::Full } else { Outcome::Unknown };
        self.lines.push((Some(Subject::of(iin)), Some(iin), outcome));
        self
    }

    /// About whomever a journal line is about; it does not know the whole number itself.
    pub(super) fn about_subject(mut self, subject: Option<Subject>, iin: Option<Iin>) -> Self {
        self.lines.push((subject, iin, Outcome::Full));
        self
    }

    /// Before something is removed, which may be done on a disk too full for anything else.
    pub(super) const fn removing(mut self) -> Self {
        self.removes = true;
        self
    }

    pub(super) fn about_nobody(mut self) -> Self {
        self.lines.push((None, None, Outcome::Unknown));
        self
    }

    /// About the store as a whole.
    pub(super) fn about_the_store(mut self) -> Self {
        self.lines.push((None, None, Outcome::Service));
        self
    }

    pub(super) fn about_many(mut self, people: usize) -> Self {
        let people = u32::try_from(people).unwrap_or(u32::MAX);
        self.lines
            .push((Some(Subject::Batch(people)), None, Outcome::Full));
        self
    }
}

/// The key in [`Tree::Limits`] of what an operator asked in the hour of `now`: the day, `o`, the hour, the name.
pub(super) fn hour_key(now: Timestamp, name: &str) -> Key {
    let mut key = day_key(now.day()).to_vec();
    key.push(b'o');
    key.extend(u8::try_from(now.local().hour()));
    key.extend(name.bytes().take(MAX_NAME));
    key
}
