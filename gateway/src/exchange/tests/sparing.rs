//! How many SMS go out.

use saqta_data::desk::{DeskError, Refusal};
use saqta_data::journal::Outcome;
use saqta_data::language::Language::English;
use saqta_data::phone::Msisdn;

use super::house::{House, INSURED, OWN, STRANGER};
use super::post::Post;
use crate::dialog::answer::{Answer, Page};
use crate::exchange::Policy;

const OTHER: &str = "+77070000008";

async fn outcome(house: &House) -> Outcome {
    house.journal().await.last().unwrap().outcome
}

#[tokio::test]
async fn a_phone_bound_to_nobody_is_told_once_that_it_asks_too_often() {
    let house = House::with(Policy::default()).await;
    let text = format!("status {INSURED}");
    for _ in 0..Policy::default().sms_per_phone_a_minute {
        assert!(house.text(STRANGER, &text).await.unwrap().starts_with("INSURED"));
    }
    house.expect(STRANGER, &text, &Answer::TooMany, English).await;
    assert_eq!(outcome(&house).await, Outcome::Limited);
    for _ in 0..3 {
        assert_eq!(house.text(STRANGER, &text).await, None);
        assert_eq!(outcome(&house).await, Outcome::Limited);
    }
    assert!(house.text(OTHER, &text).await.is_some(), "others have their own");
    house.wait(60);
    assert!(house.text(STRANGER, &text).await.unwrap().starts_with("INSURED"));
}

#[tokio::test]
async fn a_day_has_its_limit_too_and_a_repeated_message_its_answer() {
    let policy = Policy {
        sms_per_phone_a_day: 3,
        ..Policy::default()
    };
    let house = House::with(policy).await;
    let text = format!("status {INSURED}");
    let first = house.message("first", STRANGER, &text).await;
    for _ in 0..2 {
        house.text(STRANGER, &text).await;
        house.wait(120);
    }
    house.expect(STRANGER, &text, &Answer::TooMany, English).await;
    house.wait(3_600);
    assert_eq!(house.text(STRANGER, &text).await, None);
    assert_eq!(
        house.message("first", STRANGER, &text).await,
        first,
        "it costs nothing new to be right"
    );
    house.wait(24 * 3_600);
    assert!(house.text(STRANGER, &text).await.is_some());
}

#[tokio::test]
async fn a_bound_phone_has_its_answers_and_stop_is_obeyed_in_silence() {
    let policy = Policy {
        sms_per_phone_a_minute: 0,
        sms_per_phone_a_day: 0,
        sms_a_minute: Some(0),
        ..Policy::default()
    };
    let house = House::with(policy).await;
    for _ in 0..20 {
        assert!(house.text(OWN, "status").await.is_some());
    }
    assert_eq!(house.text(STRANGER, "STOP").await, None);
    let phone = house
        .office
        .phone(Msisdn::parse(STRANGER).unwrap())
        .await
        .unwrap();
    assert!(phone.stopped);
}

#[tokio::test(start_paused = true)]
async fn a_status_that_is_sent_counts_for_its_phone_and_is_kept_back_beyond() {
    let policy = Policy {
        sms_per_phone_a_minute: 2,
        sms_per_phone_a_day: 3,
        ..Policy::default()
    };
    let mut post = Post::with(policy).await;
    post.house.instance.can_send_sms = true;
    post.house.text(OWN, "EN").await;
    let mut step = 0;
    let mut press = async |house: &House, key: &str| {
        step += 1;
        house.step("s", OWN, step, key).await
    };
    for key in ["", "1"] {
        press(&post.house, key).await;
    }
    let sent = press(&post.house, "4").await;
    post.send(INSURED, OWN).await.unwrap();
    let too_many = Err(DeskError::Refused(Refusal::TooManySms));
    assert_eq!(post.send(INSURED, OWN).await, too_many);
    press(&post.house, "0").await;
    let later = post.house.screen(&Page::TryLater, English);
    assert_eq!(press(&post.house, "4").await, later);
    assert_eq!(outcome(&post.house).await, Outcome::Limited);
    assert_eq!(post.house.letters().await.len(), 2);
    assert!(
        post.house.text(OWN, "status").await.is_some(),
        "it has its answers"
    );
    post.house.wait(60);
    press(&post.house, "0").await;
    assert_eq!(press(&post.house, "4").await, sent);
    post.house.wait(60);
    let today = Err(DeskError::Refused(Refusal::TooManySmsToday));
    assert_eq!(post.send(INSURED, OWN).await, today, "the day");
    post.house.wait(24 * 3_600);
    post.send(INSURED, OWN).await.unwrap();
}

#[tokio::test]
async fn all_phones_together_have_a_limit_that_bound_ones_count_for() {
    let policy = Policy {
        sms_a_minute: Some(3),
        ..Policy::default()
    };
    let house = House::with(policy).await;
    let text = format!("status {INSURED}");
    for from in [OWN, STRANGER, OTHER] {
        assert!(house.text(from, &text).await.is_some());
    }
    assert_eq!(house.text(STRANGER, &text).await, None);
    assert_eq!(house.text(OTHER, "HELP").await, None);
    assert!(house.text(OWN, &text).await.is_some());
    house.wait(60);
    assert!(house.text(STRANGER, &text).await.is_some());
}
