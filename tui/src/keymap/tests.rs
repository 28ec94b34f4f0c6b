use crossterm::event::{KeyCode, KeyModifiers};

use super::*;

fn press(c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
}

fn with(source: &str) -> Result<Keymap, KeymapError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.toml");
    std::fs::write(&path, source).unwrap();
    Keymap::load(Some(&path))
}

#[test]
fn letters_are_typed_in_the_search_box_and_act_elsewhere() {
    let keymap = Keymap::load(None).unwrap();
    assert_eq!(keymap.action(Place::Search, &press('j')), None);
    assert_eq!(keymap.action(Place::Card, &press('j')), Some(Action::Down));
    assert_eq!(
        keymap.action(Place::Card, &press('о')),
        Some(Action::Down),
        "Russian layout"
    );
    assert_eq!(
        keymap.action(Place::Card, &press('П')),
        Some(Action::Bottom),
        "Shift, Russian layout"
    );
    assert_eq!(
        keymap.action(Place::Card, &press('?')),
        Some(Action::Help),
        "as typed"
    );
}

#[test]
fn a_file_replaces_the_keys_it_names_and_no_others() {
    let keymap = with("[card]\ndown = [\"m\"]\n").unwrap();
    assert_eq!(keymap.action(Place::Card, &press('m')), Some(Action::Down));
    assert_eq!(keymap.action(Place::Card, &press('j')), None);
    assert_eq!(keymap.action(Place::Card, &press('k')), Some(Action::Up));
}

/// What is wrong with a file, and what is said of it.
const FAULTS: &[(&str, &str)] = &[
    (
        "# mine\n[card]\ndown = [\"k\"]\n",
        "keys.toml:3: k in [card] is both `down` and `up` (built-in keymap.toml:",
    ),
    (
        "[card]\ndown = [\"F1\"]\n",
        "keys.toml:2: F1 in [card] is both `down` and `help` (built-in keymap.toml:",
    ),
    (
        "[everywhere]\nquit = [\"F10\", \"F6\"]\n",
        "keys.toml:2: F6 in [card] is both `quit` and `reading-language` (built-in keymap.toml:",
    ),
    (
        "[everywhere]\nquit = [\"F7\"]\nmouse = [\"F7\"]\n[card]\nverify = []\n",
        "F7 in [everywhere] is both `",
    ),
    (
        "[kard]\ndown = [\"k\"]\n",
        "keys.toml:1: there is no place [kard]; did you mean `card`?",
    ),
    (
        "[card]\n\ndwon = [\"k\"]\n",
        "keys.toml:3: there is no action `dwon`; did you mean `down`?",
    ),
    (
        "[card]\nelephant = [\"k\"]\n",
        "keys.toml:2: there is no action `elephant`",
    ),
    (
        "[card]\ndown = [\n  \"j\",\n  \"PgDn\",\n]\n",
        "keys.toml:4: `PgDn` of `down` in [card] is no key; did you mean `PageDown`?",
    ),
    (
        "[card]\ndown = [\"F77\"]\n",
        "keys.toml:2: `F77` of `down` in [card] is no key",
    ),
    (
        "[card]\ndown = [\"Ctrl-I\"]\n",
        "keys.toml:2: `Ctrl-I` of `down` in [card] never arrives: terminals send Tab",
    ),
    (
        "[search]\nsubmit = [\"x\"]\n",
        "keys.toml:2: `x` of `submit` in [search] would be typed into the search box",
    ),
    (
        "[everywhere]\nhelp = [\"h\"]\n",
        "keys.toml:2: `h` of `help` in [everywhere] would be typed into the search box",
    ),
    (
        "[search]\nnext-caller = [\"Backspace\"]\n",
        "keys.toml:2: `Backspace` of `next-caller` in [search] edits the search box",
    ),
    (
        "[everywhere]\nquit = []\n",
        "keys.toml: `quit` needs a key in [everywhere]",
    ),
    ("[card\n", "keys.toml:1: "),
    ("[card]\nup = \"k\"\n", "keys.toml:2: invalid type"),
    (
        "[help]\nback = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]\n",
        "keys.toml:2: `back` in [help] has more than 8 keys",
    ),
];

#[test]
fn whatever_is_wrong_with_a_file_is_said() {
    for (source, expected) in FAULTS {
        let error = with(source).unwrap_err().to_string();
        assert!(error.contains(expected), "{source}: {error}");
    }
    let missing = Keymap::load(Some(Path::new("/nowhere/keys.toml"))).unwrap_err();
    assert!(matches!(missing, KeymapError::Read { .. }));
}

#[test]
fn all_faults_of_a_file_are_said_at_once() {
    let source = "[kard]\n[card]\nfly = [\"x\"]\ndown = [\"k\"]\n";
    let error = with(source).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 3, "{error}");
    assert!(lines.iter().all(|line| line.contains("/keys.toml:")), "{error}");
}

#[test]
fn an_action_may_be_left_without_a_key() {
    assert_eq!(Keymap::load(None).unwrap().without_keys().count(), 0);
    let keymap = with("[everywhere]\ntheme = []\n").unwrap();
    assert_eq!(keymap.without_keys().collect::<Vec<_>>(), [Action::Theme]);
}

/// Some terminals keep for themselves: Alt with a digit and F1, F10, F11 (GNOME), Alt with a letter (menus).
fn may_not_arrive(key: &Key) -> bool {
    let written = key.to_string();
    written.starts_with("Alt-") || ["F1", "F10", "F11"].contains(&written.as_str())
}

#[test]
fn whatever_a_terminal_keeps_for_itself_has_a_second_way() {
    let keymap = Keymap::load(None).unwrap();
    // The palette and the walk through the screens lead everywhere.
    for action in [
        Action::Palette,
        Action::NextScreen,
        Action::PreviousScreen,
        Action::Quit,
    ] {
        for place in Place::ALL {
            let keys = keymap.keys(place, action);
            assert!(
                keys.iter().any(|key| !may_not_arrive(key)),
                "{action:?} in {place:?}"
            );
        }
    }
    for place in Place::ALL {
        for (action, keys) in keymap.actions(place) {
            let walks = crate::screens::Tab::of(action).is_some();
            let sure = keys.iter().any(|key| !may_not_arrive(key));
            assert!(walks || sure, "{action:?} in {place:?}: {keys:?}");
        }
    }
}

/// What a Russian or Kazakh keyboard types in place of the keys of the US layout that mean something on a card.
#[test]
fn keys_work_on_every_layout() {
    let keymap = Keymap::load(None).unwrap();
    for (place, typed, action) in [
        (Place::Card, 'м', Action::Verify),
        (Place::Card, 'к', Action::ReadingLanguage),
        (Place::Card, 'г', Action::Reveal),
        (Place::Card, 'р', Action::PreviousMonth),
        (Place::Card, 'д', Action::NextMonth),
        (Place::Card, 'о', Action::Down),
        (Place::Card, 'л', Action::Up),
        (Place::Card, 'п', Action::Top),
        (Place::Card, 'П', Action::Bottom),
        // `/`: typed as such with Shift-\, else the key of the US layout, Russian and Kazakh.
        (Place::Card, '/', Action::NextCaller),
        (Place::Card, '.', Action::NextCaller),
        (Place::Card, '№', Action::NextCaller),
        // `:` as typed (Shift-6 and Shift-7), and at its place.
        (Place::Card, ':', Action::Palette),
        (Place::Card, 'Ж', Action::Palette),
        (Place::Card, '?', Action::Help),
        (Place::Card, ',', Action::Help),
        (Place::Journal, 'Ж', Action::Palette),
    ] {
        assert_eq!(keymap.action(place, &press(typed)), Some(action), "{typed}");
    }
    let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
    for (typed, action) in [('й', Action::Quit), ('с', Action::Quit), ('д', Action::Redraw)] {
        assert_eq!(
            keymap.action(Place::Search, &control(typed)),
            Some(action),
            "{typed}"
        );
    }
    let alt = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT);
    for (typed, action) in [
        ('"', Action::Caller),
        ('ә', Action::Journal),
        ('і', Action::Carriers),
        ('ң', Action::Imports),
        ('ғ', Action::Pulse),
        (',', Action::Help),
    ] {
        assert_eq!(keymap.action(Place::Search, &alt(typed)), Some(action), "{typed}");
    }
    for typed in "йжЖ/?:.,№әқ\"1q".chars() {
        assert_eq!(
            keymap.action(Place::Search, &press(typed)),
            None,
            "{typed} is typed"
        );
    }
}

#[test]
fn vim_keys_arrows_and_function_keys_mean_the_same() {
    let keymap = Keymap::load(None).unwrap();
    let of = |place, key: &str| keymap.action(place, &Key::parse(key).unwrap().event());
    for place in [
        Place::Card,
        Place::Journal,
        Place::Carriers,
        Place::Imports,
        Place::Pulse,
        Place::Help,
    ] {
        for (vim, other) in [
            ("j", "Down"),
            ("k", "Up"),
            ("g", "Home"),
            ("G", "End"),
            ("Ctrl-F", "PageDown"),
            ("Ctrl-B", "PageUp"),
        ] {
            assert_eq!(of(place, vim), of(place, other), "{vim} in {place:?}");
            assert!(of(place, vim).is_some(), "{vim} in {place:?}");
        }
        for (key, action) in [
            ("F1", Action::Help),
            ("F3", Action::Caller),
            ("F4", Action::Journal),
            ("F10", Action::Quit),
        ] {
            assert_eq!(of(place, key), Some(action), "{key} in {place:?}");
        }
    }
}

#[test]
fn every_action_has_a_key_somewhere() {
    let keymap = Keymap::load(None).unwrap();
    for action in Action::ALL {
        let bound = Place::ALL
            .into_iter()
            .any(|place| !keymap.keys(place, *action).is_empty());
        assert!(bound, "{action:?}");
    }
}
