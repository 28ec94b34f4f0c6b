//! The outbox: SMS that are no answers. Each is put into the store in the batch of the journal line that tells of it, and
//! a worker for each carrier instance sends it. What is waiting survives whatever happens to the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::desk::CarrierFigures;
use saqta_data::office::Office;
use saqta_data::store::unit::Unit;
use saqta_data::store::{Key, MAX_SCAN, Scan, StoreError, Tree};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::exchange::digest;
use crate::state::Gateway;
pub use client::connect;
use death::Cause;
pub use letter::{Kind, Letter};
pub use wire::{Unreached, Wire};
pub use worker::SEND_DEADLINE;
use worker::Worker;

mod client;
mod death;
mod letter;
mod wire;
mod worker;

/// The most SMS that wait for one instance. A status text is worthless after ten minutes: more would not be sent in time
/// by a carrier that takes one or two a second.
pub const MAX_WAITING: u64 = 1_000;

/// How often it is looked for letters that no worker sends: such are written by messages that began before their instance was
/// removed.
const LOOK_FOR_ORPHANS: Duration = Duration::from_secs(60);

/// The outbox of a process. The store holds the letters; here is only how many there are.
pub struct Outbox {
    office: Office,
    trays: Mutex<BTreeMap<String, Arc<Tray>>>,
    /// The number of the last letter.
    last: AtomicU64,
    closed: AtomicBool,
    closing: Notify,
    dice: Dice,
}

/// Where jitter comes from.
type Dice = Box<dyn Fn() -> u32 + Send + Sync>;

/// What is known of the letters of one instance.
#[derive(Debug, Default)]
pub(crate) struct Tray {
    /// Letters in the store.
    stored: AtomicU64,
    /// Letters in batches under way.
    coming: AtomicU64,
    /// Letters given up since the start.
    dead: AtomicU64,
    /// Wakes the worker.
    fresh: Notify,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outbox(..)")
    }
}

impl Outbox {
    /// The outbox in the store of `office`.
    #[must_use]
    pub fn new(office: Office) -> Self {
        Self {
            office,
            trays: Mutex::default(),
            last: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            closing: Notify::new(),
            dice: Box::new(random),
        }
    }

    /// Puts `letter` into the batch, unless as many wait for the instance as may be: then `None`. It is sent once the
    /// batch is on disk and [`Place::taken`] has said so.
    ///
    /// # Errors
    /// Whatever the store says.
    pub(crate) async fn put(
        &self,
        unit: &mut Unit<'_>,
        letter: &Letter,
    ) -> Result<Option<Place>, StoreError> {
        let place = Place::new(self.tray(&letter.instance));
        if place.tray.waiting() > MAX_WAITING {
            return Ok(None);
        }
        let key = self.new_key(letter);
        // A clock that was set back gives a key again: the batch is then refused, and no letter lost.
        let _: Option<Letter> = unit.read(&key).await?;
        unit.write(&key, letter);
        Ok(Some(place))
    }

    /// The key of a new letter: those of an instance lie together, in the order in which they were written. Their numbers
    /// begin with the time, so that they go on growing after a restart.
    fn new_key(&self, letter: &Letter) -> Key {
        const A_MILLISECOND: u64 = 1 << 20;
        let millis = u64::try_from(letter.entry.at.millis()).unwrap_or_default();
        let by_time = millis.saturating_mul(A_MILLISECOND);
        let next = |last: u64| by_time.max(last.saturating_add(1));
        let number = match self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(next(last)))
        {
            Ok(last) | Err(last) => next(last),
        };
        [prefix(&letter.instance), number.to_be_bytes()].concat()
    }

    fn tray(&self, instance: &str) -> Arc<Tray> {
        let mut trays = self.trays.lock().unwrap_or_else(PoisonError::into_inner);
        match trays.get(instance) {
            Some(tray) => tray.clone(),
            None => trays.entry(instance.to_owned()).or_default().clone(),
        }
    }

    /// Adds what the outbox knows to the figures of the instances.
    pub fn complete(&self, figures: &mut [CarrierFigures]) {
        for figures in figures {
            let tray = self.tray(&figures.name);
            figures.waiting = tray.waiting();
            figures.dead = tray.dead.load(Ordering::Relaxed);
        }
    }

    /// Sends what waits through the instances of `gateway` until [`Outbox::close`]. One process at a time may do so on a
    /// store. What waits for an instance that does not send any more is given up.
    pub async fn deliver(self: Arc<Self>, gateway: Gateway, wire: Arc<dyn Wire>) {
        self.look_for_orphans(&gateway).await;
        let mut workers = tokio::task::JoinSet::new();
        let instances = gateway.instances().into_iter();
        let sending = instances.filter(|instance| instance.can_send_sms);
        for instance in sending {
            let worker = Worker::new(self.clone(), gateway.clone(), wire.clone(), &instance.name);
            workers.spawn(worker.run());
        }
        while !(self.is_closed() && workers.is_empty()) {
            tokio::select! {
                // One that panicked has been reported; the others go on.
                Some(_) = workers.join_next() => {}
                () = self.closing.notified() => {}
                () = sleep(LOOK_FOR_ORPHANS) => self.look_for_orphans(&gateway).await,
            }
        }
    }

    /// Lets the workers finish the letter in hand and no more.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.closing.notify_one();
        let trays = self.trays.lock().unwrap_or_else(PoisonError::into_inner);
        trays.values().for_each(|tray| tray.fresh.notify_one());
    }

    /// Lets [`Outbox::deliver`] begin anew after a [`Outbox::close`].
    pub fn reopen(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    async fn look_for_orphans(&self, gateway: &Gateway) {
        if let Err(error) = self.give_up_orphans(gateway).await {
            tracing::error!(%error, "the outbox could not be looked through");
        }
    }

    /// Gives up letters that cannot be read, and those to instances that are not configured any more, or do not send any more.
    async fn give_up_orphans(&self, gateway: &Gateway) -> Result<(), StoreError> {
        let mut scan = Scan::of(Tree::Outbox, MAX_SCAN);
        loop {
            let page = self.office.store().scan(scan.clone()).await?;
            for (key, value) in &page {
                let letter = death::read(value);
                let instance = letter.as_ref().map(|letter| letter.instance.clone());
                let instance = instance.unwrap_or_default();
                let mount = gateway.mount(&instance);
                if mount.is_none_or(|mount| mount.sends().is_none()) {
                    self.give_up(&instance, key, letter, Cause::NoCarrier).await?;
                }
            }
            match page.last() {
                Some((key, _)) if page.len() == MAX_SCAN => scan.after = Some(key.clone()),
                _ => return Ok(()),
            }
        }
    }

    /// How long to wait after `failures` of them in a row: a second, doubled each time up to a minute, of which between a
    /// half and the whole, so that what failed together is not tried again together.
    fn backoff(&self, failures: u32) -> Duration {
        const FIRST_MS: u64 = 1_000;
        const LONGEST_MS: u64 = 60_000;
        let whole = FIRST_MS
            .saturating_mul(1 << failures.saturating_sub(1).min(16))
            .min(LONGEST_MS);
        let half = whole / 2;
        let jitter = half * u64::from((self.dice)()) / u64::from(u32::MAX);
        Duration::from_millis(half + jitter)
    }

    fn now(&self) -> Timestamp {
        self.office.clock().now()
    }
}

/// What the keys of the letters of an instance begin with.
fn prefix(instance: &str) -> [u8; 8] {
    digest(&[instance.as_bytes()]).to_be_bytes()
}

/// A number from the system's generator. Nothing secret hangs on it: should that fail, nothing is jittered.
fn random() -> u32 {
    let mut bytes = [0; 4];
    let _ = getrandom::fill(&mut bytes);
    u32::from_be_bytes(bytes)
}

impl Tray {
    fn waiting(&self) -> u64 {
        self.stored.load(Ordering::SeqCst) + self.coming.load(Ordering::SeqCst)
    }

    /// A letter is gone.
    fn one_less(&self) {
        let less = |count: u64| count.checked_sub(1);
        let _ = self.stored.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }
}

/// The place of a letter whose batch is under way; dropped without [`Place::taken`] it is free again. A batch that was cut
/// off may be committed all the same: then the worker finds the letter when it next looks.
#[derive(Debug)]
pub(crate) struct Place {
    tray: Arc<Tray>,
}

impl Place {
    fn new(tray: Arc<Tray>) -> Self {
        tray.coming.fetch_add(1, Ordering::SeqCst);
        Self { tray }
    }

    /// The batch is on disk: the letter is on its way.
    pub(crate) fn taken(self) {
        self.tray.stored.fetch_add(1, Ordering::SeqCst);
        self.tray.fresh.notify_one();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.tray.coming.fetch_sub(1, Ordering::SeqCst);
    }
}
