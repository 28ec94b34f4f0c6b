//! A copy of the whole database while it is written to: page by page in the order of keys, then what was changed
//! meanwhile, again and again until that is little, and the rest between two groups, when nothing changes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::committer::{Committer, Door};
use super::database::Database;
use crate::store::copy::{Progress, Sink};
use crate::store::group::Beneath;
use crate::store::{Key, Scan, StoreError, Tree, Value};

/// Entries read at a time: a person has some hundred bytes.
pub(super) const PAGE: usize = 2_000;
/// The most changed keys that are remembered: a hundred megabytes. They are taken out page by page, so that so many
/// come together only if the sink stands still.
const MAX_CHANGED: usize = 1_000_000;
/// The most changed keys that are copied while everybody who commits waits: some tens of milliseconds.
const MAX_LAST: usize = 1_000;
/// How often the copy tries to have so few left.
const MAX_ROUNDS: usize = 1_000;

/// The keys changed since a copy began.
#[derive(Debug, Default)]
pub(super) struct Follow {
    changed: Mutex<BTreeSet<(Tree, Key)>>,
    /// Some are not remembered.
    lost: AtomicBool,
}

impl Follow {
    /// Remembers keys that were changed and are on disk.
    pub(super) fn note(&self, keys: impl Iterator<Item = (Tree, Key)>) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.extend(keys);
        if changed.len() > MAX_CHANGED {
            self.lost.store(true, Ordering::Relaxed);
            changed.clear();
        }
    }

    /// The keys changed since the last call.
    pub(super) fn take(&self) -> Result<BTreeSet<(Tree, Key)>, StoreError> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lost.load(Ordering::Relaxed) {
            return Err(StoreError::Failed(
                "too much was written meanwhile for a copy to follow; try again when less is written".into(),
            ));
        }
        Ok(std::mem::take(&mut *changed))
    }

    /// True if the rest can be copied while nothing changes.
    fn is_nearly_done(&self) -> bool {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.len() <= MAX_LAST
    }
}

/// What came of a turn on the committer.
enum Turned<S, T> {
    /// Too much was changed again.
    NotYet(S),
    Done(T),
}

/// Copies everything into `sink`. When little is left `last` is called, on the committer, to put the rest in.
pub(super) fn copy<S: Sink + 'static, T: Send + 'static>(
    database: &Database,
    door: &Door,
    mut sink: S,
    progress: &Progress,
    last: impl Fn(&mut Committer, &Follow, S) -> Result<T, StoreError> + Clone + Send + 'static,
) -> Result<T, StoreError> {
    let follow = Arc::new(Follow::default());
    let follower = Arc::downgrade(&follow);
    let total = door.between(move |committer| {
        committer.follower = follower;
        committer.writer.counters.total()
    })?;
    progress.begin(total);
    copy_pages(database, &follow, &mut sink, progress)?;
    for _ in 0..MAX_ROUNDS {
        while !follow.is_nearly_done() {
            go_on(progress)?;
            put(database, follow.take()?, &mut sink)?;
        }
        sink.flush()?;
        go_on(progress)?;
        let (follow, last) = (Arc::clone(&follow), last.clone());
        let turn = door.between(move |committer| match committer.broken() {
            Some(error) => Err(error),
            None if !follow.is_nearly_done() => Ok(Turned::NotYet(sink)),
            None => last(committer, &follow, sink).map(Turned::Done),
        })??;
        match turn {
            Turned::Done(done) => return Ok(done),
            Turned::NotYet(unfinished) => sink = unfinished,
        }
    }
    Err(StoreError::Failed(
        "so much is written that a copy never catches up; try again when less is written".into(),
    ))
}

fn copy_pages(
    database: &Database,
    follow: &Follow,
    sink: &mut impl Sink,
    progress: &Progress,
) -> Result<(), StoreError> {
    for tree in Tree::ALL {
        let mut after = None;
        loop {
            go_on(progress)?;
            let scan = Scan {
                after,
                ..Scan::of(tree, PAGE)
            };
            let page = database.scan(&scan)?;
            for (key, value) in &page {
                sink.put(tree, key, Some(value))?;
            }
            progress.advance(page.len());
            let is_last = page.len() < PAGE;
            // What lies ahead is read with its page.
            let behind = |(other, key): &(Tree, Key)| {
                *other < tree
                    || (*other == tree && (is_last || page.last().is_some_and(|(last, _)| key <= last)))
            };
            let mut changed = follow.take()?;
            changed.retain(behind);
            put(database, changed, sink)?;
            if is_last {
                break;
            }
            after = page.into_iter().next_back().map(|(key, _)| key);
        }
    }
    Ok(())
}

/// An entry as it is; without a value it is there no more.
pub(super) type Entry = (Tree, Key, Option<Value>);

/// The entries of `keys` as they are now.
fn entries(
    database: &Database,
    keys: BTreeSet<(Tree, Key)>,
) -> impl Iterator<Item = Result<Entry, StoreError>> + '_ {
    keys.into_iter().map(|(tree, key)| {
        let value = database.value(tree, &key)?;
        Ok((tree, key, value))
    })
}

/// Puts `keys` into the sink as they are now.
fn put(database: &Database, keys: BTreeSet<(Tree, Key)>, sink: &mut impl Sink) -> Result<(), StoreError> {
    for entry in entries(database, keys) {
        let (tree, key, value) = entry?;
        sink.put(tree, &key, value.as_deref())?;
    }
    Ok(())
}

/// What was changed last, at most [`MAX_LAST`] entries; to be called on the committer, which must not wait for a sink that
/// may be at the other end of a connection.
pub(super) fn last(committer: &Committer, follow: &Follow) -> Result<Vec<Entry>, StoreError> {
    entries(&committer.database, follow.take()?).collect()
}

fn go_on(progress: &Progress) -> Result<(), StoreError> {
    if progress.is_stopped() {
        return Err(StoreError::Closed);
    }
    Ok(())
}
