//! The answer times of the last five minutes.

use saqta_data::clock::Timestamp;

use super::ring::Ring;

/// Ten slices of half a minute: what is shown reaches back between four and a half and five minutes.
const SLICES: usize = 10;
const SLICE_MS: i64 = 30_000;

/// Buckets to a power of two: a percentile is at most an eighth above the truth.
const STEPS: u64 = 8;
const STEP_BITS: u32 = STEPS.ilog2();
/// Times from 2^22 us (4.2 s) on share a bucket: an answer must not take 2 s.
const LONGEST_BITS: u32 = 22;
const BUCKETS: usize = ((LONGEST_BITS - STEP_BITS + 1) << STEP_BITS) as usize;

/// Counts of answer times.
#[derive(Debug, Default)]
pub(super) struct Times(Ring<Slice, SLICES>);

#[derive(Clone, Copy, Debug)]
struct Slice([u32; BUCKETS]);

impl Default for Slice {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Times {
    /// Counts a time.
    pub(super) fn enter(&mut self, now: Timestamp, took_us: u64) {
        self.0.enter(slice(now), |slice| {
            if let Some(count) = slice.0.get_mut(bucket(took_us)) {
                *count = count.saturating_add(1);
            }
        });
    }

    /// For each of `percents`, a time in microseconds that so many of a hundred answers did not exceed; 0 without any.
    pub(super) fn percentiles<const N: usize>(&self, now: Timestamp, percents: [u64; N]) -> [u64; N] {
        let slices = self.0.until(slice(now));
        let counts: Vec<u64> = (0..BUCKETS)
            .map(|bucket| {
                let counts = slices.iter().filter_map(|slice| slice.0.get(bucket));
                counts.map(|count| u64::from(*count)).sum()
            })
            .collect();
        let all: u64 = counts.iter().sum();
        percents.map(|percent| {
            let rank = (all * percent).div_ceil(100);
            let mut below = 0;
            let reached = counts.iter().position(|count| {
                below += count;
                all > 0 && below >= rank
            });
            reached.map_or(0, highest)
        })
    }
}

const fn slice(at: Timestamp) -> i64 {
    at.millis().div_euclid(SLICE_MS)
}

/// The bucket of a time: below 8 us one each, then eight to a power of two.
fn bucket(us: u64) -> usize {
    let us = us.min((1 << LONGEST_BITS) - 1);
    let shift = us.max(STEPS).ilog2() - STEP_BITS;
    let step = us >> shift;
    usize::try_from(u64::from(shift) * STEPS + step).unwrap_or(BUCKETS - 1)
}

/// The longest time of a bucket.
fn highest(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let shift = (bucket / STEPS).saturating_sub(1);
    let step = bucket - shift * STEPS;
    ((step + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_a_bucket_an_eighth_wide_at_most() {
        let mut last = 0;
        for us in (0..5_000).chain((5_000..5_000_000).step_by(997)) {
            let bucket = bucket(us);
            assert!(bucket < BUCKETS && bucket >= last, "{us}");
            last = bucket;
            let high = highest(bucket);
            let capped = us.min((1 << LONGEST_BITS) - 1);
            assert!(high >= capped && high - capped <= capped / 8, "{us}: {high}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }
}
