//! Dropping conversations that ended long ago.

use std::sync::PoisonError;
use std::time::Duration;

use saqta_data::store::unit::Record;
use saqta_data::store::{Batch, Scan, StoreError, Tree};

use super::Exchange;
use super::records::Dialog;

/// A conversation silent for so long is forgotten. Longer than anything in it counts (a day), and long enough that a
/// phone is not told again and again how to get other languages.
const FORGET_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);
/// The most conversations looked at in one call.
const PAGE: usize = 1_000;

impl Exchange {
    /// Looks at the next conversations, up to 1,000, forgets those silent for 30 days, and gives how many it
    /// forgot. Called every minute it goes through a million in 17 hours, round and round.
    ///
    /// # Errors
    /// Whatever the store says; conversations that moved meanwhile are left for the next round.
    pub async fn tidy(&self) -> Result<usize, StoreError> {
        let now = self.office.clock().now();
        let scan = Scan {
            after: self.cursor(),
            ..Scan::of(Tree::Dialogs, PAGE)
        };
        let page = self.office.store().scan(scan).await?;
        let last = page.last().map(|(key, _)| key.clone());
        let next = last.filter(|_| page.len() == PAGE);
        let mut batch = Batch::default();
        for (key, value) in page {
            // A value that cannot be read is left for `saqta check` to tell.
            if Dialog::decode(&value).is_ok_and(|dialog| now.since(dialog.heard_at) >= FORGET_AFTER) {
                batch.expect.push((Tree::Dialogs, key.clone(), Some(value)));
                batch.change.push((Tree::Dialogs, key, None));
            }
        }
        let forgotten = batch.change.len();
        if forgotten > 0 {
            self.office.store().commit(batch).await?;
        }
        *self.tidied_to.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(forgotten)
    }

    fn cursor(&self) -> Option<saqta_data::store::Key> {
        self.tidied_to
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
