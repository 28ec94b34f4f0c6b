//! A large file taken in from the console: here one that is to be sorted although it is small.

use std::fs;

use crate::console::console;
use crate::people::import;
use crate::process::{done, run, write};
use crate::pty::Pty;

const ALT_4: &str = "\x1b4";
const F10: &str = "\x1b[21~";
/// The button beside the one that cancels.
const LEFT: &str = "\x1b[D";

const NEW: &str = "iin,surname,given_name,patronymic,birth_date,sex,payer_kind\n\
                   900101301005,Ким,Анна,,1990-01-01,f,none\n";
/// Imports that were there before.
const BEFORE: usize = 4;

/// Waits until so many imports of the list are in this state.
fn are(terminal: &Pty, count: usize, state: &str) -> String {
    terminal.until(state, |screen| screen.matches(state).count() == count)
}

/// Takes the file in for real, after a dry run; it is the `nth` time.
fn take_in(terminal: &Pty, nth: usize) {
    terminal.send("n");
    terminal.shows("Импорт файла");
    terminal.send("~/new.csv\r\r");
    are(terminal, nth, "проба окончена");
    terminal.send("r");
    terminal.shows("Импорт по-настоящему");
    terminal.send(LEFT);
    terminal.send("\r");
}

#[test]
fn it_is_sorted_where_that_can_be_done_and_else_says_why_not() {
    let dir = tempfile::tempdir().unwrap();
    let (store, runs) = (dir.path().join("store"), dir.path().join("runs"));
    import(dir.path(), &store);
    let config = write(dir.path(), "saqta.toml", "sort = true\ntemp = \"runs\"\n");
    write(dir.path(), "new.csv", NEW);
    let open = || {
        let terminal = Pty::start(console(&store).args(["--config", &config]), (160, 24));
        terminal.shows("F1 ");
        terminal.send(ALT_4);
        terminal
    };
    let mut terminal = open();
    are(&terminal, BEFORE, "+ готово");
    take_in(&terminal, 1);
    terminal.shows("! Без сортировки, поэтому медленнее: временная папка");
    are(&terminal, BEFORE + 1, "+ готово");
    terminal.send(F10);
    assert!(terminal.ended().success());

    fs::create_dir(&runs).unwrap();
    let mut terminal = open();
    are(&terminal, BEFORE + 1, "+ готово");
    take_in(&terminal, 2);
    let screen = are(&terminal, BEFORE + 2, "+ готово");
    assert_eq!(screen.matches("Без сортировки").count(), 1, "{screen}");
    terminal.send(F10);
    assert!(terminal.ended().success());
    assert!(fs::read_dir(&runs).unwrap().next().is_none(), "nothing is left");
    let said = done(run(&["check", "--store", store.to_str().unwrap()]));
    assert!(!said.contains("FAULT"), "{said}");
}
