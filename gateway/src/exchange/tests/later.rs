//! Answers that are sent, since the carrier takes none in its response.

use saqta_data::journal::Outcome;
use saqta_data::language::Language::English;
use saqta_data::store::Tree;

use super::house::*;
use super::post::*;
use crate::carrier::{Answers, Course, IncomingSms, Thread};
use crate::dialog::answer::{Answer, Topic};
use crate::outbox::{Kind, MAX_WAITING};

/// A post whose instance takes no answers in its responses.
async fn later() -> Post {
    let mut post = Post::new().await;
    post.house.instance.answers_later = true;
    post
}

#[tokio::test]
async fn the_answer_is_a_letter_in_the_batch_of_its_journal_line() {
    let post = later().await;
    let before = post.house.store.commits.load(std::sync::atomic::Ordering::SeqCst);
    let said = post.house.message("m1", OWN, "EN STATUS").await.unwrap();
    let after = post.house.store.commits.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(after - before, 1);
    let full = post
        .house
        .words(&post.house.full(Topic::Status, INSURED).await, English);
    assert_eq!(said, full);
    let [letter] = post.house.letters().await.try_into().unwrap();
    assert_eq!(
        (letter.kind, letter.sms.text.as_str()),
        (Kind::Answer, full.as_str())
    );
    assert_eq!(letter.sms.to.reveal(), OWN);
    assert_eq!(letter.until().since(letter.entry.at).as_secs(), 600);
    let line = post.house.journal().await.pop().unwrap();
    assert_eq!(letter.entry, line);
}

#[tokio::test]
async fn a_repeated_message_has_no_second_letter() {
    let post = later().await;
    for _ in 0..3 {
        assert!(post.house.message("m1", OWN, INSURED).await.is_some());
    }
    assert_eq!(
        (post.house.letters().await.len(), post.house.journal().await.len()),
        (1, 1)
    );
    assert!(post.house.message("m2", OWN, INSURED).await.is_some());
    assert_eq!(post.house.letters().await.len(), 2);
}

#[tokio::test]
async fn silence_is_no_letter() {
    let post = later().await;
    post.house.text(OWN, "").await;
    post.house.text(OWN, "").await;
    let letters = post.house.letters().await.len();
    assert_eq!(post.house.text("MTN", INSURED).await, None);
    assert_eq!(post.house.text(OWN, "").await, None);
    assert_eq!(post.house.letters().await.len(), letters);
}

#[tokio::test(start_paused = true)]
async fn the_last_answer_to_a_phone_that_stops_is_sent() {
    let post = later().await;
    post.start();
    post.house.text(OWN, "STOP").await;
    post.pass(1).await;
    assert_eq!(
        post.carrier.texts(),
        [post.house.words(&Answer::Stopped, English)]
    );
    assert_eq!(
        (post.house.count(Tree::Outbox).await, post.figures()),
        (0, (0, 0))
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_is_a_failure_and_is_heard_when_it_comes_again() {
    let post = later().await;
    for _ in 0..MAX_WAITING {
        post.send(INSURED, OWN).await.unwrap();
    }
    let message = || incoming(Some("m1"), OWN, INSURED);
    let answered = post.house.exchange.sms(&post.house.instance, message()).await;
    assert_eq!((answered.course, said(answered)), (Course::Failed, None));
    assert_eq!(post.house.journal().await.pop().unwrap().outcome, Outcome::Failed);
    assert_eq!(post.figures(), (MAX_WAITING, 0));
    post.start();
    post.pass(1).await;
    let before = post.carrier.calls();
    let answered = post.house.exchange.sms(&post.house.instance, message()).await;
    assert_eq!(answered.course, Course::Fresh);
    post.pass(1).await;
    assert_eq!(post.carrier.calls(), before + 1);

    post.house.store.feel(Mood::CommitFails);
    let message = || incoming(Some("m2"), OWN, INSURED);
    let answered = post.house.exchange.sms(&post.house.instance, message()).await;
    assert_eq!((answered.course, said(answered)), (Course::Failed, None));
    post.house.store.feel(Mood::Fine);
    let answered = post.house.exchange.sms(&post.house.instance, message()).await;
    assert_eq!(answered.course, Course::Fresh);
}

#[tokio::test]
async fn a_letter_knows_the_number_texted_to_if_it_is_ours_and_what_the_carrier_wants_back() {
    let post = later().await;
    for (to, link, number) in [
        ("1414", Some("l-1"), Some("1414")),
        // As the carrier writes it.
        ("77771414000", None, Some("77771414000")),
        ("KASPI", None, None),
    ] {
        let sms = IncomingSms {
            to: to.into(),
            link: link.map(str::to_owned),
            ..incoming(Some(to), OWN, INSURED)
        };
        post.house.exchange.sms(&post.house.instance, sms).await;
        let expected = Thread {
            number: number.map(str::to_owned),
            link: link.map(str::to_owned),
        };
        let letters = post.house.letters().await;
        assert!(letters.iter().any(|letter| letter.thread == expected), "{to}");
    }
    assert_eq!(post.house.letters().await.len(), 3);
}
