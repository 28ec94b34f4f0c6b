//! The worked cases: 120 people on three days, and the example of the rules.

use std::fs;

use chrono::{Months, NaiveDate};
use saqta_data::category::{Category, CategorySpan};
use saqta_data::contribution::{Contribution, Knp, Payer};
use saqta_data::coverage::{Basis, Coverage, Status, evaluate, json::Line};
use saqta_data::iin::Iin;
use saqta_data::law::Law;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::Person;
use serde_json::Value;

use super::{golden, naive};

#[test]
fn every_worked_case_comes_out_as_written() {
    let law = Law::builtin().unwrap();
    let people = golden::people();
    for day in golden::DAYS {
        let expected = fs::read_to_string(golden::path(&format!("expected-{day}.jsonl"))).unwrap();
        let expected: Vec<Value> = expected
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(expected.len(), people.len());
        for (person, expected) in people.iter().zip(expected) {
            let coverage = evaluate(person, &law, day.parse().unwrap());
            let found = serde_json::to_value(Line::known(person.iin, &coverage)).unwrap();
            assert_eq!(found, expected, "on {day}");
        }
    }
}

#[test]
fn the_simple_implementation_gives_the_worked_cases_too() {
    let law = Law::builtin().unwrap();
    for person in golden::people() {
        for day in golden::DAYS.map(|day| day.parse().unwrap()) {
            assert_eq!(naive::evaluate(&person, &law, day), evaluate(&person, &law, day));
        }
    }
}

fn somebody() -> Person {
    Person::new(Iin::parse("900101300007").unwrap())
}

/// Whoever paid the months of the example: 07.2025 to 06.2026, each on the 10th of the next month.
fn example() -> Person {
    let mut person = somebody();
    let first = Period::new(2025, 7).unwrap();
    person.contributions = (0..12)
        .map(|after| Contribution {
            period: first.plus(after),
            reference: "R".into(),
            line: 1,
            knp: Knp::Contribution,
            payer: Payer::Independent,
            payer_id: None,
            amount: Tiyn(425_000),
            paid_on: first.plus(after + 1).first_day() + chrono::Days::new(9),
            returned_on: None,
        })
        .collect();
    person
}

fn on(person: &Person, day: &str) -> Coverage {
    evaluate(person, &Law::builtin().unwrap(), day.parse().unwrap())
}

#[test]
fn the_example_of_the_rules() {
    let person = example();
    let until = "2026-09-30".parse().ok();
    for (day, status, basis, insured_until, debt) in [
        (
            "2026-08-25",
            Status::Insured,
            Some(Basis::Contributions),
            until,
            0,
        ),
        (
            "2026-08-26",
            Status::ConditionallyInsured,
            Some(Basis::Grace),
            until,
            425_000,
        ),
        (
            "2026-09-30",
            Status::ConditionallyInsured,
            Some(Basis::Grace),
            until,
            850_000,
        ),
        ("2026-10-01", Status::NotInsured, None, None, 850_000),
    ] {
        let coverage = on(&person, day);
        assert_eq!(
            (coverage.status, coverage.basis, coverage.insured_until),
            (status, basis, insured_until),
            "{day}"
        );
        assert_eq!(coverage.debt.amount, Tiyn(debt), "{day}");
    }
}

#[test]
fn an_end_is_looked_for_twenty_years_ahead() {
    let day: NaiveDate = "2026-08-01".parse().unwrap();
    let horizon = day + Months::new(240);
    let until = |to: Option<NaiveDate>| {
        let mut person = somebody();
        let span = CategorySpan {
            category: Category::Pensioner,
            from: day,
            to,
        };
        person.categories.push(span);
        let law = Law::builtin().unwrap();
        evaluate(&person, &law, day).insured_until
    };
    assert_eq!(until(None), None);
    assert_eq!(until(Some(horizon)), None);
    // Covered through April 2046: May is overdue on 26 June, and three months of grace end with July. The first day without
    // insurance is the last one looked at.
    assert_eq!(until("2046-04-15".parse().ok()), "2046-07-31".parse().ok());
    assert_eq!(
        until("2046-05-15".parse().ok()),
        None,
        "the grace ends on 31 August 2046"
    );
}
