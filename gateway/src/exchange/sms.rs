//! One SMS, heard once or again.

mod again;

use std::sync::OnceLock;
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Outcome};
use saqta_data::office::{StoredAnswer, person_key, phone_key};
use saqta_data::person::Person;
use saqta_data::store::unit::{Record, Unit};
use saqta_data::store::{Key, Read, Scan, StoreError, Tree, Value};

use super::desk::Desk;
use super::kept::{beginning, shown_key, without_codes};
use super::records::{Dialog, day_number, digest};
use super::{Call, Done, Ending, Exchange, Manner, Told, ahead, figures, outgoing};
use crate::carrier::{Ids, IncomingSms, Instance, Part, SmsReply, Thread};
use crate::dialog::answer::{Answer, Topic};
use crate::dialog::sms::{Heard, Patience, Step, Talk, Turn, Wishes, hear};
use crate::dialog::words::{Number, Request, understand};

/// How long the answer to a message with an id is repeated.
const REPEATED_FOR: Duration = Duration::from_secs(48 * 3600);
/// The days that so long a time touches.
const DAYS_REPEATED: u16 = 3;
/// How long the same text from the same phone is the same message, at a carrier without ids.
const SAME_WITHOUT_ID: Duration = Duration::from_secs(10);
/// The same where ids are not signed: so often a message that somebody has seen can have us send its answer again. A citizen
/// who asks again so soon has the answer; who answers another question than before is heard ([`Incoming::answers_since`]).
const SAME_UNSIGNED: Duration = Duration::from_secs(60);

/// An SMS under way.
pub(super) struct Incoming<'a> {
    pub(super) call: Call<'a>,
    request: Request,
    /// The beginning of the text, for the operator.
    pub(super) heard: String,
    /// By what it is known when it comes again.
    name: Name,
    /// By what else, where ids prove nothing: its answer is kept under it.
    other_name: Option<Name>,
    /// Its own id proves nothing, so that the other name makes it a repetition, too.
    is_unproven: bool,
    /// By what a part of it is known that comes again alone.
    parts: Vec<Name>,
    /// Digest of the sender and the text.
    content: u64,
    has_id: bool,
    /// Some part of it never came.
    is_fragment: bool,
    /// What its answer has of it, where that is sent.
    thread: Thread,
    /// Set once the phone's wishes are known.
    manner: OnceLock<Manner>,
}

/// A name of a message.
#[derive(Clone, Copy)]
struct Name {
    /// Digest of the carrier instance and the id, or the receiver.
    id: u64,
    /// How long the answer is repeated to what comes under it.
    valid: Duration,
}

impl Name {
    /// The names of `sms`: its id, or its content where it has none; then its content where ids prove nothing.
    fn all(instance: &Instance, sms: &IncomingSms) -> (Self, Option<Self>) {
        let own = instance.name.as_bytes();
        let by_content = |valid| Self {
            id: digest(&[b"to", own, sms.to.as_bytes()]),
            valid,
        };
        let Some(id) = &sms.id else {
            return (by_content(SAME_WITHOUT_ID), None);
        };
        let by_id = Self {
            id: digest(&[b"id", own, id.as_bytes()]),
            valid: REPEATED_FOR,
        };
        let unsigned = (instance.ids != Ids::Proven).then(|| by_content(SAME_UNSIGNED));
        (by_id, unsigned)
    }

    /// The names that a text joined of parts has by each of them and its sender: a part alone, whose text is another than that
    /// of the whole, is known by its own.
    fn of_parts(call: &Call<'_>, sms: &IncomingSms) -> Vec<Self> {
        let (own, sender) = (call.instance.name.as_bytes(), phone_key(call.phone));
        let ids = sms.part.iter().flat_map(|part| &part.ids);
        let named = ids.filter(|id| !id.is_empty()).map(|id| Self {
            id: digest(&[b"part", own, &sender, id.as_bytes()]),
            valid: REPEATED_FOR,
        });
        named.collect()
    }

    /// The days that its answer may be of.
    fn days(self, now: Timestamp) -> impl Iterator<Item = u16> {
        days(
            now,
            if self.valid == REPEATED_FOR {
                DAYS_REPEATED
            } else {
                2
            },
        )
    }

    /// The reads of an answer to whatever has this name.
    fn others(self, now: Timestamp) -> impl Iterator<Item = Read> {
        self.days(now).map(move |day| {
            Read::Page(Scan {
                prefix: self.prefix(day),
                ..Scan::of(Tree::Answers, 1)
            })
        })
    }

    /// The first bytes of the keys of answers to messages with this name on a day.
    fn prefix(self, day: u16) -> Key {
        [day.to_be_bytes().as_slice(), &self.id.to_be_bytes()].concat()
    }
}

impl<'a> Incoming<'a> {
    pub(super) fn read(call: Call<'a>, sms: &IncomingSms) -> Self {
        let (name, other_name) = Name::all(call.instance, sms);
        let lacks = |part: &Part| !part.ids.is_empty() && part.ids.len() < usize::from(part.total);
        Self {
            request: understand(&sms.text),
            heard: beginning(&sms.text),
            name,
            other_name,
            is_unproven: call.instance.ids == Ids::Unproven,
            parts: Name::of_parts(&call, sms),
            content: digest(&[&phone_key(call.phone), sms.text.as_bytes()]),
            has_id: sms.id.is_some(),
            is_fragment: sms.part.as_ref().is_some_and(lacks),
            thread: Thread::of(call.instance, sms),
            manner: OnceLock::new(),
            call,
        }
    }

    /// How to speak to the phone, as far as known.
    pub(super) fn manner(&self) -> Manner {
        self.manner.get().copied().unwrap_or(Manner {
            language: self.request.language.or(self.request.spoken).unwrap_or_default(),
            ..Manner::default()
        })
    }

    /// True if the text surely is not a machine's.
    pub(super) const fn is_surely_asked(&self) -> bool {
        self.request.is_surely_asked()
    }

    /// True if it is but a number for a question asked after `then`: a citizen who chooses the same person for another command.
    /// Nobody who sends again what they have seen has more of it than one such answer for each question, and a text that asks
    /// one is itself heard once in [`SAME_UNSIGNED`].
    fn answers_since(&self, talk: &Talk, (then, now): (Timestamp, Timestamp)) -> bool {
        let is_number = self.request.verb.is_none() && matches!(self.request.number, Number::Short(_));
        is_number && talk.has_asked_since(then, now)
    }

    /// Where an answer lies that may be repeated at `now`, and how long.
    fn keys(&self, now: Timestamp) -> impl Iterator<Item = (Key, Duration)> {
        let other_name = self.other_name.filter(|_| self.is_unproven);
        let names = std::iter::once(self.name).chain(other_name);
        names.flat_map(move |name| name.days(now).map(move |day| (self.key(name, day), name.valid)))
    }

    /// The key of the answer to this message under a name of it, given on a day.
    fn key(&self, name: Name, day: u16) -> Key {
        [name.prefix(day).as_slice(), &self.content.to_be_bytes()].concat()
    }

    /// Keeps its answer under all its names; gives the key of the first.
    fn keep(&self, unit: &mut Unit<'_>, answer: &StoredAnswer) -> Key {
        let day = day_number(answer.at.day());
        for name in self.other_name.iter().chain(&self.parts) {
            unit.write(&self.key(*name, day), answer);
        }
        let key = self.key(self.name, day);
        unit.write(&key, answer);
        key
    }
}

impl Exchange {
    /// Hears `sms` once; the batch may be refused.
    pub(super) async fn hear_sms(
        &self,
        sms: &Incoming<'_>,
        instance_full: bool,
    ) -> Result<Done<SmsReply>, StoreError> {
        let call = &sms.call;
        let now = self.office.clock().now();
        let mut unit = self.office.begin();
        let others = unit.read_ahead(self.ahead_of_sms(sms, now)).await?;
        let odd = other_answer(others, now)?.is_some();
        if let Some(before) = self.stored_answer(&mut unit, sms, now).await? {
            self.settle_repetition(unit, sms, &before, now).await?;
            return Ok(repeated(call, before.answer, sms.manner()));
        }
        let mut desk = self.desk(call, unit, now).await?;
        let has_code = desk.dialog.talk.has_code();
        let turn = desk.hear(sms, self.policy.patience());
        let hint = turn.hint;
        let manner = desk.manner(sms, &turn);
        let _ = sms.manner.set(manner);
        let wanted = self.carry_out(&mut desk, call, turn, instance_full).await?;
        let (answer, told) = self.spare(&mut desk, call, wanted).await?;
        let say = |answer: &Answer| self.speak(call.phone, answer, manner, hint);
        let out = answer.as_ref().map(say);
        let stored = StoredAnswer {
            at: now,
            heard: if has_code {
                without_codes(&sms.heard)
            } else {
                sms.heard.clone()
            },
            said: out.as_ref().map(|out| out.text.clone()),
            delivery: None,
            about: told.about.filter(|_| told.known),
        };
        let key = sms.keep(&mut desk.unit, &stored);
        // A code is kept only where a repetition of the message looks for it, under a key that no journal line names.
        let key = match answer.as_ref().and_then(Answer::masked) {
            Some(masked) => {
                let (shown, said) = (shown_key(now, &[&key]), Some(say(&masked).text));
                desk.unit.write(&shown, &StoredAnswer { said, ..stored });
                shown
            }
            None => key,
        };
        desk.write(call);
        let end = Ending {
            door: Door::Sms(call.instance.name.clone()),
            told,
            language: manner.language,
            answer: key,
            letter: out.clone().filter(|_| call.instance.answers_later),
            thread: sms.thread.clone(),
        };
        self.settle(call, desk.unit, end).await?;
        if odd {
            figures::odd(&call.instance.name);
        }
        Ok(Done {
            reply: out.map_or(SmsReply::Silence, SmsReply::Text),
            outcome: Some(told.outcome),
            language: manner.language,
        })
    }

    /// What `sms` is likely to need. The pages are of answers to messages with its id.
    fn ahead_of_sms(&self, sms: &Incoming<'_>, now: Timestamp) -> Vec<Read> {
        let asked = match sms.request.number {
            Number::Iin(iin) => Some(iin),
            _ => None,
        };
        let mut reads = self.ahead(sms.call.phone, asked, now);
        reads.extend(ahead::answers(sms.keys(now).map(|(key, _)| key)));
        if sms.has_id {
            reads.extend(sms.name.others(now));
        }
        reads
    }

    /// Does what the dialog decided.
    async fn carry_out(
        &self,
        desk: &mut Desk<'_>,
        call: &Call<'_>,
        turn: Turn,
        instance_full: bool,
    ) -> Result<(Option<Answer>, Told), StoreError> {
        match turn.step {
            Step::Silence => Ok((None, Told::nobody(turn.topic, Outcome::Silence))),
            Step::Say(answer) => {
                let outcome = outcome_of(&answer);
                Ok((Some(answer), Told::nobody(turn.topic, outcome)))
            }
            Step::Tell { iin, topic } => {
                let looked = self.look_up(desk, call, iin, instance_full).await?;
                let told = Told::person(turn.topic, iin, &looked);
                Ok((Some(looked.finding.answer(topic)), told))
            }
            Step::Lock { iin, topic } => self.lock(desk, iin, topic).await,
            Step::Open(iin) => {
                let last_four = iin.last_four();
                desk.set_locked(iin, false).await?;
                let told = Told::setting(turn.topic, iin);
                Ok((Some(Answer::Unlocked { last_four }), told))
            }
        }
    }

    async fn lock(
        &self,
        desk: &mut Desk<'_>,
        iin: Iin,
        topic: Topic,
    ) -> Result<(Option<Answer>, Told), StoreError> {
        let fresh = (self.dice)().ok_or_else(|| StoreError::Failed("no random numbers".into()))?;
        let locked = desk.is_locked(iin).await?;
        let (answer, hide) = desk.dialog.talk.lock(topic, iin, locked, desk.now, fresh);
        if hide {
            desk.set_locked(iin, true).await?;
        }
        let mut told = Told::setting(topic.code(), iin);
        if answer == Answer::TryLater {
            told.outcome = Outcome::Limited;
        }
        Ok((Some(answer), told))
    }
}

impl Desk<'_> {
    /// Lets the dialog hear the text, and keeps what it changes of the owner's wishes.
    fn hear(&mut self, sms: &Incoming<'_>, patience: Patience) -> Turn {
        let mut wishes = Wishes {
            language: self.phone.language,
            latin: self.phone.latin,
            stopped: self.phone.stopped,
        };
        let heard = Heard {
            request: &sms.request,
            digest: sms.content,
            people: &self.people,
            now: self.now,
            patience,
        };
        let turn = hear(&mut self.dialog.talk, &mut wishes, heard);
        self.phone.language = wishes.language;
        self.phone.latin = wishes.latin;
        self.phone.stopped = wishes.stopped;
        turn
    }

    /// The language chosen, else that of the words, else Kazakh.
    fn manner(&self, sms: &Incoming<'_>, turn: &Turn) -> Manner {
        let language = self.phone.language.or(sms.request.spoken);
        Manner {
            language: language.unwrap_or_default(),
            latin: self.phone.latin,
            silent: turn.step == Step::Silence,
        }
    }

    async fn is_locked(&mut self, iin: Iin) -> Result<bool, StoreError> {
        let person: Option<Person> = self.unit.read(&person_key(iin)).await?;
        Ok(person.is_some_and(|person| person.locked))
    }

    async fn set_locked(&mut self, iin: Iin, locked: bool) -> Result<(), StoreError> {
        let person: Option<Person> = self.unit.read(&person_key(iin)).await?;
        if let Some(mut person) = person {
            person.locked = locked;
            self.unit.write(&person_key(iin), &person);
        }
        Ok(())
    }
}

/// The same answer as before; alphabet and parts follow from the text.
fn repeated(call: &Call<'_>, stored: StoredAnswer, manner: Manner) -> Done<SmsReply> {
    let text = stored.said.map(|said| outgoing(call.phone, said));
    Done {
        reply: text.map_or(SmsReply::Silence, SmsReply::Text),
        outcome: None,
        language: manner.language,
    }
}

/// The answer among `pages` that another message with the same name still has.
fn other_answer(pages: Vec<Vec<(Key, Value)>>, now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
    for (_, other) in pages.into_iter().flatten() {
        let other = StoredAnswer::decode(&other)?;
        if now.since(other.at) < REPEATED_FOR {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// The day of `now` and those before it, `count` of them.
fn days(now: Timestamp, count: u16) -> impl Iterator<Item = u16> {
    let today = day_number(now.day());
    (0..count).map(move |ago| today.saturating_sub(ago))
}

/// The class of an answer that tells nothing about a person.
const fn outcome_of(answer: &Answer) -> Outcome {
    match answer {
        Answer::OneIinPlease
        | Answer::WrongLength { .. }
        | Answer::WrongCheckDigit
        | Answer::LooksLikeBin
        | Answer::IinNeeded => Outcome::NotAnIin,
        _ => Outcome::Service,
    }
}
