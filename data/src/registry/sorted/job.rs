//! What an import is known again by, and how the store was when it began.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

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

    /// The name of the import in the store: the same for the same files, also when sorting begins anew, so that running it
    /// again ends one that was given up.
    pub(super) fn token(&self) -> u64 {
        let mut sha = Sha256::new();
        for path in std::iter::once(&self.store).chain(self.files.iter().map(Mark::path)) {
            let path = path.as_os_str().as_bytes();
            sha.update(path.len().to_be_bytes());
            sha.update(path);
        }
        let digest = sha.finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |token, byte| token << 8 | u64::from(*byte))
    }
}

/// How the store was when sorting began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The last erasure then: where there was another since, the rows might bring somebody back.
    pub erasure: u64,
    /// Its bytes on disk.
    pub bytes: u64,
}
