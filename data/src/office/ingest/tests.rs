use std::sync::Arc;

use super::*;
use crate::iin::Iin;
use crate::office::testing::{
    Watched, day, export, export_all, iin, import, import_cut, office, office_over,
};
use crate::office::{
    MAX_BINDINGS, MAX_CONTRIBUTIONS, MAX_PHONES, MAX_SPANS, birth_key, person_key, phone_key,
};
use crate::person::Person;
use crate::phone::Msisdn;
use crate::registry::Registry;
use crate::registry::csv::{Header, Plan};
use crate::store::memory::MemoryStore;
use crate::store::unit::Record;
use crate::store::{Batch, Store, Tree};

mod order;

const PAID: &str = "R1,1,900101300007,092025,122,independent,900101300007,4250,2025-10-01\n";
const RETURNED: &str = "R1,1,900101300007,2026-02-12\n";

/// For each registry: a row, and one with the same key and other values.
const ROWS: [(Registry, &str, &str); 7] = [
    (
        Registry::People,
        "900101300007,Ким,Анна,,1990-01-01,f,none\n",
        "900101300007,Ким,Анна,,1990-01-02,f,employee\n",
    ),
    (
        Registry::Categories,
        "900101300007,student,2024-09-01,\n",
        "900101300007,student,2024-09-01,2028-06-30\n",
    ),
    (
        Registry::Temporary,
        "900101300007,2026-10-22,2026-11-21\n",
        "900101300007,2026-10-22,2026-11-20\n",
    ),
    (Registry::Clinics, "1,А,Б,В,Г\n", "1,А,Б,В,Д\n"),
    (
        Registry::Attachments,
        "900101300007,1,2024-01-01\n",
        "900101300007,2,2024-01-01\n",
    ),
    (
        Registry::Phones,
        "+77010000001,900101300007,self,2024-01-01,\n",
        "+77010000001,900101300007,self,2024-01-01,2025-01-01\n",
    ),
    (Registry::Returns, RETURNED, "R1,1,900101300007,2026-02-13\n"),
];

#[tokio::test]
async fn the_same_row_is_repeated_and_another_with_its_key_replaces_it() {
    for (registry, first, second) in ROWS {
        let office = office();
        assert_eq!(import(&office, registry, first).await, (1, 0, 0), "{first}");
        assert_eq!(import(&office, registry, first).await, (0, 1, 0), "{first}");
        assert_eq!(export(&office, registry).await, first);
        assert_eq!(import(&office, registry, second).await, (1, 0, 0), "{second}");
        assert_eq!(export(&office, registry).await, second);
        // Within one file the later row counts as well.
        assert_eq!(
            import(&office, registry, &format!("{first}{second}{second}")).await,
            (2, 1, 0)
        );
        assert_eq!(export(&office, registry).await, second);
    }
}

#[tokio::test]
async fn rows_with_other_keys_stand_beside_each_other() {
    for (registry, rows) in [
        (
            Registry::Categories,
            "900101300007,student,2024-09-01,\n900101300007,student,2025-09-01,\n",
        ),
        (
            Registry::Categories,
            "900101300007,leave,2024-09-01,\n900101300007,student,2024-09-01,\n",
        ),
        (
            Registry::Temporary,
            "900101300007,2026-10-22,2026-11-21\n900101300007,2026-10-23,2026-11-21\n",
        ),
        (
            Registry::Attachments,
            "900101300007,1,2024-01-01\n900101300007,1,2024-01-02\n",
        ),
        (
            Registry::Phones,
            "+77010000001,900101300007,self,2024-01-01,\n+77010000001,900101300017,child,2024-01-01,\n",
        ),
        (
            Registry::Returns,
            "R1,1,900101300007,2026-02-12\nR1,2,900101300007,2026-02-12\n",
        ),
        (Registry::Clinics, "1,А,Б,В,Г\n2,А,Б,В,Г\n"),
    ] {
        let office = office();
        assert_eq!(import(&office, registry, rows).await, (2, 0, 0), "{rows}");
        assert_eq!(export(&office, registry).await, rows);
    }
}

#[tokio::test]
async fn a_contribution_with_the_same_key_and_other_content_is_a_conflict() {
    let office = office();
    assert_eq!(import(&office, Registry::Contributions, PAID).await, (1, 0, 0));
    for (from, to) in [
        ("092025", "102025"),
        (",122,", ",121,"),
        ("independent", "employee"),
        (",900101300007,4250", ",,4250"),
        ("4250", "4250.01"),
        ("2025-10-01", "2025-10-02"),
    ] {
        let file = format!(
            "{}\n{}",
            Header::line(Registry::Contributions),
            PAID.replace(from, to)
        );
        let ingested = import_cut(&office, &file, Plan::default(), 1 << 20).await;
        assert_eq!((ingested.accepted, ingested.repeated), (0, 0), "{to}");
        let refused = &ingested.refused[0];
        assert!(refused.reason.starts_with("conflict"), "{}", refused.reason);
        assert_eq!(
            (refused.line, refused.row.as_str()),
            (2, PAID.replace(from, to).trim_end())
        );
    }
    assert_eq!(export(&office, Registry::Contributions).await, PAID);
    // The same key of another person is another row.
    let other = PAID.replacen("900101300007", "900101300017", 1);
    assert_eq!(import(&office, Registry::Contributions, &other).await, (1, 0, 0));
}

#[tokio::test]
async fn a_return_waits_for_its_contribution() {
    let (before, after) = (office(), office());
    assert_eq!(import(&before, Registry::Returns, RETURNED).await, (1, 0, 0));
    assert_eq!(import(&before, Registry::Contributions, PAID).await, (1, 0, 0));
    assert_eq!(import(&after, Registry::Contributions, PAID).await, (1, 0, 0));
    assert_eq!(import(&after, Registry::Returns, RETURNED).await, (1, 0, 0));
    for office in [before, after] {
        let person = office.person(iin("900101300007")).await.unwrap().unwrap();
        assert_eq!(person.contributions[0].returned_on, Some(day("2026-02-12")));
        assert!(person.waiting_returns.is_empty());
        // Both rows are repeated from now on, and another day of return replaces.
        assert_eq!(import(&office, Registry::Contributions, PAID).await, (0, 1, 0));
        assert_eq!(import(&office, Registry::Returns, RETURNED).await, (0, 1, 0));
        assert_eq!(export(&office, Registry::Returns).await, RETURNED);
        let later = RETURNED.replace("02-12", "02-13");
        assert_eq!(import(&office, Registry::Returns, &later).await, (1, 0, 0));
        assert_eq!(export(&office, Registry::Returns).await, later);
    }
}

#[tokio::test]
async fn an_attachment_stands_before_its_clinic_is_known() {
    let office = office();
    import(
        &office,
        Registry::Attachments,
        "900101300007,1,2024-01-01\n900101300007,2,2023-01-01\n",
    )
    .await;
    let person = office.person(iin("900101300007")).await.unwrap().unwrap();
    let attachment = person.attachment().unwrap();
    assert_eq!(attachment.clinic_code, "1");
    assert_eq!(office.clinic(&attachment.clinic_code).await.unwrap(), None);
    import(&office, Registry::Clinics, "1,А,Б,В,Г\n").await;
    assert_eq!(office.clinic("1").await.unwrap().unwrap().name_kk, "А");
}

#[tokio::test]
async fn a_person_and_a_phone_name_each_other() {
    let office = office();
    import(
        &office,
        Registry::Phones,
        "87010000002,900101300007,self,2024-01-01,\n",
    )
    .await;
    import(
        &office,
        Registry::Phones,
        "87010000001,900101300007,self,2024-01-01,2025-01-01\n",
    )
    .await;
    let person = office.person(iin("900101300007")).await.unwrap().unwrap();
    let phones: Vec<_> = person.phones.iter().map(|phone| phone.number()).collect();
    assert_eq!(phones, [77_010_000_001, 77_010_000_002]);
    let phone = office.phone(Msisdn::parse("87010000002").unwrap()).await.unwrap();
    assert!(phone.is_bound_to(person.iin, day("2026-01-01")));
    assert_eq!(export(&office, Registry::People).await, "");
}

#[tokio::test]
async fn the_wishes_of_a_phones_owner_outlive_its_registry() {
    let office = office();
    let msisdn = Msisdn::parse("87010000001").unwrap();
    let mut unit = office.begin();
    let mut phone = office.phone(msisdn).await.unwrap();
    phone.stopped = true;
    unit.write(&phone_key(msisdn), &phone);
    unit.commit().await.unwrap();
    import(
        &office,
        Registry::Phones,
        "87010000001,900101300007,self,2024-01-01,\n",
    )
    .await;
    let phone = office.phone(msisdn).await.unwrap();
    assert!(phone.stopped && phone.bindings.len() == 1);
}

#[tokio::test]
async fn people_are_found_by_the_date_of_birth_that_holds_now() {
    let office = office();
    let births = async || {
        let scan = crate::store::Scan::of(Tree::Births, 10);
        let entries = office.store().scan(scan).await.unwrap();
        entries.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    let (_, first, second) = ROWS[0];
    import(&office, Registry::People, first).await;
    assert_eq!(
        births().await,
        [birth_key(day("1990-01-01"), iin("900101300007"))]
    );
    import(&office, Registry::People, second).await;
    assert_eq!(
        births().await,
        [birth_key(day("1990-01-02"), iin("900101300007"))]
    );
}

#[tokio::test]
async fn the_data_date_is_the_newest_and_never_goes_back() {
    let office = office();
    let paid = |line: u32, day: &str| {
        PAID.replace("R1,1,", &format!("R1,{line},"))
            .replace("2025-10-01", day)
    };
    assert_eq!(office.data_date().await, Ok(None));
    for (line, paid_on, data_date) in [
        (1, "2025-10-05", "2025-10-05"),
        (2, "2025-10-04", "2025-10-05"),
        (3, "2025-10-06", "2025-10-06"),
        // Today is 22.11.2026: a day to come is a slip.
        (4, "2026-11-23", "2025-10-06"),
        (5, "2026-11-22", "2026-11-22"),
    ] {
        assert_eq!(
            import(&office, Registry::Contributions, &paid(line, paid_on)).await,
            (1, 0, 0)
        );
        assert_eq!(office.data_date().await, Ok(Some(day(data_date))), "{paid_on}");
    }
}

#[tokio::test]
async fn the_data_date_given_counts_as_well() {
    let office = office();
    let plan = |data_date: &str, dry_run| Plan {
        data_date: Some(day(data_date)),
        dry_run,
    };
    let file = format!("{}\n{PAID}", Header::line(Registry::Contributions));
    import_cut(&office, &file, plan("2025-12-01", true), 1 << 20).await;
    assert_eq!(office.data_date().await, Ok(None));
    import_cut(&office, &file, plan("2025-12-01", false), 1 << 20).await;
    assert_eq!(office.data_date().await, Ok(Some(day("2025-12-01"))));
    // Rows that are repeated confirm the new day too; an older one takes nothing back.
    import_cut(&office, &file, plan("2026-01-01", false), 1 << 20).await;
    import_cut(&office, &file, plan("2025-01-01", false), 1 << 20).await;
    assert_eq!(office.data_date().await, Ok(Some(day("2026-01-01"))));
}

#[tokio::test]
async fn a_person_has_at_most_so_many_rows() {
    let office = office();
    let line = |at: usize| PAID.replace("R1,1,", &format!("R1,{at},"));
    let rows: String = (0..=MAX_CONTRIBUTIONS).map(line).collect();
    let most = MAX_CONTRIBUTIONS as u64;
    assert_eq!(
        import(&office, Registry::Contributions, &rows).await,
        (most, 0, 1)
    );
    let returns: String = (0..=2 * MAX_CONTRIBUTIONS)
        .map(|at| RETURNED.replace("R1,1,", &format!("R1,{at},")))
        .collect();
    // One for each payment, as many that wait, and one too many.
    assert_eq!(
        import(&office, Registry::Returns, &returns).await,
        (2 * most, 0, 1)
    );
    let person = office.person(iin("900101300007")).await.unwrap().unwrap();
    assert!(person.encode().len() < crate::store::MAX_VALUE_BYTES / 4);
}

#[tokio::test]
async fn lists_of_a_person_and_a_phone_are_bounded() {
    let office = office();
    let dated = |at: u64| day("2000-01-01") + chrono::Days::new(at);
    let spans = MAX_SPANS as u64;
    for (registry, row) in [
        (Registry::Categories, "900101300007,student,DAY,\n"),
        (Registry::Temporary, "900101300007,DAY,2100-01-01\n"),
        (Registry::Attachments, "900101300007,1,DAY\n"),
    ] {
        let rows: String = (0..=spans)
            .map(|at| row.replace("DAY", &dated(at).to_string()))
            .collect();
        assert_eq!(import(&office, registry, &rows).await, (spans, 0, 1));
    }
    let bound = |phone: usize, iin: &str| format!("8701{phone:07},{iin},self,2024-01-01,\n");
    let rows: String = (0..=MAX_PHONES)
        .map(|phone| bound(phone, "900101300007"))
        .collect();
    assert_eq!(
        import(&office, Registry::Phones, &rows).await,
        (MAX_PHONES as u64, 0, 1)
    );
    let people = (0..).filter_map(|serial| Iin::with_check_digit(80_010_130_000 + serial));
    let rows: String = people
        .take(MAX_BINDINGS + 1)
        .map(|iin| bound(999, &iin.reveal()))
        .collect();
    assert_eq!(
        import(&office, Registry::Phones, &rows).await,
        (MAX_BINDINGS as u64, 0, 1)
    );
    // Who is refused everything is not even created.
    assert_eq!(
        office.store().figures().await.unwrap().entries["people"],
        1 + MAX_BINDINGS as u64
    );
}

#[tokio::test]
async fn refusals_come_in_the_order_of_the_file() {
    let rows = "900101300017,2026-10-22,2026-11-21\nx\n900101300007,2026-10-22,2026-11-21\ny\n";
    let file = format!(
        "{}\n{PAID}bad\n{}{rows}",
        Header::line(Registry::Contributions),
        PAID.replace("4250", "1")
    );
    let ingested = import_cut(&office(), &file, Plan::default(), 1 << 20).await;
    let lines: Vec<_> = ingested.refused.iter().map(|refused| refused.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let office = office();
    let before = office.store().figures().await.unwrap();
    for (registry, first, second) in ROWS {
        let file = format!("{}\n{first}{second}{first}", Header::line(registry));
        let plan = Plan {
            data_date: Some(day("2026-01-01")),
            dry_run: true,
        };
        let ingested = import_cut(&office, &file, plan, 1 << 20).await;
        assert_eq!(ingested.accepted, 3, "{first}");
    }
    assert_eq!(office.store().figures().await.unwrap(), before);
}

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
    for (at, iin) in people.iter().enumerate() {
        let mut person = Person::new(*iin);
        let long = crate::contribution::WaitingReturn {
            reference: "R".repeat(1 << 20),
            line: u32::try_from(at).unwrap(),
            returned_on: day("2026-01-01"),
        };
        person.waiting_returns.push(long);
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

#[tokio::test]
async fn a_conflict_is_tried_again_so_many_times() {
    for (conflicts, taken) in [(MAX_TRIES - 1, true), (MAX_TRIES, false)] {
        let store = Arc::new(Watched {
            conflicts: conflicts.into(),
            ..Watched::default()
        });
        let chunk = Chunk {
            registry: Registry::Contributions,
            separator: ',',
            rows: PAID.into(),
            first_line: 2,
            data_date: None,
            dry_run: false,
        };
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
    let chunk = Chunk {
        registry: Registry::Contributions,
        separator: ',',
        rows: PAID.into(),
        first_line: 2,
        data_date: None,
        dry_run: false,
    };
    let error = office.ingest(&chunk).await.unwrap_err();
    assert!(matches!(error, StoreError::Value { .. }));
    assert_eq!(store.get(Tree::People, &key).await, Ok(Some(vec![255, 1, 2])));
    assert!(Person::decode(&[255, 1, 2]).is_err());
}
