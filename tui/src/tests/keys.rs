//! Keys, their hints and the help.

use super::*;

pub(super) const SCENES: &[Way] = &[("help", "<F1>")];

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
    std::fs::write(&file, "[card]\nverify = [\"Insert\"]\n").unwrap();
    let options = Options {
        keymap: Some(file),
        ..options(Language::English)
    };
    let desk = Arc::new(FakeDesk::default());
    let mut screen = Offscreen::open(desk, &options, (120, 40)).await.unwrap();
    lead(&mut screen, "insured").await;
    assert!(text(&mut screen).contains("Insert verified"));
    screen.press(KeyCode::Insert).await;
    assert!(text(&mut screen).contains("+ caller verified"));
    screen.press(KeyCode::F(1)).await;
    let help = text(&mut screen);
    assert!(
        help.contains("Insert                Caller verified; again: undo"),
        "{help}"
    );
    assert!(help.contains("pressed Insert"), "{help}");
}

#[tokio::test]
async fn what_a_keymap_leaves_without_a_key_is_said_in_the_help() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys.toml");
    std::fs::write(&file, "[everywhere]\ntheme = []\n").unwrap();
    let bare = Options {
        keymap: Some(file),
        ..options(Language::English)
    };
    let desk = Arc::new(FakeDesk::default());
    let mut screen = Offscreen::open(desk, &bare, (120, 40)).await.unwrap();
    screen.press(KeyCode::F(1)).await;
    screen.press(KeyCode::End).await;
    let mut seen = text(&mut screen);
    for _ in 0..3 {
        screen.press(KeyCode::PageUp).await;
        seen.push_str(&text(&mut screen));
    }
    assert!(seen.contains("! Without a key"), "{seen}");
    assert!(seen.contains("  theme  Next theme"), "{seen}");
}

#[tokio::test]
async fn one_key_walks_through_the_screens() {
    let mut screen = open(Language::English, (80, 24)).await;
    let open = |shown: &str| {
        let header = shown.lines().next().unwrap_or_default();
        let title = header.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
        title.map(|(title, _)| title.to_owned()).unwrap_or_default()
    };
    let first = open(&text(&mut screen));
    let mut titles = vec![first.clone()];
    for _ in 0..6 {
        play(&mut screen, "<Ctrl-T>").await;
        titles.push(open(&text(&mut screen)));
    }
    assert_eq!(titles.last(), Some(&first), "round again: {titles:?}");
    titles.pop();
    titles.dedup();
    assert_eq!(titles.len(), 6, "{titles:?}");
    play(&mut screen, "<Ctrl-R>").await;
    assert_eq!(Some(&open(&text(&mut screen))), titles.last());
}
