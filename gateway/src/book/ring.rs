//! The last spans of time, each with something in it.

/// The last `N` spans, by their numbers: seconds, minutes. Spans in which nothing was entered hold nothing, however long
/// ago the slot was used.
#[derive(Debug)]
pub(super) struct Ring<T, const N: usize>([(i64, T); N]);

impl<T: Copy + Default, const N: usize> Default for Ring<T, N> {
    fn default() -> Self {
        Self([(i64::MIN, T::default()); N])
    }
}

impl<T: Copy + Default, const N: usize> Ring<T, N> {
    /// Changes what span `number` holds.
    pub(super) fn enter(&mut self, number: i64, change: impl FnOnce(&mut T)) {
        if let Some(slot) = self.0.get_mut(Self::place(number)) {
            if slot.0 != number {
                *slot = (number, T::default());
            }
            change(&mut slot.1);
        }
    }

    /// The `N` spans up to `last`, oldest first.
    pub(super) fn until(&self, last: i64) -> Vec<T> {
        let before = |ago: usize| last.saturating_sub(i64::try_from(ago).unwrap_or(i64::MAX));
        (0..N).rev().map(|ago| self.held(before(ago))).collect()
    }

    fn held(&self, number: i64) -> T {
        let slot = self.0.get(Self::place(number));
        slot.filter(|slot| slot.0 == number)
            .map_or_else(T::default, |slot| slot.1)
    }

    fn place(number: i64) -> usize {
        let spans = i64::try_from(N).unwrap_or(i64::MAX);
        usize::try_from(number.rem_euclid(spans)).unwrap_or_default()
    }
}
