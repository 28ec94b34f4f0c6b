//! How hearing a message ends: what is told of it, and the batch that makes it so.

use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry, Outcome, Particulars, Subject, Who};
use saqta_data::language::Language;
use saqta_data::store::unit::Unit;
use saqta_data::store::{Key, StoreError};

use super::look_up::{Limit, Looked};
use super::{Call, Exchange, figures};
use crate::carrier::{OutgoingSms, Thread};
use crate::outbox::{Kind, Letter};

/// What the journal says of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) topic: &'static str,
    pub(super) outcome: Outcome,
    pub(super) about: Option<Iin>,
    /// The person is in the registries.
    pub(super) known: bool,
    pub(super) reached: Option<Limit>,
}

impl Told {
    /// An answer about nobody.
    pub(super) const fn nobody(topic: &'static str, outcome: Outcome) -> Self {
        Self {
            topic,
            outcome,
            about: None,
            known: false,
            reached: None,
        }
    }

    /// A setting about a person to whom the phone is bound.
    pub(super) const fn setting(topic: &'static str, iin: Iin) -> Self {
        Self {
            topic,
            outcome: Outcome::Service,
            about: Some(iin),
            known: true,
            reached: None,
        }
    }

    /// An answer about a person.
    pub(super) const fn person(topic: &'static str, iin: Iin, looked: &Looked) -> Self {
        Self {
            topic,
            outcome: looked.outcome,
            about: Some(iin),
            known: looked.known,
            reached: looked.reached,
        }
    }

    /// The same, kept back by `limit`.
    pub(super) const fn kept_back(self, limit: Limit) -> Self {
        Self {
            outcome: Outcome::Limited,
            reached: Some(limit),
            ..self
        }
    }
}

/// The end of a message.
pub(super) struct Ending {
    pub(super) door: Door,
    pub(super) told: Told,
    /// Of the answer.
    pub(super) language: Language,
    /// Where the exchange is kept.
    pub(super) answer: Key,
    /// What goes out by SMS: the answer to an SMS where the carrier takes none, the status beside a USSD page.
    pub(super) letter: Option<OutgoingSms>,
    /// Of the message that is answered.
    pub(super) thread: Thread,
}

impl Exchange {
    /// Writes the journal line of `call` and puts what is to be sent into the outbox, and commits `unit`.
    pub(super) async fn settle(
        &self,
        call: &Call<'_>,
        mut unit: Unit<'_>,
        end: Ending,
    ) -> Result<(), StoreError> {
        let told = end.told;
        let entry = Entry {
            at: self.office.clock().now(),
            door: end.door,
            who: Who::Phone(call.phone),
            subject: told.about.map(Subject::of),
            outcome: told.outcome,
            topic: told.topic.to_owned(),
            language: end.language,
            took_us: u32::try_from(call.watch.elapsed().as_micros()).unwrap_or(u32::MAX),
            particulars: Particulars {
                answer: end.answer,
                ..Particulars::default()
            },
        };
        let about = told.about.filter(|_| told.known);
        unit.journal(&entry, about);
        let place = match end.letter {
            Some(sms) => {
                let letter = Letter {
                    instance: call.instance.name.clone(),
                    kind: match &entry.door {
                        Door::Sms(_) => Kind::Answer,
                        _ => Kind::Status,
                    },
                    sms,
                    about,
                    entry,
                    thread: end.thread,
                };
                let full = || StoreError::Failed("too many SMS wait to be sent".into());
                Some(self.outbox.put(&mut unit, &letter).await?.ok_or_else(full)?)
            }
            None => None,
        };
        unit.commit().await?;
        if let Some(place) = place {
            place.taken();
        }
        if let Some(limit) = told.reached {
            figures::limit_reached(limit);
        }
        Ok(())
    }
}
