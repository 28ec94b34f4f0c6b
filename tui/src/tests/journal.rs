//! The journal.

use super::*;

pub(super) const SCENES: &[Way] = &[
    ("journal", "<F4><Up>"),
    ("journal-filter", "<F4>/"),
    ("journal-filtered", "<F4><Up><Up>o"),
    ("exchange-sms", "<F4><Home><Down><Down><Down><Enter>"),
    ("exchange-ussd", "<F4><Home><Down><Enter>"),
    ("exchange-gone", "<F4><Home><Enter>"),
];

#[tokio::test]
async fn lines_are_filtered_by_what_is_filled_in_and_by_the_line_chosen() {
    let desk = Arc::new(FakeDesk::default());
    let english = options(Language::English);
    let mut screen = Offscreen::open(Arc::clone(&desk) as _, &english, (100, 30))
        .await
        .unwrap();
    play(&mut screen, "<F4>/tele<Enter><Enter><Enter><Enter><Enter>").await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("only: tele2") && shown.contains("3 lines"),
        "{shown}"
    );
    assert!(!shown.contains("SMS kcell"), "{shown}");
    play(&mut screen, "<Up>o").await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("only: tele2, status only") && shown.contains("1 line"),
        "{shown}"
    );
    play(&mut screen, "<Esc>").await;
    let all = text(&mut screen);
    assert!(all.contains("12 lines") && !all.contains("only:"), "{all}");
    // A line of an operator's, then one of a phone.
    play(&mut screen, "<Home><Down><Down><Down><Down><Down>d").await;
    let shown = text(&mut screen);
    assert!(shown.contains("This line has no phone"), "{shown}");
    play(&mut screen, "<Home>d").await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("********0007  Ахметова"),
        "whose phone it is: {shown}"
    );
    // A line of those who asked, whoever the journal's filter is for: the card is where one came from.
    play(&mut screen, "<Tab><Tab><Tab><Tab><Tab><Tab><Enter>d").await;
    let shown = text(&mut screen);
    assert!(shown.contains("The card is behind this"), "{shown}");
    play(&mut screen, "<Esc>").await;
    assert!(text(&mut screen).contains("********0007  Ахметова"));
    // While lines come, the first press holds them still.
    play(&mut screen, "<F4><End>d").await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("choose a line") && shown.contains("= frozen"),
        "{shown}"
    );
    play(&mut screen, "/<Tab><Tab><Tab>900101300008<Enter>").await;
    assert!(text(&mut screen).contains("An IIN has 12 digits"));
    play(&mut screen, "<Backspace>7<Enter><Enter>").await;
    let of_one = text(&mut screen);
    assert!(
        of_one.contains("only: ********0007") && !of_one.contains(fake::INSURED),
        "{of_one}"
    );
    let asked = desk.asked.lock().unwrap().len();
    let later = english.clock.now().plus(std::time::Duration::from_secs(5));
    screen.message(crate::message::Message::Tick(later)).await;
    let journal = |asked: &[String]| asked.iter().filter(|what| *what == "journal").count();
    assert_eq!(
        journal(&desk.asked.lock().unwrap()[asked..]),
        0,
        "no look-up without being asked"
    );
    play(&mut screen, "<F5>").await;
    assert_eq!(journal(&desk.asked.lock().unwrap()[asked..]), 1);
    play(&mut screen, "d").await;
    assert!(text(&mut screen).contains("Ахметова Айгүл"));
}

#[tokio::test]
async fn an_exchange_is_shown_as_the_citizen_saw_it() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<F4><Home><Down><Down><Down><Enter>").await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("As the citizen saw it") && shown.contains("********0007 статус"),
        "{shown}"
    );
    assert!(shown.contains("САҚТАНДЫРЫЛҒАН 30.09.2026 дейін"), "{shown}");
    play(&mut screen, "u").await;
    assert!(text(&mut screen).contains("900101300007 статус"));
    play(&mut screen, "<Esc><Up><Enter>").await;
    assert!(text(&mut screen).contains("There is no text behind this line"));
    play(&mut screen, "<Esc>").await;
    assert!(text(&mut screen).contains("12 lines"));
}

/// Other lines are shown than that of an exchange that is open: `d` would open the card of the filter.
#[tokio::test]
async fn a_filter_closes_the_exchange_that_is_open_and_is_of_its_line() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<F4><Home><Down><Down><Down><Enter>").await;
    assert!(text(&mut screen).contains("As the citizen saw it"));
    play(&mut screen, "/<Tab><Tab><Tab>900101300007<Enter><Enter>").await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("only: ********0007") && !shown.contains("As the citizen saw it"),
        "{shown}"
    );
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<F4><Home><Down><Down><Down><Enter>").await;
    let of_line = text(&mut screen);
    let phone = of_line
        .split_whitespace()
        .find(|word| word.starts_with('+'))
        .unwrap();
    play(&mut screen, "p").await;
    let shown = text(&mut screen);
    let filter = shown.split_once("only: ").map(|(_, filter)| filter);
    assert!(
        filter.is_some_and(|filter| filter.contains(phone)),
        "{phone} in {shown}"
    );
}
