//! The data date, and how much of one person is kept.

use super::*;

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
async fn the_data_date_given_counts_and_not_the_payments() {
    let office = office();
    let plan = |data_date: &str, dry_run| Plan {
        data_date: Some(day(data_date)),
        dry_run,
    };
    let file = format!("{}\n{PAID}", Header::line(Registry::Contributions));
    import_cut(&office, &file, plan("2025-12-01", true), 1 << 20).await;
    assert_eq!(office.data_date().await, Ok(None));
    // The newest payment is of 01.10.2025.
    for given in ["2025-09-01", "2025-12-01"] {
        import_cut(&office, &file, plan(given, false), 1 << 20).await;
        assert_eq!(office.data_date().await, Ok(Some(day(given))));
    }
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
