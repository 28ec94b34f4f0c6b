//! The server goes away under a console, and comes back.

use crate::console::console;
use crate::people::{PAID, PENSIONER, UNPAID, import};
use crate::process::Server;
use crate::pty::{Pty, USUAL};

const F4: &str = "\x1bOS";
const F10: &str = "\x1b[21~";

#[test]
fn it_is_said_what_is_shown_stays_and_work_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    let mut terminal = Pty::start(console(&store), USUAL);
    terminal.shows("F1 ");
    terminal.send(PAID);
    terminal.shows("********0007");

    // Too small, and back.
    terminal.resize((40, 10));
    let small = terminal.shows("40 x 10");
    assert!(!small.contains("********0007"), "{small}");
    terminal.resize((120, 40));
    terminal.until("all forty rows", |screen| {
        screen.contains("********0007") && screen.lines().count() == 40
    });
    terminal.resize(USUAL);
    terminal.until("24 rows", |screen| {
        screen.contains("********0007") && screen.lines().count() == 24
    });

    // Dropping it is kill -9.
    drop(server);
    let away = terminal.shows("! нет связи с 12:0");
    assert!(away.contains("********0007"), "what was shown stays: {away}");
    // The operator goes on meanwhile: the next caller's number waits for the server.
    terminal.send("\x1b");
    terminal.until("an empty box", |screen| !screen.contains("********0007"));
    terminal.send(UNPAID);
    terminal.shows(UNPAID);

    let server = Server::start(&store);
    terminal.until("it reconnects by itself, and says so", |screen| {
        !screen.contains("нет связи") && screen.contains("+ Сервер снова отвечает")
    });
    terminal.shows("НЕ ЗАСТРАХОВАН");
    terminal.send(F4);
    terminal.shows("консоль");
    terminal.send(F10);
    assert!(terminal.ended().success());
    terminal.is_clean();
    drop(server);
}

#[test]
fn several_consoles_work_at_once_and_each_says_who_sits_there() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let _server = Server::start(&store);
    let consoles: Vec<(Pty, &str)> = [PAID, UNPAID, PENSIONER]
        .into_iter()
        .map(|person| (Pty::start(console(&store), (120, 40)), person))
        .collect();
    for (terminal, person) in &consoles {
        terminal.send(person);
    }
    for (terminal, person) in &consoles {
        terminal.shows(&format!("********{}", person.chars().skip(8).collect::<String>()));
        terminal.until("who sits there", |screen| {
            screen
                .lines()
                .next()
                .is_some_and(|header| header.contains(", старший"))
        });
    }
    // What one does the others see: the look-ups of all three are in everyone's journal.
    for (terminal, _) in consoles {
        terminal.send(F4);
        terminal.until("three look-ups", |screen| {
            let asked = ["*0007", "*0017", "*0027"];
            asked.iter().all(|person| screen.contains(person)) && screen.contains("консоль")
        });
    }
}
