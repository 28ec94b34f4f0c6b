//! The registries: what files come in, row by row, and go out again.
//!
//! A client cuts a file into [`Chunk`]s of whole rows; the office takes each in one durable step. So an import works the
//! same over the store in this process and over the socket of a server that holds it, in bounded memory.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub mod csv;
mod iso20022;
pub mod list;
mod mt102;
pub mod row;
pub mod sorted;

/// A kind of registry, known by its header line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named after what its rows are")]
pub enum Registry {
    People,
    Categories,
    Temporary,
    Clinics,
    Attachments,
    Phones,
    Contributions,
    Returns,
}

impl Registry {
    /// Every registry, in the order of export.
    pub const ALL: [Self; 8] = [
        Self::People,
        Self::Categories,
        Self::Temporary,
        Self::Clinics,
        Self::Attachments,
        Self::Phones,
        Self::Contributions,
        Self::Returns,
    ];

    /// The columns, in their order.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::People => &[
                "iin",
                "surname",
                "given_name",
                "patronymic",
                "birth_date",
                "sex",
                "payer_kind",
            ],
            Self::Categories => &["iin", "category", "from", "to"],
            Self::Temporary => &["iin", "temporary_from", "temporary_to"],
            Self::Clinics => &["code", "name_kk", "name_ru", "address_kk", "address_ru"],
            Self::Attachments => &["iin", "clinic_code", "attached_on"],
            Self::Phones => &["msisdn", "iin", "role", "bound_on", "unbound_on"],
            Self::Contributions => &[
                "reference",
                "line",
                "iin",
                "period",
                "knp",
                "payer_kind",
                "payer_id",
                "amount",
                "paid_on",
            ],
            Self::Returns => &["reference", "line", "iin", "returned_on"],
        }
    }

    /// The name of the file that export writes.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::People => "people.csv",
            Self::Categories => "categories.csv",
            Self::Temporary => "temporary.csv",
            Self::Clinics => "clinics.csv",
            Self::Attachments => "attachments.csv",
            Self::Phones => "phones.csv",
            Self::Contributions => "contributions.csv",
            Self::Returns => "returns.csv",
        }
    }
}

/// Rows of one registry, as bytes of the file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// The registry.
    pub registry: Registry,
    /// `,` or `;`.
    pub separator: char,
    /// Whole rows, at most [`MAX_CHUNK_BYTES`] and [`MAX_CHUNK_LINES`]; not necessarily UTF-8.
    pub rows: Vec<u8>,
    /// The line number in the file of the first row; the header is line 1.
    pub first_line: u64,
    /// The data date given by the user.
    pub data_date: Option<NaiveDate>,
    /// Count and check only; write nothing.
    pub dry_run: bool,
    /// The import it belongs to, if one was entered.
    #[serde(default)]
    pub import: Option<u64>,
}

/// The most bytes of one chunk.
pub const MAX_CHUNK_BYTES: usize = 1 << 20;
/// The most lines of one chunk, so that the refusals of a wholly wrong one stay small too.
pub const MAX_CHUNK_LINES: usize = 20_000;

/// A row that was not taken.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its line number in the file.
    pub line: u64,
    /// Why, in plain words with what to do. No IIN and no phone in it.
    pub reason: String,
    /// The row as it stood in the file; bytes that are not UTF-8 replaced.
    pub row: String,
}

/// What became of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingested {
    /// Rows that changed the store; they are on disk.
    pub accepted: u64,
    /// Rows that the store held already.
    pub repeated: u64,
    /// Rows not taken.
    pub refused: Vec<Refused>,
}

/// A page of an export: rows of one registry in the order of their keys, as CSV lines without the header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPage {
    /// The CSV lines.
    pub rows: String,
    /// How many people the rows are about.
    pub people: usize,
    /// How often one or more entries could not be read, and were passed over: the store is damaged.
    #[serde(default)]
    pub gaps: usize,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<Vec<u8>>,
}

// Rows hold IINs and phones: what prints one of these prints none of its rows.
impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("registry", &self.registry)
            .field("first_line", &self.first_line)
            .field("bytes", &self.rows.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("line", &self.line)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ExportPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportPage")
            .field("people", &self.people)
            .field("bytes", &self.rows.len())
            .finish_non_exhaustive()
    }
}

/// How many line ends are in `bytes`.
pub(crate) fn count_lines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_shows_no_row() {
        let row = "900101300007,+77010000001\n";
        let chunk = Chunk {
            registry: Registry::Phones,
            separator: ',',
            rows: row.into(),
            first_line: 2,
            data_date: None,
            dry_run: false,
            import: None,
        };
        let refused = Refused {
            line: 2,
            reason: "a bad date".into(),
            row: row.into(),
        };
        let page = ExportPage {
            rows: row.into(),
            people: 1,
            gaps: 0,
            next: Some(row.into()),
        };
        let printed = format!("{chunk:?} {refused:?} {page:?}");
        assert!(
            printed.contains("a bad date") && !printed.contains("0007"),
            "{printed}"
        );
        assert!(!printed.contains("57, 48"), "bytes are digits too: {printed}");
    }
}
