//! Dropping what is too old, a bounded piece at a time. A server calls it every minute or so.
//!
//! A journal line about a person is also named in [`Tree::Asked`], under an IIN that the line itself, being masked,
//! does not hold. So lines are dropped first, and the mentions of all lines below the oldest one left are swept up
//! later by passing through that tree, page by page, at most one pass a day.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Office, day_key};
use crate::journal::Entry;
use crate::store::unit::Record;
use crate::store::{Batch, Key, MAX_SCAN, Scan, StoreError, Tree, Value, codec};

/// The key in [`Tree::Settings`] of how far the journal is dropped and swept.
pub(crate) const SWEEP: &str = "journal_sweep";
/// Entries of one tree that are dropped in one commit: a few milliseconds, which others wait for.
const PIECE: usize = 128;
/// Pieces of one tree in one call.
const PIECES: usize = 40;
/// An answer given on a day may be repeated for 48 hours, so up to the end of the second day after.
const ANSWER_DAYS: u64 = 2;

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Months that journal lines are kept.
    pub journal_months: u32,
    /// The most journal lines. One takes some 100 bytes and never over 500, its mention 16.
    pub journal_lines: u64,
}

impl Default for Retention {
    /// 13 months, 20 million lines.
    fn default() -> Self {
        Self {
            journal_months: 13,
            journal_lines: 20_000_000,
        }
    }
}

/// What one call dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Journal lines.
    pub journal: u64,
    /// Mentions of dropped journal lines.
    pub asked: u64,
    /// Answers older than 48 hours.
    pub answers: u64,
    /// Counters of past days.
    pub limits: u64,
    /// True if there is more to do at once.
    pub more: bool,
}

/// How far the journal is dropped, and the mentions of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JournalSweep {
    /// Lines below this sequence number are dropped.
    pub(crate) floor: u64,
    /// Mentions below this sequence number are swept.
    swept: u64,
    /// The day on which the last pass began.
    began: Option<NaiveDate>,
    /// The pass under way.
    pass: Option<Pass>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Pass {
    /// Mentions below this sequence number are dropped.
    floor: u64,
    /// The last key looked at.
    after: Option<Key>,
}

const SWEEP_VERSION: u8 = 1;

impl Record for JournalSweep {
    const TREE: Tree = Tree::Settings;

    fn encode(&self) -> Value {
        codec::seal(SWEEP_VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("state of the journal", SWEEP_VERSION, bytes)
    }
}

/// What is too old.
enum Old<'a> {
    /// Journal lines, as is said today, and so many in any case.
    Lines(&'a Retention, NaiveDate, u64),
    /// Entries of a tree of days before this one.
    Days(Tree, NaiveDate),
}

/// What a page of [`Office::sweep`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Swept {
    /// Entries dropped.
    dropped: u64,
    /// Where the next page begins; `None`: the tree is done.
    next: Option<Key>,
}

impl Office {
    /// Drops some of what is older than `keep` says, stored answers older than 48 hours and counters of past days: up to
    /// 5,120 of each. Of several gateways on one store that tidy up at once, one wins and the others do nothing.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn tidy(&self, keep: &Retention) -> Result<Tidied, StoreError> {
        let today = self.clock().today();
        let entries = self.store.figures().await?.entries;
        let lines = entries.get(Tree::Journal.name()).copied().unwrap_or_default();
        let excess = lines.saturating_sub(keep.journal_lines);
        let journal = self.drop(&Old::Lines(keep, today, excess)).await?;
        let asked = unless_conflict(self.drop_mentions(today).await)?;
        let horizon = today.checked_sub_days(Days::new(ANSWER_DAYS)).unwrap_or(today);
        let answers = self.drop(&Old::Days(Tree::Answers, horizon)).await?;
        let limits = self.drop(&Old::Days(Tree::Limits, today)).await?;
        let full = [journal, answers, limits].contains(&((PIECES * PIECE) as u64));
        Ok(Tidied {
            journal,
            asked,
            answers,
            limits,
            more: full || self.journal_sweep().await?.pass.is_some(),
        })
    }

    /// Drops piece after piece of what is `old`, up to [`PIECES`], until one is not full.
    async fn drop(&self, old: &Old<'_>) -> Result<u64, StoreError> {
        let mut all = 0;
        for _ in 0..PIECES {
            let dropped = match *old {
                Old::Lines(keep, today, excess) => {
                    let excess = excess.saturating_sub(all);
                    unless_conflict(self.drop_lines(keep, today, excess).await)?
                }
                Old::Days(tree, day) => self.drop_days(tree, day).await?,
            };
            all += dropped;
            if dropped < PIECE as u64 {
                break;
            }
        }
        Ok(all)
    }

    /// Drops the entries of a page of `tree` for which `drop` holds, unless they change meanwhile.
    async fn sweep(
        &self,
        tree: Tree,
        after: Option<Key>,
        limit: usize,
        drop: impl Fn(&[u8], &[u8]) -> bool + Send,
    ) -> Result<Swept, StoreError> {
        let limit = limit.clamp(1, MAX_SCAN);
        let page = self
            .store
            .scan(Scan {
                after,
                ..Scan::of(tree, limit)
            })
            .await?;
        let next = page.last().map(|(key, _)| key.clone());
        let next = next.filter(|_| page.len() == limit);
        let old: Vec<_> = page.into_iter().filter(|(key, value)| drop(key, value)).collect();
        let mut dropped = 0;
        for piece in old.chunks(PIECE) {
            let mut batch = Batch {
                removes: true,
                ..Batch::default()
            };
            for (key, value) in piece {
                batch.expect.push((tree, key.clone(), Some(value.clone())));
                batch.change.push((tree, key.clone(), None));
            }
            match self.store.commit(batch).await {
                Ok(_) => dropped += piece.len() as u64,
                // Somebody uses one of them again: the next pass comes by.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Swept { dropped, next })
    }

    pub(crate) async fn journal_sweep(&self) -> Result<JournalSweep, StoreError> {
        Ok(self.record(SWEEP.as_bytes()).await?.unwrap_or_default())
    }

    /// Drops the oldest journal lines that are too old, and `excess` of them in any case; a piece at most.
    async fn drop_lines(&self, keep: &Retention, today: NaiveDate, excess: u64) -> Result<u64, StoreError> {
        let excess = usize::try_from(excess).unwrap_or(usize::MAX);
        let horizon = today
            .checked_sub_months(Months::new(keep.journal_months))
            .unwrap_or(today);
        let page = self.store.scan(Scan::of(Tree::Journal, PIECE)).await?;
        let old = old_lines(&page, horizon).max(excess.min(page.len()));
        let Some(last) = old.checked_sub(1).and_then(|last| page.get(last)) else {
            return Ok(0);
        };
        let mut unit = self.begin().removing();
        let mut state = unit
            .read::<JournalSweep>(SWEEP.as_bytes())
            .await?
            .unwrap_or_default();
        state.floor = sequence(&last.0).saturating_add(1);
        unit.write(SWEEP.as_bytes(), &state);
        for (key, _) in page.iter().take(old) {
            unit.change(Tree::Journal, key, None);
        }
        unit.commit().await?;
        Ok(old as u64)
    }

    /// Drops mentions of journal lines that are gone, in the page that the pass under way has come to.
    async fn drop_mentions(&self, today: NaiveDate) -> Result<u64, StoreError> {
        let mut unit = self.begin().removing();
        let mut state = unit
            .read::<JournalSweep>(SWEEP.as_bytes())
            .await?
            .unwrap_or_default();
        if state.pass.is_none() && state.floor > state.swept && state.began != Some(today) {
            state.began = Some(today);
            state.pass = Some(Pass {
                floor: state.floor,
                after: None,
            });
        }
        let Some(mut pass) = state.pass.take() else {
            return Ok(0);
        };
        let gone = |key: &[u8], _: &[u8]| key.get(8..).is_some_and(|seq| sequence(seq) < pass.floor);
        let swept = self
            .sweep(Tree::Asked, pass.after.take(), PIECES * PIECE, gone)
            .await?;
        match swept.next {
            Some(next) => {
                state.pass = Some(Pass {
                    after: Some(next),
                    ..pass
                });
            }
            None => state.swept = pass.floor,
        }
        unit.write(SWEEP.as_bytes(), &state);
        unit.commit().await?;
        Ok(swept.dropped)
    }

    /// Drops the entries of days before `day`, at most [`PIECE`].
    async fn drop_days(&self, tree: Tree, day: NaiveDate) -> Result<u64, StoreError> {
        let page = self.store.scan(Scan::of(tree, PIECE)).await?;
        let horizon = day_key(day);
        let mut unit = self.begin().removing();
        let mut dropped = 0;
        for (key, _) in page
            .iter()
            .take_while(|(key, _)| key.as_slice() < horizon.as_slice())
        {
            unit.change(tree, key, None);
            dropped += 1;
        }
        if dropped > 0 {
            unit.commit().await?;
        }
        Ok(dropped)
    }
}

/// How many lines at the front are from before `horizon`. Damaged ones are as old as the next that can be read.
fn old_lines(page: &[(Key, Value)], horizon: NaiveDate) -> usize {
    let mut old = 0;
    for (at, (_, value)) in page.iter().enumerate() {
        match Entry::decode(value) {
            Ok(entry) if entry.at.day() < horizon => old = at + 1,
            Ok(_) => break,
            Err(_) => {}
        }
    }
    old
}

fn sequence(key: &[u8]) -> u64 {
    key.try_into().map(u64::from_be_bytes).unwrap_or_default()
}

fn unless_conflict(dropped: Result<u64, StoreError>) -> Result<u64, StoreError> {
    match dropped {
        Err(StoreError::Conflict) => Ok(0),
        other => other,
    }
}

#[cfg(test)]
mod tests;
