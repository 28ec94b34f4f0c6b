//! Reading the journal.

use super::{Office, StoredAnswer};
use crate::iin::Iin;
use crate::journal::{Entry, JournalFilter, JournalPage, JournalSlice, Numbered};
use crate::store::unit::Record;
use crate::store::{Order, Scan, StoreError, Tree};

/// The most lines of one page.
pub const MAX_JOURNAL_PAGE: usize = 1_000;

/// Lines looked at for one page of a filtered journal: some tens of milliseconds. A rare line is found by asking again.
const MAX_LOOKED_AT: usize = 20_000;

impl Office {
    /// At most `limit` lines of the journal (never more than [`MAX_JOURNAL_PAGE`]) that fit `filter`, oldest first.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn filtered_journal(
        &self,
        page: JournalPage,
        filter: &JournalFilter,
        limit: usize,
    ) -> Result<JournalSlice, StoreError> {
        let limit = limit.min(MAX_JOURNAL_PAGE);
        let step = if filter.is_empty() {
            limit
        } else {
            MAX_JOURNAL_PAGE
        };
        let (order, mut after) = direction(&page);
        let mut slice = JournalSlice::default();
        for _ in 0..MAX_LOOKED_AT / MAX_JOURNAL_PAGE {
            let looked_at = self.step(filter.iin, order, after, step).await?;
            slice.more = looked_at.len() == step;
            for line in looked_at {
                if slice.lines.len() == limit {
                    slice.more = true;
                    break;
                }
                slice.reached = Some(line.seq);
                if filter.fits(&line.entry) {
                    slice.lines.push(line);
                }
            }
            if !slice.more || slice.lines.len() == limit {
                break;
            }
            after = slice.reached;
        }
        if order == Order::Descending {
            slice.lines.reverse();
        }
        Ok(slice)
    }

    /// The next lines in this direction, of one person or of all.
    async fn step(
        &self,
        about: Option<Iin>,
        order: Order,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Numbered>, StoreError> {
        let Some(iin) = about else {
            let scan = Scan {
                order,
                after: after.map(|seq| seq.to_be_bytes().to_vec()),
                ..Scan::of(Tree::Journal, limit)
            };
            let entries = self.store.scan(scan).await?;
            let lines = entries.iter().filter_map(|(key, value)| numbered(key, value));
            return lines.collect();
        };
        let prefix = iin.number().to_be_bytes();
        let scan = Scan {
            prefix: prefix.to_vec(),
            order,
            after: after.map(|seq| [prefix, seq.to_be_bytes()].concat()),
            ..Scan::of(Tree::Asked, limit)
        };
        let mut lines = Vec::new();
        for (key, _) in self.store.scan(scan).await? {
            let seq = key.get(8..).unwrap_or_default();
            // A line that was dropped for its age may be named here until the next tidying up.
            if let Some(value) = self.store.get(Tree::Journal, seq).await? {
                lines.extend(numbered(seq, &value).transpose()?);
            }
        }
        Ok(lines)
    }

    /// The line of this sequence number, if it is kept.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn journal_line(&self, seq: u64) -> Result<Option<Entry>, StoreError> {
        self.record(&seq.to_be_bytes()).await
    }

    /// What was written and answered under this key, if it is kept.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn stored_answer(&self, key: &[u8]) -> Result<Option<StoredAnswer>, StoreError> {
        self.record(key).await
    }

    /// At most `limit` lines of the journal (never more than [`MAX_JOURNAL_PAGE`]), oldest first.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn journal(&self, page: JournalPage, limit: usize) -> Result<Vec<Numbered>, StoreError> {
        let slice = self
            .filtered_journal(page, &JournalFilter::default(), limit)
            .await?;
        Ok(slice.lines)
    }

    /// The newest `limit` lines about a person, newest first.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn asked(&self, iin: Iin, limit: usize) -> Result<Vec<Numbered>, StoreError> {
        self.step(Some(iin), Order::Descending, None, limit.min(MAX_JOURNAL_PAGE))
            .await
    }
}

fn direction(page: &JournalPage) -> (Order, Option<u64>) {
    match page {
        JournalPage::Newest => (Order::Descending, None),
        JournalPage::Before(seq) => (Order::Descending, Some(*seq)),
        JournalPage::After(seq) => (Order::Ascending, Some(*seq)),
    }
}

/// A journal line from its entry in the store; `None` for a key that is no sequence number, which `check` reports.
fn numbered(key: &[u8], value: &[u8]) -> Option<Result<Numbered, StoreError>> {
    let seq = u64::from_be_bytes(key.try_into().ok()?);
    Some(Entry::decode(value).map(|entry| Numbered { seq, entry }))
}

#[cfg(test)]
mod tests;
