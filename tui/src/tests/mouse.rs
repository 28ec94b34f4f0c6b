//! The mouse: what is clicked is found by the words that stand there.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::message::Message;

/// A console with the mouse on.
async fn with_mouse(size: (u16, u16)) -> Offscreen {
    let options = Options {
        mouse: true,
        ..options(Language::English)
    };
    let desk = Arc::new(FakeDesk::default());
    Offscreen::open(desk, &options, size).await.unwrap()
}

async fn mouse(screen: &mut Offscreen, kind: MouseEventKind, (column, row): (u16, u16)) {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    screen.message(Message::Mouse(event)).await;
}

/// Where `words` stand.
fn find(screen: &mut Offscreen, words: &str) -> (u16, u16) {
    let shown = text(screen);
    let place = shown.lines().zip(0..).find_map(|(line, row)| {
        let before = line.split_once(words)?.0;
        Some((u16::try_from(before.chars().count()).unwrap(), row))
    });
    place.unwrap_or_else(|| panic!("no {words} in\n{shown}"))
}

/// Clicks on the first cell of `words`.
async fn click(screen: &mut Offscreen, words: &str) {
    let at = find(screen, words);
    mouse(screen, MouseEventKind::Down(MouseButton::Left), at).await;
}

#[tokio::test]
async fn the_mouse_means_nothing_until_a_key_turns_it_on() {
    let mut screen = open(Language::English, (80, 24)).await;
    let before = text(&mut screen);
    click(&mut screen, "Journal").await;
    assert_eq!(text(&mut screen), before);
    screen.press(KeyCode::F(11)).await;
    assert!(text(&mut screen).contains("mouse on"));
    click(&mut screen, "Journal").await;
    assert!(text(&mut screen).contains("[Journal]"));
}

#[tokio::test]
async fn tabs_and_hints_do_what_their_keys_do() {
    let mut screen = with_mouse((80, 24)).await;
    for tab in ["Carriers", "Imports", "Pulse", "Help", "Journal", "Search"] {
        click(&mut screen, tab).await;
        let shown = text(&mut screen);
        let header = shown.lines().next().unwrap();
        assert!(header.contains(&format!("[{tab}]")), "{shown}");
    }
    click(&mut screen, "F9 ").await;
    assert!(!text(&mut screen).contains("Search"), "the next language");
    click(&mut screen, "F1 ").await;
    assert!(
        screen
            .picture()
            .unwrap()
            .text()
            .lines()
            .next()
            .unwrap()
            .contains("6 [")
    );
}

#[tokio::test]
async fn months_years_and_parts_of_a_card_are_chosen_then_opened() {
    let mut screen = with_mouse((120, 40)).await;
    lead(&mut screen, "not-insured").await;
    click(&mut screen, "03.26").await;
    let chosen = text(&mut screen);
    assert!(chosen.contains(">03.26"), "{chosen}");
    click(&mut screen, "03.26").await;
    assert!(
        text(&mut screen).contains("[March 2026]"),
        "{}",
        text(&mut screen)
    );
    // The fake has a year before the window.
    click(&mut screen, "2024:").await;
    assert!(text(&mut screen).contains("[2024]"), "{}", text(&mut screen));
    screen.press(KeyCode::Esc).await;
    click(&mut screen, "Clinic").await;
    assert!(text(&mut screen).contains("[Clinic]"));

    let mut narrow = with_mouse((80, 24)).await;
    lead(&mut narrow, "insured").await;
    let title = text(&mut narrow).contains("Phones");
    if title {
        click(&mut narrow, "Phones").await;
        assert!(text(&mut narrow).contains("[Phones]"));
    }
}

#[tokio::test]
async fn a_person_found_is_chosen_then_opened() {
    let mut screen = with_mouse((80, 24)).await;
    lead(&mut screen, "people").await;
    let third = "0823";
    click(&mut screen, third).await;
    let shown = text(&mut screen);
    let line = shown.lines().find(|line| line.contains(third)).unwrap();
    assert!(line.trim_start().starts_with('>'), "{shown}");
    assert!(
        shown.contains("[Search]") && !shown.contains("Read aloud"),
        "{shown}"
    );
    click(&mut screen, third).await;
    assert!(text(&mut screen).contains("Read aloud"), "{}", text(&mut screen));
}

#[tokio::test]
async fn an_import_is_chosen() {
    let mut screen = with_mouse((80, 24)).await;
    play(&mut screen, "<Alt-4>").await;
    click(&mut screen, "phones.csv").await;
    let shown = text(&mut screen);
    let mut chosen = shown.lines().filter(|line| line.starts_with(" > "));
    assert!(
        chosen.next().is_some_and(|line| line.contains("phones.csv")),
        "{shown}"
    );
    assert_eq!(chosen.next(), None, "{shown}");
}

#[tokio::test]
async fn the_wheel_scrolls_what_is_shown() {
    let mut screen = with_mouse((80, 24)).await;
    screen.press(KeyCode::F(1)).await;
    assert!(text(&mut screen).contains(" 1-20/"));
    mouse(&mut screen, MouseEventKind::ScrollDown, (10, 10)).await;
    assert!(text(&mut screen).contains(" 4-23/"));
    mouse(&mut screen, MouseEventKind::ScrollUp, (10, 10)).await;
    assert!(text(&mut screen).contains(" 1-20/"));
}

#[tokio::test]
async fn buttons_and_fields_of_a_form_are_clicked() {
    let mut screen = with_mouse((80, 24)).await;
    lead(&mut screen, "insured").await;
    play(&mut screen, "<F2>note<Enter>").await;
    let form = text(&mut screen);
    assert!(form.contains("  Cancel  "), "{form}");
    // Nothing behind the form is clicked.
    click(&mut screen, "Journal").await;
    assert!(text(&mut screen).contains("  Cancel  "), "{form}");
    // A field that is not right is said, and the cursor goes there.
    click(&mut screen, "Do it").await;
    let fault = text(&mut screen);
    assert!(fault.contains(" x "), "{fault}");
    click(&mut screen, "Cancel").await;
    assert!(!text(&mut screen).contains("Cancel"));
}

#[tokio::test]
async fn a_line_of_the_palette_is_done() {
    let mut screen = with_mouse((80, 24)).await;
    screen.press(KeyCode::F(2)).await;
    screen.type_text("pulse").await;
    click(&mut screen, "Pulse of the service").await;
    let shown = text(&mut screen);
    assert!(shown.lines().next().unwrap().contains("[Pulse]"), "{shown}");
}

/// No click anywhere does harm: some sixty cells of every scene, one after another.
#[tokio::test]
async fn any_cell_can_be_clicked() {
    for (scene, keys) in scenes() {
        let mut screen = with_mouse((80, 24)).await;
        play(&mut screen, keys).await;
        for n in 0..60 {
            let at = (n * 37 % 80, n * 11 % 24);
            mouse(&mut screen, MouseEventKind::Down(MouseButton::Left), at).await;
            assert!(!text(&mut screen).is_empty(), "{scene} at {at:?}");
            if screen.ended {
                screen = with_mouse((80, 24)).await;
                play(&mut screen, keys).await;
            }
        }
    }
}
