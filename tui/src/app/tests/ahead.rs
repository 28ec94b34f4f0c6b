//! What is typed while a card is on its way.

use super::*;
use crate::app::ahead::MAX_AHEAD;

/// What the status line says.
fn said(desk: &Desk) -> String {
    desk.app
        .notice
        .said(&desk.app.ui)
        .map(|(_, text)| text)
        .unwrap_or_default()
}

#[test]
fn keys_typed_ahead_look_at_the_card_once_it_is_there() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::INSURED);
    assert!(desk.type_text("r").is_empty());
    for code in [KeyCode::Left, KeyCode::Enter, KeyCode::Left] {
        assert!(desk.press(code).is_empty());
    }
    assert_eq!(
        desk.app.screens.caller.search.len(),
        12,
        "nothing went into the box"
    );
    assert!(said(&desk).contains("r Left Enter Left"), "{}", said(&desk));
    let mut seen = Desk::new();
    seen.open_card(fake::INSURED);
    desk.answer_card(&asked[0]);
    assert_ne!(
        desk.app.reading_language(),
        seen.app.reading_language(),
        "the language of the reading was changed"
    );
    assert_eq!(said(&desk), "");
    // On a Cyrillic layout the same keys are meant.
    desk.press(KeyCode::Esc);
    let asked = desk.type_text(fake::INSURED);
    desk.type_text("к");
    desk.answer_card(&asked[0]);
    let reading = desk.app.reading_language();
    assert!(reading.is_some() && reading != seen.app.reading_language());
}

#[test]
fn nothing_is_done_unseen_and_what_was_dropped_is_said() {
    for key in ['v', 'n', 's', 'b', 'B', 'x', 'w', 'y', 'e', 'E', 'u', '/', ':'] {
        let mut desk = Desk::new();
        let asked = desk.type_text(fake::INSURED);
        desk.type_text(&format!("r{key}hello"));
        desk.press(KeyCode::F(7));
        let Question::Card(iin) = asked[0].question else {
            panic!("{asked:?}")
        };
        let card = fake::card(&iin.reveal()).map(Box::new);
        let more = desk.answer(&asked[0], Ok(Reply::Card(card)));
        assert!(
            more.iter()
                .all(|ask| matches!(ask.question, Question::Law | Question::Whoami)),
            "{key}: {more:?}"
        );
        assert!(desk.app.overlay.is_none(), "{key}");
        let card = desk.app.screens.caller.card.as_ref().unwrap();
        assert!(!card.is_verified());
        assert!(
            said(&desk).contains(&format!("{key} h e l l o +1")),
            "{key}: {}",
            said(&desk)
        );
    }
}

#[test]
fn what_waits_has_a_maximum_and_the_rest_is_said_to_be_dropped() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::INSURED);
    desk.type_text(&"j".repeat(MAX_AHEAD + 5));
    assert_eq!(desk.app.ahead.len(), MAX_AHEAD);
    desk.answer_card(&asked[0]);
    assert!(said(&desk).contains("+5"), "{}", said(&desk));
    assert_eq!(desk.app.ahead.len(), 0);
}

#[test]
fn digits_and_corrections_are_for_the_number_and_drop_what_waits() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::GRACE);
    desk.type_text("l");
    desk.press(KeyCode::Backspace);
    assert_eq!(desk.app.screens.caller.search.len(), 11);
    assert!(said(&desk).contains("Not done"), "{}", said(&desk));
    desk.answer_card(&asked[0]);
    assert_eq!(desk.app.place(), Place::Search);
}

#[test]
fn nobody_several_people_and_another_screen_drop_what_waits() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::GRACE);
    desk.type_text("l");
    desk.answer(&asked[0], Ok(Reply::Card(None)));
    assert!(said(&desk).contains("Not done"), "{}", said(&desk));
    desk.press(KeyCode::Esc);
    let asked = desk.type_text(fake::GRACE);
    desk.type_text("l");
    desk.press(KeyCode::F(4));
    desk.answer_card(&asked[0]);
    assert!(said(&desk).contains("Not done"), "{}", said(&desk));
    assert_eq!(desk.app.place(), Place::Journal);
}

#[test]
fn a_server_that_comes_back_gives_the_card_to_what_waits() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::INSURED);
    desk.type_text("r");
    desk.answer(&asked[0], Err(DeskError::Away("gone".to_owned())));
    assert_eq!(desk.app.ahead.len(), 1);
    let beat = desk.beat(3).unwrap();
    let operator = desk.app.ui.operator.clone().unwrap();
    let again = desk.answer(&beat, Ok(Reply::Operator(operator)));
    let card = again.iter().find(|ask| matches!(ask.question, Question::Card(_)));
    desk.answer_card(card.unwrap());
    assert_eq!(desk.app.ahead.len(), 0);
    assert_eq!(desk.app.place(), Place::Card);
}
