use proptest::prelude::*;

use super::*;
use crate::dialog::words::understand;

const PATIENCE: Patience = Patience {
    helps_an_hour: 3,
    repeats_an_hour: 3,
    others_an_hour: 10,
};

fn people(count: usize) -> Vec<Iin> {
    (90_010_130_000..)
        .filter_map(Iin::with_check_digit)
        .take(count)
        .collect()
}

fn text(talk: &mut Talk, people: &[Iin], text: &str, now: Timestamp) -> Turn {
    let request = understand(text);
    let heard = Heard {
        request: &request,
        digest: text.len() as u64,
        people,
        now,
        patience: PATIENCE,
    };
    hear(talk, &mut Wishes::default(), heard)
}

#[test]
fn no_more_than_nine_are_offered() {
    let (mut talk, people) = (Talk::default(), people(12));
    let now = Timestamp::default();
    let offered = people.iter().take(9).map(|iin| iin.last_four()).collect();
    let turn = text(&mut talk, &people, "status", now);
    assert_eq!(turn.step, Step::Say(Answer::WhichPerson(offered)));
    let turn = text(&mut talk, &people, "10", now);
    assert_eq!(turn.step, Step::Say(Answer::NoSuchChoice));
    let turn = text(&mut talk, &people, "9", now);
    let topic = Topic::Status;
    assert_eq!(
        turn.step,
        Step::Tell {
            iin: people[8],
            topic
        }
    );
}

#[test]
fn a_person_unbound_meanwhile_can_neither_be_chosen_nor_opened() {
    let (mut talk, people) = (Talk::default(), people(2));
    let now = Timestamp::default();
    text(&mut talk, &people, "status", now);
    let turn = text(&mut talk, &people[..1], "2", now);
    assert_eq!(turn.step, Step::Say(Answer::NoSuchChoice));

    talk.lock(Topic::Unlock, people[1], true, now, 417);
    for guess in ["0417", "0001", "0002", "0003"] {
        let turn = text(
            &mut talk,
            &people[..1],
            guess,
            now.plus(std::time::Duration::from_secs(1)),
        );
        assert!(!matches!(turn.step, Step::Open(_)));
    }
    let turn = text(&mut talk, &people, "0417", now);
    assert_eq!(turn.step, Step::Open(people[1]));
}

#[test]
fn locking_again_kills_the_code() {
    let (mut talk, people) = (Talk::default(), people(1));
    let now = Timestamp::default();
    talk.lock(Topic::Unlock, people[0], true, now, 417);
    let (_, hide) = talk.lock(Topic::Lock, people[0], true, now, 0);
    assert!(hide);
    assert_ne!(text(&mut talk, &people, "0417", now).step, Step::Open(people[0]));
}

#[test]
fn each_person_has_a_code_of_its_own() {
    let (mut talk, people) = (Talk::default(), people(2));
    let now = Timestamp::default();
    for (iin, fresh) in people.iter().zip([417, 500]) {
        let (answer, _) = talk.lock(Topic::Unlock, *iin, true, now, fresh);
        let (code, last_four) = (format!("{fresh:04}"), iin.last_four());
        assert_eq!(answer, Answer::UnlockCode { code, last_four });
    }
}

#[test]
fn a_choice_is_made_while_a_code_waits() {
    let (mut talk, people) = (Talk::default(), people(2));
    let (now, topic) = (Timestamp::default(), Topic::Status);
    talk.lock(Topic::Unlock, people[0], true, now, 417);
    text(&mut talk, &people, "status", now);
    let turn = text(&mut talk, &people, "2", now);
    assert_eq!(
        turn.step,
        Step::Tell {
            iin: people[1],
            topic
        }
    );
    assert_eq!(text(&mut talk, &people, "0417", now).step, Step::Open(people[0]));
}

#[test]
fn a_code_is_not_printed() {
    let mut talk = Talk::default();
    talk.lock(Topic::Unlock, people(1)[0], true, Timestamp::default(), 417);
    assert!(!format!("{talk:?}").contains("417"));
}

proptest! {
    /// Whatever is texted, in whatever order, what is remembered stays small.
    #[test]
    fn memory_is_bounded(
        texts in prop::collection::vec(
            prop::sample::select(vec![
                "status", "1", "0417", "12345", "123456", "7654321", "hello", "", "help", "unlock", "lock", "?", "7",
            ]),
            0..200,
        ),
        seconds in 0_u64..400,
    ) {
        let (mut talk, people) = (Talk::default(), people(9));
        let mut now = Timestamp::default();
        for (at, words) in texts.iter().enumerate() {
            if let Step::Lock { iin, topic } = text(&mut talk, &people, words, now).step {
                talk.lock(topic, iin, true, now, 7);
            }
            now = now.plus(std::time::Duration::from_secs(seconds * (at as u64 % 3)));
            let size = postcard::to_stdvec(&talk).unwrap().len();
            prop_assert!(size < 600, "{size} bytes");
        }
    }
}
