//! The one clock. Nothing else in the workspace asks for the time, so that a test can set it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// Kazakhstan keeps one zone, UTC+05:00, since 1 March 2024 (Government Resolution 58 of 2 February 2024).
pub const KAZAKHSTAN_OFFSET_SECONDS: i32 = 5 * 3600;

/// An instant: milliseconds since the Unix epoch, UTC. The default is the epoch itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// An instant from milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The wall clock in Kazakhstan at this instant.
    #[must_use]
    pub fn local(self) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        FixedOffset::east_opt(KAZAKHSTAN_OFFSET_SECONDS).map_or_else(
            || utc.naive_utc(),
            |zone| zone.from_utc_datetime(&utc.naive_utc()).naive_local(),
        )
    }

    /// The day in Kazakhstan at this instant.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        self.local().date()
    }

    /// This instant moved forward by `by`.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// How long after `earlier` this instant is; zero if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Where the time comes from. Cheap to clone; clones of a manual clock move together.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Runs on from a chosen instant: for demonstrations and tests of whole processes.
    Shifted {
        start: Timestamp,
        since: Instant,
    },
    /// Stands still until a test moves it.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that starts at `start` now and runs on at the usual speed.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self(Source::Shifted {
            start,
            since: Instant::now(),
        })
    }

    /// A clock that stands at `at` until [`Clock::advance`] or [`Clock::set`] moves it.
    #[must_use]
    pub fn manual(at: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(at.0))))
    }

    /// A manual clock at noon in Kazakhstan of `day`.
    #[must_use]
    pub fn noon(day: NaiveDate) -> Self {
        Self::manual(noon(day))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "this is the clock the others are to ask"
                )]
                let now = Utc::now();
                Timestamp(now.timestamp_millis())
            }
            Source::Shifted { start, since } => start.plus(since.elapsed()),
            Source::Manual(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Today in Kazakhstan.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().day()
    }

    /// A stopwatch that starts now.
    #[must_use]
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch {
            clock: self.clone(),
            started_at: self.now(),
            started: Instant::now(),
        }
    }

    /// Moves a manual clock forward; does nothing to the others.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(at) = &self.0 {
            at.fetch_add(
                i64::try_from(by.as_millis()).unwrap_or(i64::MAX),
                Ordering::SeqCst,
            );
        }
    }

    /// Sets a manual clock; does nothing to the others.
    pub fn set(&self, to: Timestamp) {
        if let Source::Manual(at) = &self.0 {
            at.store(to.0, Ordering::SeqCst);
        }
    }
}

/// Measures how long something takes, finer than [`Timestamp`] does and whatever happens to the machine's clock.
#[derive(Clone, Debug)]
pub struct Stopwatch {
    clock: Clock,
    started_at: Timestamp,
    started: Instant,
}

impl Stopwatch {
    /// The time since [`Clock::stopwatch`]; of a manual clock, what it was moved by.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match self.clock.0 {
            Source::Manual(_) => self.clock.now().since(self.started_at),
            Source::System | Source::Shifted { .. } => self.started.elapsed(),
        }
    }
}

/// Noon in Kazakhstan of `day`.
#[must_use]
pub fn noon(day: NaiveDate) -> Timestamp {
    let seconds = day.and_hms_opt(12, 0, 0).map_or(0, |at| at.and_utc().timestamp());
    Timestamp((seconds - i64::from(KAZAKHSTAN_OFFSET_SECONDS)) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_nineteen_utc() {
        let last = Utc
            .with_ymd_and_hms(2026, 8, 25, 18, 59, 59)
            .unwrap()
            .timestamp_millis();
        assert_eq!(Timestamp(last).day().to_string(), "2026-08-25");
        assert_eq!(Timestamp(last + 1000).day().to_string(), "2026-08-26");
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let clock = Clock::noon(day);
        assert_eq!(clock.today(), day);
        let twin = clock.clone();
        clock.advance(Duration::from_secs(12 * 3600));
        assert_eq!(twin.today(), day.succ_opt().unwrap());
    }

    #[test]
    fn a_stopwatch_follows_its_clock() {
        let clock = Clock::manual(Timestamp::default());
        let watch = clock.stopwatch();
        assert_eq!(watch.elapsed(), Duration::ZERO);
        clock.advance(Duration::from_millis(7));
        assert_eq!(watch.elapsed(), Duration::from_millis(7));

        let watch = Clock::system().stopwatch();
        let first = watch.elapsed();
        while watch.elapsed() == first {}
    }
}
