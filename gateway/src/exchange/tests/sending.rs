//! From the outbox to the carrier.

use std::sync::Arc;
use std::time::Duration;

use saqta_data::desk::{DeskError, Refusal};
use saqta_data::journal::Outcome;
use saqta_data::language::Language::English;
use saqta_data::office::Delivery;
use saqta_data::office::{Phone, phone_key};
use saqta_data::phone::Msisdn;
use saqta_data::store::{Store, Tree};

use super::house::*;
use super::post::*;
use crate::conformance::harness::{Echo, Log};
use crate::dialog::answer::{Page, Topic};
use crate::exchange::digest;
use crate::outbox::{Kind, MAX_WAITING, Outbox};
use crate::state::Gateway;

#[tokio::test(start_paused = true)]
async fn a_status_goes_out_once_in_the_words_of_an_answer() {
    let post = Post::new().await;
    let worker = post.start();
    post.house.text(OWN, "EN").await;
    post.send(INSURED, OWN).await.unwrap();
    let line = post.house.journal().await.pop().unwrap();
    assert_eq!((line.topic.as_str(), line.language), ("send-status", English));
    post.pass(1).await;
    let full = post
        .house
        .words(&post.house.full(Topic::Status, INSURED).await, English);
    assert_eq!(post.carrier.texts().concat(), full);
    let got = post.carrier.got.lock().unwrap()[0].clone();
    assert_eq!((&got["to"], &got["encoding"]), (&OWN.into(), &"gsm7".into()));
    post.pass(60).await;
    assert_eq!((post.carrier.calls(), post.figures()), (1, (0, 0)));
    // The operator can see what was sent.
    let kept = post
        .house
        .store
        .get(Tree::Answers, &line.particulars.answer)
        .await
        .unwrap();
    assert!(String::from_utf8_lossy(&kept.unwrap()).contains(&full));
    assert_eq!(post.house.count(Tree::Outbox).await, 0);
    post.outbox().close();
    worker.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_wants_latin_letters_gets_them() {
    let post = Post::new().await;
    post.start();
    post.house.text(OWN, "KZ LAT").await;
    post.send(INSURED, OWN).await.unwrap();
    post.pass(1).await;
    let got = post.carrier.got.lock().unwrap()[0].clone();
    assert_eq!(
        (&got["encoding"], &got["parts"]),
        (&"gsm7".into(), &1.into()),
        "{got}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_sent_is_refused_and_leaves_nothing() {
    let post = Post::new().await;
    assert_eq!(
        post.send(CHILD, OWN).await,
        Err(DeskError::Refused(Refusal::NotBound))
    );
    assert_eq!(
        post.send(INSURED, STRANGER).await,
        Err(DeskError::Refused(Refusal::NotBound))
    );
    assert_eq!(
        post.send(UNKNOWN[0], OWN).await,
        Err(DeskError::Refused(Refusal::UnknownPerson))
    );
    post.house.text(OWN, "STOP").await;
    assert_eq!(
        post.send(INSURED, OWN).await,
        Err(DeskError::Refused(Refusal::Stopped))
    );
    post.house.text(OWN, "START").await;
    let lines = post.house.journal().await.len();
    post.house.store.feel(Mood::CommitFails);
    assert!(matches!(post.send(INSURED, OWN).await, Err(DeskError::Store(_))));
    post.house.store.feel(Mood::Fine);
    assert_eq!(
        (post.house.journal().await.len(), post.figures()),
        (lines, (0, 0))
    );
    let silent = Gateway::new(&[], Arc::new(Echo::default()), post.house.clock.clone()).unwrap();
    let post = Post {
        gateway: silent,
        ..post
    };
    assert_eq!(
        post.send(INSURED, OWN).await,
        Err(DeskError::Refused(Refusal::NoSender))
    );
    assert_eq!(post.house.count(Tree::Outbox).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_instance_sends_through_which_the_phone_was_last_heard() {
    let mut post = Post::new().await;
    let mut sender = async |heard: &str| {
        heard.clone_into(&mut post.house.instance.name);
        post.house.text(OWN, "STATUS").await;
        post.send(INSURED, OWN).await.unwrap();
        post.house.wait(1);
        let mut letters = post.house.letters().await;
        letters.sort_by_key(|letter| letter.entry.at);
        letters.pop().unwrap().instance
    };
    assert_eq!(sender("other").await, "other");
    assert_eq!(sender("sandbox").await, "sandbox");
    assert_eq!(sender("gone").await, "sandbox");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_failed_is_tried_again_later_and_later_behind_the_others() {
    let post = Post::new().await;
    for _ in 0..3 {
        post.carrier.answer(500, None);
    }
    post.send(INSURED, OWN).await.unwrap();
    let worker = post.start();
    post.pass(1).await;
    let first = post.carrier.texts().pop().unwrap();
    post.send(UNINSURED, FAMILY).await.unwrap();
    // 1, 2, 4 s, of each between a half and the whole.
    post.pass(9).await;
    let texts = post.carrier.texts();
    let times = texts.iter().filter(|text| **text == first).count();
    assert!(
        (3..=5).contains(&texts.len()) && times >= 2,
        "{times} of {}",
        texts.len()
    );
    assert_eq!(post.figures(), (0, 0));
    worker.abort();
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_asks_for_peace_has_it() {
    let post = Post::new().await;
    post.carrier.answer(429, Some("30"));
    post.start();
    post.send(INSURED, OWN).await.unwrap();
    post.pass(1).await;
    post.send(UNINSURED, FAMILY).await.unwrap();
    post.pass(28).await;
    assert_eq!((post.carrier.calls(), post.figures()), (1, (2, 0)));
    post.pass(3).await;
    assert_eq!((post.carrier.calls(), post.figures()), (3, (0, 0)));
}

#[tokio::test(start_paused = true)]
async fn after_ten_minutes_a_status_is_a_dead_letter_with_a_line_of_its_own() {
    let post = Post::new().await;
    post.carrier.be_away(1_000);
    post.start();
    post.send(INSURED, OWN).await.unwrap();
    post.pass(590).await;
    assert_eq!(post.figures(), (1, 0));
    // Half a minute to a minute between two attempts at last, and more often at first.
    assert!(
        (10..=30).contains(&post.carrier.calls()),
        "{}",
        post.carrier.calls()
    );
    post.pass(16).await;
    assert_eq!(post.figures(), (0, 1));
    assert_eq!(post.house.count(Tree::Outbox).await, 0);
    let lines = post.house.journal().await;
    let [sent, dead] = &lines[lines.len() - 2..] else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (dead.outcome, dead.particulars.detail.as_str()),
        (Outcome::Failed, "late")
    );
    assert_eq!(
        (&dead.who, &dead.topic, &dead.subject),
        (&sent.who, &sent.topic, &sent.subject)
    );
    let text = post.house.office.stored_answer(&sent.particulars.answer).await;
    let delivery = text.unwrap().and_then(|text| text.delivery);
    assert_eq!(
        delivery,
        Some(Delivery::Failed),
        "whoever looks at the text sees it"
    );
    assert_eq!(dead.particulars.answer, sent.particulars.answer);
    assert_eq!(post.house.count(Tree::Asked).await, 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_or_stopped_meanwhile_is_given_up_at_once() {
    let post = Post::new().await;
    post.carrier.answer(400, None);
    post.start();
    post.send(INSURED, OWN).await.unwrap();
    post.pass(1).await;
    assert_eq!((post.carrier.calls(), post.figures()), (1, (0, 1)));
    post.carrier.answer(503, None);
    post.send(INSURED, OWN).await.unwrap();
    post.pass(0).await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    post.house.text(OWN, "STOP").await;
    post.pass(5).await;
    assert_eq!((post.carrier.calls(), post.figures()), (2, (0, 2)));
    let lines = post.house.journal().await;
    let causes = lines.iter().filter(|line| line.outcome == Outcome::Failed);
    let causes: Vec<_> = causes.map(|line| line.particulars.detail.as_str()).collect();
    assert_eq!(causes, ["refused", "stopped"]);
}

#[tokio::test(start_paused = true)]
async fn a_status_does_not_go_to_a_phone_that_is_not_bound_any_more() {
    let post = Post::new().await;
    post.send(INSURED, OWN).await.unwrap();
    post.send(CHILD, FAMILY).await.unwrap();
    // Bound to another one of the family still.
    for (phone, iin) in [(OWN, INSURED), (FAMILY, CHILD)] {
        let key = phone_key(Msisdn::parse(phone).unwrap());
        let mut unit = post.house.office.begin();
        let mut known: Phone = unit.read(&key).await.unwrap().unwrap();
        known.bindings.retain(|binding| binding.iin.reveal() != iin);
        unit.write(&key, &known);
        unit.commit().await.unwrap();
    }
    post.send(UNINSURED, FAMILY).await.unwrap();
    post.start();
    post.pass(1).await;
    assert_eq!((post.carrier.calls(), post.figures()), (1, (0, 2)));
    let lines = post.house.journal().await;
    let dead: Vec<_> = lines
        .iter()
        .filter(|line| line.outcome == Outcome::Failed)
        .collect();
    assert_eq!(dead.len(), 2);
    assert!(dead.iter().all(|line| line.particulars.detail == "unbound"));
    // What an answer tells was decided when the text was heard.
    assert!(Kind::Answer.goes_to_unbound() && !Kind::Status.goes_to_unbound());
}

#[tokio::test(start_paused = true)]
async fn what_waits_survives_the_process_and_what_was_taken_is_not_sent_twice_by_one() {
    let post = Post::new().await;
    post.carrier.be_away(1);
    let worker = post.start();
    post.send(INSURED, OWN).await.unwrap();
    post.pass(0).await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(post.carrier.calls(), 1);
    worker.abort();
    let _ = worker.await;

    // Another process finds it, and cannot write down that the carrier took it.
    let outbox = Arc::new(Outbox::new(post.house.office.clone()));
    post.house.store.feel(Mood::CommitFails);
    let deliver = outbox.clone().deliver(post.gateway.clone(), post.carrier.clone());
    let worker = tokio::spawn(deliver);
    post.pass(30).await;
    assert_eq!(
        (post.carrier.calls(), post.house.count(Tree::Outbox).await),
        (2, 1)
    );
    post.house.store.feel(Mood::Fine);
    post.pass(10).await;
    assert_eq!(
        (post.carrier.calls(), post.house.count(Tree::Outbox).await),
        (2, 0)
    );
    worker.abort();
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_the_record_sends_a_status_again() {
    let post = Post::new().await;
    let worker = post.start();
    post.send(INSURED, OWN).await.unwrap();
    post.house.store.feel(Mood::CommitFails);
    post.pass(1).await;
    assert_eq!(post.carrier.calls(), 1);
    worker.abort();
    let _ = worker.await;
    post.house.store.feel(Mood::Fine);
    let outbox = Arc::new(Outbox::new(post.house.office.clone()));
    tokio::spawn(outbox.deliver(post.gateway.clone(), post.carrier.clone()));
    post.pass(1).await;
    assert_eq!(
        (post.carrier.calls(), post.house.count(Tree::Outbox).await),
        (2, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn the_queue_has_a_most_and_a_full_one_is_said() {
    let post = Post::new().await;
    for _ in 0..MAX_WAITING {
        post.send(INSURED, OWN).await.unwrap();
    }
    assert_eq!(
        post.send(INSURED, OWN).await,
        Err(DeskError::Refused(Refusal::Busy))
    );
    assert_eq!(post.figures(), (MAX_WAITING, 0));
    post.start();
    post.pass(1).await;
    assert_eq!(post.figures(), (0, 0));
    post.send(INSURED, OWN).await.unwrap();
    post.pass(1).await;
    assert_eq!(post.carrier.calls() as u64, MAX_WAITING + 1);
}

#[tokio::test(start_paused = true)]
async fn letters_to_an_instance_that_is_gone_are_given_up() {
    let post = Post::new().await;
    post.send(INSURED, OWN).await.unwrap();
    let gateway = Gateway::new(
        &[sandbox("new")],
        Arc::new(Echo::default()),
        post.house.clock.clone(),
    )
    .unwrap();
    let post = Post { gateway, ..post };
    post.start();
    post.pass(1).await;
    assert_eq!(
        (post.carrier.calls(), post.house.count(Tree::Outbox).await),
        (0, 0)
    );
    let line = post.house.journal().await.pop().unwrap();
    assert_eq!(line.particulars.detail, "no_carrier");
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_comes_after_its_instance_was_removed_is_given_up_soon() {
    let mut post = Post::new().await;
    let new = Gateway::new(
        &[sandbox("new")],
        Arc::new(Echo::default()),
        post.house.clock.clone(),
    );
    let old = std::mem::replace(&mut post.gateway, new.unwrap());
    let worker = post.start();
    post.pass(1).await;
    // Begun before the reload, as an answer promised by SMS may be.
    post.gateway = old;
    post.send(INSURED, OWN).await.unwrap();
    post.pass(60).await;
    assert_eq!(
        (post.carrier.calls(), post.house.count(Tree::Outbox).await),
        (0, 0)
    );
    let line = post.house.journal().await.pop().unwrap();
    assert_eq!(line.particulars.detail, "no_carrier");
    post.outbox().close();
    worker.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_phone_iin_or_text_of_a_letter_is_logged() {
    let log = Log::default();
    let guard = log.capture();
    let post = Post::new().await;
    for status in [429, 500, 403, 400] {
        post.carrier.answer(status, None);
    }
    post.carrier.be_away(1);
    post.start();
    for _ in 0..2 {
        post.send(INSURED, OWN).await.unwrap();
    }
    post.pass(60).await;
    assert_eq!(post.figures(), (0, 1));
    drop(guard);
    let log = log.text();
    assert!(log.contains("was given up"), "{log}");
    for private in [INSURED, "77010000001", "0007", "САҚТАНДЫРЫЛ"] {
        assert!(!log.contains(private), "{private} in {log}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_never_answers_is_not_waited_for() {
    let post = Post::new().await;
    post.carrier.answers.lock().unwrap().push_back(None);
    post.start();
    post.send(INSURED, OWN).await.unwrap();
    post.pass(9).await;
    assert_eq!((post.carrier.calls(), post.figures()), (1, (1, 0)));
    post.pass(3).await;
    assert_eq!((post.carrier.calls(), post.figures()), (2, (0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_cannot_be_read_is_a_dead_one() {
    let post = Post::new().await;
    for instance in ["sandbox", "nobody"] {
        let worker = post.start();
        post.pass(1).await;
        let key = [digest(&[instance.as_bytes()]).to_be_bytes(), [1; 8]].concat();
        let mut unit = post.house.office.begin();
        unit.change(Tree::Outbox, &key, Some(vec![9, 9]));
        unit.commit().await.unwrap();
        post.pass(6).await;
        worker.abort();
    }
    // Nobody looks for the other at once.
    assert_eq!(
        (post.house.count(Tree::Outbox).await, post.figures()),
        (1, (0, 1))
    );
    post.start();
    post.pass(1).await;
    assert_eq!(post.house.count(Tree::Outbox).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_menu_that_cannot_send_for_a_full_outbox_says_so() {
    let mut post = Post::new().await;
    post.house.instance.can_send_sms = true;
    post.house.text(OWN, "EN").await;
    for _ in 0..MAX_WAITING {
        post.send(INSURED, OWN).await.unwrap();
    }
    for (step, typed) in [(0, ""), (1, "1")] {
        post.house.step("s", OWN, step, typed).await;
    }
    let sorry = post.house.screen(&Page::TryLater, English);
    assert_eq!(post.house.step("s", OWN, 2, "4").await, sorry);
    assert_eq!(post.figures(), (MAX_WAITING, 0));
}
