//! A large import: all rows of all files are sorted by person, then loaded in that order, each person once. What is done
//! is noted in a temporary folder, so that the same command goes on after any interruption.

use std::collections::{BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use saqta_data::desk::{Desk, DeskError};
use saqta_data::registry::csv::Plan;
use saqta_data::registry::sorted::{
    self, Bounds, Checkpoint, Counted, Cut, Cutting, Folder, Input, Job, Loaded, Merge, Part, Piece, Pieces,
    Refusals, Spool, Start, Stopped, bytes_in,
};
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::intake::Bin;

mod ended;
mod room;
mod tell;
#[cfg(test)]
mod tests;

use ended::Ended;
pub(crate) use room::{Room, check_room, in_words};
use tell::Teller;

/// Pieces on their way at a time: one is merged while the one before is written.
const IN_FLIGHT: usize = 3;
/// How often the desk hears of an import whose rows are still being sorted.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// What is to be imported.
#[derive(Debug)]
pub(crate) struct Task {
    /// The files; none of clinics, which are no rows of people.
    pub(crate) inputs: Vec<Input>,
    pub(crate) plan: Plan,
    pub(crate) store: PathBuf,
    /// The folder that the temporary one is made in; `None`: that of the store.
    pub(crate) temp: Option<PathBuf>,
    pub(crate) bounds: Bounds,
}

/// Who watches.
pub(crate) trait Watch: Send + Sync {
    /// A phase begins, which is over at `total`.
    fn begin(&self, phase: &'static str, total: u64);
    /// It is so far.
    fn at(&self, done: u64);
    /// It is over, having dealt with so many rows in this run.
    fn end(&self, rows: u64);
}

impl Task {
    /// The temporary folder: its name says which files go into which store, so that two imports do not meet in it.
    pub(crate) fn folder(&self) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        self.store.hash(&mut hasher);
        for input in &self.inputs {
            input.path().hash(&mut hasher);
        }
        let name = format!("{}{:016x}", folders_of(&self.store), hasher.finish());
        match &self.temp {
            Some(temp) => temp.join(name),
            None => self.store.with_file_name(name),
        }
    }

    /// What it is known again by.
    fn job(&self) -> Job {
        Job::new(&self.inputs, &self.store, self.plan.data_date, self.plan.dry_run)
    }

    /// Bytes of all files.
    fn bytes(&self) -> u64 {
        self.inputs.iter().map(Input::bytes).sum()
    }
}

/// What the names of the temporary folders of imports into the store at `store` begin with.
fn folders_of(store: &Path) -> String {
    let name = store.file_name().unwrap_or_default().to_string_lossy();
    format!("{name}.sorting-")
}

/// The temporary folders of imports into the store at `store` that were broken off, beside it and in `temp`.
pub(crate) fn broken_off(store: &Path, temp: Option<&Path>) -> Vec<PathBuf> {
    let beside = std::path::absolute(store).ok();
    let beside = beside.as_deref().and_then(Path::parent);
    let wanted = folders_of(store);
    let mut found = Vec::new();
    for entry in beside
        .into_iter()
        .chain(temp)
        .filter_map(|dir| dir.read_dir().ok())
    {
        let ours = entry.flatten().filter(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().starts_with(&wanted)
        });
        found.extend(ours.map(|entry| entry.path()));
    }
    found.sort();
    found.dedup();
    found
}

/// Imports all of it at `desk`. The refused rows of each file go into its bin, of `bins`. What became of the rows, file by
/// file; after an interruption the rows loaded before it are counted as they were then.
pub(crate) async fn take(
    desk: &Arc<dyn Desk>,
    task: Task,
    bins: &mut [Box<dyn Bin>],
    watch: &Arc<dyn Watch>,
) -> Result<Vec<Counted>, Failure> {
    let path = task.folder();
    let job = task.job();
    let now = desk.load(empty(None)).await?;
    let start = Start {
        erasure: now.erasure,
        bytes: bytes_in(&task.store),
    };
    let folder = Folder::open(&path, &job, start).map_err(|stopped| match stopped {
        Stopped::Damaged { .. } => Ended::from(stopped).told(&path),
        // It says itself what to do.
        stopped => stopped.into(),
    })?;
    if !task.plan.dry_run {
        // Before anything is read: is what was sorted still to be loaded?
        let wanted = desk.load(empty(Some(folder.start().erasure))).await;
        wanted.map_err(|error| Ended::from(error).told(&path))?;
    }
    let mut checkpoint = folder.checkpoint();
    checkpoint.counts.resize(task.inputs.len(), Counted::default());
    let mut teller = Teller::new(Arc::clone(desk), &task.inputs, &checkpoint.counts);
    if !task.plan.dry_run {
        checkpoint.imports = teller.enter(&task.inputs, &checkpoint.imports).await?;
        folder.keep(&checkpoint)?;
    }
    let run = Run {
        desk: Arc::clone(desk),
        task: Arc::new(task),
        watch: Arc::clone(watch),
    };
    let taken = run.all(folder, checkpoint, &mut teller, bins).await;
    teller.end(taken.as_ref().err().map(Ended::to_string)).await;
    taken.map_err(|ended| ended.told(&path))
}

/// A piece without records, which is taken if one with records would be.
const fn empty(erasure: Option<u64>) -> Piece {
    Piece {
        part: Part::People,
        token: 0,
        erasure,
        last: false,
        data_date: None,
        dry_run: false,
        records: Vec::new(),
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
    async fn sort(&self, folder: Folder, teller: &Teller) -> Result<Folder, Ended> {
        let before = folder.rows();
        self.watch.begin("sorting", self.task.bytes());
        let (task, watch) = (Arc::clone(&self.task), Arc::clone(&self.watch));
        let mut sorting = tokio::task::spawn_blocking(move || {
            let mut folder = folder;
            let progress = |progress: sorted::Progress| watch.at(progress.bytes);
            sorted::sort(&mut folder, &task.inputs, task.bounds, &progress).map(|()| folder)
        });
        loop {
            match tokio::time::timeout(HEARTBEAT, &mut sorting).await {
                Ok(sorted) => {
                    let folder = sorted??;
                    self.watch.end(folder.rows() - before);
                    return Ok(folder);
                }
                Err(_) => teller.heartbeat().await?,
            }
        }
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
            Part::People => "loading people",
            Part::Phones => "loading phones",
        };
        self.watch.begin(phase, folder.records(part));
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
