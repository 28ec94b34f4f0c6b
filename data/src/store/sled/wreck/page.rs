//! Pages of sled's trees: a whole page and the changes written since.

use std::collections::BTreeMap;

use super::bytes::Bytes;
use crate::store::{Key, Value};

/// A page of a tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// The page to the right.
    pub(super) next: Option<u64>,
    /// True if it is being merged into the page to the left.
    pub(super) is_merging: bool,
    /// The lowest key that may be in it.
    pub(super) low: Key,
    /// The key that all in it are below; empty: there is none.
    pub(super) high: Key,
    pub(super) data: Data,
    /// What all keys begin with, which is not written with each.
    prefix: usize,
    /// The page below that is being merged into the one to its left.
    merged: Option<u64>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// Entries.
    Leaf(BTreeMap<Key, Value>),
    /// Pages below, in the order of their lowest keys, each behind its own.
    Index(Vec<(Key, u64)>),
}

impl Node {
    /// The page that these bytes are.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let next = bytes.number()?;
        let merged = bytes.number()?;
        let is_merging = bytes.u8()? != 0;
        let prefix = usize::from(bytes.u8()?);
        let low = bytes.sized()?.to_vec();
        let high = bytes.sized()?.to_vec();
        let is_leaf = bytes.u8()? == 0;
        let count = bytes.number()?;
        // Not more than there can be: a count says nothing that is believed.
        let keys = (0..count).map(|_| bytes.sized()).collect::<Option<Vec<_>>>()?;
        let start = low.get(..prefix)?;
        let data = if is_leaf {
            let entries = keys.into_iter().map(|key| {
                let value = bytes.sized()?;
                Some(([start, key].concat(), value.to_vec()))
            });
            Data::Leaf(entries.collect::<Option<_>>()?)
        } else {
            let pages = keys
                .into_iter()
                .map(|key| Some(([start, key].concat(), bytes.number()?)));
            Data::Index(pages.collect::<Option<_>>()?)
        };
        Some(Self {
            next: (next != 0).then_some(next),
            is_merging,
            low,
            high,
            data,
            prefix,
            merged: (merged != 0).then_some(merged),
        })
    }

    /// Does what the bytes of a change say.
    pub(super) fn change(&mut self, bytes: &[u8]) -> Option<()> {
        let mut bytes = Bytes(bytes);
        let kind = bytes.u8()?;
        let start = self.low.get(..self.prefix)?;
        match (kind, &mut self.data) {
            (0, Data::Leaf(entries)) => {
                let key = [start, bytes.sized()?].concat();
                entries.insert(key, bytes.sized()?.to_vec());
            }
            (1, Data::Leaf(entries)) => {
                entries.remove(&[start, bytes.sized()?].concat());
            }
            (2, Data::Index(_)) => self.merged = Some(bytes.number()?),
            (3, Data::Index(pages)) => pages.retain(|(_, page)| Some(*page) != self.merged),
            (4, _) => self.is_merging = true,
            _ => return None,
        }
        Some(())
    }
}

/// The trees and the first page of each, of the bytes of the page that names them.
pub(super) fn roots(bytes: &[u8]) -> Option<BTreeMap<Vec<u8>, u64>> {
    let mut bytes = Bytes(bytes);
    let mut roots = BTreeMap::new();
    while !bytes.0.is_empty() {
        let name = bytes.sized()?.to_vec();
        roots.insert(name, bytes.number()?);
    }
    Some(roots)
}
