//! Every type of value that is kept in the store is named where all of them are tried (`fuzz/targets/codec.rs`).

use std::path::Path;

use super::{Source, first_word, workspace};

/// What a type of stored values is made one by.
const IMPL: &str = "Record for ";

/// Types of stored values that the list of their room does not name, and files that write values of no such type.
fn untried(sources: &[Source]) -> Vec<String> {
    let sources = || sources.iter().filter(|source| !source.is_test());
    let mut faults = Vec::new();
    for source in sources() {
        let code = source.code();
        let types: Vec<_> = code
            .match_indices(IMPL)
            .filter_map(|(at, _)| first_word(&code[at + IMPL.len()..]))
            .collect();
        if types.is_empty() && code.contains("codec::seal(") {
            faults.push(format!("{}: writes a value that is no Record", source.path));
        }
        let list = sources().find(|other| other.path.ends_with("/stored.rs") && room(other) == room(source));
        let list = list.map(Source::code).unwrap_or_default();
        let missing = types
            .iter()
            .filter(|name| !list.contains(&format!("survives::<{name}>")));
        faults
            .extend(missing.map(|name| format!("{}: {name} is not in the STORED of its room", source.path)));
    }
    faults
}

fn room(source: &Source) -> Option<&str> {
    source.path.split('/').next()
}

#[test]
fn every_type_of_stored_values_is_tried() {
    let faults = untried(&workspace());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::fs::read_to_string(root.join("fuzz/targets/codec.rs")).unwrap();
    for list in ["saqta_data::desk::STORED", "saqta_gateway::STORED"] {
        assert!(target.contains(list), "{list}");
    }
}

#[test]
fn a_forgotten_type_of_stored_values_is_found() {
    let source = |path: &str, text: &str| Source {
        path: path.into(),
        text: text.into(),
    };
    let found = untried(&[
        source(
            "data/src/iin.rs",
            "impl Record for Known {}\nimpl unit::Record for Forgotten {}",
        ),
        source("data/src/desk/stored.rs", "(\"Known\", survives::<Known>),"),
        source("gateway/src/stored.rs", "survives::<Forgotten>"),
        source("gateway/src/outbox.rs", "codec::seal(1, &letter)"),
    ]);
    assert_eq!(
        found,
        [
            "data/src/iin.rs: Forgotten is not in the STORED of its room",
            "gateway/src/outbox.rs: writes a value that is no Record"
        ]
    );
}
