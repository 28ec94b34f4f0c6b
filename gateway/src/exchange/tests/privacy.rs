//! What a phone may know, and the limits.

use std::sync::Arc;

use saqta_data::journal::{Outcome, Subject};
use saqta_data::language::Language::{English, Kazakh};
use saqta_data::office::person_key;
use saqta_data::registry::Registry;
use saqta_data::store::{Order, Scan, Tree};

use super::house::*;
use crate::carrier::Answers;
use crate::dialog::answer::{Answer, Page, Topic};
use crate::exchange::{Policy, Unbound};

fn unbound(insured: bool) -> Answer {
    Answer::Unbound {
        insured,
        data_date: Some(today()),
    }
}

/// The outcome of the last journal line.
async fn outcome(house: &House) -> Outcome {
    house.journal().await.last().unwrap().outcome
}

async fn lines_about(house: &House, iin: &str) -> usize {
    let iin = saqta_data::iin::Iin::parse(iin).unwrap();
    let scan = Scan {
        tree: Tree::Asked,
        prefix: person_key(iin).to_vec(),
        after: None,
        order: Order::Ascending,
        limit: 1_000,
    };
    saqta_data::store::Store::scan(&*house.store, scan)
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_bound_phone_gets_everything() {
    let house = House::new().await;
    for (text, topic) in [
        (format!("status {INSURED}"), Topic::Status),
        (format!("pay {INSURED}"), Topic::Payments),
        (format!("debt {INSURED}"), Topic::Debt),
        (format!("clinic {INSURED}"), Topic::Clinic),
        ("clinic".to_owned(), Topic::Clinic),
    ] {
        house.expect_full(OWN, &text, topic, INSURED, English).await;
        assert_eq!(outcome(&house).await, Outcome::Full);
    }
    assert_eq!(house.count(Tree::Limits).await, 0);
    assert_eq!(lines_about(&house, INSURED).await, 5);
}

#[tokio::test]
async fn any_other_phone_gets_insured_or_not_whatever_it_asks() {
    let house = House::new().await;
    for word in ["status", "pay", "debt", "clinic"] {
        house
            .expect(STRANGER, &format!("{word} {INSURED}"), &unbound(true), English)
            .await;
        house
            .expect(OWN, &format!("{word} {UNINSURED}"), &unbound(false), English)
            .await;
        assert_eq!(outcome(&house).await, Outcome::StatusOnly);
    }
    assert_eq!(lines_about(&house, INSURED).await, 4);
    let line = house.journal().await.pop().unwrap();
    assert_eq!(line.subject, Some(Subject::Masked(17)));
    assert_eq!((line.topic.as_str(), line.language), ("clinic", English));
}

#[tokio::test]
async fn a_phone_unbound_again_or_not_yet_bound_is_not_bound() {
    let house = House::new().await;
    let rows = format!("{OWN},{INSURED},self,2024-01-01,2026-08-04\n{STRANGER},{INSURED},self,2026-08-04,\n");
    house.import(Registry::Phones, &rows).await;
    let text = format!("status {INSURED}");
    house
        .expect_full(OWN, &text, Topic::Status, INSURED, English)
        .await;
    house.expect(STRANGER, &text, &unbound(true), English).await;
    house.wait(24 * 3600);
    house.expect(OWN, &text, &unbound(true), English).await;
    house
        .expect_full(STRANGER, &text, Topic::Status, INSURED, English)
        .await;
}

#[tokio::test]
async fn a_sender_that_anybody_could_have_forged_is_bound_to_nobody() {
    let mut house = House::new().await;
    house.instance.believes_sender = false;
    house
        .expect(OWN, &format!("pay {INSURED}"), &unbound(true), English)
        .await;
    house.expect(OWN, "pay", &Answer::IinNeeded, English).await;
    house
        .expect(OWN, "lock", &Answer::LockNeedsBinding, English)
        .await;
    let main = house.step("s", OWN, 1, "").await;
    assert_eq!(main, house.screen(&Page::Languages, Kazakh));
    house.step("s", OWN, 2, "1").await;
    assert_eq!(
        house.step("s", OWN, 3, "1").await,
        house.screen(&Page::NotBound, Kazakh)
    );
}

#[tokio::test]
async fn locked_unknown_and_limited_get_one_text() {
    let house = House::new().await;
    assert!(house.text(OWN, "LOCK").await.is_some());
    let locked = house.text(STRANGER, &format!("status {INSURED}")).await;
    assert_eq!(outcome(&house).await, Outcome::Locked);
    assert_eq!(lines_about(&house, INSURED).await, 2);
    let unknown = house.text(STRANGER, &format!("status {}", UNKNOWN[0])).await;
    assert_eq!(outcome(&house).await, Outcome::Unknown);
    assert_eq!(lines_about(&house, UNKNOWN[0]).await, 0);
    for iin in &UNKNOWN[1..4] {
        house.text(STRANGER, iin).await;
    }
    let limited = house.text(STRANGER, &format!("status {UNINSURED}")).await;
    assert_eq!(outcome(&house).await, Outcome::Limited);
    assert_eq!(lines_about(&house, UNINSURED).await, 1);
    assert_eq!(locked, Some(house.words(&Answer::Neutral, English)));
    assert_eq!((&unknown, &limited), (&locked, &locked));
    // The owner sees on.
    house
        .expect_full(OWN, "status", Topic::Status, INSURED, English)
        .await;
}

#[tokio::test]
async fn the_sixth_iin_of_a_day_is_one_too_many() {
    let house = House::new().await;
    let text = format!("status {INSURED}");
    for iin in &UNKNOWN[..4] {
        house.text(STRANGER, iin).await;
    }
    house.expect(STRANGER, &text, &unbound(true), English).await;
    house
        .expect(STRANGER, &format!("status {CHILD}"), &Answer::Neutral, English)
        .await;
    // The five may be asked about again, another day others.
    house.expect(STRANGER, &text, &unbound(true), English).await;
    house.text(STRANGER, "EN").await;
    for (step, typed) in ["", "2", CHILD].into_iter().enumerate() {
        let page = house
            .step("s", STRANGER, u64::try_from(step).unwrap(), typed)
            .await;
        assert_eq!(page == house.screen(&Page::Neutral, English), typed == CHILD);
    }
    house.wait(12 * 3600);
    house
        .expect(STRANGER, &format!("status {CHILD}"), &unbound(true), English)
        .await;
}

#[tokio::test]
async fn ussd_counts_together_with_sms_and_wrong_numbers_do_not_count() {
    let house = House::new().await;
    house.text(STRANGER, "EN").await;
    for text in ["900101300008", "90010130000", "900101300007 900101300017"] {
        house.text(STRANGER, text).await;
    }
    for (step, iin) in UNKNOWN[..5].iter().enumerate() {
        let code = format!("*1414*{iin}#");
        let session = format!("s{step}");
        let step = ussd_step(&session, STRANGER, 0, &code, "");
        house.exchange.ussd(&house.instance, step).await;
    }
    house
        .expect(STRANGER, &format!("status {INSURED}"), &Answer::Neutral, English)
        .await;
}

#[tokio::test]
async fn a_bound_phone_is_never_limited() {
    let policy = Policy {
        iins_per_phone_a_day: 0,
        phones_per_iin_a_day: 0,
        unbound_lookups_a_minute: Some(0),
        unbound: Unbound::Nothing,
        ..Policy::default()
    };
    let house = House::with(policy).await;
    house
        .expect(OWN, &format!("status {CHILD}"), &Answer::Neutral, English)
        .await;
    house
        .expect_full(OWN, "status", Topic::Status, INSURED, English)
        .await;
}

#[tokio::test]
async fn the_twenty_first_phone_of_a_day_is_one_too_many() {
    let house = House::new().await;
    let text = format!("status {INSURED}");
    let phone = |n: usize| format!("+7707000{n:04}");
    for n in 0..20 {
        house.expect(&phone(n), &text, &unbound(true), English).await;
    }
    house.expect(&phone(20), &text, &Answer::Neutral, English).await;
    house.expect(&phone(20), &text, &Answer::Neutral, English).await;
    house.expect(&phone(7), &text, &unbound(true), English).await;
    house
        .expect_full(OWN, &text, Topic::Status, INSURED, English)
        .await;
    house.wait(12 * 3600);
    house.expect(&phone(20), &text, &unbound(true), English).await;
}

#[tokio::test]
async fn an_instance_answers_so_many_unbound_look_ups_a_minute() {
    let policy = Policy {
        unbound_lookups_a_minute: Some(2),
        ..Policy::default()
    };
    let mut house = House::with(policy).await;
    let text = format!("status {INSURED}");
    for _ in 0..2 {
        house.expect(STRANGER, &text, &unbound(true), English).await;
    }
    house.expect(STRANGER, &text, &Answer::Neutral, English).await;
    assert_eq!(outcome(&house).await, Outcome::Limited);
    house
        .expect_full(OWN, &text, Topic::Status, INSURED, English)
        .await;
    house.instance.name = "kannel".into();
    house.expect(STRANGER, &text, &unbound(true), English).await;
    house.instance.name = "sandbox".into();
    house.wait(60);
    house.expect(STRANGER, &text, &unbound(true), English).await;
}

#[tokio::test]
async fn the_setting_nothing_tells_nothing() {
    let policy = Policy {
        unbound: Unbound::Nothing,
        ..Policy::default()
    };
    let house = House::with(policy).await;
    for iin in [INSURED, UNINSURED, UNKNOWN[0], BIN] {
        house
            .expect(STRANGER, &format!("status {iin}"), &Answer::Neutral, English)
            .await;
    }
}

#[tokio::test]
async fn an_unknown_number_like_a_bin_is_told_so_within_the_limits() {
    let house = House::new().await;
    let text = format!("status {BIN}");
    house
        .expect(STRANGER, &text, &Answer::LooksLikeBin, English)
        .await;
    assert_eq!(outcome(&house).await, Outcome::NotAnIin);
    for iin in &UNKNOWN[..5] {
        house.text(OWN, iin).await;
    }
    house.expect(OWN, &text, &Answer::Neutral, English).await;
    // A person who has such a number is answered, and hides behind the same words when locked.
    house
        .import(Registry::Categories, &format!("{BIN},student,2020-01-01,\n"))
        .await;
    house
        .import(Registry::Phones, &format!("{OWN},{BIN},child,2024-01-01,\n"))
        .await;
    house.expect(STRANGER, &text, &unbound(true), English).await;
    house.text(OWN, &format!("lock {BIN}")).await;
    house
        .expect(STRANGER, &text, &Answer::LooksLikeBin, English)
        .await;
    assert_eq!(outcome(&house).await, Outcome::Locked);
}

#[tokio::test]
async fn phones_that_ask_about_one_person_at_once_are_all_told_what_they_may_know() {
    // However busy the machine of the tests is.
    let policy = Policy {
        deadline_ms: 60_000,
        ..Policy::default()
    };
    let house = Arc::new(House::with(policy).await);
    let asked: Vec<_> = (0..60)
        .map(|n| {
            let house = house.clone();
            let text = format!("status {INSURED}");
            tokio::spawn(async move { house.text(&format!("+7707000{n:04}"), &text).await })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in asked {
        answers.push(answer.await.unwrap().unwrap());
    }
    let got = |answer: &Answer| {
        let words = house.words(answer, English);
        answers.iter().filter(|answer| **answer == words).count()
    };
    assert_eq!((got(&unbound(true)), got(&Answer::Neutral)), (20, 40));
}
