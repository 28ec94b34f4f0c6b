//! Laws that hold for every history.

use std::fs;

use chrono::NaiveDate;
use proptest::prelude::*;
use saqta_data::category::{Category, CategorySpan};
use saqta_data::coverage::{Coverage, Status, evaluate};
use saqta_data::iin::Iin;
use saqta_data::law::Law;
use saqta_data::person::Person;

use super::golden::sort;
use super::{lives, naive};

const RULES: &str = include_str!("../../law/rules.toml");

/// The law with settings of the rule table changed: all `(setting, value)` of every row.
fn changed(settings: &[(&str, &str)]) -> Law {
    let line = |line: &str| match settings
        .iter()
        .find(|(key, _)| line.starts_with(&format!("{key} = ")))
    {
        Some((key, value)) => format!("{key} = {{ value = {value}, source = \"a test\" }}\n"),
        None => format!("{line}\n"),
    };
    rules(&RULES.lines().map(line).collect::<String>())
}

/// The law with settings that become others within the days asked about.
fn changing() -> Law {
    let (_, last) = RULES.rsplit_once("[[rules]]").unwrap();
    let later = last
        .replace("2026-01-01", "2026-12-01")
        .replace("window_months = { value = 12", "window_months = { value = 36")
        .replace("grace_months = { value = 3", "grace_months = { value = 0")
        .replace("prepaid_months = { value = 12", "prepaid_months = { value = 36");
    rules(&format!("{RULES}\n[[rules]]{later}"))
}

/// The law with this rule table.
fn rules(text: &str) -> Law {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("rules.toml"), text).unwrap();
    Law::load(Some(dir.path())).unwrap()
}

/// The law as it is, and settings far from it.
pub(crate) fn law() -> impl Strategy<Value = Law> {
    let laws = vec![
        Law::builtin().unwrap(),
        Law::builtin().unwrap(),
        Law::builtin().unwrap(),
        changing(),
        changing(),
        changed(&[("due_day_moves", "true")]),
        changed(&[("due_day_moves", "true"), ("due_day", "28")]),
        changed(&[("current_month_counts", "false"), ("due_day", "1")]),
        changed(&[("window_months", "1"), ("grace_months", "0")]),
        changed(&[
            ("window_months", "24"),
            ("prepaid_months", "3"),
            ("grace_run_months", "6"),
        ]),
    ];
    prop::sample::select(laws)
}

/// When the insurance ends, as a number to compare: it never began, it ends, it does not end within 20 years.
fn end(coverage: &Coverage) -> NaiveDate {
    match coverage.status {
        Status::NotInsured => NaiveDate::MIN,
        _ => coverage.insured_until.unwrap_or(NaiveDate::MAX),
    }
}

/// Fails if `better`, who has more than `person`, stands worse on `day`.
fn never_worse(person: &Person, better: &mut Person, law: &Law, day: NaiveDate) -> Result<(), TestCaseError> {
    sort(better);
    no_worse(&evaluate(person, law, day), &evaluate(better, law, day))
}

/// Fails if `after` is worse than `before`.
pub(crate) fn no_worse(before: &Coverage, after: &Coverage) -> Result<(), TestCaseError> {
    prop_assert!(after.status >= before.status, "{before:?}\nbecame\n{after:?}");
    prop_assert!(end(after) >= end(before), "{before:?}\nbecame\n{after:?}");
    Ok(())
}

proptest! {
    // Going day by day is slow: about 10 ms a case in a debug build.
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_rules_agree_with_going_day_by_day((person, day) in lives::life(), law in law()) {
        prop_assert_eq!(evaluate(&person, &law, day), naive::evaluate(&person, &law, day));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn paying_more_never_makes_it_worse(
        (person, day) in lives::life(), law in law(), more in prop::collection::vec(lives::payment(), 1..14),
    ) {
        let mut better = person.clone();
        better.contributions.extend((1_000..).zip(more).map(|(line, drawn)| drawn.row(day, line)));
        never_worse(&person, &mut better, &law, day)?;
    }

    #[test]
    fn a_category_never_makes_it_worse((person, day) in lives::life(), law in law(), stretch in lives::stretch()) {
        let mut better = person.clone();
        better.categories.push(lives::category(day, stretch));
        never_worse(&person, &mut better, &law, day)?;
    }

    #[test]
    fn a_temporary_status_never_makes_it_worse((person, day) in lives::life(), law in law(), from in -60..60_i64) {
        let mut better = person.clone();
        better.temporary.push(lives::temporary(day, from));
        never_worse(&person, &mut better, &law, day)?;
    }

    #[test]
    fn the_order_of_payments_does_not_matter((person, day) in lives::life(), keys in prop::collection::vec(any::<u32>(), 300)) {
        let law = Law::builtin().unwrap();
        let mut other = person.clone();
        for (row, key) in other.contributions.iter_mut().zip(keys) {
            row.reference = format!("Q{key}");
        }
        sort(&mut other);
        prop_assert_eq!(evaluate(&person, &law, day), evaluate(&other, &law, day));
    }
}

#[test]
fn days_beyond_the_periods_are_answered() {
    let law = Law::builtin().unwrap();
    let mut people = super::golden::people();
    people.truncate(20);
    let mut pensioner = people.first().unwrap().clone();
    let to = "2450-06-30".parse().ok();
    pensioner.categories = vec![CategorySpan {
        category: Category::Pensioner,
        from: NaiveDate::MIN,
        to,
    }];
    people.push(pensioner);
    let days = ["1066-10-14", "2199-12-26", "2450-01-01", "9999-12-31"].map(|day| day.parse().unwrap());
    for person in &people {
        for day in days.into_iter().chain([NaiveDate::MIN, NaiveDate::MAX]) {
            assert_eq!(evaluate(person, &law, day).day, day);
        }
    }
}

#[test]
fn a_due_day_may_move_into_the_month_after() {
    // 28 February 2026 is a Saturday: January is due on Monday, 2 March.
    let law = changed(&[("due_day_moves", "true"), ("due_day", "28")]);
    let person = Person::new(Iin::parse("900101300007").unwrap());
    for (day, last_owed) in [
        ("2026-03-01", "2025-12"),
        ("2026-03-02", "2025-12"),
        ("2026-03-03", "2026-01"),
    ] {
        let coverage = evaluate(&person, &law, day.parse().unwrap());
        assert_eq!(
            coverage.unpaid.last().map(ToString::to_string).as_deref(),
            Some(last_owed),
            "{day}"
        );
    }
}
