//! The coverage rules once more, day by day and without any cleverness, to compare with. Shares no code with
//! `saqta_data::coverage` but its types. Months are numbers of [`Period::number`].

use chrono::{Datelike, Days, Months as CalendarMonths, NaiveDate, Weekday};
use saqta_data::contribution::{Contribution, Knp, Payer};
use saqta_data::coverage::{Basis, Coverage, Debt, Month, MonthState, Status};
use saqta_data::law::Law;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::Person;

/// The holidays of the compiled-in table.
const HOLIDAYS: [(u32, u32); 14] = [
    (1, 1),
    (1, 2),
    (1, 7),
    (3, 8),
    (3, 21),
    (3, 22),
    (3, 23),
    (5, 1),
    (5, 7),
    (5, 9),
    (7, 6),
    (8, 30),
    (10, 25),
    (12, 16),
];

/// The coverage of `person` on `day`.
pub(crate) fn evaluate(person: &Person, law: &Law, day: NaiveDate) -> Coverage {
    let known = cut(person, day);
    let rules = law.rules_on(day);
    let (status, basis) = status(&known, law, day);
    let last = window_end(&known, law, day);
    let window: Vec<i32> = (last + 1 - i32::from(rules.window_months)..=last).collect();
    let owed: Vec<i32> = match basis {
        Some(Basis::Prepaid) => Vec::new(),
        _ => debts(&known, law, day),
    };
    let per_month = law.monthly_rate(day, person.payer_kind());
    let count = u32::try_from(owed.len()).unwrap();
    Coverage {
        day,
        status,
        basis,
        insured_until: (status != Status::NotInsured)
            .then(|| last_insured_day(&known, law, day))
            .flatten(),
        months: window
            .iter()
            .map(|month| described(&known, law, *month, day))
            .collect(),
        unpaid: owed.iter().map(|month| period(*month)).collect(),
        debt: Debt {
            months: count,
            per_month,
            amount: Tiyn(per_month.0 * i64::from(count)),
        },
    }
}

/// The person with only the payments and returns known on `day`.
pub(crate) fn cut(person: &Person, day: NaiveDate) -> Person {
    let mut known = person.clone();
    known.contributions.retain(|payment| payment.paid_on <= day);
    for payment in &mut known.contributions {
        payment.returned_on = payment.returned_on.filter(|returned_on| *returned_on <= day);
    }
    known
}

fn last_insured_day(known: &Person, law: &Law, day: NaiveDate) -> Option<NaiveDate> {
    let horizon = day + CalendarMonths::new(240);
    let uninsured = |day: &NaiveDate| status(known, law, *day).0 == Status::NotInsured;
    day.iter_days()
        .skip(1)
        .take_while(|day| *day <= horizon)
        .find(uninsured)
        .map(|day| day - Days::new(1))
}

/// The status on `day`, however little of what is known was known then.
fn status(known: &Person, law: &Law, day: NaiveDate) -> (Status, Option<Basis>) {
    let rules = law.rules_on(day);
    let cur = number(day);
    if known
        .categories
        .iter()
        .any(|span| span.from <= day && span.to.is_none_or(|to| day <= to))
    {
        return (Status::Insured, Some(Basis::StateCategory));
    }
    let run = i32::from(rules.prepaid_months);
    if (cur - run + 1..=cur).any(|s| (s..s + run).all(|month| reaches_by(known, law, month, end_of(s)))) {
        return (Status::Insured, Some(Basis::Prepaid));
    }
    if debts(known, law, day).is_empty() {
        return (Status::Insured, Some(Basis::Contributions));
    }
    if known
        .temporary
        .iter()
        .any(|span| span.from <= day && day <= span.to)
    {
        return (Status::TemporarilyInsured, Some(Basis::Temporary));
    }
    let all_covered =
        |e: i32| (e + 1 - i32::from(rules.grace_run_months)..=e).all(|m| is_covered(known, law, m));
    let all_paid =
        |e: i32| (e + 1 - i32::from(rules.long_grace_run_months)..=e).all(|m| is_paid(known, law, m));
    let short = (0..=cur)
        .rev()
        .take(30)
        .any(|e| cur <= e + i32::from(rules.grace_months) && all_covered(e));
    let long = rules.long_grace_run_months > 0
        && (0..=cur)
            .rev()
            .take(30)
            .any(|e| cur <= e + i32::from(rules.long_grace_months) && all_paid(e));
    if short || long {
        return (Status::ConditionallyInsured, Some(Basis::Grace));
    }
    (Status::NotInsured, None)
}

fn window_end(known: &Person, law: &Law, day: NaiveDate) -> i32 {
    let cur = number(day);
    let counts = law.rules_on(day).current_month_counts && is_covered(known, law, cur);
    if counts { cur } else { cur - 1 }
}

fn debts(known: &Person, law: &Law, day: NaiveDate) -> Vec<i32> {
    let last = window_end(known, law, day);
    let first = last + 1 - i32::from(law.rules_on(day).window_months);
    (first..=last)
        .filter(|month| !is_covered(known, law, *month) && due_day(law, *month, day) < day)
        .collect()
}

fn due_day(law: &Law, month: i32, day: NaiveDate) -> NaiveDate {
    let rules = law.rules_on(day);
    let mut due = start_of(month + 1).with_day(rules.due_day).unwrap();
    while rules.due_day_moves
        && (matches!(due.weekday(), Weekday::Sat | Weekday::Sun)
            || HOLIDAYS.contains(&(due.month(), due.day())))
    {
        due = due + Days::new(1);
    }
    due
}

fn payments(known: &Person, month: i32) -> impl Iterator<Item = &Contribution> {
    known.contributions.iter().filter(move |payment| {
        i32::from(payment.period.number()) == month
            && matches!(payment.knp, Knp::Deduction | Knp::Contribution | Knp::Aggregate)
            && payment.returned_on.is_none()
    })
}

/// True if the independent payer's sums, added up day by day, reach the rate on some day up to `last`.
fn reaches_by(known: &Person, law: &Law, month: i32, last: NaiveDate) -> bool {
    let own: Vec<_> = payments(known, month)
        .filter(|payment| payment.payer == Payer::Independent)
        .collect();
    own.iter()
        .map(|payment| payment.paid_on)
        .filter(|day| *day <= last)
        .any(|day| {
            let sum: i64 = own
                .iter()
                .filter(|payment| payment.paid_on <= day)
                .map(|payment| payment.amount.0)
                .sum();
            sum >= law.rate_on(day).mzp.0 * 5 / 100
        })
}

fn is_paid(known: &Person, law: &Law, month: i32) -> bool {
    let by_others = |payment: &Contribution| !matches!(payment.payer, Payer::Independent | Payer::State);
    payments(known, month).any(by_others) || reaches_by(known, law, month, NaiveDate::MAX)
}

fn is_state_paid(known: &Person, month: i32) -> bool {
    let (first, last) = (start_of(month), end_of(month));
    let touches = first.iter_days().take_while(|day| *day <= last).any(|day| {
        known
            .categories
            .iter()
            .any(|span| span.from <= day && span.to.is_none_or(|to| day <= to))
    });
    touches || payments(known, month).any(|payment| payment.payer == Payer::State)
}

fn is_covered(known: &Person, law: &Law, month: i32) -> bool {
    is_paid(known, law, month) || is_state_paid(known, month)
}

pub(crate) fn described(known: &Person, law: &Law, month: i32, day: NaiveDate) -> Month {
    let of_month = |payment: &&Contribution| i32::from(payment.period.number()) == month;
    let state = if is_paid(known, law, month) {
        MonthState::Paid
    } else if is_state_paid(known, month) {
        MonthState::StatePaid
    } else if payments(known, month).any(|payment| payment.payer == Payer::Independent) {
        MonthState::Partial
    } else if known
        .contributions
        .iter()
        .filter(of_month)
        .any(|payment| payment.returned_on.is_some())
    {
        MonthState::Returned
    } else if day <= due_day(law, month, day) {
        MonthState::Pending
    } else {
        MonthState::Unpaid
    };
    let amount = payments(known, month).map(|payment| payment.amount.0).sum();
    Month {
        period: period(month),
        state,
        amount: Tiyn(amount),
    }
}

fn number(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap()
}

fn period(month: i32) -> Period {
    Period::from_number(u16::try_from(month).unwrap()).unwrap()
}

fn start_of(month: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(month / 12, u32::try_from(month % 12).unwrap() + 1, 1).unwrap()
}

fn end_of(month: i32) -> NaiveDate {
    start_of(month + 1) - Days::new(1)
}
