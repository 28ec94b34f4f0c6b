//! Reading the journal.

use super::Office;
use crate::iin::Iin;
use crate::journal::{Entry, JournalFilter, JournalPage, JournalSlice, Numbered};
use crate::store::unit::Record;
use crate::store::{Order, Scan, StoreError, Tree};

/// The most lines of one page.
pub const MAX_JOURNAL_PAGE: usize = 1_000;

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
        let mut lines = self.journal(page, limit).await?;
        lines.retain(|line| filter.fits(&line.entry));
        Ok(JournalSlice { lines, reached: None })
    }

    /// At most `limit` lines of the journal (never more than [`MAX_JOURNAL_PAGE`]), oldest first.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn journal(&self, page: JournalPage, limit: usize) -> Result<Vec<Numbered>, StoreError> {
        let (order, after) = match page {
            JournalPage::Newest => (Order::Descending, None),
            JournalPage::Before(seq) => (Order::Descending, Some(seq)),
            JournalPage::After(seq) => (Order::Ascending, Some(seq)),
        };
        let scan = Scan {
            order,
            after: after.map(|seq| seq.to_be_bytes().to_vec()),
            ..Scan::of(Tree::Journal, limit.min(MAX_JOURNAL_PAGE))
        };
        let entries = self.store.scan(scan).await?;
        let lines = entries.iter().filter_map(|(key, value)| numbered(key, value));
        let mut lines: Vec<_> = lines.collect::<Result<_, _>>()?;
        if order == Order::Descending {
            lines.reverse();
        }
        Ok(lines)
    }

    /// The newest `limit` lines about a person, newest first.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn asked(&self, iin: Iin, limit: usize) -> Result<Vec<Numbered>, StoreError> {
        let scan = Scan {
            prefix: iin.number().to_be_bytes().to_vec(),
            order: Order::Descending,
            ..Scan::of(Tree::Asked, limit.min(MAX_JOURNAL_PAGE))
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
}

/// A journal line from its entry in the store; `None` for a key that is no sequence number, which `check` reports.
fn numbered(key: &[u8], value: &[u8]) -> Option<Result<Numbered, StoreError>> {
    let seq = u64::from_be_bytes(key.try_into().ok()?);
    Some(Entry::decode(value).map(|entry| Numbered { seq, entry }))
}

#[cfg(test)]
mod tests;
