//! What became of an SMS that was sent, as its carrier tells: it is kept with the text, where the operator sees it.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::office::StoredAnswer;
use saqta_data::store::unit::Record;
use saqta_data::store::{Key, StoreError, Tree, Value, codec};
use serde::{Deserialize, Serialize};

use super::records::{day_number, digest};
use super::{Exchange, ahead};
use crate::carrier::Instance;
use crate::carrier::adapter::Receipt;

/// How long receipts find what they are about: as long as the text is kept.
const AWAITED_FOR: Duration = Duration::from_secs(48 * 3600);
/// The days that so long a time touches, this one included.
const DAYS_AWAITED: u16 = 3;
/// How often a receipt is noted again because the text was written meanwhile: another receipt of it, at most.
const MAX_ATTEMPTS: usize = 4;

/// The key in [`Tree::Answers`] of the text that a carrier has under an id of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentAs(pub(crate) Key);

const VERSION: u8 = 1;

impl Record for SentAs {
    /// With the day on which it is to be forgotten: that tree is emptied of days that are past.
    const TREE: Tree = Tree::Limits;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("SMS that was sent", VERSION, bytes)
    }
}

/// The key of [`SentAs`] for an SMS that `instance` sent at `at` and has under `id`.
pub(crate) fn sent_key(instance: &str, id: &str, at: Timestamp) -> Key {
    key(instance, id, day_number(at.plus(AWAITED_FOR).day()))
}

fn key(instance: &str, id: &str, until: u16) -> Key {
    let id = digest(&[instance.as_bytes(), id.as_bytes()]);
    [&until.to_be_bytes()[..], b"r", &id.to_be_bytes()].concat()
}

impl Exchange {
    /// Notes a receipt; false if nothing is known of what it is about.
    pub(super) async fn note_receipt(
        &self,
        instance: &Instance,
        receipt: &Receipt,
    ) -> Result<bool, StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let mut unit = self.office.begin();
            let today = day_number(self.office.clock().today());
            let days = today..today.saturating_add(DAYS_AWAITED);
            let keys: Vec<Key> = days
                .map(|until| key(&instance.name, &receipt.id, until))
                .collect();
            unit.read_ahead(keys.iter().cloned().map(ahead::of::<SentAs>).collect())
                .await?;
            let mut sent: Option<SentAs> = None;
            for key in keys {
                if sent.is_none() {
                    sent = unit.read(&key).await?;
                }
            }
            let Some(SentAs(text)) = sent else {
                return Ok(false);
            };
            let stored: Option<StoredAnswer> = unit.read(&text).await?;
            let Some(mut stored) = stored else {
                return Ok(false);
            };
            // What comes out of order, or again, changes nothing.
            if stored
                .delivery
                .is_some_and(|known| known.is_final() || known == receipt.delivery)
            {
                return Ok(true);
            }
            stored.delivery = Some(receipt.delivery);
            unit.write(&text, &stored);
            match unit.commit().await {
                Err(StoreError::Conflict) => {}
                done => return done.map(|_| true),
            }
        }
        Err(StoreError::Conflict)
    }
}
