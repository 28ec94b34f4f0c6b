//! Registries as CSV: RFC 4180, UTF-8 with or without a BOM, `,` or `;`, CRLF or LF.

use std::fmt::Write as _;
use std::ops::Range;

use thiserror::Error;

use super::row::Row;
use super::{Chunk, Refused, Registry, count_lines};

mod chunker;

pub use chunker::{Chunker, Cut, OpenError, Plan};

/// The longest row in bytes. The longest row that can be right, every character taking four bytes, is shorter.
pub const MAX_ROW_BYTES: usize = 16 << 10;

/// What the first line of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The registry.
    pub registry: Registry,
    /// `,` or `;`.
    pub separator: char,
}

/// Why a first line is not a header.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// Nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// Not UTF-8.
    #[error("the file is not UTF-8; save it as \"CSV UTF-8\"")]
    NotUtf8,
    /// No registry has such a header.
    #[error(
        "the first line is not the header of a registry; it must be one of these, with , or ; between:{0}"
    )]
    Unknown(String),
}

impl Header {
    /// The header in the bytes of a first line, with or without its line end and a BOM.
    ///
    /// # Errors
    /// [`HeaderError`]. The line itself is not repeated: it may be a row of personal data.
    pub fn read(line: &[u8]) -> Result<Self, HeaderError> {
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        if line.trim_ascii().is_empty() {
            return Err(HeaderError::Empty);
        }
        let text = std::str::from_utf8(line).map_err(|_| HeaderError::NotUtf8)?;
        // Some programs put quotes around every column.
        let text = text.replace('"', "");
        [',', ';']
            .into_iter()
            .find_map(|separator| Self::of(&text, separator))
            .ok_or_else(|| HeaderError::Unknown(known_headers()))
    }

    fn of(text: &str, separator: char) -> Option<Self> {
        let columns: Vec<_> = text.split(separator).map(str::trim).collect();
        Registry::ALL
            .into_iter()
            .find(|registry| registry.columns() == columns)
            .map(|registry| Self { registry, separator })
    }

    /// The header line that export writes, without its line end.
    #[must_use]
    pub fn line(registry: Registry) -> String {
        registry.columns().join(",")
    }
}

fn known_headers() -> String {
    Registry::ALL
        .into_iter()
        .fold(String::new(), |mut text, registry| {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n  {}", Header::line(registry));
            text
        })
}

/// A line of a chunk, read.
#[derive(Debug)]
pub(crate) struct Line {
    /// Its line number in the file.
    pub(crate) number: u64,
    /// Its bytes in the chunk, without the line end.
    pub(crate) span: Range<usize>,
    /// The row, or why it cannot be taken.
    pub(crate) row: Result<Row, String>,
}

impl Line {
    /// This line as refused for `reason`.
    pub(crate) fn refused(&self, chunk: &Chunk, reason: String) -> Refused {
        let bytes = chunk.rows.get(self.span.clone()).unwrap_or_default();
        Refused {
            line: self.number,
            reason,
            row: String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// The rows of `chunk`, in their order.
pub(crate) fn rows(chunk: &Chunk) -> Vec<Line> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(if chunk.separator == ';' { b';' } else { b',' })
        .from_reader(chunk.rows.as_slice());
    let mut lines = Vec::new();
    let mut record = csv::ByteRecord::new();
    let (mut end, mut number) = (0, chunk.first_line);
    // Reading from memory with any number of columns cannot fail; if it did, the rows read so far would stand.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let start = end;
        end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let bytes = chunk.rows.get(start..end).unwrap_or_default();
        // The reader leaves the `\n` of a CRLF, and empty lines, to the next row.
        let blank = bytes.iter().take_while(|b| is_line_end(**b)).count();
        let row_end = end - bytes.iter().rev().take_while(|b| is_line_end(**b)).count();
        let newlines = |span: Range<usize>| count_lines(chunk.rows.get(span).unwrap_or_default()) as u64;
        number += newlines(start..start + blank);
        lines.push(Line {
            number,
            span: start + blank..row_end,
            row: read_row(chunk.registry, &record),
        });
        number += newlines(start + blank..end);
    }
    lines
}

/// The line of `chunk` whose row begins `at` bytes into it, as refused for `reason`.
pub(crate) fn refused_at(chunk: &Chunk, at: usize, reason: String) -> Refused {
    let (before, rest) = chunk.rows.split_at_checked(at).unwrap_or_default();
    let rest = Chunk {
        rows: rest
            .get(..rest.len().min(2 * MAX_ROW_BYTES))
            .unwrap_or_default()
            .to_vec(),
        first_line: chunk.first_line + count_lines(before) as u64,
        ..chunk.clone()
    };
    let first = rows(&rest).into_iter().next();
    match first {
        Some(line) => line.refused(&rest, reason),
        None => Refused {
            line: rest.first_line,
            reason,
            row: String::new(),
        },
    }
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn read_row(registry: Registry, record: &csv::ByteRecord) -> Result<Row, String> {
    let fields: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
    let fields = fields.map_err(|_| "not UTF-8; save the file as \"CSV UTF-8\"".to_owned())?;
    Row::read(registry, &fields)
}

/// Writes rows as CSV lines.
#[derive(Debug)]
pub(crate) struct Lines {
    writer: csv::Writer<Vec<u8>>,
    bytes: usize,
}

impl Lines {
    pub(crate) fn new() -> Self {
        let writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        Self { writer, bytes: 0 }
    }

    pub(crate) fn push(&mut self, row: &Row) {
        let fields = row.write();
        self.bytes += fields.iter().map(|field| field.len() + 1).sum::<usize>();
        // Writing to memory with any number of columns cannot fail.
        let _ = self.writer.write_record(fields);
    }

    /// Bytes written, quotes not counted.
    pub(crate) const fn len(&self) -> usize {
        self.bytes
    }

    pub(crate) fn into_text(self) -> String {
        let bytes = self.writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
