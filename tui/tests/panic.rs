//! A console that ends by a defect leaves the terminal as it was, with the report to be read on it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

#[path = "../../tests/support/pty.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod pty;

use pty::{Modes, Pty, USUAL};
use pty_process::blocking::Command;

#[test]
fn a_panic_leaves_the_terminal_clean_and_is_reported_on_it() {
    // Beside `deps`, where this test lies; `cargo test` builds the examples of the crate first.
    let own = std::env::current_exe().unwrap();
    let example = own.parent().unwrap().with_file_name("examples/panics");
    assert!(example.exists(), "cargo build -p saqta-tui --examples");
    let command = Command::new(&example).env_clear().env("TERM", "xterm-256color");
    let mut terminal = Pty::start(command, USUAL);
    terminal.until("the mouse is on", |screen| {
        screen.contains("F12") && terminal.modes() != Modes::CLEAN
    });
    // F12
    terminal.send("\x1b[24~");
    assert_eq!(terminal.ended().code(), Some(101));
    terminal.is_clean();
    let screen = terminal.shows("a defect");
    assert!(screen.contains("'saqta-console'"), "{screen}");
    assert!(
        !screen.contains("F12"),
        "nothing is left of the console: {screen}"
    );
}
