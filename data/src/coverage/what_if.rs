//! What would come of paying: the coverage of a person who pays some months on the day asked about, by the same rules.
//!
//! The payments are the person's own: KNP 122, as an independent payer at the rate of the day, or, of an entrepreneur, as
//! an entrepreneur at the entrepreneur's. A month paid in part needs only the rest. So the sums here may be smaller
//! than [`Debt::amount`](super::Debt::amount), which is months times rate; and an entrepreneur's penalty comes on top.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::month_set::Span;
use super::months::Months;
use super::status::Outlook;
use super::{Basis, Coverage, evaluate};
use crate::contribution::{Contribution, Knp, Payer, PayerKind};
use crate::law::Law;
use crate::money::Tiyn;
use crate::period::Period;
use crate::person::Person;

/// Months to pay on a day, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The months to pay, oldest first, without those that the person has paid.
    pub months: Vec<Period>,
    /// What is to be paid for all of them, partial payments taken off.
    pub sum: Tiyn,
    /// The coverage on the same day, once they are paid.
    pub after: Coverage,
}

/// The ways of regaining or keeping the insurance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ways {
    /// Paying the months owed ([`Coverage::unpaid`]); `None` if there are none.
    pub debt: Option<Way>,
    /// Paying ahead: the current month and those after it, 12 by the rule table. `None` if that would not insure by rule 2:
    /// the state pays already, all of them are paid, or the person is an entrepreneur, whose payments rule 2 does not
    /// count.
    pub ahead: Option<Way>,
}

/// What to pay next, by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The month.
    pub period: Period,
    /// The last day on which it is paid in time, on or after the day asked about.
    pub by: NaiveDate,
    /// What is missing, at the rate that the person would pay; an employer pays by the income.
    pub sum: Tiyn,
    /// True if the person is an employee: the employer is to pay it.
    pub by_employer: bool,
}

/// The coverage of `person` on `day`, had the person paid all of `months` in full on that day.
#[must_use]
pub fn if_paid(person: &Person, law: &Law, day: NaiveDate, months: &[Period]) -> Coverage {
    paying(person, law, day, months).after
}

/// The same with the months that are then paid and their sum. A month that somebody else covers is paid once more, for
/// rule 2 counts only the person's own payments; see [`missing`].
#[must_use]
pub fn paying(person: &Person, law: &Law, day: NaiveDate, months: &[Period]) -> Way {
    let known = Months::of(person, law, day);
    let months: BTreeSet<Period> = months.iter().copied().collect();
    let rests: Vec<_> = months
        .into_iter()
        .filter_map(|period| Some((period, known.rest(period)?)))
        .collect();
    let mut payer = person.clone();
    for (period, rest) in &rests {
        pay(&mut payer, day, *period, *rest);
    }
    Way {
        sum: rests.iter().map(|(_, rest)| *rest).sum(),
        months: rests.into_iter().map(|(period, _)| period).collect(),
        after: evaluate(&payer, law, day),
    }
}

/// What is missing for `period` to be covered, were it paid on `day`; 0 if it is covered.
#[must_use]
pub fn missing(person: &Person, law: &Law, day: NaiveDate, period: Period) -> Tiyn {
    let months = Months::within(Span::from(period), person, law, day);
    if months.covered.contains(period) {
        Tiyn(0)
    } else {
        months.rest(period).unwrap_or_default()
    }
}

/// The ways of regaining or keeping the insurance by paying on `day`.
#[must_use]
pub fn ways(person: &Person, law: &Law, day: NaiveDate) -> Ways {
    let unpaid = evaluate(person, law, day).unpaid;
    let debt = (!unpaid.is_empty()).then(|| paying(person, law, day, &unpaid));
    // What is paid on the day can only make a run that begins with its month: rule 2 wants all of it by that month's end.
    let first = Period::of(day);
    let run = i32::from(law.rules_on(day).prepaid_months);
    let run: Vec<_> = (0..run).map(|after| first.plus(after)).collect();
    let ahead = paying(person, law, day, &run);
    let insures = !ahead.months.is_empty() && ahead.after.basis == Some(Basis::Prepaid);
    Ways {
        debt,
        ahead: insures.then_some(ahead),
    }
}

/// What to pay next for the insurance to last: the first month that is neither covered nor overdue. `None` if a
/// state-paid category holds on `day`, or if all months are covered as far as the rules look ahead, 20 years and more.
#[must_use]
pub fn next_due(person: &Person, law: &Law, day: NaiveDate) -> Option<Due> {
    if person.categories.iter().any(|span| span.holds_on(day)) {
        return None;
    }
    let months = Months::of(person, law, day);
    let outlook = Outlook {
        person,
        law,
        months: &months,
    };
    let period = months.covered.first_gap(outlook.last_overdue(day).plus(1));
    Some(Due {
        period,
        by: law.due_day(period, day),
        sum: months.rest(period)?,
        by_employer: person.payer_kind() == PayerKind::Employee,
    })
    .filter(|due| Span::around(Period::of(day)).index(due.period).is_some())
}

/// Adds the person's own payment of `amount` for `period`, made on `day`, where the order of the payments wants it.
fn pay(person: &mut Person, day: NaiveDate, period: Period, amount: Tiyn) {
    let payer = if person.payer_kind() == PayerKind::Entrepreneur {
        Payer::Entrepreneur
    } else {
        Payer::Independent
    };
    let rows = &mut person.contributions;
    let at = rows.partition_point(|row| (row.period, row.paid_on) <= (period, day));
    let row = Contribution {
        period,
        // No bank has given one: the payment is only imagined.
        reference: String::new(),
        line: 0,
        knp: Knp::Contribution,
        payer,
        payer_id: None,
        amount,
        paid_on: day,
        returned_on: None,
    };
    rows.insert(at, row);
}
