//! Who waits for the committer: small batches, of citizens and operators, and large ones, of imports and of tidying up,
//! which go one at a time while small ones wait.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{Outcome, Turn};
use crate::store::Batch;

/// The most small batches in one group.
pub(super) const MAX_GROUP: usize = 256;
/// Past this many bytes a group takes no more batches, so that who is in it waits a few milliseconds at most.
pub(super) const MAX_GROUP_BYTES: usize = 4 << 20;
/// A batch of more changes is a large one: what a citizen or an operator does changes a dozen entries.
pub(super) const MAX_SMALL: usize = 32;

/// What the committer is asked.
pub(super) enum Ask {
    Commit(Request),
    Turn(Turn),
}

pub(super) struct Request {
    pub(super) batch: Batch,
    pub(super) reply: oneshot::Sender<Outcome>,
    /// Given back when the batch is answered.
    pub(super) place: OwnedSemaphorePermit,
}

impl Request {
    const fn is_large(&self) -> bool {
        self.batch.change.len() > MAX_SMALL
    }
}

/// Who waits.
pub(super) struct Queue {
    asks: Receiver<Ask>,
    small: Vec<Request>,
    small_bytes: usize,
    /// How many the group before had: they were just answered and are on their way back.
    expected: usize,
    large: VecDeque<Request>,
    /// What is to be done after all of them, before anybody who asks later.
    turn: Option<Turn>,
}

impl Queue {
    /// Those who ask through the other end of `asks`.
    pub(super) const fn of(asks: Receiver<Ask>) -> Self {
        Self {
            asks,
            small: Vec::new(),
            small_bytes: 0,
            expected: 1,
            large: VecDeque::new(),
            turn: None,
        }
    }

    /// Waits until somebody is there; false when nobody can ask any more. If the small group before had more, waits for as
    /// many, `window` at most. Who is alone never waits.
    pub(super) fn wait(&mut self, window: Duration) -> bool {
        self.take_in();
        if self.small.is_empty() && self.large.is_empty() && self.turn.is_none() {
            match self.asks.recv() {
                Ok(ask) => self.put(ask),
                Err(_) => return false,
            }
            self.take_in();
        }
        let deadline = Instant::now() + window;
        while self.large.is_empty() && !self.is_full() && self.small.len() < self.expected {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.asks.recv_timeout(left) {
                Ok(ask) => self.put(ask),
                Err(_) => break,
            }
        }
        true
    }

    /// The small batches that wait, up to the bounds of a group.
    pub(super) fn small(&mut self) -> Vec<Request> {
        self.take_in();
        if !self.small.is_empty() {
            self.expected = self.small.len();
        }
        self.small_bytes = 0;
        std::mem::take(&mut self.small)
    }

    /// The large batch that has waited longest.
    pub(super) fn large(&mut self) -> Option<Request> {
        self.take_in();
        self.large.pop_front()
    }

    /// True if a small batch waits.
    pub(super) fn has_small(&mut self) -> bool {
        self.take_in();
        !self.small.is_empty()
    }

    /// The turn that was asked for, once all who asked before it have had theirs.
    pub(super) fn turn(&mut self) -> Option<Turn> {
        let is_next = self.small.is_empty() && self.large.is_empty();
        self.turn.take_if(|_| is_next)
    }

    /// Takes in who asks now.
    fn take_in(&mut self) {
        while !self.is_full() {
            match self.asks.try_recv() {
                Ok(ask) => self.put(ask),
                Err(_) => break,
            }
        }
    }

    fn is_full(&self) -> bool {
        self.turn.is_some() || self.small.len() >= MAX_GROUP || self.small_bytes >= MAX_GROUP_BYTES
    }

    fn put(&mut self, ask: Ask) {
        match ask {
            Ask::Commit(request) if request.is_large() => self.large.push_back(request),
            Ask::Commit(request) => {
                self.small_bytes += request.batch.bytes();
                self.small.push(request);
            }
            Ask::Turn(turn) => self.turn = Some(turn),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
