//! Taking rows into the store: grouped by the record they belong to, in the order of keys, durable group by group.

use super::Office;
use super::ledger::Ledger;
use super::merge::Merged;
use crate::registry::csv::{self, Line};
use crate::registry::row::Row;
use crate::registry::{Chunk, Ingested, Registry};
use crate::store::StoreError;

/// Records in one commit: few enough for who waits meanwhile, about a millisecond.
const GROUP: usize = 64;
/// Bytes of records read for one commit, beyond which it takes no further record: what is read is expected and changed
/// in one batch, which must stay well below [`crate::store::MAX_BATCH_BYTES`].
pub(super) const GROUP_BYTES: usize = 8 << 20;
/// How often a group is tried again when somebody changed its records meanwhile.
pub(super) const MAX_TRIES: usize = 10;

/// What a row is sorted and grouped by: the key of the record that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Number(u64),
    Code(String),
}

impl Owner {
    fn of(row: &Row) -> Self {
        match row {
            Row::Clinic(clinic) => Self::Code(clinic.code.clone()),
            Row::Phone(msisdn, _) => Self::Number(msisdn.number()),
            Row::Person(iin, _)
            | Row::Category(iin, _)
            | Row::Temporary(iin, _)
            | Row::Attachment(iin, _)
            | Row::Contribution(iin, _)
            | Row::Return(iin, _) => Self::Number(iin.number()),
        }
    }
}

impl Office {
    /// Takes the rows of `chunk`; when it returns, what it counts as accepted is on disk. After a failure the same
    /// chunk can be given again: what was taken is then repeated.
    ///
    /// # Errors
    /// Whatever the store says; groups of rows taken before stay.
    pub async fn ingest(&self, chunk: &Chunk) -> Result<Ingested, StoreError> {
        let mut ingested = Ingested::default();
        let mut rows = Vec::new();
        for line in csv::rows(chunk) {
            match &line.row {
                Ok(row) => rows.push((Owner::of(row), line)),
                Err(reason) => ingested.refused.push(line.refused(chunk, reason.clone())),
            }
        }
        // The sort is stable: rows of one record stay in the order of the file.
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut rest = rows.as_slice();
        while !rest.is_empty() {
            let (taken, used) = self.take(chunk, rest).await?;
            ingested.accepted += taken.accepted;
            ingested.repeated += taken.repeated;
            ingested.refused.extend(taken.refused);
            rest = rest.get(used..).unwrap_or_default();
        }
        ingested.refused.sort_by_key(|refused| refused.line);
        Ok(ingested)
    }

    /// Takes a group from the front of `rows`, again if others changed its records meanwhile. Returns with what became
    /// of it how many rows it has.
    async fn take(&self, chunk: &Chunk, rows: &[(Owner, Line)]) -> Result<(Ingested, usize), StoreError> {
        for _ in 1..MAX_TRIES {
            match self.try_take(chunk, rows).await {
                Err(StoreError::Conflict) => {}
                taken => return taken,
            }
        }
        self.try_take(chunk, rows).await
    }

    async fn try_take(&self, chunk: &Chunk, rows: &[(Owner, Line)]) -> Result<(Ingested, usize), StoreError> {
        let mut ledger = Ledger::new(self, chunk.data_date);
        let mut taken = Ingested::default();
        let (mut used, mut records, mut last) = (0, 0, None);
        for (owner, line) in rows {
            if last != Some(owner) {
                if is_full(chunk, records, ledger.bytes_read()) {
                    break;
                }
                (records, last) = (records + 1, Some(owner));
            }
            used += 1;
            let Ok(row) = &line.row else { continue };
            match ledger.enter(row).await? {
                Merged::Changed => taken.accepted += 1,
                Merged::Same => taken.repeated += 1,
                Merged::Refused(reason) => taken.refused.push(line.refused(chunk, reason)),
            }
        }
        if !chunk.dry_run {
            ledger.commit().await?;
        }
        Ok((taken, used))
    }
}

/// True if a group of so many records, so long when read, takes no more.
fn is_full(chunk: &Chunk, records: usize, bytes: usize) -> bool {
    // One person may be bound to the phones of several groups. A real run finds the bindings of the groups before in
    // the store; a dry run must keep them in mind to count the same.
    let one_group = chunk.dry_run && chunk.registry == Registry::Phones;
    !one_group && (records == GROUP || bytes >= GROUP_BYTES)
}

#[cfg(test)]
mod tests;
