//! The one writer: takes whatever batches wait, writes them as one, and acknowledges them once they are on disk.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use super::database::{Database, Writer};
use super::files;
use super::follow::Follow;
use crate::store::group::{Changes, Group};
use crate::store::{Batch, StoreError};

/// The most batches in one group.
const MAX_GROUP: usize = 256;
/// Past this many bytes a group takes no more batches, so that readers wait for a write a few milliseconds at most.
const MAX_GROUP_BYTES: usize = 4 << 20;
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

enum Ask {
    Commit(Request),
    Turn(Turn),
}

struct Request {
    batch: Batch,
    reply: oneshot::Sender<Outcome>,
    /// Given back when the batch is answered.
    place: OwnedSemaphorePermit,
}

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
        .spawn(move || committer.run(&waiting))?;
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

/// The committer.
pub(super) struct Committer {
    pub(super) database: Arc<Database>,
    pub(super) writer: Writer,
    /// Set at the first failure of the disk: what is on it is not known any more, so nothing is acknowledged.
    broken: watch::Sender<Option<StoreError>>,
    /// Looks for room before a group; a test says how much there is.
    check_room: fn(&Path, u64, u64) -> Result<(), StoreError>,
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

    fn run(mut self, waiting: &Receiver<Ask>) {
        let mut expected = 1;
        while let Some((group, turn)) = gather(waiting, expected, WINDOW) {
            if !group.is_empty() {
                expected = group.len();
                self.commit(group);
                self.note_if_due();
            }
            if let Some(turn) = turn {
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

    /// Commits a group. What removes goes by itself: there may be room for nothing else.
    fn commit(&mut self, requests: Vec<Request>) {
        let (removing, others): (Vec<_>, Vec<_>) =
            requests.into_iter().partition(|request| request.batch.removes);
        for group in [others, removing] {
            if !group.is_empty() {
                self.commit_together(group);
            }
        }
    }

    /// Commits a group as one and says so to everyone in it.
    fn commit_together(&mut self, requests: Vec<Request>) {
        let (batches, replies): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .map(|request| (request.batch, (request.reply, request.place)))
            .unzip();
        let outcomes = match self.broken() {
            Some(error) => vec![Err(error); batches.len()],
            None => self.write(batches),
        };
        for ((reply, place), outcome) in replies.into_iter().zip(outcomes) {
            // Who does not listen any more has its batch committed nevertheless.
            let _ = reply.send(outcome);
            drop(place);
        }
    }

    /// Writes a group: the outcome of each batch, to be told only now that what it rests on is on disk.
    fn write(&mut self, batches: Vec<Batch>) -> Vec<Outcome> {
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
            // All that they saw came with groups before, each on disk before the next was begun.
            return outcomes;
        }
        if let Err(full) = self.find_room(&changes, kept) {
            // Who was refused before is refused for the same reason; who only asks whether all is on disk needs no room.
            let told = outcomes.into_iter().zip(empty);
            return told
                .map(|(outcome, empty)| {
                    if empty {
                        outcome
                    } else {
                        outcome.and(Err(full.clone()))
                    }
                })
                .collect();
        }
        match self.database.write_durably(&changes, &mut self.writer.disk) {
            Ok(()) => {
                self.writer.counters = counters;
                if let Some(follower) = self.follower.upgrade() {
                    follower.note(changes.into_keys());
                }
                outcomes
            }
            Err(error) => {
                self.end_with(error.clone());
                vec![Err(error); outcomes.len()]
            }
        }
    }

    /// Refuses what the disk may have no room for beside `kept` bytes; says when that begins and when it is over.
    fn find_room(&mut self, changes: &Changes, kept: u64) -> Result<(), StoreError> {
        let bytes: usize = changes
            .iter()
            .map(|((_, key), value)| key.len() + value.as_ref().map_or(0, Vec::len))
            .sum();
        let found = (self.check_room)(self.database.folder(), bytes as u64, kept);
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

/// The next group, and the turn that was asked for after it; `None` when nobody can ask any more. Takes who waits. If
/// the group before had more, waits for as many, `window` at most: they were just answered and are on their way back.
/// Who is alone never waits.
fn gather(
    waiting: &Receiver<Ask>,
    expected: usize,
    window: Duration,
) -> Option<(Vec<Request>, Option<Turn>)> {
    let mut group = match waiting.recv().ok()? {
        Ask::Commit(request) => vec![request],
        Ask::Turn(turn) => return Some((Vec::new(), Some(turn))),
    };
    let mut bytes = weight(&group);
    let deadline = Instant::now() + window;
    while group.len() < MAX_GROUP && bytes < MAX_GROUP_BYTES {
        let next = waiting.try_recv().ok().or_else(|| {
            let left = deadline.saturating_duration_since(Instant::now());
            (group.len() < expected)
                .then(|| waiting.recv_timeout(left).ok())
                .flatten()
        });
        match next {
            Some(Ask::Commit(request)) => {
                group.push(request);
                bytes += weight(group.last());
            }
            Some(Ask::Turn(turn)) => return Some((group, Some(turn))),
            None => break,
        }
    }
    Some((group, None))
}

fn weight<'a>(requests: impl IntoIterator<Item = &'a Request>) -> usize {
    requests.into_iter().map(|request| request.batch.bytes()).sum()
}

#[cfg(test)]
mod tests;
