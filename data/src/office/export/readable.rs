//! Reading what can be read of a store some of whose pages are damaged: everything before such a page and everything
//! behind it. Where it ends is found by asking for what follows this key or that, since its own bounds are lost with it.

use crate::store::{Key, Scan, Store, StoreError, Value};

/// Entries that could be read.
#[derive(Debug, Default)]
pub(crate) struct Readable {
    pub(crate) entries: Vec<(Key, Value)>,
    /// Runs of entries passed over.
    pub(crate) gaps: usize,
    /// Where to go on; `None`: at the end.
    pub(crate) next: Option<Key>,
}

/// A page of `scan`, or as much of it as comes before what cannot be read, or what comes first behind that.
///
/// # Errors
/// What the store says, but that it cannot read.
pub(crate) async fn page(store: &dyn Store, scan: Scan) -> Result<Readable, StoreError> {
    if let Some(entries) = read(store, scan.clone()).await? {
        let full = entries.len() >= scan.limit;
        let next = entries.last().map(|(key, _)| key.clone()).filter(|_| full);
        return Ok(Readable {
            entries,
            gaps: 0,
            next,
        });
    }
    let before = before(store, scan.clone()).await?;
    if let Some((last, _)) = before.last() {
        let next = Some(last.clone());
        return Ok(Readable {
            entries: before,
            gaps: 0,
            next,
        });
    }
    behind(store, scan).await
}

/// The entries one by one, up to the first that cannot be read.
async fn before(store: &dyn Store, mut scan: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
    let limit = std::mem::replace(&mut scan.limit, 1);
    let mut entries = Vec::new();
    while entries.len() < limit {
        match read(store, scan.clone()).await? {
            Some(one) if !one.is_empty() => {
                scan.after = one.last().map(|(key, _)| key.clone());
                entries.extend(one);
            }
            _ => break,
        }
    }
    Ok(entries)
}

/// What comes first behind a damaged page, which `scan` begins in.
async fn behind(store: &dyn Store, scan: Scan) -> Result<Readable, StoreError> {
    let follows = async |number: u64| {
        let scan = Scan {
            after: Some(number.to_be_bytes().to_vec()),
            limit: 1,
            ..scan.clone()
        };
        read(store, scan).await
    };
    let damaged = scan.after.as_deref().map_or(0, number);
    // Twice as far each time, until something is read ...
    let mut step = 1_u64;
    let (mut low, mut high) = loop {
        let Some(far) = damaged.checked_add(step) else {
            return Ok(Readable {
                gaps: 1,
                ..Readable::default()
            });
        };
        if follows(far).await?.is_some() {
            break (damaged + step / 2, far);
        }
        step = step.saturating_mul(2);
    };
    // ... then back to the first such place, which is where the page behind begins.
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match follows(middle).await? {
            Some(_) => high = middle,
            None => low = middle,
        }
    }
    let first = high.to_be_bytes().to_vec();
    let value = store.get(scan.tree, &first).await?;
    Ok(Readable {
        entries: value.map(|value| (first.clone(), value)).into_iter().collect(),
        gaps: 1,
        next: Some(first),
    })
}

/// The entries of `scan`; `None` if they cannot be read.
async fn read(store: &dyn Store, scan: Scan) -> Result<Option<Vec<(Key, Value)>>, StoreError> {
    match store.scan(scan).await {
        Ok(entries) => Ok(Some(entries)),
        Err(StoreError::Failed(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A key as a number: IINs and phones are written so; of other keys it is how they begin.
fn number(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (byte, of_key) in bytes.iter_mut().zip(key) {
        *byte = *of_key;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests;
