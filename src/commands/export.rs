//! `saqta export`: writes every registry out as CSV; of a damaged store what can be read of it.

use std::fs::{DirBuilder, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use saqta_data::desk::Desk;
use saqta_data::journal::Door;
use saqta_data::office::Office;
use saqta_data::registry::csv::Header;
use saqta_data::registry::{ExportPage, Registry};
use saqta_data::store::Left;
use saqta_data::store::sled::{Loss, Wreck};
use tempfile::NamedTempFile;

use super::{note, runtime};
use crate::cli::Export;
use crate::config::{self, Config};
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};

/// Rights of the folder that is made: what is written is personal data.
const FOLDER_MODE: u32 = 0o700;

/// Writes all eight files.
pub(super) fn run(args: &Export, config: &Config) -> Outcome {
    let store = config.store(args.store.store.as_deref())?;
    runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("export".into())).await;
        let opened = match opened {
            Err(failure) if failure.left != Left::Nothing => {
                return salvage(config, &store, &args.dir, failure).await;
            }
            opened => opened?,
        };
        let written = write_all(Pages::Desk(&*opened.desk), &args.dir).await;
        opened.close().await?;
        match written? {
            0 => Ok(()),
            _ => Err(Failure::new(AFTER_DAMAGE)),
        }
    })
}

/// What to do when something is missing.
const AFTER_DAMAGE: &str = "the store is damaged: what can be read of it is written; restore a backup and import the \
                            registries since then, or import what was written into a new store, and what is missing \
                            from the registries it came from";

/// Writes what can be read from the files of a store that cannot be opened for the reason `failure`.
async fn salvage(config: &Config, store: &Path, dir: &Path, failure: Failure) -> Outcome {
    note(&format!(
        "{failure}\nreading its files as they lie, without changing them"
    ))?;
    let path = store.to_owned();
    let wreck = tokio::task::spawn_blocking(move || Wreck::open(&path)).await??;
    let loss = wreck.loss().clone();
    let office = open::office(config, Arc::new(wreck), config::clock()?)?;
    let gaps = write_all(Pages::Wreck(&office), dir).await?;
    let missing = in_words(&loss);
    note(missing.as_deref().unwrap_or("nothing is known to be missing"))?;
    if missing.is_none() && gaps == 0 && failure.left == Left::Whole {
        return Ok(());
    }
    Err(Failure::new(AFTER_DAMAGE))
}

/// What is known to be missing; `None`: nothing.
fn in_words(loss: &Loss) -> Option<String> {
    let missing = loss.entries.iter().filter_map(|(tree, (found, counted))| {
        let counted = counted.filter(|counted| counted != found)?;
        Some(format!("{found} of {counted} {tree} found"))
    });
    let mut parts: Vec<String> = missing.collect();
    if loss.pages > 0 {
        parts.push(format!("{} pages cannot be read", loss.pages));
    }
    if loss.places > 0 {
        parts.push(format!(
            "{} places of what was written last cannot be read, so that some of what is written here may be older than \
             it was",
            loss.places
        ));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Where the rows come from.
#[derive(Clone, Copy)]
enum Pages<'a> {
    Desk(&'a dyn Desk),
    Wreck(&'a Office),
}

impl Pages<'_> {
    async fn page(self, registry: Registry, after: Option<Vec<u8>>) -> Result<ExportPage, Failure> {
        Ok(match self {
            Self::Desk(desk) => desk.export(registry, after).await?,
            Self::Wreck(office) => office.export(registry, after).await?,
        })
    }
}

/// Writes every registry to its file in `dir`. At how many places something could not be read.
async fn write_all(pages: Pages<'_>, dir: &Path) -> Result<usize, Failure> {
    make_folder(dir)?;
    let mut gaps = 0;
    for registry in Registry::ALL {
        let path = dir.join(registry.file_name());
        let written = write(pages, registry, &path)
            .await
            .map_err(|e| Failure::of(path.display(), e))?;
        let missing = match written.gaps {
            0 => String::new(),
            1 => ", and at one place some that cannot be read".to_owned(),
            gaps => format!(", and at {gaps} places some that cannot be read"),
        };
        note(&format!("{}: {} rows{missing}", path.display(), written.rows))?;
        gaps += written.gaps;
    }
    // The names are on disk, too.
    File::open(dir)?.sync_all()?;
    Ok(gaps)
}

/// What was written of a registry.
#[derive(Default)]
struct Written {
    rows: usize,
    /// Places of the store that could not be read.
    gaps: usize,
}

/// Makes the folder that files of personal data go to, if it is missing.
pub(super) fn make_folder(dir: &Path) -> Outcome {
    if dir.exists() && !dir.is_dir() {
        return Err(Failure::new(format!("{} is not a folder", dir.display())));
    }
    let made = DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(dir);
    let named = made.and_then(|()| match std::path::absolute(dir)?.parent().map(File::open) {
        // Its name is on disk, too. Whoever may not read the folder above did not make this one.
        Some(Ok(above)) => above.sync_all(),
        _ => Ok(()),
    });
    named.map_err(|e| Failure::of(dir.display(), e))
}

/// Writes a registry to a file of its own, which takes its name only when it is whole and on disk.
async fn write(pages: Pages<'_>, registry: Registry, path: &Path) -> Result<Written, Failure> {
    let dir = path.parent().unwrap_or_else(|| Path::new("."));
    // Readable by its owner alone from the start.
    let mut out = BufWriter::new(NamedTempFile::new_in(dir)?);
    writeln!(out, "{}", Header::line(registry))?;
    let (mut written, mut after) = (Written::default(), None);
    loop {
        let page = pages.page(registry, after).await?;
        written.rows += page.rows.lines().count();
        written.gaps += page.gaps;
        out.write_all(page.rows.as_bytes())?;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(written)
}
