//! Why a person is not insured.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use saqta_data::category::{Category, CategorySpan};
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::coverage::reason::Reason;
use saqta_data::coverage::{Status, evaluate};
use saqta_data::law::Law;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::Person;

use super::{laws, lives};

fn day() -> NaiveDate {
    "2026-08-26".parse().unwrap()
}

/// A person of `kind` for whom somebody paid in time for the months so many before July 2026.
fn paid(kind: PayerKind, before_july: &[i32]) -> Person {
    let july = Period::of(day()).plus(-1);
    let mut person = lives::of_kind(kind);
    let one = |before: &i32| Contribution {
        period: july.plus(-before),
        reference: "R".into(),
        line: 1,
        knp: Knp::Contribution,
        payer: Payer::Independent,
        payer_id: None,
        amount: Tiyn::from_tenge(4_250),
        paid_on: july.plus(-before).last_day(),
        returned_on: None,
    };
    person.contributions = before_july.iter().map(one).collect();
    super::golden::sort(&mut person);
    person
}

/// The first months of the window owed, so that there is no grace.
const ALL_BUT_TWO: [i32; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 11];

fn why(person: &Person) -> Option<Reason> {
    Reason::of(person, &evaluate(person, &Law::builtin().unwrap(), day()))
}

#[test]
fn how_much_is_missing() {
    let of = |months: &[i32]| why(&paid(PayerKind::Independent, months));
    assert_eq!(of(&[]), Some(Reason::NeverPaid));
    assert_eq!(of(&[12, 13]), Some(Reason::NothingInWindow));
    assert_eq!(of(&ALL_BUT_TWO), Some(Reason::FewMonths));
    assert_eq!(of(&ALL_BUT_TWO[1..]), Some(Reason::FewMonths), "three");
    assert_eq!(of(&ALL_BUT_TWO[2..]), Some(Reason::ManyMonths), "four");
    assert_eq!(of(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), None);
}

#[test]
fn for_an_employee_the_employer_is_to_pay() {
    let of = |months: &[i32]| why(&paid(PayerKind::Employee, months));
    assert_eq!(of(&ALL_BUT_TWO), Some(Reason::EmployerGap));
    assert_eq!(of(&ALL_BUT_TWO[5..]), Some(Reason::EmployerGap));
    assert_eq!(of(&[]), Some(Reason::NeverPaid));
    assert_eq!(of(&[20]), Some(Reason::NothingInWindow));
}

#[test]
fn what_can_be_mended_comes_first() {
    let mut person = paid(PayerKind::Employee, &[0]);
    person.contributions[0].amount = Tiyn::from_tenge(4_000);
    assert_eq!(why(&person), Some(Reason::Partial));
    person.contributions[0].returned_on = Some(day());
    assert_eq!(why(&person), Some(Reason::Returned));
    person.contributions[0].returned_on = Some(day() + Days::new(1));
    assert_eq!(why(&person), Some(Reason::Partial), "the return is not known yet");
    // A return of a month before the window is no reason, and no payment either.
    let mut person = paid(PayerKind::Independent, &[20]);
    person.contributions[0].returned_on = Some(day());
    assert_eq!(why(&person), Some(Reason::NeverPaid));
    person.contributions[0].returned_on = Some(day() + Days::new(1));
    assert_eq!(why(&person), Some(Reason::NothingInWindow));
}

#[test]
fn what_covers_nothing_or_is_not_known_is_no_payment() {
    let mut person = paid(PayerKind::Independent, &[20]);
    person.contributions[0].knp = Knp::ContributionPenalty;
    assert_eq!(why(&person), Some(Reason::NeverPaid));
    let mut person = paid(PayerKind::Independent, &[20]);
    person.contributions[0].paid_on = day() + Days::new(1);
    assert_eq!(why(&person), Some(Reason::NeverPaid));
}

#[test]
fn a_category_of_old_is_a_payment_of_the_state() {
    let category = |from| {
        let mut person = lives::of_kind(PayerKind::Independent);
        person.categories = vec![CategorySpan {
            category: Category::Student,
            from,
            to: Some(from),
        }];
        why(&person)
    };
    assert_eq!(category(day() - Days::new(900)), Some(Reason::NothingInWindow));
    assert_eq!(category(day() + Days::new(60)), Some(Reason::NeverPaid));
}

#[test]
fn codes_are_those_of_json() {
    for reason in Reason::ALL {
        assert_eq!(
            serde_json::to_string(&reason).unwrap(),
            format!("\"{}\"", reason.code())
        );
    }
}

proptest! {
    #[test]
    fn whoever_is_not_insured_has_one((person, day) in lives::life(), law in laws::law()) {
        let coverage = evaluate(&person, &law, day);
        prop_assert_eq!(Reason::of(&person, &coverage).is_some(), coverage.status == Status::NotInsured);
    }
}
