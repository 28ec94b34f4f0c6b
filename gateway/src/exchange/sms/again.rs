//! A message that comes again: what it got before.

use saqta_data::clock::Timestamp;
use saqta_data::office::{StoredAnswer, phone_key};
use saqta_data::store::unit::Unit;
use saqta_data::store::{Batch, StoreError};

use super::{Dialog, Exchange, Incoming, SAME_UNSIGNED, other_answer};
use crate::dialog::words::Number;

impl Exchange {
    /// The answer that this message got before, if it may still be repeated. A fragment has that of the whole: it was heard
    /// before a restart, after which only some part came again.
    pub(super) async fn stored_answer(
        &self,
        unit: &mut Unit<'_>,
        sms: &Incoming<'_>,
        now: Timestamp,
    ) -> Result<Option<StoredAnswer>, StoreError> {
        for (key, valid) in sms.keys(now) {
            let stored: Option<StoredAnswer> = unit.read(&key).await?;
            let Some(stored) = stored.filter(|stored| now.since(stored.at) < valid) else {
                continue;
            };
            if valid == SAME_UNSIGNED {
                let dialog: Dialog = unit.read(&phone_key(sms.call.phone)).await?.unwrap_or_default();
                if sms.answers_since(&dialog.talk, (stored.at, now)) {
                    continue;
                }
            }
            return Ok(Some(stored));
        }
        if !sms.is_fragment {
            return Ok(None);
        }
        let wholes = sms.parts.iter().flat_map(|part| part.others(now));
        other_answer(unit.read_ahead(wholes.collect()).await?, now)
    }

    /// Has what is repeated on disk before it goes out. A command that comes again under another id gets the question of then
    /// once more: if another one was asked since, what is answered next is not for that.
    pub(super) async fn settle_repetition(
        &self,
        mut unit: Unit<'_>,
        sms: &Incoming<'_>,
        (then, now): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        let asks = sms.request.verb.is_some() && sms.request.number == Number::None;
        if sms.other_name.is_some() && asks {
            let key = phone_key(sms.call.phone);
            let mut dialog: Dialog = unit.read(&key).await?.unwrap_or_default();
            if dialog.talk.forget_asked_since(then, now) {
                unit.write(&key, &dialog);
                return unit.commit().await.map(drop);
            }
        }
        // A record that is visible may not be on disk yet; after an empty batch it is.
        self.office.store().commit(Batch::default()).await.map(drop)
    }
}
