//! What became of an SMS that was sent, as its carrier tells: it is kept with the text, where the operator sees it.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::office::{Delivery, StoredAnswer};
use saqta_data::store::unit::{Record, Unit};
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

/// What a carrier has under an id of its own: a text, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentAs {
    /// The key of the text in [`Tree::Answers`].
    text: Key,
    /// What was told of it.
    told: Option<Delivery>,
    /// The keys of the other parts of the text.
    others: Vec<Key>,
}

impl SentAs {
    /// The text under `text`, or a part of it beside `others`, of which nothing was told yet.
    pub(crate) fn new(text: &[u8], others: Vec<Key>) -> Self {
        Self {
            text: text.to_vec(),
            told: None,
            others,
        }
    }

    /// What became of the whole text: it failed if some part did, and has arrived once every part has.
    async fn of_all(&self, unit: &mut Unit<'_>) -> Result<Option<Delivery>, StoreError> {
        let mut told = vec![self.told];
        for other in &self.others {
            told.push(unit.read::<Self>(other).await?.and_then(|other| other.told));
        }
        let is_failed = told.contains(&Some(Delivery::Failed));
        let has_arrived = told.iter().all(|told| *told == Some(Delivery::Delivered));
        Ok(match (is_failed, has_arrived) {
            (true, _) => Some(Delivery::Failed),
            (_, true) => Some(Delivery::Delivered),
            _ => Some(Delivery::Pending),
        })
    }
}

const VERSION: u8 = 3;
/// The text and what was told, of a text that is one part or several, each by itself.
type Second = (Key, Option<Delivery>);

impl Record for SentAs {
    /// With the day on which it is to be forgotten: that tree is emptied of days that are past.
    const TREE: Tree = Tree::Limits;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let what = "SMS that was sent";
        match bytes.first() {
            // It was the key alone.
            Some(1) => Ok(Self::new(&codec::open::<Key>(what, 1, bytes)?, Vec::new())),
            Some(2) => {
                let (text, told) = codec::open::<Second>(what, 2, bytes)?;
                Ok(Self {
                    told,
                    ..Self::new(&text, Vec::new())
                })
            }
            _ => codec::open(what, VERSION, bytes),
        }
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
            let mut known = None;
            for key in keys {
                if known.is_none() {
                    known = unit.read::<SentAs>(&key).await?.map(|sent| (key, sent));
                }
            }
            let Some((key, mut sent)) = known else {
                return Ok(false);
            };
            let stored: Option<StoredAnswer> = unit.read(&sent.text).await?;
            let Some(mut stored) = stored else {
                return Ok(false);
            };
            // What comes out of order, or again, changes nothing.
            if sent
                .told
                .is_some_and(|told| told.is_final() || told == receipt.delivery)
            {
                return Ok(true);
            }
            sent.told = Some(receipt.delivery);
            stored.delivery = stored.delivery.max(sent.of_all(&mut unit).await?);
            unit.write(&key, &sent);
            unit.write(&sent.text, &stored);
            match unit.commit().await {
                Err(StoreError::Conflict) => {}
                done => return done.map(|_| true),
            }
        }
        Err(StoreError::Conflict)
    }
}
