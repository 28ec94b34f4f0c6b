//! However a console ends or stops, the terminal is left as it was found.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::console::{bare, console};
use crate::people::{PAID, import};
use crate::pty::{Modes, Pty, USUAL, wait};

const F10: &str = "\x1b[21~";
const F11: &str = "\x1b[23~";

/// A console with a card open and the mouse on: all that can be left behind is on.
fn busy(store: &std::path::Path) -> Pty {
    let terminal = Pty::start(console(store), USUAL);
    work(&terminal);
    terminal
}

fn work(terminal: &Pty) {
    terminal.shows("F1 ");
    terminal.send(F11);
    terminal.reports_mouse();
    terminal.send(PAID);
    terminal.shows("********0007");
    assert_ne!(terminal.modes(), Modes::CLEAN);
}

fn store() -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    (dir, store)
}

#[test]
fn a_signal_that_ends_it_leaves_the_terminal_clean() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let (_dir, store) = store();
        let mut terminal = busy(&store);
        terminal.signal(signal);
        assert!(terminal.ended().success(), "{signal:?}");
        terminal.is_clean();
    }
}

#[test]
fn a_lost_line_ends_it() {
    let (_dir, store) = store();
    let mut terminal = busy(&store);
    terminal.hang_up();
    terminal.ended();
}

/// A program over it may keep the hang-up from it: then the end of the input must do.
#[test]
fn a_lost_line_ends_it_without_a_signal() {
    let (dir, store) = store();
    let done = dir.path().join("done");
    let script = format!(
        "trap '' HUP; '{}' console --store '{}'; echo $? >'{}'",
        env!("CARGO_BIN_EXE_saqta"),
        store.display(),
        done.display()
    );
    let mut terminal = Pty::start(bare("/bin/sh", &store).args(["-c", &script]), USUAL);
    work(&terminal);
    terminal.hang_up();
    wait("the console ends", || done.exists().then_some(()));
    terminal.ended();
}

#[test]
fn a_terminal_that_stops_reading_does_not_keep_it_from_ending() {
    let (_dir, store) = store();
    let mut terminal = busy(&store);
    terminal.set_deaf(true);
    // Every size is drawn whole, until what lies between is full.
    for size in (0..200).map(|step| (150 + step % 2, 50)) {
        terminal.resize(size);
        std::thread::sleep(Duration::from_millis(5));
    }
    let asked = Instant::now();
    terminal.signal(Signal::TERM);
    terminal.ended();
    assert!(asked.elapsed() < Duration::from_secs(20));
    // Nothing could be written, but lines are edited and echoed again.
    terminal.is_edited_by_line();
}

#[test]
fn control_z_gives_the_terminal_to_the_shell_and_fg_brings_the_console_back() {
    let (_dir, store) = store();
    let shell = bare("/bin/sh", &store).args(["-i"]).env("PS1", "ready> ");
    let terminal = Pty::start(shell, USUAL);
    terminal.shows("ready> ");
    let command = format!(
        "'{}' console --store '{}'\r",
        env!("CARGO_BIN_EXE_saqta"),
        store.display()
    );
    terminal.send(&command);
    work(&terminal);
    // Pressed, then sent by another process to the job, then stopped the hard way.
    terminal.send("\x1a");
    terminal.until("the shell", |screen| screen.trim_end().ends_with("ready>"));
    terminal.is_clean();
    terminal.send("fg\r");
    terminal.shows("********0007");
    terminal.until("the mouse is on again", |_| terminal.modes() != Modes::CLEAN);
    let modes = terminal.modes();

    terminal.send("\x1a");
    terminal.until("the shell", |screen| screen.trim_end().ends_with("ready>"));
    terminal.send("kill -STOP %1; fg\r");
    terminal.shows("********0007");
    terminal.until("as before", |_| terminal.modes() == modes);
    // It still works.
    terminal.send("\x1b");
    terminal.shows("Закрыта: ********0007");
    terminal.send(F10);
    terminal.until("the shell", |screen| screen.trim_end().ends_with("ready>"));
    terminal.is_clean();
}

#[test]
fn without_a_shell_over_it_control_z_stops_nothing() {
    let (_dir, store) = store();
    let terminal = busy(&store);
    terminal.send("\x1a");
    let screen = terminal.shows("Остановить здесь нельзя");
    assert!(screen.contains("********0007"), "{screen}");
}
