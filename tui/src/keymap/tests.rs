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

#[test]
fn whatever_is_wrong_with_a_file_is_said() {
    for (source, said) in [
        ("[card]\ndown = [\"k\"]\n", "k in [card] is both `up` and `down`"),
        (
            "[card]\ndown = [\"F1\"]\n",
            "F1 in [card] is both `down` and `help`",
        ),
        ("[kard]\ndown = [\"k\"]\n", "there is no place [kard]"),
        ("[card]\nfly = [\"k\"]\n", "there is no action `fly`"),
        (
            "[card]\ndown = [\"F77\"]\n",
            "`F77` of `down` in [card] is no key",
        ),
        (
            "[search]\nsubmit = [\"x\"]\n",
            "`x` in [search] would be typed into the search box",
        ),
        ("[everywhere]\nquit = []\n", "`quit` needs a key"),
        ("[card\n", "TOML parse error"),
        (
            "[help]\nback = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]\n",
            "more than 8 keys",
        ),
    ] {
        let error = with(source).unwrap_err().to_string();
        assert!(error.contains(said), "{source}: {error}");
    }
    let missing = Keymap::load(Some(Path::new("/nowhere/keys.toml"))).unwrap_err();
    assert!(matches!(missing, KeymapError::Read { .. }));
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
