use super::*;
use crate::store::group::Beneath;
use crate::store::{Counter, Line, Tree};

fn committer(folder: &tempfile::TempDir) -> Committer {
    let (database, writer) = Database::open(folder.path(), 1 << 20).unwrap();
    Committer::new(Arc::new(database), writer)
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
        removes: false,
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

#[test]
fn on_a_disk_nearly_full_nothing_is_written_until_there_is_room() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    assert_eq!(committer.write(vec![change(None, b"1")]), [Ok(vec![1])]);
    let full = StoreError::Full { left_mib: 3 };
    committer.check_room = |_, bytes, _| {
        assert!(bytes > 0);
        Err(StoreError::Full { left_mib: 3 })
    };
    let outcomes = committer.write(vec![
        change(Some(b"1"), b"2"),
        change(None, b"never"),
        Batch::default(),
        change(Some(b"2"), b"3"),
    ]);
    assert_eq!(
        outcomes,
        [
            Err(full.clone()),
            Err(StoreError::Conflict),
            Ok(vec![]),
            Err(full)
        ]
    );
    assert_eq!(
        committer.write(vec![Batch::default()]),
        [Ok(vec![])],
        "what changes nothing takes no room"
    );
    let value = committer.database.value(Tree::People, b"key");
    assert_eq!(value, Ok(Some(b"1".to_vec())));
    committer.check_room = |_, _, _| Ok(());
    let outcomes = committer.write(vec![change(Some(b"1"), b"2")]);
    assert_eq!(outcomes, [Ok(vec![2])], "it goes on, no number was skipped");
    assert_eq!(committer.broken(), None);
}

#[test]
fn room_is_kept_beside_what_a_group_needs() {
    let folder = tempfile::TempDir::new().unwrap();
    assert_eq!(check_room(folder.path(), 1, MIN_FREE), Ok(()));
    let free = files::free(folder.path()).unwrap();
    assert!(check_room(folder.path(), free / 2, MIN_FREE).is_err());
    assert!(check_room(folder.path(), 1, free * 2).is_err());
    assert_eq!(check_room(Path::new("/nonexistent"), 1, MIN_FREE), Ok(()));
}

#[test]
fn what_removes_may_go_where_there_is_room_for_nothing_else() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    assert_eq!(committer.write(vec![change(None, b"1")]), [Ok(vec![1])]);
    committer.check_room = |_, _, kept| match kept {
        MIN_FREE_TO_REMOVE => Ok(()),
        _ => Err(StoreError::Full { left_mib: 20 }),
    };
    let removal = || Batch {
        expect: vec![(Tree::People, b"key".to_vec(), Some(b"1".to_vec()))],
        change: vec![(Tree::People, b"key".to_vec(), None)],
        removes: true,
        ..Batch::default()
    };
    let (_sender, waiting, mut outcomes) = asking(vec![removal(), change(Some(b"1"), b"2"), removal()]);
    let (group, _) = gather(&waiting, 3, LONG).unwrap();
    committer.commit(group);
    let mut outcome = |at: usize| outcomes[at].try_recv().unwrap();
    assert_eq!(outcome(0), Ok(vec![]));
    assert_eq!(outcome(1), Err(StoreError::Full { left_mib: 20 }));
    assert_eq!(outcome(2), Err(StoreError::Conflict), "it is removed");
    assert!(committer.is_short, "for others there is no room still");

    committer.check_room = |_, _, _| Err(StoreError::Full { left_mib: 15 });
    let more = Batch {
        change: vec![(Tree::Journal, 1_u64.to_be_bytes().to_vec(), None)],
        removes: true,
        ..Batch::default()
    };
    let full = Err(StoreError::Full { left_mib: 15 });
    assert_eq!(committer.write(vec![more]), [full], "that ends, too");
}

fn requests(count: usize) -> (Sender<Ask>, Receiver<Ask>, Vec<oneshot::Receiver<Outcome>>) {
    asking(vec![change(None, b"1"); count])
}

fn asking(batches: Vec<Batch>) -> (Sender<Ask>, Receiver<Ask>, Vec<oneshot::Receiver<Outcome>>) {
    let (sender, waiting) = channel();
    let places = Arc::new(Semaphore::new(batches.len()));
    let mut outcomes = Vec::new();
    for batch in batches {
        let (reply, outcome) = oneshot::channel();
        let place = Arc::clone(&places).try_acquire_owned().unwrap();
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
    committer.end_with(StoreError::Slow);
    committer.writer.counters.groups += NOTE_EVERY;
    committer.note_if_due();
    assert_eq!(
        noted(),
        Some(NOTE_EVERY + 1),
        "after a failure it is not known what is there"
    );
}
