//! The country on one machine: invented registries of so many people, their import, the store at work.
//!
//! `cargo bench --bench scale -- --people 20000000 --keep DIR` (default: 2,000 people in a temporary folder). `DIR` must have
//! room: see "Measured" in ARCHITECTURE.md. What is in it of an earlier run, whole registries and a whole store, is used
//! again. With `--minutes 60` it is a long run of mixed load over that store instead, with `--seconds 30` a short one of the same
//! (see `hour.rs`). The last line is the row for the table there.
//!
//! Figures fail nothing. What does: a row that is refused or not counted, a citizen who is not answered, an answer without its
//! line in the journal after a kill, a store that is not sound.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

mod alone;
mod child;
mod hour;
#[path = "../keys/load.rs"]
mod load;
mod lookups;
mod picture;
#[path = "../../support/process.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod process;
mod registries;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use child::ended;
use hour::Pace;
use load::Load;
use mimalloc::MiMalloc;
use process::{Server, saqta};
use registries::Registries;

/// That of the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Queries a second while the registry of a month comes in.
const PER_SECOND: u32 = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` asks for a list; there is nothing in it.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    if let Some(store) = value(alone::WORD) {
        return alone::run(Path::new(&store), Path::new(&value("--into").unwrap()));
    }
    if let Some(store) = value(lookups::WORD) {
        return lookups::run(Path::new(&store), Path::new(&value("--iins").unwrap()));
    }
    if let Some(file) = value("--draw") {
        return picture::draw(Path::new(&file));
    }
    let people = value("--people").map_or(2_000, |count| count.parse().unwrap());
    let temporary = tempfile::tempdir().unwrap();
    let folder = value("--keep").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    let rows = |name| value(name).map(|count| count.parse::<u32>().unwrap());
    match (rows("--minutes"), rows("--seconds")) {
        (Some(minutes), _) => long(people, &folder, &Pace::HOUR, minutes),
        (None, Some(seconds)) => long(people, &folder, &Pace::SHORT, seconds / Pace::SHORT_ROW),
        (None, None) => measure(people, &folder),
    }
}

/// A long run over such a store, until its table has so many rows.
fn long(people: u64, folder: &Path, pace: &Pace, rows: u32) {
    let store = folder.join("store");
    let registries = Registries::in_folder(people, folder);
    import(&registries, folder, &store);
    hour::run(&registries, &store, pace, rows);
}

fn measure(people: u64, folder: &Path) {
    let store = folder.join("store");
    let registries = Registries::in_folder(people, folder);
    let csv = registries.bytes();
    println!("{people} people, {} of registries", megabytes(csv));
    let import = import(&registries, folder, &store);
    let alone = alone::beside(&store, folder);
    println!("{alone}");
    let on_disk = child::bytes_of(&store);
    println!(
        "store: {} for {} encoded: ratio {:.2}, {} bytes a person",
        megabytes(on_disk),
        megabytes(alone.encoded),
        on_disk as f64 / alone.encoded as f64,
        on_disk / people
    );
    let looked = lookups::beside(&store, &registries.sample);
    println!("after a clean stop: {looked}");
    let kept = kill_while_serving(&store, &registries);
    let killed = lookups::beside(&store, &registries.sample);
    println!("after kill -9: {killed}");
    let month = month(&registries, &store, &kept);
    println!("month: {month}");
    let ratio = alone.seconds / import.loading;
    println!(
        "loading {:.1} s, sled alone {:.1} s: ratio {ratio:.2}",
        import.loading, alone.seconds
    );
    let load = format!(
        "{:.0} s, {:.0} s of it loading: {ratio:.2} of sled alone; peak {}",
        import.seconds,
        import.loading,
        megabytes(import.peak)
    );
    let check = ended(saqta(&["check", "--store", store.to_str().unwrap()]));
    println!("check: all sound after {:.0} s", check.seconds);
    println!(
        "| {people} | {load} | {}, {} a person, {:.2} x encoded | {} | {} | {month} |",
        megabytes(on_disk),
        on_disk / people,
        on_disk as f64 / alone.encoded as f64,
        looked.row(),
        killed.opening(),
    );
}

/// How the registries came in.
struct Imported {
    seconds: f64,
    /// Seconds of it that were spent loading.
    loading: f64,
    peak: u64,
}

/// Imports the registries, unless a store is there; how that went is noted beside it.
fn import(registries: &Registries, folder: &Path, store: &Path) -> Imported {
    let done = folder.join("imported");
    if !done.exists() {
        let mut command = saqta(&["import", "--sort", "--store", store.to_str().unwrap()]);
        command.args(registries.files());
        let ended = ended(command);
        print!(
            "import, {:.1} s, peak {}:\n{}",
            ended.seconds,
            megabytes(ended.peak),
            ended.phases()
        );
        assert_eq!(ended.rows().refused, 0, "{}", ended.written);
        let figures = format!("{} {} {}", ended.seconds, ended.loading(), ended.peak);
        std::fs::write(&done, figures).unwrap();
    }
    let figures = alone::figures(&done);
    Imported {
        seconds: figures[0],
        loading: figures[1],
        peak: alone::whole(figures[2]),
    }
}

/// Kills a server that answers. Returns how many lines must be in the journal.
fn kill_while_serving(store: &Path, registries: &Registries) -> RangeInclusive<u64> {
    let server = Server::start(store);
    let before = load::lines(store);
    let load = Load::start(server.gateway, PER_SECOND / 4, &registries.phones);
    std::thread::sleep(Duration::from_secs(2));
    let lines = load.kill(server).lines(true);
    before + lines.start()..=before + lines.end()
}

/// Imports the registry of a month, a row for every second person, through a server that answers. The journal must have `kept`
/// lines before.
fn month(registries: &Registries, store: &Path, kept: &RangeInclusive<u64>) -> String {
    let (file, rows) = registries.month();
    let server = Server::start(store);
    let before = load::lines(store);
    assert!(
        kept.contains(&before),
        "{before} lines after a kill, {kept:?} are to be there"
    );
    // Of a server just started all phones are strangers to its cache; a month comes to one that has served for long.
    let first = Load::start(server.gateway, PER_SECOND, &registries.phones);
    std::thread::sleep(Duration::from_secs(registries.phones.len() as u64) / PER_SECOND);
    let first = first.stop();
    println!("before the month each phone texted once: {first}");
    let load = Load::start(server.gateway, PER_SECOND, &registries.phones);
    let started = Instant::now();
    let mut command = saqta(&["import", "--sort", "--store", store.to_str().unwrap()]);
    command.arg(&file);
    let ended = ended(command);
    let seconds = started.elapsed().as_secs_f64();
    let answered = load.stop();
    let lines = load::lines(store) - before;
    let (early, late) = (first.lines(false), answered.lines(false));
    let expected = early.start() + late.start()..=early.end() + late.end();
    assert!(
        expected.contains(&lines),
        "{lines} lines, {expected:?} are to be there"
    );
    let taken = ended.rows();
    assert_eq!((taken.accepted, taken.refused), (rows, 0), "{}", ended.written);
    print!("{}", ended.phases());
    let resident = child::peak_of(server.child.id()).unwrap_or_default();
    format!(
        "{rows} rows in {seconds:.0} s while {answered}; server's peak {}",
        megabytes(resident)
    )
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
