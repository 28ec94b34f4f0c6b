//! Imports started from the console: entered at once, then taken in behind it, as `saqta import` takes them.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use saqta_data::desk::{Course, Desk, ImportStep};
use saqta_data::registry::csv::Plan;
use tokio::sync::OwnedSemaphorePermit;

use super::on_disk;
use crate::bulk::{self, Begun, NotBegun, Task, Unwatched, Watch};
use crate::config::Config;
use crate::failure::Failure;
use crate::intake::{self, Bin, FileBin, NoBin, Source};

/// How files are taken in, as configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Importing {
    /// The folder of the store.
    pub(crate) store: PathBuf,
    /// The folder in which rows are sorted; `None`: that of the store.
    pub(crate) temp: Option<PathBuf>,
    /// Whether they are sorted; `None`: those of large files.
    pub(crate) sort: Option<bool>,
}

impl Importing {
    /// Into the store at `store`.
    pub(crate) fn of(config: &Config, store: &Path) -> Self {
        Self {
            store: store.to_owned(),
            temp: config.path(config.file.temp.as_ref()),
            sort: config.file.sort,
        }
    }

    /// Enters the import of the file at `path` and gives its number; then it goes on in the background and has `place` until
    /// it is over. What becomes of it stands at the desk.
    pub(super) async fn start(
        &self,
        desk: Arc<dyn Desk>,
        path: PathBuf,
        plan: Plan,
        place: OwnedSemaphorePermit,
    ) -> Result<u64, String> {
        // A dry run shows the faults of the rows in the order of their lines, and writes nothing that sorting would speed up.
        let wish = if plan.dry_run { Some(false) } else { self.sort };
        let source = open(&path, plan).await?;
        let (inputs, mut rest) = on_disk(move || bulk::split(vec![source], wish).map_err(told)).await?;
        if let Some(source) = rest.pop() {
            return as_it_stands(desk, source, plan, place, None).await;
        }
        let task = Task::new(inputs, plan, &self.store, self.temp.clone());
        match bulk::begin_with_room(&desk, task).await {
            Ok(begun) => sorted(begun, &path, place),
            Err(NotBegun::NoPlace(why)) => {
                let source = open(&path, plan).await?;
                as_it_stands(desk, source, plan, place, Some(why)).await
            }
            Err(NotBegun::Other(failure)) => Err(told(failure)),
        }
    }
}

/// Goes on with an import that is sorted.
fn sorted(begun: Begun, path: &Path, place: OwnedSemaphorePermit) -> Result<u64, String> {
    let number = begun.numbers().first().copied();
    let number = number.ok_or("internal error")?;
    let mut bins: Vec<Box<dyn Bin>> = vec![Box::new(FileBin::beside(path))];
    tokio::spawn(async move {
        let watch: Arc<dyn Watch> = Arc::new(Unwatched);
        let _ = begun.run(&mut bins, &watch).await;
        drop(place);
    });
    Ok(number)
}

/// Enters `source` and takes its rows in as they stand; `why`, although they are many.
async fn as_it_stands(
    desk: Arc<dyn Desk>,
    source: Source,
    plan: Plan,
    place: OwnedSemaphorePermit,
    why: Option<Failure>,
) -> Result<u64, String> {
    let number = source.enter(&*desk).await.map_err(told)?;
    if let Some(why) = why {
        let step = ImportStep {
            course: Some(Course::Unsorted(why.to_string())),
            ..ImportStep::default()
        };
        // If it cannot be told, neither can the rows be taken, which will be.
        let _ = desk.tell_import(number, step).await;
    }
    let mut bin: Box<dyn Bin> = if plan.dry_run {
        Box::new(NoBin)
    } else {
        Box::new(FileBin::beside(&source.path))
    };
    tokio::spawn(async move {
        let _ = intake::take(&*desk, source, Some(number), &mut *bin, |_| ()).await;
        drop(place);
    });
    Ok(number)
}

async fn open(path: &Path, plan: Plan) -> Result<Source, String> {
    let path = path.to_owned();
    on_disk(move || Source::open(&path, plan).map_err(told)).await
}

/// Why it was not started, for the screen.
fn told(reason: impl Display) -> String {
    reason.to_string()
}
