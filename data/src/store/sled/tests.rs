use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::store::contract;

/// Small, so that tests side by side fit into memory.
fn options() -> SledOptions {
    SledOptions {
        cache_bytes: 64 << 20,
        ..SledOptions::default()
    }
}

fn open(path: &Path) -> Result<SledStore, StoreError> {
    SledStore::open(path, options())
}

#[tokio::test]
async fn it_passes_the_contract() {
    let folder = TempDir::new().unwrap();
    let count = std::cell::Cell::new(0);
    let make = || async {
        count.set(count.get() + 1);
        Arc::new(open(&folder.path().join(count.get().to_string())).unwrap()) as Arc<dyn Store>
    };
    contract::check(make).await.unwrap();
}

#[tokio::test]
async fn it_passes_the_contract_when_every_read_goes_to_the_readers() {
    let folder = TempDir::new().unwrap();
    let count = std::cell::Cell::new(0);
    let make = || async {
        count.set(count.get() + 1);
        let options = SledOptions {
            cache_bytes: 0,
            ..options()
        };
        Arc::new(SledStore::open(&folder.path().join(count.get().to_string()), options).unwrap())
            as Arc<dyn Store>
    };
    contract::check(make).await.unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let folder = TempDir::new().unwrap();
    contract::check_reopening(|| async { Arc::new(open(folder.path()).unwrap()) as Arc<dyn Store> })
        .await
        .unwrap();
}
