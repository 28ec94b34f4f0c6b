use saqta_data::registry::Registry;

use super::*;

#[test]
fn a_chunk_keeps_every_byte_of_its_rows() {
    let chunk = Chunk {
        registry: Registry::People,
        separator: ';',
        rows: b"900101300007;\n\xff\n".to_vec(),
        first_line: 2,
        data_date: None,
        dry_run: true,
    };
    assert_eq!(read_chunk(&write_chunk(chunk.clone()).unwrap()), Some(chunk));
    for bytes in [&b""[..], b"{}", b"{}\nrows"] {
        assert_eq!(read_chunk(bytes), None);
    }
}

#[test]
fn a_door_is_the_console_or_a_command() {
    assert_eq!(door_of("console"), Some(Door::Console));
    assert_eq!(door_of("status"), Some(Door::Command("status".into())));
    for name in ["", "Status", "a b", "averyverylongcommand", "x\n"] {
        assert_eq!(door_of(name), None, "{name:?}");
    }
}
