//! Taking rows into the store: grouped by the record they belong to, in the order of keys, durable group by group.

use super::Office;
use super::ledger::Ledger;
use super::merge::Merged;
use crate::registry::csv::{self, Line};
use crate::registry::row::Row;
use crate::registry::{Chunk, Ingested};
use crate::store::StoreError;

/// Records in one commit: enough for the disk to be no bottleneck, few enough for other writers to get in between.
const GROUP: usize = 256;
/// How often a group is tried again when somebody changed its records meanwhile.
const MAX_TRIES: usize = 10;

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
            // A dry run counts as if each group found the ones before it written, so it takes all as one.
            let records = if chunk.dry_run { usize::MAX } else { GROUP };
            let (group, after) = rest
                .split_at_checked(group_len(rest, records))
                .unwrap_or((rest, &[]));
            self.take(chunk, group, &mut ingested).await?;
            rest = after;
        }
        ingested.refused.sort_by_key(|refused| refused.line);
        Ok(ingested)
    }

    /// Takes a group, again if others changed its records meanwhile.
    async fn take(
        &self,
        chunk: &Chunk,
        group: &[(Owner, Line)],
        ingested: &mut Ingested,
    ) -> Result<(), StoreError> {
        for _ in 1..MAX_TRIES {
            match self.try_take(chunk, group).await {
                Err(StoreError::Conflict) => {}
                taken => return taken.map(|taken| add(ingested, taken)),
            }
        }
        self.try_take(chunk, group)
            .await
            .map(|taken| add(ingested, taken))
    }

    async fn try_take(&self, chunk: &Chunk, group: &[(Owner, Line)]) -> Result<Ingested, StoreError> {
        let mut ledger = Ledger::new(self, chunk.data_date);
        let mut taken = Ingested::default();
        for (_, line) in group {
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
        Ok(taken)
    }
}

/// How many of the sorted rows belong to the first `records` records.
fn group_len(rows: &[(Owner, Line)], records: usize) -> usize {
    let mut seen = 0;
    let mut last = None;
    let new_record = |(owner, _): &(Owner, Line)| {
        seen += usize::from(last.as_ref() != Some(owner));
        last = Some(owner.clone());
        seen > records
    };
    rows.iter().position(new_record).unwrap_or(rows.len())
}

fn add(sum: &mut Ingested, taken: Ingested) {
    sum.accepted += taken.accepted;
    sum.repeated += taken.repeated;
    sum.refused.extend(taken.refused);
}

#[cfg(test)]
mod tests;
