//! The commands that a person types: `text`, `dial`, `console`, `export`, and where their options come from.

use crate::bad_input::refusal;
use crate::people::{PENSIONER, PHONE_B, UNPAID, import};
use crate::process::{Server, done, run, run_to_end, saqta, write};
use crate::server::run_with;

#[test]
fn a_text_and_a_menu_are_played_in_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    let url = format!("http://{}", server.gateway);
    let phone = ["--url", &url, "--from", PHONE_B];
    let answer = done(run(&[&["text"], &phone[..], &["EN", "status"]].concat()));
    assert!(answer.starts_with("INSURED"), "{answer}");
    let silence = run(&["text", "--url", &url, "--from", "87010000009", ""]);
    assert!(silence.status.success());

    let pages = done(run_with(
        &[&["dial"], &phone[..], &["*1414#"]].concat(),
        "1\n1\n0\n",
    ));
    assert!(
        pages.contains("INSURED") && pages.contains("1 payments 2 debt"),
        "{pages}"
    );
    assert!(
        pages.matches("\n\n").count() >= 4,
        "a page for each line typed: {pages}"
    );
    let direct = done(run(
        &[&["dial"], &phone[..], &[&format!("*1414*{PENSIONER}#")]].concat()
    ));
    assert!(direct.contains("INSURED"), "{direct}");

    let wrong = run(&["text", "--url", &url, "--carrier", "nobody", "HELP"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        String::from_utf8(wrong.stderr)
            .unwrap()
            .contains("no such carrier")
    );
}

#[test]
fn a_console_without_a_terminal_says_so() {
    let output = run(&["console", "--store", "/nonexistent"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("needs a terminal") && text.lines().count() == 1,
        "{text}"
    );
}

#[test]
fn a_file_is_no_folder_to_write_to() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let file = write(dir.path(), "letters", "x");
    for command in [
        &["export", "--store", store.to_str().unwrap(), &file][..],
        &["synth", &file],
    ] {
        let refused = refusal(&run(command));
        assert!(refused.contains("letters is not a folder"), "{refused}");
    }
}

#[test]
fn an_option_goes_before_the_environment_and_that_before_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let file = format!(
        "store = {:?}\nlang = \"ru\"\njson = true\n",
        store.to_str().unwrap()
    );
    let file = write(dir.path(), "saqta.toml", &file);
    let ask = |variables: &[(&str, &str)], options: &[&str]| {
        let args = [&["status", "--config", &file], options, &[UNPAID]].concat();
        let mut command = saqta(&args);
        command.envs(variables.iter().copied());
        done(run_to_end(command))
    };
    assert!(ask(&[], &[]).starts_with("{\"iin\""), "the file says JSON");
    assert!(ask(&[("SAQTA_JSON", "false")], &[]).starts_with("НЕ ЗАСТРАХОВАН"));
    let english = ask(
        &[("SAQTA_JSON", "false"), ("SAQTA_LANG", "kk")],
        &["--lang", "en"],
    );
    assert!(english.starts_with("NOT INSURED"), "{english}");
    assert!(ask(&[("SAQTA_JSON", "false")], &["--json"]).starts_with('{'));
    let kazakh = ask(&[("SAQTA_LANG", "kk")], &["--json=false"]);
    assert!(kazakh.starts_with("САҚТАНДЫРЫЛМАҒАН"), "{kazakh}");
}
