//! One message has one answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use saqta_data::language::Language;
use saqta_data::registry::Registry;
use saqta_data::store::Tree;

use super::house::*;
use crate::carrier::{Answers, Course, Ids, IncomingSms, Part};
use crate::dialog::answer::{Answer, Topic};

#[tokio::test]
async fn a_repeated_message_gets_its_old_answer_and_a_new_one_the_new() {
    let house = House::new().await;
    let text = format!("status {UNINSURED}");
    let first = house.message("m1", STRANGER, &text).await;
    let uninsured = Answer::Unbound {
        insured: false,
        data_date: Some(today()),
    };
    assert_eq!(first, Some(house.words(&uninsured, Language::English)));

    house
        .import(
            Registry::Categories,
            &format!("{UNINSURED},student,2020-01-01,\n"),
        )
        .await;
    house.wait(47 * 3600);
    let lines = house.journal().await.len();
    assert_eq!(house.message("m1", STRANGER, &text).await, first);
    assert_eq!(house.journal().await.len(), lines);
    assert_eq!(house.store.barriers.load(Ordering::SeqCst), 1);
    assert_ne!(house.message("m2", STRANGER, &text).await, first);

    house.wait(3601);
    assert_ne!(house.message("m1", STRANGER, &text).await, first);
}

#[tokio::test]
async fn an_answer_is_repeated_two_midnights_later() {
    let house = House::new().await;
    house.wait(11 * 3600 + 3599);
    let first = house.message("m1", OWN, INSURED).await;
    house
        .import(Registry::Attachments, &format!("{INSURED},C1,2026-01-01\n"))
        .await;
    house.wait(48 * 3600 - 1);
    let lines = house.journal().await.len();
    assert_eq!(house.message("m1", OWN, INSURED).await, first);
    assert_eq!(house.journal().await.len(), lines);
}

#[tokio::test]
async fn another_text_or_sender_or_carrier_under_an_id_is_another_message() {
    let mut house = House::new().await;
    let status = house.message("m1", OWN, "STATUS").await;
    let payments = house.message("m1", OWN, "PAY").await;
    assert_ne!(status, payments);
    assert_ne!(house.message("m1", FAMILY, "STATUS").await, status);
    assert_eq!(house.message("m1", OWN, "PAY").await, payments);
    assert_eq!(house.message("m1", OWN, "STATUS").await, status);
    assert_eq!(house.journal().await.len(), 3);
    house.instance.name = "kannel".into();
    assert_eq!(house.message("m1", OWN, "STATUS").await, status);
    assert_eq!(house.journal().await.len(), 4);
}

#[test]
fn another_message_under_an_id_is_odd_for_48_hours() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let odd = |sign: &str| recorder.handle().render().contains(sign);
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let house = House::new().await;
            house.message("m1", OWN, "STATUS").await;
            house.message("m2", OWN, "STATUS").await;
            house.message("m1", OWN, "STATUS").await;
            house.wait(48 * 3600 - 1);
            assert!(!odd("saqta_odd_ids_total{"));
            house.message("m1", OWN, "PAY").await;
            assert!(odd(r#"saqta_odd_ids_total{instance="sandbox"} 1"#));
            house.wait(1);
            house.message("m2", OWN, "PAY").await;
            assert!(odd(r#"saqta_odd_ids_total{instance="sandbox"} 1"#));
        });
    });
}

#[tokio::test]
async fn an_answer_tells_how_it_came_about() {
    let house = House::new().await;
    let course = async || {
        let sms = incoming(Some("m1"), OWN, "status");
        house.exchange.sms(&house.instance, sms).await.course
    };
    assert_eq!(course().await, Course::Fresh);
    assert_eq!(course().await, Course::Repeated);
    let page = async || {
        let step = ussd_step("s", OWN, 0, "*1414#", "");
        house.exchange.ussd(&house.instance, step).await.course
    };
    assert_eq!(page().await, Course::Fresh);
    assert_eq!(page().await, Course::Repeated);
    house.store.feel(Mood::CommitFails);
    assert_eq!((course().await, page().await), (Course::Failed, Course::Failed));
}

#[tokio::test]
async fn silence_is_repeated_too() {
    let house = House::new().await;
    house.text(OWN, "STOP").await;
    assert_eq!(house.message("m1", OWN, "STATUS").await, None);
    house.text(OWN, "START").await;
    assert_eq!(house.message("m1", OWN, "STATUS").await, None);
    assert!(house.message("m2", OWN, "STATUS").await.is_some());
}

#[tokio::test]
async fn without_an_id_the_same_text_within_ten_seconds_is_the_same_message() {
    let house = House::new().await;
    let send = |text: &'static str| async {
        said(
            house
                .exchange
                .sms(&house.instance, incoming(None, OWN, text))
                .await,
        )
    };
    let first = send("LAT").await;
    house.wait(9);
    assert_eq!(send("LAT").await, first);
    assert_eq!(house.journal().await.len(), 1);
    house.wait(1);
    assert_ne!(send("LAT").await, first);
    assert_eq!(house.journal().await.len(), 2);
}

#[tokio::test]
async fn a_hundred_copies_at_once_have_one_line_and_one_answer() {
    let house = Arc::new(House::new().await);
    let copies = (0..100).map(|_| {
        let house = house.clone();
        tokio::spawn(async move { house.message("m1", OWN, "LAT").await })
    });
    let copies: Vec<_> = copies.collect();
    let mut answers = Vec::new();
    for copy in copies {
        answers.push(copy.await.unwrap());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(house.journal().await.len(), 1);
    assert_eq!(house.count(Tree::Answers).await, 1);
}

#[tokio::test]
async fn a_hundred_copies_through_two_gateways_have_one_line_and_one_answer() {
    let house = Arc::new(House::new().await);
    let twin = Arc::new(crate::exchange::Exchange::new(
        house.office.clone(),
        house.voice.clone(),
        crate::exchange::Policy::default(),
    ));
    let copies: Vec<_> = (0..100)
        .map(|n| {
            let (house, twin) = (house.clone(), twin.clone());
            tokio::spawn(async move {
                let exchange = if n % 2 == 0 { &house.exchange } else { &*twin };
                said(
                    exchange
                        .sms(&house.instance, incoming(Some("m1"), OWN, "LAT"))
                        .await,
                )
            })
        })
        .collect();
    let mut answers = Vec::new();
    for copy in copies {
        answers.push(copy.await.unwrap());
    }
    assert!(answers[0].is_some() && answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(house.journal().await.len(), 1);
}

#[tokio::test]
async fn a_hundred_messages_of_one_phone_at_once_are_all_answered() {
    let house = Arc::new(House::new().await);
    house.store.commits.store(0, Ordering::SeqCst);
    let texts: Vec<_> = (0..100)
        .map(|n| {
            let house = house.clone();
            tokio::spawn(async move { house.message(&format!("m{n}"), OWN, "status").await })
        })
        .collect();
    let expected = house.words(&house.full(Topic::Status, INSURED).await, Language::English);
    for text in texts {
        assert_eq!(text.await.unwrap().as_ref(), Some(&expected));
    }
    assert_eq!(house.journal().await.len(), 100);
    // They took turns: none was refused and heard again.
    assert_eq!(house.store.commits.load(Ordering::SeqCst), 100);
}

/// A text of two parts, of which these are joined; the first by which it is known is `ids[0]`.
fn joined(text: &str, ids: &[&str]) -> IncomingSms {
    IncomingSms {
        part: Some(Part {
            reference: "7".into(),
            number: 1,
            total: 2,
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        }),
        ..incoming(Some(ids[0]), OWN, text)
    }
}

#[tokio::test]
async fn a_part_that_comes_again_alone_after_the_whole_is_known() {
    let house = House::new().await;
    let hear = async |sms| house.exchange.sms(&house.instance, sms).await.course;
    let whole = || joined(&format!("STATUS {INSURED}"), &["a", "b"]);
    assert_eq!(hear(whole()).await, Course::Fresh);
    let lines = house.journal().await.len();
    // As after a restart, when nobody remembers what was joined.
    assert_eq!(hear(joined(INSURED, &["b"])).await, Course::Repeated);
    assert_eq!(hear(joined("STATUS ", &["a"])).await, Course::Repeated);
    assert_eq!(hear(whole()).await, Course::Repeated);
    assert_eq!(house.journal().await.len(), lines);
    assert_eq!(
        hear(joined(INSURED, &["c"])).await,
        Course::Fresh,
        "of another text"
    );
    let of_another = IncomingSms {
        from: FAMILY.into(),
        ..joined(CHILD, &["b"])
    };
    assert_eq!(hear(of_another).await, Course::Fresh, "of another sender");
}

#[tokio::test]
async fn where_ids_are_not_signed_the_same_text_is_heard_once_a_minute() {
    let mut house = House::new().await;
    house.instance.ids = Ids::Unproven;
    let hear = async |id: &str, text: &str| {
        let sms = incoming(Some(id), OWN, text);
        house.exchange.sms(&house.instance, sms).await.course
    };
    assert_eq!(hear("1", "STATUS").await, Course::Fresh);
    assert_eq!(hear("2", "STATUS").await, Course::Repeated, "a replay");
    assert_eq!(hear("3", "PAY").await, Course::Fresh);
    house.wait(60);
    assert_eq!(hear("4", "STATUS").await, Course::Fresh, "asked again");
    assert_eq!(
        hear("1", "STATUS").await,
        Course::Repeated,
        "its id is known for long"
    );
}

#[tokio::test]
async fn where_ids_are_not_signed_the_same_number_answers_each_question_once() {
    let mut house = House::new().await;
    house.instance.ids = Ids::Unproven;
    house.text(FAMILY, "EN").await;
    let hear = async |text: &str| {
        house.wait(1);
        let id = house.clock.now().millis().to_string();
        let sms = incoming(Some(&id), FAMILY, text);
        house.exchange.sms(&house.instance, sms).await
    };
    hear("STATUS").await;
    let status = hear("1").await;
    assert_eq!(status.course, Course::Fresh);
    assert_eq!(hear("1").await.course, Course::Repeated, "a replay");
    hear("PAY").await;
    let payments = hear("1").await;
    assert_eq!(payments.course, Course::Fresh, "to another question");
    assert_ne!(payments.reply, status.reply);
    // Who has seen all of them has nothing more of it: what asks a question is not heard again so soon.
    for text in ["1", "STATUS", "1", "PAY", "1"] {
        assert_eq!(hear(text).await.course, Course::Repeated, "{text}");
    }
}

/// Whoever gets a question once more would answer that one: here, not whom to lock.
#[tokio::test]
async fn a_question_that_is_repeated_leaves_no_other_one_waiting() {
    let mut house = House::new().await;
    house.instance.ids = Ids::Unproven;
    house.text(FAMILY, "EN").await;
    let hear = async |text: &str| {
        house.wait(1);
        let id = house.clock.now().millis().to_string();
        let sms = incoming(Some(&id), FAMILY, text);
        house.exchange.sms(&house.instance, sms).await
    };
    let status = hear("STATUS").await;
    let lock = hear("LOCK").await;
    assert_eq!(lock.course, Course::Fresh);
    let again = hear("STATUS").await;
    assert_eq!((again.course, again.reply), (Course::Repeated, status.reply));
    let crate::carrier::SmsReply::Text(chosen) = hear("2").await.reply else {
        panic!("silence")
    };
    assert!(!chosen.text.contains("is hidden"), "nobody is locked");
}

/// What a carrier sends again, and what asks nothing, is no second thought of the citizen.
#[tokio::test]
async fn a_question_waits_on_when_a_message_before_it_comes_again() {
    let mut house = House::new().await;
    house.instance.ids = Ids::Unproven;
    house.text(FAMILY, "EN").await;
    let hear = async |id: &str, text: &str| {
        house.wait(1);
        let sms = incoming(Some(id), FAMILY, text);
        house.exchange.sms(&house.instance, sms).await
    };
    for (id, text) in [("1", "STATUS"), ("2", "HELP"), ("3", "PAY")] {
        assert_eq!(hear(id, text).await.course, Course::Fresh, "{text}");
    }
    assert_eq!(hear("1", "STATUS").await.course, Course::Repeated, "sent again");
    assert_eq!(hear("4", "HELP").await.course, Course::Repeated, "asks nothing");
    let crate::carrier::SmsReply::Text(chosen) = hear("5", "2").await.reply else {
        panic!("silence")
    };
    assert!(chosen.text.contains("Last 12 months"), "{}", chosen.text);
}
