//! The order of files and rows, and how they are cut, changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;

/// Rows of a small town, each key once, in no order.
fn town() -> BTreeMap<Registry, Vec<String>> {
    let mut rows: BTreeMap<Registry, Vec<String>> = BTreeMap::new();
    let people = (0..9).filter_map(|serial| Iin::with_check_digit(90_010_130_000 + serial));
    for (at, iin) in people.map(Iin::reveal).enumerate() {
        let mut add = |registry, row: String| rows.entry(registry).or_default().push(row);
        add(
            Registry::People,
            format!("{iin},Ким,Анна-{at},,1990-01-0{},f,none", at % 3 + 1),
        );
        add(Registry::Categories, format!("{iin},student,2024-09-01,"));
        add(
            Registry::Categories,
            format!("{iin},leave,2024-09-0{},2026-01-01", at + 1),
        );
        add(Registry::Temporary, format!("{iin},2026-10-2{at},2026-11-21"));
        add(
            Registry::Clinics,
            format!("{at},\"«Емхана» №{at}, \"\"А\"\"\",Б,В,Г"),
        );
        add(Registry::Attachments, format!("{iin},{},2024-01-01", 9 - at));
        add(Registry::Attachments, format!("{iin},{at},2023-01-01"));
        add(
            Registry::Phones,
            format!("+7701000000{},{iin},self,2024-01-01,", at / 2),
        );
        add(
            Registry::Phones,
            format!("+77010000009,{iin},child,2024-01-01,2025-01-01"),
        );
        for line in 0..5 {
            let paid = format!(
                "122,independent,{iin},{}.50,2025-10-{:02}",
                1000 + line,
                10 - line
            );
            add(
                Registry::Contributions,
                format!("R{},{line},{iin},0{}2025,{paid}", line % 2, line + 1),
            );
        }
        add(Registry::Returns, format!("R1,1,{iin},2026-02-12"));
        add(Registry::Returns, format!("R7,1,{iin},2026-02-12"));
    }
    rows
}

/// The town cut into files: of each registry the chosen rows first, then the others.
fn files() -> impl Strategy<Value = Vec<String>> {
    let halves: Vec<_> = town()
        .into_iter()
        .map(|(registry, rows)| {
            let count = rows.len();
            let chosen = subsequence(rows.clone(), 0..=count);
            (Just(registry), Just(rows).prop_shuffle(), chosen)
        })
        .collect();
    let files = halves.prop_map(|registries| {
        let file = |registry, rows: Vec<&String>| {
            rows.into_iter()
                .fold(Header::line(registry) + "\n", |mut file, row| {
                    writeln!(file, "{row}").unwrap();
                    file
                })
        };
        let cut = |(registry, rows, chosen): (Registry, Vec<String>, Vec<String>)| {
            let (first, second) = rows.iter().partition(|row| chosen.contains(row));
            [file(registry, first), file(registry, second)]
        };
        registries.into_iter().flat_map(cut).collect::<Vec<_>>()
    });
    files.prop_shuffle()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

async fn import_files<'a>(
    office: &Office,
    files: impl IntoIterator<Item = &'a String>,
    plan: Plan,
    max_bytes: usize,
) -> Ingested {
    let mut sum = Ingested::default();
    for file in files {
        let ingested = import_cut(office, file, plan, max_bytes).await;
        sum.accepted += ingested.accepted;
        sum.repeated += ingested.repeated;
        sum.refused.extend(ingested.refused);
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_order_and_any_cut_give_the_same_store(files in files(), max_bytes in 1..4000_usize) {
        block_on(async {
            let total = town().values().map(Vec::len).sum::<usize>() as u64;
            let straight = office();
            let in_order: Vec<String> = town()
                .into_iter()
                .map(|(registry, rows)| format!("{}\n{}\n", Header::line(registry), rows.join("\n")))
                .collect();
            import_files(&straight, &in_order, Plan::default(), 1 << 20).await;
            let expected = export_all(&straight).await;

            let shuffled = office();
            let dry = import_files(&shuffled, &files, Plan { dry_run: true, data_date: None }, max_bytes).await;
            let first = import_files(&shuffled, &files, Plan::default(), max_bytes).await;
            assert_eq!((first.accepted, first.repeated, first.refused.len()), (total, 0, 0));
            assert_eq!(dry.accepted, total);
            assert_eq!(export_all(&shuffled).await, expected);
            assert_eq!(shuffled.data_date().await, straight.data_date().await);

            // Again: nothing changes.
            let again = import_files(&shuffled, &files, Plan::default(), max_bytes).await;
            assert_eq!((again.accepted, again.repeated, again.refused.len()), (0, total, 0));
            assert_eq!(export_all(&shuffled).await, expected);

            // What was exported gives the same when imported into an empty store.
            let copy = office();
            let exported = import_files(&copy, expected.values(), Plan::default(), max_bytes).await;
            assert_eq!((exported.accepted, exported.refused.len()), (total, 0));
            assert_eq!(export_all(&copy).await, expected);
        });
    }

    /// A dry run counts what a real run of the same chunk then does, repetitions and conflicts included.
    #[test]
    fn a_dry_run_counts_as_a_real_one(lines in prop::collection::vec((0..3_usize, 0..3_u32, 0..2_u32), 1..60)) {
        block_on(async {
            let people = ["900101300007", "900101300017", "x"];
            let rows = lines.iter().fold(Header::line(Registry::Contributions) + "\n", |rows, (who, line, amount)| {
                rows + &format!("R1,{line},{},092025,122,employee,,{amount},2025-10-01\n", people[*who])
            });
            let office = office();
            let plan = Plan { dry_run: true, data_date: None };
            let dry = import_cut(&office, &rows, plan, 1 << 20).await;
            let real = import_cut(&office, &rows, Plan::default(), 1 << 20).await;
            assert_eq!(dry, real);
        });
    }
}

#[tokio::test]
async fn two_imports_at_once_lose_nothing() {
    let office = office();
    let rows = |reference: &str| {
        (0..300).fold(String::new(), |rows, line| {
            rows + &PAID.replace("R1,1,", &format!("{reference},{line},"))
        })
    };
    let (left, right) = (rows("R1"), rows("R2"));
    let (left, right) = tokio::join!(
        import(&office, Registry::Contributions, &left),
        import(&office, Registry::Contributions, &right)
    );
    assert_eq!((left, right), ((300, 0, 0), (300, 0, 0)));
    assert_eq!(
        export(&office, Registry::Contributions).await.lines().count(),
        600
    );
}

/// A person's list of phones is filled across groups; a dry run sees that as well.
#[tokio::test]
async fn a_dry_run_counts_across_groups() {
    let bound = |phone: usize| format!("8701{phone:07},900101300007,self,2024-01-01,\n");
    let rows: String = (0..2 * GROUP).map(bound).collect();
    let file = format!("{}\n{rows}", Header::line(Registry::Phones));
    let office = office();
    let dry = import_cut(
        &office,
        &file,
        Plan {
            dry_run: true,
            data_date: None,
        },
        1 << 20,
    )
    .await;
    let real = import_cut(&office, &file, Plan::default(), 1 << 20).await;
    assert_eq!(dry, real);
    assert_eq!(real.accepted, MAX_PHONES as u64);
}
