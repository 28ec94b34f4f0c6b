//! What goes into one commit, and what happens if it fails.

use super::*;

#[tokio::test]
async fn commits_are_groups_in_the_order_of_keys() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    let people = (0..700)
        .rev()
        .filter_map(|serial| Iin::with_check_digit(90_010_130_000 + serial));
    let rows: Vec<_> = people
        .map(|iin| format!("{},2026-10-22,2026-11-21\n", iin.reveal()))
        .collect();
    import(&office, Registry::Temporary, &rows.concat()).await;
    let batches = store.batches.lock().unwrap();
    let keys: Vec<_> = batches
        .iter()
        .flat_map(|batch| &batch.change)
        .map(|(_, key, _)| key)
        .collect();
    assert_eq!(keys.len(), rows.len());
    assert!(keys.is_sorted());
    assert!(batches.iter().all(|batch| batch.change.len() <= GROUP));
    assert_eq!(batches.len(), rows.len().div_ceil(GROUP));
}

#[tokio::test]
async fn a_group_of_large_people_is_cut_short() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    let people: Vec<_> = (0..20)
        .filter_map(|serial| Iin::with_check_digit(90_010_130_000 + serial))
        .collect();
    for iin in &people {
        let mut person = Person::new(*iin);
        let waiting = (0..5_000).map(|line| crate::contribution::WaitingReturn {
            reference: format!("{}{line:04}", "𝄞".repeat(60)),
            line,
            returned_on: day("2026-01-01"),
        });
        person.waiting_returns = waiting.collect();
        let mut unit = office.begin();
        unit.write(&person_key(*iin), &person);
        unit.commit().await.unwrap();
    }
    store.batches.lock().unwrap().clear();
    let rows: Vec<_> = people
        .iter()
        .map(|iin| format!("{},2026-10-22,2026-11-21\n", iin.reveal()))
        .collect();
    assert_eq!(
        import(&office, Registry::Temporary, &rows.concat()).await.0,
        people.len() as u64
    );
    let sizes: Vec<_> = store
        .batches
        .lock()
        .unwrap()
        .iter()
        .map(|batch| batch.change.len())
        .collect();
    assert!(
        sizes.len() > 1 && sizes.iter().all(|size| (1..=9).contains(size)),
        "{sizes:?}"
    );
}

#[tokio::test]
async fn what_another_changed_meanwhile_is_not_lost() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    let (_, first, second) = ROWS[0];
    import(&office, Registry::People, first).await;
    let key = person_key(iin("900101300007"));
    let mut locked = office.person(iin("900101300007")).await.unwrap().unwrap();
    locked.locked = true;
    *store.before_next.lock().unwrap() = Some(Batch {
        change: vec![(Tree::People, key.to_vec(), Some(locked.encode()))],
        ..Batch::default()
    });
    assert_eq!(import(&office, Registry::People, second).await, (1, 0, 0));
    let person = office.person(iin("900101300007")).await.unwrap().unwrap();
    assert!(person.locked);
    assert_eq!(export(&office, Registry::People).await, second);
}

/// One payment of one person.
fn paid() -> Chunk {
    Chunk {
        registry: Registry::Contributions,
        separator: ',',
        rows: PAID.into(),
        first_line: 2,
        data_date: None,
        dry_run: false,
        import: None,
    }
}

#[tokio::test]
async fn a_conflict_is_tried_again_so_many_times() {
    for (conflicts, taken) in [(MAX_TRIES - 1, true), (MAX_TRIES, false)] {
        let store = Arc::new(Watched {
            conflicts: conflicts.into(),
            ..Watched::default()
        });
        let chunk = paid();
        let ingested = office_over(store).ingest(&chunk).await;
        let accepted = ingested.map(|ingested| ingested.accepted);
        assert_eq!(accepted, if taken { Ok(1) } else { Err(StoreError::Conflict) });
    }
}

#[tokio::test]
async fn a_damaged_person_stops_the_import_and_is_not_overwritten() {
    let store = Arc::new(MemoryStore::new());
    let key = person_key(iin("900101300007")).to_vec();
    let change = vec![(Tree::People, key.clone(), Some(vec![255, 1, 2]))];
    store
        .commit(Batch {
            change,
            ..Batch::default()
        })
        .await
        .unwrap();
    let office = office_over(store.clone());
    let chunk = paid();
    let error = office.ingest(&chunk).await.unwrap_err();
    assert!(matches!(error, StoreError::Value { .. }));
    assert_eq!(store.get(Tree::People, &key).await, Ok(Some(vec![255, 1, 2])));
    assert!(Person::decode(&[255, 1, 2]).is_err());
}
