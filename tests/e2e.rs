//! The program from outside: real processes, real sockets, real files.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

#[path = "e2e/attach.rs"]
mod attach;
#[path = "e2e/bad_input.rs"]
mod bad_input;
#[path = "e2e/console.rs"]
mod console;
#[path = "e2e/console/away.rs"]
mod console_away;
#[path = "e2e/console/ends.rs"]
mod console_ends;
#[path = "e2e/console/imports.rs"]
mod console_imports;
#[path = "e2e/crash.rs"]
mod crash;
#[path = "e2e/demo.rs"]
mod demo;
#[path = "support/disk.rs"]
mod disk;
#[path = "e2e/full.rs"]
mod full;
#[path = "e2e/golden.rs"]
mod golden;
#[path = "e2e/handset.rs"]
mod handset;
#[path = "e2e/lists.rs"]
mod lists;
#[path = "support/load.rs"]
mod load;
#[path = "e2e/losses.rs"]
mod losses;
#[path = "e2e/menu.rs"]
mod menu;
#[path = "e2e/people.rs"]
mod people;
#[path = "e2e/power.rs"]
mod power;
#[path = "e2e/privacy.rs"]
mod privacy;
#[path = "support/process.rs"]
mod process;
#[path = "support/pty.rs"]
mod pty;
#[path = "e2e/reload.rs"]
mod reload;
#[path = "e2e/salvage.rs"]
mod salvage;
#[path = "e2e/sending.rs"]
mod sending;
#[path = "e2e/server.rs"]
mod server;
#[path = "e2e/sorted.rs"]
mod sorted;
#[path = "e2e/upgrade.rs"]
mod upgrade;
#[path = "e2e/upkeep.rs"]
mod upkeep;
