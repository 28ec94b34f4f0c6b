//! The next caller begins on the card of the one before.

use saqta_data::desk::{Hit, StatusSms};

use super::*;
use crate::private::Private;

#[test]
fn a_number_typed_on_a_card_begins_the_next_caller() {
    for (typed, left) in [("9", 1), ("+7", 2), ("ұқ", 2), ("1", 1)] {
        let mut desk = Desk::new();
        desk.open_card(fake::GRACE);
        desk.press(KeyCode::F(7));
        desk.press(KeyCode::F(8));
        assert!(desk.type_text(typed).is_empty());
        assert_eq!(desk.app.place(), Place::Search, "{typed}");
        assert!(desk.app.screens.caller.card.is_none(), "{typed}");
        assert_eq!(
            desk.app.screens.caller.search.len(),
            left,
            "what was typed is in the box"
        );
        assert_eq!(desk.app.ui.mask.seconds_left(desk.app.ui.now), None);
    }
}

#[test]
fn a_whole_number_typed_on_a_card_opens_another_unverified() {
    let mut desk = Desk::new();
    desk.open_card(fake::GRACE);
    desk.press(KeyCode::F(7));
    desk.open_card(fake::GRACE);
    assert!(!desk.app.screens.caller.card.as_ref().unwrap().is_verified());
    let refresh = questions(&desk.press(KeyCode::F(5)));
    desk.type_text("9");
    desk.answer_card(&refresh[0]);
    assert!(
        desk.app.screens.caller.card.is_none(),
        "an answer about the one before is stale"
    );
}

#[test]
fn letters_on_a_card_stay_commands() {
    let mut desk = Desk::new();
    desk.open_card(fake::GRACE);
    for c in ['v', 'x', 'l', 'ж'] {
        desk.press(KeyCode::Char(c));
        assert_eq!(desk.app.place(), Place::Card, "{c}");
    }
}

#[test]
fn a_paste_on_a_card_begins_the_next_caller() {
    let mut desk = Desk::new();
    desk.open_card(fake::GRACE);
    assert!(
        desk.app
            .update(Message::Paste(Private(" \n".to_owned())))
            .is_empty()
    );
    assert_eq!(desk.app.place(), Place::Card, "nothing was pasted");
    let jobs = desk.app.update(Message::Paste(Private(fake::INSURED.to_owned())));
    assert_eq!(questions(&jobs)[0].question, Question::Card(iin(fake::INSURED)));
    assert!(desk.app.screens.caller.card.is_none());
}

#[test]
fn of_a_paste_the_first_line_is_taken_and_the_iin_in_it() {
    for text in [
        "\nИИН: 900101300007\rТел: 87010000001\r",
        "ЖСН 900101-300-007.\n900101300017",
    ] {
        let mut desk = Desk::new();
        let jobs = desk.app.update(Message::Paste(Private(text.to_owned())));
        assert_eq!(
            questions(&jobs)[0].question,
            Question::Card(iin(fake::INSURED)),
            "{text}"
        );
    }
}

#[test]
fn a_single_letter_of_a_name_is_not_asked_about() {
    let mut desk = Desk::new();
    desk.type_text("а 01.01.1990");
    assert!(desk.press(KeyCode::Enter).is_empty());
    desk.press(KeyCode::Home);
    desk.type_text("к");
    assert_eq!(questions(&desk.press(KeyCode::Enter)).len(), 1);
}

#[test]
fn esc_goes_back_one_level_and_says_whose_card_it_closed() {
    let mut desk = Desk::new();
    desk.open_card(fake::GRACE);
    desk.press(KeyCode::Left);
    desk.press(KeyCode::Enter);
    assert_eq!(desk.app.place(), Place::Detail);
    desk.press(KeyCode::Esc);
    assert_eq!(desk.app.place(), Place::Card, "back to the card");
    desk.press(KeyCode::Esc);
    assert_eq!(desk.app.place(), Place::Search);
    assert_eq!(desk.app.screens.caller.search.len(), 0, "an empty box");
    let said = desk.app.notice.said(&desk.app.ui).unwrap().1;
    let last = fake::GRACE.get(8..).unwrap();
    assert!(said.contains(&format!("********{last}")), "{said}");
    // Closed by mistake: Enter looks the person up anew, as a caller who is not verified.
    let asked = questions(&desk.press(KeyCode::Enter));
    assert_eq!(asked[0].question, Question::Card(iin(fake::GRACE)));
    desk.answer_card(&asked[0]);
    assert!(!desk.app.screens.caller.card.as_ref().unwrap().is_verified());
}

#[test]
fn esc_leads_back_to_the_people_found_and_then_to_an_empty_box() {
    let mut desk = Desk::new();
    desk.type_text("8 701 000 00 02");
    let asked = questions(&desk.press(KeyCode::Enter));
    let hits = fake::hits(&[iin(fake::GRACE), iin(fake::INSURED)]);
    desk.answer(&asked[0], Ok(Reply::Hits(hits)));
    let asked = questions(&desk.press(KeyCode::Enter));
    desk.answer_card(&asked[0]);
    assert_eq!(desk.app.place(), Place::Card);
    desk.press(KeyCode::Esc);
    assert!(desk.app.screens.caller.search.has_hits());
    desk.press(KeyCode::Esc);
    assert!(!desk.app.screens.caller.search.has_hits());
    assert_eq!(desk.app.screens.caller.search.len(), 0);
}

#[test]
fn a_digit_typed_over_people_found_begins_another_number() {
    let mut desk = Desk::new();
    desk.type_text("8 701 000 00 02");
    let asked = questions(&desk.press(KeyCode::Enter));
    let hits = fake::hits(&[iin(fake::GRACE), iin(fake::INSURED)]);
    desk.answer(&asked[0], Ok(Reply::Hits(hits)));
    let asked = desk.type_text(fake::INSURED);
    assert_eq!(asked[0].question, Question::Card(iin(fake::INSURED)));
}

/// People of a phone that the journal led to stand under an empty box, where Enter is else the caller before.
#[test]
fn enter_on_people_found_from_the_journal_opens_the_one_chosen() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    desk.press(KeyCode::Esc);
    let phone = saqta_data::phone::Msisdn::parse("87010000002").unwrap();
    let wanted = Effects::none().with(Effect::LookUp(Query::Phone(phone)));
    let asked = questions(&desk.app.fulfil(wanted));
    let hits = fake::hits(&[iin(fake::GRACE), iin(fake::INSURED)]);
    let asked = asked.iter().find(|ask| ask.purpose == Purpose::Caller).unwrap();
    desk.answer(asked, Ok(Reply::Hits(hits)));
    let asked = questions(&desk.press(KeyCode::Enter));
    assert_eq!(
        asked[0].question,
        Question::Card(iin(fake::GRACE)),
        "the first of them"
    );
}

#[test]
fn a_line_of_who_asked_opens_and_leads_back_to_the_card() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::GRACE);
    let mut card = fake::card(fake::GRACE).unwrap();
    card.asked[1].entry.particulars.answer = vec![7];
    desk.answer(&asked[0], Ok(Reply::Card(Some(Box::new(card)))));
    desk.press(KeyCode::BackTab);
    desk.press(KeyCode::Down);
    let card = desk.app.screens.caller.card.as_ref().unwrap();
    assert!(card.opens_exchange(), "the last part is who asked");
    let asked = questions(&desk.press(KeyCode::Enter));
    assert_eq!(desk.app.place(), Place::Journal);
    let exchange = asked.iter().find(|ask| ask.purpose == Purpose::Exchange);
    assert!(exchange.is_some(), "{asked:?}");
    desk.press(KeyCode::Esc);
    assert_eq!(desk.app.place(), Place::Card, "back where it was opened");
    desk.press(KeyCode::F(4));
    assert!(
        desk.app.screens.journal.on_back(&desk.app.ui).is_none(),
        "no exchange is open any more"
    );
}

#[test]
fn what_was_opened_from_a_card_closes_with_it() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::GRACE);
    let mut card = fake::card(fake::GRACE).unwrap();
    card.asked[1].entry.particulars.answer = vec![7];
    desk.answer(&asked[0], Ok(Reply::Card(Some(Box::new(card)))));
    desk.press(KeyCode::BackTab);
    desk.press(KeyCode::Down);
    desk.press(KeyCode::Enter);
    assert!(desk.app.screens.journal.is_open());
    // Away without Esc, then to somebody else.
    desk.press(KeyCode::F(3));
    assert!(desk.app.screens.journal.is_open(), "the card is there still");
    desk.press(KeyCode::Esc);
    assert_eq!(desk.app.place(), Place::Search);
    assert!(!desk.app.screens.journal.is_open());
}

#[test]
fn enter_in_an_empty_box_asks_for_the_card_closed_last_and_shows_no_number() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    desk.press(KeyCode::Esc);
    let asked = questions(&desk.press(KeyCode::Enter));
    assert_eq!(
        asked[0].question,
        Question::Card(Iin::parse(fake::INSURED).unwrap())
    );
    assert_eq!(desk.app.screens.caller.search.len(), 0, "it stands nowhere");
    assert!(desk.press(KeyCode::Enter).is_empty(), "asked once");
    // The server goes away meanwhile: asked again when it is back, and the box is still empty.
    desk.answer(&asked[0], Err(DeskError::Away("gone".to_owned())));
    assert_eq!(desk.app.screens.caller.search.len(), 0);
    let beat = desk.beat(3).unwrap();
    let operator = desk.app.ui.operator.clone().unwrap();
    let again = desk.answer(&beat, Ok(Reply::Operator(operator)));
    let card = again.iter().find(|ask| ask.question == asked[0].question);
    desk.answer_card(card.unwrap());
    assert_eq!(desk.app.place(), Place::Card);
    desk.press(KeyCode::Esc);
    desk.pass(601);
    assert!(questions(&desk.press(KeyCode::Enter)).is_empty(), "not for ever");
}

#[test]
fn a_card_closed_to_the_people_found_is_the_one_closed_last() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    desk.press(KeyCode::Esc);
    desk.type_text("Серік 01.01.1990");
    let asked = questions(&desk.press(KeyCode::Enter));
    let hit = |number: &str| Hit {
        iin: Iin::parse(number).unwrap(),
        name: "Серік".to_owned(),
        birth_date: None,
        clinic: None,
    };
    let hits = vec![hit(fake::GRACE), hit(fake::INSURED)];
    desk.answer(&asked[0], Ok(Reply::Hits(hits)));
    let asked = questions(&desk.press(KeyCode::Enter));
    desk.answer_card(&asked[0]);
    for _ in 0..2 {
        desk.press(KeyCode::Esc);
    }
    let asked = questions(&desk.press(KeyCode::Enter));
    assert_eq!(
        asked[0].question,
        Question::Card(Iin::parse(fake::GRACE).unwrap())
    );
}

#[test]
fn a_text_that_comes_late_lies_over_nothing_else() {
    for (key, over) in [(KeyCode::F(4), Place::Journal), (KeyCode::Char('n'), Place::Form)] {
        let mut desk = Desk::new();
        desk.open_card(fake::INSURED);
        desk.work(KeyCode::F(7));
        desk.press(KeyCode::Char('s'));
        desk.press(KeyCode::Enter);
        let asked = questions(&desk.press(KeyCode::Enter));
        let asked = asked
            .into_iter()
            .find(|ask| ask.purpose == Purpose::Preview)
            .unwrap();
        let Question::StatusSms(_, to) = asked.question else {
            panic!("{asked:?}")
        };
        desk.press(key);
        let sms = StatusSms {
            to,
            carrier: "kcell".to_owned(),
            text: "САҚТАНДЫРЫЛҒАН".to_owned(),
            parts: 1,
            language: Language::Kazakh,
        };
        desk.answer(&asked, Ok(Reply::StatusSms(sms)));
        assert_eq!(desk.app.place(), over);
        let said = desk.app.notice.said(&desk.app.ui).map(|(_, text)| text);
        assert!(
            said.is_some_and(|said| said.contains("gone on to something else")),
            "{over:?}"
        );
        assert!(
            desk.press(KeyCode::Enter)
                .iter()
                .all(|job| !matches!(job, Job::Ask(ask) if matches!(ask.question, Question::Work(_))))
        );
    }
}
