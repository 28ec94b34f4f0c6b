//! sled's log as it lies on the disk: segments, each with a header, of messages, each with a checksum. A place in it is known
//! by its number in the order of writing (sled: LSN), which a segment's header says, and by its offset in the file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::bytes::Bytes;
use crate::store::sled::files::{BLOBS, LOG};

/// The length of a segment: sled's usual one, which the store never changes.
const SEGMENT: u64 = 512 << 10;
/// A segment begins with its checksum, its number, and up to where the log was on disk when it was begun.
const SEGMENT_HEADER: usize = 20;
/// No message begins so near to the end of a segment.
const RED_ZONE: usize = 32;
/// The bytes of a message's longest header.
const HEADER: usize = 32;
/// Segments that are read at a time.
const READERS: usize = 8;
/// Numbers in headers are stored inverted, so that zeros are none.
const NUMBER_MASK: u64 = 0x7FFF_FFFF_FFFF_FFFF;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::sled) enum Kind {
    /// Nothing.
    Idle,
    /// The beginning of changes that are made together.
    Group,
    /// The segment ends here.
    Cap,
    /// A page is free.
    Free,
    /// A page as a whole.
    Page,
    /// A change of a page.
    Link,
}

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::sled) struct Place {
    pub(in crate::store::sled) number: u64,
    pub(in crate::store::sled) offset: u64,
}

/// A message without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::sled) struct Message {
    pub(in crate::store::sled) kind: Kind,
    /// The page.
    pub(in crate::store::sled) page: u64,
    pub(in crate::store::sled) place: Place,
    /// The name of the file with its content, if that is so large that it has one of its own.
    pub(in crate::store::sled) blob: Option<i64>,
    header: usize,
    body: usize,
}

/// A segment of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::sled) struct Segment {
    pub(in crate::store::sled) offset: u64,
    /// True if its header can be read; sled passes over it otherwise.
    pub(in crate::store::sled) is_sound: bool,
}

/// How a segment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::sled) struct End {
    /// The number after its last message.
    pub(in crate::store::sled) number: u64,
    /// True if it is full; false if what follows is no message.
    pub(in crate::store::sled) is_full: bool,
}

/// The log of a database that nobody has open.
#[derive(Debug)]
pub(in crate::store::sled) struct Log {
    file: File,
    folder: PathBuf,
}

impl Log {
    pub(in crate::store::sled) fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::open(folder.join(LOG))?,
            folder: folder.to_owned(),
        })
    }

    /// The segments by their numbers. If the header of one is damaged, its first message says its number.
    pub(in crate::store::sled) fn segments(&self) -> io::Result<BTreeMap<u64, Segment>> {
        let last = self
            .file
            .metadata()?
            .len()
            .saturating_sub(SEGMENT_HEADER as u64 - 1);
        let offsets: Vec<u64> = (0..last.div_ceil(SEGMENT))
            .map(|position| position * SEGMENT)
            .collect();
        let mut segments = BTreeMap::new();
        for (number, segment) in each_at_once(&offsets, |offset| self.segment(*offset))?
            .into_iter()
            .flatten()
        {
            if segment.is_sound {
                segments.insert(number, segment);
            } else {
                segments.entry(number).or_insert(segment);
            }
        }
        Ok(segments)
    }

    /// The segment at `offset` and its number, if there is one.
    fn segment(&self, offset: u64) -> io::Result<Option<(u64, Segment)>> {
        let mut header = [0; SEGMENT_HEADER];
        self.file.read_exact_at(&mut header, offset)?;
        if let Some(number) = number_of(&header) {
            let is_sound = true;
            return Ok(Some((number, Segment { offset, is_sound })));
        }
        if header == [0; SEGMENT_HEADER] {
            return Ok(None);
        }
        let is_sound = false;
        let number = self.number_within(offset)?;
        Ok(number.map(|number| (number, Segment { offset, is_sound })))
    }

    /// The number of the segment at `offset` as its first message says it.
    fn number_within(&self, offset: u64) -> io::Result<Option<u64>> {
        let segment = self.read(offset, usize::try_from(SEGMENT).unwrap_or_default())?;
        let first = segment.get(SEGMENT_HEADER..).and_then(sound);
        Ok(first.and_then(|first| first.segment.checked_mul(SEGMENT)))
    }

    /// Goes through the messages of the segment `number` at `offset`, up to its end or to what cannot be read.
    pub(in crate::store::sled) fn walk(
        &self,
        number: u64,
        offset: u64,
        mut each: impl FnMut(Message),
    ) -> io::Result<End> {
        let segment = self.read(offset, usize::try_from(SEGMENT).unwrap_or_default())?;
        let mut at = SEGMENT_HEADER;
        // The file ends with the last message, which may be a short one.
        while (at + RED_ZONE) as u64 <= SEGMENT {
            let place = Place {
                number: number + at as u64,
                offset: offset + at as u64,
            };
            let rest = segment.get(at..).unwrap_or_default();
            let Some(message) = message(rest, place) else {
                return Ok(End {
                    number: place.number,
                    is_full: false,
                });
            };
            if message.kind == Kind::Cap {
                return Ok(End {
                    number: number + SEGMENT,
                    is_full: true,
                });
            }
            each(message);
            at += message.header + message.body;
        }
        Ok(End {
            number: number + at as u64,
            is_full: true,
        })
    }

    /// The content of the message at `place`; `None` if it cannot be read.
    pub(in crate::store::sled) fn content(&self, place: Place) -> Option<Vec<u8>> {
        let left = SEGMENT.checked_sub(place.offset % SEGMENT)?;
        let header = self.read(place.offset, HEADER).ok()?;
        let length = lengths(&header)?;
        let whole = length.header.checked_add(length.body)?;
        if whole as u64 > left {
            return None;
        }
        let bytes = self.read(place.offset, whole).ok()?;
        let message = message(&bytes, place)?;
        match message.blob {
            Some(name) => self.blob(name).ok()?,
            None => bytes.get(message.header..).map(<[u8]>::to_vec),
        }
    }

    /// The content of the file `name` of a large value; `None` if it is damaged.
    pub(in crate::store::sled) fn blob(&self, name: i64) -> io::Result<Option<Vec<u8>>> {
        let bytes = fs::read(self.folder.join(BLOBS).join(name.to_string()))?;
        let content = bytes.split_first_chunk().and_then(|(checksum, rest)| {
            let is_sound = crc32fast::hash(rest) == u32::from_le_bytes(*checksum);
            // First what kind of content it is, which the message says, too.
            rest.get(1..).filter(|_| is_sound)
        });
        Ok(content.map(<[u8]>::to_vec))
    }

    /// True if a large value that is there cannot be read, whether or not the log names it.
    pub(in crate::store::sled) fn has_damaged_blob(&self) -> io::Result<bool> {
        let entries = match fs::read_dir(self.folder.join(BLOBS)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            if let Some(name) = name.to_str().and_then(|name| name.parse().ok())
                && self.blob(name)?.is_none()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// At most so many bytes from `offset` on: fewer at the end of the file.
    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let there = self.file.metadata()?.len().saturating_sub(offset);
        let mut bytes = vec![0; length.min(usize::try_from(there).unwrap_or(usize::MAX))];
        self.file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }
}

/// What `read` gives for each of `items`, in their order; several are read at a time, since each waits for the disk.
///
/// # Errors
/// The first one of `read`.
pub(in crate::store::sled) fn each_at_once<T: Sync, R: Send>(
    items: &[T],
    read: impl Fn(&T) -> io::Result<R> + Sync,
) -> io::Result<Vec<R>> {
    let share = items.len().div_ceil(READERS).max(1);
    std::thread::scope(|scope| {
        let read = &read;
        let readers: Vec<_> = items
            .chunks(share)
            .map(|items| scope.spawn(move || items.iter().map(read).collect::<io::Result<Vec<R>>>()))
            .collect();
        let mut all = Vec::with_capacity(items.len());
        for reader in readers {
            all.extend(
                reader
                    .join()
                    .map_err(|_| io::Error::other("a reader gave up"))??,
            );
        }
        Ok(all)
    })
}

/// The number of the segment that the message `number` lies in.
pub(in crate::store::sled) const fn segment_of(number: u64) -> u64 {
    number / SEGMENT * SEGMENT
}

/// The number of the segment with this header, if it is sound.
fn number_of(header: &[u8; SEGMENT_HEADER]) -> Option<u64> {
    let mut bytes = Bytes(header);
    let checksum = !bytes.u32()?;
    let number = bytes.u64()? ^ NUMBER_MASK;
    let is_sound = crc32fast::hash(header.get(4..)?) == checksum && number.is_multiple_of(SEGMENT);
    is_sound.then_some(number)
}

struct Lengths {
    header: usize,
    body: usize,
}

/// How long the message is that begins with these bytes, if it is one.
fn lengths(bytes: &[u8]) -> Option<Lengths> {
    let mut rest = Bytes(bytes);
    rest.u32()?;
    rest.u8()?;
    let body = usize::try_from(rest.number()?).ok()?;
    rest.number()?;
    rest.number()?;
    Some(Lengths {
        header: bytes.len() - rest.0.len(),
        body,
    })
}

/// What a message says, its checksum being right.
struct Sound {
    kind: u8,
    segment: u64,
    page: u64,
    lengths: Lengths,
}

fn sound(bytes: &[u8]) -> Option<Sound> {
    let lengths = lengths(bytes)?;
    let mut rest = Bytes(bytes);
    let checksum = !rest.u32()?;
    let kind = rest.u8()?;
    rest.number()?;
    let segment = rest.number()?;
    let page = rest.number()?;
    let end = lengths.header.checked_add(lengths.body)?;
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(bytes.get(lengths.header..end)?);
    hasher.update(bytes.get(4..lengths.header)?);
    (hasher.finalize() == checksum).then_some(Sound {
        kind,
        segment,
        page,
        lengths,
    })
}

/// The message that the bytes of a segment begin with, if it is sound and of this segment.
fn message(bytes: &[u8], place: Place) -> Option<Message> {
    let sound = sound(bytes).filter(|sound| sound.segment == place.number / SEGMENT)?;
    let (kind, is_in_blob) = match sound.kind {
        // Cancelled.
        1 => (Kind::Idle, false),
        2 => (Kind::Cap, false),
        3 => (Kind::Group, false),
        4 => (Kind::Free, false),
        // The counter, the names of the trees, a page of a tree.
        5 | 6 | 8 => (Kind::Page, false),
        7 | 9 => (Kind::Page, true),
        10 => (Kind::Link, false),
        11 => (Kind::Link, true),
        _ => return None,
    };
    let blob = if is_in_blob {
        Some(i64::from_le_bytes(
            *bytes.get(sound.lengths.header..)?.first_chunk()?,
        ))
    } else {
        None
    };
    Some(Message {
        kind,
        page: sound.page,
        place,
        blob,
        header: sound.lengths.header,
        body: sound.lengths.body,
    })
}
