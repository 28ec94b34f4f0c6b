//! saqta: health insurance status by SMS and USSD, with an operator console.
//!
//! This room is the wiring: the only one that knows processes, sockets and the environment.

mod bubble;
mod bulk;
mod cli;
mod commands;
mod config;
mod delivery;
mod desk_http;
mod failure;
mod handset;
mod host;
mod intake;
mod listen;
mod open;
mod outside;
mod plan;
mod roster;
mod server;
mod socket;
mod telemetry;
mod texts;
mod tls;

use std::io::Write;
use std::panic::catch_unwind;
use std::process::ExitCode;

use clap::Parser;

use failure::Failure;
use mimalloc::MiMalloc;

/// sled keeps each key and value by itself: in a store of millions the system's allocator comes to spend most of a large import
/// looking for room among them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // clap answers wrong usage itself, with exit code 2.
    let cli = cli::Cli::parse();
    // A panic is a defect; the person at the terminal gets a line like for any other failure.
    let outcome = catch_unwind(|| commands::run(cli))
        .unwrap_or_else(|_| Err(Failure::new("internal error (a defect of saqta)")));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "saqta: {}", failure.advice());
            ExitCode::FAILURE
        }
    }
}
