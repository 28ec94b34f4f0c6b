//! A status text that an operator sends.

use saqta_data::desk::{DeskError, Refusal, StatusSms};
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry, Outcome, Particulars, Subject, Who};
use saqta_data::language::Language;
use saqta_data::office::{Phone, StoredAnswer, person_key, phone_key};
use saqta_data::person::Person;
use saqta_data::phone::Msisdn;
use saqta_data::store::unit::Unit;
use saqta_data::store::{Key, StoreError};

use super::kept::shown_key;
use super::records::Dialog;
use super::{Exchange, Manner, figures};
use crate::carrier::{Instance, Thread};
use crate::dialog::answer::Answer;
use crate::outbox::{Kind, Letter};

impl Exchange {
    /// Puts the status of `iin` on its way to `phone` in the words of an answer to it, in one durable step with the journal
    /// line `entry`, to which language and text are added. Of `instances` the one sends through which the phone was last
    /// heard, else the first that can.
    ///
    /// # Errors
    /// [`Refusal::NoSender`], [`Refusal::UnknownPerson`], [`Refusal::NotBound`], [`Refusal::Stopped`],
    /// [`Refusal::TooManySms`] and [`Refusal::Busy`]; whatever the store says.
    pub async fn send_status(
        &self,
        instances: &[Instance],
        iin: Iin,
        phone: Msisdn,
        entry: Entry,
    ) -> Result<(), DeskError> {
        let mut unit = self.office.begin();
        let letter = self.letter_to(&mut unit, instances, (iin, phone), entry).await?;
        self.put_on_its_way(unit, letter).await
    }

    /// The text that [`send_status`](Self::send_status) would send now. Nothing is kept, and nothing counts for the limits.
    ///
    /// # Errors
    /// As there, but for [`Refusal::Busy`].
    pub async fn status_sms(
        &self,
        instances: &[Instance],
        iin: Iin,
        phone: Msisdn,
    ) -> Result<StatusSms, DeskError> {
        // The line is that of a letter which nobody sends.
        let entry = Entry {
            at: self.office.clock().now(),
            door: Door::Console,
            who: Who::Operator(String::new()),
            subject: Some(Subject::of(iin)),
            outcome: Outcome::Service,
            topic: String::new(),
            language: Language::default(),
            took_us: 0,
            particulars: Particulars::default(),
        };
        let mut unit = self.office.begin();
        let letter = self.letter_to(&mut unit, instances, (iin, phone), entry).await?;
        Ok(StatusSms {
            to: letter.sms.to,
            carrier: letter.instance,
            text: letter.sms.text,
            parts: letter.sms.parts,
            language: letter.entry.language,
        })
    }

    /// The letter to the phone, if it may have one: what is sent and what is shown beforehand are this.
    async fn letter_to(
        &self,
        unit: &mut Unit<'_>,
        instances: &[Instance],
        (iin, phone): (Iin, Msisdn),
        entry: Entry,
    ) -> Result<Letter, DeskError> {
        let dialog: Dialog = unit.read(&phone_key(phone)).await?.unwrap_or_default();
        let instance = sender(instances, &dialog.instance).ok_or(refused(Refusal::NoSender))?;
        let known: Phone = unit.read(&phone_key(phone)).await?.unwrap_or_default();
        let person: Option<Person> = unit.read(&person_key(iin)).await?;
        let person = person.ok_or(refused(Refusal::UnknownPerson))?;
        let day = self.office.clock().today();
        if !known.people_on(day).any(|bound| bound == iin) {
            return Err(refused(Refusal::NotBound));
        }
        if known.stopped {
            return Err(refused(Refusal::Stopped));
        }
        let now = self.office.clock().now();
        if let Some(limit) = self.spare_status(unit, phone, now).await? {
            figures::limit_reached(limit);
            return Err(refused(Refusal::TooManySms));
        }
        Ok(self
            .letter(unit, instance, &person, (phone, &known), entry)
            .await?)
    }

    async fn letter(
        &self,
        unit: &mut Unit<'_>,
        instance: &Instance,
        person: &Person,
        (phone, known): (Msisdn, &Phone),
        mut entry: Entry,
    ) -> Result<Letter, StoreError> {
        let view = self.view(unit, person, self.office.clock().today()).await?;
        let manner = Manner {
            language: known.language.unwrap_or_default(),
            latin: known.latin,
            silent: false,
        };
        let sms = self.speak(phone, &Answer::Status(Box::new(view)), manner, false);
        entry.language = manner.language;
        entry.particulars.answer = self.shown(phone, &entry);
        Ok(Letter {
            instance: instance.name.clone(),
            kind: Kind::Status,
            sms,
            about: Some(person.iin),
            entry,
            thread: Thread::NONE,
        })
    }

    fn shown(&self, phone: Msisdn, entry: &Entry) -> Key {
        let instant = entry.at.millis().to_be_bytes();
        shown_key(self.office.clock().now(), &[b"sent", &phone_key(phone), &instant])
    }

    async fn put_on_its_way(&self, mut unit: Unit<'_>, letter: Letter) -> Result<(), DeskError> {
        let text = StoredAnswer {
            at: letter.entry.at,
            heard: String::new(),
            said: Some(letter.sms.text.clone()),
            delivery: None,
            about: letter.about,
        };
        unit.write(&letter.entry.particulars.answer, &text);
        unit.journal(&letter.entry, letter.about);
        let place = self.outbox.put(&mut unit, &letter).await?;
        let place = place.ok_or(refused(Refusal::Busy))?;
        unit.commit().await?;
        place.taken();
        Ok(())
    }
}

const fn refused(refusal: Refusal) -> DeskError {
    DeskError::Refused(refusal)
}

/// The instance named `last` if it can send, else the first that can.
fn sender<'a>(instances: &'a [Instance], last: &str) -> Option<&'a Instance> {
    let sending: Vec<_> = instances
        .iter()
        .filter(|instance| instance.can_send_sms)
        .collect();
    let heard = sending.iter().find(|instance| instance.name == last);
    heard.or(sending.first()).copied()
}
