//! The USSD menu over the store.

use std::sync::atomic::Ordering;

use saqta_data::journal::{Door, Outcome};
use saqta_data::language::Language::{English, Kazakh, Russian};
use saqta_data::office::phone_key;
use saqta_data::phone::Msisdn;

use super::house::*;
use crate::carrier::Answers;
use crate::dialog::answer::{Answer, IinSlip, Page, Topic};

/// The page of a full answer.
async fn page(house: &House, topic: Topic, iin: &str, can_send_sms: bool) -> Page {
    match house.full(topic, iin).await {
        Answer::Status(view) => Page::Status { view, can_send_sms },
        Answer::Payments(view) => Page::Payments(view),
        Answer::Debt(view) => Page::Debt(view),
        Answer::Clinic(view) => Page::Clinic(view),
        other => panic!("{other:?}"),
    }
}

/// Types `keys` one after the other in a new session; the last page.
async fn walk(house: &House, session: &str, from: &str, keys: &[&str]) -> String {
    let mut last = house.step(session, from, 0, "").await;
    for (step, key) in (1..).zip(keys) {
        last = house.step(session, from, step, key).await;
    }
    last
}

async fn speaking(language: &str) -> House {
    let house = House::new().await;
    for phone in [OWN, FAMILY, STRANGER] {
        house.text(phone, language).await;
    }
    house
}

#[tokio::test]
async fn the_first_time_asks_for_the_language() {
    let house = House::new().await;
    assert_eq!(
        walk(&house, "a", OWN, &[]).await,
        house.screen(&Page::Languages, Kazakh)
    );
    assert_eq!(
        walk(&house, "b", OWN, &["7"]).await,
        house.screen(&Page::Languages, Kazakh)
    );
    assert_eq!(
        walk(&house, "c", OWN, &["2"]).await,
        house.screen(&Page::Main, Russian)
    );
    assert_eq!(
        walk(&house, "d", OWN, &[]).await,
        house.screen(&Page::Main, Russian)
    );
    assert_eq!(
        walk(&house, "e", OWN, &["3", "3"]).await,
        house.screen(&Page::Main, English)
    );
    house
        .expect_full(OWN, "долг", Topic::Debt, INSURED, English)
        .await;
}

#[tokio::test]
async fn my_status_leads_to_everything_about_it_and_back() {
    let house = speaking("EN").await;
    let status = house.screen(&page(&house, Topic::Status, INSURED, false).await, English);
    assert_eq!(walk(&house, "a", OWN, &["1"]).await, status);
    for (key, topic) in [("1", Topic::Payments), ("2", Topic::Debt), ("3", Topic::Clinic)] {
        let detail = house.screen(&page(&house, topic, INSURED, false).await, English);
        assert_eq!(walk(&house, key, OWN, &["1", key]).await, detail);
        assert_eq!(
            walk(&house, &format!("{key}-"), OWN, &["1", key, "0"]).await,
            status
        );
        let main = house.screen(&Page::MainAgain, English);
        assert_eq!(
            walk(&house, &format!("{key}="), OWN, &["1", key, "00"]).await,
            main
        );
    }
    let lines = house.journal().await;
    let line = lines.iter().rev().find(|line| line.topic == "clinic").unwrap();
    assert_eq!(
        (&line.door, line.outcome),
        (&Door::Ussd("sandbox".into()), Outcome::Full)
    );
    // No 4 where no SMS can be sent.
    assert_eq!(walk(&house, "z", OWN, &["1", "4"]).await, status);
}

#[tokio::test]
async fn my_status_asks_which_of_several_and_tells_the_unbound_how_to_bind() {
    let house = speaking("EN").await;
    let which = Page::WhichPerson(vec!["0017".into(), "0027".into()]);
    assert_eq!(
        walk(&house, "a", FAMILY, &["1"]).await,
        house.screen(&which, English)
    );
    let child = page(&house, Topic::Status, CHILD, false).await;
    assert_eq!(
        walk(&house, "b", FAMILY, &["1", "2"]).await,
        house.screen(&child, English)
    );
    assert_eq!(
        walk(&house, "c", FAMILY, &["1", "2", "0"]).await,
        house.screen(&which, English)
    );
    assert_eq!(
        walk(&house, "d", FAMILY, &["1", "3"]).await,
        house.screen(&which, English)
    );
    assert_eq!(
        walk(&house, "e", STRANGER, &["1"]).await,
        house.screen(&Page::NotBound, English)
    );
}

#[tokio::test]
async fn by_iin_tells_what_the_phone_may_know() {
    let house = speaking("EN").await;
    let unbound = Page::Unbound {
        insured: true,
        data_date: Some(today()),
    };
    let unbound = house.screen(&unbound, English);
    assert_eq!(walk(&house, "a", STRANGER, &["2", INSURED]).await, unbound);
    // Only 0 and 00 lead anywhere.
    for key in ["1", "2", "3", "4", "98", "x", ""] {
        assert_eq!(
            walk(&house, key, STRANGER, &["2", INSURED, key]).await,
            unbound,
            "{key}"
        );
    }
    let again = walk(&house, "b", STRANGER, &["2", INSURED, "0"]).await;
    assert_eq!(again, house.screen(&Page::TypeIin, English));
    let full = page(&house, Topic::Status, INSURED, false).await;
    assert_eq!(
        walk(&house, "c", OWN, &["2", " 900101 300007 "]).await,
        house.screen(&full, English)
    );
    assert_eq!(
        walk(&house, "d", OWN, &["２", "９００１０１３００００７"]).await,
        house.screen(&full, English)
    );
    assert_eq!(
        walk(&house, "e", OWN, &["٢", "٩٠٠١٠١٣٠٠٠٠٧#"]).await,
        house.screen(&full, English)
    );
}

#[tokio::test]
async fn a_slip_asks_for_the_number_again() {
    let house = speaking("EN").await;
    for (typed, slip) in [
        ("90010130000", IinSlip::WrongLength { digits: 11 }),
        ("1", IinSlip::WrongLength { digits: 1 }),
        ("abc", IinSlip::WrongLength { digits: 0 }),
        ("900101300008", IinSlip::WrongCheckDigit),
        (BIN, IinSlip::LooksLikeBin),
    ] {
        let again = house.screen(&Page::TypeIinAgain(slip), English);
        assert_eq!(walk(&house, typed, OWN, &["2", typed]).await, again);
        let full = house.screen(&page(&house, Topic::Status, INSURED, false).await, English);
        let session = format!("{typed}-");
        assert_eq!(
            walk(&house, &session, OWN, &["2", typed, typed, INSURED]).await,
            full
        );
        let session = format!("{typed}=");
        let main = house.screen(&Page::MainAgain, English);
        assert_eq!(walk(&house, &session, OWN, &["2", typed, typed, "0"]).await, main);
    }
}

#[tokio::test]
async fn a_code_with_an_iin_goes_to_the_status_directly() {
    let house = House::new().await;
    let full = house.screen(&page(&house, Topic::Status, INSURED, false).await, Kazakh);
    let slip = house.screen(&Page::TypeIinAgain(IinSlip::WrongLength { digits: 3 }), Kazakh);
    for (code, typed, expected) in [
        (format!("*1414*{INSURED}#"), String::new(), &full),
        ("*1414#".into(), format!("*1414*{INSURED}#"), &full),
        ("*1414*123#".into(), String::new(), &slip),
    ] {
        let session = format!("{code}{typed}");
        let step = ussd_step(&session, OWN, 0, &code, &typed);
        assert_eq!(
            house.exchange.ussd(&house.instance, step).await.reply.text,
            *expected
        );
    }
    assert_eq!(
        house.step("*1414*123#", OWN, 1, "0").await,
        house.screen(&Page::MainAgain, Kazakh)
    );
}

#[tokio::test]
async fn an_input_in_a_session_never_seen_gets_the_start_page() {
    let house = speaking("EN").await;
    let step = ussd_step("never", OWN, 3, &format!("*1414*{INSURED}#"), "1");
    let page = house.exchange.ussd(&house.instance, step).await.reply;
    assert_eq!(page.text, house.screen(&Page::Main, English));
}

#[tokio::test]
async fn a_page_leaves_room_for_what_the_carrier_adds() {
    let mut house = speaking("KZ").await;
    house.instance.ussd_frame = 40.into();
    let status = page(&house, Topic::Status, INSURED, false).await;
    let screen = house.voice.ussd(&status, Kazakh, false, 40).remove(0);
    assert_ne!(screen, house.screen(&status, Kazakh));
    assert_eq!(walk(&house, "a", OWN, &["1"]).await, screen);
}

#[tokio::test]
async fn the_same_step_again_gets_the_same_page() {
    let house = speaking("EN").await;
    let status = walk(&house, "a", OWN, &["1"]).await;
    let payments = house.step("a", OWN, 2, "1").await;
    let lines = house.journal().await.len();
    house.store.barriers.store(0, Ordering::SeqCst);
    assert_eq!(house.step("a", OWN, 2, "1").await, payments);
    assert_eq!(house.journal().await.len(), lines);
    assert_eq!(house.store.barriers.load(Ordering::SeqCst), 1);
    assert_eq!(house.step("a", OWN, 3, "0").await, status);
}

#[tokio::test]
async fn an_older_step_that_comes_late_is_not_pressed() {
    let house = speaking("EN").await;
    walk(&house, "a", OWN, &["1"]).await;
    let payments = house.step("a", OWN, 2, "1").await;
    let lines = house.journal().await.len();
    for (step, typed) in [(1, "1"), (1, "0"), (0, "1")] {
        assert_eq!(
            house.step("a", OWN, step, typed).await,
            payments,
            "{step} {typed}"
        );
    }
    assert_eq!(house.journal().await.len(), lines);
    let status = house.screen(&page(&house, Topic::Status, INSURED, false).await, English);
    assert_eq!(
        house.step("a", OWN, 3, "0").await,
        status,
        "it goes on from there"
    );
}

#[tokio::test]
async fn sessions_end_in_silence_and_by_age_and_by_a_newer_one() {
    let house = speaking("EN").await;
    let main = house.screen(&Page::MainAgain, English);
    let type_iin = house.screen(&Page::TypeIin, English);
    let full = house.screen(&page(&house, Topic::Status, INSURED, false).await, English);

    assert_eq!(walk(&house, "idle", OWN, &["2"]).await, type_iin);
    house.wait(179);
    assert_eq!(house.step("idle", OWN, 2, INSURED).await, full);
    house.wait(180);
    assert_eq!(house.step("idle", OWN, 3, "1").await, main);

    walk(&house, "long", OWN, &["2"]).await;
    house.wait(150);
    assert_eq!(house.step("long", OWN, 2, INSURED).await, full);
    house.wait(149);
    assert_ne!(house.step("long", OWN, 3, "1").await, main);
    house.wait(1);
    assert_eq!(house.step("long", OWN, 4, "0").await, main);

    walk(&house, "old", OWN, &["2"]).await;
    assert_eq!(walk(&house, "new", OWN, &[]).await, main);
    assert_eq!(house.step("old", OWN, 2, INSURED).await, main);
}

#[tokio::test]
async fn a_session_of_another_carrier_is_another_one() {
    let mut house = speaking("EN").await;
    walk(&house, "a", OWN, &["2"]).await;
    house.instance.name = "other".into();
    assert_eq!(
        house.step("a", OWN, 2, INSURED).await,
        house.screen(&Page::Main, English)
    );
}

#[tokio::test]
async fn long_pages_are_turned() {
    let house = speaking("KZ").await;
    let debt = page(&house, Topic::Debt, UNINSURED, false).await;
    let screens = house.voice.ussd(&debt, Kazakh, false, 0);
    assert!(screens.len() > 1, "{screens:?}");
    assert_eq!(walk(&house, "a", FAMILY, &["1", "1", "2"]).await, screens[0]);
    assert_eq!(house.step("a", FAMILY, 4, "98").await, screens[1]);
    assert_eq!(house.step("a", FAMILY, 5, "0").await, screens[0]);
    let last = screens.len() - 1;
    for step in 0..=last {
        house
            .step("a", FAMILY, 6 + u64::try_from(step).unwrap(), "98")
            .await;
    }
    assert_eq!(house.step("a", FAMILY, 99, "x").await, screens[last]);
}

#[tokio::test]
async fn the_status_is_sent_by_sms_where_the_instance_can() {
    let mut house = speaking("EN").await;
    let status = page(&house, Topic::Status, INSURED, false).await;
    assert_eq!(
        walk(&house, "-", OWN, &["1", "4"]).await,
        house.screen(&status, English)
    );
    house.instance.can_send_sms = true;
    let phone = Msisdn::parse(OWN).unwrap();
    let status = page(&house, Topic::Status, INSURED, true).await;
    assert_eq!(
        walk(&house, "a", OWN, &["1"]).await,
        house.screen(&status, English)
    );
    for _ in 0..2 {
        assert_eq!(
            house.step("a", OWN, 2, "4").await,
            house.screen(&Page::SmsSent(phone), English)
        );
    }
    let letters = house.letters().await;
    let full = house.words(&house.full(Topic::Status, INSURED).await, English);
    let texts: Vec<_> = letters.iter().map(|letter| letter.sms.text.clone()).collect();
    assert_eq!(texts, [full]);
    let line = house
        .journal()
        .await
        .into_iter()
        .rfind(|line| line.topic == "send");
    assert_eq!(Some(&letters[0].entry), line.as_ref());
    // Not to a stopped phone, and nothing to one that is not bound.
    house.text(OWN, "STOP").await;
    let status = page(&house, Topic::Status, INSURED, false).await;
    assert_eq!(
        walk(&house, "b", OWN, &["1", "4"]).await,
        house.screen(&status, English)
    );
    walk(&house, "c", STRANGER, &["2", INSURED, "4"]).await;
    assert_eq!(house.letters().await.len(), 1);
}

#[tokio::test]
async fn a_session_leaves_its_phone_as_it_was() {
    let house = House::new().await;
    walk(&house, "a", STRANGER, &[]).await;
    let key = phone_key(Msisdn::parse(STRANGER).unwrap());
    let phones = saqta_data::store::Tree::Phones;
    let stored = saqta_data::store::Store::get(&*house.store, phones, &key)
        .await
        .unwrap();
    assert_eq!(stored, None);
}
