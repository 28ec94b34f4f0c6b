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

/// What becomes of batches in one transaction.
fn told(committer: &mut Committer, batches: Vec<Batch>) -> Vec<Outcome> {
    committer.write(batches).unwrap().0
}

#[test]
fn in_a_group_each_sees_those_before_and_is_refused_alone() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    let outcomes = told(
        &mut committer,
        vec![
            change(None, b"1"),
            change(None, b"never"),
            change(Some(b"1"), b"2"),
            Batch::default(),
            change(Some(b"2"), b"3"),
            change(Some(b"3"), b"never"),
        ],
    );
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
    assert_eq!(told(&mut committer, vec![change(None, b"1")]), [Ok(vec![1])]);
    let full = StoreError::Full { left_mib: 3 };
    committer.check_room = |_, bytes, _| {
        assert!(bytes > 0);
        Err(StoreError::Full { left_mib: 3 })
    };
    let outcomes = told(
        &mut committer,
        vec![
            change(Some(b"1"), b"2"),
            change(None, b"never"),
            Batch::default(),
            change(Some(b"2"), b"3"),
        ],
    );
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
        told(&mut committer, vec![Batch::default()]),
        [Ok(vec![])],
        "what changes nothing takes no room"
    );
    let value = committer.database.value(Tree::People, b"key");
    assert_eq!(value, Ok(Some(b"1".to_vec())));
    committer.check_room = |_, _, _| Ok(());
    let outcomes = told(&mut committer, vec![change(Some(b"1"), b"2")]);
    assert_eq!(outcomes, [Ok(vec![2])], "it goes on, no number was skipped");
    assert_eq!(committer.broken(), None);
}

#[test]
fn room_is_asked_for_beside_what_the_disk_does_not_have_yet() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    let value = vec![1; 1_000];
    let batch = || Batch {
        change: vec![(Tree::People, b"key".to_vec(), Some(value.clone()))],
        ..Batch::default()
    };
    committer.check_room = |_, bytes, _| match bytes {
        ..2_000 => Ok(()),
        _ => Err(StoreError::Full { left_mib: 3 }),
    };
    let full = StoreError::Full { left_mib: 3 };
    assert_eq!(told(&mut committer, vec![batch()]), [Ok(vec![])]);
    assert_eq!(told(&mut committer, vec![batch()]), [Err(full)]);
    committer.settle(Vec::new());
    assert_eq!(told(&mut committer, vec![batch()]), [Ok(vec![])]);
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
    assert_eq!(told(&mut committer, vec![change(None, b"1")]), [Ok(vec![1])]);
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
    let (_sender, mut queue, mut outcomes) = asking(vec![removal(), change(Some(b"1"), b"2"), removal()]);
    assert!(queue.wait(Duration::ZERO));
    committer.round(&mut queue);
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
    assert_eq!(told(&mut committer, vec![more]), [full], "that ends, too");
}

/// A queue of those who ask for `batches`, and what they are told.
fn asking(batches: Vec<Batch>) -> (Sender<Ask>, Queue, Vec<oneshot::Receiver<Outcome>>) {
    let (sender, asks) = channel();
    let mut outcomes = Vec::new();
    for batch in batches {
        outcomes.push(queue::tests::ask(&sender, batch));
    }
    (sender, Queue::of(asks), outcomes)
}

/// A large batch that changes what `key` stands for.
fn large(key: &[u8]) -> Batch {
    let others = (0..=u8::MAX)
        .take(queue::MAX_SMALL)
        .map(|number| (Tree::Clinics, vec![number], None));
    Batch {
        change: others
            .chain([(Tree::People, key.to_vec(), Some(b"1".to_vec()))])
            .collect(),
        ..Batch::default()
    }
}

#[test]
fn small_batches_wait_for_one_large_one_and_large_ones_take_turns_with_them() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    let (sender, mut queue, mut outcomes) = asking(vec![large(b"a"), large(b"b"), change(None, b"1")]);
    assert!(queue.wait(Duration::ZERO));
    committer.round(&mut queue);
    assert_eq!(outcomes[2].try_recv(), Ok(Ok(vec![1])));
    assert_eq!(outcomes[0].try_recv(), Ok(Ok(vec![])));
    assert!(outcomes[1].try_recv().is_err(), "small ones did not wait for it");
    let mut late = queue::tests::ask(&sender, change(Some(b"1"), b"2"));
    committer.round(&mut queue);
    assert_eq!(late.try_recv(), Ok(Ok(vec![2])));
    assert_eq!(
        outcomes[1].try_recv(),
        Ok(Ok(vec![])),
        "none is kept waiting for ever"
    );
}

#[test]
fn all_of_a_round_wait_for_the_disk_together() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    let (_sender, mut queue, mut outcomes) = asking(vec![large(b"a"), change(None, b"1")]);
    assert!(queue.wait(Duration::ZERO));
    let steps = committer.write_large(&mut queue);
    assert_eq!(steps.len(), 1);
    assert!(outcomes[0].try_recv().is_err(), "it is not on disk yet");
    let more = committer.write_small(queue.small());
    assert!(outcomes[1].try_recv().is_err(), "nor is this");
    committer.settle(steps.into_iter().chain(more).collect());
    assert_eq!(outcomes[0].try_recv(), Ok(Ok(vec![])));
    assert_eq!(outcomes[1].try_recv(), Ok(Ok(vec![1])));
}

#[test]
fn when_no_small_batch_waits_large_ones_wait_for_the_disk_together() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    let (_sender, mut queue, mut outcomes) = asking(vec![large(b"a"), large(b"b")]);
    committer.round(&mut queue);
    assert!(
        outcomes
            .iter_mut()
            .all(|outcome| outcome.try_recv() == Ok(Ok(vec![])))
    );
    assert_eq!(committer.writer.counters.groups, 3, "a transaction each");
}

#[test]
fn who_was_written_before_the_store_failed_is_not_told_that_it_is_on_disk() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    let (_sender, mut queue, mut outcomes) = asking(vec![change(None, b"1")]);
    assert!(queue.wait(Duration::ZERO));
    let step = committer.step(queue.small());
    committer.end_with(StoreError::Slow);
    committer.settle(vec![step]);
    assert_eq!(outcomes[0].try_recv(), Ok(Err(StoreError::Slow)));
}

#[test]
fn a_group_of_many_is_written_in_several_transactions() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    let batches = (0..=u8::MAX).take(MAX_STEP + 1).map(|number| Batch {
        change: vec![(Tree::People, vec![number], Some(vec![1]))],
        ..Batch::default()
    });
    let (_sender, mut queue, mut outcomes) = asking(batches.collect());
    assert!(queue.wait(Duration::ZERO));
    committer.round(&mut queue);
    assert!(
        outcomes
            .iter_mut()
            .all(|outcome| outcome.try_recv() == Ok(Ok(vec![])))
    );
    assert_eq!(committer.writer.counters.groups, 3);
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

#[test]
fn when_the_disk_fails_everybody_is_told_who_asked_and_who_asks_later() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut committer = committer(&folder);
    committer.sync = |_, _| Err(StoreError::Slow);
    let broken = committer.broken.subscribe();
    let (sender, queue, mut outcomes) = asking(vec![change(None, b"1"), large(b"a"), large(b"b")]);
    outcomes.push(queue::tests::ask(&sender, change(None, b"2")));
    drop(sender);
    committer.run(queue);
    for mut outcome in outcomes {
        assert_eq!(outcome.try_recv(), Ok(Err(StoreError::Slow)));
    }
    assert_eq!(*broken.borrow(), Some(StoreError::Slow));
}
