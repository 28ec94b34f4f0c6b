//! How long it takes to invent 100,000 citizens and write their registries as CSV files, on one core. The limit is five
//! seconds.

use std::time::Instant;

use chrono::NaiveDate;
use saqta_data::synth::Plan;

const CITIZENS: u64 = 100_000;

#[expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops without its data and prints its figures"
)]
fn main() {
    let dir = tempfile::tempdir().expect("a folder to write to");
    let until = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
    let plan = Plan {
        seed: 1,
        citizens: CITIZENS,
        until,
    };
    let start = Instant::now();
    plan.write_csv(dir.path(), &mut |_| ())
        .expect("written registries");
    let seconds = start.elapsed().as_secs_f64();
    let bytes: u64 = dir
        .path()
        .read_dir()
        .expect("the folder")
        .filter_map(|file| file.ok()?.metadata().ok())
        .map(|file| file.len())
        .sum();
    let each = seconds * 1e6 / f64::from(u32::try_from(CITIZENS).unwrap_or(u32::MAX));
    println!(
        "synth: {CITIZENS} citizens, {} MB in {seconds:.2} s ({each:.1} us each)",
        bytes / 1_000_000
    );
}
