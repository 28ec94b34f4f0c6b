//! Forgetting what is over, conversation by conversation.

use std::sync::PoisonError;
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::store::unit::Record;
use saqta_data::store::{Batch, Key, Scan, StoreError, Tree, Value};

use super::Exchange;
use super::records::Dialog;

/// A conversation silent for so long is forgotten whole. Longer than anything in it counts (a day), and long enough that
/// a phone is not told again and again how to get other languages.
const FORGET_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);
/// Conversations that are looked at together, and changed in one commit: a few milliseconds, which others wait for.
const PAGE: usize = 100;
/// Pages in one call.
const PAGES: usize = 10;

impl Exchange {
    /// Looks at the next conversations, up to 1,000, drops those silent for 30 days, and from the others
    /// what is over; gives how many it changed. Called every minute it goes through a million in 17 hours, round and round.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn tidy(&self) -> Result<usize, StoreError> {
        let mut changed = 0;
        for _ in 0..PAGES {
            changed += self.tidy_page().await?;
            if self.cursor().is_none() {
                break;
            }
        }
        Ok(changed)
    }

    async fn tidy_page(&self) -> Result<usize, StoreError> {
        let now = self.office.clock().now();
        let scan = Scan {
            after: self.cursor(),
            ..Scan::of(Tree::Dialogs, PAGE)
        };
        let page = self.office.store().scan(scan).await?;
        let last = page.last().map(|(key, _)| key.clone());
        let next = last.filter(|_| page.len() == PAGE);
        let mut batch = Batch {
            removes: true,
            ..Batch::default()
        };
        for (key, value) in page {
            let left = match what_is_left(&value, now) {
                Left::All => continue,
                Left::Some(less) => Some(less),
                Left::Nothing => None,
            };
            batch.expect.push((Tree::Dialogs, key.clone(), Some(value)));
            batch.change.push((Tree::Dialogs, key, left));
        }
        let changed = batch.change.len();
        if changed > 0 {
            match self.office.store().commit(batch).await {
                // A phone was heard meanwhile: the same page again.
                Err(StoreError::Conflict) => return Ok(0),
                done => done?,
            };
        }
        *self.tidied_to.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(changed)
    }

    fn cursor(&self) -> Option<Key> {
        let cursor = self.tidied_to.lock();
        cursor.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is to be kept of a conversation.
enum Left {
    All,
    Some(Value),
    Nothing,
}

/// What is to be kept of a conversation. One that cannot be read is kept for `saqta check` to tell.
fn what_is_left(value: &[u8], now: Timestamp) -> Left {
    let Ok(mut dialog) = Dialog::decode(value) else {
        return Left::All;
    };
    if now.since(dialog.heard_at) >= FORGET_AFTER {
        return Left::Nothing;
    }
    let before = (dialog.session.is_some(), dialog.asked.iins.len());
    dialog.forget(now);
    if before == (dialog.session.is_some(), dialog.asked.iins.len()) {
        Left::All
    } else {
        Left::Some(dialog.encode())
    }
}
