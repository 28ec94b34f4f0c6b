//! The screen of the service as a whole.

use super::*;

pub(super) const SCENES: &[Way] = &[("pulse", "<Alt-5>"), ("pulse-below", "<Alt-5><End>")];

#[tokio::test]
async fn the_pulse_says_who_is_insured_and_why_not() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<Alt-5>").await;
    let pulse = text(&mut screen);
    assert!(pulse.contains("2 000 000 people on 26.08.2026"), "{pulse}");
    assert!(
        pulse.contains("1 560 000  78 %") && pulse.contains("1-3 months missing"),
        "{pulse}"
    );
    play(&mut screen, "<End>").await;
    let below = text(&mut screen);
    assert!(below.contains("612 MB") && below.contains("1 d 2 h"), "{below}");
}

#[tokio::test]
async fn help_and_pulse_say_how_another_terminal_comes_to_the_same_store() {
    let options = Options {
        attach: Some("saqta console --store /tmp/saqta-demo-x/store".to_owned()),
        ..options(Language::English)
    };
    let desk = Arc::new(FakeDesk::default());
    let mut screen = Offscreen::open(desk, &options, (80, 24)).await.unwrap();
    for keys in ["<Alt-5><End>", "<F1><End>"] {
        play(&mut screen, keys).await;
        let shown = text(&mut screen);
        assert!(
            shown.contains("On another terminal: saqta console --store /tmp/saqta-demo-x/store"),
            "{shown}"
        );
    }
}
