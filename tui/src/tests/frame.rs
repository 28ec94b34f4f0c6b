//! The rows around every screen.

use super::*;

#[tokio::test]
async fn the_help_keeps_its_place_in_every_footer() {
    for language in Language::ALL {
        for size in [(60, 16), (80, 24)] {
            let mut screen = open(language, size).await;
            lead(&mut screen, "insured").await;
            let card = text(&mut screen);
            screen.press(KeyCode::F(4)).await;
            for shown in [card, text(&mut screen)] {
                let footer = shown.lines().last().unwrap();
                assert!(footer.contains(" F1 "), "{footer}");
            }
        }
    }
}

#[tokio::test]
async fn the_sign_of_an_absent_server_is_whole_in_every_window() {
    for (language, sign) in [
        (Language::Kazakh, "! байланыс үзілді: 12:00"),
        (Language::Russian, "! нет связи с 12:00"),
        (Language::English, "! no connection since 12:00"),
    ] {
        for size in [(60, 16), (80, 24), (120, 40)] {
            let desk = Arc::new(FakeDesk::default());
            desk.fail(Some(DeskError::Away("gone".to_owned())));
            let mut screen = Offscreen::open(desk, &options(language), size).await.unwrap();
            let shown = text(&mut screen);
            assert!(shown.lines().next().unwrap().contains(sign), "{shown}");
            assert!(!shown.contains("gone"), "{shown}");
        }
    }
}
