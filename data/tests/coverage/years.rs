//! The years before the window.

use chrono::NaiveDate;
use proptest::prelude::*;
use saqta_data::category::{Category, CategorySpan};
use saqta_data::contribution::PayerKind;
use saqta_data::coverage::{MAX_YEARS, MonthState, Year, evaluate, years};
use saqta_data::law::Law;
use saqta_data::period::Period;
use saqta_data::person::Person;

use super::{laws, lives, naive};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn told(year: &Year) -> impl Iterator<Item = (Period, MonthState)> {
    (1..)
        .zip(year.months)
        .filter_map(|(month, state)| Some((Period::new(year.year, month)?, state?)))
}

/// A person in a category from `from` to `to`.
fn once(from: NaiveDate, to: &str) -> Person {
    let mut person = lives::of_kind(PayerKind::Independent);
    person.categories = vec![CategorySpan {
        category: Category::Student,
        from,
        to: Some(date(to)),
    }];
    person
}

#[test]
fn they_go_from_the_first_month_known_to_the_window() {
    let person = once(date("2023-11-15"), "2024-03-01");
    let found = years(&person, &Law::builtin().unwrap(), date("2026-08-26"));
    let counts: Vec<_> = found
        .iter()
        .map(|year| (year.year, year.covered, year.uncovered))
        .collect();
    // The window begins with August 2025.
    assert_eq!(counts, [(2025, 0, 7), (2024, 3, 9), (2023, 2, 0)]);
    let newest = found.first().unwrap();
    assert_eq!(
        (newest.months[6], newest.months[7]),
        (Some(MonthState::Unpaid), None)
    );
    assert_eq!(found.last().unwrap().months[9], None);
}

#[test]
fn they_are_no_more_than_twenty() {
    let law = Law::builtin().unwrap();
    for from in [NaiveDate::MIN, date("1950-01-01")] {
        let found = years(&once(from, "2010-12-31"), &law, date("2026-08-26"));
        assert_eq!(found.len(), usize::from(MAX_YEARS));
        let covered: Vec<_> = found.iter().rev().take(6).map(|year| year.covered).collect();
        assert_eq!(covered, [12, 12, 12, 12, 12, 0], "2006 is the first of them");
    }
}

#[test]
fn who_is_new_has_none() {
    let law = Law::builtin().unwrap();
    let nobody = lives::of_kind(PayerKind::None);
    assert_eq!(years(&nobody, &law, date("2026-08-26")), []);
    // The state pays for August 2026, so the window begins with September 2025.
    let person = once(date("2025-09-01"), "2026-12-31");
    assert_eq!(years(&person, &law, date("2026-08-26")), []);
    for day in [
        NaiveDate::MIN,
        NaiveDate::MAX,
        date("1900-02-01"),
        date("2199-12-31"),
    ] {
        assert!(years(&once(NaiveDate::MIN, "2200-01-01"), &law, day).len() <= usize::from(MAX_YEARS));
    }
}

proptest! {
    #[test]
    fn their_months_are_called_as_one_by_one((person, day) in lives::life(), law in laws::law()) {
        let found = years(&person, &law, day);
        let known = naive::cut(&person, day);
        for year in &found {
            let (covered, uncovered): (Vec<_>, Vec<_>) = told(year).partition(|(_, state)| state.is_covered());
            prop_assert_eq!((covered.len(), uncovered.len()), (year.covered.into(), year.uncovered.into()));
            for (period, state) in told(year) {
                prop_assert_eq!(naive::described(&known, &law, period.number().into(), day).state, state);
            }
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].year == pair[1].year + 1));
        let window = evaluate(&person, &law, day).months[0].period;
        let months: Vec<_> = found.iter().rev().flat_map(told).map(|(period, _)| period).collect();
        prop_assert!(months.windows(2).all(|pair| pair[0].plus(1) == pair[1]), "without a gap");
        prop_assert!(months.last().is_none_or(|last| last.plus(1) == window), "up to the window");
        let is_known = |period| known.contributions.iter().any(|row| row.period < period)
            || known.categories.iter().any(|span| Period::of(span.from) < period);
        prop_assert_eq!(months.first().map_or_else(|| is_known(window), |first| is_known(*first)), false);
    }
}
