//! Answers that follow a late USSD page by SMS.

use std::sync::atomic::Ordering;

use saqta_data::journal::Door;
use saqta_data::language::Language::{English, Kazakh};
use saqta_data::store::Tree;

use super::house::*;
use super::post::*;
use crate::carrier::{Answers, UssdInput, UssdPage};
use crate::dialog::answer::{Page, Topic};
use crate::exchange::late::MAX_PROMISES;
use crate::outbox::Kind;

/// A post whose instance can send, and whose own phone speaks English.
async fn sending() -> Post {
    let mut post = Post::new().await;
    post.house.instance.can_send_sms = true;
    post.house.text(OWN, "EN").await;
    post.house.clear(&[Tree::Journal]).await;
    post
}

/// The page of a step while the store is in `mood`.
async fn page_in(post: &Post, mood: Mood, phone: &str, step: u64, typed: &str) -> UssdPage {
    post.house.store.feel(mood);
    let step = ussd_step("s", phone, step, "*1414#", typed);
    let page = post.house.exchange.ussd(&post.house.instance, step).await.reply;
    post.house.store.feel(Mood::Fine);
    page
}

/// Lets time pass while promises are kept.
async fn pass(post: &Post, seconds: u64) {
    tokio::select! {
        () = post.house.exchange.keep_promises() => unreachable!("it runs until it is dropped"),
        () = post.pass(seconds) => {}
    }
}

async fn full(post: &Post, topic: Topic) -> String {
    let answer = post.house.full(topic, INSURED).await;
    post.house.words(&answer, English)
}

#[tokio::test(start_paused = true)]
async fn the_last_page_says_that_an_sms_comes_and_it_comes() {
    let post = sending().await;
    post.start();
    post.house.step("s", OWN, 0, "").await;
    post.house.step("s", OWN, 1, "2").await;
    let page = page_in(&post, Mood::CommitHangs, OWN, 2, INSURED).await;
    let promise = post.house.screen(&Page::AnswerBySms, English);
    assert_eq!((page.text, page.end), (promise, true));
    assert_eq!(post.house.count(Tree::Outbox).await, 0);
    pass(&post, 3).await;
    assert_eq!(post.carrier.texts(), [full(&post, Topic::Status).await]);
    let lines = post.house.journal().await;
    let sms: Vec<_> = lines
        .iter()
        .filter(|line| matches!(line.door, Door::Sms(_)))
        .collect();
    assert_eq!(
        (sms.len(), sms[0].topic.as_str()),
        (1, "status"),
        "besides the steps"
    );
    pass(&post, 700).await;
    assert_eq!((post.carrier.calls(), post.house.exchange.promised()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_pressed_is_asked_by_sms_in_its_own_words() {
    for (pressed, topic) in [("1", Topic::Payments), ("2", Topic::Debt), ("3", Topic::Clinic)] {
        let post = sending().await;
        post.house.step("s", OWN, 0, "").await;
        post.house.step("s", OWN, 1, "1").await;
        let page = page_in(&post, Mood::CommitHangs, OWN, 2, pressed).await;
        assert_eq!(page.text, post.house.screen(&Page::AnswerBySms, English));
        pass(&post, 2).await;
        let [letter] = post.house.letters().await.try_into().unwrap();
        assert_eq!(
            (letter.kind, letter.sms.text),
            (Kind::Answer, full(&post, topic).await)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_that_sends_is_not_promised_beside_what_it_may_have_sent() {
    let post = sending().await;
    post.house.step("s", OWN, 0, "").await;
    post.house.step("s", OWN, 1, "1").await;
    let page = page_in(&post, Mood::CommitHangs, OWN, 2, "4").await;
    assert_eq!(page.text, post.house.screen(&Page::TryLater, English));
    assert_eq!(post.house.exchange.promised(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_fails_again_and_again_is_answered_once() {
    let post = sending().await;
    post.house.step("s", OWN, 0, "").await;
    post.house.step("s", OWN, 1, "2").await;
    for _ in 0..3 {
        let page = page_in(&post, Mood::AlwaysConflict, OWN, 2, INSURED).await;
        assert!(page.end);
        assert_eq!(post.house.exchange.promised(), 1);
    }
    pass(&post, 2).await;
    assert_eq!(post.house.letters().await.len(), 1);
    // The same step late again, after its answer went out.
    page_in(&post, Mood::ReadHangs, OWN, 2, INSURED).await;
    assert_eq!(post.house.exchange.promised(), 1);
    pass(&post, 2).await;
    assert_eq!(
        (post.house.letters().await.len(), post.house.exchange.promised()),
        (1, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn while_the_session_cannot_be_read_a_typed_iin_is_a_question_and_a_key_is_none() {
    let post = sending().await;
    let (promise, later) = (
        post.house.screen(&Page::AnswerBySms, Kazakh),
        post.house.screen(&Page::TryLater, Kazakh),
    );
    let dialled = format!("*1414*{INSURED}#");
    let history = format!("2*{INSURED}");
    for (input, due) in [
        (UssdInput::Dialled(dialled.clone()), &promise),
        (UssdInput::DialledOrTyped(dialled), &promise),
        (UssdInput::History(history), &promise),
        (UssdInput::Typed(INSURED.into()), &promise),
        (UssdInput::Typed("900101300008".into()), &later),
        (UssdInput::Typed("1".into()), &later),
        (UssdInput::Dialled("*1414#".into()), &later),
        (UssdInput::History(String::new()), &later),
    ] {
        post.house.store.feel(Mood::ReadHangs);
        let mut step = ussd_step("s", OWN, 1, "*1414#", "x");
        step.input = input;
        let page = post.house.exchange.ussd(&post.house.instance, step).await.reply;
        assert_eq!((&page.text, page.end), (due, true));
    }
    post.house.store.feel(Mood::Fine);
    pass(&post, 2).await;
    // All four asked the same.
    let [letter] = post.house.letters().await.try_into().unwrap();
    assert_eq!(letter.sms.text, full(&post, Topic::Status).await);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_promised_that_cannot_be_kept() {
    let mut post = sending().await;
    let later = post.house.screen(&Page::TryLater, English);
    // A page about nobody.
    let page = page_in(&post, Mood::CommitHangs, OWN, 0, "").await;
    assert_eq!(page.text, later);
    // A store that failed is not slow.
    for mood in [Mood::CommitFails, Mood::ReadFails] {
        let page = page_in(&post, mood, OWN, 1, INSURED).await;
        assert_ne!(page.text, post.house.screen(&Page::AnswerBySms, English));
        assert!(page.end);
    }
    // The carrier cannot send; the sender may be anybody.
    post.house.instance.can_send_sms = false;
    assert_eq!(
        page_in(&post, Mood::CommitHangs, OWN, 1, INSURED).await.text,
        later
    );
    post.house.instance.can_send_sms = true;
    post.house.instance.believes_sender = false;
    assert_eq!(
        page_in(&post, Mood::CommitHangs, OWN, 1, INSURED).await.text,
        later
    );
    post.house.instance.believes_sender = true;
    // The phone wants no SMS.
    post.house.text(OWN, "STOP").await;
    assert_eq!(
        page_in(&post, Mood::CommitHangs, OWN, 1, INSURED).await.text,
        later
    );
    assert_eq!(post.house.exchange.promised(), 0);
    // Where that cannot be read in time, it holds when the answer is made.
    page_in(&post, Mood::ReadHangs, OWN, 1, INSURED).await;
    assert_eq!(post.house.exchange.promised(), 1);
    pass(&post, 2).await;
    assert_eq!(
        (
            post.house.count(Tree::Outbox).await,
            post.house.exchange.promised()
        ),
        (0, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn attempts_grow_rare_and_end_after_ten_minutes() {
    let post = sending().await;
    page_in(&post, Mood::ReadHangs, OWN, 1, INSURED).await;
    post.house.store.feel(Mood::ReadHangs);
    let before = post.house.store.hung.load(Ordering::SeqCst);
    pass(&post, 590).await;
    let attempts = post.house.store.hung.load(Ordering::SeqCst) - before;
    assert!((10..=16).contains(&attempts), "{attempts}");
    assert_eq!(post.house.exchange.promised(), 1);
    pass(&post, 80).await;
    assert_eq!(post.house.exchange.promised(), 0);
    post.house.store.feel(Mood::Fine);
    pass(&post, 100).await;
    assert_eq!(post.house.count(Tree::Outbox).await, 0);
}

#[tokio::test(start_paused = true)]
async fn promises_are_bounded_and_those_beyond_are_told_to_try_later() {
    let post = sending().await;
    let phone = |n: usize| format!("+7707{n:07}");
    for n in 0..MAX_PROMISES {
        page_in(&post, Mood::ReadHangs, &phone(n), 1, INSURED).await;
    }
    assert_eq!(post.house.exchange.promised(), MAX_PROMISES);
    let page = page_in(&post, Mood::ReadHangs, OWN, 1, INSURED).await;
    assert_eq!(page.text, post.house.screen(&Page::TryLater, Kazakh));
    assert_eq!(post.house.exchange.promised(), MAX_PROMISES);
}
