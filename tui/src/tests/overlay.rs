//! What is laid over a screen.

use super::*;

pub(super) const SCENES: &[Way] = &[
    ("palette", "900101300027<F2>"),
    ("palette-typed", "900101300027<F2>no"),
    ("palette-other-layout", "<F2>ощгктфд"),
    ("palette-digits", "<F4><F2>900101 300 027"),
    ("palette-nothing", "<F2>zzz"),
    ("palette-end", "900101300027<F2><End>"),
];

#[tokio::test]
async fn a_card_action_chosen_on_another_screen_opens_the_card_and_its_form() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "900101300027<F4><F2>write a note<Enter>").await;
    let shown = text(&mut screen);
    assert!(shown.contains("[Search]") && shown.contains(" Note "), "{shown}");
    assert!(shown.contains("0027"), "{shown}");
    // It is remembered.
    play(&mut screen, "<Esc><F2>").await;
    let shown = text(&mut screen);
    let first = shown
        .lines()
        .find(|line| line.contains("> n "))
        .unwrap_or_default();
    assert!(
        first.contains("Write a note") && first.contains("lately"),
        "{shown}"
    );
}

#[tokio::test]
async fn twelve_digits_in_the_palette_open_the_card() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<F4><F2>900101 300 027<Enter>").await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("********0027") && shown.contains("[Search]"),
        "{shown}"
    );
}
