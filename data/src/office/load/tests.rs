use std::sync::Arc;

use super::*;
use crate::category::TemporaryStatus;
use crate::iin::Iin;
use crate::office::testing::{Watched, day, office_over};

/// A row for each of so many people, in the order of their numbers.
fn rows(people: usize) -> Vec<Sorted> {
    let month = TemporaryStatus {
        from: day("2026-11-01"),
        to: day("2026-11-30"),
    };
    let iins = (900_101_300_000..).filter_map(Iin::from_number);
    iins.take(people)
        .map(|iin| Sorted {
            key: iin.number(),
            place: Place::FIRST,
            row: Row::Temporary(iin, month),
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn at_a_pace_there_is_a_rest_after_each_commit_of_so_many_records() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    let pace = Pace {
        group: 4,
        rest: Duration::from_millis(7),
    };
    let started = tokio::time::Instant::now();
    let loaded = office
        .load(&Piece::EMPTY, &rows(10), pace)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(loaded.counts, [(10, 0)]);
    let sizes = |batches: &[Batch]| {
        let people = |batch: &Batch| {
            let trees = batch.change.iter().map(|(tree, ..)| *tree);
            trees.filter(|tree| *tree == Tree::People).count()
        };
        batches
            .iter()
            .map(people)
            .filter(|count| *count > 0)
            .collect::<Vec<_>>()
    };
    assert_eq!(sizes(&store.batches.lock().unwrap()), [4, 4, 2]);
    assert_eq!(started.elapsed(), 3 * pace.rest);
}
