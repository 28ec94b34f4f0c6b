//! Receipts: what a carrier says of an SMS is kept with its text.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Response;
use saqta_data::office::Delivery;
use saqta_data::store::unit::Record;
use saqta_data::store::{Batch, Scan, Store, Tree};

use super::house::*;
use super::post::*;
use crate::carrier::Answers;
use crate::carrier::adapter::Receipt;
use crate::carrier::config::{InstanceConfig, Secret};
use crate::conformance::harness::{Echo, Log};
use crate::error::Refusal;
use crate::exchange::SentAs;
use crate::state::Gateway;

/// A post that has sent a status, which the carrier has under the id `c-1`.
async fn sent() -> Post {
    sent_through(
        "infobip",
        r#"{"messages":[{"messageId":"c-1","status":{"groupName":"PENDING"}}]}"#,
    )
    .await
}

/// A post that has sent a status through a carrier of this kind, which took it with these words.
async fn sent_through(kind: &str, taken: &'static str) -> Post {
    let post = Post::new().await;
    let mut config = InstanceConfig {
        kind: kind.into(),
        ..sandbox("sandbox")
    };
    config.send.user = (kind == "vonage").then(|| Secret::new("user"));
    config.send.password = Some(Secret::new("key"));
    config.send.from = Some("1414".into());
    let gateway = Gateway::new(&[config], Arc::new(Echo::default()), post.house.clock.clone()).unwrap();
    let post = Post { gateway, ..post };
    let answer = Response::new(Bytes::from_static(taken.as_bytes()));
    post.carrier.answers.lock().unwrap().push_back(Some(Ok(answer)));
    post.start();
    post.send(INSURED, OWN).await.unwrap();
    post.pass(1).await;
    assert_eq!((post.carrier.calls(), post.figures()), (1, (0, 0)));
    post
}

async fn tell(post: &Post, id: &str, delivery: Delivery) -> Result<bool, Refusal> {
    let id = id.to_owned();
    let receipt = Receipt { id, delivery };
    post.house.exchange.receipt(&post.house.instance, receipt).await
}

/// What the operator sees at the line of the status.
async fn seen(post: &Post) -> Option<Delivery> {
    let line = post.house.journal().await.pop().unwrap();
    let key = line.particulars.answer;
    let stored = post.house.office.stored_answer(&key).await.unwrap();
    stored.and_then(|stored| stored.delivery)
}

#[tokio::test(start_paused = true)]
async fn what_became_of_a_text_is_kept_with_it_and_does_not_go_back() {
    let post = sent().await;
    assert_eq!(seen(&post).await, Some(Delivery::Pending));
    for (told, expected) in [
        (Delivery::Pending, Delivery::Pending),
        (Delivery::Delivered, Delivery::Delivered),
        (Delivery::Pending, Delivery::Delivered),
        (Delivery::Failed, Delivery::Delivered),
    ] {
        assert_eq!(tell(&post, "c-1", told).await, Ok(true));
        assert_eq!(seen(&post).await, Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_in_parts_has_arrived_once_all_have_and_failed_if_one_did() {
    let taken = r#"{"messages":[{"status":"0","message-id":"p-1"},{"status":"0","message-id":"p-2"}]}"#;
    let post = sent_through("vonage", taken).await;
    for (part, told, expected) in [
        ("p-1", Delivery::Delivered, Delivery::Pending),
        ("p-2", Delivery::Pending, Delivery::Pending),
        ("p-1", Delivery::Failed, Delivery::Pending),
        ("p-2", Delivery::Failed, Delivery::Failed),
        ("p-1", Delivery::Delivered, Delivery::Failed),
    ] {
        assert_eq!(tell(&post, part, told).await, Ok(true));
        assert_eq!(seen(&post).await, Some(expected), "{part} {told:?}");
    }
    let post = sent_through("vonage", taken).await;
    for (part, expected) in [("p-2", Delivery::Pending), ("p-1", Delivery::Delivered)] {
        assert_eq!(tell(&post, part, Delivery::Delivered).await, Ok(true));
        assert_eq!(seen(&post).await, Some(expected), "{part}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_that_cannot_be_read_keeps_no_letter_in_the_queue() {
    let post = Post::new().await;
    post.send(INSURED, OWN).await.unwrap();
    post.send(INSURED, OWN).await.unwrap();
    let letter = post.house.letters().await.remove(0);
    let batch = Batch {
        change: vec![(Tree::Answers, letter.entry.particulars.answer, Some(vec![0xff]))],
        ..Batch::default()
    };
    post.house.store.commit(batch).await.unwrap();
    post.carrier.answer(400, None);
    post.start();
    post.pass(1).await;
    assert_eq!(
        (post.carrier.calls(), post.figures()),
        (2, (0, 1)),
        "one given up, one sent"
    );
}

#[test]
fn what_the_version_before_noted_is_read() {
    let text = b"key".to_vec();
    let before = saqta_data::store::codec::seal(1, &text);
    assert_eq!(SentAs::decode(&before).unwrap(), SentAs::new(&text, Vec::new()));
    let before = saqta_data::store::codec::seal(2, &(&text, None::<Delivery>));
    assert_eq!(SentAs::decode(&before).unwrap(), SentAs::new(&text, Vec::new()));
    assert!(SentAs::decode(&[3]).is_err());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_is_said_and_is_forgotten_after_two_days() {
    let mut post = sent().await;
    assert_eq!(tell(&post, "c-2", Delivery::Delivered).await, Ok(false));
    "other".clone_into(&mut post.house.instance.name);
    assert_eq!(tell(&post, "c-1", Delivery::Delivered).await, Ok(false));
    "sandbox".clone_into(&mut post.house.instance.name);
    post.house.wait(47 * 3600);
    post.house
        .office
        .tidy(&saqta_data::office::Retention::default())
        .await
        .unwrap();
    assert_eq!(tell(&post, "c-1", Delivery::Failed).await, Ok(true));
    assert_eq!(seen(&post).await, Some(Delivery::Failed));
    post.house.wait(48 * 3600);
    post.house
        .office
        .tidy(&saqta_data::office::Retention::default())
        .await
        .unwrap();
    assert_eq!(tell(&post, "c-1", Delivery::Delivered).await, Ok(false));
    assert_eq!(post.house.count(Tree::Limits).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_names_no_id_tells_by_ours() {
    let post = Post::new().await;
    post.start();
    post.send(INSURED, OWN).await.unwrap();
    let key = post.house.store.scan(Scan::of(Tree::Outbox, 1)).await.unwrap();
    post.pass(1).await;
    assert_eq!(post.carrier.calls(), 1);
    let ours = hex::encode(&key[0].0);
    assert_eq!(tell(&post, &ours, Delivery::Delivered).await, Ok(true));
    assert_eq!(seen(&post).await, Some(Delivery::Delivered));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_cannot_be_noted_is_to_come_again() {
    let post = sent().await;
    let log = Log::default();
    let guard = log.capture();
    for mood in [Mood::ReadFails, Mood::CommitFails, Mood::AlwaysConflict] {
        post.house.store.feel(mood);
        assert_eq!(
            tell(&post, "c-1", Delivery::Delivered).await,
            Err(Refusal::Unkept)
        );
    }
    drop(guard);
    let told = log.text();
    assert_eq!(told.matches("could not be noted").count(), 3, "{told}");
    assert!(!told.contains("a citizen was asked"), "{told}");
    post.house.store.feel(Mood::Fine);
    assert_eq!(seen(&post).await, Some(Delivery::Pending));
    assert_eq!(tell(&post, "c-1", Delivery::Delivered).await, Ok(true));
}
