//! What would come of paying.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use saqta_data::category::{Category, CategorySpan};
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::coverage::what_if::{Due, if_paid, missing, next_due, paying, ways};
use saqta_data::coverage::{Basis, MonthState, Status, evaluate};
use saqta_data::law::Law;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::Person;

use super::laws::{law, no_worse};
use super::lives::{life, of_kind};

const DAY: &str = "2026-08-26";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn month(text: &str) -> Period {
    text.parse().unwrap()
}

fn builtin() -> Law {
    Law::builtin().unwrap()
}

/// A payment of `payer` for `period`, made on its last day.
fn row(period: &str, payer: Payer, tenge: i64) -> Contribution {
    let period = month(period);
    Contribution {
        period,
        reference: "R".into(),
        line: 1,
        knp: Knp::Contribution,
        payer,
        payer_id: None,
        amount: Tiyn::from_tenge(tenge),
        paid_on: period.last_day(),
        returned_on: None,
    }
}

fn with(kind: PayerKind, rows: &[Contribution]) -> Person {
    let mut person = of_kind(kind);
    person.contributions = rows.to_vec();
    person
}

fn pensioner(from: &str) -> CategorySpan {
    CategorySpan {
        category: Category::Pensioner,
        from: date(from),
        to: None,
    }
}

#[test]
fn who_never_paid_has_both_ways() {
    let person = of_kind(PayerKind::Independent);
    let ways = ways(&person, &builtin(), date(DAY));
    let debt = ways.debt.unwrap();
    let all: Vec<_> = (0..12).map(|after| month("2025-08").plus(after)).collect();
    assert_eq!((debt.months, debt.sum), (all, Tiyn::from_tenge(51_000)));
    assert_eq!(debt.after.basis, Some(Basis::Contributions));
    // August is due on 25 September, and three months of grace end with October.
    assert_eq!(debt.after.insured_until, Some(date("2026-10-31")));
    let ahead = ways.ahead.unwrap();
    let all: Vec<_> = (0..12).map(|after| month("2026-08").plus(after)).collect();
    assert_eq!((ahead.months, ahead.sum), (all, Tiyn::from_tenge(51_000)));
    assert_eq!(ahead.after.basis, Some(Basis::Prepaid));
    // The run ends with July 2027; August is due on 25 September, and the grace after it ends with October.
    assert_eq!(ahead.after.insured_until, Some(date("2027-10-31")));
}

#[test]
fn a_month_paid_in_part_needs_the_rest() {
    let law = builtin();
    let person = with(
        PayerKind::Independent,
        &[row("2026-06", Payer::Independent, 4_000)],
    );
    let missing = |period| missing(&person, &law, date(DAY), month(period));
    assert_eq!(
        (missing("2026-06"), missing("2026-05")),
        (Tiyn::from_tenge(250), Tiyn::from_tenge(4_250))
    );
    let debt = ways(&person, &law, date(DAY)).debt.unwrap();
    assert_eq!(debt.sum, Tiyn::from_tenge(11 * 4_250 + 250));
    let amount = evaluate(&person, &law, date(DAY)).debt.amount;
    assert_eq!(amount, Tiyn::from_tenge(12 * 4_250), "the debt by the rules");
}

#[test]
fn an_entrepreneur_pays_as_one_and_not_ahead() {
    let person = with(
        PayerKind::Entrepreneur,
        &[row("2026-06", Payer::Independent, 1_000)],
    );
    let ways = ways(&person, &builtin(), date(DAY));
    let debt = ways.debt.unwrap();
    assert_eq!(debt.sum, Tiyn::from_tenge(11 * 5_950 + 4_950));
    assert_eq!(debt.after.status, Status::Insured);
    assert_eq!(ways.ahead, None);
}

#[test]
fn paying_ahead_counts_what_is_paid_and_not_what_others_paid() {
    let rows = [
        row("2026-08", Payer::Employer, 9_000),
        row("2026-09", Payer::Independent, 4_250),
    ];
    let mut person = with(PayerKind::Employee, &rows);
    for row in &mut person.contributions {
        row.paid_on = date("2026-08-10");
    }
    let ahead = ways(&person, &builtin(), date(DAY)).ahead.unwrap();
    assert_eq!(ahead.months.len(), 11);
    assert!(ahead.months.contains(&month("2026-08")) && !ahead.months.contains(&month("2026-09")));
    let paid = with(
        PayerKind::Independent,
        &(0..12)
            .map(|after| {
                let mut row = row("2026-08", Payer::Independent, 4_250);
                row.period = row.period.plus(after);
                row.paid_on = date(DAY);
                row
            })
            .collect::<Vec<_>>(),
    );
    assert_eq!(
        ways(&paid, &builtin(), date(DAY)).ahead,
        None,
        "all of them are paid"
    );
}

#[test]
fn whom_the_state_pays_for_has_nothing_to_pay() {
    let mut person = of_kind(PayerKind::Independent);
    person.categories = vec![pensioner("2026-08-26")];
    let due = |day| next_due(&person, &builtin(), date(day));
    assert_eq!(due(DAY), None);
    let ways_now = ways(&person, &builtin(), date(DAY));
    assert_eq!(ways_now.ahead, None);
    assert!(ways_now.debt.is_some(), "the months before are owed");
    assert_eq!(missing(&person, &builtin(), date(DAY), month("2040-01")), Tiyn(0));
    // A day before it begins August is covered too, and July is overdue: nothing is due any more.
    person.categories = vec![pensioner("2026-08-27")];
    assert_eq!(next_due(&person, &builtin(), date(DAY)), None);
}

#[test]
fn the_next_month_to_pay_is_the_first_not_overdue() {
    let due = |kind, rows: &[_], day| next_due(&with(kind, rows), &builtin(), date(day));
    let july = Due {
        period: month("2026-07"),
        by: date("2026-08-25"),
        sum: Tiyn::from_tenge(4_250),
        by_employer: false,
    };
    assert_eq!(due(PayerKind::Independent, &[], "2026-08-25"), Some(july));
    let august = Due {
        period: month("2026-08"),
        by: date("2026-09-25"),
        ..july
    };
    assert_eq!(due(PayerKind::Independent, &[], DAY), Some(august));
    let partial = row("2026-07", Payer::Independent, 4_000);
    let rest = Due {
        sum: Tiyn::from_tenge(250),
        ..july
    };
    assert_eq!(
        due(
            PayerKind::Independent,
            std::slice::from_ref(&partial),
            "2026-08-01"
        ),
        Some(rest)
    );
    let paid = row("2026-07", Payer::Employer, 9_000);
    let by_employer = Due {
        by_employer: true,
        ..august
    };
    assert_eq!(due(PayerKind::Employee, &[paid], "2026-08-01"), Some(by_employer));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn paying_for_nothing_changes_nothing((person, day) in life(), law in law()) {
        prop_assert_eq!(if_paid(&person, &law, day, &[]), evaluate(&person, &law, day));
    }

    #[test]
    fn paying_never_makes_it_worse((person, day) in life(), law in law(), months in prop::collection::vec(-24..15_i32, 0..20)) {
        let months: Vec<_> = months.into_iter().map(|after| Period::of(day).plus(after)).collect();
        let way = paying(&person, &law, day, &months);
        no_worse(&evaluate(&person, &law, day), &way.after)?;
        prop_assert!(way.months.is_sorted() && way.months.iter().all(|month| months.contains(month)));
        prop_assert_eq!(&if_paid(&person, &law, day, &way.months), &way.after);
    }

    #[test]
    fn paying_the_debt_insures((person, day) in life(), law in law()) {
        let before = evaluate(&person, &law, day);
        let debt = ways(&person, &law, day).debt;
        prop_assert_eq!(debt.is_some(), !before.unpaid.is_empty());
        if let Some(debt) = debt {
            prop_assert_eq!(&debt.months, &before.unpaid);
            let missing: Tiyn = debt.months.iter().map(|month| missing(&person, &law, day, *month)).sum();
            prop_assert!(debt.sum == missing && debt.sum <= before.debt.amount);
            prop_assert!(debt.after.status == Status::Insured && debt.after.unpaid.is_empty());
            no_worse(&before, &debt.after)?;
        }
    }

    #[test]
    fn paying_ahead_insures_by_itself((person, day) in life(), law in law()) {
        let ahead = ways(&person, &law, day).ahead;
        let of_state = person.categories.iter().any(|span| span.holds_on(day));
        let kind = person.payer_kind();
        if let Some(ahead) = ahead {
            prop_assert_eq!(ahead.after.basis, Some(Basis::Prepaid));
            let end = Period::of(day).plus(i32::from(law.rules_on(day).prepaid_months) - 1);
            if law.rules_last_day(day) >= end.last_day() {
                prop_assert!(ahead.after.insured_until.is_none_or(|until| until >= end.last_day()));
            }
        } else if !of_state && kind != PayerKind::Entrepreneur {
            prop_assert_eq!(evaluate(&person, &law, day).basis, Some(Basis::Prepaid), "all is paid");
        }
    }

    #[test]
    fn what_is_missing_is_just_enough((person, day) in life(), law in law()) {
        for described in evaluate(&person, &law, day).months {
            let (period, kind) = (described.period, person.payer_kind());
            let missing = missing(&person, &law, day, period);
            prop_assert_eq!(missing == Tiyn(0), described.state.is_covered());
            if described.state.is_covered() || kind == PayerKind::Entrepreneur {
                continue;
            }
            let state = |amount: i64| {
                let mut payer = person.clone();
                payer.contributions.push(Contribution { period, paid_on: day, amount: Tiyn(amount), ..row("2026-01", Payer::Independent, 0) });
                super::golden::sort(&mut payer);
                evaluate(&payer, &law, day).months.into_iter().find(|month| month.period == period).map(|month| month.state)
            };
            // Paying the current month moves the window on; it holds the month all the same.
            prop_assert_eq!(state(missing.0), Some(MonthState::Paid));
            prop_assert_eq!(state(missing.0 - 1), Some(MonthState::Partial));
        }
    }

    #[test]
    fn the_next_due_month_is_not_covered_and_not_overdue((person, day) in life(), law in law()) {
        let of_state = person.categories.iter().any(|span| span.holds_on(day));
        let Some(due) = next_due(&person, &law, day) else {
            prop_assert!(of_state || person.categories.iter().any(|span| span.to.is_none()));
            return Ok(());
        };
        prop_assert!(!of_state && due.by >= day && due.by == law.due_day(due.period, day));
        prop_assert_eq!(missing(&person, &law, day, due.period), due.sum);
        let before = due.period.plus(-1);
        prop_assert!(law.due_day(before, day) < day || missing(&person, &law, day, before) == Tiyn(0));
        let coverage = evaluate(&person, &law, day);
        if coverage.basis == Some(Basis::Contributions) && law.rules_last_day(day) >= due.by + Days::new(1) {
            prop_assert!(coverage.insured_until.is_none_or(|until| until >= due.by));
        }
    }
}
