//! A large import: all rows of all files are sorted by person, then loaded in that order, each person once. What is done
//! is noted in a temporary folder, so that the same command goes on after any interruption.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use saqta_data::desk::{Desk, DeskError, Phase};
use saqta_data::registry::sorted::{
    self, Checkpoint, Counted, Cut, Cutting, Folder, Loaded, Merge, Part, Piece, Pieces, Refusals, Spool,
    Start, Stopped, bytes_in, free_space,
};
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::intake::Bin;

mod ended;
mod room;
mod task;
mod tell;
#[cfg(test)]
mod tests;

use ended::Ended;
pub(crate) use ended::NotBegun;
pub(crate) use room::{Room, check_room, in_words};
pub(crate) use task::{Task, broken_off, split};
use tell::{SORTING_EVERY, Teller};

/// Pieces on their way at a time: one is merged while the one before is written.
const IN_FLIGHT: usize = 3;

/// Who watches.
pub(crate) trait Watch: Send + Sync {
    /// A phase begins, which is over at `total`.
    fn begin(&self, phase: Phase, total: u64);
    /// It is so far.
    fn at(&self, done: u64);
    /// It is over, having dealt with so many rows in this run.
    fn end(&self, rows: u64);
}

/// Nobody does: the desk is told all the same.
pub(crate) struct Unwatched;

impl Watch for Unwatched {
    fn begin(&self, _: Phase, _: u64) {}
    fn at(&self, _: u64) {}
    fn end(&self, _: u64) {}
}

/// Imports all of it at `desk`. The refused rows of each file go into its bin, of `bins`. What became of the rows, file by
/// file; after an interruption the rows loaded before it are counted as they were then.
pub(crate) async fn take(
    desk: &Arc<dyn Desk>,
    task: Task,
    bins: &mut [Box<dyn Bin>],
    watch: &Arc<dyn Watch>,
) -> Result<Vec<Counted>, Failure> {
    begin(desk, task).await?.run(bins, watch).await
}

/// An import that is entered at the desk and has its temporary folder to itself.
pub(crate) struct Begun {
    desk: Arc<dyn Desk>,
    task: Task,
    folder: Folder,
    checkpoint: Checkpoint,
    teller: Teller,
}

/// As [`begin`], if there is room on the disks.
pub(crate) async fn begin_with_room(desk: &Arc<dyn Desk>, task: Task) -> Result<Begun, NotBegun> {
    let looking = tokio::task::spawn_blocking(move || {
        let folder = task.folder();
        let found = check_room(&Room::of(&task, &folder), &free_space);
        found.map(|()| task)
    });
    match looking.await {
        Ok(Ok(task)) => begin(desk, task).await,
        Ok(Err(failure)) => Err(NotBegun::NoPlace(failure)),
        Err(error) => Err(NotBegun::Other(error.into())),
    }
}

/// Begins it, or takes it up where it was broken off.
pub(crate) async fn begin(desk: &Arc<dyn Desk>, task: Task) -> Result<Begun, NotBegun> {
    let path = task.folder();
    let now = Piece {
        dry_run: task.plan.dry_run,
        ..Piece::EMPTY
    };
    let now = desk.load(now).await?;
    let start = Start {
        erasure: now.erasure,
        bytes: bytes_in(&task.store),
    };
    let folder = Folder::open(&path, &task.job(), start).map_err(|stopped| NotBegun::of(stopped, &path))?;
    if !task.plan.dry_run {
        // Before anything is read: is what was sorted still to be loaded?
        let wanted = desk
            .load(Piece {
                erasure: Some(folder.start().erasure),
                ..Piece::EMPTY
            })
            .await;
        wanted.map_err(|error| Ended::from(error).told(&path))?;
    }
    let mut checkpoint = folder.checkpoint();
    checkpoint.counts.resize(task.inputs.len(), Counted::default());
    let mut teller = Teller::new(Arc::clone(desk), &task.inputs, &checkpoint.counts);
    if !task.plan.dry_run {
        checkpoint.imports = teller.enter(&task.inputs, &checkpoint.imports).await?;
        if let Err(stopped) = folder.keep(&checkpoint) {
            let ended = Ended::from(stopped);
            teller.end(Some(&ended)).await;
            return Err(ended.told(&path).into());
        }
    }
    Ok(Begun {
        desk: Arc::clone(desk),
        task,
        folder,
        checkpoint,
        teller,
    })
}

impl Begun {
    /// The numbers under which its files are entered; none in a dry run.
    pub(crate) fn numbers(&self) -> &[u64] {
        &self.checkpoint.imports
    }

    /// Sorts and loads what is left to do. As [`take`].
    pub(crate) async fn run(
        self,
        bins: &mut [Box<dyn Bin>],
        watch: &Arc<dyn Watch>,
    ) -> Result<Vec<Counted>, Failure> {
        let Self {
            desk,
            task,
            folder,
            checkpoint,
            mut teller,
        } = self;
        let path = folder.path().to_owned();
        let run = Run {
            desk,
            task: Arc::new(task),
            watch: Arc::clone(watch),
        };
        let taken = run.all(folder, checkpoint, &mut teller, bins).await;
        teller.end(taken.as_ref().err()).await;
        taken.map_err(|ended| ended.told(&path))
    }
}

struct Run {
    desk: Arc<dyn Desk>,
    task: Arc<Task>,
    watch: Arc<dyn Watch>,
}

/// A piece on its way.
struct Flight {
    cut: Cut,
    loading: JoinHandle<Result<Loaded, DeskError>>,
}

impl Run {
    async fn all(
        &self,
        folder: Folder,
        mut checkpoint: Checkpoint,
        teller: &mut Teller,
        bins: &mut [Box<dyn Bin>],
    ) -> Result<Vec<Counted>, Ended> {
        let mut folder = self.sort(folder, teller).await?;
        teller.expect(folder.rows_by_file(self.task.inputs.len()));
        let mut spool = Spool::open(&folder, checkpoint.spooled)?;
        if !checkpoint.is_past(Part::People) {
            self.load(
                Part::People,
                BTreeSet::new(),
                &folder,
                (&mut checkpoint, &mut spool),
                teller,
            )
            .await?;
            checkpoint.begin_phones();
            folder.keep(&checkpoint)?;
        }
        let without = spool.phones(&self.task.inputs)?;
        self.load(
            Part::Phones,
            without,
            &folder,
            (&mut checkpoint, &mut spool),
            teller,
        )
        .await?;
        self.desk
            .load(self.piece(&folder, Part::Phones, Vec::new(), true))
            .await?;
        teller.tell(&checkpoint.counts).await?;
        self.throw(&mut folder, &spool, &mut checkpoint.counts, teller, bins)
            .await?;
        folder.remove()?;
        Ok(checkpoint.counts)
    }

    /// Sorts what is not sorted yet.
    async fn sort(&self, folder: Folder, teller: &mut Teller) -> Result<Folder, Ended> {
        let before = folder.rows();
        self.begin(Phase::Sorting, self.task.bytes(), teller).await?;
        let (task, watch) = (Arc::clone(&self.task), Arc::clone(&self.watch));
        let done = Arc::new(AtomicU64::new(0));
        let so_far = Arc::clone(&done);
        let mut sorting = tokio::task::spawn_blocking(move || {
            let mut folder = folder;
            let progress = |progress: sorted::Progress| {
                watch.at(progress.bytes);
                so_far.store(progress.bytes, Ordering::Relaxed);
            };
            sorted::sort(&mut folder, &task.inputs, task.bounds, &progress).map(|()| folder)
        });
        loop {
            match tokio::time::timeout(SORTING_EVERY, &mut sorting).await {
                Ok(sorted) => {
                    let folder = sorted??;
                    self.watch.end(folder.rows() - before);
                    return Ok(folder);
                }
                Err(_) => {
                    // A desk that is away just now is not needed before rows are loaded.
                    let _ = teller.still_at(done.load(Ordering::Relaxed)).await;
                }
            }
        }
    }

    /// Says that a phase begins, which is over at `total`.
    async fn begin(&self, phase: Phase, total: u64, teller: &mut Teller) -> Result<(), Ended> {
        self.watch.begin(phase, total);
        Ok(teller.begin(phase, total).await?)
    }

    /// Loads a part from where the checkpoint says.
    async fn load(
        &self,
        part: Part,
        without: BTreeSet<sorted::Place>,
        folder: &Folder,
        (checkpoint, spool): (&mut Checkpoint, &mut Spool),
        teller: &mut Teller,
    ) -> Result<(), Ended> {
        let phase = match part {
            Part::People => Phase::People,
            Part::Phones => Phase::Phones,
        };
        self.begin(phase, folder.records(part), teller).await?;
        let damaged = |error| Stopped::folder(folder.path(), error);
        let merge = Merge::open(&folder.runs(part)).map_err(damaged)?;
        let after = checkpoint.after(part);
        let cutting = Cutting { part, after, without };
        let mut cuts = cut(Pieces::new(merge, cutting, self.task.bounds));
        let mut flights: VecDeque<Flight> = VecDeque::new();
        let mut rows = 0;
        loop {
            let next = cuts.recv().await.transpose().map_err(damaged)?;
            while must_land(&flights, next.as_ref()) {
                let Some(flight) = flights.pop_front() else { break };
                let loaded = flight.loading.await??;
                checkpoint.add(part, flight.cut.last, &loaded);
                checkpoint.spooled = spool.add(&loaded.refused)?;
                folder.keep(checkpoint)?;
                rows += flight.cut.rows;
                self.watch.at(flight.cut.passed);
                teller.at(flight.cut.passed);
                teller.tell_from_time_to_time(&checkpoint.counts).await?;
            }
            let Some(mut cut) = next else { break };
            let piece = self.piece(folder, part, std::mem::take(&mut cut.records), false);
            let desk = Arc::clone(&self.desk);
            let loading = tokio::spawn(async move { desk.load(piece).await });
            flights.push_back(Flight { cut, loading });
        }
        self.watch.end(rows);
        Ok(())
    }

    fn piece(&self, folder: &Folder, part: Part, records: Vec<u8>, last: bool) -> Piece {
        Piece {
            part,
            token: folder.token(),
            erasure: Some(folder.start().erasure).filter(|_| !self.task.plan.dry_run),
            last,
            data_date: self.task.plan.data_date,
            dry_run: self.task.plan.dry_run,
            records,
        }
    }

    /// Gives the refused rows to the bins, in the order of each file, and the first ones to the desk.
    async fn throw(
        &self,
        folder: &mut Folder,
        spool: &Spool,
        counts: &mut [Counted],
        teller: &mut Teller,
        bins: &mut [Box<dyn Bin>],
    ) -> Result<(), Ended> {
        let path = folder.path().to_owned();
        let mut refusals = Refusals::open(&self.task.inputs, folder, spool)?;
        for counts in counts.iter_mut() {
            counts.refused = 0;
        }
        let damaged = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::InvalidData => Stopped::folder(&path, error).into(),
            _ => Ended::from(error),
        };
        while let Some((file, refused)) = refusals.next_row().map_err(damaged)? {
            if let (Some(bin), Some(counts)) = (bins.get_mut(file), counts.get_mut(file)) {
                bin.throw(&refused)?;
                counts.refused += 1;
                teller.show(file, refused);
            }
        }
        bins.iter_mut().try_for_each(|bin| bin.close())?;
        teller.tell(counts).await?;
        Ok(())
    }
}

/// True if the first piece on its way must land before `next` may leave: there are enough on their way, there is no
/// other, or `next` goes on with the record that the last one ended with.
fn must_land(flights: &VecDeque<Flight>, next: Option<&Cut>) -> bool {
    let goes_on = |next: &Cut| flights.back().is_some_and(|last| last.cut.last.0 == next.first);
    !flights.is_empty() && (flights.len() >= IN_FLIGHT || next.is_none_or(goes_on))
}

/// Merges and cuts on a thread of its own.
fn cut(mut pieces: Pieces) -> Receiver<std::io::Result<Cut>> {
    let (sender, cuts) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        while let Some(cut) = pieces.next_cut().transpose() {
            let failed = cut.is_err();
            if sender.blocking_send(cut).is_err() || failed {
                break;
            }
        }
    });
    cuts
}
