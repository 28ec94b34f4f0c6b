//! Tells the desk how the imports are, as its operators see them: one for each file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use saqta_data::desk::imports::{MAX_REFUSED_KEPT, MAX_ROW_CHARS};
use saqta_data::desk::{Course, Desk, DeskError, ImportHead, ImportStep, Phase};
use saqta_data::registry::Refused;
use saqta_data::registry::list::Unknown;
use saqta_data::registry::sorted::{Counted, Input};

use super::ended::Ended;
use crate::intake;

/// How often it is told.
const EVERY: Duration = Duration::from_secs(2);
/// How often it is told how far sorting is, which takes minutes.
pub(super) const SORTING_EVERY: Duration = Duration::from_secs(5);
/// How often it hears of an import of which there is nothing new.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// What the desk knows.
#[derive(Debug)]
pub(super) struct Teller {
    desk: Arc<dyn Desk>,
    files: Vec<Told>,
    /// The phase under way, how far it is, and where it is over.
    phase: Option<(Phase, u64, u64)>,
    /// What the desk knows of that.
    course: Option<Course>,
    last: Instant,
}

/// What it knows of a file.
#[derive(Debug)]
struct Told {
    /// The number of its import; `None`: it is not entered.
    import: Option<u64>,
    bytes: u64,
    /// Rows that can be taken, when it is known how many.
    rows: u64,
    counts: Counted,
    done: u64,
    /// Refused rows to be shown with the next step.
    shown: Vec<Refused>,
    /// How many were shown already.
    room: usize,
}

impl Teller {
    /// Nothing is entered yet, and `counts` are taken as told.
    pub(super) fn new(desk: Arc<dyn Desk>, inputs: &[Input], counts: &[Counted]) -> Self {
        let files = inputs.iter().zip(counts).map(|(input, counts)| Told {
            import: None,
            bytes: input.bytes(),
            rows: 0,
            counts: *counts,
            done: 0,
            shown: Vec::new(),
            room: MAX_REFUSED_KEPT,
        });
        Self {
            desk,
            files: files.collect(),
            phase: None,
            course: None,
            last: Instant::now(),
        }
    }

    /// Enters the imports, or goes on with those entered before and with what the desk knows of them, if it still does; their
    /// numbers.
    pub(super) async fn enter(&mut self, inputs: &[Input], before: &[u64]) -> Result<Vec<u64>, DeskError> {
        let mut numbers = Vec::with_capacity(inputs.len());
        for (at, input) in inputs.iter().enumerate() {
            let known = match before.get(at) {
                Some(number) => {
                    let told = self.desk.tell_import(*number, ImportStep::default()).await;
                    told.is_ok().then_some(*number)
                }
                None => None,
            };
            numbers.push(match known {
                Some(number) => number,
                None => self.desk.begin_import(head(input)).await?,
            });
        }
        // What was loaded just before the desk went away it was not told.
        let entered = self.desk.imports().await?;
        for (file, number) in self.files.iter_mut().zip(&numbers) {
            file.import = Some(*number);
            if let Some(import) = entered.iter().find(|import| import.id == *number) {
                file.counts = Counted {
                    accepted: import.accepted,
                    repeated: import.repeated,
                    refused: import.refused,
                };
            }
        }
        Ok(numbers)
    }

    /// Learns how many rows of each file there are.
    pub(super) fn expect(&mut self, rows: Vec<u64>) {
        for (file, rows) in self.files.iter_mut().zip(rows) {
            file.rows = rows;
            file.done = file.share(&file.counts);
        }
    }

    /// Tells that a phase begins, which is over at `total`.
    pub(super) async fn begin(&mut self, phase: Phase, total: u64) -> Result<(), DeskError> {
        self.phase = Some((phase, 0, total));
        self.tell_course().await
    }

    /// It is so far, to be told with what comes next.
    pub(super) const fn at(&mut self, so_far: u64) {
        if let Some((_, done, _)) = &mut self.phase {
            *done = so_far;
        }
    }

    /// It is so far, which is told if it shows; and now and then that the imports are alive.
    pub(super) async fn still_at(&mut self, so_far: u64) -> Result<(), DeskError> {
        self.at(so_far);
        if self.new_course().is_none() && self.last.elapsed() < HEARTBEAT {
            return Ok(());
        }
        self.tell_course().await
    }

    /// The course if the desk does not know it yet.
    fn new_course(&self) -> Option<Course> {
        let (phase, done, total) = self.phase?;
        let percent = u128::from(done.min(total)) * 100 / u128::from(total.max(1));
        let course = Course::Sorted(phase, u8::try_from(percent).unwrap_or(100));
        (self.course.as_ref() != Some(&course)).then_some(course)
    }

    /// Tells where it is, and with that that the imports are alive.
    async fn tell_course(&mut self) -> Result<(), DeskError> {
        self.last = Instant::now();
        let step = ImportStep {
            course: self.new_course(),
            ..ImportStep::default()
        };
        for number in self.files.iter().filter_map(|file| file.import) {
            self.desk.tell_import(number, step.clone()).await?;
        }
        self.course = step.course.or(self.course.take());
        Ok(())
    }

    /// Keeps a refused row for the next step, if there is room for it.
    pub(super) fn show(&mut self, file: usize, refused: Refused) {
        if let Some(file) = self.files.get_mut(file)
            && file.room > 0
        {
            file.room -= 1;
            file.shown.push(Refused {
                row: refused.row.chars().take(MAX_ROW_CHARS).collect(),
                ..refused
            });
        }
    }

    /// Tells what is new, but not all the time.
    pub(super) async fn tell_from_time_to_time(&mut self, counts: &[Counted]) -> Result<(), DeskError> {
        if self.last.elapsed() < EVERY {
            return Ok(());
        }
        self.tell(counts).await
    }

    /// Tells what is new.
    pub(super) async fn tell(&mut self, counts: &[Counted]) -> Result<(), DeskError> {
        self.last = Instant::now();
        let course = self.new_course();
        for (file, counts) in self.files.iter_mut().zip(counts) {
            let Some(number) = file.import else { continue };
            let bytes = file.share(counts).max(file.done);
            let step = ImportStep {
                bytes: bytes - file.done,
                accepted: counts.accepted.saturating_sub(file.counts.accepted),
                repeated: counts.repeated.saturating_sub(file.counts.repeated),
                refused: counts.refused.saturating_sub(file.counts.refused),
                rows: std::mem::take(&mut file.shown),
                course: course.clone(),
            };
            // After an interruption the desk may know more than the checkpoint, which comes to it once more.
            file.counts = Counted {
                accepted: counts.accepted.max(file.counts.accepted),
                repeated: counts.repeated.max(file.counts.repeated),
                refused: counts.refused.max(file.counts.refused),
            };
            file.done = bytes;
            if step != ImportStep::default() {
                self.desk.tell_import(number, step).await?;
            }
        }
        self.course = course.or(self.course.take());
        Ok(())
    }

    /// Says that the imports are over, and if they ended early, why. A desk that is away cannot be told; it will see that
    /// nothing more is heard.
    pub(super) async fn end(&self, ended: Option<&Ended>) {
        let failure = ended.map(|ended| ended.at_desk(self.files.len()));
        for number in self.files.iter().filter_map(|file| file.import) {
            let _ = self.desk.end_import(number, failure.clone()).await;
        }
    }
}

impl Told {
    /// The share of the file that these rows stand for, in bytes.
    fn share(&self, counts: &Counted) -> u64 {
        let rows = counts.accepted + counts.repeated + counts.refused;
        let share = u128::from(self.bytes) * u128::from(rows.min(self.rows)) / u128::from(self.rows.max(1));
        u64::try_from(share).unwrap_or(self.bytes)
    }
}

fn head(input: &Input) -> ImportHead {
    ImportHead {
        file: intake::place(input.path()),
        bytes: input.bytes(),
        registry: input.registry(),
        dry_run: false,
        unknown: Unknown::default(),
    }
}
