//! A handful of people with the phones that the stories need.

use std::path::Path;

use crate::process::{done, run, write};

/// Insured: twelve months paid. Bound to [`PHONE_A`].
pub(crate) const PAID: &str = "900101300007";
/// Not insured: nothing paid. Bound to [`PHONE_A`], as the child of its owner.
pub(crate) const UNPAID: &str = "900101300017";
/// Insured as a pensioner. Bound to [`PHONE_B`] alone.
pub(crate) const PENSIONER: &str = "900101300027";
/// Known, and bound to nobody.
pub(crate) const UNBOUND: [&str; 5] = [
    "900101300811",
    "900101300823",
    "040229600205",
    "050229600003",
    "900101000008",
];

/// Bound to two people.
pub(crate) const PHONE_A: &str = "+77010000001";
/// Bound to one.
pub(crate) const PHONE_B: &str = "+77010000002";
/// Bound to nobody.
pub(crate) const STRANGER: &str = "+77010000003";
/// Bound to nobody, too.
pub(crate) const STRANGER_2: &str = "+77010000004";

/// Imports them into `store`, with files written to `dir`.
pub(crate) fn import(dir: &Path, store: &Path) {
    let names = [PAID, UNPAID, PENSIONER].into_iter().chain(UNBOUND);
    let rows: Vec<String> = names
        .map(|iin| format!("{iin},Сейтқали,Айгүл,,1990-01-01,f,independent\n"))
        .collect();
    let people = format!(
        "iin,surname,given_name,patronymic,birth_date,sex,payer_kind\n{}",
        rows.concat()
    );
    let categories = format!("iin,category,from,to\n{PENSIONER},pensioner,2020-01-01,\n");
    let phones = format!(
        "msisdn,iin,role,bound_on,unbound_on\n{PHONE_A},{PAID},self,2024-01-01,\n{PHONE_A},{UNPAID},child,2024-01-01,\n\
         {PHONE_B},{PENSIONER},self,2024-01-01,\n"
    );
    let files = [
        write(dir, "people.csv", &people),
        write(dir, "categories.csv", &categories),
        write(dir, "phones.csv", &phones),
        write(dir, "contributions.csv", &contributions()),
    ];
    let mut args = vec!["import", "--store", store.to_str().unwrap()];
    args.extend(files.iter().map(String::as_str));
    done(run(&args));
}

/// Twelve months of [`PAID`], up to October 2026.
fn contributions() -> String {
    let rows = (0..12).map(|n| {
        let (year, month) = if n < 2 { (2025, n + 11) } else { (2026, n - 1) };
        format!("R1,{n},{PAID},{month:02}{year},122,independent,{PAID},4250,{year}-{month:02}-20\n")
    });
    let header = "reference,line,iin,period,knp,payer_kind,payer_id,amount,paid_on\n";
    header.to_owned() + &rows.collect::<Vec<_>>().concat()
}
