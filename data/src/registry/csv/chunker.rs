//! Cuts a file into chunks of whole rows, in bounded memory.

use std::io::{self, BufRead, Read as _};

use chrono::NaiveDate;
use thiserror::Error;

use super::{Header, HeaderError, MAX_ROW_BYTES};
use crate::registry::{Chunk, MAX_CHUNK_BYTES, MAX_CHUNK_LINES, Refused, Registry, count_lines};

/// The longest header line: every known one is far shorter.
const MAX_HEADER_BYTES: usize = 4 << 10;
/// How much of a row that is too long goes into its refusal.
const SHOWN_BYTES: usize = 200;

/// What is to be done with the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The data date given by the user.
    pub data_date: Option<NaiveDate>,
    /// Count and check only.
    pub dry_run: bool,
}

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Whole rows.
    Rows(Chunk),
    /// A line that cannot be cut into rows: too long, or with a quote that is never closed.
    Refused(Refused),
}

/// Why a file cannot be read as a registry.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Its first line is no header.
    #[error(transparent)]
    Header(#[from] HeaderError),
}

/// Cuts what a reader gives into pieces.
#[derive(Debug)]
pub struct Chunker<R> {
    reader: R,
    header: Header,
    plan: Plan,
    max_bytes: usize,
    /// Read but not yet handed out.
    buffer: Vec<u8>,
    ended: bool,
    line: u64,
    bytes_done: u64,
}

impl<R: BufRead> Chunker<R> {
    /// Reads the header line of `reader`.
    ///
    /// # Errors
    /// What the reader says, or why the line is no header.
    pub fn open(reader: R, plan: Plan) -> Result<Self, OpenError> {
        Self::with_chunk_bytes(reader, plan, MAX_CHUNK_BYTES)
    }

    /// The registry that the header names.
    #[must_use]
    pub const fn registry(&self) -> Registry {
        self.header.registry
    }

    /// The same with smaller chunks. A chunk holds at least one row.
    ///
    /// # Errors
    /// As [`Chunker::open`].
    pub fn with_chunk_bytes(mut reader: R, plan: Plan, max_bytes: usize) -> Result<Self, OpenError> {
        let mut line = Vec::new();
        let mut limited = reader.by_ref().take(MAX_HEADER_BYTES as u64);
        let read = limited.read_until(b'\n', &mut line)?;
        Ok(Self {
            reader,
            header: Header::read(&line)?,
            plan,
            max_bytes: max_bytes.clamp(1, MAX_CHUNK_BYTES),
            buffer: Vec::new(),
            ended: false,
            line: 2,
            bytes_done: read as u64,
        })
    }

    /// Goes on where [`Chunker::bytes_done`] bytes of the file were handed out before and the next line is `line`:
    /// `reader` stands there.
    pub(crate) const fn resumed(reader: R, header: Header, line: u64, bytes_done: u64) -> Self {
        Self {
            reader,
            header,
            plan: Plan {
                data_date: None,
                dry_run: false,
            },
            max_bytes: MAX_CHUNK_BYTES,
            buffer: Vec::new(),
            ended: false,
            line,
            bytes_done,
        }
    }

    /// The same with smaller chunks.
    pub(crate) fn at_most(self, max_bytes: usize) -> Self {
        Self {
            max_bytes: max_bytes.clamp(1, MAX_CHUNK_BYTES),
            ..self
        }
    }

    /// The header.
    pub(crate) const fn header(&self) -> Header {
        self.header
    }

    /// The number of the line that comes next.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// Bytes of the file handed out so far, header included: for a progress bar.
    #[must_use]
    pub const fn bytes_done(&self) -> u64 {
        self.bytes_done
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// What the reader says.
    pub fn next_cut(&mut self) -> io::Result<Option<Cut>> {
        self.fill(self.max_bytes + MAX_ROW_BYTES)?;
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let whole = self.whole_rows();
        if whole == 0 {
            return self.refuse_line().map(Some);
        }
        let chunk = Chunk {
            registry: self.header.registry,
            separator: self.header.separator,
            first_line: self.line,
            data_date: self.plan.data_date,
            dry_run: self.plan.dry_run,
            import: None,
            rows: self.take(whole),
        };
        Ok(Some(Cut::Rows(chunk)))
    }

    /// Reads until the buffer holds `bytes` or the file ends.
    fn fill(&mut self, bytes: usize) -> io::Result<()> {
        let wanted = bytes.saturating_sub(self.buffer.len());
        if wanted > 0 && !self.ended {
            let read = self
                .reader
                .by_ref()
                .take(wanted as u64)
                .read_to_end(&mut self.buffer)?;
            self.ended = read < wanted;
        }
        Ok(())
    }

    /// How many bytes at the front of the buffer are whole rows, one at least if there is a whole one.
    fn whole_rows(&self) -> usize {
        let mut place = Place::FieldStart;
        let (mut whole, mut lines) = (0, 0);
        for (at, byte) in self.buffer.iter().enumerate() {
            place = place.after(*byte, self.header.separator);
            lines += usize::from(*byte == b'\n');
            if *byte == b'\n' && place == Place::FieldStart {
                if whole > 0 && (at >= self.max_bytes || lines > MAX_CHUNK_LINES) {
                    return whole;
                }
                whole = at + 1;
            } else if at - whole >= MAX_ROW_BYTES {
                return whole;
            }
        }
        // The last row of a file may lack its line end, but not a closing quote.
        if self.ended && place != Place::Quoted && (whole == 0 || self.buffer.len() <= self.max_bytes) {
            self.buffer.len()
        } else {
            whole
        }
    }

    /// Refuses the first line of the buffer, so that reading goes on with the next one.
    fn refuse_line(&mut self) -> io::Result<Cut> {
        let line = self.line;
        let mut shown = Vec::new();
        loop {
            let end = self.buffer.iter().position(|b| *b == b'\n');
            let bytes = self.take(end.map_or(self.buffer.len(), |end| end + 1));
            let wanted = SHOWN_BYTES.saturating_sub(shown.len());
            shown.extend(bytes.into_iter().take(wanted));
            self.fill(MAX_ROW_BYTES)?;
            if end.is_some() || self.buffer.is_empty() {
                break;
            }
        }
        Ok(Cut::Refused(Refused {
            line,
            reason: format!("the row is longer than {MAX_ROW_BYTES} bytes, or a quote in it is not closed"),
            row: String::from_utf8_lossy(&shown).trim_end().to_owned(),
        }))
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(count);
        let taken = std::mem::replace(&mut self.buffer, rest);
        self.line += count_lines(&taken) as u64;
        self.bytes_done += taken.len() as u64;
        taken
    }
}

/// Where in a row a byte stands, as the csv crate sees it: a quote opens a quoted field only at its start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote within a quoted field: its end, or the first of two.
    QuoteSeen,
}

impl Place {
    fn after(self, byte: u8, separator: char) -> Self {
        let ends_field = byte == b'\n' || byte == b'\r' || char::from(byte) == separator;
        match (self, byte) {
            (Self::Quoted, b'"') => Self::QuoteSeen,
            (Self::FieldStart | Self::QuoteSeen, b'"') | (Self::Quoted, _) => Self::Quoted,
            _ if ends_field => Self::FieldStart,
            _ => Self::Plain,
        }
    }
}
