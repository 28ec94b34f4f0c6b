//! A message that comes again: what it got before.

use saqta_data::clock::Timestamp;
use saqta_data::office::{StoredAnswer, phone_key};
use saqta_data::store::unit::Unit;
use saqta_data::store::{Batch, StoreError};

use super::{Dialog, Exchange, Incoming, SAME_UNSIGNED, other_answer};
use crate::dialog::words::{Number, Verb};

/// What a message got before.
pub(super) struct Before {
    pub(super) answer: StoredAnswer,
    /// It came under another id then, of no more worth than this one's.
    is_of_another: bool,
}

impl Exchange {
    /// The answer that this message got before, if it may still be repeated. A fragment has that of the whole: it was heard
    /// before a restart, after which only some part came again.
    pub(super) async fn stored_answer(
        &self,
        unit: &mut Unit<'_>,
        sms: &Incoming<'_>,
        now: Timestamp,
    ) -> Result<Option<Before>, StoreError> {
        for (key, valid) in sms.keys(now) {
            let stored: Option<StoredAnswer> = unit.read(&key).await?;
            let Some(stored) = stored.filter(|stored| now.since(stored.at) < valid) else {
                continue;
            };
            let is_of_another = valid == SAME_UNSIGNED;
            if is_of_another {
                let dialog: Dialog = unit.read(&phone_key(sms.call.phone)).await?.unwrap_or_default();
                if sms.answers_since(&dialog.talk, (stored.at, now)) {
                    continue;
                }
            }
            return Ok(Some(Before {
                answer: stored,
                is_of_another,
            }));
        }
        if !sms.is_fragment {
            return Ok(None);
        }
        let wholes = sms.parts.iter().flat_map(|part| part.others(now));
        let answer = other_answer(unit.read_ahead(wholes.collect()).await?, now)?;
        Ok(answer.map(|answer| Before {
            answer,
            is_of_another: false,
        }))
    }

    /// Has what is repeated on disk before it goes out. Who asks about a person once more under another id means that
    /// command: a question of another one that was asked since must not take the number that comes next. The same message
    /// sent again by its carrier changes nothing.
    pub(super) async fn settle_repetition(
        &self,
        mut unit: Unit<'_>,
        sms: &Incoming<'_>,
        before: &Before,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let asks = matches!(sms.request.verb, Some(Verb::About(_))) && sms.request.number == Number::None;
        if before.is_of_another && asks {
            let key = phone_key(sms.call.phone);
            let mut dialog: Dialog = unit.read(&key).await?.unwrap_or_default();
            if dialog.talk.forget_asked_since(before.answer.at, now) {
                unit.write(&key, &dialog);
                return unit.commit().await.map(drop);
            }
        }
        // A record that is visible may not be on disk yet; after an empty batch it is.
        self.office.store().commit(Batch::default()).await.map(drop)
    }
}
