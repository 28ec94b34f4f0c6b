//! Takes a registry file in at a desk, chunk by chunk; what is refused goes into a file beside it. Used by
//! `saqta import` and by the console.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Cursor, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use saqta_data::desk::{Desk, DeskError, ImportHead};
use saqta_data::registry::csv::{Chunker, Cut, Plan};
use saqta_data::registry::list::{Form, List, Unknown};
use saqta_data::registry::{Ingested, Refused, Registry};

use crate::failure::{Failure, Outcome};

/// A registry whose header is known, or a bank's payment list.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// The length of its rows as CSV.
    pub(crate) bytes: u64,
    /// What is not known of it, if it is a payment list, which is no CSV.
    pub(crate) list: Option<Aside>,
    plan: Plan,
    chunker: Chunker<Box<dyn BufRead + Send + Sync>>,
}

/// What is not known of a payment list.
pub(crate) struct Aside {
    pub(crate) unknown: Unknown,
    /// As it stands there.
    lines: Vec<u8>,
}

/// What became of rows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) accepted: u64,
    pub(crate) repeated: u64,
    pub(crate) refused: u64,
    /// Fields of a payment list that are not known.
    pub(crate) unknown: u64,
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
        let mut list = None;
        let reader: Box<dyn BufRead + Send + Sync> = if let Some(form) = form {
            let List { rows, unknown, aside } = form.read(file).map_err(|e| failed(&e))?;
            bytes = rows.len() as u64;
            list = Some(Aside {
                unknown,
                lines: aside,
            });
            Box::new(Cursor::new(rows))
        } else {
            Box::new(file)
        };
        let chunker = Chunker::open(reader, plan).map_err(|e| failed(&e))?;
        Ok(Self {
            path: path.to_path_buf(),
            bytes,
            list,
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
            file: place(&self.path),
            bytes: self.bytes,
            registry: self.chunker.registry(),
            dry_run: self.plan.dry_run,
            unknown: self
                .list
                .as_ref()
                .map(|list| list.unknown.clone())
                .unwrap_or_default(),
        };
        desk.begin_import(head).await
    }
}

/// Where a file lies, as whoever looks for what is written beside it finds it from any folder.
pub(crate) fn place(path: &Path) -> String {
    let place = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    place.to_string_lossy().into_owned()
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
    if let Some(list) = &source.list {
        counts.unknown = list.unknown.count();
        failed = bin.set_aside(&list.lines).err();
    }
    while failed.is_none() {
        match take_next(desk, &mut source, number, bin).await {
            Ok(Some(ingested)) => {
                counts.add(&ingested);
                so_far(source.chunker.bytes_done());
            }
            Ok(None) => break,
            Err(failure) => failed = Some(failure),
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

/// Where refused rows go, and what is not known of a payment list.
pub(crate) trait Bin: Send {
    /// Takes the lines of a payment list that are not known, perhaps none, before any of its rows is taken.
    fn set_aside(&mut self, _: &[u8]) -> Outcome {
        Ok(())
    }

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

/// Files beside the one that the rows came from, for its owner alone.
pub(crate) struct FileBin {
    source: PathBuf,
    refused: Option<BufWriter<File>>,
}

impl FileBin {
    /// The files `FILE.refused` and `FILE.unknown` of the registry at `source`; there is one only once it holds something.
    pub(crate) fn beside(source: &Path) -> Self {
        Self {
            source: source.to_path_buf(),
            refused: None,
        }
    }

    /// What the file of refused rows is called.
    pub(crate) fn refused_beside(source: &Path) -> PathBuf {
        beside(source, ".refused")
    }

    /// What the file is called that holds what is not known of a payment list.
    pub(crate) fn unknown_beside(source: &Path) -> PathBuf {
        beside(source, ".unknown")
    }

    /// Where the refused rows are, if there are any.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        let refused = self.refused.as_ref();
        refused.map(|_| Self::refused_beside(&self.source))
    }
}

fn beside(source: &Path, ending: &str) -> PathBuf {
    let mut path = source.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// A file of our own making: whatever lay there, a link to elsewhere included, goes first.
fn create(path: &Path) -> std::io::Result<BufWriter<File>> {
    remove(path)?;
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    Ok(BufWriter::new(file))
}

impl Bin for FileBin {
    /// Where all is known, a file left by an earlier import of the same list goes.
    fn set_aside(&mut self, lines: &[u8]) -> Outcome {
        let path = Self::unknown_beside(&self.source);
        let done = if lines.is_empty() {
            remove(&path)
        } else {
            create(&path).and_then(|mut file| file.write_all(lines).and_then(|()| file.flush()))
        };
        done.map_err(|e| Failure::of(path.display(), e))
    }

    fn throw(&mut self, refused: &Refused) -> Outcome {
        let path = Self::refused_beside(&self.source);
        let failed = |e| Failure::of(path.display(), e);
        let file = match &mut self.refused {
            Some(file) => file,
            none => none.insert(create(&path).map_err(failed)?),
        };
        writeln!(file, "{}", line(refused)).map_err(failed)
    }

    /// Without refused rows, a file left by an earlier import of the same registry goes.
    fn close(&mut self) -> Outcome {
        let path = Self::refused_beside(&self.source);
        let done = match &mut self.refused {
            Some(file) => file.flush(),
            None => remove(&path),
        };
        done.map_err(|e| Failure::of(path.display(), e))
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
