//! A status text that an operator sends.

use saqta_data::desk::{DeskError, Refusal, StatusSms};
use saqta_data::iin::Iin;
use saqta_data::journal::Entry;
use saqta_data::office::{Phone, StoredAnswer, person_key, phone_key};
use saqta_data::person::Person;
use saqta_data::phone::Msisdn;
use saqta_data::store::Key;
use saqta_data::store::unit::Unit;

use super::kept::shown_key;
use super::look_up::Limit;
use super::records::Dialog;
use super::sparing::Had;
use super::{Exchange, Manner, figures, outgoing};
use crate::carrier::{Instance, Thread};
use crate::dialog::answer::Answer;
use crate::outbox::{Kind, Letter};

impl Exchange {
    /// Puts the status of a person on its way to a phone in the words of an answer to it, in one durable step with the journal
    /// line `entry`, to which language and text are added, if it is still the text that was `seen`. Of `instances` the one
    /// sends through which the phone was last heard, else the first that can.
    ///
    /// # Errors
    /// [`Refusal::NoSender`], [`Refusal::UnknownPerson`], [`Refusal::NotBound`], [`Refusal::Stopped`],
    /// [`Refusal::TooManySms`], [`Refusal::TooManySmsToday`], [`Refusal::OtherText`] and [`Refusal::Busy`]; whatever the
    /// store says.
    pub async fn send_status(
        &self,
        instances: &[Instance],
        (iin, phone): (Iin, Msisdn),
        seen: &str,
        entry: Entry,
    ) -> Result<(), DeskError> {
        let mut unit = self.office.begin();
        let sms = self.checked(&mut unit, instances, (iin, phone)).await;
        let sms = sms.inspect_err(|error| {
            if let DeskError::Refused(Refusal::TooManySms | Refusal::TooManySmsToday) = error {
                figures::limit_reached(Limit::Phone);
            }
        })?;
        if sms.text != seen {
            return Err(refused(Refusal::OtherText));
        }
        self.count_status(&mut unit, phone, self.office.clock().now());
        let letter = self.letter(sms, iin, entry);
        self.put_on_its_way(unit, letter).await
    }

    /// The text that [`send_status`](Self::send_status) would send now. Nothing is kept, and nothing counts for the limits.
    ///
    /// # Errors
    /// As there, but for [`Refusal::OtherText`] and [`Refusal::Busy`].
    pub async fn status_sms(
        &self,
        instances: &[Instance],
        iin: Iin,
        phone: Msisdn,
    ) -> Result<StatusSms, DeskError> {
        self.checked(&mut self.office.begin(), instances, (iin, phone))
            .await
    }

    /// The text for the phone, if it may have it: what is sent and what is shown beforehand are this.
    async fn checked(
        &self,
        unit: &mut Unit<'_>,
        instances: &[Instance],
        (iin, phone): (Iin, Msisdn),
    ) -> Result<StatusSms, DeskError> {
        let dialog: Dialog = unit.read(&phone_key(phone)).await?.unwrap_or_default();
        let instance = sender(instances, &dialog.instance).ok_or(refused(Refusal::NoSender))?;
        let known: Phone = unit.read(&phone_key(phone)).await?.unwrap_or_default();
        let person: Option<Person> = unit.read(&person_key(iin)).await?;
        let person = person.ok_or(refused(Refusal::UnknownPerson))?;
        let now = self.office.clock().now();
        if !known.people_on(now.day()).any(|bound| bound == iin) {
            return Err(refused(Refusal::NotBound));
        }
        if known.stopped {
            return Err(refused(Refusal::Stopped));
        }
        match self.had(unit, phone, now).await? {
            Some(Had::Day) => return Err(refused(Refusal::TooManySmsToday)),
            Some(Had::Minute) => return Err(refused(Refusal::TooManySms)),
            None => {}
        }
        let view = self.view(unit, &person, now.day()).await?;
        let language = known.language.unwrap_or_default();
        let manner = Manner {
            language,
            latin: known.latin,
            silent: false,
        };
        let sms = self.speak(phone, &Answer::Status(Box::new(view)), manner, false);
        Ok(StatusSms {
            to: phone,
            carrier: instance.name.clone(),
            text: sms.text,
            parts: sms.parts,
            language,
        })
    }

    fn letter(&self, sms: StatusSms, about: Iin, mut entry: Entry) -> Letter {
        entry.language = sms.language;
        entry.particulars.answer = self.shown(sms.to, &entry);
        Letter {
            instance: sms.carrier,
            kind: Kind::Status,
            sms: outgoing(sms.to, sms.text),
            about: Some(about),
            entry,
            thread: Thread::NONE,
        }
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
