//! The one writer: takes whatever batches wait, writes them, and acknowledges them once they are on disk. While a
//! transaction is written sled keeps all readers waiting, so a transaction is kept short. The disk is waited for once in a
//! round: a large batch first, then all small ones that came meanwhile, so that those wait for little else.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use super::database::{Database, Writer};
use super::files::{self, Disk};
use super::follow::Follow;
use crate::store::group::{Changes, Group};
use crate::store::{Batch, StoreError};

mod queue;

use queue::{Ask, MAX_GROUP, MAX_GROUP_BYTES, Queue, Request};

/// The most small batches in one transaction: about a millisecond.
const MAX_STEP: usize = 64;
/// The most batches that wait; whoever comes then waits before the door.
const MAX_WAITING: usize = 4 * MAX_GROUP;
/// The longest wait for batches that came with the group before and are likely to come again.
const WINDOW: Duration = Duration::from_millis(2);

/// After how many groups it is noted how many there are: that takes two waits for the disk more.
const NOTE_EVERY: u64 = 1024;

/// What must stay free on the disk: sled takes no write back, so a disk that is full in the middle of a group would end the
/// store's work, where one that is nearly full only lets writers wait for room.
pub(super) const MIN_FREE: u64 = 64 << 20;
/// The same for what removes: a quarter, since room comes of it.
const MIN_FREE_TO_REMOVE: u64 = MIN_FREE / 4;
/// A group may take so many times its bytes on disk, since sled writes some pages anew with it.
const AMPLIFICATION: u64 = 4;

type Outcome = Result<Vec<u64>, StoreError>;

/// What is done between two groups, when all that was acknowledged is on disk and nothing else is under way.
pub(super) type Turn = Box<dyn FnOnce(&mut Committer) + Send>;

/// The way to the committer. Clones lead to the same one; it ends when the last of them is gone.
#[derive(Clone, Debug)]
pub(super) struct Door {
    // Not bounded by itself: every request in it holds one of the `MAX_WAITING` places, and turns come one at a time.
    asks: Sender<Ask>,
    places: Arc<Semaphore>,
}

impl Door {
    /// Has `batch` committed; returns when it is on disk.
    pub(super) async fn commit(self, batch: Batch) -> Outcome {
        let place = self
            .places
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Closed)?;
        let (reply, outcome) = oneshot::channel();
        let request = Request { batch, reply, place };
        self.asks
            .send(Ask::Commit(request))
            .map_err(|_| StoreError::Closed)?;
        // Not held while waiting: the committer ends once nobody can ask it any more.
        drop(self.asks);
        outcome.await.map_err(|_| StoreError::Closed)?
    }

    /// Has `turn` done between two groups. Not to be called on a thread that serves: it waits.
    pub(super) fn between<T: Send + 'static>(
        &self,
        turn: impl FnOnce(&mut Committer) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, outcome) = std::sync::mpsc::sync_channel(1);
        let turn: Turn = Box::new(move |committer| {
            // Who does not listen any more has had his turn nevertheless.
            let _ = reply.send(turn(committer));
        });
        self.asks.send(Ask::Turn(turn)).map_err(|_| StoreError::Closed)?;
        outcome.recv().map_err(|_| StoreError::Closed)
    }
}

/// A committer that was started: the way to it, its thread, and what ends its work, if anything does.
pub(super) type Started = (Door, JoinHandle<()>, watch::Receiver<Option<StoreError>>);

/// Starts the committer of `database`. It ends when every door is gone, after all that was asked of it.
pub(super) fn start(database: Arc<Database>, writer: Writer) -> std::io::Result<Started> {
    let (asks, waiting) = channel();
    let places = Arc::new(Semaphore::new(MAX_WAITING));
    let committer = Committer::new(database, writer);
    let broken = committer.broken.subscribe();
    let thread = thread::Builder::new()
        .name("saqta-committer".into())
        .spawn(move || committer.run(Queue::of(waiting)))?;
    Ok((Door { asks, places }, thread, broken))
}

/// Refuses to write so many bytes of changes beside the database in `folder` if less than `kept` bytes might stay free.
pub(super) fn check_room(folder: &Path, bytes: u64, kept: u64) -> Result<(), StoreError> {
    // A disk that does not say how full it is will say so when it is written to.
    let free = files::free(folder).unwrap_or(u64::MAX);
    if free < kept.saturating_add(bytes.saturating_mul(AMPLIFICATION)) {
        return Err(StoreError::Full { left_mib: free >> 20 });
    }
    Ok(())
}

/// What was written in one transaction.
struct Step {
    replies: Vec<(oneshot::Sender<Outcome>, OwnedSemaphorePermit)>,
    outcomes: Vec<Outcome>,
    changes: Changes,
}

/// The committer.
pub(super) struct Committer {
    pub(super) database: Arc<Database>,
    pub(super) writer: Writer,
    /// Set at the first failure of the disk: what is on it is not known any more, so nothing is acknowledged.
    broken: watch::Sender<Option<StoreError>>,
    /// Looks for room before a group; a test says how much there is.
    check_room: fn(&Path, u64, u64) -> Result<(), StoreError>,
    /// Waits for the disk; a test has it fail.
    sync: fn(&Database, &mut Disk) -> Result<(), StoreError>,
    /// Bytes of changes since the disk was waited for last: it may not know of them yet.
    pending: u64,
    /// True while the disk is nearly full, which is told once.
    is_short: bool,
    /// The groups noted last.
    noted: u64,
    /// Who copies the database, if anybody does.
    pub(super) follower: Weak<Follow>,
}

impl Committer {
    fn new(database: Arc<Database>, writer: Writer) -> Self {
        Self {
            noted: writer.counters.groups,
            database,
            writer,
            broken: watch::Sender::new(None),
            check_room,
            sync: Database::sync,
            pending: 0,
            is_short: false,
            follower: Weak::new(),
        }
    }

    /// From now on everything is refused with `error`.
    pub(super) fn end_with(&self, error: StoreError) {
        tracing::error!(%error, "the store accepts nothing until it is opened again");
        self.broken.send_replace(Some(error));
    }

    /// Why everything is refused, if it is.
    pub(super) fn broken(&self) -> Option<StoreError> {
        self.broken.borrow().clone()
    }

    fn run(mut self, mut queue: Queue) {
        while queue.wait(WINDOW) {
            self.round(&mut queue);
            self.note_if_due();
            if let Some(turn) = queue.turn() {
                turn(&mut self);
            }
        }
        self.note();
    }

    fn note_if_due(&mut self) {
        if self.writer.counters.groups >= self.noted + NOTE_EVERY {
            self.note();
        }
    }

    /// Notes how much is on disk. A failure only means that less of a later loss would be noticed.
    fn note(&mut self) {
        let groups = self.writer.counters.groups;
        if self.broken().is_none() && files::note_groups(self.database.folder(), groups).is_ok() {
            self.noted = groups;
        }
    }

    /// Commits what waits.
    fn round(&mut self, queue: &mut Queue) {
        let mut steps = self.write_large(queue);
        steps.extend(self.write_small(queue.small()));
        self.settle(steps);
    }

    /// Writes large batches, each by itself: at least one, more as long as no small one waits.
    fn write_large(&mut self, queue: &mut Queue) -> Vec<Step> {
        let (mut steps, mut bytes) = (Vec::new(), 0);
        while bytes < MAX_GROUP_BYTES
            && (steps.is_empty() || !queue.has_small())
            && let Some(request) = queue.large()
        {
            bytes += request.batch.bytes();
            steps.push(self.step(vec![request]));
        }
        steps
    }

    /// Writes a group of small ones. What removes goes by itself: there may be room for nothing else.
    fn write_small(&mut self, requests: Vec<Request>) -> Vec<Step> {
        let (removing, others): (Vec<_>, Vec<_>) =
            requests.into_iter().partition(|request| request.batch.removes);
        let mut steps = Vec::new();
        for mut rest in [others, removing] {
            while !rest.is_empty() {
                let later = rest.split_off(rest.len().min(MAX_STEP));
                steps.push(self.step(rest));
                rest = later;
            }
        }
        steps
    }

    /// Writes requests in one transaction; they are not on disk yet.
    fn step(&mut self, requests: Vec<Request>) -> Step {
        let (batches, replies): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .map(|request| (request.batch, (request.reply, request.place)))
            .unzip();
        let count = batches.len();
        let written = match self.broken() {
            Some(error) => Err(error),
            None => self.write(batches),
        };
        let (outcomes, changes) = written.unwrap_or_else(|error| {
            let refused = vec![Err(error); count];
            (refused, Changes::new())
        });
        Step {
            replies,
            outcomes,
            changes,
        }
    }

    /// Puts what was written on disk, and then says so to everyone.
    fn settle(&mut self, steps: Vec<Step>) {
        // Where nothing changed, all that was seen came with groups before, each on disk before the next was begun.
        if self.broken().is_none()
            && steps.iter().any(|step| !step.changes.is_empty())
            && let Err(error) = (self.sync)(&self.database, &mut self.writer.disk)
        {
            self.end_with(error);
        }
        self.pending = 0;
        let broken = self.broken();
        for step in steps {
            if let (None, Some(follower)) = (&broken, self.follower.upgrade()) {
                follower.note(step.changes.into_keys());
            }
            for ((reply, place), outcome) in step.replies.into_iter().zip(step.outcomes) {
                // Who does not listen any more has its batch committed nevertheless.
                let _ = reply.send(broken.clone().map_or(outcome, Err));
                drop(place);
            }
        }
    }

    /// Writes batches in one transaction: the outcome of each, to be told only when that is on disk, and what changed.
    fn write(&mut self, batches: Vec<Batch>) -> Result<(Vec<Outcome>, Changes), StoreError> {
        let kept = if batches.iter().all(|batch| batch.removes) {
            MIN_FREE_TO_REMOVE
        } else {
            MIN_FREE
        };
        let mut group = Group::new(&*self.database, self.writer.counters.clone());
        let empty: Vec<bool> = batches.iter().map(|batch| *batch == Batch::default()).collect();
        let outcomes: Vec<Outcome> = batches.into_iter().map(|batch| group.take(batch)).collect();
        let (changes, counters) = group.into_changes();
        if changes.is_empty() {
            return Ok((outcomes, changes));
        }
        if let Err(full) = self.find_room(&changes, kept) {
            // Who was refused before is refused for the same reason; who only asks whether all is on disk needs no room.
            let told = outcomes.into_iter().zip(empty);
            let told = told.map(|(outcome, empty)| {
                if empty {
                    outcome
                } else {
                    outcome.and(Err(full.clone()))
                }
            });
            return Ok((told.collect(), Changes::new()));
        }
        if let Err(error) = self.database.write(&changes) {
            self.end_with(error.clone());
            return Err(error);
        }
        self.writer.counters = counters;
        Ok((outcomes, changes))
    }

    /// Refuses what the disk may have no room for beside `kept` bytes; says when that begins and when it is over.
    fn find_room(&mut self, changes: &Changes, kept: u64) -> Result<(), StoreError> {
        let bytes: usize = changes
            .iter()
            .map(|((_, key), value)| key.len() + value.as_ref().map_or(0, Vec::len))
            .sum();
        let pending = self.pending + bytes as u64;
        let found = (self.check_room)(self.database.folder(), pending, kept);
        if found.is_ok() {
            self.pending = pending;
        }
        match &found {
            Err(error) if !self.is_short => tracing::error!(%error, "the store waits for room on its disk"),
            // That something is removed does not say that there is room for others.
            Ok(()) if kept < MIN_FREE => return found,
            Ok(()) if self.is_short => tracing::info!("there is room on the disk again; the store goes on"),
            _ => {}
        }
        self.is_short = found.is_err();
        found
    }
}

#[cfg(test)]
mod tests;
