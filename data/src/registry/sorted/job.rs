//! What an import is known again by, and how the store was when it began.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Input;
use super::input::Mark;

/// The version of the folder's files; another one is begun anew.
const VERSION: u32 = 2;
/// Tells one start of the machine from another.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// What an import is known again by. If anything of it differs, sorting begins anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    version: u32,
    files: Vec<Mark>,
    store: PathBuf,
    data_date: Option<NaiveDate>,
    dry_run: bool,
    boot: String,
}

impl Job {
    /// The import of `inputs` into `store`.
    #[must_use]
    pub fn new(inputs: &[Input], store: &Path, data_date: Option<NaiveDate>, dry_run: bool) -> Self {
        Self {
            version: VERSION,
            files: inputs.iter().map(|input| input.mark().clone()).collect(),
            store: store.to_owned(),
            data_date,
            dry_run,
            boot: fs::read_to_string(BOOT).unwrap_or_default(),
        }
    }
}

/// How the store was when sorting began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// [`Loaded::erasure`].
    pub erasure: u64,
    /// Its bytes on disk.
    pub bytes: u64,
}
