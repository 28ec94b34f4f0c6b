//! The end of a letter that does not arrive.

use std::sync::atomic::Ordering;

use metrics::counter;
use saqta_data::journal::{Entry, Outcome, Particulars};
use saqta_data::office::{Delivery, StoredAnswer};
use saqta_data::store::unit::{Record, Unit};
use saqta_data::store::{StoreError, Tree};

use super::{Letter, Outbox};
use crate::metrics::DEAD;

/// Why a letter is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// It is worthless by now.
    Late,
    /// The carrier will not take it.
    Refused,
    /// The phone's owner wants no more SMS.
    Stopped,
    /// The phone is not bound any more to the person it tells of.
    Unbound,
    /// Its instance is not configured any more, or does not send.
    NoCarrier,
    /// What is in the store cannot be read.
    Damaged,
}

impl Cause {
    /// The word in metrics and in the detail of the journal line.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
            Self::Unbound => "unbound",
            Self::NoCarrier => "no_carrier",
            Self::Damaged => "damaged",
        }
    }
}

/// A letter, if it can be read.
pub(super) fn read(value: &[u8]) -> Option<Letter> {
    Letter::decode(value).ok()
}

/// Notes with a text what became of it, for whoever looks at it. One that cannot be read holds up no letter.
pub(super) async fn note_delivery(
    unit: &mut Unit<'_>,
    text: &[u8],
    delivery: Delivery,
) -> Result<(), StoreError> {
    match unit.read::<StoredAnswer>(text).await {
        Ok(Some(stored)) => {
            let delivery = stored.delivery.max(Some(delivery));
            unit.write(text, &StoredAnswer { delivery, ..stored });
            Ok(())
        }
        Ok(None) | Err(StoreError::Value { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

impl Outbox {
    /// Takes the letter of `key`, which `instance` was to send, out of the outbox and tells so in the journal: the line of the one who wished it sent,
    /// again, as a failure.
    pub(super) async fn give_up(
        &self,
        instance: &str,
        key: &[u8],
        letter: Option<Letter>,
        cause: Cause,
    ) -> Result<(), StoreError> {
        let cause = if letter.is_some() { cause } else { Cause::Damaged };
        let mut unit = self.office.begin();
        unit.change(Tree::Outbox, key, None);
        if let Some(Letter { entry, about, .. }) = letter {
            let now = self.now();
            let line = Entry {
                at: now,
                outcome: Outcome::Failed,
                took_us: u32::try_from(now.since(entry.at).as_micros()).unwrap_or(u32::MAX),
                particulars: Particulars {
                    detail: cause.code().to_owned(),
                    ..entry.particulars
                },
                ..entry
            };
            unit.journal(&line, about);
            note_delivery(&mut unit, &line.particulars.answer, Delivery::Failed).await?;
        }
        unit.commit().await?;
        let tray = self.tray(instance);
        tray.one_less();
        tray.dead.fetch_add(1, Ordering::Relaxed);
        counter!(DEAD, "instance" => instance.to_owned(), "reason" => cause.code()).increment(1);
        tracing::warn!(instance, reason = cause.code(), "an SMS was given up");
        Ok(())
    }
}
