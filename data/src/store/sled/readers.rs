//! Reads that may have to wait for the disk: a few at a time, off the threads that serve, with a deadline. Large ones - of
//! sorted imports, exports, searches, journal pages, what is looked through now and then - have readers of their own, so that
//! no citizen's message waits behind them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::store::StoreError;

/// The most reads that wait for a reader; more are refused at once.
const MAX_WAITING: usize = 1024;

/// The share of the readers that large reads have besides.
const LARGE_SHARE: usize = 2;
/// So many times longer may a large read take, the wait for its reader included: nobody gives up on it in two seconds.
const LARGE_PATIENCE: u32 = 5;

/// How much is read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// What a citizen or an operator asks for.
    Small,
    /// What goes through many entries.
    Large,
}

/// A small pool of readers.
#[derive(Debug)]
pub(super) struct Readers {
    pub(super) free: Arc<Semaphore>,
    pub(super) free_for_large: Arc<Semaphore>,
    waiting: AtomicUsize,
    deadline: Duration,
}

/// Counts a read as waiting for as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Readers {
    /// `count` readers, and half as many for large reads; a read not done within `deadline`, a large one within five of them,
    /// is given up.
    pub(super) fn new(count: usize, deadline: Duration) -> Self {
        let count = count.clamp(1, MAX_WAITING);
        Self {
            free: Arc::new(Semaphore::new(count)),
            free_for_large: Arc::new(Semaphore::new(count.div_ceil(LARGE_SHARE))),
            waiting: AtomicUsize::new(0),
            deadline,
        }
    }

    /// Does `read` on a reader. A read that is given up keeps its reader until it is done, so that a dead disk never
    /// collects threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        size: Size,
        read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if before >= MAX_WAITING {
            return Err(StoreError::Slow);
        }
        let (free, deadline) = match size {
            Size::Small => (&self.free, self.deadline),
            Size::Large => (&self.free_for_large, self.deadline * LARGE_PATIENCE),
        };
        let free = Arc::clone(free);
        let done = tokio::time::timeout(deadline, async move {
            let reader = free.acquire_owned().await.map_err(|_| StoreError::Closed)?;
            let work = tokio::task::spawn_blocking(move || {
                let found = read();
                drop(reader);
                found
            });
            work.await
                .map_err(|_| StoreError::Failed("a reader ended early".into()))?
        });
        done.await.unwrap_or(Err(StoreError::Slow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_read_that_takes_too_long_is_given_up_and_keeps_its_reader() {
        let readers = Readers::new(1, Duration::from_millis(20));
        let (release, stuck) = std::sync::mpsc::channel::<()>();
        let slow = readers.run(Size::Small, move || {
            let _ = stuck.recv();
            Ok(())
        });
        assert_eq!(slow.await, Err(StoreError::Slow));
        assert_eq!(readers.free.available_permits(), 0);
        assert_eq!(
            readers.run(Size::Small, || Ok(1)).await,
            Err(StoreError::Slow),
            "the only reader is stuck"
        );
        assert_eq!(
            readers.run(Size::Large, || Ok(1)).await,
            Ok(1),
            "this has another"
        );
        release.send(()).unwrap();
        let freed = readers.free.acquire().await.unwrap();
        drop(freed);
        assert_eq!(readers.run(Size::Small, || Ok(1)).await, Ok(1));
        assert_eq!(readers.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn reads_beyond_the_queue_are_refused_at_once() {
        let readers = Readers::new(1, Duration::from_secs(60));
        readers.waiting.store(MAX_WAITING, Ordering::Relaxed);
        assert_eq!(readers.run(Size::Small, || Ok(1)).await, Err(StoreError::Slow));
        readers.waiting.store(0, Ordering::Relaxed);
        assert_eq!(readers.run(Size::Small, || Ok(1)).await, Ok(1));
    }
}
