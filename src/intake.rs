//! Takes a registry file in at a desk, chunk by chunk; what is refused goes into a file beside it. Used by
//! `saqta import` and by the console.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Cursor, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use saqta_data::desk::{Desk, DeskError, ImportHead};
use saqta_data::registry::csv::{Chunker, Cut, Plan};
use saqta_data::registry::list::Form;
use saqta_data::registry::{Ingested, Refused, Registry};

use crate::failure::{Failure, Outcome};

/// A registry whose header is known, or a bank's payment list.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// The length of its rows as CSV.
    pub(crate) bytes: u64,
    /// True if it is a payment list, which is no CSV.
    pub(crate) is_list: bool,
    plan: Plan,
    chunker: Chunker<Box<dyn BufRead + Send + Sync>>,
}

/// What became of rows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) accepted: u64,
    pub(crate) repeated: u64,
    pub(crate) refused: u64,
}

impl Counts {
    fn add(&mut self, ingested: &Ingested) {
        self.accepted += ingested.accepted;
        self.repeated += ingested.repeated;
        self.refused += ingested.refused.len() as u64;
    }
}

impl Source {
    /// Opens the file and reads its header; a payment list is read and checked whole.
    pub(crate) fn open(path: &Path, plan: Plan) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::of(path.display(), error);
        let file = File::open(path).map_err(|e| failed(&e))?;
        let mut bytes = file.metadata().map_err(|e| failed(&e))?.len();
        let mut file = BufReader::new(file);
        let form = Form::of(file.fill_buf().map_err(|e| failed(&e))?);
        let reader: Box<dyn BufRead + Send + Sync> = if let Some(form) = form {
            let rows = form.read(file).map_err(|e| failed(&e))?;
            bytes = rows.len() as u64;
            Box::new(Cursor::new(rows))
        } else {
            Box::new(file)
        };
        let chunker = Chunker::open(reader, plan).map_err(|e| failed(&e))?;
        Ok(Self {
            path: path.to_path_buf(),
            bytes,
            is_list: form.is_some(),
            plan,
            chunker,
        })
    }

    /// The name without its folders.
    pub(crate) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// The registry that its header names.
    pub(crate) const fn registry(&self) -> Registry {
        self.chunker.registry()
    }

    /// Enters the import at the desk; its number.
    pub(crate) async fn enter(&self, desk: &dyn Desk) -> Result<u64, DeskError> {
        let head = ImportHead {
            file: self.name(),
            bytes: self.bytes,
            registry: self.chunker.registry(),
            dry_run: self.plan.dry_run,
        };
        desk.begin_import(head).await
    }
}

/// Takes the file in as import `number`, if it was entered, and says at the desk that it is over. `so_far` is told the
/// bytes done after each piece. On failure the rows taken so far stay: the same file can be imported again.
pub(crate) async fn take(
    desk: &dyn Desk,
    mut source: Source,
    number: Option<u64>,
    bin: &mut dyn Bin,
    so_far: impl Fn(u64),
) -> Result<Counts, (Counts, Failure)> {
    let mut counts = Counts::default();
    let mut failed = None;
    loop {
        match take_next(desk, &mut source, number, bin).await {
            Ok(Some(ingested)) => {
                counts.add(&ingested);
                so_far(source.chunker.bytes_done());
            }
            Ok(None) => break,
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        }
    }
    let failed = failed.or_else(|| bin.close().err());
    if let Some(number) = number {
        let reason = failed.as_ref().map(ToString::to_string);
        // A desk that is away cannot be told; it will see that nothing more is heard.
        let _ = desk.end_import(number, reason).await;
    }
    match failed {
        None => Ok(counts),
        Some(failure) => Err((counts, failure)),
    }
}

async fn take_next(
    desk: &dyn Desk,
    source: &mut Source,
    number: Option<u64>,
    bin: &mut dyn Bin,
) -> Result<Option<Ingested>, Failure> {
    let ingested = match source.chunker.next_cut()? {
        None => return Ok(None),
        Some(Cut::Rows(mut chunk)) => {
            chunk.import = number;
            desk.ingest(chunk).await?
        }
        Some(Cut::Refused(refused)) => Ingested {
            refused: vec![refused],
            ..Ingested::default()
        },
    };
    for refused in &ingested.refused {
        bin.throw(refused)?;
    }
    Ok(Some(ingested))
}

/// Where refused rows go.
pub(crate) trait Bin: Send {
    /// Takes a refused row.
    fn throw(&mut self, refused: &Refused) -> Outcome;

    /// The file is done.
    fn close(&mut self) -> Outcome {
        Ok(())
    }
}

/// Nowhere: the desk keeps the first ones.
pub(crate) struct NoBin;

impl Bin for NoBin {
    fn throw(&mut self, _: &Refused) -> Outcome {
        Ok(())
    }
}

/// A refused row in a line.
pub(crate) fn line(Refused { line, reason, row }: &Refused) -> String {
    format!("line {line}: {reason}: {row}")
}

/// A file beside the one that the rows came from, for its owner alone.
pub(crate) struct FileBin {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl FileBin {
    /// The file `FILE.refused` of the registry at `source`; there is one only once a row is refused.
    pub(crate) fn beside(source: &Path) -> Self {
        Self {
            path: Self::path_beside(source),
            file: None,
        }
    }

    /// What it is called.
    pub(crate) fn path_beside(source: &Path) -> PathBuf {
        let mut path = source.as_os_str().to_owned();
        path.push(".refused");
        path.into()
    }

    /// Where the refused rows are, if there are any.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|_| self.path.as_path())
    }

    /// A file of our own making: whatever lay there, a link to elsewhere included, goes first.
    fn create(&self) -> std::io::Result<BufWriter<File>> {
        remove(&self.path)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.path)?;
        Ok(BufWriter::new(file))
    }
}

impl Bin for FileBin {
    fn throw(&mut self, refused: &Refused) -> Outcome {
        if self.file.is_none() {
            self.file = Some(self.create().map_err(|e| Failure::of(self.path.display(), e))?);
        }
        if let Some(file) = &mut self.file {
            writeln!(file, "{}", line(refused)).map_err(|e| Failure::of(self.path.display(), e))?;
        }
        Ok(())
    }

    /// Without refused rows, a file left by an earlier import of the same registry goes.
    fn close(&mut self) -> Outcome {
        match &mut self.file {
            Some(file) => file.flush().map_err(|e| Failure::of(self.path.display(), e)),
            None => Ok(remove(&self.path).map_err(|e| Failure::of(self.path.display(), e))?),
        }
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
