//! What can be read of a store that sled does not open, or should not: its files as they lie, page by page, without sled and
//! without changing anything.
//!
//! Where each page lies is said by sled's snapshot, and by what the log has got since; without a sound snapshot the whole log
//! says it. A page that cannot be read is missing. What was written to a page since the snapshot may be missing by itself,
//! so that the page is older than it was; where another page stands for the same keys, the one written last is right.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Bound, RangeBounds as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use self::log::{Kind, Log, Message, Place};
use self::page::{Data, Node};
use super::files;
use super::generation;
use super::look;
use crate::person::Person;
use crate::store::copy::{Compacted, Progress, Sink};
use crate::store::group::{COUNTERS_KEY, Counters, FORMAT, FORMAT_KEY};
use crate::store::unit::Record;
use crate::store::{Batch, Key, MAX_SCAN, Order, Scan, Store, StoreError, StoreFigures, Tree, Value};

mod bytes;
pub(super) mod log;
mod page;
pub(super) mod snapshot;
#[cfg(test)]
mod tests;

/// The page that names the trees and the first page of each.
const META: u64 = 0;
/// The most pages between the first of a tree and its entries: sled's trees have four or five.
const MAX_DEPTH: usize = 32;

/// Where a page lies: as a whole, and what was changed since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chain {
    base: Option<Place>,
    links: Vec<Place>,
}

/// A page with entries, or what of it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leaf {
    low: Key,
    /// The key that all of it is below; empty: there is none.
    high: Key,
    page: u64,
    /// The number at which it was last written as a whole.
    written: u64,
}

/// What is missing, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Pages that cannot be read.
    pub pages: usize,
    /// Places of the log, newer than the snapshot, where something cannot be read.
    pub places: usize,
    /// Entries found and entries that the store counted last, by the name of the tree; without the latter if that is lost.
    pub entries: BTreeMap<&'static str, (u64, Option<u64>)>,
}

/// A store read from its files. It can be scanned upwards, and that is all.
#[derive(Debug)]
pub struct Wreck {
    log: Log,
    chains: HashMap<u64, Chain>,
    leaves: BTreeMap<Tree, Vec<Leaf>>,
    loss: Loss,
}

impl Wreck {
    /// Reads where everything is in the store at `path`.
    ///
    /// # Errors
    /// [`StoreError::Open`] if nothing of it can be read, or another version of the program wrote it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = data(path)?;
        let unreachable = |error: std::io::Error| files::cannot_reach(path, &error);
        let log = Log::open(&folder).map_err(unreachable)?;
        let (chains, places) = chains(&folder, &log).map_err(unreachable)?;
        let mut wreck = Self {
            log,
            chains,
            leaves: BTreeMap::new(),
            loss: Loss {
                places,
                ..Loss::default()
            },
        };
        wreck.find_leaves();
        wreck.check_format(path)?;
        wreck.count()?;
        if wreck.loss.entries.values().all(|(found, _)| *found == 0) {
            return Err(files::cannot_open(path, "nothing of it can be read"));
        }
        Ok(wreck)
    }

    /// What is missing.
    #[must_use]
    pub const fn loss(&self) -> &Loss {
        &self.loss
    }

    /// The page `page`; `None` if it cannot be read.
    fn node(&self, page: u64) -> Option<Node> {
        let chain = self.chains.get(&page)?;
        let mut node = Node::read(&self.log.content(chain.base?)?)?;
        for link in &chain.links {
            node.change(&self.log.content(*link)?)?;
        }
        Some(node)
    }

    /// The leaf `page`, whose content is `node`.
    fn leaf(&self, page: u64, node: Node) -> Option<Leaf> {
        let written = self.chains.get(&page)?.base?.number;
        Some(Leaf {
            low: node.low,
            high: node.high,
            page,
            written,
        })
    }

    fn roots(&self) -> Option<BTreeMap<Vec<u8>, u64>> {
        page::roots(&self.log.content(self.chains.get(&META)?.base?)?)
    }

    /// Finds the leaves of all trees from their first pages on, and people in pages that no tree leads to any more.
    fn find_leaves(&mut self) {
        let roots = self.roots();
        if roots.is_none() {
            self.loss.pages += 1;
        }
        let mut seen = BTreeSet::from([META]);
        for tree in Tree::ALL {
            let root = roots.as_ref().and_then(|roots| roots.get(tree.name().as_bytes()));
            let (mut leaves, mut lost) = (Vec::new(), BTreeSet::new());
            if let Some(root) = root {
                self.descend(
                    (Key::new(), *root),
                    MAX_DEPTH,
                    (&mut seen, &mut lost),
                    &mut leaves,
                );
            }
            self.loss.pages += lost.len();
            self.leaves.insert(tree, in_order(leaves));
        }
        if self.loss.pages + self.loss.places > 0 {
            self.find_people(&seen);
        }
    }

    /// Finds the leaves at and below a page, which begins with the given key, and to the right of them; and where pages are,
    /// by their depth and first key, that cannot be read: such a page may be come to twice, from above and from the left.
    fn descend(
        &self,
        (mut low, page): (Key, u64),
        depth: usize,
        (seen, lost): (&mut BTreeSet<u64>, &mut BTreeSet<(usize, Key)>),
        leaves: &mut Vec<Leaf>,
    ) {
        let Some(below_it) = depth.checked_sub(1) else {
            return;
        };
        // A page that was divided a moment before the end is not named above yet, and none is where what is above is lost.
        let mut next = Some(page);
        while let Some(page) = next.filter(|page| !seen.contains(page)) {
            let Some(node) = self.node(page) else {
                seen.insert(page);
                lost.insert((depth, low));
                return;
            };
            // What names a page may be older than it, from when its number was another's: that one is lost, and this one found
            // by what names it now.
            if node.low != low {
                lost.insert((depth, low));
                return;
            }
            seen.insert(page);
            next = node.next.filter(|_| !node.high.is_empty());
            low.clone_from(&node.high);
            match &node.data {
                Data::Leaf(_) => leaves.extend(self.leaf(page, node)),
                Data::Index(pages) => {
                    for below in pages {
                        self.descend(below.clone(), below_it, (seen, lost), leaves);
                    }
                }
            }
        }
    }

    /// People say themselves who they are, so that their pages are known without the tree.
    fn find_people(&mut self, seen: &BTreeSet<u64>) {
        let is_person = |(key, value): (&Key, &Value)| {
            Person::decode(value).is_ok_and(|person| person.iin.number().to_be_bytes() == key.as_slice())
        };
        let mut leaves = self.leaves.remove(&Tree::People).unwrap_or_default();
        let is_of_people = |node: &Node| match &node.data {
            Data::Leaf(entries) => !node.is_merging && !entries.is_empty() && entries.iter().all(is_person),
            Data::Index(_) => false,
        };
        for page in self.chains.keys().filter(|page| !seen.contains(page)) {
            let node = self.node(*page).filter(is_of_people);
            leaves.extend(node.and_then(|node| self.leaf(*page, node)));
        }
        self.leaves.insert(Tree::People, in_order(leaves));
    }

    /// The entries of a leaf that count; none if it cannot be read.
    fn entries(&self, leaf: &Leaf) -> BTreeMap<Key, Value> {
        match self.node(leaf.page) {
            Some(Node {
                data: Data::Leaf(mut entries),
                ..
            }) => {
                entries.retain(|key, _| *key >= leaf.low && (leaf.high.is_empty() || *key < leaf.high));
                entries
            }
            _ => BTreeMap::new(),
        }
    }

    fn value(&self, tree: Tree, key: &[u8]) -> Option<Value> {
        let leaves = self.leaves.get(&tree)?;
        let behind = leaves.partition_point(|leaf| leaf.low.as_slice() <= key);
        self.entries(leaves.get(behind.checked_sub(1)?)?).remove(key)
    }

    /// Entries from `low` on for as long as they are `within`, at most so many.
    fn page(&self, tree: Tree, low: &[u8], within: impl Fn(&Key) -> bool, limit: usize) -> Vec<(Key, Value)> {
        let leaves = self.leaves.get(&tree).map(Vec::as_slice).unwrap_or_default();
        let first = leaves
            .partition_point(|leaf| leaf.low.as_slice() <= low)
            .saturating_sub(1);
        let entries = leaves.iter().skip(first).flat_map(|leaf| self.entries(leaf));
        entries
            .skip_while(|(key, _)| key.as_slice() < low || !within(key))
            .take_while(|(key, _)| within(key))
            .take(limit.min(MAX_SCAN))
            .collect()
    }

    /// Refuses what a newer version of the program wrote; a format that is lost is taken for ours.
    fn check_format(&self, path: &Path) -> Result<(), StoreError> {
        let format = self.value(Tree::Settings, FORMAT_KEY);
        let format = format.and_then(|format| String::from_utf8(format).ok()?.parse::<u32>().ok());
        match format {
            Some(found) if found > FORMAT => {
                Err(files::cannot_open(path, super::engine::other_format(found)))
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self) -> Result<(), StoreError> {
        let counters = self.value(Tree::Settings, COUNTERS_KEY);
        let counted = counters.map(|counters| Counters::decode(&counters)).transpose()?;
        let counted = counted.map(|counters| counters.by_name());
        for (tree, leaves) in &self.leaves {
            let found: usize = leaves.iter().map(|leaf| self.entries(leaf).len()).sum();
            let expected = counted
                .as_ref()
                .and_then(|counted| counted.get(tree.name()).copied());
            self.loss.entries.insert(tree.name(), (found as u64, expected));
        }
        Ok(())
    }
}

/// The folder with the data: the one that counts, or if that is not known the newest that is whole.
fn data(path: &Path) -> Result<PathBuf, StoreError> {
    let has_log = |folder: &PathBuf| folder.join(files::LOG).exists();
    let named = generation::folder(path).ok().filter(has_log);
    let newest = || {
        let number = generation::whole(path).ok()??;
        Some(generation::numbered(path, number)).filter(has_log)
    };
    let whole = named.clone().filter(|folder| generation::is_whole(folder));
    let found = whole.or_else(newest).or(named);
    found.ok_or_else(|| files::cannot_open(path, "its log is missing, so that nothing of it can be read"))
}

/// Where each page lies, and at how many places something newer than the snapshot cannot be read.
fn chains(folder: &Path, log: &Log) -> std::io::Result<(HashMap<u64, Chain>, usize)> {
    let snapshot = snapshot::newest(folder)?;
    let noted = snapshot.and_then(|snapshot| snapshot.read());
    let (from, mut chains) = noted.unwrap_or_default();
    let segments = log.segments()?;
    let newest = segments.keys().next_back().copied();
    let (mut places, mut last) = (0, 0);
    for (number, segment) in segments.range(log::segment_of(from)..) {
        let end = log.walk(*number, segment.offset, |message| {
            if message.place.number >= from {
                take(&mut chains, &message);
            }
        })?;
        places += usize::from(!end.is_full && Some(*number) != newest);
        last = end.number;
    }
    // What the newest segment ends with is its end, unless the store was closed with more.
    places += usize::from(look::sealed(folder).is_some_and(|sealed| last < sealed.end));
    Ok((chains, places))
}

/// Notes what a message says of its page.
fn take(chains: &mut HashMap<u64, Chain>, message: &Message) {
    match message.kind {
        Kind::Page => {
            let chain = Chain {
                base: Some(message.place),
                links: Vec::new(),
            };
            chains.insert(message.page, chain);
        }
        // A change of a page that is nowhere was copied elsewhere with it.
        Kind::Link => {
            if let Some(chain) = chains.get_mut(&message.page) {
                chain.links.push(message.place);
            }
        }
        Kind::Free => {
            chains.remove(&message.page);
        }
        Kind::Idle | Kind::Group | Kind::Cap => {}
    }
}

/// The leaves in the order of their keys, each for the keys that none written later stands for. For which keys a page stands
/// changes only when it is written as a whole; so of two that stand for the same, the one so written last is right, and
/// the other is what a lost message left.
fn in_order(mut leaves: Vec<Leaf>) -> Vec<Leaf> {
    leaves.sort_by_key(|leaf| Reverse(leaf.written));
    let mut apart = BTreeMap::new();
    for leaf in leaves {
        for part in not_in(&apart, leaf) {
            apart.insert(part.low.clone(), part);
        }
    }
    apart.into_values().collect()
}

/// The parts of `leaf` between those that stand `apart`, which are known by their lowest keys.
fn not_in(apart: &BTreeMap<Key, Leaf>, leaf: Leaf) -> Vec<Leaf> {
    let mut parts = Vec::new();
    let mut rest = leaf;
    let before = apart.range(..=rest.low.clone()).next_back();
    let others = before
        .into_iter()
        .chain(apart.range((Bound::Excluded(rest.low.clone()), Bound::Unbounded)));
    for (_, other) in others {
        if !rest.high.is_empty() && other.low >= rest.high {
            break;
        }
        if rest.low < other.low {
            parts.push(Leaf {
                high: other.low.clone(),
                ..rest.clone()
            });
        }
        if other.high.is_empty() {
            return parts;
        }
        rest.low = rest.low.max(other.high.clone());
    }
    if rest.high.is_empty() || rest.low < rest.high {
        parts.push(rest);
    }
    parts
}

fn read_only<T>() -> Result<T, StoreError> {
    Err(StoreError::Failed(
        "it is read from damaged files, which are left as they are".into(),
    ))
}

#[async_trait]
impl Store for Wreck {
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.value(tree, key))
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        if scan.order == Order::Descending {
            return read_only();
        }
        let bounds = scan.bounds();
        let (Bound::Included(low) | Bound::Excluded(low)) = &bounds.0 else {
            return Ok(self.page(scan.tree, &[], |_| true, scan.limit));
        };
        Ok(self.page(scan.tree, low, |key| bounds.contains(key), scan.limit))
    }

    async fn commit(&self, _: Batch) -> Result<Vec<u64>, StoreError> {
        read_only()
    }

    async fn copy(&self, _: Box<dyn Sink>, _: Arc<Progress>) -> Result<(), StoreError> {
        read_only()
    }

    async fn compact(&self, _: Arc<Progress>) -> Result<Compacted, StoreError> {
        read_only()
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        read_only()
    }

    async fn close(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
