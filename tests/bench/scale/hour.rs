//! A long run: citizens who text all the time, registries that come in, notes of an operator, backups and compactions, all at
//! once, minute after minute. Memory, files and answer times are to be as flat at its end as at its beginning.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use saqta_data::desk::{Deed, Work};
use saqta_data::iin::Iin;

use crate::child::{bytes_of, ended, resident};
use crate::load::Load;
use crate::megabytes;
use crate::process::{Server, saqta, try_desk};
use crate::registries::Registries;

/// Texts a second.
const PER_SECOND: u32 = 300;
/// Rows of each registry that comes in.
const ROWS: usize = 20_000;
/// From the begin of one registry to that of the next: 2.4 million rows an hour, what a month brings to 4.8 million people.
const REGISTRY_EVERY: Duration = Duration::from_secs(30);
/// A backup and a compaction after so many registries.
const UPKEEP_EVERY: u64 = 20;

/// Runs for so many minutes.
pub(crate) fn run(registries: &Registries, store: &Path, minutes: u64) {
    let server = Server::start(store);
    let (over, rounds) = (AtomicBool::new(false), AtomicU64::new(0));
    println!("| minute | answered | resident memory | store | registries |");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let started = Instant::now();
                let round = rounds.fetch_add(1, Ordering::Relaxed);
                write(registries, store, round);
                std::thread::sleep(REGISTRY_EVERY.saturating_sub(started.elapsed()));
            }
        });
        for minute in 1..=minutes {
            let load = Load::start(server.gateway, PER_SECOND, &registries.phones);
            std::thread::sleep(Duration::from_secs(60));
            println!(
                "| {minute} | {} | {} | {} | {} |",
                load.stop(),
                megabytes(resident(server.child.id()).unwrap_or_default()),
                megabytes(bytes_of(store)),
                rounds.load(Ordering::Relaxed)
            );
        }
        over.store(true, Ordering::Relaxed);
    });
    drop(server);
    print!(
        "{}",
        ended(saqta(&["check", "--store", store.to_str().unwrap()])).written
    );
}

/// A registry, a note, and now and then a backup and a compaction.
fn write(registries: &Registries, store: &Path, round: u64) {
    let path = store.to_str().unwrap();
    let (file, iin) = registries.some_of_month(round, ROWS);
    ended(saqta(&["import", "--store", path, file.to_str().unwrap()]));
    let deed = Deed::Note {
        text: format!("note {round}"),
    };
    let iin = Iin::parse(&iin).ok();
    let _: Option<Result<Option<saqta_data::desk::Card>, saqta_data::desk::DeskError>> =
        try_desk(store, "/work", &Work { iin, deed });
    if round % UPKEEP_EVERY == UPKEEP_EVERY - 1 {
        let backup = store.with_file_name("hour.backup");
        ended(saqta(&["backup", "--store", path, backup.to_str().unwrap()]));
        ended(saqta(&["compact", "--store", path]));
        std::fs::remove_file(backup).unwrap();
    }
}
