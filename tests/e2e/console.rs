//! The console in a real terminal: the program itself on a pseudo-terminal, and what a person sees on it.

use std::path::Path;
use std::time::Duration;

use pty_process::blocking::Command;

use crate::people::{PAID, PHONE_A, UNPAID, import};
use crate::process::{NOW, Server};
use crate::pty::{Pty, USUAL};

/// A console over `store`, alone on its terminal.
pub(crate) fn console(store: &Path) -> Command {
    bare(env!("CARGO_BIN_EXE_saqta"), store)
        .args(["console", "--store"])
        .arg(store)
}

/// A program with the environment of a terminal and nothing of the tester's. What it remembers lies beside `store`.
pub(crate) fn bare(program: &str, store: &Path) -> Command {
    Command::new(program)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm-256color")
        .env("HOME", store.parent().unwrap())
        .env("LANG", "ru_RU.UTF-8")
        .env("SAQTA_NOW", NOW)
}

#[test]
fn an_operator_takes_a_call_while_a_citizen_texts() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    let mut terminal = Pty::start(console(&store), USUAL);

    terminal.shows("F1 ");
    terminal.send(PAID);
    let card = terminal.shows("Сейтқали");
    assert!(card.contains("********0007") && !card.contains(PAID), "{card}");
    // F9: the console in the next language.
    terminal.send("\x1b[20~");
    terminal.shows("INSURED");
    server.text("m1", PHONE_A, UNPAID);
    // F4: the journal, at once.
    let took = terminal.press("\x1bOS", |screen| screen.contents().contains("[Journal]"));
    assert!(took < Duration::from_secs(5), "{took:?}");
    terminal.shows("SMS sandbox");
    // F1: the help.
    terminal.send("\x1bOP");
    terminal.shows("Keys and signs");
    // F10: leave.
    terminal.send("\x1b[21~");
    assert!(terminal.ended().success());
    terminal.is_clean();
    let left = terminal.screen();
    assert!(left.trim().is_empty(), "the screen is as it was before: {left}");
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_told_in_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    for (terminal, said) in [(Some("dumb"), "TERM=dumb"), (None, "TERM is not set")] {
        let command = match terminal {
            Some(name) => console(&store).env("TERM", name),
            None => console(&store).env_remove("TERM"),
        };
        let mut terminal = Pty::start(command, USUAL);
        assert_eq!(terminal.ended().code(), Some(1));
        let screen = terminal.shows(said);
        assert_eq!(screen.trim().lines().count(), 1, "{screen}");
    }
}

#[test]
fn a_keymap_at_fault_is_said_before_the_terminal_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    std::fs::write(dir.path().join("saqta.toml"), "keymap = \"keys.toml\"\n").unwrap();
    let keys = "[card]\n# mine\ndown = [\"k\"]\nverfy = [\"x\"]\n";
    std::fs::write(dir.path().join("keys.toml"), keys).unwrap();
    let command = console(&store).arg("--config").arg(dir.path().join("saqta.toml"));
    let mut terminal = Pty::start(command, (200, 24));
    assert_eq!(terminal.ended().code(), Some(1));
    let screen = terminal.shows("keys.toml:4: there is no action `verfy`; did you mean `verify`?");
    assert!(
        screen.contains("keys.toml:3: k in [card] is both `down` and `up`"),
        "{screen}"
    );
    assert!(!terminal.written().contains("\x1b[?1049h"), "never taken over");
}

#[test]
fn the_mouse_works_once_it_is_turned_on_and_is_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let mut terminal = Pty::start(console(&store), USUAL);
    terminal.shows("F1 ");
    assert!(
        !terminal.written().contains("\x1b[?1000h"),
        "the mouse is the terminal's"
    );
    // F11, then a click on the second tab, as a terminal reports it.
    terminal.send("\x1b[23~");
    // Asked of the terminal, not read off the status line: a disk so busy that the choice is not remembered in time
    // brings a notice there, which takes the room.
    terminal.reports_mouse();
    terminal.send("\x1b[<0;24;1M\x1b[<0;24;1m");
    terminal.shows("[Журнал]");
    terminal.send("\x1b[21~");
    assert!(terminal.ended().success());
    terminal.is_clean();

    let again = Pty::start(console(&store), USUAL);
    again.reports_mouse();
}

#[test]
fn colours_follow_the_background_that_the_terminal_tells() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let terminal = Pty::start(console(&store), USUAL);
    terminal.shows("F1 ");
    assert!(terminal.written().contains("\x1b]11;?\x07"), "asked");
    assert!(!terminal.written().contains("38;5;25;"), "not known yet");
    // The operator types before the answer comes, as on a slow line.
    terminal.send("9001\x1b]11;rgb:ffff/ffff/ffff\x1b\\01");
    terminal.until("nothing of the answer is typed", |screen| {
        screen.lines().any(|line| line.trim() == "> 900101")
    });
    assert!(
        terminal.written().contains("38;5;25;"),
        "the blue for light ground"
    );
}
