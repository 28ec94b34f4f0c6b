//! USSD sessions as carriers tell of them: whole histories, ends, and what a dropped one leaves.

use saqta_data::language::Language::{English, Kazakh};

use super::house::*;
use crate::carrier::{Answers, IncomingUssd, UssdInput, UssdSession};
use crate::dialog::answer::{Answer, Page, Topic};

async fn speaking() -> House {
    let house = House::new().await;
    for phone in [OWN, FAMILY, STRANGER] {
        house.text(phone, "EN").await;
    }
    house
}

fn cumulative(session: &str, from: &str, history: &str) -> IncomingUssd {
    IncomingUssd {
        input: UssdInput::History(history.into()),
        step: None,
        ..ussd_step(session, from, 0, "*1414#", "")
    }
}

async fn said_to(house: &House, step: IncomingUssd) -> String {
    house.exchange.ussd(&house.instance, step).await.reply.text
}

/// The page after everything typed in a session.
async fn after(house: &House, session: &str, history: &str) -> String {
    said_to(house, cumulative(session, OWN, history)).await
}

async fn page(house: &House, topic: Topic) -> String {
    let page = match house.full(topic, INSURED).await {
        Answer::Status(view) => Page::Status {
            view,
            can_send_sms: house.instance.can_send_sms,
        },
        Answer::Payments(view) => Page::Payments(view),
        Answer::Debt(view) => Page::Debt(view),
        other => panic!("{other:?}"),
    };
    house.screen(&page, English)
}

fn session(id: &str, from: Option<&str>) -> UssdSession {
    UssdSession {
        id: id.into(),
        from: from.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_history_that_grows_is_walked_step_by_step() {
    let house = speaking().await;
    let (status, payments) = (
        page(&house, Topic::Status).await,
        page(&house, Topic::Payments).await,
    );
    assert_eq!(after(&house, "a", "").await, house.screen(&Page::Main, English));
    assert_eq!(after(&house, "a", "1").await, status);
    assert_eq!(after(&house, "a", "1*1").await, payments);
    // The same address twice without anything new.
    let lines = house.journal().await.len();
    assert_eq!(after(&house, "a", "1*1").await, payments);
    assert_eq!(house.journal().await.len(), lines);
    // A star typed leads nowhere, and neither does another.
    assert_eq!(after(&house, "a", "1*1**").await, payments);
    assert_eq!(after(&house, "a", "1*1****").await, payments);
    assert_eq!(after(&house, "a", "1*1*****0").await, status);
}

#[tokio::test]
async fn a_history_out_of_nowhere_is_gone_through_from_the_start() {
    let house = speaking().await;
    let (status, debt) = (page(&house, Topic::Status).await, page(&house, Topic::Debt).await);
    assert_eq!(after(&house, "a", INSURED).await, status);
    assert_eq!(after(&house, "b", "1*2").await, debt);
    assert_eq!(after(&house, "c", &format!("2*{INSURED}*2")).await, debt);
    assert_eq!(after(&house, "d", &format!("{INSURED}*2")).await, debt);
    let slip = crate::dialog::answer::IinSlip::WrongLength { digits: 3 };
    assert_eq!(
        after(&house, "e", "123").await,
        house.screen(&Page::TypeIinAgain(slip), English)
    );
    // The session became too old while the carrier kept it.
    house.wait(299);
    assert_eq!(after(&house, "d", &format!("{INSURED}*2*0")).await, status);
}

#[tokio::test]
async fn a_history_that_chose_a_language_chooses_it_again() {
    let house = House::new().await;
    assert_eq!(
        after(&house, "a", "").await,
        house.screen(&Page::Languages, Kazakh)
    );
    assert_eq!(after(&house, "a", "3").await, house.screen(&Page::Main, English));
    assert_eq!(after(&house, "a", "3*1").await, page(&house, Topic::Status).await);
    house.wait(200);
    // Not "language" of the start page.
    assert_eq!(
        after(&house, "a", "3*1*1").await,
        page(&house, Topic::Payments).await
    );
    let again = after(&house, "b", "1*1").await;
    assert_eq!(
        again,
        page(&house, Topic::Payments).await,
        "a fresh dial begins at the start page"
    );
}

#[tokio::test]
async fn what_is_gone_through_again_is_not_sent_again() {
    let mut house = speaking().await;
    house.instance.can_send_sms = true;
    after(&house, "a", "1*4").await;
    assert_eq!(house.letters().await.len(), 1);
    house.wait(200);
    assert_eq!(
        after(&house, "a", "1*4*0").await,
        page(&house, Topic::Status).await
    );
    assert_eq!(house.letters().await.len(), 1);
}

#[tokio::test]
async fn steps_without_numbers_are_repeated_at_once_only() {
    let house = speaking().await;
    let typed = |typed: &str| IncomingUssd {
        step: None,
        ..ussd_step("a", OWN, 1, "*1414#", typed)
    };
    let dialled = || IncomingUssd {
        step: None,
        ..ussd_step("a", OWN, 0, "*1414#", "")
    };
    let main = house.screen(&Page::Main, English);
    assert_eq!(said_to(&house, dialled()).await, main);
    house.wait(9);
    assert_eq!(said_to(&house, dialled()).await, main, "started twice");
    assert_eq!(
        said_to(&house, typed("1")).await,
        page(&house, Topic::Status).await
    );
    assert_eq!(
        said_to(&house, typed("1")).await,
        page(&house, Topic::Status).await
    );
    house.wait(3);
    assert_eq!(
        said_to(&house, typed("1")).await,
        page(&house, Topic::Payments).await
    );
}

#[tokio::test]
async fn an_end_closes_the_session_it_names() {
    let house = speaking().await;
    let ended = async |id: &str, from| {
        house
            .exchange
            .ussd_ended(&house.instance, session(id, from))
            .await
    };
    let active = async |id: &str| {
        house
            .exchange
            .ussd_active(&house.instance, session(id, None))
            .await
    };
    for from in [Some(OWN), None] {
        house.step("a", OWN, 0, "").await;
        house.step("a", OWN, 1, "2").await;
        assert!(active("a").await && !active("b").await);
        assert!(!ended("b", from).await, "a session never seen");
        assert!(ended("a", from).await);
        assert!(!active("a").await && !ended("a", from).await);
        // What comes in it after all gets the start page.
        assert_eq!(
            house.step("a", OWN, 2, INSURED).await,
            house.screen(&Page::Main, English)
        );
    }
    house.step("b", OWN, 0, "").await;
    assert!(!ended("a", None).await, "an older session");
    assert!(active("b").await);
    house.wait(180);
    assert!(!active("b").await);
    assert!(!ended("b", Some("MTN")).await);
}

#[tokio::test]
async fn a_carrier_may_name_the_phone_at_the_start_only() {
    let house = speaking().await;
    let nameless = |session: &str, step, typed: &str| IncomingUssd {
        session: UssdSession {
            id: session.into(),
            from: None,
        },
        ..ussd_step(session, OWN, step, "", typed)
    };
    house.step("a", OWN, 0, "").await;
    // It is 12:00; the session is found after midnight too.
    house.wait(12 * 3600 - 100);
    house.step("b", OWN, 0, "").await;
    house.wait(150);
    assert_eq!(
        said_to(&house, nameless("b", 1, "1")).await,
        page(&house, Topic::Status).await
    );
    let stray = house.exchange.ussd(&house.instance, nameless("c", 1, "1")).await;
    assert_eq!(
        (stray.reply.text, stray.reply.end),
        (house.screen(&Page::TryLater, Kazakh), true)
    );
}

#[tokio::test]
async fn the_last_answer_of_a_dropped_session_is_offered_for_five_minutes() {
    let house = speaking().await;
    let (main, again) = (
        house.screen(&Page::Main, English),
        house.screen(&Page::MainAgain, English),
    );
    let payments = page(&house, Topic::Payments).await;
    let drop_after = async |id: &str| {
        house.step(id, OWN, 0, "").await;
        house.step(id, OWN, 1, "1").await;
        house.step(id, OWN, 2, "1").await;
    };
    // Dialled anew while the carrier still holds the old one.
    drop_after("a").await;
    assert_eq!(house.step("b", OWN, 0, "").await, again);
    assert_eq!(house.step("b", OWN, 1, "4").await, payments);
    assert_eq!(house.step("b", OWN, 2, "0").await, again);
    // Dropped before it showed anything: the older answer stays on offer.
    assert_eq!(house.step("c", OWN, 0, "").await, again);
    assert_eq!(house.step("d", OWN, 0, "").await, again);
    // The carrier said that it is over, and five minutes have gone.
    drop_after("e").await;
    house.wait(100);
    assert!(
        house
            .exchange
            .ussd_ended(&house.instance, session("e", None))
            .await
    );
    house.wait(299);
    assert_eq!(house.step("f", OWN, 0, "").await, again);
    house.wait(300);
    assert_eq!(house.step("g", OWN, 0, "").await, main);
    assert_eq!(house.step("g", OWN, 1, "4").await, main, "the number stays free");
    // Another phone is offered nothing.
    assert_eq!(house.step("h", STRANGER, 0, "").await, main);
}

#[tokio::test]
async fn a_step_whose_carrier_has_gone_is_heard_when_it_comes_again() {
    let house = speaking().await;
    after(&house, "a", "").await;
    house.store.feel(Mood::CommitHangs);
    // The connection breaks, and with it goes whoever waited for the page.
    let gone = tokio::time::timeout(std::time::Duration::from_millis(20), after(&house, "a", "1")).await;
    assert!(gone.is_err());
    house.store.feel(Mood::Fine);
    let lines = house.journal().await.len();
    assert_eq!(after(&house, "a", "1").await, page(&house, Topic::Status).await);
    assert_eq!(house.journal().await.len(), lines + 1);
}
