//! What the tests of both forms need.

use super::*;
use crate::registry::csv::{Chunker, Cut, Plan, rows};

/// A line number with the fields of its row, or why it is refused.
pub(crate) type Numbered = (u64, Result<Vec<String>, String>);

/// Line and row of each payment of `list`.
pub(crate) fn lines(list: &str) -> Result<Vec<Numbered>, String> {
    let form = Form::of(list.as_bytes()).expect("a list");
    let read = form.read(list.as_bytes()).map_err(|error| error.to_string())?;
    let mut chunker = Chunker::open(read.rows.as_slice(), Plan::default()).unwrap();
    let mut lines = Vec::new();
    while let Some(cut) = chunker.next_cut().unwrap() {
        let Cut::Rows(chunk) = cut else {
            panic!("rows of a list are short")
        };
        let row = |line: crate::registry::csv::Line| (line.number, line.row.map(|row| row.write()));
        lines.extend(rows(&chunk).into_iter().map(row));
    }
    Ok(lines)
}

/// What is not known of `list`: how it is told, and what is set aside.
pub(crate) fn unknown(list: impl AsRef<[u8]>) -> (String, String) {
    let list = list.as_ref();
    let read = Form::of(list).expect("a list").read(list);
    let read = read.map_err(|error| error.to_string()).unwrap();
    let aside = String::from_utf8_lossy(&read.aside).into_owned();
    (read.unknown.to_string(), aside)
}

/// What [`lines`] gives of a payment that begins on line `at`.
pub(crate) fn line_of(at: u64, text: &str) -> Numbered {
    (at, Ok(text.split(',').map(str::to_owned).collect()))
}

#[test]
fn a_form_is_known_by_how_it_begins() {
    assert_eq!(
        Form::of(b"\xef\xbb\xbf<?xml version=\"1.0\"?>"),
        Some(Form::Pain001)
    );
    assert_eq!(Form::of(b" \r\n{1:F01"), Some(Form::Mt102));
    assert_eq!(Form::of(b"iin,category,from,to"), None);
    assert_eq!(Form::of(b""), None);
}

#[test]
fn what_is_too_long_is_refused() {
    for form in [Form::Mt102, Form::Pain001] {
        let endless = io::BufReader::new(io::repeat(b'{'));
        assert!(matches!(form.read(endless), Err(ListError::TooLong)));
    }
}
