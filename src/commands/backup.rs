//! `saqta backup`: the whole store in one file, while it is in use; once, or again and again.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use chrono::NaiveDateTime;
use indicatif::ProgressBar;
use saqta_data::clock::Timestamp;
use saqta_data::desk::Upkeep;
use saqta_data::journal::Door;
use saqta_data::office::{Contents, read_backup};
use saqta_data::store::copy::Sink;
use saqta_data::store::{StoreError, Tree};
use tempfile::NamedTempFile;
use tokio::signal::unix::{SignalKind, signal};

use super::export::make_folder;
use super::{note, print, runtime};
use crate::cli::{Backup, Every};
use crate::config::{self, Config};
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};

/// Backups that are kept of those made again and again, unless set otherwise: a week of daily ones.
const KEEP: usize = 7;
/// The name of such a backup: the minute in Kazakhstan at which it was begun. In the order of names they are in the
/// order of time.
const NAME: &str = "saqta-%Y-%m-%d-%H%M.backup";
/// What the name of a backup begins with until it is whole.
const UNFINISHED: &str = ".saqta-unfinished-";
/// How long nobody may have written to one until it counts as left behind.
const LEFT_AFTER: Duration = Duration::from_secs(3600);

/// Makes one backup, or one after the other until it is told to end.
pub(super) fn run(args: &Backup, config: &Config) -> Outcome {
    let store = config.store(args.store.store.as_deref())?;
    let keep = args.keep.or(config.file.keep).unwrap_or(KEEP).max(1);
    runtime()?.block_on(async {
        match args.every.or(config.file.every) {
            // What was begun is taken away again: its file has no name yet.
            None => tokio::select! {
                ended = once(config, &store, &args.file) => ended,
                () = told_to_end() => Err(Failure::new("broken off; no backup was made")),
            },
            Some(every) => tokio::select! {
                ended = for_ever(config, &store, &args.file, every, keep) => ended,
                () = told_to_end() => Ok(()),
            },
        }
    })
}

/// Ends at Ctrl-C and when the service manager says so; never if it cannot be told.
async fn told_to_end() {
    let (term, int) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    if let (Ok(mut term), Ok(mut int)) = (term, int) {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    } else {
        std::future::pending::<()>().await;
    }
}

/// Makes a backup and says what it holds.
async fn once(config: &Config, store: &Path, file: &Path) -> Outcome {
    let opened = open::desk(config, store, Missing::Refuse, Door::Command("backup".into())).await?;
    let written = write(&*opened.desk, file).await;
    // Held no longer than needed: a server may want it.
    opened.close().await?;
    let finish = async { finish(written?, file).await };
    let (contents, bytes) = finish
        .await
        .map_err(|e: Failure| Failure::of(file.display(), e))?;
    print(&statement(file, bytes, &contents))
}

async fn for_ever(config: &Config, store: &Path, folder: &Path, every: Every, keep: usize) -> Outcome {
    make_folder(folder)?;
    let clock = config::clock()?;
    loop {
        let turn = async {
            let now = clock.now().local();
            if let Some(wait) = until_next(&made_before(folder)?, now, every.0) {
                return Ok(wait);
            }
            for left in left_behind(folder, clock.now())? {
                remove(&left, "it was left unfinished")?;
            }
            once(config, store, &folder.join(now.format(NAME).to_string())).await?;
            for old in too_many(made_before(folder)?, now, keep) {
                remove(&old, &format!("{keep} are kept"))?;
            }
            Ok(Duration::ZERO)
        };
        let wait = match turn.await {
            Ok(wait) => wait,
            Err(failure) => {
                // The next one may succeed; who watches this command sees what was not done now.
                note(&format!("saqta: backup: {}", Failure::advice(&failure)))?;
                retry_after(every.0)
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Removes a file and says why.
fn remove(path: &Path, why: &str) -> Outcome {
    std::fs::remove_file(path).map_err(|e| Failure::of(path.display(), e))?;
    note(&format!("removed {}: {why}", path.display()))
}

/// Backups in the folder that a process began which was killed.
fn left_behind(folder: &Path, now: Timestamp) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |e| Failure::of(folder.display(), e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let is_ours = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        // One that another process is writing is written to all the time.
        let written = entry.metadata().and_then(|metadata| metadata.modified());
        let written = written.map(|at| at.duration_since(UNIX_EPOCH).unwrap_or_default());
        let is_idle =
            written.is_ok_and(|at| (at + LEFT_AFTER).as_millis() < u128::from(now.millis().unsigned_abs()));
        if is_ours && is_idle {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// How long to wait until a backup that failed is tried again.
fn retry_after(every: Duration) -> Duration {
    (every / 10).min(Duration::from_secs(10 * 60))
}

/// The backups of this kind in the folder and when each was begun, the oldest first.
fn made_before(folder: &Path) -> Result<Vec<(NaiveDateTime, PathBuf)>, Failure> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| Failure::of(folder.display(), e))? {
        let entry = entry.map_err(|e| Failure::of(folder.display(), e))?;
        let name = entry.file_name();
        let made_at = name
            .to_str()
            .and_then(|name| NaiveDateTime::parse_from_str(name, NAME).ok());
        found.extend(made_at.map(|made_at| (made_at, entry.path())));
    }
    found.sort();
    Ok(found)
}

/// How long to wait for the next backup; `None`: it is due.
fn until_next(before: &[(NaiveDateTime, PathBuf)], now: NaiveDateTime, every: Duration) -> Option<Duration> {
    // One that was made in the future, by a clock set wrong, says nothing of when one was made last.
    let (last, _) = before.iter().rev().find(|(made_at, _)| *made_at <= now)?;
    let passed = now.signed_duration_since(*last).to_std().unwrap_or_default();
    every.checked_sub(passed).filter(|wait| !wait.is_zero())
}

/// The backups that go so that `keep` of those made until `now` stay. What a clock set wrong dated later is neither counted
/// nor removed: it may be newer than it looks.
fn too_many(mut before: Vec<(NaiveDateTime, PathBuf)>, now: NaiveDateTime, keep: usize) -> Vec<PathBuf> {
    before.retain(|(made_at, _)| *made_at <= now);
    let surplus = before.len().saturating_sub(keep);
    before.into_iter().take(surplus).map(|(_, path)| path).collect()
}

/// The folder of the file at `path`.
fn folder_of(path: &Path) -> &Path {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    dir.unwrap_or(Path::new("."))
}

/// Writes a backup to a file without a name yet; gives its length, too.
async fn write(desk: &dyn Upkeep, path: &Path) -> Result<(NamedTempFile, u64), Failure> {
    // Readable by its owner alone from the start; gone if this does not come to its end.
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempfile_in(folder_of(path))?;
    let bar = ProgressBar::new_spinner().with_message("backup");
    let mut pieces = desk.backup().await?;
    let mut bytes = 0;
    while let Some(piece) = pieces.next().await? {
        file.write_all(&piece)?;
        bytes += piece.len() as u64;
        bar.set_message(format!("backup: {} MB", bytes / 1_000_000));
        bar.tick();
    }
    bar.finish_and_clear();
    Ok((file, bytes))
}

/// Gives the file its name once it is on disk and was read back.
async fn finish((file, bytes): (NamedTempFile, u64), path: &Path) -> Result<(Contents, u64), Failure> {
    file.as_file().sync_all()?;
    let bar = ProgressBar::new_spinner().with_message("backup: reading it back");
    bar.tick();
    let written = BufReader::new(File::open(file.path())?);
    let contents = tokio::task::spawn_blocking(|| read_backup(written, &mut Nowhere)).await??;
    bar.finish_and_clear();
    file.persist(path)?;
    File::open(folder_of(path))?.sync_all()?;
    Ok((contents, bytes))
}

/// Takes everything and keeps nothing: a backup is read to see whether it is whole.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn put(&mut self, _: Tree, _: &[u8], _: Option<&[u8]>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What a backup holds, in lines.
pub(super) fn statement(path: &Path, bytes: u64, contents: &Contents) -> String {
    let Contents {
        made_at,
        version,
        entries,
        data_date,
    } = contents;
    let made_at = made_at.local().format("%Y-%m-%d %H:%M:%S");
    let up_to = data_date.map_or_else(String::new, |day| format!(", registries up to {day}"));
    let file = path.display();
    let mut text = format!("{file}: {bytes} bytes, made at {made_at} by saqta {version}{up_to}\n");
    for (tree, count) in entries {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{tree}: {count}");
    }
    text
}

#[cfg(test)]
mod tests;
