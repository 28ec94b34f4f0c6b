//! Values read not long ago, of a database that is larger than its cache of pages: a page holds dozens of people of whom
//! hardly any is asked for again, so as much memory holds many more of those who are - a caller whose card is open, a
//! phone that walks the menu - and they need no reader.

use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::{Cache, GuardResult};

use crate::store::{Key, StoreError, Tree, Value};

/// What an entry takes besides its key and value, in bytes: two allocations and its place in the table.
const OVERHEAD: u64 = 96;
/// Bytes of a usual entry: a person of a year's payments.
const USUAL: u64 = 512;

type Name = (Tree, Key);

/// The values.
pub(super) struct Recent(Cache<Name, Value, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<Name, Value> for Bytes {
    fn weight(&self, (_, key): &Name, value: &Value) -> u64 {
        (key.len() + value.len()) as u64 + OVERHEAD
    }
}

impl Recent {
    /// Of `bytes` at most.
    pub(super) fn of(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX);
        Self(Cache::with_weighter(usual, bytes, Bytes))
    }

    /// The value of `key`, if it is held.
    pub(super) fn held(&self, tree: Tree, key: &[u8]) -> Option<Value> {
        self.0.get(&(tree, key.to_vec()))
    }

    /// The value of `key`, as `read` finds it if it is not held. A value that is overwritten while it is read is not
    /// kept: forgetting it takes away the place that was made for it.
    pub(super) fn value(
        &self,
        tree: Tree,
        key: &[u8],
        read: impl FnOnce() -> Result<Option<Value>, StoreError>,
    ) -> Result<Option<Value>, StoreError> {
        match self
            .0
            .get_value_or_guard(&(tree, key.to_vec()), Some(Duration::ZERO))
        {
            GuardResult::Value(value) => Ok(Some(value)),
            // Somebody else is about to keep it.
            GuardResult::Timeout => read(),
            GuardResult::Guard(place) => {
                let found = read()?;
                if let Some(value) = &found {
                    let _ = place.insert(value.clone());
                }
                Ok(found)
            }
        }
    }

    /// Forgets `key`, whose value has been changed.
    pub(super) fn forget(&self, tree: Tree, key: &[u8]) {
        self.0.remove(&(tree, key.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(recent: &Recent, key: &[u8]) -> Option<Value> {
        recent.held(Tree::People, key)
    }

    #[test]
    fn what_was_read_is_held_until_it_is_changed() {
        let recent = Recent::of(1 << 20);
        let read = |value: &'static [u8]| recent.value(Tree::People, b"key", || Ok(Some(value.to_vec())));
        assert_eq!(read(b"1"), Ok(Some(b"1".to_vec())));
        assert_eq!(read(b"2"), Ok(Some(b"1".to_vec())), "not read again");
        assert_eq!(recent.held(Tree::Phones, b"key"), None, "of another tree");
        recent.forget(Tree::People, b"key");
        assert_eq!(held(&recent, b"key"), None);
        assert_eq!(read(b"2"), Ok(Some(b"2".to_vec())));
    }

    #[test]
    fn what_is_changed_while_it_is_read_is_not_held() {
        let recent = Recent::of(1 << 20);
        let read = recent.value(Tree::People, b"key", || {
            let other = recent.value(Tree::People, b"key", || Ok(Some(b"another reader".to_vec())));
            assert_eq!(other, Ok(Some(b"another reader".to_vec())), "it does not wait");
            recent.forget(Tree::People, b"key");
            Ok(Some(b"old".to_vec()))
        });
        assert_eq!(read, Ok(Some(b"old".to_vec())));
        assert_eq!(held(&recent, b"key"), None);
    }

    #[test]
    fn neither_faults_nor_nothing_is_held() {
        let recent = Recent::of(1 << 20);
        let slow = recent.value(Tree::People, b"key", || Err(StoreError::Slow));
        assert_eq!(slow, Err(StoreError::Slow));
        assert_eq!(recent.value(Tree::People, b"key", || Ok(None)), Ok(None));
        assert_eq!(held(&recent, b"key"), None);
    }

    #[test]
    fn it_takes_no_more_than_its_share() {
        let recent = Recent::of(64 << 10);
        for key in 0..10_000_u32 {
            let kept = recent.value(Tree::People, &key.to_be_bytes(), || Ok(Some(vec![0; 200])));
            assert!(kept.is_ok());
        }
        assert!(recent.0.weight() <= 64 << 10, "{}", recent.0.weight());
        assert!(recent.0.len() > 100, "{}", recent.0.len());
    }
}
