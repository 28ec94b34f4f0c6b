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

mod bounds;
mod commits;
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
    assert!(phone.people_on(day("2026-01-01")).eq([person.iin]));
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
    // The IIN says this date itself.
    assert!(births().await.is_empty());
    import(&office, Registry::People, second).await;
    assert_eq!(
        births().await,
        [birth_key(day("1990-01-02"), iin("900101300007"))]
    );
    import(&office, Registry::People, first).await;
    assert!(births().await.is_empty());
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
