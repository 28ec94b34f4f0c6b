//! The console in a real terminal: tmux (Debian: tmux) plays one of 80 columns and 24 rows.

use std::path::Path;
use std::process::{Command, Output};

use crate::people::{PAID, PHONE_A, UNPAID, import};
use crate::process::{NOW, Server, is_installed, wait_for};

const TMUX: &str = "/usr/bin/tmux";

/// A terminal with the console in it; gone when dropped.
struct Terminal<'a>(&'a Path);

impl<'a> Terminal<'a> {
    /// Opens one in which `command` runs, its own tmux server listening in `dir`.
    fn open(dir: &'a Path, command: &str) -> Self {
        let terminal = Self(dir);
        let opened = terminal.tmux(&["new-session", "-d", "-x", "80", "-y", "24", command]);
        assert!(opened.status.success(), "{opened:?}");
        terminal
    }

    fn tmux(&self, args: &[&str]) -> Output {
        let mut command = Command::new(TMUX);
        command
            .args(["-u", "-f", "/dev/null", "-S"])
            .arg(self.0.join("tmux"))
            .args(args);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.0)
            .env("SAQTA_NOW", NOW);
        command.output().unwrap()
    }

    /// Presses keys, by their names in tmux; other words are typed.
    fn press(&self, keys: &[&str]) {
        assert!(self.tmux(&[&["send-keys"], keys].concat()).status.success());
    }

    fn screen(&self) -> String {
        String::from_utf8(self.tmux(&["capture-pane", "-p"]).stdout).unwrap()
    }

    /// Waits until the screen shows `text`.
    fn shows(&self, text: &str) -> String {
        wait_for(text, || {
            let screen = self.screen();
            screen.contains(text).then_some(screen)
        })
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the terminal showed:\n{}", self.screen());
        }
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn an_operator_takes_a_call_while_a_citizen_texts() {
    if !is_installed(&[TMUX], "tmux") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    let program = env!("CARGO_BIN_EXE_saqta");
    let command = format!(
        "{program} console --store '{}'; echo left; exec cat",
        store.display()
    );
    let terminal = Terminal::open(dir.path(), &command);

    terminal.shows("F10");
    terminal.press(&[PAID]);
    let card = terminal.shows("Сейтқали");
    assert!(card.contains("********0007") && !card.contains(PAID), "{card}");
    terminal.press(&["F9"]);
    terminal.shows("ЗАСТРАХОВАН");
    server.text("m1", PHONE_A, UNPAID);
    terminal.press(&["F4"]);
    terminal.shows("SMS sandbox");
    terminal.press(&["F1"]);
    terminal.shows("Клавиши и знаки");
    terminal.press(&["F10"]);
    let left = terminal.shows("left");
    assert!(
        !left.contains("Клавиши"),
        "the screen is as it was before: {left}"
    );
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_told_in_a_line() {
    if !is_installed(&[TMUX], "tmux") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_saqta");
    let command = format!(
        "TERM=dumb {program} console --store /nonexistent; echo $? one; \
         env -u TERM {program} demo; echo $? two; exec cat"
    );
    let screen = Terminal::open(dir.path(), &command).shows("two");
    let lines: Vec<_> = screen.lines().filter(|line| !line.is_empty()).collect();
    assert!(
        matches!(lines[..], [dumb, "1 one", unset, "1 two"]
            if dumb.contains("TERM=dumb") && unset.contains("TERM is not set")),
        "{screen}"
    );
}
