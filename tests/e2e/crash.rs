//! A server under everything that writes at once, killed a few times; `cargo bench --bench crash` does it hundreds of times.

use std::time::Duration;

use crate::load::{Counts, load, verify, verify_backup};
use crate::people::import;
use crate::process::{Server, wait_for};

#[test]
fn what_was_acknowledged_is_there_after_each_kill_and_the_store_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let counts = Counts::default();
    let mut restored = 0;
    for life in 1..=3 {
        let server = Server::start(&store);
        let gateway = server.gateway;
        let before = counts.now();
        std::thread::scope(|scope| {
            scope.spawn(|| load(&store, gateway, dir.path(), life, &counts));
            wait_for("something of each kind is acknowledged", || {
                let (now, rewritten) = (counts.now(), counts.rewritten());
                let enough = now.answers > before.answers + 20
                    && now.imports > before.imports
                    && now.notes > before.notes
                    && rewritten.backups.whole > 0
                    && rewritten.compactions.whole > 0;
                enough.then_some(())
            });
            // Somewhere in a compaction or a backup, or between two.
            std::thread::park_timeout(Duration::from_millis(life * 37));
            drop(server);
        });
        verify(&store, counts.now(), Some(life)).unwrap();
        restored += u64::from(verify_backup(dir.path(), &counts).unwrap());
    }
    eprintln!("{}, {restored} restored", counts.rewritten());
    assert!(restored > 0);
}
