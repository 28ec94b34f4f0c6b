//! `saqta import`: takes registries in, chunk by chunk, and says what became of every row.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use indicatif::ProgressBar;
use saqta_data::desk::Desk;
use saqta_data::journal::Door;
use saqta_data::registry::Refused;
use saqta_data::registry::csv::Plan;
use saqta_data::registry::list::Unknown;
use serde::Serialize;

use super::{bar, note, print, runtime};
use crate::bulk::{self, Task};
use crate::cli::Import;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::intake::{self, Bin, Counts, FileBin, Source};
use crate::open::{self, Missing, Opened};

mod sorted;

/// The most files at a time: each is open from the start, so that a wrong one is seen before any row is taken.
const MAX_FILES: usize = 256;
/// Rows from which on sled's snapshot is worth writing now: the next opening would take seconds longer instead.
const MANY_ROWS: u64 = 100_000;

/// By how much an import is nicer than other programs; the most is 19.
const NICENESS: i32 = 10;

/// Rows counted, in the order and by the names of the last line.
#[derive(Default, Serialize)]
struct Totals {
    accepted: u64,
    repeated: u64,
    refused: u64,
    /// Fields of payment lists that are not known; left out where there is none.
    #[serde(skip_serializing_if = "is_zero")]
    unknown: u64,
    /// From the start of the command, to the millisecond.
    seconds: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Lets everything else on this machine go before: citizens wait for their answers, an import can wait. Where nothing else
/// runs it takes no longer. To be called before other threads are started: each has its own niceness, that of who starts it.
fn give_way() {
    // A system that refuses loses nothing but this.
    let _ = rustix::process::nice(NICENESS);
}

/// Takes every file in.
pub(super) fn run(args: &Import, config: &Config) -> Outcome {
    let started = Instant::now();
    give_way();
    let plan = Plan {
        data_date: args.data_date.or(config.file.data_date.map(|day| day.0)),
        dry_run: args.dry_run.or(config.file.dry_run).unwrap_or_default(),
    };
    let sources = open_all(&args.files, plan)?;
    let store = config.store(args.store.store.as_deref())?;
    let (sorted, sources) = bulk::split(sources, args.sort.or(config.file.sort))?;
    let temp = args
        .temp
        .clone()
        .or_else(|| config.path(config.file.temp.as_ref()));
    let task = Task::new(sorted, plan, &store, temp);
    if !task.inputs.is_empty() {
        sorted::check_room(&task)?;
    }
    let totals = runtime()?.block_on(async {
        let missing = if plan.dry_run {
            Missing::Imagine
        } else {
            Missing::Found
        };
        let opened = open::desk(config, &store, missing, Door::Command("import".into())).await?;
        let desk: Arc<dyn Desk> = opened.desk.clone();
        let taken = take_all(&desk, sources, task).await;
        drop(desk);
        finish(opened, config, &store, &taken).await?;
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
        match Source::open(path, plan) {
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

async fn take_all(desk: &Arc<dyn Desk>, sources: Vec<Source>, task: Task) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    for source in sources {
        let path = source.path.display().to_string();
        let taken = take(&**desk, source, task.plan.dry_run).await;
        let taken = taken.map_err(|(so_far, failure)| {
            Failure::of(
                path,
                format_args!("{failure} (rows taken before: {})", so_far.accepted),
            )
        })?;
        totals.add(taken);
    }
    if !task.inputs.is_empty() {
        totals.add(sorted::take(desk, task).await?);
    }
    Ok(totals)
}

impl Totals {
    fn add(&mut self, counts: Counts) {
        self.accepted += counts.accepted;
        self.repeated += counts.repeated;
        self.refused += counts.refused;
        self.unknown += counts.unknown;
    }
}

/// Takes one file in.
async fn take(desk: &dyn Desk, source: Source, dry_run: bool) -> Result<Counts, (Counts, Failure)> {
    let path = source.path.clone();
    let unknown = source.list.as_ref().map(|list| list.unknown.clone());
    let bar = progress(&source);
    let so_far = |bytes| bar.set_position(bytes);
    let taken = if dry_run {
        // It writes nothing, so it is not entered either.
        intake::take(desk, source, None, &mut Shown, so_far).await
    } else {
        let entered = source.enter(desk).await;
        let number = entered.map_err(|error| (Counts::default(), error.into()))?;
        let mut bin = FileBin::beside(&path);
        let taken = intake::take(desk, source, Some(number), &mut bin, so_far).await;
        if let (Ok(_), Some(refused)) = (&taken, bin.path()) {
            let said = note(&format!("refused rows: {}", refused.display()));
            said.map_err(|failure| (Counts::default(), failure))?;
        }
        taken
    };
    if let Ok(counts) = &taken {
        bar.finish_and_clear();
        let told = tell(&path, counts).and_then(|()| tell_unknown(&path, unknown.as_ref(), dry_run));
        told.map_err(|failure| (*counts, failure))?;
    }
    taken
}

/// Refused rows of a dry run go to standard error.
struct Shown;

impl Bin for Shown {
    fn throw(&mut self, refused: &Refused) -> Outcome {
        note(&intake::line(refused))
    }
}

/// Tells of the fields that are not known of the payment list at `path`; after an import their lines lie beside it.
fn tell_unknown(path: &Path, unknown: Option<&Unknown>, dry_run: bool) -> Outcome {
    let Some(unknown) = unknown.filter(|unknown| unknown.count() > 0) else {
        return Ok(());
    };
    let kept = if dry_run {
        String::new()
    } else {
        format!(", kept in {}", FileBin::unknown_beside(path).display())
    };
    note(&format!("fields that are not known{kept}: {unknown}"))
}

fn tell(path: &Path, counts: &Counts) -> Outcome {
    let Counts {
        accepted,
        repeated,
        refused,
        ..
    } = counts;
    note(&format!(
        "{}: {accepted} accepted, {repeated} repeated, {refused} refused",
        path.display()
    ))
}

/// A bar over the bytes of the file.
fn progress(source: &Source) -> ProgressBar {
    let template = "{msg} [{bar:30}] {percent}% {bytes}/{total_bytes} {eta}";
    bar(source.bytes, template).with_message(source.name())
}

/// Closes the store, and after many rows opens it once more, which writes sled's snapshot.
async fn finish(opened: Opened, config: &Config, store: &Path, taken: &Result<Totals, Failure>) -> Outcome {
    let is_own = opened.is_own();
    opened.close().await?;
    if is_own && taken.as_ref().is_ok_and(|totals| totals.accepted >= MANY_ROWS) {
        open::store(store, open::store_options(config)?)
            .await?
            .close()
            .await?;
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
