//! The pictures of the README are what the console draws today.

#[path = "../examples/invented/main.rs"]
#[expect(dead_code, reason = "the example opens the console as well")]
mod invented;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn pictures(folder: &Path) -> std::io::Result<BTreeMap<String, String>> {
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        Ok((name, fs::read_to_string(entry.path())?))
    };
    fs::read_dir(folder)?.map(|entry| read(entry?)).collect()
}

#[tokio::test]
async fn they_are_drawn_by_this_program() {
    let drawn = tempfile::tempdir().unwrap();
    invented::draw(drawn.path()).await.unwrap();
    let (kept, drawn) = (
        pictures(&Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures")).unwrap(),
        pictures(drawn.path()).unwrap(),
    );
    assert!(drawn.values().all(|svg| svg.contains("<svg")));
    let stale: Vec<&String> = drawn
        .keys()
        .filter(|name| drawn.get(*name) != kept.get(*name))
        .collect();
    assert!(
        stale.is_empty() && kept.len() == drawn.len(),
        "stale: {stale:?}; draw them anew: cargo run -p saqta-tui --example invented -- tui/pictures"
    );
}
