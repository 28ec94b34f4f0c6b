//! The notes of operators about a person: the newest [`MAX_NOTES`] are kept.

use std::time::Duration;

use super::LocalDesk;
use crate::clock::Timestamp;
use crate::desk::work::{MAX_NOTES, NOTES_ON_CARD, Note};
use crate::iin::Iin;
use crate::office::person_key;
use crate::store::unit::{Record, Unit};
use crate::store::{Key, Order, Scan, StoreError, Tree, Value, codec};

const VERSION: u8 = 1;

impl Record for Note {
    const TREE: Tree = Tree::Notes;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("note", VERSION, bytes)
    }
}

impl LocalDesk {
    /// Puts a note into the batch; the oldest ones go where there are too many.
    pub(super) async fn add_note(
        &self,
        unit: &mut Unit<'_>,
        iin: Iin,
        mut note: Note,
    ) -> Result<(), StoreError> {
        // Two notes of one millisecond, of two operators, are two notes.
        while unit.read::<Note>(&key(iin, note.at)).await?.is_some() {
            note.at = note.at.plus(Duration::from_millis(1));
        }
        unit.write(&key(iin, note.at), &note);
        for (old, _) in self
            .notes_of(iin, MAX_NOTES + 1)
            .await?
            .iter()
            .skip(MAX_NOTES - 1)
        {
            unit.change(Tree::Notes, old, None);
        }
        Ok(())
    }

    /// The newest notes, newest first, as many as a card shows.
    pub(super) async fn notes(&self, iin: Iin) -> Result<Vec<Note>, StoreError> {
        let entries = self.notes_of(iin, NOTES_ON_CARD).await?;
        entries.iter().map(|(_, value)| Note::decode(value)).collect()
    }

    async fn notes_of(&self, iin: Iin, limit: usize) -> Result<Vec<(Key, Value)>, StoreError> {
        let scan = Scan {
            prefix: person_key(iin).to_vec(),
            order: Order::Descending,
            ..Scan::of(Tree::Notes, limit)
        };
        self.office.store().scan(scan).await
    }
}

/// The IIN, then the time.
fn key(iin: Iin, at: Timestamp) -> Key {
    [person_key(iin), at.millis().to_be_bytes()].concat()
}
