//! What holds numbers of people and must not be printed by a derived `Debug`.

use std::fmt;

/// A value that `Debug` keeps to itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Private<T>(pub(crate) T);

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing() {
        assert_eq!(
            format!("{:?}", Some(Private("900101300007"))),
            "Some(Private(..))"
        );
    }
}
