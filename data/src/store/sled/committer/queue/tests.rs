use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio::sync::Semaphore;

use super::*;
use crate::store::Tree;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(600);

/// Asks for `batch`; what its sender will be told.
pub(in super::super) fn ask(sender: &Sender<Ask>, batch: Batch) -> oneshot::Receiver<Outcome> {
    let (reply, outcome) = oneshot::channel();
    let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
    sender.send(Ask::Commit(Request { batch, reply, place })).unwrap();
    outcome
}

/// A batch of so many changes of so many bytes.
fn batch(changes: usize, bytes: usize) -> Batch {
    Batch {
        change: vec![(Tree::People, vec![], Some(vec![0; bytes])); changes],
        ..Batch::default()
    }
}

/// A queue in which so many small batches wait.
fn waiting(count: usize) -> (Sender<Ask>, Queue) {
    let (sender, asks) = channel();
    for _ in 0..count {
        drop(ask(&sender, batch(1, 1)));
    }
    (sender, Queue::of(asks))
}

/// How many are in the next small group.
fn size(queue: &mut Queue, window: Duration) -> Option<usize> {
    queue.wait(window).then(|| queue.small().len())
}

#[test]
fn a_group_takes_who_waits_up_to_its_limit() {
    let (sender, mut queue) = waiting(MAX_GROUP + 3);
    assert_eq!(size(&mut queue, LONG), Some(MAX_GROUP));
    queue.expected = 1;
    assert_eq!(size(&mut queue, LONG), Some(3), "who is alone never waits");
    drop(sender);
    assert_eq!(size(&mut queue, LONG), None);
}

#[test]
fn a_group_waits_for_as_many_as_came_before_but_not_for_ever() {
    let (sender, mut queue) = waiting(5);
    assert_eq!(size(&mut queue, LONG), Some(5));
    drop(ask(&sender, batch(1, 1)));
    assert_eq!(size(&mut queue, Duration::from_millis(1)), Some(1));
    queue.expected = 3;
    let late = thread::spawn(move || {
        for _ in 0..3 {
            drop(ask(&sender, batch(1, 1)));
        }
    });
    assert_eq!(size(&mut queue, LONG), Some(3));
    late.join().unwrap();
}

#[test]
fn a_group_that_is_large_takes_no_more() {
    let (sender, asks) = channel();
    let mut queue = Queue::of(asks);
    drop(ask(&sender, batch(1, MAX_GROUP_BYTES)));
    drop(ask(&sender, batch(1, 1)));
    assert_eq!(size(&mut queue, LONG), Some(1));
    assert_eq!(size(&mut queue, LONG), Some(1));
}

#[test]
fn nobody_is_waited_for_while_a_large_batch_waits() {
    let (sender, mut queue) = waiting(1);
    queue.expected = 9;
    drop(ask(&sender, batch(MAX_SMALL + 1, 1)));
    assert_eq!(size(&mut queue, LONG), Some(1));
    assert!(!queue.has_small());
    assert_eq!(
        queue.large().map(|request| request.batch.change.len()),
        Some(MAX_SMALL + 1)
    );
    assert!(queue.large().is_none());
    for _ in 0..5 {
        drop(ask(&sender, batch(1, 1)));
    }
    assert_eq!(queue.small().len(), 5, "these came meanwhile");
}

#[test]
fn a_turn_comes_after_who_asked_before_and_before_who_asks_later() {
    let (sender, mut queue) = waiting(2);
    drop(ask(&sender, batch(MAX_SMALL + 1, 1)));
    sender.send(Ask::Turn(Box::new(|_| ()))).unwrap();
    for _ in 0..3 {
        drop(ask(&sender, batch(1, 1)));
    }
    assert!(queue.wait(LONG) && queue.turn().is_none());
    assert_eq!(queue.small().len(), 2);
    assert!(queue.turn().is_none(), "a large one waits");
    assert!(queue.large().is_some() && !queue.has_small());
    assert!(queue.turn().is_some());
    queue.expected = 1;
    assert_eq!(size(&mut queue, LONG), Some(3));
}
