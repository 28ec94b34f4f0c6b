//! The book of a carrier instance: what came, what went back and how long that took, for the operator to see. It lies in
//! memory and is of one size however much is entered.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::desk::CarrierFigures;
use saqta_data::desk::pulse::{CARRIER_MINUTES, CarrierMinute};

use crate::carrier::Course;
use ring::Ring;
use times::Times;

mod ring;
#[cfg(test)]
mod tests;
mod times;

/// Seconds of the rate that is shown.
const RATE_SECONDS: usize = 10;

/// The book. An entry holds its lock for some tens of nanoseconds.
#[derive(Debug, Default)]
pub struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    heard_at: Option<Timestamp>,
    seconds: Ring<Second, RATE_SECONDS>,
    minutes: Ring<CarrierMinute, CARRIER_MINUTES>,
    times: Times,
}

/// What came and went in a second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    received: u32,
    answered: u32,
}

impl Book {
    /// Enters messages understood at `now`.
    pub fn heard(&self, now: Timestamp, messages: usize) {
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        let mut pages = self.open();
        pages.heard_at = Some(now);
        pages
            .seconds
            .enter(second(now), |second| add(&mut second.received, messages));
        pages
            .minutes
            .enter(minute(now), |minute| add(&mut minute.received, messages));
    }

    /// Enters the end of a message at `now`: how it came about, how long it took, and whether anything went back.
    pub fn ended(&self, now: Timestamp, course: Course, took: Duration, silent: bool) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let answers = u32::from(!silent && course != Course::Failed);
        let mut pages = self.open();
        pages.times.enter(now, took_us);
        pages
            .seconds
            .enter(second(now), |second| add(&mut second.answered, answers));
        pages.minutes.enter(minute(now), |minute| {
            add(&mut minute.answered, answers);
            add(&mut minute.repeated, u32::from(course == Course::Repeated));
            add(&mut minute.errors, u32::from(course == Course::Failed));
            let took_us = u32::try_from(took_us).unwrap_or(u32::MAX);
            minute.slowest_us = minute.slowest_us.max(took_us);
        });
    }

    /// Enters a request that was refused, or whose answer was late, at `now`.
    pub fn refused(&self, now: Timestamp) {
        self.open()
            .minutes
            .enter(minute(now), |minute| add(&mut minute.errors, 1));
    }

    /// When the last message came.
    #[must_use]
    pub fn heard_at(&self) -> Option<Timestamp> {
        self.open().heard_at
    }

    /// The figures as they stand at `now`; what the book does not know is left as it is by default.
    #[must_use]
    pub fn figures(&self, now: Timestamp) -> CarrierFigures {
        let pages = self.open();
        let seconds = pages.seconds.until(second(now));
        let [p50_us, p95_us, p99_us] = pages.times.percentiles(now, [50, 95, 99]);
        CarrierFigures {
            received_10s: seconds.iter().map(|second| u64::from(second.received)).sum(),
            answered_10s: seconds.iter().map(|second| u64::from(second.answered)).sum(),
            p50_us,
            p95_us,
            p99_us,
            heard_at: pages.heard_at,
            minutes: pages.minutes.until(minute(now)),
            ..CarrierFigures::default()
        }
    }

    /// What a panic of another holder left is still a book.
    fn open(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(count: &mut u32, more: u32) {
    *count = count.saturating_add(more);
}

const fn second(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000)
}

const fn minute(at: Timestamp) -> i64 {
    at.millis().div_euclid(60_000)
}
