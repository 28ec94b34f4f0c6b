//! `saqta export`: writes every registry out as CSV; of a damaged store what can be read of it.

use std::fs::{DirBuilder, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use saqta_data::desk::Desk;
use saqta_data::journal::Door;
use saqta_data::registry::Registry;
use saqta_data::registry::csv::Header;
use tempfile::NamedTempFile;

use super::{note, runtime};
use crate::cli::Export;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};

/// Rights of the folder that is made: what is written is personal data.
const FOLDER_MODE: u32 = 0o700;

/// Writes all eight files.
pub(super) fn run(args: &Export, config: &Config) -> Outcome {
    let store = config.store(args.store.store.as_deref())?;
    runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("export".into())).await?;
        let written = write_all(&*opened.desk, &args.dir).await;
        opened.close().await?;
        written
    })
}

async fn write_all(desk: &dyn Desk, dir: &Path) -> Outcome {
    make_folder(dir)?;
    let mut gaps = 0;
    for registry in Registry::ALL {
        let path = dir.join(registry.file_name());
        let written = write(desk, registry, &path)
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
    if gaps == 0 {
        return Ok(());
    }
    Err(Failure::new(
        "the store is damaged: what can be read of it is written; restore a backup and import the registries since \
         then, or import what was written into a new store, and what is missing from the registries it came from",
    ))
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
    made.map_err(|e| Failure::of(dir.display(), e))
}

/// Writes a registry to a file of its own, which takes its name only when it is whole and on disk.
async fn write(desk: &dyn Desk, registry: Registry, path: &Path) -> Result<Written, Failure> {
    let dir = path.parent().unwrap_or_else(|| Path::new("."));
    // Readable by its owner alone from the start.
    let mut out = BufWriter::new(NamedTempFile::new_in(dir)?);
    writeln!(out, "{}", Header::line(registry))?;
    let (mut written, mut after) = (Written::default(), None);
    loop {
        let page = desk.export(registry, after).await?;
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
