//! The screens as an operator sees them: every one at both sizes and in the three languages.

mod caller;
mod carriers;
mod frame;
mod imports;
mod journal;
mod keys;
mod looks;
mod mouse;
mod overlay;
mod pulse;
mod texts;
mod work;

use std::sync::Arc;

use crossterm::event::KeyCode;
use saqta_data::category::Category;
use saqta_data::contribution::{Payer, PayerKind};
use saqta_data::coverage::MonthState;
use saqta_data::desk::DeskError;
use saqta_data::journal::Outcome;
use saqta_data::language::Language;

use crate::action::Action;
use crate::fake::{self, FakeDesk};
use crate::keymap::Place;
use crate::offscreen::Offscreen;
use crate::picture::{Scene, picture};
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

fn text(screen: &mut Offscreen) -> String {
    screen.picture().unwrap().text()
}

fn named(scene: &str, language: Language, (width, height): (u16, u16)) -> String {
    format!("{scene}-{width}x{height}-{}", language.code())
}

/// A scene: its name in the snapshots, and the keys that lead there from the empty search box, see [`play`].
type Way = (&'static str, &'static str);

/// Every scene. A screen adds its own in its file under `tests`.
const SCENES: [&[Way]; 8] = [
    caller::SCENES,
    work::SCENES,
    journal::SCENES,
    carriers::SCENES,
    imports::SCENES,
    pulse::SCENES,
    overlay::SCENES,
    keys::SCENES,
];

/// Scenes in the smallest window, too: a caller who is verified, one who is not, and one whose IIN is locked.
const SMALL: [&str; 3] = ["not-insured", "insured", "locked"];

fn scenes() -> impl Iterator<Item = &'static Way> {
    SCENES.into_iter().flatten()
}

/// Types what is written, see [`Offscreen::play`].
async fn play(screen: &mut Offscreen, keys: &str) {
    screen.play(keys).await;
}

/// Presses the keys of a scene.
async fn lead(screen: &mut Offscreen, scene: &str) {
    let (_, keys) = scenes().find(|(name, _)| *name == scene).unwrap();
    play(screen, keys).await;
}

/// Compares with the snapshot of this name, all of which lie in `src/snapshots`.
fn shot(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}

#[tokio::test]
async fn every_screen_at_both_sizes_in_three_languages() {
    for (scene, keys) in scenes() {
        for size in SIZES {
            for language in Language::ALL {
                let mut screen = open(language, size).await;
                play(&mut screen, keys).await;
                let text = text(&mut screen);
                assert!(!text.contains("[ui-") && !text.contains("{$"), "{text}");
                shot(&named(scene, language, size), &text);
            }
        }
    }
}

#[tokio::test]
async fn small_windows() {
    for language in Language::ALL {
        for scene in SMALL {
            let mut screen = open(language, (60, 16)).await;
            lead(&mut screen, scene).await;
            shot(&named(scene, language, (60, 16)), &text(&mut screen));
        }
        let mut screen = open(language, (40, 10)).await;
        shot(&named("too-small", language, (40, 10)), &text(&mut screen));
    }
}

/// A snapshot that no test looks at would rot.
#[test]
fn no_snapshot_is_left_over() {
    let mut expected: Vec<String> = ThemeChoice::ALL
        .iter()
        .map(|theme| format!("look-{}", theme.name()))
        .collect();
    for theme in looks::DRESSED {
        expected.extend(scenes().map(|(scene, _)| looks::dressed(scene, theme)));
    }
    for language in Language::ALL {
        expected.extend(SMALL.map(|scene| named(scene, language, (60, 16))));
        expected.push(named("too-small", language, (40, 10)));
        for size in SIZES {
            expected.extend(scenes().map(|(scene, _)| named(scene, language, size)));
        }
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/snapshots");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let scene = name
            .trim_start_matches("saqta_tui__tests__")
            .trim_end_matches(".snap");
        assert!(expected.iter().any(|known| known == scene), "{name}");
    }
}
