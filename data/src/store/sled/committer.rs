//! The one writer: takes whatever batches wait, writes them as one, and acknowledges them once they are on disk.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::database::{Database, Writer};
use super::files;
use super::follow::Follow;
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

/// After how many groups it is noted how many there are: that takes two waits for the disk more.
const NOTE_EVERY: u64 = 1024;

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

/// Starts the committer of `database`. It ends when every door is gone, after all that was asked of it.
pub(super) fn start(database: Arc<Database>, writer: Writer) -> std::io::Result<(Door, JoinHandle<()>)> {
    let (asks, waiting) = channel();
    let places = Arc::new(Semaphore::new(MAX_WAITING));
    let committer = Committer {
        noted: writer.counters.groups,
        database,
        writer,
        broken: None,
        follower: Weak::new(),
    };
    let thread = thread::Builder::new()
        .name("saqta-committer".into())
        .spawn(move || committer.run(&waiting))?;
    Ok((Door { asks, places }, thread))
}

/// The committer.
pub(super) struct Committer {
    pub(super) database: Arc<Database>,
    pub(super) writer: Writer,
    /// Set at the first failure of the disk: what is on it is not known any more, so nothing is acknowledged.
    pub(super) broken: Option<StoreError>,
    /// The groups noted last.
    noted: u64,
    /// Who copies the database, if anybody does.
    pub(super) follower: Weak<Follow>,
}

impl Committer {
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
        if self.broken.is_none() && files::note_groups(self.database.folder(), groups).is_ok() {
            self.noted = groups;
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
                if let Some(follower) = self.follower.upgrade() {
                    follower.note(changes.into_keys());
                }
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
mod tests {
    use super::*;
    use crate::store::group::Beneath;
    use crate::store::{Counter, Line, Tree};

    fn committer(folder: &tempfile::TempDir) -> Committer {
        let (database, writer) = Database::open(folder.path(), 1 << 20).unwrap();
        Committer {
            noted: writer.counters.groups,
            database: Arc::new(database),
            writer,
            broken: None,
            follower: Weak::new(),
        }
    }

    fn change(expected: Option<&[u8]>, value: &[u8]) -> Batch {
        Batch {
            expect: vec![(Tree::People, b"key".to_vec(), expected.map(<[u8]>::to_vec))],
            change: vec![(Tree::People, b"key".to_vec(), Some(value.to_vec()))],
            count: vec![Counter {
                key: b"count".to_vec(),
                max: 3,
            }],
            journal: vec![Line {
                about: None,
                value: value.to_vec(),
            }],
        }
    }

    #[test]
    fn in_a_group_each_sees_those_before_and_is_refused_alone() {
        let folder = tempfile::TempDir::new().unwrap();
        let mut committer = committer(&folder);
        let outcomes = committer.write(vec![
            change(None, b"1"),
            change(None, b"never"),
            change(Some(b"1"), b"2"),
            Batch::default(),
            change(Some(b"2"), b"3"),
            change(Some(b"3"), b"never"),
        ]);
        assert_eq!(
            outcomes,
            [
                Ok(vec![1]),
                Err(StoreError::Conflict),
                Ok(vec![2]),
                Ok(vec![]),
                Ok(vec![3]),
                Err(StoreError::LimitReached(0)),
            ]
        );
        let value = committer.database.value(Tree::People, b"key");
        assert_eq!(value, Ok(Some(b"3".to_vec())));
        let next = committer.database.value(Tree::Journal, &4_u64.to_be_bytes());
        assert_eq!(next, Ok(None));
        assert_eq!(committer.writer.counters.groups, 2, "the founding and one group");
    }

    fn requests(count: usize) -> (Sender<Ask>, Receiver<Ask>, Vec<oneshot::Receiver<Outcome>>) {
        let (sender, waiting) = channel();
        let places = Arc::new(Semaphore::new(count));
        let mut outcomes = Vec::new();
        for _ in 0..count {
            let (reply, outcome) = oneshot::channel();
            let place = Arc::clone(&places).try_acquire_owned().unwrap();
            let batch = change(None, b"1");
            sender.send(Ask::Commit(Request { batch, reply, place })).unwrap();
            outcomes.push(outcome);
        }
        (sender, waiting, outcomes)
    }

    /// Longer than any test takes.
    const LONG: Duration = Duration::from_secs(600);

    fn size(waiting: &Receiver<Ask>, expected: usize, window: Duration) -> Option<usize> {
        gather(waiting, expected, window).map(|(group, _)| group.len())
    }

    #[test]
    fn a_group_takes_who_waits_up_to_its_limit() {
        let (sender, waiting, _outcomes) = requests(MAX_GROUP + 3);
        assert_eq!(size(&waiting, 1, LONG), Some(MAX_GROUP));
        assert_eq!(size(&waiting, 1, LONG), Some(3), "who is alone never waits");
        drop(sender);
        assert_eq!(size(&waiting, 9, LONG), None);
    }

    #[test]
    fn a_group_waits_for_as_many_as_came_before_but_not_for_ever() {
        let (sender, waiting, _outcomes) = requests(2);
        assert_eq!(size(&waiting, 5, Duration::from_millis(1)), Some(2));
        let (_, more, _later_outcomes) = requests(3);
        let late = thread::spawn(move || more.iter().all(|request| sender.send(request).is_ok()));
        assert_eq!(size(&waiting, 3, LONG), Some(3));
        assert!(late.join().unwrap());
    }

    #[test]
    fn a_group_that_is_large_takes_no_more() {
        let (sender, waiting, _outcomes) = requests(2);
        let Ok(Ask::Commit(mut large)) = waiting.recv() else {
            panic!("no request")
        };
        large.batch.change = vec![(Tree::People, vec![], Some(vec![0; MAX_GROUP_BYTES]))];
        let (front, large_first) = channel();
        front.send(Ask::Commit(large)).unwrap();
        front.send(waiting.recv().unwrap()).unwrap();
        assert_eq!(size(&large_first, 2, LONG), Some(1));
        assert_eq!(size(&large_first, 1, LONG), Some(1));
        drop(sender);
    }

    #[test]
    fn a_turn_comes_after_who_asked_before_and_before_who_asks_later() {
        let (sender, waiting, _outcomes) = requests(2);
        sender.send(Ask::Turn(Box::new(|_| ()))).unwrap();
        let (_, more, _later_outcomes) = requests(3);
        for request in &more {
            sender.send(request).unwrap();
        }
        let (before, turn) = gather(&waiting, 9, LONG).unwrap();
        assert_eq!((before.len(), turn.is_some()), (2, true));
        drop(sender);
        let (after, turn) = gather(&waiting, 1, LONG).unwrap();
        assert_eq!((after.len(), turn.is_none()), (3, true));
    }

    #[test]
    fn it_is_noted_from_time_to_time_how_much_there_is() {
        let folder = tempfile::TempDir::new().unwrap();
        let mut committer = committer(&folder);
        let noted = || files::noted_groups(folder.path());
        assert_eq!(noted(), Some(1), "the founding, noted when opened");
        committer.writer.counters.groups += NOTE_EVERY - 1;
        committer.note_if_due();
        assert_eq!(noted(), Some(1));
        committer.writer.counters.groups += 1;
        committer.note_if_due();
        assert_eq!(noted(), Some(NOTE_EVERY + 1));
        committer.broken = Some(StoreError::Slow);
        committer.writer.counters.groups += NOTE_EVERY;
        committer.note_if_due();
        assert_eq!(
            noted(),
            Some(NOTE_EVERY + 1),
            "after a failure it is not known what is there"
        );
    }
}
