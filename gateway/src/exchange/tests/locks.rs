//! LOCK, and UNLOCK with its code.

use saqta_data::iin::Iin;
use saqta_data::journal::Outcome;
use saqta_data::language::Language::English;

use super::house::*;
use crate::dialog::answer::Answer;

async fn locked(house: &House, iin: &str) -> bool {
    house
        .office
        .person(Iin::parse(iin).unwrap())
        .await
        .unwrap()
        .unwrap()
        .locked
}

fn last_four(iin: &str) -> String {
    iin.chars().skip(8).collect()
}

fn code(code: &str) -> Answer {
    Answer::UnlockCode {
        code: code.into(),
        last_four: last_four(INSURED),
    }
}

async fn house() -> House {
    let house = House::new().await;
    house.text(OWN, "EN").await;
    house.text(OWN, "LOCK").await;
    assert!(locked(&house, INSURED).await);
    house
}

#[tokio::test]
async fn a_code_texted_back_unlocks() {
    let house = house().await;
    house.expect(OWN, "UNLOCK", &code("0418"), English).await;
    assert!(locked(&house, INSURED).await);
    house.wait(599);
    let open = Answer::Unlocked {
        last_four: last_four(INSURED),
    };
    house.expect(OWN, "0418", &open, English).await;
    assert!(!locked(&house, INSURED).await);
    let not_locked = Answer::NotLocked {
        last_four: last_four(INSURED),
    };
    house.expect(OWN, "UNLOCK", &not_locked, English).await;
}

#[tokio::test]
async fn a_wrong_code_a_late_one_and_that_of_another_phone_do_not() {
    let house = house().await;
    house.text(OWN, "UNLOCK").await;
    house.expect(OWN, "0417", &Answer::WrongCode, English).await;
    house.text(FAMILY, "0418").await;
    assert!(locked(&house, INSURED).await);
    house.wait(600);
    house.expect(OWN, "0418", &Answer::WrongCode, English).await;
    assert!(locked(&house, INSURED).await);
}

#[tokio::test]
async fn a_code_bears_three_guesses() {
    let house = house().await;
    house.text(OWN, "UNLOCK").await;
    for guess in ["0001", "0002", "0003"] {
        house.expect(OWN, guess, &Answer::WrongCode, English).await;
    }
    house.expect(OWN, "0418", &Answer::WrongCode, English).await;
    assert!(locked(&house, INSURED).await);
    house.expect(OWN, "UNLOCK", &code("0419"), English).await;
}

#[tokio::test]
async fn asking_again_gives_the_same_code_and_no_more_than_five_a_day() {
    let house = house().await;
    house.expect(OWN, "UNLOCK", &code("0418"), English).await;
    house.expect(OWN, "UNLOCK", &code("0418"), English).await;
    for fresh in ["0420", "0421", "0422", "0423"] {
        house.wait(600);
        house.expect(OWN, "UNLOCK", &code(fresh), English).await;
    }
    house.wait(600);
    house.expect(OWN, "UNLOCK", &Answer::TryLater, English).await;
    assert_eq!(house.journal().await.last().unwrap().outcome, Outcome::Limited);
    house.wait(24 * 3600);
    house.expect(OWN, "UNLOCK", &code("0425"), English).await;
}

#[tokio::test]
async fn a_phone_that_is_not_bound_can_neither_lock_nor_unlock() {
    let house = house().await;
    for text in [
        "lock".to_owned(),
        format!("lock {INSURED}"),
        format!("unlock {INSURED}"),
    ] {
        house
            .expect(STRANGER, &text, &Answer::LockNeedsBinding, English)
            .await;
    }
    house
        .expect(OWN, &format!("lock {CHILD}"), &Answer::LockNeedsBinding, English)
        .await;
    assert!(!locked(&house, CHILD).await);
}

#[tokio::test]
async fn with_several_people_lock_asks_which() {
    let house = House::new().await;
    let which = Answer::WhichPerson(vec![last_four(UNINSURED), last_four(CHILD)]);
    house.expect(FAMILY, "LOCK", &which, English).await;
    let done = Answer::Locked {
        last_four: last_four(CHILD),
    };
    house.text(FAMILY, "EN").await;
    house.expect(FAMILY, "2", &done, English).await;
    assert!(locked(&house, CHILD).await && !locked(&house, UNINSURED).await);
    let done = Answer::Locked {
        last_four: last_four(UNINSURED),
    };
    house
        .expect(FAMILY, &format!("lock {UNINSURED}"), &done, English)
        .await;
}

#[tokio::test]
async fn codes_come_from_the_systems_generator_and_differ() {
    let codes: std::collections::BTreeSet<_> =
        (0..64).map(|_| super::super::random_code().unwrap()).collect();
    assert!(codes.len() > 32 && codes.iter().all(|code| *code < 10_000));
}
