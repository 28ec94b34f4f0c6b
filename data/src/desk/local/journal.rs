//! The journal as operators read it.

use super::LocalDesk;
use crate::desk::{DeskError, JournalFilter, JournalPage, JournalSlice, StoredAnswer};

impl LocalDesk {
    /// Lines that fit `filter`. Those of one person are a look-up of that person.
    pub(super) async fn journal_page(
        &self,
        page: JournalPage,
        filter: &JournalFilter,
        limit: usize,
    ) -> Result<JournalSlice, DeskError> {
        let lookup = self.begin("journal");
        let slice = self.office.filtered_journal(page, filter, limit).await?;
        if let Some(iin) = filter.iin {
            self.enter(lookup.about(iin, !slice.lines.is_empty())).await?;
        }
        Ok(slice)
    }

    /// What a citizen wrote and was answered at the line `seq`: a look-up of whomever the line is about.
    pub(super) async fn what_was_said(&self, seq: u64) -> Result<Option<StoredAnswer>, DeskError> {
        let lookup = self.begin("exchange");
        let Some(line) = self.office.journal_line(seq).await? else {
            return Ok(None);
        };
        if line.particulars.answer.is_empty() {
            return Ok(None);
        }
        let said = self.office.stored_answer(&line.particulars.answer).await?;
        if let Some(said) = &said {
            self.enter(lookup.about_subject(line.subject, said.about)).await?;
        }
        Ok(said)
    }
}
