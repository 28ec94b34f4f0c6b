//! Registries and payment lists: whatever is in a file, each row is taken or refused with a reason that tells nothing of
//! it, and a row that is taken is written as it was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saqta_data::registry::Registry;
use saqta_data::registry::csv::{Chunker, Cut, Plan};
use saqta_data::registry::list::Form;
use saqta_data::registry::row::Row;

/// The longest chunk, so that a small file is cut too.
const CHUNK_BYTES: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    match Form::of(bytes) {
        Some(form) => {
            if let Ok(rows) = form.read(bytes) {
                assert!(cut(&rows), "a list becomes a registry");
            }
        }
        None => {
            cut(bytes);
        }
    }
    fields(bytes);
});

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
