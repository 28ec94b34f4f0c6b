//! What an operator can see of an exchange afterwards.

use saqta_data::journal::{Entry, Outcome};
use saqta_data::language::Language::English;
use saqta_data::office::StoredAnswer;
use saqta_data::store::unit::Record;
use saqta_data::store::{Store, Tree};

use super::house::*;
use crate::dialog::answer::Answer;

/// What the journal line leads to.
async fn kept(house: &House, line: &Entry) -> (String, Option<String>) {
    let key = &line.particulars.answer;
    let value = house.store.get(Tree::Answers, key).await.unwrap().unwrap();
    let kept = StoredAnswer::decode(&value).unwrap();
    assert_eq!(kept.at, line.at);
    (kept.heard, kept.said)
}

async fn last(house: &House) -> (String, Option<String>) {
    kept(house, house.journal().await.last().unwrap()).await
}

#[tokio::test]
async fn each_text_and_each_page_leads_to_what_was_written_and_answered() {
    let house = House::new().await;
    let answer = house.text(OWN, "EN status, please").await;
    assert_eq!(last(&house).await, ("EN status, please".into(), answer));
    house.text(OWN, "STOP").await;
    assert_eq!(house.text(OWN, "status").await, None);
    assert_eq!(last(&house).await, ("status".into(), None));

    let mut pages = Vec::new();
    for (step, typed) in (0..).zip(["", "2", INSURED, "98", "98", "0"]) {
        pages.push((typed.to_owned(), house.step("s", OWN, step, typed).await));
    }
    let lines = house.journal().await;
    let walked = &lines[lines.len() - pages.len()..];
    for (line, (typed, page)) in walked.iter().zip(&pages) {
        let typed = if typed.is_empty() { "*1414#" } else { typed };
        assert_eq!(kept(&house, line).await, (typed.to_owned(), Some(page.clone())));
    }
}

#[tokio::test]
async fn a_long_text_is_kept_to_its_bound() {
    let house = House::new().await;
    house.text(OWN, &"ә".repeat(5_000)).await;
    assert_eq!(
        last(&house).await.0,
        "ә".repeat(saqta_data::office::MAX_HEARD_CHARS)
    );
}

#[tokio::test]
async fn an_unlock_code_is_repeated_to_its_phone_and_shown_to_nobody() {
    let house = House::new().await;
    house.text(OWN, "EN").await;
    house.text(OWN, "LOCK").await;
    let sent = house.message("u", OWN, "UNLOCK").await.unwrap();
    assert!(sent.contains("0418"));
    assert_eq!(
        last(&house).await,
        ("UNLOCK".into(), Some(sent.replace("0418", "****")))
    );
    house.wait(47 * 3600);
    assert_eq!(house.message("u", OWN, "UNLOCK").await, Some(sent));

    house.message("again", OWN, "UNLOCK").await;
    for text in ["0001", "код 0419"] {
        house.text(OWN, text).await;
        let (heard, _) = last(&house).await;
        assert!(heard.contains("****") && !heard.contains("04"), "{heard}");
    }
    for line in house.journal().await {
        let (heard, said) = kept(&house, &line).await;
        let all = heard + &said.unwrap_or_default();
        assert!(!all.contains("0418") && !all.contains("0419"), "{all}");
    }
    // Afterwards four digits are a number like any other.
    house.text(OWN, "1990").await;
    assert_eq!(last(&house).await.0, "1990");
}

#[tokio::test]
async fn a_failure_is_kept_where_the_store_can_still_be_written() {
    let house = House::new().await;
    house.store.feel(Mood::ReadFails);
    house.message("m1", OWN, "EN STATUS").await;
    house.step("s", OWN, 0, "").await;
    house.store.feel(Mood::Fine);
    let lines = house.journal().await;
    let outcomes: Vec<_> = lines.iter().map(|line| line.outcome).collect();
    assert_eq!(outcomes, [Outcome::Failed, Outcome::Failed]);
    let excuse = house.words(&Answer::TryLater, English);
    assert_eq!(
        kept(&house, &lines[0]).await,
        ("EN STATUS".into(), Some(excuse.clone()))
    );
    assert_eq!(kept(&house, &lines[1]).await.0, "*1414#");
    // The repetition is heard as if it came for the first time.
    assert_ne!(house.message("m1", OWN, "EN STATUS").await, Some(excuse));
}
