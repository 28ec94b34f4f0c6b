//! What is done to a store as a whole while it is in use: backups, compaction, erasing a person.

use std::task::{Context, Poll};

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::{Desk, DeskError, Erased};
use crate::iin::Iin;
use crate::store::copy::Compacted;

/// The most pieces of a backup that wait for whoever takes them.
pub(super) const MAX_PIECES: usize = 8;

/// A backup on its way: the file piece by piece. It is whole only if the end came without an error; the file itself says
/// so too.
#[derive(Debug)]
pub struct Pieces(mpsc::Receiver<Result<Vec<u8>, DeskError>>);

impl Pieces {
    /// A way for pieces: they wait in it until they are taken.
    #[must_use]
    pub fn channel() -> (mpsc::Sender<Result<Vec<u8>, DeskError>>, Self) {
        let (sender, receiver) = mpsc::channel(MAX_PIECES);
        (sender, Self(receiver))
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// Why there is no more: what came before is of no use.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, DeskError> {
        self.0.recv().await.transpose()
    }

    /// [`Pieces::next`] for those who poll: the body of a response.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<u8>, DeskError>>> {
        self.0.poll_recv(context)
    }
}

/// What a senior operator may have done to the whole store. Each leaves a journal line before it begins. How far a copy
/// or a compaction has come is among the [`Figures`](super::Figures).
#[async_trait]
pub trait Upkeep: Send + Sync + std::fmt::Debug {
    /// A backup of the store at one instant. It ends with an error if nobody takes its pieces any more.
    async fn backup(&self) -> Result<Pieces, DeskError>;

    /// Writes the store anew, without what was removed or replaced. Goes on if nobody waits for it any more.
    async fn compact(&self) -> Result<Compacted, DeskError>;

    /// Removes all that is kept about `iin` and puts a random token in its place in the journal. In the files it can
    /// still be read until [`Upkeep::compact`]. Goes on if nobody waits for it any more.
    async fn erase(&self, iin: Iin) -> Result<Erased, DeskError>;
}

/// A desk at which all of it can be asked for.
pub trait WholeDesk: Desk + Upkeep {}

impl<T: Desk + Upkeep> WholeDesk for T {}
