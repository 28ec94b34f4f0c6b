use std::sync::Arc;

use super::*;
use crate::office::testing::{Watched, iin, import, office_over};
use crate::registry::Registry;
use crate::store::Store;

const ANNA: &str = "900101300007";
const PHONE: u64 = 77_010_000_002;

/// An office that knows a person, a phone bound to them, and a conversation with it.
async fn settled() -> (Arc<Watched>, Office) {
    let watched = Arc::new(Watched::default());
    let office = office_over(Arc::<Watched>::clone(&watched));
    let rows = format!("+{PHONE},{ANNA},self,2024-01-01,\n");
    assert_eq!(import(&office, Registry::Phones, &rows).await, (1, 0, 0));
    let key = phone_key(Msisdn::from_number(PHONE).unwrap()).to_vec();
    let batch = Batch {
        change: vec![(Tree::Dialogs, key, Some(vec![1, 2, 3]))],
        ..Batch::default()
    };
    watched.commit(batch).await.unwrap();
    watched.batches.lock().unwrap().clear();
    (watched, office)
}

#[tokio::test]
async fn it_is_finished_by_another_run_wherever_it_was_broken_off() {
    let (watched, office) = settled().await;
    run(&office, iin(ANNA), 1).await.unwrap();
    let batches = watched.batches.lock().unwrap().clone();
    assert!(batches.len() >= 2, "or this shows nothing");
    for done in 0..=batches.len() {
        let (watched, office) = settled().await;
        for batch in batches.iter().take(done) {
            watched.commit(batch.clone()).await.unwrap();
        }
        run(&office, iin(ANNA), 2).await.unwrap();
        for tree in [Tree::People, Tree::Phones, Tree::Dialogs] {
            let left = watched.scan(Scan::of(tree, 10)).await.unwrap();
            assert!(left.is_empty(), "in {tree:?} after {done} steps");
        }
    }
}
