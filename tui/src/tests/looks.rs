//! Themes, signs, and pictures of the console.

use super::*;

/// The themes in which the look of every screen is kept.
pub(super) const DRESSED: [ThemeChoice; 2] = [ThemeChoice::Dark, ThemeChoice::Mono];

/// The name of a screen's look in a theme.
pub(super) fn dressed(scene: &str, theme: ThemeChoice) -> String {
    format!("look-{scene}-{}", theme.name())
}

#[tokio::test]
async fn the_looks_of_a_card() {
    for theme in ThemeChoice::ALL {
        let options = Options {
            theme,
            ..options(Language::Russian)
        };
        let desk = Arc::new(FakeDesk::default());
        let mut screen = Offscreen::open(desk, &options, (80, 24)).await.unwrap();
        lead(&mut screen, "grace").await;
        let picture = screen.picture().unwrap();
        shot(&format!("look-{}", theme.name()), &picture.looks());
    }
}

/// Colours and modifiers of every screen, in the theme with colours and in the one without.
#[tokio::test]
async fn every_screen_in_dark_and_mono() {
    for (scene, keys) in scenes() {
        for theme in DRESSED {
            let options = Options {
                theme,
                ..options(Language::Kazakh)
            };
            let desk = Arc::new(FakeDesk::default());
            let mut screen = Offscreen::open(desk, &options, (80, 24)).await.unwrap();
            play(&mut screen, keys).await;
            let picture = screen.picture().unwrap();
            shot(&dressed(scene, theme), &picture.looks());
        }
    }
}

#[tokio::test]
async fn without_colour_nothing_is_lost() {
    for (scene, keys) in scenes() {
        let desk: Arc<FakeDesk> = Arc::default();
        let bare = Options {
            no_color: true,
            theme: ThemeChoice::Dark,
            ..options(Language::Kazakh)
        };
        let mut mono = Offscreen::open(desk, &bare, (80, 24)).await.unwrap();
        play(&mut mono, keys).await;
        let mono = mono.picture().unwrap();
        assert!(!mono.has_colours(), "{scene}");
        let mut auto = open(Language::Kazakh, (80, 24)).await;
        play(&mut auto, keys).await;
        assert_eq!(mono.text(), text(&mut auto), "signs and words are the same");
        assert!(auto.picture().unwrap().has_colours());
    }
}

#[tokio::test]
async fn plain_screens_are_free_of_line_drawing() {
    for (_, keys) in scenes() {
        let plain = Options {
            theme: ThemeChoice::Plain,
            ..options(Language::Russian)
        };
        let desk = Arc::new(FakeDesk::default());
        let mut screen = Offscreen::open(desk, &plain, (120, 40)).await.unwrap();
        play(&mut screen, keys).await;
        let text = text(&mut screen);
        let odd = text
            .chars()
            .find(|c| !c.is_ascii() && !c.is_alphabetic() && *c != '№');
        assert_eq!(odd, None, "{text}");
    }
}

#[tokio::test]
async fn a_picture_shows_what_the_console_shows() {
    let desk: Arc<FakeDesk> = Arc::default();
    let iin = saqta_data::iin::Iin::parse(fake::GRACE).unwrap();
    let scene = Scene::Card {
        iin,
        verified: true,
        reading: Language::Kazakh,
    };
    let options = options(Language::Russian);
    let shown = picture(desk, &options, scene, (80, 24)).await.unwrap();
    assert!(shown.text().contains("ШАРТТЫ ТҮРДЕ САҚТАНДЫРЫЛҒАН"));
    assert!(!shown.text().contains(fake::GRACE), "masked");
    let svg = shown.svg();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("УСЛОВНО ЗАСТРАХОВАН"));
}
