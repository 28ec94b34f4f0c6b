//! Rows that were not taken, in the order of their files and lines, as they stand there.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::path::PathBuf;

use super::buffer::Buffer;
use super::folder::{self, Done, Folder, Kind, SPOOL};
use super::record::{self, Records};
use super::sort::Stopped;
use super::{Input, Merge, Place};
use crate::registry::csv::{self, Chunker, Cut};
use crate::registry::{Refused, Registry};
use crate::store::packed::Packer;

/// Bytes of reasons that are sorted in memory.
const SORT_BYTES: usize = 16 << 20;
/// The most rows of phones refused as rows of people, whose places are kept in mind: 8 bytes each, and a little.
const MAX_WITHOUT: usize = 1_000_000;

/// The rows that the store did not take, in the order in which it said so.
#[derive(Debug)]
pub struct Spool {
    file: File,
    path: PathBuf,
    bytes: u64,
}

impl Spool {
    /// The spool of `folder`, whose first `bytes` bytes count.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(folder: &Folder, bytes: u64) -> Result<Self, Stopped> {
        let path = folder.path().join(SPOOL);
        let open = || -> io::Result<File> {
            let file = folder::append(&path)?;
            file.set_len(bytes)?;
            Ok(file)
        };
        let file = open().map_err(|error| Stopped::folder(folder.path(), error))?;
        Ok(Self { file, path, bytes })
    }

    /// Adds rows; how long it is then.
    ///
    /// # Errors
    /// What the system says.
    pub fn add(&mut self, refused: &[(Place, String)]) -> Result<u64, Stopped> {
        let mut packer = Packer::default();
        for (place, reason) in refused {
            record::write(&mut packer, 0, (0, *place), reason.as_bytes());
        }
        let bytes = packer.finish();
        let written = self.file.write_all(&bytes);
        written.map_err(|error| Stopped::folder(&self.path, error))?;
        self.bytes += bytes.len() as u64;
        Ok(self.bytes)
    }

    /// The rows of phones in it.
    ///
    /// # Errors
    /// [`Stopped::TooManyRefused`], or what the system says.
    pub fn phones(&self, inputs: &[Input]) -> Result<BTreeSet<Place>, Stopped> {
        let failed = |error| Stopped::folder(&self.path, error);
        let is_phone = |place: &Place| {
            let input = inputs.get(place.file());
            input.is_some_and(|input| input.registry() == Registry::Phones)
        };
        let mut places = BTreeSet::new();
        let mut reason = Vec::new();
        let mut records = Records::new(File::open(&self.path).map_err(failed)?);
        while let Some((_, place)) = records.next_into(&mut reason).map_err(failed)? {
            if is_phone(&place) && places.insert(place) && places.len() > MAX_WITHOUT {
                return Err(Stopped::TooManyRefused(MAX_WITHOUT));
            }
        }
        Ok(places)
    }

    /// Sorts it into runs of their own.
    fn sorted(&self, folder: &mut Folder) -> io::Result<Vec<PathBuf>> {
        let mut runs = Vec::new();
        let mut buffer = Buffer::default();
        let mut reason = Vec::new();
        let mut records = Records::new(File::open(&self.path)?);
        loop {
            let next = records.next_into(&mut reason)?;
            if let Some(key) = next {
                buffer.push(key, &reason);
            }
            if buffer.len() > 0 && (next.is_none() || buffer.bytes() >= SORT_BYTES) {
                let number = folder.take_number();
                let path = folder.file(number);
                buffer.write(folder::create(&path)?)?;
                runs.push(path);
            }
            if next.is_none() {
                return Ok(runs);
            }
        }
    }
}

/// All rows not taken: those that cannot be read, and those that the store refused.
#[derive(Debug)]
pub struct Refusals<'a> {
    inputs: &'a [Input],
    blocks: Vec<Done>,
    merge: Merge,
    block: usize,
    open: Option<Chunker<BufReader<File>>>,
    cut: Option<(u64, Cut)>,
}

impl<'a> Refusals<'a> {
    /// Those of `folder` and `spool`.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(inputs: &'a [Input], folder: &mut Folder, spool: &Spool) -> Result<Self, Stopped> {
        let sorted = spool.sorted(folder);
        let failed = |folder: &Folder, error| Stopped::folder(folder.path(), error);
        let mut files = sorted.map_err(|error| failed(folder, error))?;
        files.extend(folder.files(Kind::Refused));
        let mut blocks = folder.done.clone();
        blocks.sort_by_key(|done| done.begin);
        Ok(Self {
            inputs,
            blocks,
            merge: Merge::open(&files).map_err(|error| failed(folder, error))?,
            block: usize::MAX,
            open: None,
            cut: None,
        })
    }

    /// The next row, with the number of its file.
    ///
    /// # Errors
    /// What the system says.
    pub fn next_row(&mut self) -> io::Result<Option<(usize, Refused)>> {
        let Some(((_, place), reason)) = self.merge.next()? else {
            return Ok(None);
        };
        let reason = String::from_utf8_lossy(reason).into_owned();
        self.find(place)?;
        let (at, cut) = self.cut.as_ref().ok_or_else(record::damaged)?;
        let refused = match cut {
            Cut::Refused(refused) => refused.clone(),
            Cut::Rows(chunk) => {
                let start = usize::try_from(place.offset() - at).map_err(|_| record::damaged())?;
                csv::refused_at(chunk, start, reason)
            }
        };
        Ok(Some((place.file(), refused)))
    }

    /// Goes to the cut that has `place`.
    fn find(&mut self, place: Place) -> io::Result<()> {
        let begins = |done: &Done| (done.begin.file, done.begin.start) <= (place.file(), place.offset());
        let block = self.blocks.partition_point(begins).checked_sub(1);
        let block = block.ok_or_else(record::damaged)?;
        if block != self.block {
            let input = self.inputs.get(place.file()).ok_or_else(record::damaged)?;
            let begin = self.blocks.get(block).map(|done| done.begin);
            self.open = Some(input.chunker(begin)?);
            (self.block, self.cut) = (block, None);
        }
        let chunker = self.open.as_mut().ok_or_else(record::damaged)?;
        while self.cut.is_none() || chunker.bytes_done() <= place.offset() {
            let at = chunker.bytes_done();
            self.cut = Some((at, chunker.next_cut()?.ok_or_else(record::damaged)?));
        }
        Ok(())
    }
}
