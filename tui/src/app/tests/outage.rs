//! The server goes away and comes back.

use super::*;

fn gone() -> Result<Reply, DeskError> {
    Err(DeskError::Away(
        "No such file or directory (os error 2)".to_owned(),
    ))
}

fn operator(desk: &Desk) -> Reply {
    Reply::Operator(desk.app.ui.operator.clone().unwrap())
}

#[test]
fn on_every_screen_the_server_is_asked_whether_it_is_there() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    for key in [KeyCode::F(3), KeyCode::F(4), KeyCode::F(1), KeyCode::Esc] {
        desk.press(key);
        assert_eq!(desk.beat(1), None, "{key}: too early");
        let beat = desk.beat(1).unwrap();
        let here = operator(&desk);
        desk.answer(&beat, Ok(here));
    }
    assert!(desk.beat(2).is_some());
    assert_eq!(desk.beat(20), None, "one at a time");
}

#[test]
fn an_absence_is_seen_without_a_key_and_lasts_until_an_answer() {
    let mut desk = Desk::new();
    let quiet = desk.app.face();
    let beat = desk.beat(2).unwrap();
    let since = desk.app.ui.now;
    desk.answer(&beat, gone());
    assert_ne!(desk.app.face(), quiet, "drawn");
    let beat = desk.beat(2).unwrap();
    desk.answer(&beat, gone());
    desk.press(KeyCode::F(12));
    assert_eq!(desk.app.away, Some(since), "neither a key nor time hides it");
    let beat = desk.beat(2).unwrap();
    let here = operator(&desk);
    assert!(desk.answer(&beat, Ok(here)).is_empty(), "nothing was interrupted");
    assert_eq!(desk.app.away, None);
}

#[test]
fn an_error_is_an_answer_of_a_server_that_is_there() {
    let mut desk = Desk::new();
    let beat = desk.beat(2).unwrap();
    desk.answer(&beat, gone());
    let asked = desk.type_text(fake::INSURED);
    desk.answer(&asked[0], Err(DeskError::TooMany { minutes: 7 }));
    assert_eq!(desk.app.away, None);
}

#[test]
fn an_interrupted_search_is_asked_again_when_the_server_is_back() {
    let mut desk = Desk::new();
    let asked = desk.type_text(fake::INSURED);
    desk.answer(&asked[0], gone());
    let said = desk.app.notice.said(&desk.app.ui).unwrap().1;
    assert!(
        said.contains("does not answer") && !said.contains("No such"),
        "{said}"
    );
    desk.press(KeyCode::Left);
    let beat = desk.beat(2).unwrap();
    let here = operator(&desk);
    let again = desk.answer(&beat, Ok(here));
    assert_eq!(again[0].question, Question::Card(iin(fake::INSURED)));
    let said = desk.app.notice.said(&desk.app.ui).unwrap().1;
    assert!(said.contains("answers again"), "{said}");
    desk.answer_card(&again[0]);
    assert_eq!(desk.app.place(), Place::Card);
    desk.press(KeyCode::Tab);
    assert_eq!(desk.app.notice.said(&desk.app.ui), None, "read with the next key");
}

#[test]
fn a_search_given_up_meanwhile_is_not_asked_again() {
    for key in [KeyCode::Esc, KeyCode::Backspace] {
        let mut desk = Desk::new();
        let asked = desk.type_text(fake::INSURED);
        desk.answer(&asked[0], gone());
        desk.press(key);
        let beat = desk.beat(2).unwrap();
        let here = operator(&desk);
        assert!(desk.answer(&beat, Ok(here)).is_empty(), "{key}");
    }
}

#[test]
fn an_interrupted_search_is_asked_again_with_enter() {
    let mut desk = Desk::new();
    desk.type_text("ким 01.01.1990");
    let asked = questions(&desk.press(KeyCode::Enter));
    desk.answer(&asked[0], gone());
    let again = questions(&desk.press(KeyCode::Enter));
    assert_eq!(again[0].question, asked[0].question);
}
