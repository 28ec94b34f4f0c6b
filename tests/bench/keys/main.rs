//! From a key to the screen: the real `saqta console` in a pseudo-terminal, attached to the real `saqta serve` over a store
//! full of people, while citizens text a thousand times a second. A time runs from the writing of the key to the arrival of
//! the bytes with which the screen shows what it does. The limit is 50 ms at the 99th percentile. Beside it, in the same
//! run, a key echoed by `cat` in the same kind of terminal.
//!
//! `cargo bench --bench keys -- --people 2000000` (default: 20,000). The store is made once, in `target/tmp`. The limit is a
//! figure to be read; what fails is a key that does not do what it should within a minute, a citizen who is not answered or
//! has no line in the journal, and a store that is not sound after.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

#[expect(dead_code, reason = "a country asks more of it")]
mod load;
mod people;
#[path = "../../support/process.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod process;
#[path = "../../support/pty.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod pty;

use std::path::Path;
use std::time::Duration;

use pty_process::blocking::Command;
use vt100::Screen;

use load::Load;
use people::People;
use process::{NOW, Server, done, run};
use pty::Pty;

/// The window, as columns and rows.
const WINDOW: (u16, u16) = (120, 40);

/// Between what a key shows and the next key.
const PAUSE: Duration = Duration::from_millis(20);

/// Lines up, and down again, in the journal of a round.
const LINES: usize = 18;

/// Months to the left on the card of a round.
const MONTHS: usize = 8;

/// Keys echoed for comparison.
const ECHOES: usize = 300;

/// The limit at the 99th percentile.
const LIMIT: Duration = Duration::from_millis(50);

const LEFT: &str = "\x1b[D";
const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const END: &str = "\x1b[F";
const F3: &str = "\x1bOR";
const F4: &str = "\x1bOS";

/// What the screen is to become.
type Wanted = Box<dyn Fn(&Screen) -> bool + Send>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` asks for a list; there is nothing in it.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let number = |name: &str, usual: u32| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map_or(usual, |at| arguments[at + 1].parse().unwrap())
    };
    let count = number("--people", 20_000);
    let people = People::in_store(count.into());
    let server = Server::start(&people.store);
    let before = load::lines(&people.store);
    // Messages a second.
    let load = Load::start(server.gateway, number("--rate", 1_000), &people.phones);
    // A round of an operator is one call and one look at the journal.
    let rounds = number("--rounds", 18);
    let times = operate(&people, usize::try_from(rounds).unwrap());
    let answered = load.stop();
    println!("{count} people; {answered}");
    let (lines, cards) = (load::lines(&people.store) - before, u64::from(rounds));
    assert!(
        lines >= answered.told() + cards,
        "{lines} lines of {} answers and {cards} cards",
        answered.told()
    );
    drop(server);
    done(run(&["check", "--store", people.store.to_str().unwrap()]));
    report(&times);
}

/// Prints the times.
fn report(times: &Work) {
    let echo = Times(echoes());
    println!("what                keys   median ms  p95 ms  p99 ms  worst ms");
    for (what, times) in [
        ("typing", &times.typing),
        ("opening a card", &times.opening),
        ("on the card", &times.card),
        ("in the journal", &times.journal),
    ] {
        print(what, times);
    }
    let all = times.all();
    print("all", &all);
    print("`cat` echoes", &echo);
    let ratio = all.at(99).as_secs_f64() / echo.at(99).as_secs_f64();
    let kept = if all.at(99) <= LIMIT { "kept" } else { "MISSED" };
    println!(
        "p99 beside `cat`: {ratio:.1}; the limit of {} ms is {kept}",
        LIMIT.as_millis()
    );
}

/// Times from key to screen.
#[derive(Clone, Debug, Default)]
struct Times(Vec<Duration>);

impl Times {
    fn at(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
    }
}

fn print(what: &str, times: &Times) {
    let [median, p95, p99, worst] =
        [50, 95, 99, 100].map(|percent| times.at(percent).as_secs_f64() * 1_000.0);
    let count = times.0.len();
    println!("{what:<19} {count:<6} {median:<10.1} {p95:<7.1} {p99:<7.1} {worst:.1}");
}

/// What the keys of an operator took.
#[derive(Debug, Default)]
struct Work {
    typing: Times,
    opening: Times,
    card: Times,
    journal: Times,
}

impl Work {
    fn all(&self) -> Times {
        let parts = [&self.typing, &self.opening, &self.card, &self.journal];
        Times(parts.into_iter().flat_map(|times| times.0.clone()).collect())
    }
}

/// Presses keys as an operator does, each once the one before is seen.
fn operate(people: &People, rounds: usize) -> Work {
    let terminal = Pty::start(console(&people.store), WINDOW);
    terminal.shows("[Search]");
    terminal.shows("senior");
    let mut work = Work::default();
    for (_, iin) in people
        .phones
        .iter()
        .step_by((people.phones.len() / rounds).max(1))
        .take(rounds)
    {
        call(&terminal, iin, &mut work);
        journal(&terminal, &mut work);
    }
    work
}

/// A console in English.
fn console(store: &Path) -> Command {
    Command::new(env!("CARGO_BIN_EXE_saqta"))
        .args(["console", "--store"])
        .arg(store)
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("LANG", "en_GB.UTF-8")
        .env("HOME", store.parent().unwrap())
        .env("SAQTA_NOW", NOW)
}

/// A number typed, its card, the months on it, and the next caller.
fn call(terminal: &Pty, iin: &str, work: &mut Work) {
    let mut press = |key: &str, times: fn(&mut Work) -> &mut Times, wanted: Wanted| {
        let took = terminal.press(key, wanted);
        times(work).0.push(took);
        std::thread::sleep(PAUSE);
    };
    for end in 1..iin.len() {
        let typed = format!("> {}", &iin[..end]);
        press(
            &iin[end - 1..end],
            |work| &mut work.typing,
            Box::new(move |screen| row(screen, 2).trim() == typed),
        );
    }
    let number = format!("********{}", &iin[8..]);
    press(
        &iin[11..],
        |work| &mut work.opening,
        Box::new(move |screen| row(screen, 1).contains(&number)),
    );
    for _ in 0..MONTHS {
        let before = months(&terminal.screen());
        press(
            LEFT,
            |work| &mut work.card,
            Box::new(move |screen| months(&screen.contents()) != before),
        );
    }
    press(
        "\x1b",
        |work| &mut work.card,
        Box::new(|screen| row(screen, 2).trim_start().starts_with("> IIN")),
    );
}

/// Lines of the live journal, up and down.
fn journal(terminal: &Pty, work: &mut Work) {
    let mut press = |key: &str, wanted: Wanted| {
        let took = terminal.press(key, wanted);
        work.journal.0.push(took);
        std::thread::sleep(PAUSE);
    };
    press(F4, Box::new(|screen| row(screen, 0).contains("[Journal]")));
    // Enough lines to go up in.
    terminal.until("lines", |screen| {
        screen.lines().filter(|line| line.contains(" SMS ")).count() > LINES
    });
    press(END, Box::new(|screen| row(screen, 1).contains("live")));
    for key in std::iter::repeat_n(UP, LINES).chain(std::iter::repeat_n(DOWN, LINES)) {
        let before = marked(&terminal.screen());
        press(key, Box::new(move |screen| marked(&screen.contents()) != before));
    }
    press(F3, Box::new(|screen| row(screen, 0).contains("[Search]")));
}

/// A row of the screen.
fn row(screen: &Screen, at: usize) -> String {
    screen.rows(0, WINDOW.0).nth(at).unwrap_or_default()
}

/// The row of months, in which the chosen one has a mark.
fn months(screen: &str) -> String {
    let is_strip = |line: &&str| line.matches('.').count() >= 12;
    screen.lines().find(is_strip).unwrap_or_default().to_owned()
}

/// The line with the mark, and where it stands.
fn marked(screen: &str) -> Option<(usize, String)> {
    let lines = screen.lines().enumerate().skip(3);
    let mut marked = lines.filter(|(_, line)| line.trim_start().starts_with('>'));
    marked.next().map(|(at, line)| (at, line.to_owned()))
}

/// A key, and the same key back from a program that does nothing else.
fn echoes() -> Vec<Duration> {
    let terminal = Pty::start(Command::new("/bin/cat").env_clear(), WINDOW);
    let echo = |n: usize| {
        std::thread::sleep(PAUSE);
        let (key, column) = (["a", "b"][n % 2], u16::try_from(n % 100).unwrap() + 1);
        let took = terminal.press(key, move |screen| screen.cursor_position().1 == column);
        if n % 100 == 99 {
            terminal.press("\n", |screen| screen.cursor_position().1 == 0);
        }
        took
    };
    (0..ECHOES).map(echo).collect()
}
