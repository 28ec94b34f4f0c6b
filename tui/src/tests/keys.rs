//! Keys, their hints and the help.

use saqta_data::desk::OperatorRole;

use super::*;

pub(super) const SCENES: &[Way] = &[
    ("help", "<F1>"),
    ("help-card", "900101300017<F1>"),
    ("help-questions", "900101300017<F1><Tab>"),
    ("help-signs", "<F1><Tab><Tab><Tab>"),
    ("help-filter", "<F1>/"),
    ("help-filtered", "<F1>/IIN<Enter><Enter>"),
    ("help-nothing", "<F1>/zzz<Enter><Enter>"),
];

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
    let mut help = text(&mut screen);
    screen.press(KeyCode::Tab).await;
    help.push_str(&text(&mut screen));
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
    assert!(seen.contains("  theme                 Next theme"), "{seen}");
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

/// Whoever reads on from the first line to the last one, page by page.
async fn whole_help(screen: &mut Offscreen) -> String {
    let mut help = text(screen);
    for _ in 0..20 {
        screen.press(KeyCode::PageDown).await;
        help.push_str(&text(screen));
    }
    help
}

#[tokio::test]
async fn the_help_is_for_the_role_of_who_reads_it() {
    for (role, there, missing) in [
        (
            OperatorRole::Viewer,
            "Open the month",
            "What would come of paying",
        ),
        (
            OperatorRole::Operator,
            "Bind a phone",
            "Temporary status for a month",
        ),
        (
            OperatorRole::Senior,
            "grant a status for a month: [T]",
            "no such words",
        ),
    ] {
        let desk = Arc::new(FakeDesk {
            role: Some(role).into(),
            ..FakeDesk::default()
        });
        let options = options(Language::English);
        let mut screen = Offscreen::open(desk, &options, (120, 40)).await.unwrap();
        play(&mut screen, "<F1>").await;
        let help = whole_help(&mut screen).await;
        assert!(help.contains(there), "{help}");
        assert!(!help.contains(missing), "{help}");
    }
}

#[tokio::test]
async fn the_help_begins_with_where_one_was_and_goes_on_part_by_part() {
    let questions = "How do I answer?";
    for (keys, title, next) in [
        ("<F1>", "In the search box", questions),
        ("900101300017<F1>", "On a card", questions),
        ("900101300017i<F1>", "Where months are marked", questions),
        ("<F4><F1>", "In the journal", "Signs of an answer"),
        ("<Alt-5><F2>help<Enter>", "On the pulse of the service", questions),
    ] {
        let mut screen = open(Language::English, (80, 24)).await;
        play(&mut screen, keys).await;
        let line = |shown: String| shown.lines().nth(2).unwrap_or_default().trim().to_owned();
        assert_eq!(line(text(&mut screen)), title, "{keys}");
        play(&mut screen, "<Tab>").await;
        assert_eq!(line(text(&mut screen)), next);
        play(&mut screen, "<BackTab>").await;
        assert_eq!(line(text(&mut screen)), title);
    }
}

#[tokio::test]
async fn words_are_found_in_the_help_and_esc_shows_all_again() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<F1>").await;
    let whole = text(&mut screen);
    play(&mut screen, "/freeze<Enter><Enter>").await;
    assert!(text(&mut screen).contains("Nothing here holds these words"));
    // On the other layout.
    play(&mut screen, "<Esc>/ощгктфд still<Enter><Enter>").await;
    let found = text(&mut screen);
    assert!(
        found.contains("Hold the journal still") && found.contains("only: "),
        "{found}"
    );
    assert!(!found.contains("Leave the console"), "{found}");
    play(&mut screen, "<Esc>").await;
    assert_eq!(text(&mut screen), whole);
    play(&mut screen, "<Esc>").await;
    assert!(text(&mut screen).contains("[Search]"));
}

/// Whatever key a viewer presses wherever, and confirms: nothing is done about anybody.
#[tokio::test]
async fn a_viewer_has_no_dangerous_key() {
    let ui = options(Language::English).ui().unwrap();
    for (way, place) in [
        ("", Place::Search),
        ("900101300007", Place::Card),
        ("900101300017<Left><Enter>", Place::Detail),
        ("<F4>", Place::Journal),
        ("<Alt-3>", Place::Carriers),
        ("<Alt-4>", Place::Imports),
        ("<Alt-5>", Place::Pulse),
        ("<F1>", Place::Help),
    ] {
        let desk = Arc::new(FakeDesk::default());
        *desk.role.lock().unwrap() = Some(saqta_data::desk::OperatorRole::Viewer);
        let options = options(Language::English);
        let opened = Offscreen::open(Arc::clone(&desk) as _, &options, (80, 24)).await;
        let mut screen = opened.unwrap();
        let bound = [place, Place::Everywhere].map(|place| ui.keymap.actions(place).collect::<Vec<_>>());
        for key in bound.iter().flatten().flat_map(|(_, keys)| *keys) {
            // From wherever the key before has led.
            play(&mut screen, "<Esc><Esc><Esc><F3><Esc>").await;
            play(&mut screen, way).await;
            screen.key(key.event()).await;
            play(&mut screen, "<Enter><Enter><Enter>").await;
            assert!(desk.worked.lock().unwrap().is_empty(), "{key} in {place:?}");
            let asked = desk.asked.lock().unwrap();
            assert!(!asked.iter().any(|asked| asked == "work"), "{key} in {place:?}");
        }
    }
}
