//! A USSD menu of a deployment's own: printed, served, and left as it was by SIGHUP.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use crate::process::{Server, done, exchange, run, wait_for, write};

/// The compiled-in menu with other codes, and the language in the place of the choice by IIN.
fn menu(dir: &Path, back: &str) -> String {
    let own = include_str!("../../gateway/dialog.toml");
    let mut text = own.to_owned();
    for (was, is) in [
        ("back = \"0\"", format!("back = \"{back}\"")),
        ("2 = \"by-iin\"", "2 = \"language\"".to_owned()),
        ("3 = \"language\"", "3 = \"by-iin\"".to_owned()),
    ] {
        assert!(text.contains(was));
        text = text.replace(was, &is);
    }
    write(dir, "menu.toml", &text);
    write(dir, "saqta.toml", "dialog = \"menu.toml\"\n")
}

/// The page after `typed`.
fn page(server: &Server, step: u32, typed: &str) -> String {
    let step = serde_json::json!({
        "session": "s", "from": "+77010000001", "code": "*1414#", "step": step, "input": typed
    });
    let path = "/v1/carriers/sandbox/ussd";
    let (status, body) = exchange(server.gateway, "POST", path, step.to_string().as_bytes()).unwrap();
    assert_eq!(status, 200);
    let page: serde_json::Value = serde_json::from_slice(&body).unwrap();
    page["text"].as_str().unwrap().to_owned()
}

#[test]
fn the_menu_in_force_is_printed_in_one_language_or_all() {
    let dir = tempfile::tempdir().unwrap();
    let config = menu(dir.path(), "77");
    let own = done(run(&["dialog", "--lang", "ru"]));
    assert_eq!(
        own.trim_end(),
        include_str!("../../gateway/transcripts/ru.txt").trim_end()
    );
    let changed = done(run(&["dialog", "--lang", "ru", "--config", &config]));
    assert!(changed.contains("77 ") && !own.contains("77 назад"), "{changed}");
    assert!(
        changed.contains("2 Язык / Тіл") && changed.contains("3 По ИИН"),
        "{changed}"
    );
    let all = done(run(&["dialog", "--config", &config]));
    for head in ["# kk\n", "# ru\n", "# en\n"] {
        assert!(all.contains(head), "{head}");
    }
    assert!(all.contains(changed.trim()));
}

#[test]
fn a_wrong_menu_is_told_with_its_line_by_every_command_that_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let config = menu(dir.path(), "7");
    let store = dir.path().join("store");
    let store = store.to_str().unwrap();
    for command in [
        &["dialog", "--config", &config][..],
        &["serve", "--check", "--store", store, "--config", &config],
    ] {
        let output = run(command);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("menu.toml:9: codes.back: 1 to 9 are the numbers of items"),
            "{said}"
        );
    }
}

#[test]
fn the_menu_is_served_and_a_changed_one_waits_for_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let config = menu(dir.path(), "77");
    let server = Server::start_with(
        &dir.path().join("store"),
        &["--sandbox", "--config", &config],
        &[("SAQTA_LOG", "info")],
    );
    page(&server, 0, "");
    assert_eq!(
        page(&server, 1, "3"),
        "1 My status\n2 Language\n3 By IIN",
        "the start page"
    );
    let asked = page(&server, 2, "3");
    assert!(asked.ends_with("77 back 00 start"), "{asked}");

    let pid = Pid::from_raw(i32::try_from(server.child.id()).unwrap()).unwrap();
    let hang_up = |said: &str, nth: usize| {
        kill_process(pid, Signal::HUP).unwrap();
        wait_for(said, || {
            (server.written.lock().unwrap().matches(said).count() >= nth).then_some(())
        });
    };
    hang_up("reloaded the configuration", 1);
    let waits = "the USSD menu stays as it was until a restart";
    assert!(
        !server.written.lock().unwrap().contains(waits),
        "nothing has changed"
    );
    menu(dir.path(), "66");
    hang_up("reloaded the configuration", 2);
    assert!(server.written.lock().unwrap().contains(waits));
    assert!(page(&server, 3, "x").ends_with("77 back 00 start"));
    menu(dir.path(), "7");
    hang_up("everything stays as it was", 1);
    assert!(server.written.lock().unwrap().contains("menu.toml:9"));
}
