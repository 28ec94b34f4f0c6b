//! A backup: the whole store at one instant in one compressed file that knows whether it is whole.
//!
//! The file is a line of text, then one zstd frame with its own checksum. In it are records, each behind its length:
//! the head, entries in the order of trees and keys, then what was changed while they were read (an entry replaces the
//! one before it under the same key), and the end, which says what the backup holds and carries the SHA-256 of
//! everything before it. So a file that was cut, altered or not finished is noticed before it is used.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{DATA_DATE, DataDate, ERASURE, fresh_number};
use crate::clock::Timestamp;
use crate::store::copy::Sink;
use crate::store::packed::position;
use crate::store::unit::Record as _;
use crate::store::{MAX_KEY_BYTES, MAX_VALUE_BYTES, StoreError, Tree, counts};

/// The first line of the file; the number is the version of what follows.
const FIRST_LINE: &[u8] = b"saqta-backup 1\n";
/// What the first line begins with in every version.
const FIRST_WORD: &[u8] = b"saqta-backup ";
/// zstd's own default: records of people shrink by half, at some hundred megabytes a second.
const LEVEL: i32 = 3;
/// The longest record: an entry, and what describes it.
const MAX_RECORD_BYTES: usize = MAX_KEY_BYTES + MAX_VALUE_BYTES + 1024;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// When it was begun.
    pub made_at: Timestamp,
    /// The version of the program that made it.
    pub version: String,
    /// Entries per tree name.
    pub entries: BTreeMap<String, u64>,
    /// The day up to which the registries in it reach.
    pub data_date: Option<NaiveDate>,
}

/// A record of the file.
#[derive(Serialize, Deserialize)]
enum Record<'a> {
    Head {
        made_at: Timestamp,
        version: String,
    },
    Entry {
        /// The position in [`Tree::ALL`].
        tree: u8,
        key: &'a [u8],
        /// `None`: there is none under this key any more.
        value: Option<&'a [u8]>,
    },
    End {
        contents: Contents,
        /// SHA-256 of all records before, with their lengths.
        digest: [u8; 32],
    },
}

/// Why a file is no backup that can be used.
#[derive(Debug, Error)]
pub enum BackupError {
    /// It is something else.
    #[error("this is no backup of saqta")]
    Foreign,
    /// A later version of the program made it.
    #[error("a newer version of saqta made this backup; use that one or a newer one")]
    Newer,
    /// It ends before its end.
    #[error("this backup is not whole: it was cut off or never finished; use another one")]
    Cut,
    /// A checksum is wrong, or something in it makes no sense.
    #[error("this backup is damaged ({0}); use another one")]
    Damaged(&'static str),
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// What it holds cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a backup: the sink of a copy of the store.
pub struct BackupWriter<W: Write> {
    /// `None` once it is finished.
    out: Option<zstd::Encoder<'static, W>>,
    digest: Sha256,
    contents: Contents,
}

impl<W: Write> BackupWriter<W> {
    /// Begins a backup made at `made_at` by this version of the program.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin(mut out: W, made_at: Timestamp) -> io::Result<Self> {
        out.write_all(FIRST_LINE)?;
        let mut out = zstd::Encoder::new(out, LEVEL)?;
        out.include_checksum(true)?;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let mut writer = Self {
            out: Some(out),
            digest: Sha256::new(),
            contents: Contents {
                made_at,
                version: version.clone(),
                entries: BTreeMap::new(),
                data_date: None,
            },
        };
        writer.write(&Record::Head { made_at, version })?;
        Ok(writer)
    }

    fn write(&mut self, record: &Record<'_>) -> io::Result<()> {
        let bytes = postcard::to_stdvec(record).map_err(io::Error::other)?;
        let length = u32::try_from(bytes.len())
            .map_err(io::Error::other)?
            .to_le_bytes();
        let out = self.out.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        for part in [length.as_slice(), &bytes] {
            self.digest.update(part);
            out.write_all(part)?;
        }
        Ok(())
    }

    /// Keeps in mind what the end will say.
    fn observe(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        if let (Tree::Settings, Some(value)) = (tree, value) {
            if let Some(entries) = counts(key, value)? {
                self.contents.entries = entries;
            }
            if key == DATA_DATE.as_bytes() {
                self.contents.data_date = Some(DataDate::decode(value)?.0);
            }
        }
        Ok(())
    }
}

impl<W: Write + Send> Sink for BackupWriter<W> {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        self.observe(tree, key, value)?;
        let tree = position(&Tree::ALL, &tree);
        self.write(&Record::Entry { tree, key, value })
            .map_err(|error| failed(&error))
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        let digest = self.digest.clone().finalize().into();
        let contents = self.contents.clone();
        self.write(&Record::End { contents, digest })
            .and_then(|()| self.out.take().map_or(Ok(()), |out| out.finish()?.flush()))
            .map_err(|error| failed(&error))
    }
}

fn failed(error: &io::Error) -> StoreError {
    StoreError::Failed(format!("the backup cannot be written: {error}"))
}

/// Reads a backup into `sink` and says what it holds. Only when this returns without an error is it known that what the
/// sink got is whole.
///
/// # Errors
/// [`BackupError`]: use nothing of what the sink got.
pub fn read_backup(file: impl BufRead, sink: &mut dyn Sink) -> Result<Contents, BackupError> {
    let mut reader = Reader::begin(file)?;
    let mut record = Vec::new();
    let Record::Head { .. } = reader.next(&mut record)? else {
        return Err(BackupError::Damaged("its head is missing"));
    };
    loop {
        let before = reader.digest.clone();
        match reader.next(&mut record)? {
            Record::Head { .. } => return Err(BackupError::Damaged("it has two heads")),
            Record::Entry { tree, key, value } => {
                let tree = Tree::ALL.get(usize::from(tree)).ok_or(BackupError::Newer)?;
                sink.put(*tree, key, value)?;
            }
            Record::End { contents, digest } => {
                if digest[..] != before.finalize()[..] {
                    return Err(BackupError::Damaged("its checksum is wrong"));
                }
                reader.finish()?;
                return Ok(contents);
            }
        }
    }
}

/// As [`read_backup`], into the sink of a store that is founded of it. That store is known by a number of its own: what was
/// sorted and loaded into the one that was backed up may not be in it, so no import goes on here that was begun there.
///
/// # Errors
/// [`BackupError`]: use nothing of what the sink got.
pub fn restore_backup(file: impl BufRead, sink: &mut dyn Sink) -> Result<Contents, BackupError> {
    let number = fresh_number()?;
    read_backup(file, &mut Renumbered { sink, number })
}

/// Hands on a store, under another number.
struct Renumbered<'a> {
    sink: &'a mut dyn Sink,
    number: [u8; 8],
}

impl Sink for Renumbered<'_> {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        let is_number = tree == Tree::Settings && key == ERASURE;
        let value = value.map(|value| if is_number { self.number.as_slice() } else { value });
        self.sink.put(tree, key, value)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.sink.flush()
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        self.sink.finish()
    }
}

struct Reader<R: BufRead> {
    input: zstd::Decoder<'static, R>,
    digest: Sha256,
}

impl<R: BufRead> Reader<R> {
    fn begin(mut file: R) -> Result<Self, BackupError> {
        let mut line = Vec::new();
        (&mut file)
            .take(FIRST_LINE.len() as u64)
            .read_until(b'\n', &mut line)?;
        if line != FIRST_LINE {
            return Err(match line.strip_prefix(FIRST_WORD) {
                None | Some([]) => BackupError::Foreign,
                Some(_) if FIRST_LINE.starts_with(&line) => BackupError::Cut,
                Some(_) => BackupError::Newer,
            });
        }
        Ok(Self {
            input: zstd::Decoder::with_buffer(file)?,
            digest: Sha256::new(),
        })
    }

    /// The next record, whose bytes are in `bytes`.
    fn next<'a>(&mut self, bytes: &'a mut Vec<u8>) -> Result<Record<'a>, BackupError> {
        let mut length = [0; 4];
        self.fill(&mut length)?;
        let wanted = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
        if wanted > MAX_RECORD_BYTES {
            return Err(BackupError::Damaged("a record is too long"));
        }
        bytes.resize(wanted, 0);
        self.fill(bytes)?;
        self.digest.update(length);
        self.digest.update(&*bytes);
        postcard::from_bytes(bytes).map_err(|_| BackupError::Damaged("a record makes no sense"))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        self.input.read_exact(bytes).map_err(unreadable)
    }

    /// Sees that nothing follows, and that zstd's own checksum is right.
    fn finish(mut self) -> Result<(), BackupError> {
        match self.input.read(&mut [0]).map_err(unreadable)? {
            0 => Ok(()),
            _ => Err(BackupError::Damaged("something follows its end")),
        }
    }
}

/// What it means that the compressed bytes cannot be read: the decoder says so by these kinds.
fn unreadable(error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => BackupError::Cut,
        io::ErrorKind::Other | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            BackupError::Damaged("it cannot be decompressed")
        }
        _ => BackupError::Io(error),
    }
}

#[cfg(test)]
mod tests;
