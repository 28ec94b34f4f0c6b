//! Backups, compaction and erasing at the desk of this process.

use std::io::{self, Write};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::LocalDesk;
use crate::desk::upkeep::{Pieces, Upkeep};
use crate::desk::{DeskError, Erased, OperatorRole, erase};
use crate::iin::Iin;
use crate::journal::Subject;
use crate::office::{BackupWriter, fresh_number};
use crate::store::copy::Compacted;

/// Bytes of a piece of a backup.
const PIECE_BYTES: usize = 256 << 10;

#[async_trait]
impl Upkeep for LocalDesk {
    async fn backup(&self) -> Result<Pieces, DeskError> {
        self.needs(OperatorRole::Senior)?;
        let people = self
            .office
            .store()
            .figures()
            .await?
            .entries
            .get("people")
            .copied();
        let people = usize::try_from(people.unwrap_or_default()).unwrap_or(usize::MAX);
        self.enter(self.begin("backup").about_many(people)).await?;
        let (sender, pieces) = Pieces::channel();
        let out = PieceWriter::new(sender.clone());
        let made_at = self.office.clock().now();
        let office = self.office.clone();
        tokio::spawn(async move {
            let done = match BackupWriter::begin(out, made_at) {
                Ok(writer) => {
                    let copied = office.store().copy(Box::new(writer), Arc::default()).await;
                    copied.map_err(DeskError::from)
                }
                Err(error) => Err(DeskError::Store(error.to_string())),
            };
            if let Err(error) = done {
                // Nobody may listen any more.
                let _ = sender.send(Err(error)).await;
            }
        });
        Ok(pieces)
    }

    async fn compact(&self) -> Result<Compacted, DeskError> {
        self.needs(OperatorRole::Senior)?;
        self.enter(self.begin("compact").about_the_store()).await?;
        Ok(self.office.store().compact(Arc::default()).await?)
    }

    async fn erase(&self, iin: Iin) -> Result<Erased, DeskError> {
        self.needs(OperatorRole::Senior)?;
        // What nobody can guess or count back to a person.
        let token = u64::from_be_bytes(fresh_number()?);
        let lookup = self.begin("erase").removing();
        self.enter(lookup.about_subject(Some(Subject::Erased(token)), None))
            .await?;
        // On its own: it goes on if nobody waits for it any more.
        let office = self.office.clone();
        let erasing = tokio::spawn(async move { erase::run(&office, iin, token).await });
        let ended_early = |_| DeskError::Store("the erasure ended early".into());
        Ok(erasing.await.map_err(ended_early)??)
    }
}

/// Cuts what is written into pieces and waits until there is room for each.
struct PieceWriter {
    pieces: mpsc::Sender<Result<Vec<u8>, DeskError>>,
    piece: Vec<u8>,
}

impl PieceWriter {
    fn new(pieces: mpsc::Sender<Result<Vec<u8>, DeskError>>) -> Self {
        Self {
            pieces,
            piece: Vec::with_capacity(PIECE_BYTES),
        }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        // Called on a thread of its own, by the copy.
        let sent = self.pieces.blocking_send(Ok(piece));
        sent.map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "nobody takes it any more"))
    }
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
