//! A server under everything that writes at once, killed a few times; `cargo bench --bench crash` does it hundreds of times.

use std::time::Duration;

use crate::load::{Counts, Crowd, Demand, Found, Load, generations, kill_opening, verify, verify_backup};
use crate::people::import;
use crate::process::{Server, wait_for};

/// People that the load is about: two pieces when their registry is sorted.
const CROWD: usize = 3_000;

#[test]
fn what_was_acknowledged_is_there_after_each_kill_and_the_store_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let crowd = Crowd::import(CROWD, dir.path(), &store);
    let (counts, mut base) = (Counts::default(), Found::default());
    let (mut between, mut openings, mut restored) = (0, 0, 0);
    for life in 1..=3 {
        counts.begin(&base);
        let server = Server::start(&store);
        let load = Load {
            store: &store,
            gateway: server.gateway,
            dir: dir.path(),
            life,
            crowd: &crowd,
            counts: &counts,
        };
        let (before, long_before) = (counts.now(), counts.long());
        std::thread::scope(|scope| {
            scope.spawn(|| load.run());
            wait_for("something of each kind is acknowledged", || {
                let (now, long) = (counts.now(), counts.long());
                let enough = now.answers.iter().all(|count| *count > 5)
                    && now.imports > before.imports
                    && now.notes > before.notes
                    && long.sorted.begun > long_before.sorted.begun
                    && long.backups.whole > long_before.backups.whole
                    && long.compactions.whole > long_before.compactions.whole;
                enough.then_some(())
            });
            // Somewhere in a compaction or a backup, or between two.
            std::thread::park_timeout(Duration::from_millis(life * 37));
            assert!(!counts.is_wrong());
            counts.kill(server);
            between += u64::from(generations(&store) > 1);
        });
        openings += u64::from(kill_opening(&store, Duration::from_millis(life * 20)));
        let now = counts.now();
        let demand = Demand {
            base: &base,
            life,
            least: now,
            most: Some(now),
        };
        let found = verify(&store, &crowd, &demand).unwrap();
        restored += u64::from(verify_backup(dir.path(), &crowd, &counts, &demand).unwrap());
        base = found;
    }
    eprintln!(
        "{}, {restored} restored; {between} killed in the middle of a compaction, {openings} while opening",
        counts.long()
    );
    assert!(restored > 0);
}
