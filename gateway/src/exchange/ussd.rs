//! One step of a USSD session, heard once or again.

use std::sync::{Mutex, OnceLock, PoisonError};

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Outcome};
use saqta_data::office::{Phone, StoredAnswer, phone_key};
use saqta_data::phone::Msisdn;
use saqta_data::store::{Batch, Key, StoreError};

use super::desk::Desk;
use super::kept::{beginning, shown_key};
use super::late::{in_words, typed_iin};
use super::look_up::{Limit, Looked};
use super::records::{Dialog, SessionPhone, digest, session_phone_key};
use super::{Call, Done, Ending, Exchange, Manner, Told, ahead, answerable};
use crate::carrier::{
    IncomingUssd, Instance, OutgoingSms, Thread, UssdInput, UssdPage, UssdSession, UssdStep,
};
use crate::dialog::answer::{Answer, Page, Topic};
use crate::dialog::finding::Finding;
use crate::dialog::menu::Menu;
use crate::dialog::ussd::{Caller, LONGEST, Mark, Place, Pressed, Session, Step};

/// A step under way.
pub(super) struct Incoming<'a> {
    pub(super) call: Call<'a>,
    /// Digest of the carrier instance and its session id.
    session: [u8; 16],
    step: IncomingUssd,
    /// To know a repetition.
    mark: Mark,
    /// Set once the phone's wishes are known.
    pub(super) manner: OnceLock<Manner>,
    /// What the step asks about a person, once it is known.
    asked: Mutex<Option<(Iin, Topic)>>,
}

impl<'a> Incoming<'a> {
    pub(super) fn read(call: Call<'a>, step: IncomingUssd) -> Self {
        let (kind, text) = match &step.input {
            UssdInput::Dialled(text) => (b"d", text),
            UssdInput::Typed(text) | UssdInput::DialledOrTyped(text) => (b"t", text),
            UssdInput::History(text) => (b"h", text),
        };
        let mark = Mark {
            number: step.step.map(UssdStep::value),
            content: digest(&[kind.as_slice(), step.code.as_bytes(), text.as_bytes()]),
        };
        Self {
            session: session_key(call.instance, &step.session),
            mark,
            step,
            manner: OnceLock::new(),
            asked: Mutex::default(),
            call,
        }
    }

    /// What the citizen typed: the code at the start, then what was pressed, or all of it.
    pub(super) fn typed(&self) -> &str {
        match self.step.input.text() {
            "" => &self.step.code,
            typed => typed,
        }
    }

    /// What an SMS would ask to learn the same; `None` if the step asks about nobody, or the phone wants no SMS. As long as the
    /// session is not known, only an IIN that was typed is a question.
    pub(super) fn question(&self) -> Option<String> {
        match self.manner.get() {
            None => typed_iin(self.typed()).map(Iin::reveal),
            Some(manner) if manner.silent => None,
            Some(_) => self.asked().map(|(iin, topic)| in_words(iin, topic)),
        }
    }

    fn asked(&self) -> Option<(Iin, Topic)> {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An id that no carrier gives: the same for the same step of a session.
    pub(super) fn id(&self) -> String {
        let Mark { number, content } = self.mark;
        let session = hex::encode(self.session);
        format!("ussd/{session}/{}/{content:x}", number.unwrap_or_default())
    }

    fn history(&self) -> &str {
        match &self.step.input {
            UssdInput::History(history) => history,
            _ => "",
        }
    }

    /// The key of what this page is kept under, for the operator only.
    fn key(&self, now: Timestamp) -> Key {
        let Mark { number, content } = self.mark;
        let number = number.unwrap_or_default().to_be_bytes();
        let instant = now.millis().to_be_bytes();
        shown_key(now, &[&self.session, &number, &content.to_be_bytes(), &instant])
    }
}

/// The key of a session: a digest of the carrier instance and its session id.
pub(super) fn session_key(instance: &Instance, session: &UssdSession) -> [u8; 16] {
    let half = |salt: &[u8]| {
        let parts = [salt, instance.name.as_bytes(), session.id.as_bytes()];
        digest(&parts).to_be_bytes()
    };
    let mut key = [0; 16];
    let halves = half(b"a").into_iter().chain(half(b"b"));
    key.iter_mut().zip(halves).for_each(|(to, from)| *to = from);
    key
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
        let mut unit = self.office.begin();
        unit.read_ahead(self.ahead(call.phone, typed_iin(step.typed()), now))
            .await?;
        let mut desk = self.desk(call, unit, now).await?;
        let manner = manner_of(&desk.phone);
        let _ = step.manner.set(manner);
        let before = desk.dialog.session.take();
        let same = before.as_ref().filter(|session| session.key == step.session);
        let service = &self.policy.ussd_code;
        let mut walk = Walk {
            step,
            manner,
            instance_full,
        };
        let (mut session, told, letter) = match Step::read(&step.step, step.mark, same, service, now) {
            Step::Again => {
                // What is visible may not be on disk yet; after an empty batch it is.
                self.office.store().commit(Batch::default()).await?;
                let again = before.map(|session| done(&session, None, manner));
                return again.ok_or_else(|| StoreError::Failed("a session is gone".into()));
            }
            Step::Press(typed) => {
                let mut session = before.ok_or_else(|| StoreError::Failed("a session is gone".into()))?;
                let (told, letter) = self.press(&mut walk, &mut desk, &mut session, &typed).await?;
                (session, told, letter)
            }
            Step::Start(path) => {
                desk.unit
                    .write(&session_phone_key(now, step.session), &SessionPhone(call.phone));
                self.start(&mut walk, &mut desk, (step.session, before.as_ref()), path)
                    .await?
            }
        };
        session.mark(step.mark, step.history());
        let manner = walk.manner;
        let (told, letter) = self
            .unless_spared(&walk, &mut desk, &mut session, (told, letter))
            .await?;
        let reply = done(&session, Some(told.outcome), manner);
        let key = step.key(now);
        let kept = StoredAnswer {
            at: now,
            heard: beginning(step.typed()),
            said: Some(reply.reply.text.clone()),
            delivery: None,
            about: told.about.filter(|_| told.known),
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
            thread: Thread::NONE,
        };
        self.settle(call, desk.unit, end).await?;
        Ok(reply)
    }

    /// Begins a session and goes through the inputs of `path`. Only what the last one leads to is told and sent: the
    /// others were told before, or are on the way.
    async fn start(
        &self,
        walk: &mut Walk<'_>,
        desk: &mut Desk<'_>,
        (key, before): ([u8; 16], Option<&Session>),
        mut path: Vec<String>,
    ) -> Result<(Session, Told, Option<OutgoingSms>), StoreError> {
        let caller = caller(&walk.step.call, desk, self.voice.menu());
        let mut session = Session::start(key, &mut path, before, caller, desk.now);
        let (mut told, mut letter) = self.make_page(walk, desk, &mut session).await?;
        for typed in path {
            (told, letter) = self.press(walk, desk, &mut session, &typed).await?;
        }
        Ok((session, told, letter))
    }

    /// Takes what was typed; beside what is told, the SMS that is to go out.
    async fn press(
        &self,
        walk: &mut Walk<'_>,
        desk: &mut Desk<'_>,
        session: &mut Session,
        typed: &str,
    ) -> Result<(Told, Option<OutgoingSms>), StoreError> {
        match session.press(typed, caller(&walk.step.call, desk, self.voice.menu()), desk.now) {
            Pressed::Stayed => return Ok((Told::nobody("menu", Outcome::Service), None)),
            Pressed::Moved => {}
            Pressed::Chose(language) => {
                desk.phone.language = Some(language);
                walk.manner.language = language;
            }
        }
        self.make_page(walk, desk, session).await
    }

    /// What is told and sent, unless a limit on SMS keeps it back: then the page says to try later.
    async fn unless_spared(
        &self,
        walk: &Walk<'_>,
        desk: &mut Desk<'_>,
        session: &mut Session,
        (told, letter): (Told, Option<OutgoingSms>),
    ) -> Result<(Told, Option<OutgoingSms>), StoreError> {
        if letter.is_none() {
            return Ok((told, None));
        }
        let call = &walk.step.call;
        if self.had(&desk.unit, call.phone, desk.now).await?.is_none() {
            self.count_status(&mut desk.unit, call.phone, desk.now);
            return Ok((told, letter));
        }
        let Manner { language, latin, .. } = walk.manner;
        let frame = call.instance.ussd_frame;
        session.show(self.voice.ussd(&Page::TryLater, language, latin, frame));
        Ok((told.kept_back(Limit::Phone), None))
    }

    /// Closes a session that the carrier says is over; true if it was going on.
    pub(super) async fn close(&self, phone: Msisdn, key: [u8; 16]) -> Result<bool, StoreError> {
        let now = self.office.clock().now();
        let mut unit = self.office.begin();
        let record = phone_key(phone);
        let mut dialog: Dialog = unit.read(&record).await?.unwrap_or_default();
        let Some(session) = dialog.session_at(key, now) else {
            return Ok(false);
        };
        session.end(now);
        unit.write(&record, &dialog);
        unit.commit().await?;
        Ok(true)
    }

    /// True while the session `key` of `phone` goes on.
    pub(super) async fn is_going_on(&self, phone: Msisdn, key: [u8; 16]) -> Result<bool, StoreError> {
        let mut unit = self.office.begin();
        let dialog: Option<Dialog> = unit.read(&phone_key(phone)).await?;
        let now = self.office.clock().now();
        Ok(dialog.is_some_and(|mut dialog| dialog.session_at(key, now).is_some()))
    }

    /// The phone of a session: as the carrier names it, else the one that began the session `key`.
    pub(super) async fn phone_of(
        &self,
        instance: &Instance,
        session: &UssdSession,
        key: [u8; 16],
    ) -> Result<Option<Msisdn>, StoreError> {
        if let Some(from) = &session.from {
            return Ok(answerable(instance, from, ""));
        }
        let now = self.office.clock().now();
        let mut unit = self.office.begin();
        // A session may have begun before midnight.
        let longest = i64::try_from(LONGEST.as_millis()).unwrap_or_default();
        let began = [now, Timestamp::from_millis(now.millis() - longest)];
        let keys = began.map(|at| session_phone_key(at, key));
        unit.read_ahead(keys.iter().cloned().map(ahead::of::<SessionPhone>).collect())
            .await?;
        for key in keys {
            let found: Option<SessionPhone> = unit.read(&key).await?;
            if let Some(SessionPhone(phone)) = found {
                return Ok(Some(phone));
            }
        }
        Ok(None)
    }

    /// Makes the page of the place where `session` is; beside what is told, the SMS that is to go out.
    async fn make_page(
        &self,
        walk: &Walk<'_>,
        desk: &mut Desk<'_>,
        session: &mut Session,
    ) -> Result<(Told, Option<OutgoingSms>), StoreError> {
        let Walk {
            step,
            manner,
            instance_full,
        } = *walk;
        let call = &step.call;
        let place = session.place().clone();
        // A step that sends is never promised: cut off, its batch may be committed all the same, with the SMS in it.
        let asked = place.subject().filter(|_| !matches!(place, Place::Send(_)));
        *step.asked.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        let mut told = Told::nobody(place.code(), Outcome::Service);
        let (mut finding, mut letter) = (None, None);
        if let Some((iin, _)) = place.subject() {
            let looked = self.look_up(desk, call, iin, instance_full).await?;
            told = Told::person(place.code(), iin, &looked);
            letter = self.status_by_sms(call, &place, &looked, manner);
            finding = Some(looked.finding);
        }
        let page = session.page(finding, caller(call, desk, self.voice.menu()));
        session.show(
            self.voice
                .ussd(&page, manner.language, manner.latin, call.instance.ussd_frame),
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

/// What holds for all pages that one step leads through.
struct Walk<'a> {
    step: &'a Incoming<'a>,
    manner: Manner,
    instance_full: bool,
}

fn caller<'a>(call: &Call<'_>, desk: &'a Desk<'_>, menu: &'a Menu) -> Caller<'a> {
    Caller {
        phone: call.phone,
        people: &desk.people,
        knows_language: desk.phone.language.is_some(),
        can_send_sms: call.instance.can_send_sms && !desk.phone.stopped,
        menu,
    }
}

fn manner_of(phone: &Phone) -> Manner {
    Manner {
        language: phone.language.unwrap_or_default(),
        latin: phone.latin,
        silent: phone.stopped,
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
