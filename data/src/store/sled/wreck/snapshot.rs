//! sled's snapshot: where each page lay when the database was opened last.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::Chain;
use super::bytes::Bytes;
use super::log::Place;
use crate::store::sled::files;

/// Behind the content: its length and its checksum.
const TRAILER: usize = 12;
const PIECE: usize = 64 << 10;

/// A snapshot in its file.
#[derive(Debug)]
pub(in crate::store::sled) struct Snapshot {
    path: PathBuf,
}

/// The snapshot that sled would take, whether or not it is sound.
pub(in crate::store::sled) fn newest(folder: &Path) -> io::Result<Option<Snapshot>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if files::is_snapshot(&name) && !files::is_torn_snapshot(&name) {
            newest = newest.max(Some(name));
        }
    }
    Ok(newest.map(|name| Snapshot {
        path: folder.join(name),
    }))
}

impl Snapshot {
    /// The name of its file.
    pub(in crate::store::sled) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Up to where it knows the log, which its name says.
    pub(in crate::store::sled) fn number(&self) -> Option<u64> {
        u64::from_str_radix(self.name().strip_prefix("snap.")?, 16).ok()
    }

    /// True if its checksum is right.
    pub(in crate::store::sled) fn is_sound(&self) -> io::Result<bool> {
        let file = File::open(&self.path)?;
        let Some(length) = file.metadata()?.len().checked_sub(TRAILER as u64) else {
            return Ok(false);
        };
        let mut file = BufReader::with_capacity(PIECE, file);
        let mut hasher = crc32fast::Hasher::new();
        let mut content = file.by_ref().take(length);
        let mut piece = vec![0; PIECE];
        loop {
            let read = content.read(&mut piece)?;
            if read == 0 {
                break;
            }
            hasher.update(piece.get(..read).unwrap_or_default());
        }
        let mut trailer = [0; TRAILER];
        file.read_exact(&mut trailer)?;
        let checksum = trailer.last_chunk().copied().map(u32::from_le_bytes);
        Ok(length > 0 && checksum == Some(hasher.finalize()))
    }

    /// Up to where it knows the log, and where each page lies; `None` if it is damaged.
    pub(super) fn read(&self) -> Option<(u64, HashMap<u64, Chain>)> {
        if !self.is_sound().ok()? {
            return None;
        }
        let bytes = fs::read(&self.path).ok()?;
        let content = bytes.get(..bytes.len().checked_sub(TRAILER)?)?;
        let mut bytes = Bytes(content);
        // Both are one more than they say, so that zero is none.
        let number = bytes.u64()?.checked_sub(1)?;
        bytes.number()?;
        let mut chains = HashMap::new();
        for page in 0.. {
            if bytes.0.is_empty() {
                break;
            }
            let chain = chain(&mut bytes)?;
            if chain.base.is_some() {
                chains.insert(page, chain);
            }
        }
        Some((number, chains))
    }
}

/// Where a page lies: nowhere if it is free.
fn chain(bytes: &mut Bytes<'_>) -> Option<Chain> {
    let count = bytes.u8()?;
    if count == 0 {
        place(bytes)?;
        return Some(Chain::default());
    }
    let mut chain = Chain {
        base: Some(sized_place(bytes)?),
        links: Vec::new(),
    };
    for _ in 1..count {
        chain.links.push(sized_place(bytes)?);
    }
    Some(chain)
}

fn sized_place(bytes: &mut Bytes<'_>) -> Option<Place> {
    let place = place(bytes)?;
    bytes.number()?;
    Some(place)
}

fn place(bytes: &mut Bytes<'_>) -> Option<Place> {
    let number = bytes.u64()?;
    let in_blob = bytes.u8()? != 0;
    let offset = bytes.number()?;
    if in_blob {
        bytes.u64()?;
    }
    Some(Place { number, offset })
}
