//! `saqta import`: takes registries in, chunk by chunk, and says what became of every row.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::ProgressBar;
use saqta_data::desk::Desk;
use saqta_data::journal::Door;
use saqta_data::registry::csv::{Chunker, Cut, Plan};
use saqta_data::registry::{Ingested, Refused};
use serde::Serialize;

use super::{bar, note, print, runtime};
use crate::cli::Import;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing, Opened};

/// The most files at a time: each is open from the start, so that a wrong one is seen before any row is taken.
const MAX_FILES: usize = 256;
/// Rows from which on sled's snapshot is worth writing now: the next opening would take seconds longer instead.
const MANY_ROWS: u64 = 100_000;

/// A file whose header is known.
struct Source {
    path: PathBuf,
    bytes: u64,
    chunker: Chunker<BufReader<File>>,
}

/// Rows counted, in the order and by the names of the last line.
#[derive(Default, Serialize)]
struct Totals {
    accepted: u64,
    repeated: u64,
    refused: u64,
    /// From the start of the command, to the millisecond.
    seconds: f64,
}

/// Takes every file in.
pub(super) fn run(args: &Import, config: &Config) -> Outcome {
    let started = Instant::now();
    let plan = Plan {
        data_date: args.data_date.or(config.file.data_date.map(|day| day.0)),
        dry_run: args.dry_run.or(config.file.dry_run).unwrap_or_default(),
    };
    let sources = open_all(&args.files, plan)?;
    let store = config.store(args.store.store.as_deref())?;
    let totals = runtime()?.block_on(async {
        let missing = if plan.dry_run {
            Missing::Imagine
        } else {
            Missing::Found
        };
        let opened = open::desk(config, &store, missing, Door::Command("import".into())).await?;
        let taken = take_all(&*opened.desk, sources, plan.dry_run).await;
        finish(opened, &store, &taken).await?;
        taken
    })?;
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    let line = serde_json::to_string(&Totals { seconds, ..totals })?;
    if args.json.or(config.file.json).unwrap_or_default() {
        print(&format!("{line}\n"))?;
    }
    note(&line)
}

fn open_all(files: &[PathBuf], plan: Plan) -> Result<Vec<Source>, Failure> {
    if files.len() > MAX_FILES {
        return Err(Failure::new(format!("at most {MAX_FILES} files at a time")));
    }
    let mut sources = Vec::with_capacity(files.len());
    let mut wrong = Vec::new();
    for path in files {
        match open_one(path, plan) {
            Ok(source) => sources.push(source),
            Err(failure) => wrong.push(failure.to_string()),
        }
    }
    if wrong.is_empty() {
        Ok(sources)
    } else {
        Err(Failure::new(wrong.join("\n")))
    }
}

fn open_one(path: &Path, plan: Plan) -> Result<Source, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::of(path.display(), error);
    let file = File::open(path).map_err(|e| failed(&e))?;
    let bytes = file.metadata().map_err(|e| failed(&e))?.len();
    let chunker = Chunker::open(BufReader::new(file), plan).map_err(|e| failed(&e))?;
    Ok(Source {
        path: path.to_path_buf(),
        bytes,
        chunker,
    })
}

async fn take_all(desk: &dyn Desk, sources: Vec<Source>, dry_run: bool) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    for source in sources {
        let path = source.path.display().to_string();
        let taken = take(desk, source, dry_run).await;
        let taken = taken.map_err(|(so_far, failure)| {
            Failure::of(
                path,
                format_args!("{failure} (rows taken before: {})", so_far.accepted),
            )
        })?;
        totals.accepted += taken.accepted;
        totals.repeated += taken.repeated;
        totals.refused += taken.refused;
    }
    Ok(totals)
}

/// Takes one file in. On failure the rows taken so far stay: the same file can be imported again.
async fn take(desk: &dyn Desk, mut source: Source, dry_run: bool) -> Result<Totals, (Totals, Failure)> {
    let mut totals = Totals::default();
    let bar = progress(&source);
    let mut bin = Bin::new(&source.path, dry_run);
    loop {
        match take_next(desk, &mut source, &mut bin).await {
            Ok(Some(ingested)) => {
                totals.accepted += ingested.accepted;
                totals.repeated += ingested.repeated;
                totals.refused += u64::try_from(ingested.refused.len()).unwrap_or(u64::MAX);
                bar.set_position(source.chunker.bytes_done());
            }
            Ok(None) => break,
            Err(failure) => return Err((totals, failure)),
        }
    }
    bar.finish_and_clear();
    match bin.close().and_then(|()| tell(&source.path, &totals)) {
        Ok(()) => Ok(totals),
        Err(failure) => Err((totals, failure)),
    }
}

async fn take_next(desk: &dyn Desk, source: &mut Source, bin: &mut Bin) -> Result<Option<Ingested>, Failure> {
    let ingested = match source.chunker.next_cut()? {
        None => return Ok(None),
        Some(Cut::Rows(chunk)) => desk.ingest(chunk).await?,
        Some(Cut::Refused(refused)) => Ingested {
            refused: vec![refused],
            ..Ingested::default()
        },
    };
    bin.throw(&ingested.refused)?;
    Ok(Some(ingested))
}

fn tell(path: &Path, totals: &Totals) -> Outcome {
    let Totals {
        accepted,
        repeated,
        refused,
        ..
    } = totals;
    note(&format!(
        "{}: {accepted} accepted, {repeated} repeated, {refused} refused",
        path.display()
    ))
}

/// A bar over the bytes of the file.
fn progress(source: &Source) -> ProgressBar {
    let name = source
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let template = "{msg} [{bar:30}] {percent}% {bytes}/{total_bytes} {eta}";
    bar(source.bytes, template).with_message(name)
}

/// Where refused rows go: a file beside the one they came from, for its owner alone, or standard error in a dry run.
struct Bin {
    path: PathBuf,
    dry_run: bool,
    file: Option<BufWriter<File>>,
}

impl Bin {
    fn new(source: &Path, dry_run: bool) -> Self {
        let mut path = source.as_os_str().to_owned();
        path.push(".refused");
        Self {
            path: path.into(),
            dry_run,
            file: None,
        }
    }

    fn throw(&mut self, refused: &[Refused]) -> Outcome {
        for Refused { line, reason, row } in refused {
            if self.dry_run {
                note(&format!("line {line}: {reason}: {row}"))?;
                continue;
            }
            if self.file.is_none() {
                self.file = Some(self.create().map_err(|e| Failure::of(self.path.display(), e))?);
            }
            if let Some(file) = &mut self.file {
                writeln!(file, "line {line}: {reason}: {row}")?;
            }
        }
        Ok(())
    }

    /// A file of our own making: whatever lay there, a link to elsewhere included, goes first.
    fn create(&self) -> std::io::Result<BufWriter<File>> {
        remove(&self.path)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.path)?;
        Ok(BufWriter::new(file))
    }

    /// Finishes the file; without refused rows, one left by an earlier import of the same file goes.
    fn close(self) -> Outcome {
        match self.file {
            Some(mut file) => {
                file.flush()?;
                note(&format!("refused rows: {}", self.path.display()))
            }
            None if self.dry_run => Ok(()),
            None => Ok(remove(&self.path).map_err(|e| Failure::of(self.path.display(), e))?),
        }
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Closes the store, and after many rows opens it once more, which writes sled's snapshot.
async fn finish(opened: Opened, store: &Path, taken: &Result<Totals, Failure>) -> Outcome {
    let is_own = opened.is_own();
    opened.close().await?;
    if is_own && taken.as_ref().is_ok_and(|totals| totals.accepted >= MANY_ROWS) {
        open::store(store).await?.close().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_files_and_no_more_are_opened() {
        let files = vec![PathBuf::from("/nonexistent.csv"); MAX_FILES + 1];
        let refused = open_all(&files, Plan::default()).err().unwrap().to_string();
        assert_eq!(refused, "at most 256 files at a time");
    }
}
