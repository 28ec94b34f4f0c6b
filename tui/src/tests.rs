//! The screens as an operator sees them: every one at both sizes and in the three languages.

mod frame;

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

fn text(screen: &mut Offscreen) -> String {
    screen.picture().unwrap().text()
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

#[tokio::test]
async fn small_windows() {
    for language in Language::ALL {
        let mut screen = open(language, (60, 16)).await;
        lead(&mut screen, "not-insured").await;
        insta::assert_snapshot!(named("not-insured", language, (60, 16)), text(&mut screen));
        let mut screen = open(language, (40, 10)).await;
        insta::assert_snapshot!(named("too-small", language, (40, 10)), text(&mut screen));
    }
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
        insta::assert_snapshot!(format!("look-{}", theme.name()), picture.looks());
    }
}

#[tokio::test]
async fn without_colour_nothing_is_lost() {
    for scene in SCENES {
        let desk: Arc<FakeDesk> = Arc::default();
        let bare = Options {
            no_color: true,
            theme: ThemeChoice::Dark,
            ..options(Language::Kazakh)
        };
        let mut mono = Offscreen::open(desk, &bare, (80, 24)).await.unwrap();
        lead(&mut mono, scene).await;
        let mono = mono.picture().unwrap();
        assert!(!mono.has_colours(), "{scene}");
        let mut auto = open(Language::Kazakh, (80, 24)).await;
        lead(&mut auto, scene).await;
        assert_eq!(mono.text(), text(&mut auto), "signs and words are the same");
        assert!(auto.picture().unwrap().has_colours());
    }
}

#[tokio::test]
async fn plain_screens_are_free_of_line_drawing() {
    for scene in SCENES {
        let plain = Options {
            theme: ThemeChoice::Plain,
            ..options(Language::Russian)
        };
        let desk = Arc::new(FakeDesk::default());
        let mut screen = Offscreen::open(desk, &plain, (120, 40)).await.unwrap();
        lead(&mut screen, scene).await;
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

/// What an operator does with a call, key by key.
#[tokio::test]
async fn a_call_from_the_first_digit_to_the_next_caller() {
    let desk = Arc::new(FakeDesk::default());
    let options = options(Language::Russian);
    let mut screen = Offscreen::open(Arc::clone(&desk) as _, &options, (80, 24))
        .await
        .unwrap();
    assert!(text(&mut screen).contains("ИИН, телефон или имя"));
    // Typed on the digit row of a Kazakh keyboard.
    screen.type_text("ұққ\"қ\"іққққ").await;
    assert!(text(&mut screen).contains("11 из 12 цифр"));
    screen.type_text("8").await;
    assert!(text(&mut screen).contains("Неверная контрольная цифра"));
    screen.press(KeyCode::Backspace).await;
    screen.type_text("7").await;
    let card = text(&mut screen);
    assert!(card.contains("ЗАСТРАХОВАН. Остальное скажу"), "{card}");
    assert!(card.contains("Ахметова Айгүл") && card.contains("********0007"));
    assert!(!card.contains(fake::INSURED));

    screen.press(KeyCode::F(7)).await;
    assert!(text(&mut screen).contains("ЗАСТРАХОВАН по 31.12.2026. Долга нет."));
    screen.press(KeyCode::F(6)).await;
    assert!(text(&mut screen).contains("INSURED until 31.12.2026."));
    screen.press(KeyCode::F(8)).await;
    assert!(text(&mut screen).contains(fake::INSURED), "shown on request");
    for found in [
        "Долга нет.",
        "Дата рождения",
        "Городская поликлиника",
        "привязан 12.05.2023",
        "SMS kannel",
    ] {
        screen.press(KeyCode::Tab).await;
        let card = text(&mut screen);
        assert!(card.contains(found), "{found} in\n{card}");
    }

    screen.press(KeyCode::F(4)).await;
    assert!(text(&mut screen).contains("Журнал запросов"));
    screen.press(KeyCode::F(3)).await;
    assert!(
        text(&mut screen).contains("Ахметова Айгүл"),
        "the card is still open"
    );
    screen.press(KeyCode::Esc).await;
    let next = text(&mut screen);
    assert!(next.contains("ИИН, телефон или имя") && !next.contains("Ахметова"));

    screen.type_text(fake::BIN).await;
    assert!(text(&mut screen).contains("Похоже на БИН"));
    screen.press(KeyCode::Esc).await;
    screen.type_text(fake::NOBODY).await;
    assert!(text(&mut screen).contains("Нет такого человека"));
    screen.press(KeyCode::Esc).await;
    screen.type_text("+7 701 000 00 09").await;
    screen.press(KeyCode::Enter).await;
    assert!(text(&mut screen).contains("телефон ни к кому не привязан"));

    desk.fail(Some(DeskError::Away("нет связи".to_owned())));
    screen.press(KeyCode::Esc).await;
    screen.type_text(fake::INSURED).await;
    assert!(text(&mut screen).contains("Сервер не отвечает"));
    desk.fail(None);
    screen.press(KeyCode::Enter).await;
    let back = text(&mut screen);
    assert!(back.contains("Сервер снова отвечает") && back.contains("Ахметова"));
    assert!(!screen.ended);
    screen.press(KeyCode::F(10)).await;
    assert!(screen.ended);
}

#[tokio::test]
async fn the_cursor_stands_where_the_next_letter_goes() {
    let mut screen = open(Language::Kazakh, (80, 24)).await;
    assert_eq!(screen.cursor(), (3, 2), "from the first frame");
    screen.type_text("қос").await;
    assert_eq!(screen.cursor(), (6, 2));
    screen.press(KeyCode::Left).await;
    assert_eq!(screen.cursor(), (5, 2));
    screen.type_text(&"ұзын ".repeat(30)).await;
    let (x, y) = screen.cursor();
    assert!(x < 80 && y == 2, "a long text scrolls under the cursor");
}

/// Every key that a footer or the help may name has a word in every language, and every screen has its hints.
#[tokio::test]
async fn every_hint_exists() {
    let options = options(Language::English);
    let mut ui = options.ui().unwrap();
    for language in Language::ALL {
        ui.language = language;
        for action in Action::ALL {
            for kind in ["hint", "action"] {
                let said = ui.t(&format!("ui-{kind}-{}", action.name()));
                assert!(!said.starts_with('['), "{said}");
            }
        }
        for place in Place::ALL {
            let heading = ui.t(&format!("ui-help-{}", place.name()));
            assert!(!heading.starts_with('['), "{heading}");
        }
    }
    for (keys, hints) in [
        (vec![], ["Enter search", "Esc next caller", "F10 quit"]),
        (vec![KeyCode::F(4)], ["Space freeze", "Esc back", "F10 quit"]),
        (vec![KeyCode::F(1)], ["Esc back", "PgDn page down", "F10 quit"]),
    ] {
        let mut screen = open(Language::English, (120, 24)).await;
        for code in keys {
            screen.press(code).await;
        }
        let shown = text(&mut screen);
        let footer = shown.lines().last().unwrap().to_owned();
        for hint in hints {
            assert!(footer.contains(hint), "{hint} in {footer}");
        }
    }
}

#[tokio::test]
async fn a_key_of_the_operators_own_is_in_the_help_and_the_footer() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys.toml");
    std::fs::write(&file, "[card]\nverify = [\"F2\"]\n").unwrap();
    let options = Options {
        keymap: Some(file),
        ..options(Language::English)
    };
    let desk = Arc::new(FakeDesk::default());
    let mut screen = Offscreen::open(desk, &options, (120, 40)).await.unwrap();
    lead(&mut screen, "insured").await;
    assert!(text(&mut screen).contains("F2 verified"));
    screen.press(KeyCode::F(2)).await;
    assert!(text(&mut screen).contains("+ caller verified"));
    screen.press(KeyCode::F(1)).await;
    let help = text(&mut screen);
    assert!(
        help.contains("F2                    Caller verified; again: undo"),
        "{help}"
    );
    assert!(help.contains("pressed F2"), "{help}");
}

#[test]
fn texts_of_the_house_override_those_of_the_console() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("ru.ftl"),
        "ui-tab-caller = Звонок\nstatus-line = SMS",
    )
    .unwrap();
    let mut options = Options {
        texts_dir: Some(dir.path().to_owned()),
        ..options(Language::Russian)
    };
    let error = options.ui().err().unwrap().to_string();
    assert!(error.contains("status-line"), "a slip is told: {error}");
    options.other_texts.insert("status-line".to_owned());
    assert_eq!(options.ui().unwrap().t("ui-tab-caller"), "Звонок");
}

/// A snapshot that no test looks at would rot.
#[test]
fn no_snapshot_is_left_over() {
    let mut expected: Vec<String> = ThemeChoice::ALL
        .iter()
        .map(|theme| format!("look-{}", theme.name()))
        .collect();
    for language in Language::ALL {
        expected.push(named("not-insured", language, (60, 16)));
        expected.push(named("too-small", language, (40, 10)));
        for size in SIZES {
            expected.extend(SCENES.iter().map(|scene| named(scene, language, size)));
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

/// What every code of the domain is called on the screen: a new one must get its words.
#[test]
fn every_code_has_a_word() {
    let ui = options(Language::Kazakh).ui().unwrap();
    for language in Language::ALL {
        let words = crate::words::Words::new(&ui.texts, language);
        let mut keys: Vec<String> = Outcome::ALL
            .iter()
            .map(|outcome| format!("ui-outcome-{}", outcome.code()))
            .collect();
        keys.extend(Payer::ALL.iter().map(|payer| format!("payer-{}", payer.code())));
        keys.extend(
            PayerKind::ALL
                .iter()
                .map(|kind| format!("payer-kind-{}", kind.code())),
        );
        keys.extend(Category::ALL.iter().map(|c| format!("category-{}", c.code())));
        for key in keys {
            assert!(!words.t(&key).starts_with('['), "{key}");
        }
        for state in MonthState::ALL {
            let cell = words.month_cell(state);
            assert!(cell.chars().count() <= 4, "{cell} does not fit its cell");
        }
    }
}

#[tokio::test]
async fn a_demonstration_says_whom_to_look_for_until_something_is_typed() {
    let options = Options {
        examples: vec!["900101300007   Ахметова Айгүл".into()],
        ..options(Language::English)
    };
    let desk = Arc::new(FakeDesk::default());
    let mut screen = Offscreen::open(desk, &options, (80, 24)).await.unwrap();
    let shown = text(&mut screen);
    assert!(
        shown.contains("Invented people to try:") && shown.contains("Ахметова Айгүл"),
        "{shown}"
    );
    screen.type_text("9").await;
    assert!(!text(&mut screen).contains("Invented"));
}
