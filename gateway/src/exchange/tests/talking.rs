//! Languages, choices, STOP, help and silence.

use saqta_data::journal::{Door, Outcome};
use saqta_data::language::Language::{English, Kazakh, Russian};
use saqta_data::store::Tree;

use super::house::*;
use crate::carrier::Answers;
use crate::dialog::answer::{Answer, Topic};

#[tokio::test]
async fn the_number_chooses_among_several_people() {
    let house = House::new().await;
    let which = Answer::WhichPerson(vec!["0017".into(), "0027".into()]);
    house.expect(FAMILY, "pay", &which, English).await;
    house.text(FAMILY, "EN").await;
    house.expect(FAMILY, "3", &Answer::NoSuchChoice, English).await;
    house
        .expect_full(FAMILY, "2.", Topic::Payments, CHILD, English)
        .await;
    house
        .expect_full(FAMILY, "1", Topic::Payments, UNINSURED, English)
        .await;
    house.expect(FAMILY, "debt", &which, English).await;
    house.wait(599);
    house
        .expect_full(FAMILY, "1", Topic::Debt, UNINSURED, English)
        .await;
    house.expect(FAMILY, "debt", &which, English).await;
    house.wait(600);
    house.expect(FAMILY, "1", &Answer::Help, English).await;
}

#[tokio::test]
async fn the_language_is_that_of_the_words_until_one_is_set() {
    let house = House::new().await;
    house
        .expect_full(OWN, "ЕМХАНА", Topic::Clinic, INSURED, Kazakh)
        .await;
    house
        .expect_full(OWN, "долг", Topic::Debt, INSURED, Russian)
        .await;
    house
        .expect_full(OWN, "debt", Topic::Debt, INSURED, English)
        .await;
    house.expect(OWN, "RU", &Answer::LanguageSet, Russian).await;
    house
        .expect_full(OWN, "debt", Topic::Debt, INSURED, Russian)
        .await;
    house
        .expect_full(OWN, &format!("KZ {INSURED}"), Topic::Status, INSURED, Kazakh)
        .await;
    house.expect_full(OWN, "долг", Topic::Debt, INSURED, Kazakh).await;
    assert_eq!(house.journal().await.last().unwrap().language, Kazakh);
}

#[tokio::test]
async fn the_first_answer_to_digits_tells_of_other_languages() {
    let house = House::new().await;
    let full = house.full(Topic::Status, INSURED).await;
    let hinted = house.voice.sms(&full, Kazakh, false, true).text;
    assert_ne!(hinted, house.words(&full, Kazakh));
    assert_eq!(house.text(OWN, INSURED).await, Some(hinted));
    house.expect(OWN, INSURED, &full, Kazakh).await;

    house.text(FAMILY, "RU").await;
    house
        .expect(
            FAMILY,
            "90010130000",
            &Answer::WrongLength { digits: 11 },
            Russian,
        )
        .await;
    house
        .expect(STRANGER, "статус 900101300008", &Answer::WrongCheckDigit, Russian)
        .await;
}

#[tokio::test]
async fn lat_writes_latin_letters_until_it_is_sent_again() {
    let house = House::new().await;
    let latin = |answer: &Answer| Some(house.voice.sms(answer, Kazakh, true, false).text);
    assert_eq!(house.text(OWN, "LAT").await, latin(&Answer::Latin { on: true }));
    let full = house.full(Topic::Clinic, INSURED).await;
    assert_eq!(house.text(OWN, "емхана").await, latin(&full));
    house
        .expect(OWN, "LAT", &Answer::Latin { on: false }, Kazakh)
        .await;
    house.expect(OWN, "емхана", &full, Kazakh).await;
}

#[tokio::test]
async fn after_stop_only_start_and_help_are_answered() {
    let house = House::new().await;
    house.text(OWN, "EN").await;
    house.expect(OWN, "STOP", &Answer::Stopped, English).await;
    for text in ["STOP", "STATUS", INSURED, "RU", "LAT", "hello", "", "LOCK"] {
        assert_eq!(house.text(OWN, text).await, None, "{text}");
    }
    let last = house.journal().await.pop().unwrap();
    assert_eq!((last.outcome, last.topic.as_str()), (Outcome::Silence, "stopped"));
    house.expect(OWN, "HELP", &Answer::Help, English).await;
    house
        .expect(OWN, &format!("HELP {INSURED}"), &Answer::Help, English)
        .await;
    assert_ne!(house.step("s", OWN, 0, "").await, "");
    house.expect(OWN, "START", &Answer::Started, English).await;
    house
        .expect_full(OWN, "STATUS", Topic::Status, INSURED, English)
        .await;
}

#[tokio::test]
async fn help_is_sent_three_times_an_hour() {
    let house = House::new().await;
    house.expect(STRANGER, "HELP", &Answer::Help, English).await;
    house
        .expect(STRANGER, "good morning hello", &Answer::Help, English)
        .await;
    house.expect(STRANGER, "👍", &Answer::Help, Kazakh).await;
    assert_eq!(house.text(STRANGER, "HELP").await, None);
    assert_eq!(house.text(STRANGER, "hello").await, None);
    house.expect(OWN, "HELP", &Answer::Help, English).await;
    // A command is never a loop.
    for _ in 0..20 {
        house
            .expect(STRANGER, "status", &Answer::IinNeeded, English)
            .await;
        assert!(house.text(STRANGER, INSURED).await.is_some());
    }
    house.wait(3600);
    house.expect(STRANGER, "HELP", &Answer::Help, English).await;
}

#[tokio::test]
async fn help_with_an_iin_is_about_the_person() {
    let house = House::new().await;
    house
        .expect_full(OWN, &format!("help {INSURED}"), Topic::Status, INSURED, English)
        .await;
}

#[tokio::test]
async fn prose_with_a_word_of_ours_is_a_loop_too() {
    for (phone, text) in [
        (STRANGER, "Thank you for your message, we will check it"),
        (OWN, "Ваша страховка оформлена"),
        (STRANGER, "Төлем 50000 қабылданды"),
        (STRANGER, "RRN 123456789012 accepted"),
    ] {
        let house = House::new().await;
        for _ in 0..3 {
            assert!(house.text(phone, text).await.is_some(), "{text}");
        }
        assert_eq!(house.text(phone, text).await, None, "{text}");
        for text in ["my status", "RU ДОЛГ", "PAY!", "900101300018"] {
            for _ in 0..4 {
                assert!(house.text(phone, text).await.is_some(), "{text}");
            }
        }
        for _ in 0..11 {
            let asked = format!("спасибо заранее {INSURED}");
            assert!(house.text(phone, &asked).await.is_some(), "{asked}");
        }
    }
}

#[tokio::test]
async fn the_same_other_text_four_times_an_hour_is_a_loop() {
    let house = House::new().await;
    house.text(STRANGER, "EN").await;
    let wrong = Answer::WrongLength { digits: 7 };
    for _ in 0..3 {
        house.expect(STRANGER, "Re: 1234567", &wrong, English).await;
    }
    assert_eq!(house.text(STRANGER, "Re: 1234567").await, None);
    for n in 0..7 {
        assert!(house.text(STRANGER, &format!("Re: 765432{n}")).await.is_some());
    }
    assert_eq!(house.text(STRANGER, "Re: 7654329").await, None);
    house.wait(3600);
    house.expect(STRANGER, "Re: 1234567", &wrong, English).await;
}

#[tokio::test]
async fn an_empty_message_is_answered_once() {
    let house = House::new().await;
    house.expect(STRANGER, "", &Answer::Help, Kazakh).await;
    house.wait(7200);
    assert_eq!(house.text(STRANGER, " \n").await, None);
    house.expect(STRANGER, "?", &Answer::Help, Kazakh).await;
}

#[tokio::test]
async fn slips_are_told() {
    let house = House::new().await;
    house.text(STRANGER, "EN").await;
    for (text, answer) in [
        ("90010130000", Answer::WrongLength { digits: 11 }),
        ("pay 9001013000070", Answer::WrongLength { digits: 13 }),
        ("900101300008", Answer::WrongCheckDigit),
        ("900101300007 900101300017", Answer::OneIinPlease),
        ("pay", Answer::IinNeeded),
    ] {
        house.expect(STRANGER, text, &answer, English).await;
        assert_eq!(house.journal().await.last().unwrap().outcome, Outcome::NotAnIin);
    }
    assert_eq!(house.count(Tree::Asked).await, 0);
}

#[tokio::test]
async fn machines_are_never_answered() {
    let house = House::new().await;
    for from in [
        "MTN",
        "1414",
        "1234567",
        "",
        "+77771414000",
        "8 777 141 40 00",
        "InfoSMS",
    ] {
        assert_eq!(house.text(from, INSURED).await, None, "{from}");
    }
    let mut own = incoming(Some("m1"), "87770001414", INSURED);
    own.to = "+77770001414".into();
    assert_eq!(said(house.exchange.sms(&house.instance, own).await), None);
    assert_eq!(house.count(Tree::Journal).await, 0);
    let page = house
        .exchange
        .ussd(&house.instance, ussd_step("s", "MTN", 0, "*1414#", ""))
        .await
        .reply;
    assert_eq!((page.text.as_str(), page.end), ("", true));
}

#[tokio::test]
async fn long_and_broken_texts_are_answered() {
    let house = House::new().await;
    let long = "слово ".repeat(330) + INSURED;
    house
        .expect_full(OWN, &long, Topic::Status, INSURED, Russian)
        .await;
    house.expect(OWN, "\u{fffd}\u{fffd}", &Answer::Help, Kazakh).await;
    assert!(house.text(OWN, &"7".repeat(2_000)).await.is_some());
}

#[tokio::test]
async fn a_line_says_door_and_duration() {
    let house = House::new().await;
    house.text(OWN, "STATUS").await;
    let line = house.journal().await.pop().unwrap();
    assert_eq!(line.door, Door::Sms("sandbox".into()));
    assert_eq!((line.at, line.topic.as_str()), (house.clock.now(), "status"));
}

#[tokio::test]
async fn what_is_over_is_forgotten() {
    let house = House::new().await;
    house.text(OWN, UNKNOWN[0]).await;
    house.step("s", FAMILY, 0, "").await;
    assert_eq!(house.exchange.tidy().await.unwrap(), 0);
    // Its last answer may be offered for so long.
    house.wait(299);
    assert_eq!(house.exchange.tidy().await.unwrap(), 0);
    house.wait(1);
    assert_eq!(house.exchange.tidy().await.unwrap(), 1);
    house.wait(12 * 3600);
    assert_eq!(house.exchange.tidy().await.unwrap(), 1);
    assert_eq!(house.exchange.tidy().await.unwrap(), 0);
    assert_eq!(house.count(Tree::Dialogs).await, 2);
}

#[tokio::test]
async fn conversations_silent_for_a_month_are_dropped() {
    let house = House::new().await;
    house.text(OWN, "HELP").await;
    house.wait(29 * 24 * 3600);
    house.text(FAMILY, "HELP").await;
    assert_eq!(house.exchange.tidy().await.unwrap(), 0);
    house.wait(24 * 3600);
    house.store.feel(Mood::AlwaysConflict);
    assert_eq!(house.exchange.tidy().await.unwrap(), 0);
    house.store.feel(Mood::OnlyRemoves);
    assert_eq!(house.exchange.tidy().await.unwrap(), 1);
    house.store.feel(Mood::Fine);
    assert_eq!(house.count(Tree::Dialogs).await, 1);
    assert!(house.text(OWN, "HELP").await.is_some());
}
