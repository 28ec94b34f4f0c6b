//! The poller: asks a carrier for texts whose callbacks were lost, and has them answered like those that came. A text has
//! the same id either way, so whichever comes second is a repetition.

use std::sync::Arc;
use std::time::Duration;

use chrono::Days;
use metrics::counter;
use saqta_data::office::{Office, day_key};
use saqta_data::store::unit::Record;
use saqta_data::store::{Key, StoreError, Tree, Value, codec};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::carrier::config::InstanceConfig;
use crate::carrier::poll::{Polled, Unread};
use crate::error::Refusal;
use crate::exchange::digest;
use crate::metrics::{POLL_FAILURES, POLLED};
use crate::outbox::{Unreached, Wire};
use crate::state::{Gateway, Mount};

/// How long a carrier may take over a list of texts.
const POLL_DEADLINE: Duration = Duration::from_secs(20);
/// The most texts heard of one response; the next question asks for the others.
pub const MAX_POLLED: usize = 1_000;

/// Asks for the texts of one carrier instance.
pub struct Poller {
    gateway: Gateway,
    office: Office,
    wire: Arc<dyn Wire>,
    instance: String,
    every: Duration,
    /// The last question failed, and the log says so.
    failing: bool,
}

/// Why a question came to nothing.
#[derive(Debug, Error)]
enum Failure {
    #[error("{0}")]
    Unreached(#[from] Unreached),
    #[error("no response in time")]
    Slow,
    #[error("{0}")]
    Unread(#[from] Unread),
    #[error("a text could not be answered: {0}")]
    Unheard(#[from] Refusal),
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Poller {
    /// A poller for each of `configs` that asks, over what serves `gateway`.
    #[must_use]
    pub fn each(
        configs: &[InstanceConfig],
        gateway: &Gateway,
        office: &Office,
        wire: &Arc<dyn Wire>,
    ) -> Vec<Self> {
        let poller = |config: &InstanceConfig| {
            Some(Self {
                gateway: gateway.clone(),
                office: office.clone(),
                wire: wire.clone(),
                instance: config.name.clone(),
                every: Duration::from_secs(config.poll_seconds?.into()),
                failing: false,
            })
        };
        configs.iter().filter_map(poller).collect()
    }

    /// Asks, at once and then again and again, until it is dropped. A text that is cut off is asked for again after the
    /// next start, and has one answer all the same.
    pub async fn run(mut self) {
        let mut ticks = interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.ask().await;
        }
    }

    /// Asks once. The log tells of the first failure in a row, and of its end.
    pub(crate) async fn ask(&mut self) {
        let instance = self.instance.as_str();
        match self.round().await {
            Ok(()) if self.failing => tracing::info!(instance, "the carrier lists its texts again"),
            Ok(()) => {}
            Err(error) => {
                counter!(POLL_FAILURES, "instance" => instance.to_owned()).increment(1);
                if !self.failing {
                    tracing::warn!(instance, %error, "the carrier could not be asked for texts");
                }
                self.failing = true;
                return;
            }
        }
        self.failing = false;
    }

    async fn round(&self) -> Result<(), Failure> {
        let mount = self.gateway.mount(&self.instance);
        let Some((mount, polls)) = mount.as_ref().and_then(|mount| Some((mount, mount.polls()?))) else {
            return Ok(());
        };
        let after = self.reached().await?;
        let response = timeout(POLL_DEADLINE, self.wire.call(polls.request(after)));
        let response = response.await.map_err(|_| Failure::Slow)??;
        let mut texts = polls.read(&response)?;
        texts.retain(|text| Some(text.number) > after);
        texts.sort_by_key(|text| text.number);
        texts.truncate(MAX_POLLED);
        let mut heard_to = after;
        let heard = self.hear(mount, texts, &mut heard_to).await;
        // What was heard is not asked for again, even if another was not.
        if let Some(number) = heard_to {
            self.note_reached(number).await?;
        }
        heard
    }

    async fn hear(
        &self,
        mount: &Mount,
        texts: Vec<Polled>,
        heard_to: &mut Option<u64>,
    ) -> Result<(), Failure> {
        for Polled { number, sms } in texts {
            // No repetition would mend a text that is none.
            if sms.check().is_ok() {
                let lost = self.gateway.hear_polled(mount, sms).await?;
                let callback = if lost { "lost" } else { "came" };
                counter!(POLLED, "instance" => self.instance.clone(), "callback" => callback).increment(1);
            }
            *heard_to = Some(number);
        }
        Ok(())
    }

    /// The number of the last text heard. It is forgotten after a day or two without a question: what is older than the
    /// answers that are repeated must not be asked for.
    async fn reached(&self) -> Result<Option<u64>, StoreError> {
        let mut unit = self.office.begin();
        let mut reached = None;
        for key in self.keys() {
            let noted: Option<Reached> = unit.read(&key).await?;
            reached = reached.max(noted.map(|Reached(number)| number));
        }
        Ok(reached)
    }

    async fn note_reached(&self, number: u64) -> Result<(), StoreError> {
        let [_, key] = self.keys();
        let mut unit = self.office.begin();
        let noted: Option<Reached> = unit.read(&key).await?;
        if noted != Some(Reached(number)) {
            unit.write(&key, &Reached(number));
            unit.commit().await?;
        }
        Ok(())
    }

    /// Where the number lies: until the end of today, and of tomorrow.
    fn keys(&self) -> [Key; 2] {
        let today = self.office.clock().today();
        let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
        let instance = digest(&[self.instance.as_bytes()]).to_be_bytes();
        [today, tomorrow].map(|until| [&day_key(until)[..], b"p", &instance].concat())
    }
}

/// The number of the last text heard of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reached(u64);

const VERSION: u8 = 1;

impl Record for Reached {
    /// With the day on which it is to be forgotten: that tree is emptied of days that are past.
    const TREE: Tree = Tree::Limits;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("number of the last text", VERSION, bytes)
    }
}
