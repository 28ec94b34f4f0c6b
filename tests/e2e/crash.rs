//! A server under everything that writes at once, killed a few times; `cargo bench --bench crash` does it hundreds of times.

use std::time::Duration;

use crate::load::{Acknowledged, Counts, load, verify};
use crate::people::import;
use crate::process::{Server, wait_for};

#[test]
fn what_was_acknowledged_is_there_after_each_kill_and_the_store_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let mut before = Acknowledged::default();
    for life in 1..=3 {
        let server = Server::start(&store);
        let gateway = server.gateway;
        let counts = Counts::from(before);
        std::thread::scope(|scope| {
            scope.spawn(|| load(&store, gateway, dir.path(), life, &counts));
            wait_for("something of each kind is acknowledged", || {
                let now = counts.now();
                let enough = now.answers > before.answers + 20
                    && now.imports > before.imports
                    && now.notes > before.notes;
                enough.then_some(())
            });
            // Somewhere in a compaction or a backup, or between two.
            std::thread::park_timeout(Duration::from_millis(life * 37));
            drop(server);
        });
        before = counts.now();
        verify(&store, before, Some(life)).unwrap();
    }
}
