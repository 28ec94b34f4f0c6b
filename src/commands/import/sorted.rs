//! The import of much data: what is sorted first, and how it is watched.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use saqta_data::desk::{self, Desk};
use saqta_data::registry::sorted::free_space;

use super::{Shown, tell};
use crate::bulk::{self, Room, Task, Watch};
use crate::commands::{bar, note};
use crate::failure::{Failure, Outcome};
use crate::intake::{Bin, Counts, FileBin};

/// How often a line says how far it is where there is no terminal for a bar.
const LINE_EVERY: Duration = Duration::from_secs(15);

/// Says how much room `task` needs, and refuses it if that is not there.
pub(super) fn check_room(task: &Task) -> Outcome {
    let folder = task.folder();
    let needs = Room::of(task, &folder);
    note(&format!(
        "room needed on disk, at most: {}",
        bulk::in_words(&needs)
    ))?;
    bulk::check_room(&needs, &free_space)
}

/// Imports all of `task`.
pub(super) async fn take(desk: &Arc<dyn Desk>, task: Task) -> Result<Counts, Failure> {
    let paths: Vec<PathBuf> = task.inputs.iter().map(|input| input.path().to_owned()).collect();
    let dry_run = task.plan.dry_run;
    let mut bins: Vec<Box<dyn Bin>> = paths.iter().map(|path| bin(path, dry_run)).collect();
    let watch: Arc<dyn Watch> = Arc::new(Phases::default());
    let counted = bulk::take(desk, task, &mut bins, &watch).await?;
    let mut sum = Counts::default();
    for (path, counted) in paths.iter().zip(counted) {
        let counts = Counts {
            accepted: counted.accepted,
            repeated: counted.repeated,
            refused: counted.refused,
            unknown: 0,
        };
        if counts.refused > 0 && !dry_run {
            note(&format!(
                "refused rows: {}",
                FileBin::refused_beside(path).display()
            ))?;
        }
        tell(path, &counts)?;
        sum.accepted += counts.accepted;
        sum.repeated += counts.repeated;
        sum.refused += counts.refused;
    }
    Ok(sum)
}

fn bin(path: &Path, dry_run: bool) -> Box<dyn Bin> {
    if dry_run {
        Box::new(Shown)
    } else {
        Box::new(FileBin::beside(path))
    }
}

/// Shows the phases: a bar on a terminal, else a line now and then.
#[derive(Default)]
struct Phases(Mutex<Option<Phase>>);

struct Phase {
    name: &'static str,
    total: u64,
    bar: ProgressBar,
    began: Instant,
    /// Where it was when this run began with it.
    first: Option<u64>,
    said: Instant,
}

impl Watch for Phases {
    fn begin(&self, phase: desk::Phase, total: u64) {
        let name = name(phase);
        let template = "{msg} [{bar:30}] {percent}% {per_sec} {eta}";
        let now = Instant::now();
        self.set(Some(Phase {
            name,
            total,
            bar: bar(total, template).with_message(name),
            began: now,
            first: None,
            said: now,
        }));
    }

    fn at(&self, done: u64) {
        let mut phase = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(phase) = phase.as_mut() else { return };
        phase.bar.set_position(done);
        let first = *phase.first.get_or_insert(done);
        if !std::io::stderr().is_terminal() && phase.said.elapsed() >= LINE_EVERY {
            phase.said = Instant::now();
            // Standard error that is closed is no reason to stop an import.
            let _ = note(&phase.line(done, first));
        }
    }

    fn end(&self, rows: u64) {
        if let Some(phase) = self.set(None) {
            phase.bar.finish_and_clear();
            let seconds = phase.began.elapsed().as_secs_f64();
            let rate = each_second(rows, seconds);
            let _ = note(&format!(
                "{}: {rows} rows in {seconds:.1} s, {rate} a second",
                phase.name
            ));
        }
    }
}

impl Phases {
    fn set(&self, phase: Option<Phase>) -> Option<Phase> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, phase)
    }
}

impl Phase {
    fn line(&self, done: u64, first: u64) -> String {
        let rate = each_second(done - first, self.began.elapsed().as_secs_f64());
        let percent = done.saturating_mul(100) / self.total.max(1);
        let left = self.total.saturating_sub(done) / rate.max(1);
        format!("{}: {percent} %, {left} s left", self.name)
    }
}

const fn name(phase: desk::Phase) -> &'static str {
    match phase {
        desk::Phase::Sorting => "sorting",
        desk::Phase::People => "loading people",
        desk::Phase::Phones => "loading phones",
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rate to be read by people"
)]
fn each_second(count: u64, seconds: f64) -> u64 {
    (count as f64 / seconds.max(0.001)) as u64
}
