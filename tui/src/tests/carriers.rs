//! The screen of the carriers.

use super::*;

pub(super) const SCENES: &[Way] = &[("carriers", "<Alt-3><Down>"), ("carrier", "<Alt-3><Enter>")];

#[tokio::test]
async fn a_carrier_is_opened_and_left() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<Alt-3>").await;
    let list = text(&mut screen);
    assert!(
        list.contains("kcell") && list.contains("SMS given up: 1"),
        "{list}"
    );
    assert!(
        list.contains("quiet for 14 min") && list.contains("never heard of"),
        "{list}"
    );
    play(&mut screen, "<Enter>").await;
    let detail = text(&mut screen);
    assert!(
        detail.contains("[kcell (kannel)]") && detail.contains("Answer time in ms"),
        "{detail}"
    );
    play(&mut screen, "<Esc><Down><Down><Enter>").await;
    assert!(text(&mut screen).contains("Anybody could call here"));
    play(&mut screen, "<Esc><Esc>").await;
    assert!(text(&mut screen).contains("IIN, phone"));
}
