//! How much room there is on a disk, and how much an import takes of it.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::statvfs;

/// Room on a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Tells it from others.
    pub device: u64,
    /// Bytes that this account may still write there.
    pub free: u64,
}

/// The room at `path`, which need not exist yet: then of the nearest folder above it.
///
/// # Errors
/// What the system says.
pub fn free_space(path: &Path) -> io::Result<Space> {
    let path = std::path::absolute(path)?;
    let there = path.ancestors().find(|path| path.exists()).unwrap_or(&path);
    let figures = statvfs(there)?;
    Ok(Space {
        device: std::fs::metadata(there)?.dev(),
        free: figures.f_bavail.saturating_mul(figures.f_frsize),
    })
}

/// Bytes of sorted runs and of the growth of a store for registries of `bytes` bytes, as measured with invented ones (0.52 and 0.66
/// of them) and a sixth more: see "Measured" in ARCHITECTURE.md.
#[must_use]
pub const fn need(bytes: u64) -> (u64, u64) {
    (bytes / 100 * 60, bytes / 100 * 80)
}
