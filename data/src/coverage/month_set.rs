//! A set of months around a day, as bits: the rules ask for runs of months and for the first gap, many times over.

use crate::period::Period;

/// Months kept before the month of the day: more than the longest run with its grace (144, see `law/tables.rs`) ...
const PAST: i32 = 192;
/// ... and altogether: the 20 years (240 months) for which the end of the insurance is looked for, and 36 months paid
/// ahead, lie within.
pub(super) const SPAN: usize = 512;

const BITS: usize = 64;

/// The months that a [`MonthSet`] and its like keep: [`SPAN`] of them, from [`PAST`] months before a given one.
#[derive(Clone, Copy)]
pub(super) struct Span {
    first: Period,
}

impl Span {
    /// The months around `month`.
    pub(super) fn around(month: Period) -> Self {
        Self {
            first: month.plus(-PAST),
        }
    }

    /// The months from `first` on.
    pub(super) const fn from(first: Period) -> Self {
        Self { first }
    }

    /// The first month kept.
    pub(super) const fn first(self) -> Period {
        self.first
    }

    /// The position of `month`; `None` if it is not kept.
    pub(super) fn index(self, month: Period) -> Option<usize> {
        let index = usize::try_from(month.months_since(self.first)).ok()?;
        (index < SPAN).then_some(index)
    }

    fn clamped(self, month: Period) -> usize {
        usize::try_from(month.months_since(self.first)).map_or(0, |index| index.min(SPAN))
    }
}

/// A set of months.
pub(super) struct MonthSet {
    span: Span,
    words: [u64; SPAN / BITS],
}

impl MonthSet {
    /// An empty set.
    pub(super) const fn new(span: Span) -> Self {
        Self {
            span,
            words: [0; SPAN / BITS],
        }
    }

    /// Adds `month`, if the span keeps it.
    pub(super) fn insert(&mut self, month: Period) {
        if let Some(index) = self.span.index(month)
            && let Some(word) = self.words.get_mut(index / BITS)
        {
            *word |= 1 << (index % BITS);
        }
    }

    /// Adds the months from `first` to `last`, as far as the span goes.
    pub(super) fn insert_all(&mut self, first: Period, last: Period) {
        let (first, end) = (self.span.clamped(first), self.span.clamped(last.plus(1)));
        for (word, start) in self.words.iter_mut().zip((0..).step_by(BITS)) {
            *word |= below(end, start) & !below(first, start);
        }
    }

    /// True if `month` is in the set.
    pub(super) fn contains(&self, month: Period) -> bool {
        self.span.index(month).is_some_and(|index| {
            self.words
                .get(index / BITS)
                .is_some_and(|word| word >> (index % BITS) & 1 == 1)
        })
    }

    /// True if the `run` months that end with `last` are all in the set.
    pub(super) fn contains_run(&self, last: Period, run: u16) -> bool {
        self.first_gap(last.plus(1 - i32::from(run))) > last
    }

    /// The first month from `from` on that is not in the set; months beyond the span are not.
    pub(super) fn first_gap(&self, from: Period) -> Period {
        let Some(mut index) = self.span.index(from) else {
            return from;
        };
        while let Some(word) = self.words.get(index / BITS) {
            let gaps = !word >> (index % BITS);
            if gaps != 0 {
                index += gaps.trailing_zeros() as usize;
                break;
            }
            index = (index / BITS + 1) * BITS;
        }
        self.span.first.plus(i32::try_from(index).unwrap_or(i32::MAX))
    }
}

/// The bits of the word that begins at `start` for the positions below `end`.
fn below(end: usize, start: usize) -> u64 {
    match end.saturating_sub(start) {
        bits if bits < BITS => (1 << bits) - 1,
        _ => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn month(number: u16) -> Period {
        Period::from_number(number).unwrap()
    }

    proptest! {
        #[test]
        fn it_holds_what_was_put_in(
            spans in prop::collection::vec((24_000..24_700_u16, 0..90_u16), 0..8),
            singles in prop::collection::vec(24_000..24_700_u16, 0..40),
            asked in 24_000..24_700_u16,
            run in 1..120_u16,
        ) {
            let span = Span::around(month(24_300));
            let mut set = MonthSet::new(span);
            for (first, length) in &spans {
                set.insert_all(month(*first), month(first + length));
            }
            for single in &singles {
                set.insert(month(*single));
            }
            let kept = |m: u16| {
                (24_108..24_108 + 512).contains(&m) && (singles.contains(&m) || spans.iter().any(|(first, length)| (*first..=first + length).contains(&m)))
            };
            prop_assert_eq!(set.contains(month(asked)), kept(asked));
            prop_assert_eq!(set.contains_run(month(asked), run), (asked + 1 - run..=asked).all(kept));
            let gap = (asked..asked + 600).find(|m| !kept(*m)).unwrap();
            prop_assert_eq!(set.first_gap(month(asked)), month(gap));
        }
    }
}
