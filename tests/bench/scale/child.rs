//! Processes that are measured: how long they run, and the most memory they had.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::collect;

/// How often a process is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// A process that did what it was to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) seconds: f64,
    /// The most resident memory, in bytes.
    pub(crate) peak: u64,
    /// What it wrote, to both outputs.
    pub(crate) written: String,
}

/// Runs `command` to its end.
pub(crate) fn ended(mut command: Command) -> Ended {
    let started = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let written = Arc::new(Mutex::new(String::new()));
    let readers = [
        collect(child.stdout.take().unwrap(), Arc::clone(&written)),
        collect(child.stderr.take().unwrap(), Arc::clone(&written)),
    ];
    let mut peak = 0;
    let status = loop {
        peak = peak_of(child.id()).unwrap_or_default().max(peak);
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(EVERY),
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    for reader in readers {
        reader.join().unwrap();
    }
    let written = written.lock().unwrap().clone();
    assert!(status.success(), "{written}");
    Ended {
        seconds,
        peak,
        written,
    }
}

/// What became of the rows of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) accepted: u64,
    pub(crate) repeated: u64,
    pub(crate) refused: u64,
}

impl Ended {
    /// The last line of an import.
    pub(crate) fn rows(&self) -> Rows {
        let mut lines = self.written.lines().filter(|line| line.starts_with('{'));
        let totals: Value = serde_json::from_str(lines.next_back().unwrap()).unwrap();
        let count = |name: &str| totals[name].as_u64().unwrap();
        Rows {
            accepted: count("accepted"),
            repeated: count("repeated"),
            refused: count("refused"),
        }
    }

    /// The lines of an import that say how a phase went.
    pub(crate) fn phases(&self) -> String {
        let lines = self.written.lines().filter(|line| line.contains(" a second"));
        lines.fold(String::new(), |all, line| all + "  " + line + "\n")
    }

    /// Seconds of the phases that load.
    pub(crate) fn loading(&self) -> f64 {
        let lines = self.written.lines().filter(|line| line.starts_with("loading "));
        let seconds = |line: &str| {
            line.split(" rows in ")
                .nth(1)?
                .split(' ')
                .next()?
                .parse::<f64>()
                .ok()
        };
        lines.filter_map(seconds).sum()
    }
}

/// The most resident memory that a running process had, in bytes.
pub(crate) fn peak_of(process: u32) -> Option<u64> {
    memory(process, "VmHWM:")
}

/// The resident memory of a running process, in bytes.
pub(crate) fn resident(process: u32) -> Option<u64> {
    memory(process, "VmRSS:")
}

fn memory(process: u32, what: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(what))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kib| kib * 1024)
}

/// Bytes of all files in a folder and below.
pub(crate) fn bytes_of(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => bytes_of(&entry.path()),
            metadata => metadata.blocks() * 512,
        })
        .sum()
}
