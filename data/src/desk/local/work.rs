//! Work on a person: one durable step with its line in the journal, or a refusal with its reason.

use super::LocalDesk;
use super::lookup::limited;
use crate::category::TemporaryStatus;
use crate::desk::work::{Deed, MAX_NOTE_CHARS, Note, PREVIEW, Refusal, StatusSms, Work};
use crate::desk::{Card, DeskError};
use crate::iin::Iin;
use crate::journal::{Entry, Outcome, Particulars, Subject, Who};
use crate::office::{MAX_PHONES, Merged, Phone, bind, into_person, person_key, phone_key};
use crate::period::Period;
use crate::person::Person;
use crate::phone::{Binding, Msisdn, Role};
use crate::registry::row::Row;
use crate::store::StoreError;
use crate::store::unit::Unit;

/// How often a deed is tried again when somebody changed the person or the phone meanwhile.
const MAX_TRIES: usize = 10;
/// The topic of a line about a deed that was refused; what it was to be is its detail.
const NOT_DONE: &str = "not-done";

/// Why an attempt came to nothing.
enum Stopped {
    /// For good.
    Refused(Refusal),
    /// Perhaps for now.
    Store(StoreError),
    /// For what the host says.
    Desk(DeskError),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Stopped> for DeskError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Refused(refusal) => Self::Refused(refusal),
            Stopped::Store(error) => error.into(),
            Stopped::Desk(error) => error,
        }
    }
}

impl LocalDesk {
    /// Does `work`; the card as it is then, if it changed.
    pub(super) async fn do_work(&self, work: &Work) -> Result<Option<Box<Card>>, DeskError> {
        self.needs(work.deed.needs())?;
        let Some(iin) = work.iin else {
            return self.about_nobody(work).await;
        };
        let mut tried = self.attempt(iin, &work.deed).await;
        for _ in 1..MAX_TRIES {
            if !matches!(tried, Err(Stopped::Store(StoreError::Conflict))) {
                break;
            }
            tried = self.attempt(iin, &work.deed).await;
        }
        match tried {
            Ok(changed) => self.show(iin, changed).await,
            Err(Stopped::Refused(refusal)) => {
                self.note_refusal(iin, &work.deed, refusal).await?;
                Err(DeskError::Refused(refusal))
            }
            Err(Stopped::Store(error)) => Err(limited(error, self.office.clock().now())),
            Err(stopped) => Err(stopped.into()),
        }
    }

    /// A refusal tells something too (that a person is known, that a phone is bound): it is counted and leaves its line.
    async fn note_refusal(&self, iin: Iin, deed: &Deed, refusal: Refusal) -> Result<(), DeskError> {
        let mut entry = self.line(deed, Some(iin));
        if refusal == Refusal::UnknownPerson {
            entry.outcome = Outcome::Unknown;
        }
        entry.particulars.detail = std::mem::replace(&mut entry.topic, NOT_DONE.to_owned());
        let mut unit = self.office.begin();
        self.count(&mut unit, entry.at);
        unit.journal(&entry, Some(iin));
        unit.commit().await.map_err(|error| limited(error, entry.at))?;
        Ok(())
    }

    /// Numbers in a list were shown, or something was copied that is about nobody in particular.
    async fn about_nobody(&self, work: &Work) -> Result<Option<Box<Card>>, DeskError> {
        if !matches!(work.deed, Deed::Reveal | Deed::Copy) {
            return Err(DeskError::Refused(Refusal::UnknownPerson));
        }
        let entry = self.line(&work.deed, None);
        let mut unit = self.office.begin();
        self.count(&mut unit, entry.at);
        unit.journal(&entry, None);
        unit.commit().await.map_err(|error| limited(error, entry.at))?;
        Ok(None)
    }

    /// One attempt; true if something on the card is another now.
    async fn attempt(&self, iin: Iin, deed: &Deed) -> Result<bool, Stopped> {
        let mut unit = self.office.begin();
        let person = unit.read::<Person>(&person_key(iin)).await?;
        let mut person = person.ok_or(Refusal::UnknownPerson)?;
        if let Deed::SendStatus { msisdn, seen } = deed {
            // Before it is sent: the host commits what it sends by itself.
            let mut counted = self.office.begin();
            self.count(&mut counted, self.office.clock().now());
            counted.commit().await?;
            let entry = self.line(deed, Some(iin));
            return self.send_status((iin, *msisdn), seen, entry).await;
        }
        let entry = self.line(deed, Some(iin));
        let changed = self.change(&mut unit, &mut person, deed, &entry).await?;
        self.count(&mut unit, entry.at);
        unit.journal(&entry, Some(iin));
        unit.commit().await?;
        Ok(changed)
    }

    /// The text that would be sent, once the journal has it that an operator saw it.
    pub(super) async fn preview(&self, iin: Iin, msisdn: Msisdn) -> Result<StatusSms, DeskError> {
        let seen = String::new();
        let deed = Deed::SendStatus { msisdn, seen };
        self.needs(deed.needs())?;
        let sms = match self.status_of(iin, msisdn).await {
            Ok(sms) => sms,
            Err(Stopped::Refused(refusal)) => {
                self.note_refusal(iin, &deed, refusal).await?;
                return Err(DeskError::Refused(refusal));
            }
            Err(stopped) => return Err(stopped.into()),
        };
        let mut entry = self.line(&deed, Some(iin));
        PREVIEW.clone_into(&mut entry.topic);
        let mut unit = self.office.begin();
        self.count(&mut unit, entry.at);
        unit.journal(&entry, Some(iin));
        unit.commit().await.map_err(|error| limited(error, entry.at))?;
        Ok(sms)
    }

    async fn status_of(&self, iin: Iin, msisdn: Msisdn) -> Result<StatusSms, Stopped> {
        let mut unit = self.office.begin();
        if unit.read::<Person>(&person_key(iin)).await?.is_none() {
            return Err(Refusal::UnknownPerson.into());
        }
        self.bound(&mut unit, iin, msisdn).await?;
        let host = self.options.host.as_ref().ok_or(Refusal::NoSender)?;
        match host.status_sms(iin, msisdn).await {
            Ok(sms) => Ok(sms),
            Err(DeskError::Refused(refusal)) => Err(refusal.into()),
            Err(error) => Err(Stopped::Desk(error)),
        }
    }

    /// Puts what `deed` changes into the batch.
    async fn change(
        &self,
        unit: &mut Unit<'_>,
        person: &mut Person,
        deed: &Deed,
        entry: &Entry,
    ) -> Result<bool, Stopped> {
        match deed {
            // The host writes what it sends.
            Deed::Verify
            | Deed::Unverify
            | Deed::Reveal
            | Deed::Copy
            | Deed::Save
            | Deed::SendStatus { .. } => return Ok(false),
            Deed::Bind { msisdn, role } => self.bind(unit, person, *msisdn, *role).await?,
            Deed::Unbind { msisdn } => {
                let today = self.office.clock().today();
                let phone = self.bound(unit, person.iin, *msisdn).await?;
                unit.write(&phone_key(*msisdn), &ended(phone, person.iin, today));
            }
            Deed::SetLanguage { msisdn, language } => {
                let mut phone = self.bound(unit, person.iin, *msisdn).await?;
                phone.language = Some(*language);
                unit.write(&phone_key(*msisdn), &phone);
            }
            Deed::Lock => set_lock(unit, person, true)?,
            Deed::Unlock => set_lock(unit, person, false)?,
            Deed::Temporary { period, reason } => {
                check_text(reason)?;
                grant(person, *period)?;
                unit.write(&person_key(person.iin), person);
                self.add_note(unit, person.iin, note(entry, reason)).await?;
            }
            Deed::Note { text } => {
                check_text(text)?;
                self.add_note(unit, person.iin, note(entry, text)).await?;
            }
        }
        Ok(true)
    }

    async fn bind(
        &self,
        unit: &mut Unit<'_>,
        person: &mut Person,
        msisdn: Msisdn,
        role: Role,
    ) -> Result<(), Stopped> {
        let today = self.office.clock().today();
        let mut phone: Phone = unit.read(&phone_key(msisdn)).await?.unwrap_or_default();
        let held = phone.bindings.iter().find(|binding| binding.iin == person.iin);
        if held.is_some_and(|binding| binding.role == role && binding.holds_on(today)) {
            return Err(Refusal::AlreadyBound.into());
        }
        if person.phones.len() >= MAX_PHONES && !person.phones.contains(&msisdn) {
            return Err(Refusal::TooManyPhones.into());
        }
        let binding = Binding {
            iin: person.iin,
            role,
            bound_on: today,
            unbound_on: None,
        };
        if let Merged::Refused(_) = bind(&mut phone, person, msisdn, binding) {
            return Err(Refusal::TooManyPeople.into());
        }
        unit.write(&phone_key(msisdn), &phone);
        unit.write(&person_key(person.iin), person);
        Ok(())
    }

    /// The phone, if it is bound to the person today.
    async fn bound(&self, unit: &mut Unit<'_>, iin: Iin, msisdn: Msisdn) -> Result<Phone, Stopped> {
        let today = self.office.clock().today();
        let phone: Phone = unit.read(&phone_key(msisdn)).await?.unwrap_or_default();
        if phone.people_on(today).any(|bound| bound == iin) {
            Ok(phone)
        } else {
            Err(Refusal::NotBound.into())
        }
    }

    /// Only to a phone bound to the person: any other must not learn it.
    async fn send_status(
        &self,
        (iin, msisdn): (Iin, Msisdn),
        seen: &str,
        entry: Entry,
    ) -> Result<bool, Stopped> {
        self.bound(&mut self.office.begin(), iin, msisdn).await?;
        let host = self.options.host.as_ref().ok_or(Refusal::NoSender)?;
        match host.send_status(iin, msisdn, seen, entry).await {
            Ok(()) => Ok(true),
            Err(DeskError::Refused(refusal)) => Err(refusal.into()),
            Err(error) => Err(Stopped::Desk(error)),
        }
    }

    async fn show(&self, iin: Iin, changed: bool) -> Result<Option<Box<Card>>, DeskError> {
        if !changed {
            return Ok(None);
        }
        let person = self.office.person(iin).await?;
        match person {
            Some(person) => Ok(Some(Box::new(self.full_card(person, None).await?))),
            None => Ok(None),
        }
    }

    /// The line of a deed in the journal.
    fn line(&self, deed: &Deed, iin: Option<Iin>) -> Entry {
        Entry {
            at: self.office.clock().now(),
            door: self.options.door.clone(),
            who: Who::Operator(self.name.clone()),
            subject: iin.map(Subject::of),
            outcome: Outcome::Service,
            topic: deed.topic().to_owned(),
            language: self.options.language,
            took_us: 0,
            particulars: Particulars {
                phone: deed.phone(),
                detail: detail(deed),
                answer: Vec::new(),
            },
        }
    }
}

/// What the line says of the deed beyond its topic.
fn detail(deed: &Deed) -> String {
    match deed {
        Deed::Bind { role, .. } => role.code().to_owned(),
        Deed::SetLanguage { language, .. } => language.code().to_owned(),
        Deed::Temporary { period, .. } => period.to_string(),
        _ => String::new(),
    }
}

fn ended(mut phone: Phone, iin: Iin, today: chrono::NaiveDate) -> Phone {
    for binding in phone.bindings.iter_mut().filter(|binding| binding.iin == iin) {
        binding.unbound_on = Some(today);
    }
    phone
}

fn set_lock(unit: &mut Unit<'_>, person: &mut Person, locked: bool) -> Result<(), Refusal> {
    if person.locked == locked {
        return Err(if locked {
            Refusal::AlreadyLocked
        } else {
            Refusal::NotLocked
        });
    }
    person.locked = locked;
    unit.write(&person_key(person.iin), person);
    Ok(())
}

/// A temporary status from the first to the last day of the month. It never takes the place of a longer one.
fn grant(person: &mut Person, period: Period) -> Result<(), Refusal> {
    let span = TemporaryStatus {
        from: period.first_day(),
        to: period.last_day(),
    };
    let mut held = person.temporary.iter();
    if held.any(|held| held.from <= span.from && span.to <= held.to) {
        return Err(Refusal::AlreadyTemporary);
    }
    match into_person(person, &Row::Temporary(person.iin, span)) {
        Merged::Refused(_) => Err(Refusal::TooManySpans),
        Merged::Changed | Merged::Same => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), Refusal> {
    let length = text.trim().chars().count();
    if (1..=MAX_NOTE_CHARS).contains(&length) {
        Ok(())
    } else {
        Err(Refusal::TextLength)
    }
}

fn note(entry: &Entry, text: &str) -> Note {
    let operator = match &entry.who {
        Who::Operator(name) => name.clone(),
        Who::Phone(phone) => phone.to_string(),
        Who::Erased(_) => String::new(),
    };
    Note {
        at: entry.at,
        operator,
        text: text.trim().to_owned(),
    }
}
