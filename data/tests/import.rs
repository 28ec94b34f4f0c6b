//! The worked cases of `tests/golden`, imported from their files: whatever the order of the files, and however they
//! are cut, every person's coverage is the expected one on each of the three days.

#![expect(
    clippy::unwrap_used,
    reason = "a worked case that cannot be read is to stop the test"
)]

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use saqta_data::clock::Clock;
use saqta_data::coverage::Coverage;
use saqta_data::iin::Iin;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::registry::csv::{Chunker, Cut, Plan};
use saqta_data::store::memory::MemoryStore;
use serde_json::Value;

const FILES: [&str; 5] = ["people", "categories", "temporary", "contributions", "returns"];
const DAYS: [&str; 3] = ["2026-01-01", "2026-08-26", "2026-11-22"];

fn golden(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/golden")
        .join(file);
    std::fs::read_to_string(path).unwrap()
}

async fn import(files: impl Iterator<Item = &str>, chunk_bytes: usize) -> Office {
    let today = DAYS.iter().max().unwrap().parse().unwrap();
    let law = Arc::new(Law::builtin().unwrap());
    let office = Office::new(Arc::new(MemoryStore::new()), law, Clock::noon(today));
    for file in files {
        let text = golden(&format!("{file}.csv"));
        let mut chunker = Chunker::with_chunk_bytes(text.as_bytes(), Plan::default(), chunk_bytes).unwrap();
        let mut accepted = 0;
        while let Some(cut) = chunker.next_cut().unwrap() {
            let Cut::Rows(chunk) = cut else {
                panic!("a line of {file} cannot be cut")
            };
            let ingested = office.ingest(&chunk).await.unwrap();
            assert_eq!((ingested.refused, ingested.repeated), (Vec::new(), 0), "{file}");
            accepted += ingested.accepted;
        }
        assert_eq!(accepted, text.lines().count() as u64 - 1, "{file}");
    }
    office
}

fn same(coverage: &Coverage, expected: &Value) {
    let found = serde_json::to_value(coverage).unwrap();
    for field in ["status", "basis", "insured_until", "unpaid", "debt", "months"] {
        assert_eq!(
            found.get(field),
            expected.get(field),
            "{field} of {}",
            expected.get("iin").unwrap()
        );
    }
}

async fn compare(office: &Office) {
    for day in DAYS {
        let answers = golden(&format!("expected-{day}.jsonl"));
        let day: NaiveDate = day.parse().unwrap();
        for line in answers.lines() {
            let expected: Value = serde_json::from_str(line).unwrap();
            let iin = Iin::parse(expected.get("iin").unwrap().as_str().unwrap()).unwrap();
            let person = office.person(iin).await.unwrap().unwrap();
            same(&office.coverage(&person, day), &expected);
        }
        assert_eq!(answers.lines().count(), 120);
    }
}

#[tokio::test]
async fn the_worked_cases_hold_in_any_order() {
    compare(&import(FILES.into_iter(), 1 << 20).await).await;
    compare(&import(FILES.into_iter().rev(), 1_000).await).await;
}
