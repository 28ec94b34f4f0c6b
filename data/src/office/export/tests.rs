use super::*;
use crate::office::testing::{export, import, office};
use crate::registry::csv::Header;

#[tokio::test]
async fn rows_are_sorted_by_what_they_are_known_by() {
    for (registry, rows) in [
        (
            Registry::Categories,
            "900101300007,children,2024-09-01,\n\
             900101300007,crisis,2024-09-01,\n\
             900101300007,student,2020-09-01,\n\
             900101300007,student,2024-09-01,\n\
             900101300007,unemployed,2020-09-01,\n\
             900101300017,children,2024-09-01,\n",
        ),
        (
            Registry::Contributions,
            "R1,2,900101300007,012025,121,employer,,1,2025-10-02\n\
             R1,10,900101300007,012024,121,employer,,1,2025-10-01\n\
             R2,1,900101300007,012023,121,employer,,1,2025-09-01\n",
        ),
        (
            Registry::Returns,
            "R1,2,900101300007,2026-01-02\nR1,10,900101300007,2026-01-01\nR2,1,900101300007,2026-01-01\n",
        ),
        (
            Registry::Phones,
            "+77010000001,900101300017,self,2024-01-01,\n\
             +77010000002,900101300007,self,2024-01-01,\n\
             +77010000002,900101300017,child,2023-01-01,\n",
        ),
        (Registry::Clinics, "1,А,Б,,\n10,А,Б,,\n2,А,Б,,\nА,А,Б,,\n"),
    ] {
        let office = office();
        let reversed: Vec<_> = rows.lines().rev().collect();
        import(&office, registry, &reversed.join("\n")).await;
        assert_eq!(export(&office, registry).await, rows);
    }
}

#[tokio::test]
async fn returns_that_wait_and_returns_done_stand_together() {
    let office = office();
    let returns = "R1,1,900101300007,2026-01-02\nR1,2,900101300007,2026-01-01\n";
    import(&office, Registry::Returns, returns).await;
    let paid = "R1,2,900101300007,012025,121,employer,,1,2025-10-02\n";
    import(&office, Registry::Contributions, paid).await;
    assert_eq!(export(&office, Registry::Returns).await, returns);
    assert_eq!(export(&office, Registry::Contributions).await, paid);
    // The person has no row of the people registry, so there is none to give back.
    assert_eq!(export(&office, Registry::People).await, "");
}

/// Many people, then people with many rows: every page is small, and together they hold each row once.
#[tokio::test]
async fn pages_are_small_and_whole() {
    let office = office();
    let people = (0..700).filter_map(|serial| Iin::with_check_digit(90_010_130_000 + serial));
    let people: Vec<_> = people.take(2 * PAGE_RECORDS).map(Iin::reveal).collect();
    let temporary: Vec<_> = people
        .iter()
        .map(|iin| format!("{iin},2026-10-22,2026-11-21\n"))
        .collect();
    import(&office, Registry::Temporary, &temporary.concat()).await;
    let reference = "R".repeat(64);
    for iin in people.iter().take(6) {
        let returns: Vec<_> = (0..3_000)
            .map(|line| format!("{reference},{line},{iin},2026-01-02\n"))
            .collect();
        import(&office, Registry::Returns, &returns.concat()).await;
    }
    for (registry, rows, pages) in [
        (Registry::Temporary, people.len(), 3),
        (Registry::Returns, 18_000, 5),
    ] {
        let (mut text, mut after, mut count) = (String::new(), None, 0);
        loop {
            let page = office.export(registry, after).await.unwrap();
            assert!(page.rows.len() < 2 * PAGE_BYTES);
            text += &page.rows;
            count += 1;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((text.lines().count(), count), (rows, pages), "{registry:?}");
        assert!(!text.starts_with(&Header::line(registry)));
    }
}

#[tokio::test]
async fn the_extremes_that_rows_may_hold_come_back() {
    let office = office();
    let (name, reference) = ("𝄞".repeat(100), "Ә".repeat(64));
    for (registry, rows) in [
        (
            Registry::People,
            format!(
                "000000000010,{name},{name},{name},1800-01-01,m,none\n900101300007,А,,,9999-12-31,f,none\n"
            ),
        ),
        (
            Registry::Categories,
            "000000000010,crisis,1800-01-01,9999-12-31\n".into(),
        ),
        (Registry::Temporary, "000000000010,1800-01-01,9999-12-31\n".into()),
        (
            Registry::Attachments,
            format!("000000000010,{},1800-01-01\n", "𝄞".repeat(32)),
        ),
        (
            Registry::Phones,
            "+10000000,000000000010,child,1800-01-01,9999-12-31\n\
             +999999999999999,000000000010,self,1800-01-01,\n"
                .into(),
        ),
        (
            Registry::Contributions,
            format!(
                "{reference},0,000000000010,011900,124,state,000000000000,0,1800-01-01\n\
                 {reference},4294967295,000000000010,122199,121,employer,999999999999,10000000000,9999-12-31\n"
            ),
        ),
        (
            Registry::Returns,
            format!(
                "{reference},0,000000000010,1800-01-01\n\
                 {reference},4294967294,000000000010,9999-12-31\n"
            ),
        ),
    ] {
        assert_eq!(import(&office, registry, &rows).await.2, 0, "{rows}");
        assert_eq!(export(&office, registry).await, rows);
    }
}
