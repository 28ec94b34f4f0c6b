//! Reads the worked cases of `tests/golden` with nothing but the `csv` crate, so that a fault of the importer cannot
//! hide one of the rules.

#![expect(
    clippy::unwrap_used,
    reason = "a worked case that cannot be read is to stop the test or the benchmark"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use saqta_data::category::{Category, CategorySpan, TemporaryStatus};
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::iin::Iin;
use saqta_data::person::{Identity, Person, Sex};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The days for which the worked cases hold answers.
pub(crate) const DAYS: [&str; 3] = ["2026-01-01", "2026-08-26", "2026-11-22"];

#[derive(Deserialize)]
struct PersonRow {
    iin: Iin,
    surname: String,
    given_name: String,
    patronymic: String,
    birth_date: NaiveDate,
    sex: Sex,
    payer_kind: PayerKind,
}

#[derive(Deserialize)]
struct CategoryRow {
    iin: Iin,
    category: Category,
    from: NaiveDate,
    to: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct TemporaryRow {
    iin: Iin,
    temporary_from: NaiveDate,
    temporary_to: NaiveDate,
}

#[derive(Deserialize)]
struct ContributionRow {
    reference: String,
    line: u32,
    iin: Iin,
    period: String,
    knp: u8,
    payer_kind: Payer,
    payer_id: Option<u64>,
    amount: String,
    paid_on: NaiveDate,
}

#[derive(Deserialize)]
struct ReturnRow {
    reference: String,
    line: u32,
    iin: Iin,
    returned_on: NaiveDate,
}

/// The path of a file of the worked cases.
pub(crate) fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/golden")
        .join(file)
}

fn rows<T: DeserializeOwned>(file: &str) -> Vec<T> {
    csv::Reader::from_path(path(file))
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

/// The people, in the order of `people.csv`.
pub(crate) fn people() -> Vec<Person> {
    let order: Vec<PersonRow> = rows("people.csv");
    let mut people: BTreeMap<Iin, Person> = order.iter().map(|row| (row.iin, Person::new(row.iin))).collect();
    for row in rows::<CategoryRow>("categories.csv") {
        let span = CategorySpan {
            category: row.category,
            from: row.from,
            to: row.to,
        };
        people.get_mut(&row.iin).unwrap().categories.push(span);
    }
    for row in rows::<TemporaryRow>("temporary.csv") {
        let span = TemporaryStatus {
            from: row.temporary_from,
            to: row.temporary_to,
        };
        people.get_mut(&row.iin).unwrap().temporary.push(span);
    }
    for row in rows::<ContributionRow>("contributions.csv") {
        people
            .get_mut(&row.iin)
            .unwrap()
            .contributions
            .push(contribution(row));
    }
    for row in rows::<ReturnRow>("returns.csv") {
        let contributions = &mut people.get_mut(&row.iin).unwrap().contributions;
        let of_row = |c: &&mut Contribution| c.reference == row.reference && c.line == row.line;
        contributions.iter_mut().find(of_row).unwrap().returned_on = Some(row.returned_on);
    }
    order
        .into_iter()
        .map(|row| finished(people.remove(&row.iin).unwrap(), row))
        .collect()
}

fn contribution(row: ContributionRow) -> Contribution {
    Contribution {
        period: row.period.parse().unwrap(),
        reference: row.reference,
        line: row.line,
        knp: Knp::from_code(row.knp).unwrap(),
        payer: row.payer_kind,
        payer_id: row.payer_id,
        amount: row.amount.parse().unwrap(),
        paid_on: row.paid_on,
        returned_on: None,
    }
}

fn finished(mut person: Person, row: PersonRow) -> Person {
    person.identity = Some(Identity {
        surname: row.surname,
        given_name: row.given_name,
        patronymic: row.patronymic,
        birth_date: row.birth_date,
        sex: row.sex,
        payer_kind: row.payer_kind,
    });
    sort(&mut person);
    person
}

/// Puts the lists of a person into the order that [`Person`] states.
pub(crate) fn sort(person: &mut Person) {
    person.categories.sort_by_key(|span| (span.category, span.from));
    person.temporary.sort();
    person.contributions.sort_by(|a, b| {
        (a.period, a.paid_on, &a.reference, a.line).cmp(&(b.period, b.paid_on, &b.reference, b.line))
    });
}
