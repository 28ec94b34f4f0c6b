//! One step of a USSD session, heard once or again.

use std::sync::OnceLock;

use saqta_data::clock::Timestamp;
use saqta_data::journal::{Door, Outcome};
use saqta_data::office::{Phone, StoredAnswer};
use saqta_data::store::{Batch, Key, StoreError};

use super::desk::Desk;
use super::kept::{beginning, shown_key};
use super::look_up::Looked;
use super::records::digest;
use super::{Call, Done, Ending, Exchange, Manner, Told};
use crate::carrier::{IncomingUssd, OutgoingSms, UssdPage};
use crate::dialog::answer::Answer;
use crate::dialog::finding::Finding;
use crate::dialog::ussd::{Caller, Place, Pressed, Session, is_code};

/// A step under way.
pub(super) struct Incoming<'a> {
    pub(super) call: Call<'a>,
    /// Digest of the carrier instance and its session id.
    session: [u8; 16],
    code: String,
    input: String,
    /// The step and a digest of the input, to know a repetition.
    step: (u32, u64),
    /// Set once the phone's wishes are known.
    pub(super) manner: OnceLock<Manner>,
}

impl<'a> Incoming<'a> {
    pub(super) fn read(call: Call<'a>, step: &IncomingUssd) -> Self {
        let instance = call.instance.name.as_bytes();
        let half = |salt: &[u8]| digest(&[salt, instance, step.session.as_bytes()]).to_be_bytes();
        let mut session = [0; 16];
        let halves = half(b"a").into_iter().chain(half(b"b"));
        session.iter_mut().zip(halves).for_each(|(to, from)| *to = from);
        let dialled = is_code(&step.input);
        Self {
            session,
            code: if dialled { &step.input } else { &step.code }.clone(),
            input: if dialled { "" } else { step.input.trim() }.to_owned(),
            step: (step.step, digest(&[step.code.as_bytes(), step.input.as_bytes()])),
            manner: OnceLock::new(),
            call,
        }
    }

    /// What the citizen typed: the code at the start, then what was pressed.
    pub(super) fn typed(&self) -> &str {
        if self.is_start() { &self.code } else { &self.input }
    }

    /// The key of what this page is kept under, for the operator only.
    fn key(&self, now: Timestamp) -> Key {
        let (number, typed) = self.step;
        let (number, typed) = (number.to_be_bytes(), typed.to_be_bytes());
        shown_key(
            now,
            &[&self.session, &number, &typed, &now.millis().to_be_bytes()],
        )
    }

    /// True for the step that begins a session.
    const fn is_start(&self) -> bool {
        self.step.0 == 0 && self.input.is_empty()
    }
}

impl Exchange {
    /// Hears `step` once; the batch may be refused.
    pub(super) async fn hear_ussd(
        &self,
        step: &Incoming<'_>,
        instance_full: bool,
    ) -> Result<Done<UssdPage>, StoreError> {
        let call = &step.call;
        let now = self.office.clock().now();
        let mut desk = self.desk(call, self.office.begin(), now).await?;
        let mut manner = manner_of(&desk.phone);
        let _ = step.manner.set(manner);
        let session = desk.dialog.session.take();
        let session = session.filter(|session| session.key == step.session && session.is_alive(desk.now));
        if let Some(session) = &session
            && session.last == step.step
        {
            // What is visible may not be on disk yet; after an empty batch it is.
            self.office.store().commit(Batch::default()).await?;
            return Ok(done(session, None, manner));
        }
        let (mut session, pressed) = match session {
            Some(mut session) if !step.is_start() => {
                let pressed = session.press(&step.input, caller(call, &desk), desk.now);
                (session, pressed)
            }
            _ => (self.start(step, &desk), Pressed::Moved),
        };
        session.last = step.step;
        if let Pressed::Chose(language) = pressed {
            desk.phone.language = Some(language);
            manner.language = language;
        }
        let (told, letter) = if pressed == Pressed::Stayed {
            (Told::nobody("menu", Outcome::Service), None)
        } else {
            self.make_page(&mut desk, call, &mut session, manner, instance_full)
                .await?
        };
        let reply = done(&session, Some(told.outcome), manner);
        let key = step.key(now);
        let kept = StoredAnswer {
            at: now,
            heard: beginning(step.typed()),
            said: Some(reply.reply.text.clone()),
        };
        desk.unit.write(&key, &kept);
        desk.dialog.session = Some(session);
        desk.write(call);
        let end = Ending {
            door: Door::Ussd(call.instance.name.clone()),
            told,
            language: manner.language,
            answer: key,
            letter,
        };
        self.settle(call, desk.unit, end).await?;
        Ok(reply)
    }

    fn start(&self, step: &Incoming<'_>, desk: &Desk<'_>) -> Session {
        // An input in a session never seen comes out of a menu that is no more: the start page, whatever was dialled.
        let code = if step.input.is_empty() { &step.code } else { "" };
        let caller = caller(&step.call, desk);
        Session::start(step.session, code, &self.policy.ussd_code, caller, desk.now)
    }

    /// Makes the page of the place where `session` is; beside what is told, the SMS that is to go out.
    async fn make_page(
        &self,
        desk: &mut Desk<'_>,
        call: &Call<'_>,
        session: &mut Session,
        manner: Manner,
        instance_full: bool,
    ) -> Result<(Told, Option<OutgoingSms>), StoreError> {
        let place = session.place().clone();
        let mut told = Told::nobody(place.code(), Outcome::Service);
        let (mut finding, mut letter) = (None, None);
        if let Some((iin, _)) = place.subject() {
            let looked = self.look_up(desk, call, iin, instance_full).await?;
            told = Told::person(place.code(), iin, &looked);
            letter = self.status_by_sms(call, &place, &looked, manner);
            finding = Some(looked.finding);
        }
        let page = session.page(finding, caller(call, desk));
        session.show(
            self.voice
                .ussd(&page, manner.language, manner.latin, call.instance.ussd_overhead),
        );
        Ok((told, letter))
    }

    /// The status as an SMS, if that is what `place` is for.
    fn status_by_sms(
        &self,
        call: &Call<'_>,
        place: &Place,
        looked: &Looked,
        manner: Manner,
    ) -> Option<OutgoingSms> {
        let (Place::Send(_), Finding::Full(view)) = (place, &looked.finding) else {
            return None;
        };
        Some(self.speak(call.phone, &Answer::Status(view.clone()), manner, false))
    }
}

fn caller<'a>(call: &Call<'_>, desk: &'a Desk<'_>) -> Caller<'a> {
    Caller {
        phone: call.phone,
        people: &desk.people,
        knows_language: desk.phone.language.is_some(),
        can_send_sms: call.instance.can_send_sms && !desk.phone.stopped,
    }
}

fn manner_of(phone: &Phone) -> Manner {
    Manner {
        language: phone.language.unwrap_or_default(),
        latin: phone.latin,
        silent: false,
    }
}

fn done(session: &Session, outcome: Option<Outcome>, manner: Manner) -> Done<UssdPage> {
    let reply = UssdPage {
        text: session.screen().to_owned(),
        end: false,
    };
    Done {
        reply,
        outcome,
        language: manner.language,
    }
}
