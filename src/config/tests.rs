use saqta_gateway::exchange::Unbound;

use super::*;

fn load(text: &str) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("saqta.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(Some(&path)).map_err(|e| e.to_string().replace(&format!("{}/", dir.path().display()), ""))
}

#[test]
fn the_example_of_the_manual_is_read() {
    let config = load(
        r#"
public_url = "https://saqta.example.kz"
listen = "127.0.0.1:8414"
data_date = 2026-11-20
as_of = "2026-11-22"
unbound = "nothing"
[operators.users]
aigul = "operator"
[[carriers]]
name = "tw"
kind = "kannel"
secrets = ["env:TW_TOKEN", "file:old-token"]
path_secret = "env:TW_PATH"
allow = ["192.0.2.0/24"]
"#,
    )
    .unwrap();
    assert_eq!(config.file.unbound, Unbound::Nothing);
    assert_eq!(config.file.as_of.unwrap().0.to_string(), "2026-11-22");
    assert_eq!(config.file.data_date.unwrap().0.to_string(), "2026-11-20");
    let carrier = config.file.carriers[0].get_ref();
    assert_eq!((carrier.name.as_str(), carrier.secrets.len()), ("tw", 2));
    assert_eq!(config.file.operators.users.len(), 1);
}

#[test]
fn a_slip_is_named_with_its_line_and_key() {
    let cases = [
        (
            "lang = \"kk\"\nstor = \"x\"\n",
            "saqta.toml:2: unknown field `stor`",
        ),
        ("\n\nlisten = \"here\"\n", "saqta.toml:3: "),
        ("a = = 1\n", "saqta.toml:1: "),
        ("as_of = \"yesterday\"", "write the date as 2026-08-25"),
        (
            "[operators.users]\nx = \"chief\"\n",
            "saqta.toml:2: unknown variant `chief`",
        ),
        (
            "[[carriers]]\nname = \"a/b\"\nkind = \"kannel\"\n",
            "saqta.toml:1: [[carriers]] name:",
        ),
        (
            "[[carriers]]\nname = \"sandbox\"\nkind = \"kannel\"\n",
            "kept for",
        ),
        (
            "[[carriers]]\nname=\"a\"\nkind=\"kannel\"\n[[carriers]]\nname=\"a\"\nkind=\"kannel\"\n",
            "saqta.toml:4: [[carriers]] name: another",
        ),
        (
            "[[carriers]]\nname=\"a\"\nkind=\"k\"\nsecrets=[\"plain\"]\n",
            "never by itself",
        ),
    ];
    for (text, expected) in cases {
        let error = load(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    assert!(Config::load(Some(Path::new("/nonexistent/saqta.toml"))).is_err());
}

#[test]
fn a_store_named_by_option_goes_before_the_file() {
    let config = load("store = \"data\"").unwrap();
    assert_eq!(config.store(Some(Path::new("/x"))).unwrap(), Path::new("/x"));
    assert!(config.store(None).unwrap().ends_with("data"));
    assert!(
        config.store(None).unwrap().is_absolute(),
        "it starts from the file's folder"
    );
    assert!(config.store(Some(Path::new("postgres://h/db"))).is_err());
}

#[test]
fn the_clock_starts_where_it_is_told() {
    let clock = clock_at("2026-08-25T23:30:00+05:00").unwrap();
    assert_eq!(clock.today().to_string(), "2026-08-25");
    assert!(clock_at("tomorrow").is_err());
}

#[test]
fn a_file_has_its_bounds() {
    let carrier = |n: usize| format!("[[carriers]]\nname = \"c{n}\"\nkind = \"kannel\"\n");
    let many = |count: usize| (0..count).map(carrier).collect::<Vec<_>>().concat();
    assert!(load(&many(MAX_INSTANCES)).is_ok());
    assert!(
        load(&many(MAX_INSTANCES + 1))
            .unwrap_err()
            .contains("at most 64 carriers")
    );
    assert!(
        load(&"#".repeat(2 << 20))
            .unwrap_err()
            .contains("larger than 1 MiB")
    );
}

#[test]
fn the_example_of_the_readme_is_read_and_says_the_defaults() {
    let readme = include_str!("../../README.md");
    let example = readme.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let file = load(example).unwrap().file;
    assert_eq!((file.carriers.len(), file.operators.groups.len()), (1, 1));

    let policy = saqta_gateway::exchange::Policy::default();
    assert_eq!(file.ussd_code, Some(policy.ussd_code));
    assert_eq!(file.unbound, policy.unbound);
    assert_eq!(
        file.limits.iins_per_phone_a_day,
        Some(policy.iins_per_phone_a_day)
    );
    assert_eq!(
        file.limits.phones_per_iin_a_day,
        Some(policy.phones_per_iin_a_day)
    );
    assert_eq!(file.limits.helps_an_hour, Some(policy.helps_an_hour));
    assert_eq!(file.lookups_per_hour, Some(saqta_data::desk::LOOKUPS_PER_HOUR));
    let retention = saqta_data::office::Retention::default();
    assert_eq!(file.journal_months, Some(retention.journal_months));
}

#[test]
fn the_console_begins_in_the_configured_language_else_in_that_of_the_locale() {
    let of = |variables: &[(&str, &str)]| {
        locale_language(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(of(&[("LANG", "ru_RU.UTF-8")]), Language::Russian);
    assert_eq!(of(&[("LANG", "en")]), Language::English);
    assert_eq!(of(&[("LANG", "kk_KZ.UTF-8@arabic")]), Language::Kazakh);
    for other in ["C.UTF-8", "de_DE.UTF-8", "POSIX", "ruffian"] {
        assert_eq!(of(&[("LANG", other)]), Language::Kazakh, "{other}");
    }
    assert_eq!(of(&[]), Language::Kazakh);
    let messages = [("LANG", "kk_KZ"), ("LC_MESSAGES", "ru_KZ")];
    assert_eq!(of(&messages), Language::Russian);
    let all = [messages[0], messages[1], ("LC_ALL", "en_GB.UTF-8")];
    assert_eq!(of(&all), Language::English);
    assert_eq!(load("lang = \"en\"").unwrap().first_language(), Language::English);
}

#[test]
fn choices_are_kept_in_the_folder_for_state() {
    let of = |variables: &[(&str, &str)]| {
        console_state_of(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    let at = |path: &str| Some(PathBuf::from(path));
    assert_eq!(of(&[("HOME", "/h")]), at("/h/.local/state/saqta/console.toml"));
    let both = [("HOME", "/h"), ("XDG_STATE_HOME", "/s")];
    assert_eq!(of(&both), at("/s/saqta/console.toml"));
    let relative = [("HOME", "/h"), ("XDG_STATE_HOME", "s")];
    assert_eq!(of(&relative), at("/h/.local/state/saqta/console.toml"));
    assert_eq!(of(&[]), None);
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_refused() {
    assert!(screen_of(Some("xterm-256color")).is_ok());
    for poor in [None, Some("dumb")] {
        assert!(screen_of(poor).unwrap_err().to_string().contains("TERM"));
    }
}

#[test]
fn a_terminal_is_asked_for_its_background_unless_it_says_it_or_would_show_the_question() {
    for (colours, terminal, backdrop) in [
        (Some("15;0"), "xterm", Backdrop::Is(Background::Dark)),
        (Some("0;15"), "linux", Backdrop::Is(Background::Light)),
        (None, "linux", Backdrop::Unknown),
        (Some("pink"), "linux", Backdrop::Unknown),
        (None, "xterm-256color", Backdrop::Ask),
    ] {
        let variable = |name: &str| match name {
            "COLORFGBG" => colours.map(str::to_owned),
            _ => Some(terminal.to_owned()),
        };
        assert_eq!(backdrop_of(variable), backdrop, "{colours:?} {terminal}");
    }
}

#[test]
fn a_secret_written_in_the_place_of_a_reference_is_told_nowhere() {
    const SECRET: &str = "20261122";
    let values = [
        "\"20261122\"",
        "20261122",
        "20261122.5",
        "2026-11-22",
        "'''20261122'''",
        "bare20261122",
        "[\"20261122\"]",
        "[20261122]",
        "[\"env:X\", \"20261122\"]",
        "{ value = \"20261122\" }",
        "\"20261122",
        "\"env\\:20261122\"",
    ];
    for key in ["path_secret", "basic", "send_user", "send_password", "secrets"] {
        for value in values {
            let text = format!("[[carriers]]\nname = \"x\"\nkind = \"kannel\"\n{key} = {value}\n");
            let said = load(&text).unwrap_err();
            assert!(said.starts_with("saqta.toml:"), "{key} = {value}: {said}");
            assert!(
                !said.contains(SECRET) && !said.contains("2026-11-22"),
                "{key} = {value}: {said}"
            );
        }
    }
}
