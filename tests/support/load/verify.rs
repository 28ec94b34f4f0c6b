//! Whether a closed store, or a backup, has what it must, and no more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use saqta_data::store::Store;
use saqta_data::store::sled::{SledOptions, SledStore};

use super::{Acknowledged, BACKUP, Counts, Crowd, Found};
use crate::process::run;

/// What a store must have after a life of a server.
#[derive(Debug)]
pub(crate) struct Demand<'a> {
    /// What it had before.
    pub(crate) base: &'a Found,
    /// The life.
    pub(crate) life: u64,
    /// At least what was acknowledged.
    pub(crate) least: Acknowledged,
    /// At most so much and what was under way then: of each sender a text, a note, a registry of each kind. `None`: what was
    /// acknowledged is known a little late, so that any more may be there.
    pub(crate) most: Option<Acknowledged>,
}

/// How many folders with data are in the store at `path`, its own among them: more than one in the middle of a compaction.
pub(crate) fn generations(store: &Path) -> usize {
    let inside = fs::read_dir(store).unwrap().map(|entry| entry.unwrap().path());
    let folders = inside.chain([store.to_owned()]);
    folders.filter(|folder| folder.join("db").exists()).count()
}

/// What the closed store has, or what is wrong with it.
pub(crate) fn verify(store: &Path, crowd: &Crowd, demand: &Demand<'_>) -> Result<Found, String> {
    let checked = run(&["check", "--store", store.to_str().unwrap()]);
    if !checked.status.success() {
        let said = [checked.stdout, checked.stderr].concat();
        return Err(format!("check: {}", String::from_utf8_lossy(&said)));
    }
    if generations(store) > 1 {
        return Err("what a compaction left that was cut is still there".into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let opened = SledStore::open(store, SledOptions::default()).map_err(|error| error.to_string())?;
        let store: Arc<dyn Store> = Arc::new(opened);
        let found = look(&store, crowd, demand).await;
        store.close().await.map_err(|error| error.to_string())?;
        found
    })
}

/// What `store` has, or what of the demand it has not.
pub(crate) async fn look(
    store: &Arc<dyn Store>,
    crowd: &Crowd,
    demand: &Demand<'_>,
) -> Result<Found, String> {
    let found = Found::of(store, crowd).await?;
    compare(&found, crowd, demand)?;
    Ok(found)
}

/// What is wrong with the last backup in `dir` that was acknowledged since this was asked last, restored; false if there was
/// none. `demand` is what the store must have by now.
pub(crate) fn verify_backup(
    dir: &Path,
    crowd: &Crowd,
    counts: &Counts,
    demand: &Demand<'_>,
) -> Result<bool, String> {
    let Some(least) = counts.0.lock().unwrap().backed_up.take() else {
        return Ok(false);
    };
    let (file, store) = (dir.join(BACKUP), dir.join("restored"));
    let (file, at) = (file.to_str().unwrap(), store.to_str().unwrap());
    let restored = run(&["restore", "--store", at, file]);
    if !restored.status.success() {
        return Err(format!("restore: {}", String::from_utf8_lossy(&restored.stderr)));
    }
    let found = verify(&store, crowd, &Demand { least, ..*demand });
    fs::remove_dir_all(&store).unwrap();
    found.map(|_| true).map_err(|wrong| format!("restored: {wrong}"))
}

fn compare(found: &Found, crowd: &Crowd, demand: &Demand<'_>) -> Result<(), String> {
    let Demand {
        base,
        life,
        least,
        most,
    } = demand;
    let at_most =
        |count: &dyn Fn(&Acknowledged) -> u64| most.as_ref().map_or(u64::MAX, |most| count(most) + 1);
    let size = crowd.size();
    let mut spans = BTreeMap::from([
        (
            "notes".to_owned(),
            (least.notes.max(base.notes), at_most(&|a| a.notes)),
        ),
        (
            "registries".to_owned(),
            (least.imports.max(base.imports), at_most(&|a| a.imports)),
        ),
        (
            "names".to_owned(),
            (
                (least.sorted * size).max(base.named),
                at_most(&|a| a.sorted).saturating_mul(size),
            ),
        ),
    ]);
    let mut there = BTreeMap::from([
        ("notes".to_owned(), found.notes),
        ("registries".to_owned(), found.imports),
        ("names".to_owned(), found.named),
    ]);
    // Who texted in an earlier life texts no more.
    let earlier = base
        .answers
        .iter()
        .map(|(sender, count)| (sender.clone(), (*count, *count)));
    spans.extend(earlier);
    for (sender, count) in least.answers.iter().enumerate() {
        let span = (*count, at_most(&|a| a.answers[sender]));
        spans.insert(format!("{life}-{sender}"), span);
    }
    there.extend(found.answers.clone());
    for what in spans.keys().chain(there.keys()) {
        let (least, most) = spans.get(what).copied().unwrap_or_default();
        let count = there.get(what).copied().unwrap_or_default();
        if !(least..=most).contains(&count) {
            return Err(format!("{what}: {count}, where {least} to {most} must be"));
        }
    }
    Ok(())
}
