//! The screens as an operator sees them: every one at both sizes and in the three languages.

use std::sync::Arc;

use crossterm::event::KeyCode;
use saqta_data::language::Language;

use crate::fake::{self, FakeDesk};
use crate::picture::{Offscreen, Scene, picture};
use crate::{Options, ThemeChoice};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

fn options(language: Language) -> Options {
    Options {
        language,
        clock: fake::clock(),
        ..Options::default()
    }
}

async fn open(language: Language, size: (u16, u16)) -> Offscreen {
    let desk = Arc::new(FakeDesk::default());
    Offscreen::open(desk, &options(language), size).await.unwrap()
}

fn named(scene: &str, language: Language, (width, height): (u16, u16)) -> String {
    format!("{scene}-{width}x{height}-{}", language.code())
}

/// Keys that lead to a scene.
async fn lead(screen: &mut Offscreen, scene: &str) {
    match scene {
        "search" => {}
        "people" => {
            screen.type_text("ахмет 01.01.1990").await;
            screen.press(KeyCode::Enter).await;
            screen.press(KeyCode::Down).await;
        }
        "check-digit" => screen.type_text("900101300008").await,
        "nobody" => screen.type_text(fake::NOBODY_ODD).await,
        "insured" => screen.type_text(fake::INSURED).await,
        "not-insured" => {
            screen.type_text(fake::NOT_INSURED).await;
            screen.press(KeyCode::F(7)).await;
            screen.press(KeyCode::Tab).await;
        }
        "grace" => {
            screen.type_text(fake::GRACE).await;
            screen.press(KeyCode::Char('v')).await;
            screen.press(KeyCode::Left).await;
        }
        "state-category" => {
            screen.type_text(fake::STATE).await;
            screen.press(KeyCode::Tab).await;
            screen.press(KeyCode::Tab).await;
        }
        "journal" => {
            screen.press(KeyCode::F(4)).await;
            screen.press(KeyCode::Up).await;
        }
        "help" => screen.press(KeyCode::F(1)).await,
        other => panic!("no way to {other}"),
    }
}

const SCENES: [&str; 10] = [
    "search",
    "people",
    "check-digit",
    "nobody",
    "insured",
    "not-insured",
    "grace",
    "state-category",
    "journal",
    "help",
];

#[tokio::test]
async fn every_screen_at_both_sizes_in_three_languages() {
    for scene in SCENES {
        for size in SIZES {
            for language in Language::ALL {
                let mut screen = open(language, size).await;
                lead(&mut screen, scene).await;
                let text = screen.picture().unwrap().text();
                assert!(!text.contains("[ui-") && !text.contains("{$"), "{text}");
                insta::assert_snapshot!(named(scene, language, size), text);
            }
        }
    }
}
