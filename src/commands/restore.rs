//! `saqta restore`: a store founded of a backup.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use indicatif::ProgressBar;
use saqta_data::office::{BackupError, Contents, read_backup, restore_backup};
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::{MAX_SCAN, Scan, Store, StoreError, Tree};

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
    let restored = SledStore::restore(&store, options, |sink| restore_backup(watched, sink));
    let contents = restored.map_err(|error| match error {
        BackupError::Store(error) => Failure::from(error),
        error => named(&error),
    })?;
    bar.finish_and_clear();
    compare(&store, options, &contents)?;
    note("restored; `saqta check` reads it through once more")?;
    print(&statement(&args.file, bytes, &contents))
}

/// Opens what was restored, which also writes sled's snapshot, and counts: as much is to be there as the backup says.
fn compare(path: &Path, options: SledOptions, contents: &Contents) -> Outcome {
    let store = SledStore::open(path, options)?;
    runtime()?.block_on(async {
        let counted = count(&store, contents).await;
        store.close().await?;
        let counted = counted?;
        let differs = |(tree, entries): (&String, &u64)| counted.get(tree) != Some(entries);
        if contents.entries.iter().any(differs) {
            return Err(Failure::of(
                path.display(),
                "it holds something else than the backup says; remove it",
            ));
        }
        Ok(())
    })
}

/// Entries that are there, per tree name.
async fn count(store: &SledStore, contents: &Contents) -> Result<BTreeMap<String, u64>, StoreError> {
    let all = contents.entries.values().sum();
    let bar = bar(all, "restore: counting [{bar:30}] {percent}% {pos}/{len} {eta}");
    let mut counted = BTreeMap::new();
    for tree in Tree::ALL {
        let entries: &mut u64 = counted.entry(tree.name().to_owned()).or_default();
        let mut after = None;
        loop {
            let scan = Scan {
                after: after.take(),
                ..Scan::of(tree, MAX_SCAN)
            };
            let page = store.scan(scan).await?;
            *entries += page.len() as u64;
            bar.inc(page.len() as u64);
            match page.into_iter().next_back() {
                Some((last, _)) => after = Some(last),
                None => break,
            }
        }
    }
    bar.finish_and_clear();
    Ok(counted)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use saqta_data::clock::Clock;
    use saqta_data::desk::{Desk, DeskOptions, LocalDesk, OperatorRole, Upkeep};
    use saqta_data::journal::Door;
    use saqta_data::registry::sorted::Piece;
    use saqta_data::store::{MAX_SCAN, Scan, Tree};

    use super::*;
    use crate::cli::StoreArgs;

    async fn settings(store: &dyn Store) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let held = store.scan(Scan::of(Tree::Settings, MAX_SCAN)).await.unwrap();
        held.into_iter().collect()
    }

    /// A file with the backup of a store that large imports were begun in; that store's settings.
    async fn backed_up(config: &Config, dir: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let store = open::store(&dir.join("before"), SledOptions::default())
            .await
            .unwrap();
        let office = open::office(config, Arc::clone(&store), Clock::system()).unwrap();
        let options = DeskOptions::of(Door::Console);
        let desk = LocalDesk::new(office, "root".into(), OperatorRole::Senior, options);
        desk.load(Piece::EMPTY).await.unwrap();
        let (mut pieces, mut file) = (desk.backup().await.unwrap(), Vec::new());
        while let Some(piece) = pieces.next().await.unwrap() {
            file.extend(piece);
        }
        std::fs::write(dir.join("one.backup"), file).unwrap();
        settings(&*store).await
    }

    #[test]
    fn the_store_founded_is_known_by_another_number() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::read("test.toml".into(), "", dir.path()).unwrap();
        let on_runtime = runtime().unwrap();
        let before = on_runtime.block_on(backed_up(&config, dir.path()));
        let args = Restore {
            store: StoreArgs {
                store: Some(dir.path().join("after")),
            },
            dry_run: None,
            file: dir.path().join("one.backup"),
        };
        run(&args, &config).unwrap();
        let after = on_runtime.block_on(async {
            let path = dir.path().join("after");
            let store = open::store(&path, SledOptions::default()).await.unwrap();
            settings(&*store).await
        });
        assert!(before.keys().eq(after.keys()));
        let others: Vec<_> = before
            .iter()
            .filter(|(key, value)| after[*key] != **value)
            .collect();
        assert_eq!(others.len(), 1, "{others:?}");
        assert_eq!(others[0].0, b"last_erasure");
    }
}
