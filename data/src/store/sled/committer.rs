//! The one writer: takes whatever batches wait, writes them as one, and acknowledges them once they are on disk.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::database::{Database, Writer};
use crate::store::group::Group;
use crate::store::{Batch, StoreError};

/// The most batches in one group.
const MAX_GROUP: usize = 256;
/// Past this many bytes a group takes no more batches, so that readers wait for a write a few milliseconds at most.
const MAX_GROUP_BYTES: usize = 4 << 20;
/// The most batches that wait; whoever comes then waits before the door.
const MAX_WAITING: usize = 4 * MAX_GROUP;
/// The longest wait for batches that came with the group before and are likely to come again.
const WINDOW: Duration = Duration::from_millis(2);

type Outcome = Result<Vec<u64>, StoreError>;

struct Request {
    batch: Batch,
    reply: oneshot::Sender<Outcome>,
    /// Given back when the batch is answered.
    place: OwnedSemaphorePermit,
}

/// The way to the committer. Clones lead to the same one; it ends when the last of them is gone.
#[derive(Clone, Debug)]
pub(super) struct Door {
    // Not bounded by itself: every request in it holds one of the `MAX_WAITING` places.
    requests: Sender<Request>,
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
        self.requests.send(request).map_err(|_| StoreError::Closed)?;
        // Not held while waiting: the committer ends once nobody can ask it any more.
        drop(self.requests);
        outcome.await.map_err(|_| StoreError::Closed)?
    }
}

/// Starts the committer of `database`. It ends when every door is gone, after all that was asked of it.
pub(super) fn start(database: Arc<Database>, writer: Writer) -> std::io::Result<(Door, JoinHandle<()>)> {
    let (requests, waiting) = channel();
    let places = Arc::new(Semaphore::new(MAX_WAITING));
    let committer = Committer {
        database,
        writer,
        broken: None,
    };
    let thread = thread::Builder::new()
        .name("saqta-committer".into())
        .spawn(move || committer.run(&waiting))?;
    Ok((Door { requests, places }, thread))
}

struct Committer {
    database: Arc<Database>,
    writer: Writer,
    /// Set at the first failure of the disk: what is on it is not known any more, so nothing is acknowledged.
    broken: Option<StoreError>,
}

impl Committer {
    fn run(mut self, waiting: &Receiver<Request>) {
        let mut expected = 1;
        while let Some(group) = gather(waiting, expected) {
            expected = group.len();
            self.commit(group);
        }
        if self.broken.is_none() {
            // Without the note the next opening only does not know how long the log was.
            let _ = super::files::note_closed(self.database.path());
        }
    }

    /// Commits a group and says so to everyone in it.
    fn commit(&mut self, requests: Vec<Request>) {
        let (batches, replies): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .map(|request| (request.batch, (request.reply, request.place)))
            .unzip();
        let outcomes = match self.broken.clone() {
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
        let mut group = Group::new(&*self.database, self.writer.counters.clone());
        let outcomes: Vec<Outcome> = batches.into_iter().map(|batch| group.take(batch)).collect();
        let (changes, counters) = group.into_changes();
        if changes.is_empty() {
            // All that they saw came with groups before, each on disk before the next was begun.
            return outcomes;
        }
        match self.database.write_durably(&changes, &mut self.writer.disk) {
            Ok(()) => {
                self.writer.counters = counters;
                outcomes
            }
            Err(error) => {
                tracing::error!(%error, "the store failed; it accepts nothing until it is opened again");
                self.broken = Some(error.clone());
                vec![Err(error); outcomes.len()]
            }
        }
    }
}

/// The next group; `None` when nobody can ask any more. Takes who waits. If the group before had more, waits for as
/// many, [`WINDOW`] at most: they were just answered and are on their way back. Who is alone never waits.
fn gather(waiting: &Receiver<Request>, expected: usize) -> Option<Vec<Request>> {
    let mut group = vec![waiting.recv().ok()?];
    let mut bytes = weight(&group);
    let deadline = Instant::now() + WINDOW;
    while group.len() < MAX_GROUP && bytes < MAX_GROUP_BYTES {
        let next = waiting.try_recv().ok().or_else(|| {
            let left = deadline.saturating_duration_since(Instant::now());
            (group.len() < expected)
                .then(|| waiting.recv_timeout(left).ok())
                .flatten()
        });
        let Some(request) = next else { break };
        group.push(request);
        bytes += weight(group.last());
    }
    Some(group)
}

fn weight<'a>(requests: impl IntoIterator<Item = &'a Request>) -> usize {
    requests.into_iter().map(|request| request.batch.bytes()).sum()
}
