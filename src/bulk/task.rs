//! What is to be imported, and whether its rows are sorted first.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use saqta_data::registry::Registry;
use saqta_data::registry::csv::Plan;
use saqta_data::registry::sorted::{Bounds, Input, Job, SORT_FROM_BYTES};

use crate::failure::Failure;
use crate::intake::Source;

/// Of `sources`, those to be sorted, and the others: all that can be from [`SORT_FROM_BYTES`] on, unless it is wished
/// otherwise. For the command and the console alike.
pub(crate) fn split(sources: Vec<Source>, wish: Option<bool>) -> Result<(Vec<Input>, Vec<Source>), Failure> {
    let bytes: u64 = sources.iter().map(|source| source.bytes).sum();
    if !wish.unwrap_or(bytes >= SORT_FROM_BYTES) {
        return Ok((Vec::new(), sources));
    }
    // Clinics are few, and no rows of people; payment lists are short.
    let (sorted, rest): (Vec<_>, Vec<_>) = sources
        .into_iter()
        .partition(|source| source.registry() != Registry::Clinics && source.list.is_none());
    let open = |source: &Source| {
        Input::open(&source.path).map_err(|error| Failure::of(source.path.display(), error))
    };
    Ok((sorted.iter().map(open).collect::<Result<_, _>>()?, rest))
}

/// What is to be imported.
#[derive(Debug)]
pub(crate) struct Task {
    /// The files; none of clinics, which are no rows of people.
    pub(crate) inputs: Vec<Input>,
    pub(crate) plan: Plan,
    /// The folder of the store, from the root on.
    pub(crate) store: PathBuf,
    /// The folder that the temporary one is made in; `None`: that of the store.
    pub(crate) temp: Option<PathBuf>,
    pub(crate) bounds: Bounds,
}

impl Task {
    /// The import of `inputs` into the store at `store`, with the usual bounds.
    pub(crate) fn new(inputs: Vec<Input>, plan: Plan, store: &Path, temp: Option<PathBuf>) -> Self {
        Self {
            inputs,
            plan,
            store: absolute(store),
            temp,
            bounds: Bounds::default(),
        }
    }

    /// The temporary folder: its name says which files go into which store, so that two imports do not meet in it, and the
    /// same one is found again from wherever it is gone on with.
    pub(crate) fn folder(&self) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        self.store.hash(&mut hasher);
        for input in &self.inputs {
            absolute(input.path()).hash(&mut hasher);
        }
        let name = format!("{}{:016x}", folders_of(&self.store), hasher.finish());
        match &self.temp {
            Some(temp) => temp.join(name),
            None => self.store.with_file_name(name),
        }
    }

    /// What it is known again by.
    pub(super) fn job(&self) -> Job {
        Job::new(&self.inputs, &self.store, self.plan.data_date, self.plan.dry_run)
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.inputs.iter().map(Input::bytes).sum()
    }
}

/// `path` from the root on.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// What the names of the temporary folders of imports into the store at `store` begin with.
fn folders_of(store: &Path) -> String {
    let name = store.file_name().unwrap_or_default().to_string_lossy();
    format!("{name}.sorting-")
}

/// The temporary folders of imports into the store at `store` that were broken off, beside it and in `temp`.
pub(crate) fn broken_off(store: &Path, temp: Option<&Path>) -> Vec<PathBuf> {
    let store = absolute(store);
    let wanted = folders_of(&store);
    let mut found = Vec::new();
    for entry in store
        .parent()
        .into_iter()
        .chain(temp)
        .filter_map(|dir| dir.read_dir().ok())
    {
        let ours = entry.flatten().filter(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().starts_with(&wanted)
        });
        found.extend(ours.map(|entry| entry.path()));
    }
    found.sort();
    found.dedup();
    found
}
