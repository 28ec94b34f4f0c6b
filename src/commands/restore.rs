//! `saqta restore`: a store founded of a backup.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use indicatif::ProgressBar;
use saqta_data::office::{BackupError, Contents, read_backup};
use saqta_data::store::Store;
use saqta_data::store::sled::{SledOptions, SledStore};

use super::backup::{Nowhere, statement};
use super::{bar, note, print, runtime};
use crate::cli::Restore;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::{open, socket};

/// Founds the store and says what it holds; with `--dry-run` only says so.
pub(super) fn run(args: &Restore, config: &Config) -> Outcome {
    let named = |error: &dyn std::fmt::Display| Failure::of(args.file.display(), error);
    let file = File::open(&args.file).map_err(|e| named(&e))?;
    let bytes = file.metadata().map_err(|e| named(&e))?.len();
    let bar = bar(bytes, "restore [{bar:30}] {percent}% {bytes}/{total_bytes} {eta}");
    let watched = BufReader::new(Watched { file, bar: &bar });
    if args.dry_run.or(config.file.dry_run).unwrap_or_default() {
        let contents = read_backup(watched, &mut Nowhere).map_err(|e| named(&e))?;
        bar.finish_and_clear();
        return print(&statement(&args.file, bytes, &contents));
    }
    let store = config.store(args.store.store.as_deref())?;
    if socket::answering(&store)?.is_some() {
        let advice = "a server holds this store; name an empty folder or a new one";
        return Err(Failure::of(store.display(), advice));
    }
    let options = open::store_options(config)?;
    let restored = SledStore::restore(&store, options, |sink| read_backup(watched, sink));
    let contents = restored.map_err(|error| match error {
        BackupError::Store(error) => Failure::from(error),
        error => named(&error),
    })?;
    bar.finish_and_clear();
    compare(&store, options, &contents)?;
    note("restored; `saqta check` reads it through once more")?;
    print(&statement(&args.file, bytes, &contents))
}

/// Opens what was restored, which also writes sled's snapshot, and sees that as much is there as the backup says.
fn compare(path: &Path, options: SledOptions, contents: &Contents) -> Outcome {
    let store = SledStore::open(path, options)?;
    runtime()?.block_on(async {
        let figures = store.figures().await?;
        store.close().await?;
        if figures.entries != contents.entries {
            return Err(Failure::of(
                path.display(),
                "it holds something else than the backup says; remove it",
            ));
        }
        Ok(())
    })
}

/// The file, with a bar of how much of it was read.
struct Watched<'a> {
    file: File,
    bar: &'a ProgressBar,
}

impl Read for Watched<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(bytes)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}
