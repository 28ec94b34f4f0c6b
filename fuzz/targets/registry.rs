//! Registries and payment lists: whatever is in a file, each row is taken or refused with a reason that tells nothing of
//! it, and a row that is taken is written as it was read. What is not known of a list is set aside as it stands, told of by
//! names that hold no IIN, and changes nothing else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saqta_data::registry::Registry;
use saqta_data::registry::csv::{Chunker, Cut, Plan};
use saqta_data::registry::list::{Form, List};
use saqta_data::registry::row::Row;

/// The longest chunk, so that a small file is cut too.
const CHUNK_BYTES: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    match Form::of(bytes) {
        Some(form) => {
            if let Ok(list) = form.read(bytes) {
                assert!(cut(&list.rows), "a list becomes a registry");
                is_set_aside(bytes, form, &list);
            }
        }
        None => {
            cut(bytes);
        }
    }
    fields(bytes);
});

/// What is not known of `list`, read of `bytes`.
fn is_set_aside(bytes: &[u8], form: Form, list: &List) {
    assert_eq!(list.unknown.count() == 0, list.aside.is_empty());
    assert_eq!(
        list.unknown,
        list.unknown.clone().bounded(),
        "names are as they may be told"
    );
    if form == Form::Pain001 {
        return;
    }
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let aside = list.aside.strip_suffix(b"\n").unwrap_or_default();
    for line in aside.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let text = line.strip_prefix(b"line ").unwrap();
        let at = text.windows(2).position(|two| two == b": ").unwrap();
        let number: usize = std::str::from_utf8(&text[..at]).unwrap().parse().unwrap();
        let stood = lines[number - 1];
        let stood = stood.strip_prefix("\u{feff}".as_bytes()).unwrap_or(stood);
        assert_eq!(&text[at + 2..], stood.trim_ascii(), "it stands in the file so");
    }
    // One field more that is not known, at the end of the last list.
    let Some(end) = bytes.windows(3).rposition(|three| three == b"\n-}") else {
        return;
    };
    let more = [&bytes[..end], b"\n:99Z:", &bytes[end..]].concat();
    let more = form.read(more.as_slice()).ok().expect("it is as sound as before");
    assert!(rows(&more).eq(rows(list)));
    assert_eq!(more.unknown.count(), list.unknown.count() + 1);
}

/// The rows of `list`, wherever they stand.
fn rows(list: &List) -> impl Iterator<Item = &[u8]> {
    let lines = list.rows.split(|byte| *byte == b'\n');
    lines.filter(|line| !line.is_empty())
}

/// Cuts `bytes` into chunks; true if they are a registry.
fn cut(bytes: &[u8]) -> bool {
    let Ok(mut chunker) = Chunker::with_chunk_bytes(bytes, Plan::default(), CHUNK_BYTES) else {
        return false;
    };
    let mut line = 2;
    while let Ok(Some(cut)) = chunker.next_cut() {
        let first = match cut {
            Cut::Rows(chunk) => chunk.first_line,
            Cut::Refused(refused) => refused.line,
        };
        assert!(first >= line, "lines only grow");
        line = first;
        assert!(chunker.bytes_done() <= bytes.len() as u64);
    }
    true
}

/// Reads the fields of `bytes` as a row of every registry.
fn fields(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let fields: Vec<&str> = text.split(',').collect();
    for registry in Registry::ALL {
        let Ok(row) = Row::read(registry, &fields) else {
            continue;
        };
        let written = row.write();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        assert_eq!(Row::read(registry, &written), Ok(row));
    }
}
