use std::os::unix::fs::PermissionsExt;

use super::*;

fn machine(dir: &Path) -> Machine {
    Machine {
        folder: dir.to_owned(),
        kept_in: Some(dir.join("state/saqta/console.toml")),
    }
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_file_is_new_and_its_owners_only() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    let mut written = Vec::new();
    for contents in ["one", "two", "three"] {
        written.push(machine.save("card.txt", contents.into()).await.unwrap());
    }
    assert!(written[0].ends_with("/card.txt") && written[2].ends_with("/card-3.txt"));
    assert_eq!(fs::read_to_string(&written[0]).unwrap(), "one");
    assert_eq!(fs::read_to_string(&written[1]).unwrap(), "two");
    assert_eq!(mode(&written[0]), 0o600);
}

#[tokio::test]
async fn a_name_leads_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    for name in ["../card.txt", "/etc/card.txt", "a/b", "..", ""] {
        assert!(machine.save(name, Vec::new()).await.is_err(), "{name}");
    }
}

#[test]
fn there_is_an_end_to_files_alike() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..MAX_ALIKE {
        save(dir.path(), "card", b"").unwrap();
    }
    assert!(save(dir.path(), "card", b"").unwrap_err().contains("99"));
}

#[tokio::test]
async fn choices_are_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    assert_eq!(machine.kept(), Preferences::default());
    for chosen in [
        Preferences {
            language: Some(Language::Russian),
            ..Preferences::default()
        },
        Preferences {
            language: Some(Language::English),
            theme: Some(ThemeChoice::Mono),
            mouse: Some(true),
        },
    ] {
        machine.remember(chosen).await.unwrap();
        assert_eq!(machine.kept(), chosen);
    }
    let path = machine.kept_in.clone().unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let files = fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(files.count(), 1, "nothing is left beside it");
}

#[test]
fn a_file_that_is_not_ours_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let machine = machine(dir.path());
    let path = machine.kept_in.clone().unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "language = \"tlh\"\ntheme = \"dark\"\nlater = 1\n").unwrap();
    let kept = machine.kept();
    assert_eq!((kept.language, kept.theme), (None, Some(ThemeChoice::Dark)));
    fs::write(&path, "no toml").unwrap();
    assert_eq!(machine.kept(), Preferences::default());
}

#[tokio::test]
async fn without_a_home_nothing_is_kept_and_that_is_said() {
    let machine = Machine {
        folder: PathBuf::new(),
        kept_in: None,
    };
    assert!(machine.remember(Preferences::default()).await.is_err());
}
