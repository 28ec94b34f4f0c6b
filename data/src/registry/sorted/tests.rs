use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::buffer::Buffer;
use super::folder::Kind;
use super::pack::pack;
use super::*;
use crate::registry::csv::{self, Header};
use crate::registry::row::Row;
use crate::registry::{Chunk, Registry};
use crate::store::packed::Packer;
use crate::synth;

fn packed(row: &Row) -> Vec<u8> {
    let mut packer = Packer::default();
    pack(&mut packer, row);
    packer.finish()
}

fn chunks(citizens: u64) -> Vec<Chunk> {
    let plan = synth::Plan {
        seed: 5,
        citizens,
        until: "2026-11-22".parse().unwrap(),
    };
    plan.world().unwrap().chunks().collect()
}

#[test]
fn every_row_comes_back_from_its_packing() {
    let (mut rows, mut text, mut bytes) = (0, 0, 0);
    for chunk in chunks(600) {
        for line in csv::rows(&chunk) {
            let row = line.row.unwrap();
            let Some(iin) = row.iin() else { continue };
            let body = packed(&row);
            assert_eq!(unpack(iin.number(), &body).as_ref(), Some(&row));
            if let Row::Phone(msisdn, _) = &row {
                assert_eq!(unpack(msisdn.number(), &body).as_ref(), Some(&row));
            }
            assert_eq!(unpack(1, &body), None, "the key is no IIN");
            rows += 1;
            (text, bytes) = (text + line.span.len(), bytes + body.len());
        }
    }
    assert!(rows > 5_000);
    assert!(bytes * 2 < text, "{bytes} of {text} bytes");
}

#[test]
fn what_no_registry_could_have_said_is_not_unpacked() {
    let row = |registry, text: &str| {
        let fields: Vec<_> = text.split(',').collect();
        Row::read(registry, &fields).unwrap()
    };
    let person = row(Registry::People, "900101300007,Ким,Анна,,1990-01-01,f,none");
    let Row::Person(iin, identity) = person else {
        panic!()
    };
    for surname in ["\u{1b}[2J", " Ким", &"я".repeat(101)] {
        let surname = surname.to_owned();
        let forged = Row::Person(
            iin,
            crate::person::Identity {
                surname,
                ..identity.clone()
            },
        );
        assert_eq!(unpack(iin.number(), &packed(&forged)), None);
    }
    let span = row(Registry::Temporary, "900101300007,2026-10-22,2026-11-21");
    let Row::Temporary(_, mut status) = span else {
        panic!()
    };
    std::mem::swap(&mut status.from, &mut status.to);
    assert_eq!(unpack(iin.number(), &packed(&Row::Temporary(iin, status))), None);
}

proptest! {
    #[test]
    fn bytes_that_are_no_records_are_no_rows(key: u64, bytes: Vec<u8>) {
        let _ = unpack(key, &bytes);
        let mut records = Records::of(&bytes);
        let mut body = Vec::new();
        for _ in 0..bytes.len() {
            if !matches!(records.next_into(&mut body), Ok(Some(_))) {
                break;
            }
        }
    }

    #[test]
    fn records_come_back_sorted(keys in prop::collection::vec((0_u64..5, 0_usize..3, 0_u64..200), 0..60)) {
        let mut buffer = Buffer::default();
        let mut wanted = Vec::new();
        for (key, file, offset) in keys {
            let key = (key << 40, Place::new(file, offset).unwrap());
            let body = offset.to_string().into_bytes();
            buffer.push(key, &body);
            wanted.push((key, body));
        }
        wanted.sort();
        let mut run = Vec::new();
        let written = buffer.write(&mut run).unwrap();
        prop_assert_eq!(written, run.len() as u64);
        let (mut records, mut body, mut read) = (Records::of(&run), Vec::new(), Vec::new());
        while let Some(key) = records.next_into(&mut body).unwrap() {
            read.push((key, body.clone()));
        }
        prop_assert_eq!(read, wanted);
    }
}

/// The invented registries as files, those of clinics left out.
fn inputs(dir: &TempDir, citizens: u64) -> Vec<Input> {
    let mut files = std::collections::BTreeMap::new();
    for chunk in chunks(citizens) {
        let text: &mut Vec<u8> = files
            .entry(chunk.registry)
            .or_insert_with(|| (Header::line(chunk.registry) + "\n").into_bytes());
        text.extend(chunk.rows);
    }
    files.remove(&Registry::Clinics);
    let paths = files.into_iter().map(|(registry, text)| {
        let path = dir.path().join(registry.file_name());
        fs::write(&path, text).unwrap();
        Input::open(&path).unwrap()
    });
    paths.collect()
}

#[test]
fn runs_are_smaller_than_the_data_and_merged_by_a_few_at_a_time() {
    let dir = TempDir::new().unwrap();
    let inputs = inputs(&dir, 300);
    let bounds = Bounds {
        block_bytes: 8 << 10,
        fan_in: 4,
        workers: 2,
        piece_bytes: 4 << 10,
        piece_records: 16,
    };
    let job = Job::new(&inputs, dir.path(), None, false);
    let path = dir.path().join("sorting");
    let mut folder = Folder::open(&path, &job, Start::default()).unwrap();
    let told = std::sync::Mutex::new(Vec::new());
    sort(&mut folder, &inputs, bounds, &|progress| {
        told.lock().unwrap().push(progress);
    })
    .unwrap();
    let told = told.into_inner().unwrap();
    let bytes: u64 = inputs.iter().map(Input::bytes).sum();
    assert!(told.len() > 20 && told.iter().all(|progress| progress.bytes < bytes));
    for kind in Kind::ALL {
        assert!(folder.of_kind(kind).len() <= bounds.fan_in);
    }
    // Nothing is sorted twice: neither by the same process nor by the next one.
    let runs = folder.runs(Part::People);
    drop(folder);
    let mut folder = Folder::open(&path, &job, Start::default()).unwrap();
    sort(&mut folder, &inputs, bounds, &|progress| {
        assert_eq!(Some(&progress), told.last());
    })
    .unwrap();
    assert_eq!(folder.runs(Part::People), runs);

    let cutting = |part| Cutting {
        part,
        after: None,
        without: BTreeSet::new(),
    };
    for part in [Part::People, Part::Phones] {
        let merge = Merge::open(&folder.runs(part)).unwrap();
        let mut pieces = Pieces::new(merge, cutting(part), bounds);
        let (mut rows, mut last) = (0, None);
        while let Some(cut) = pieces.next_cut().unwrap() {
            assert!(last.is_none_or(|last: Key| last < cut.last && last.0 < cut.first));
            assert!(cut.records.len() < bounds.piece_bytes + MAX_ROW_BYTES);
            (rows, last) = (rows + cut.rows, Some(cut.last));
            assert_eq!(cut.passed, rows);
        }
        assert_eq!(rows, folder.records(part));
    }
    folder.remove().unwrap();
    assert!(!path.exists());
}

#[test]
fn a_person_with_more_rows_than_a_piece_goes_on_in_the_next() {
    let dir = TempDir::new().unwrap();
    let rows = (0..60_000).fold(String::new(), |mut rows, line| {
        writeln!(rows, "R,{line},900101300007,092025,122,independent,,1,2025-10-01").unwrap();
        rows
    });
    let path = dir.path().join("contributions.csv");
    fs::write(&path, Header::line(Registry::Contributions) + "\n" + &rows).unwrap();
    let inputs = [Input::open(&path).unwrap()];
    let mut folder = Folder::open(
        &dir.path().join("s"),
        &Job::new(&inputs, dir.path(), None, false),
        Start::default(),
    )
    .unwrap();
    sort(&mut folder, &inputs, Bounds::default(), &|_| ()).unwrap();
    let cutting = Cutting {
        part: Part::People,
        after: None,
        without: BTreeSet::new(),
    };
    let merge = Merge::open(&folder.runs(Part::People)).unwrap();
    let mut pieces = Pieces::new(merge, cutting, Bounds::default());
    let (mut rows, mut count) = (0, 0);
    while let Some(cut) = pieces.next_cut().unwrap() {
        assert!(cut.records.len() <= MAX_PIECE_BYTES);
        (rows, count) = (rows + cut.rows, count + 1);
    }
    assert_eq!(rows, 60_000);
    assert!(count > 1, "{count}");
}

#[test]
fn room_is_looked_up_where_the_folder_will_be() {
    let dir = TempDir::new().unwrap();
    let there = free_space(dir.path()).unwrap();
    let to_be = free_space(&dir.path().join("store/of/tomorrow")).unwrap();
    assert_eq!(there.device, to_be.device);
    assert!(to_be.free > 0);
}

#[test]
fn rows_of_people_who_are_there_need_more_room_than_new_ones() {
    assert_eq!(need(1_000, 0), (600, 900));
    assert_eq!(
        need(1_000, 5_000),
        (600, 5_900),
        "no more than all is written anew"
    );
    assert_eq!(need(1_000, 1_000_000), (600, 8_900));
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("data-1")).unwrap();
    fs::write(dir.path().join("data-1/db"), "12345").unwrap();
    assert_eq!(bytes_in(dir.path()), 5);
    assert_eq!(bytes_in(&dir.path().join("nowhere")), 0);
}
