//! `saqta check`: reads every value of the store.

use std::fmt::Write;

use saqta_data::desk::Findings;
use saqta_data::journal::Door;

use super::{print, runtime};
use crate::cli::StoreArgs;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};

/// Prints what was found; a fault is a failure.
pub(super) fn run(args: &StoreArgs, config: &Config) -> Outcome {
    let store = config.store(args.store.as_deref())?;
    let (findings, on_disk) = runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("check".into())).await?;
        let findings = opened.desk.check().await;
        let figures = opened.desk.figures().await;
        opened.close().await?;
        Ok::<_, Failure>((findings?, figures?.store.disk_bytes))
    })?;
    print(&report(&findings, on_disk))?;
    match findings.faults.len() {
        0 => Ok(()),
        faults => Err(Failure::of(
            store.display(),
            format_args!("{faults} faults found"),
        )),
    }
}

/// From so many times their bytes on disk on, compaction is worth it: a store that was just loaded takes about twice.
const GROWN: u64 = 4;
/// Below so many bytes on disk it is not.
const SMALL: u64 = 64 << 20;

fn report(findings: &Findings, on_disk: u64) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for (tree, count) in &findings.sound {
        let digest = findings
            .digests
            .get(tree)
            .map(|digest| format!(", digest {digest}"));
        let _ = writeln!(text, "{tree}: {count} sound{}", digest.unwrap_or_default());
    }
    let _ = writeln!(text, "{} bytes, {on_disk} on disk", findings.bytes);
    if on_disk > SMALL.max(findings.bytes.saturating_mul(GROWN)) {
        let _ = writeln!(
            text,
            "much of that was overwritten: `saqta compact` gives it back"
        );
    }
    for note in &findings.notes {
        let _ = writeln!(text, "NOTE {note}");
    }
    for fault in &findings.faults {
        let _ = writeln!(text, "FAULT {fault}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_a_line_for_each_tree_and_fault_and_says_when_to_compact() {
        let findings = Findings {
            sound: [("people".into(), 3)].into(),
            digests: [("people".into(), "0011aabb".into())].into(),
            bytes: 1_000,
            faults: vec!["a clinic is damaged".into()],
            notes: vec!["an import is unfinished".into()],
        };
        assert_eq!(
            report(&findings, 60_000_000),
            "people: 3 sound, digest 0011aabb\n1000 bytes, 60000000 on disk\nNOTE an import is unfinished\nFAULT a clinic is damaged\n"
        );
        let grown = report(&findings, 70_000_000);
        assert!(grown.contains("`saqta compact` gives it back"), "{grown}");
        let held = Findings {
            bytes: 20_000_000,
            ..findings
        };
        assert!(!report(&held, 70_000_000).contains("compact"));
    }
}
