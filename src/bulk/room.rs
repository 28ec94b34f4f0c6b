//! Is there room on the disks?

use std::io;
use std::path::Path;

use saqta_data::registry::sorted::{Folder, Space, bytes_in, need};
use saqta_data::store::sled::KEPT_FREE;

use super::Task;
use crate::failure::{Failure, Outcome};

/// Something that takes room: what it is, where, and how many bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room<'a> {
    pub(crate) what: &'static str,
    pub(crate) path: &'a Path,
    pub(crate) bytes: u64,
}

impl<'a> Room<'a> {
    /// What `task` still needs, at most, with its temporary folder: less by what an earlier run of it has sorted and loaded.
    pub(crate) fn of(task: &'a Task, folder: &'a Path) -> [Self; 2] {
        let held = bytes_in(&task.store);
        let (sorted, held_before) = match Folder::begun(folder, &task.job()) {
            Some((sorted, start)) => (sorted, start.bytes),
            None => (0, held),
        };
        let (sorting, _) = need(task.bytes().saturating_sub(sorted), 0);
        let (_, growth) = need(task.bytes(), held_before);
        let left = growth.saturating_sub(held.saturating_sub(held_before));
        [
            Room {
                what: "sorting",
                path: folder,
                bytes: sorting,
            },
            Room {
                what: "the store",
                path: &task.store,
                bytes: if task.plan.dry_run { 0 } else { left + KEPT_FREE },
            },
        ]
    }
}

/// Refuses work that needs more room than there is; `free` says how much that is.
pub(crate) fn check_room(needs: &[Room<'_>], free: &dyn Fn(&Path) -> io::Result<Space>) -> Outcome {
    let mut spaces = Vec::with_capacity(needs.len());
    for need in needs {
        let space = free(need.path).map_err(|error| Failure::of(need.path.display(), error))?;
        spaces.push((need, space));
    }
    for (need, space) in &spaces {
        let same = spaces.iter().filter(|(_, other)| other.device == space.device);
        let wanted: u64 = same.map(|(need, _)| need.bytes).sum();
        if wanted > space.free {
            return Err(Failure::new(format!(
                "{}: too little room: {} needed, {} free on that disk ({})",
                need.path.display(),
                size(wanted),
                size(space.free),
                in_words(needs)
            )));
        }
    }
    Ok(())
}

/// What is needed, in words.
pub(crate) fn in_words(needs: &[Room<'_>]) -> String {
    let words = needs
        .iter()
        .map(|need| format!("{} for {}", size(need.bytes), need.what));
    words.collect::<Vec<_>>().join(", ")
}

/// Bytes in words: as gigabytes, below one as megabytes, so that what is needed and what is there can be told apart.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        return format!("{} MB", bytes.div_ceil(1_000_000));
    }
    let tenths = bytes.div_ceil(100_000_000);
    format!("{}.{} GB", tenths / 10, tenths % 10)
}
