//! The worker that sends the letters of one carrier instance, one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use metrics::{counter, gauge};
use saqta_data::clock::Timestamp;
use saqta_data::office::Delivery;
use saqta_data::store::unit::Record;
use saqta_data::store::{Key, Scan, StoreError, Tree, Value};
use tokio::time::{sleep, timeout};

use super::death::{self, Cause};
use super::{Letter, MAX_WAITING, Outbox, Tray, Wire, prefix};
use crate::carrier::send::{Errand, Verdict};
use crate::exchange::{SentAs, sent_key};
use crate::metrics::{RETRIES, SENT, WAITING};
use crate::state::Gateway;

/// How long a carrier may take over a message.
pub const SEND_DEADLINE: Duration = Duration::from_secs(10);
/// How often the store is looked at when nobody says that there is something new.
const LOOK_AROUND: Duration = Duration::from_secs(5);
/// The longest pause that a carrier may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// A change of the store.
type Change = (Tree, Key, Option<Value>);

/// What is to be noted of a letter that the carrier took.
struct Taken {
    /// Under which key its text is kept.
    text: Key,
    known_as: Vec<Change>,
}

/// The worker of an instance. What it knows beside the store is how often it failed: after a restart it tries at once.
pub(super) struct Worker {
    outbox: Arc<Outbox>,
    gateway: Gateway,
    wire: Arc<dyn Wire>,
    instance: String,
    tray: Arc<Tray>,
    /// Letters that failed, with how often, and when they are due again.
    failed: BTreeMap<Key, (u32, Timestamp)>,
    /// Letters that the carrier took and that could not be removed yet, with what is to be kept for their receipts: they are
    /// not sent again.
    sent: BTreeMap<Key, Taken>,
    /// How often in a row the carrier wanted a pause or was not reached, and until when it has its peace.
    pauses: u32,
    paused_until: Timestamp,
}

impl Worker {
    pub(super) fn new(outbox: Arc<Outbox>, gateway: Gateway, wire: Arc<dyn Wire>, instance: &str) -> Self {
        Self {
            tray: outbox.tray(instance),
            outbox,
            gateway,
            wire,
            instance: instance.to_owned(),
            failed: BTreeMap::new(),
            sent: BTreeMap::new(),
            pauses: 0,
            paused_until: Timestamp::default(),
        }
    }

    /// Sends until the outbox is closed.
    pub(super) async fn run(mut self) {
        while !self.outbox.is_closed() {
            if let Err(error) = self.round().await {
                tracing::error!(instance = self.instance, %error, "the outbox cannot be read or written");
            }
            let wait = self.wait();
            tokio::select! {
                () = self.tray.fresh.notified() => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Looks at every letter once: those that failed least come first, so that none holds up the others.
    async fn round(&mut self) -> Result<(), StoreError> {
        let mut letters = self.letters().await?;
        self.failed
            .retain(|key, _| letters.iter().any(|(other, _)| other == key));
        letters.sort_by_key(|(key, _)| self.failed.get(key).map_or(0, |(times, _)| *times));
        for (key, letter) in letters {
            if self.outbox.is_closed() {
                return Ok(());
            }
            self.consider(key, letter).await?;
        }
        gauge!(WAITING, "instance" => self.instance.clone()).set(as_gauge(self.tray.waiting()));
        Ok(())
    }

    /// The letters of the instance, oldest first.
    async fn letters(&self) -> Result<Vec<(Key, Option<Letter>)>, StoreError> {
        let scan = Scan {
            prefix: prefix(&self.instance).to_vec(),
            // Batches under way may go a little over the most.
            ..Scan::of(
                Tree::Outbox,
                usize::try_from(2 * MAX_WAITING).unwrap_or(usize::MAX),
            )
        };
        let page = self.outbox.office.store().scan(scan).await?;
        self.tray.stored.store(page.len() as u64, Ordering::SeqCst);
        Ok(page
            .into_iter()
            .map(|(key, value)| (key, death::read(&value)))
            .collect())
    }

    /// Sends a letter if it is due, gives it up if it is worthless.
    async fn consider(&mut self, key: Key, letter: Option<Letter>) -> Result<(), StoreError> {
        if self.sent.contains_key(&key) {
            return self.remove(key).await;
        }
        let now = self.outbox.now();
        let Some(letter) = letter else {
            return self.give_up(&key, None, Cause::Damaged).await;
        };
        if now >= letter.until() {
            return self.give_up(&key, Some(letter), Cause::Late).await;
        }
        let due = self.failed.get(&key).map_or(now, |(_, due)| *due);
        if now < due.max(self.paused_until) {
            return Ok(());
        }
        let phone = self.outbox.office.phone(letter.sms.to).await?;
        if phone.stopped && !letter.kind.goes_to_stopped() {
            return self.give_up(&key, Some(letter), Cause::Stopped).await;
        }
        let today = self.outbox.office.clock().today();
        let is_bound = |iin| phone.people_on(today).any(|bound| bound == iin);
        if !letter.kind.goes_to_unbound() && !letter.about.is_some_and(is_bound) {
            return self.give_up(&key, Some(letter), Cause::Unbound).await;
        }
        self.send(key, letter).await
    }

    async fn send(&mut self, key: Key, letter: Letter) -> Result<(), StoreError> {
        let mount = self.gateway.mount(&self.instance);
        let Some(sends) = mount.as_ref().and_then(|mount| mount.sends()) else {
            return self.give_up(&key, Some(letter), Cause::NoCarrier).await;
        };
        let our_id = hex::encode(&key);
        let errand = Errand {
            id: &our_id,
            now: self.outbox.now(),
            thread: &letter.thread,
        };
        let request = sends.request(&letter.sms, errand);
        match timeout(SEND_DEADLINE, self.wire.call(request)).await {
            Ok(Ok(response)) => match sends.judge(&response) {
                Verdict::Sent(id) => return self.taken(key, &letter, &[id.unwrap_or(our_id)]).await,
                Verdict::SentInParts(ids) => return self.taken(key, &letter, &ids).await,
                Verdict::Refused => {
                    let status = response.status().as_u16();
                    tracing::warn!(instance = self.instance, status, "the carrier refused an SMS");
                    return self.give_up(&key, Some(letter), Cause::Refused).await;
                }
                Verdict::Again => self.failed_once_more(key, "again"),
                Verdict::Pause(asked) => self.pause(asked, response.status().as_u16()),
            },
            Ok(Err(error)) => self.unreached(key, &error.to_string()),
            Err(_) => self.unreached(key, "no response in time"),
        }
        Ok(())
    }

    async fn give_up(&self, key: &Key, letter: Option<Letter>, cause: Cause) -> Result<(), StoreError> {
        self.outbox.give_up(&self.instance, key, letter, cause).await
    }

    async fn taken(&mut self, key: Key, letter: &Letter, ids: &[String]) -> Result<(), StoreError> {
        self.pauses = 0;
        counter!(SENT, "instance" => self.instance.clone()).increment(1);
        let now = self.outbox.now();
        let keys: Vec<Key> = ids.iter().map(|id| sent_key(&self.instance, id, now)).collect();
        let known_as = keys.iter().map(|known_as| {
            let others = keys.iter().filter(|other| *other != known_as).cloned();
            let sent = SentAs::new(&letter.entry.particulars.answer, others.collect());
            (SentAs::TREE, known_as.clone(), Some(sent.encode()))
        });
        let taken = Taken {
            text: letter.entry.particulars.answer.clone(),
            known_as: known_as.collect(),
        };
        self.sent.insert(key.clone(), taken);
        self.remove(key).await
    }

    /// Takes a letter that the carrier took out of the store, and leaves there under which id its receipts come, and with the
    /// text that it is on its way.
    async fn remove(&mut self, key: Key) -> Result<(), StoreError> {
        let mut unit = self.outbox.office.begin();
        unit.change(Tree::Outbox, &key, None);
        if let Some(Taken { text, known_as }) = self.sent.get(&key) {
            for (tree, known_as, value) in known_as {
                unit.change(*tree, known_as, value.clone());
            }
            death::note_delivery(&mut unit, text, Delivery::Pending).await?;
        }
        unit.commit().await?;
        self.sent.remove(&key);
        self.tray.one_less();
        Ok(())
    }

    /// The carrier could not take this letter now.
    fn failed_once_more(&mut self, key: Key, reason: &'static str) {
        let times = self
            .failed
            .get(&key)
            .map_or(0, |(times, _)| *times)
            .saturating_add(1);
        let due = self.outbox.now().plus(self.outbox.backoff(times));
        self.failed.insert(key, (times, due));
        counter!(RETRIES, "instance" => self.instance.clone(), "reason" => reason).increment(1);
    }

    /// Nothing came back. That is seldom one letter's fault, so the others wait too; but should it be, they go before it.
    fn unreached(&mut self, key: Key, error: &str) {
        self.failed_once_more(key, "unreached");
        self.hold(None);
        tracing::warn!(instance = self.instance, error, "the carrier was not reached");
    }

    /// The carrier wants no messages for a while.
    fn pause(&mut self, asked: Option<Duration>, status: u16) {
        counter!(RETRIES, "instance" => self.instance.clone(), "reason" => "pause").increment(1);
        self.hold(asked);
        tracing::warn!(
            instance = self.instance,
            status,
            "the carrier takes no SMS for a while"
        );
    }

    fn hold(&mut self, asked: Option<Duration>) {
        self.pauses = self.pauses.saturating_add(1);
        let pause = self.outbox.backoff(self.pauses).max(asked.unwrap_or_default());
        self.paused_until = self.outbox.now().plus(pause.min(LONGEST_PAUSE));
    }

    /// Until the next letter that failed is due, at most [`LOOK_AROUND`].
    fn wait(&self) -> Duration {
        let now = self.outbox.now();
        let due = self.failed.values().map(|(_, due)| *due).min();
        let next = due.unwrap_or(self.paused_until).max(self.paused_until);
        // A pause that is over has nothing to say; a wait of nothing would spin.
        let wait = if next > now { next.since(now) } else { LOOK_AROUND };
        wait.clamp(Duration::from_millis(1), LOOK_AROUND)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; at most some thousands wait"
)]
const fn as_gauge(count: u64) -> f64 {
    count as f64
}
