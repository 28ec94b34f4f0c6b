//! Keeps panics of the database inside: sled 0.34 panics on some damaged files instead of returning an error.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static SHIELDED: Cell<bool> = const { Cell::new(false) };
}

/// The prefix of the names of sled's own I/O threads, which catch their panics themselves.
const SLED_THREADS: &str = "sled-io-";

/// The database panicked. Its message is dropped: it may show keys, which are numbers of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Panicked;

/// Does `work`; a panic in it prints nothing and is an error. Panics of other threads are reported as before.
pub(super) fn shielded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    hush();
    let outer = SHIELDED.replace(true);
    // What `work` leaves behind is used no more after a panic: the store is poisoned or not opened.
    let done = catch_unwind(AssertUnwindSafe(work));
    SHIELDED.set(outer);
    done.map_err(|_| Panicked)
}

/// Puts a hook before the present one, once, that is silent only for shielded work and sled's own threads.
fn hush() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = take_hook();
        set_hook(Box::new(move |panic| {
            let of_sled = || {
                std::thread::current()
                    .name()
                    .is_some_and(|name| name.starts_with(SLED_THREADS))
            };
            if !SHIELDED.get() && !of_sled() {
                report(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_an_error_and_the_shield_is_taken_down_again() {
        assert_eq!(shielded(|| 1), Ok(1));
        let inner = shielded(|| {
            assert_eq!(shielded(|| panic!("damaged")), Err::<(), _>(Panicked));
            assert!(SHIELDED.get());
        });
        assert_eq!(inner, Ok(()));
        assert!(!SHIELDED.get());
        assert!(catch_unwind(|| panic!("of somebody else")).is_err());
    }

    #[test]
    fn only_panics_of_others_are_reported() {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("store::sled::shield::tests::a_panic_inside_is_an_error_and_the_shield_is_taken_down_again")
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&child.stderr);
        assert!(
            child.status.success() && shown.contains("of somebody else"),
            "{shown}"
        );
        assert!(!shown.contains("damaged"), "{shown}");
    }
}
