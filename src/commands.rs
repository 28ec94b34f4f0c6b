//! The commands, one file each. Each runs to its end and says by its outcome whether it did what it was asked.

mod backup;
mod check;
mod compact;
mod console;
mod demo;
mod dial;
mod dialog;
mod erase;
mod export;
mod import;
mod restore;
mod serve;
mod status;
mod synth;
mod text;

use std::io::{ErrorKind, Write};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;

use crate::cli::{self, Cli, Command};
use crate::config::{Config, File};
use crate::failure::{Failure, Outcome};
use crate::handset::Handset;
use crate::telemetry::{self, Verbosity};

/// Runs the command typed.
pub(crate) fn run(cli: Cli) -> Outcome {
    let config = Config::load(cli.config.as_deref())?;
    let verbosity = match cli.command {
        Command::Serve(_) => Verbosity::Server,
        Command::Console(_) | Command::Demo(_) => Verbosity::Screen,
        _ => Verbosity::Command,
    };
    telemetry::start(verbosity)?;
    match cli.command {
        Command::Serve(args) => serve::run(&args, &config),
        Command::Console(args) => console::run(&args, &config),
        Command::Status(args) => status::run(&args, &config),
        Command::Import(args) => import::run(&args, &config),
        Command::Export(args) => export::run(&args, &config),
        Command::Check(args) => check::run(&args, &config),
        Command::Backup(args) => backup::run(&args, &config),
        Command::Restore(args) => restore::run(&args, &config),
        Command::Compact(args) => compact::run(&args, &config),
        Command::Erase(args) => erase::run(&args, &config),
        Command::Dial(args) => dial::run(&args, &config),
        Command::Dialog(args) => dialog::run(&args, &config),
        Command::Text(args) => text::run(&args, &config),
        Command::Demo(args) => demo::run(&args, &config),
        Command::Synth(args) => synth::run(&args, &config),
    }
}

/// The threads of a command.
fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// The phone that `dial` and `text` play.
fn handset(args: &cli::Handset, file: &File) -> Result<Handset, Failure> {
    let choose = |option: &Option<String>, file: &Option<String>, default: &str| {
        option
            .as_ref()
            .or(file.as_ref())
            .map_or_else(|| default.to_owned(), Clone::clone)
    };
    Handset::new(
        &choose(&args.url, &file.url, "http://127.0.0.1:8414"),
        &choose(&args.carrier, &file.carrier, "sandbox"),
        &choose(&args.from, &file.from, "+77010000001"),
    )
}

/// Writes an answer to standard output. A reader that has seen enough (`| head`) is no failure: the program ends.
fn print(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        result => Ok(result?),
    }
}

/// A bar up to `length` on standard error; `template` is indicatif's. It draws nothing where nobody watches.
fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style.progress_chars("=> "))
}

/// Writes a line to standard error: how the work goes, never its answer.
fn note(line: &str) -> Outcome {
    Ok(writeln!(std::io::stderr(), "{line}")?)
}
