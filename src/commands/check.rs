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
    let findings = runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("check".into())).await?;
        let findings = opened.desk.check().await;
        opened.close().await?;
        Ok::<_, Failure>(findings?)
    })?;
    print(&report(&findings))?;
    match findings.faults.len() {
        0 => Ok(()),
        faults => Err(Failure::of(
            store.display(),
            format_args!("{faults} faults found"),
        )),
    }
}

fn report(findings: &Findings) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for (tree, count) in &findings.sound {
        let _ = writeln!(text, "{tree}: {count} sound");
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
    fn a_report_has_a_line_for_each_tree_and_fault() {
        let findings = Findings {
            sound: [("people".into(), 3)].into(),
            faults: vec!["a clinic is damaged".into()],
        };
        assert_eq!(report(&findings), "people: 3 sound\nFAULT a clinic is damaged\n");
    }
}
