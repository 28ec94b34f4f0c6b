//! Banks' payment lists as rows of contributions: MT102 in its Kazakh dialect, ISO 20022 pain.001.
//!
//! A list becomes CSV of as many lines: the row of a payment stands on the line on which the payment begins, other lines
//! are empty. So what reads CSV reads lists too, and a refused row has its line number in the list. A list is taken whole
//! or, where it contradicts itself, not at all. What is known of a form and says nothing about who paid what when is passed
//! over; what is not known is set aside ([`Unknown`]).

use std::io::{self, BufRead, Read as _};

use thiserror::Error;

use super::Registry;
use super::{iso20022, mt102};
use crate::money::{Tiyn, Total};

mod unknown;

pub(super) use unknown::Aside;
pub use unknown::{MAX_NAMES, Unknown, UnknownField};

/// The longest file of lists in bytes: it is held in memory, as its sum may stand at its end.
pub const MAX_LIST_BYTES: usize = 16 << 20;
/// The most payments of a file, so that the rows made of it stay small too.
pub const MAX_PAYMENTS: usize = 100_000;
/// The most characters of a value that are read; a longer one fits no column.
pub(super) const MAX_VALUE: usize = 100;

/// Why a file of lists is not taken.
#[derive(Debug, Error)]
pub enum ListError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Longer than [`MAX_LIST_BYTES`].
    #[error("a payment list of more than {MAX_LIST_BYTES} bytes; have it sent in parts")]
    TooLong,
    /// Not a whole list, or one that contradicts itself. No value of a person is repeated.
    #[error("line {line}: {reason}")]
    Wrong {
        /// The line number in the file.
        line: u64,
        /// What is wrong there.
        reason: String,
    },
}

/// The forms of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// SWIFT MT102 as Kazakh banks write it.
    Mt102,
    /// ISO 20022 pain.001, customer credit transfer initiation.
    Pain001,
}

impl Form {
    /// The form of a file that begins with `bytes`: what it holds decides, not its name. `None`: no payment list.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let bytes = bytes.trim_ascii_start();
        if bytes.starts_with(mt102::FIRST_BLOCK) {
            Some(Self::Mt102)
        } else if bytes.starts_with(b"<") {
            Some(Self::Pain001)
        } else {
            None
        }
    }

    /// The lists of `reader`.
    ///
    /// # Errors
    /// [`ListError`]; then no row of the file is taken.
    pub fn read(self, reader: impl BufRead) -> Result<List, ListError> {
        let mut bytes = Vec::new();
        reader.take(MAX_LIST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > MAX_LIST_BYTES {
            return Err(ListError::TooLong);
        }
        let found = match self {
            Self::Mt102 => mt102::read(&bytes),
            Self::Pain001 => iso20022::read(&bytes),
        };
        let Found { payments, aside } =
            found.map_err(|Wrong { line, reason }| ListError::Wrong { line, reason })?;
        Ok(List {
            rows: written(payments),
            unknown: aside.unknown,
            aside: aside.lines,
        })
    }
}

/// What was read of a file of lists. Rows and lines may hold IINs and names.
pub struct List {
    /// The payments as CSV of contributions.
    pub rows: Vec<u8>,
    /// The fields that are not known.
    pub unknown: Unknown,
    /// Their lines as they stand in the file, each behind its number.
    pub aside: Vec<u8>,
}

/// What a form finds in a file.
#[derive(Default)]
pub(super) struct Found {
    pub(super) payments: Vec<Payment>,
    pub(super) aside: Aside,
}

/// What is wrong with a list, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Counted from 1.
    pub(super) line: u64,
    pub(super) reason: String,
}

/// A payment for one person, as the list writes it: whether its values can be right is asked of its row.
#[derive(Clone, Debug, Default)]
pub(super) struct Payment {
    /// The line on which it begins, counted from 1.
    pub(super) at: u64,
    pub(super) reference: String,
    /// Its number in the list.
    pub(super) number: String,
    pub(super) iin: String,
    /// `MMYYYY` or `YYYY-MM`.
    pub(super) period: String,
    pub(super) knp: String,
    /// IIN or BIN of who pays.
    pub(super) payer: String,
    pub(super) amount: Option<Tiyn>,
    /// `YYYY-MM-DD`.
    pub(super) paid_on: String,
}

/// A list does not say what its payer is: who pays for himself is taken for an independent payer, of whom the full sum is
/// wanted; the deductions (121) and their penalties (123) are the employer's, the rest is withheld from the employee.
fn payer_kind(payment: &Payment) -> &'static str {
    match payment.knp.as_str() {
        "121" | "123" => "employer",
        _ if payment.payer == payment.iin => "independent",
        _ => "employee",
    }
}

/// The sum of `payments`, which must be the one that `said` says, in words that name where it does so.
pub(super) fn check_sum(payments: &[Payment], said: Total, place: &str) -> Result<(), String> {
    let sum = Total::of(payments.iter().filter_map(|payment| payment.amount));
    if sum == said {
        Ok(())
    } else {
        Err(format!("the payments add up to {sum}, but {place} says {said}"))
    }
}

/// That there are not too many payments yet.
pub(super) fn check_count(count: usize) -> Result<(), String> {
    if count < MAX_PAYMENTS {
        Ok(())
    } else {
        Err(format!("more than {MAX_PAYMENTS} payments in a file"))
    }
}

/// That `name`, of which a list has one, stands where there is one already.
pub(super) fn second(name: &str) -> String {
    format!("a second {name} where there is one already")
}

/// That a list does not have `name`, without which it cannot be checked.
pub(super) fn lacks(name: &str) -> String {
    format!("the list has no {name}")
}

/// That a list ends before its end: without `missing`. Nothing of it is taken, so what is asked for is the whole.
pub(super) fn breaks_off(missing: &str) -> String {
    format!("the list breaks off: {missing}; have the whole file sent again")
}

/// A value without its ends, and no longer than any column.
pub(super) fn clipped(value: &str) -> String {
    value.trim().chars().take(MAX_VALUE).collect()
}

/// `payments` as CSV, each on its line, or on the next free one where several begin on the same.
fn written(payments: Vec<Payment>) -> Vec<u8> {
    let mut bytes = Registry::Contributions.columns().join(",").into_bytes();
    bytes.push(b'\n');
    let mut line = 2;
    for payment in payments {
        while line < payment.at {
            bytes.push(b'\n');
            line += 1;
        }
        let kind = payer_kind(&payment).to_owned();
        let mut writer = csv::Writer::from_writer(&mut bytes);
        // Writing to memory cannot fail.
        let _ = writer.write_record([
            payment.reference,
            payment.number,
            payment.iin,
            payment.period,
            payment.knp,
            kind,
            payment.payer,
            payment.amount.map(|sum| sum.to_string()).unwrap_or_default(),
            payment.paid_on,
        ]);
        line += 1;
    }
    bytes
}

#[cfg(test)]
pub(super) mod tests;
