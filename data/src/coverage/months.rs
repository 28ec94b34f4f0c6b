//! The months: what the payments for each come to, as known on the day asked about.

use chrono::NaiveDate;

use super::month_set::{MonthSet, SPAN, Span};
use super::{Month, MonthState};
use crate::contribution::{Contribution, Payer, PayerKind};
use crate::law::Law;
use crate::money::Tiyn;
use crate::period::Period;
use crate::person::Person;

/// What the payments for one month make of it by themselves; of several the greatest counts.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Made {
    #[default]
    Nothing,
    Returned,
    Partial,
    StatePaid,
    Paid,
}

/// What the payments for one month come to, of those known on a day.
#[derive(Default)]
struct Payments {
    /// What they make of the month.
    made: Made,
    /// Sum of those that can cover and were not returned.
    amount: Tiyn,
    /// Sum of those of them that are by an independent payer.
    independent: Tiyn,
    /// The day on which independent payers had paid the rate then in force.
    reached_on: Option<NaiveDate>,
}

impl Payments {
    /// `rows` are the payments for one month in the order of their days.
    fn of(rows: &[Contribution], law: &Law, day: NaiveDate) -> Self {
        let mut payments = Self::default();
        for row in rows.iter().take_while(|row| row.paid_on <= day) {
            let made = if row.returned_on.is_some_and(|returned_on| returned_on <= day) {
                Made::Returned
            } else if !row.knp.covers() {
                continue;
            } else {
                payments.amount += row.amount;
                match row.payer {
                    Payer::State => Made::StatePaid,
                    Payer::Independent => payments.add_independent(row, law),
                    Payer::Employer | Payer::Employee | Payer::Contract | Payer::Entrepreneur => Made::Paid,
                }
            };
            payments.made = payments.made.max(made);
        }
        payments
    }

    /// What independent payers have made of the month with `row`.
    fn add_independent(&mut self, row: &Contribution, law: &Law) -> Made {
        self.independent += row.amount;
        // The rate never falls (`Law::load` sees to it), so only a day of payment can be the first on which it is reached.
        if self.reached_on.is_none() && self.independent >= law.rate_on(row.paid_on).independent {
            self.reached_on = Some(row.paid_on);
        }
        self.reached_on.map_or(Made::Partial, |_| Made::Paid)
    }
}

/// The months of a person, as far as the rules look back and ahead, with what was known on `day`.
pub(super) struct Months<'a> {
    person: &'a Person,
    law: &'a Law,
    day: NaiveDate,
    /// The months that are `paid`.
    pub(super) paid: MonthSet,
    /// The months that are `paid` or `state_paid`.
    pub(super) covered: MonthSet,
    span: Span,
    /// For each month of the span the number of the month in which an independent payer had paid the rate for it.
    reached_in: [u16; SPAN],
}

const NEVER: u16 = u16::MAX;

impl<'a> Months<'a> {
    pub(super) fn of(person: &'a Person, law: &'a Law, day: NaiveDate) -> Self {
        Self::within(Span::around(Period::of(day)), person, law, day)
    }

    /// The same with only the months of `span`.
    pub(super) fn within(span: Span, person: &'a Person, law: &'a Law, day: NaiveDate) -> Self {
        let mut months = Self {
            person,
            law,
            day,
            paid: MonthSet::new(span),
            covered: MonthSet::new(span),
            span,
            reached_in: [NEVER; SPAN],
        };
        for category in &person.categories {
            let to = category.to.unwrap_or(NaiveDate::MAX);
            if category.from <= to {
                months
                    .covered
                    .insert_all(Period::of(category.from), Period::of(to));
            }
        }
        for rows in rows_from(person, span.first()).chunk_by(|a, b| a.period == b.period) {
            if let Some(row) = rows.first() {
                months.add(row.period, &Payments::of(rows, law, day));
            }
        }
        months
    }

    fn add(&mut self, month: Period, payments: &Payments) {
        if payments.made >= Made::Paid {
            self.paid.insert(month);
        }
        if payments.made >= Made::StatePaid {
            self.covered.insert(month);
        }
        if let (Some(day), Some(index)) = (payments.reached_on, self.span.index(month))
            && let Some(reached_in) = self.reached_in.get_mut(index)
        {
            *reached_in = Period::of(day).number();
        }
    }

    /// True if the independent payer had paid the rate for each of the `run` months from `start` on by the end of `start`.
    pub(super) fn is_prepaid(&self, start: Period, run: u16) -> bool {
        // The last month first: it is the one that is seldom paid so early.
        (0..i32::from(run)).rev().all(|ahead| {
            let index = self.span.index(start.plus(ahead));
            index
                .and_then(|index| self.reached_in.get(index))
                .is_some_and(|reached_in| *reached_in <= start.number())
        })
    }

    /// What the person has yet to pay for `period` to have paid it, at the rate of the day; `None` if an entrepreneur's month
    /// is paid by whomever, another's by own payments.
    ///
    /// What came from an independent payer before is taken off the rate, an entrepreneur's too.
    pub(super) fn rest(&self, period: Period) -> Option<Tiyn> {
        let rows = rows_from(self.person, period);
        let rows = rows.split(|row| row.period != period).next().unwrap_or_default();
        let payments = Payments::of(rows, self.law, self.day);
        let kind = self.person.payer_kind();
        let is_settled = if kind == PayerKind::Entrepreneur {
            payments.made == Made::Paid
        } else {
            payments.reached_on.is_some()
        };
        let rate = self.law.monthly_rate(self.day, kind);
        (!is_settled).then(|| Tiyn(rate.0.saturating_sub(payments.independent.0).max(0)))
    }

    /// The months from `first` to `last` as a person is told of them.
    pub(super) fn described(&self, first: Period, last: Period) -> Vec<Month> {
        let mut rest = rows_from(self.person, first);
        (0..=last.months_since(first))
            .map(|after| {
                let period = first.plus(after);
                let end = rest
                    .iter()
                    .position(|row| row.period != period)
                    .unwrap_or(rest.len());
                let (rows, later) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                rest = later;
                let payments = Payments::of(rows, self.law, self.day);
                Month {
                    period,
                    state: self.state(period, payments.made),
                    amount: payments.amount,
                }
            })
            .collect()
    }

    fn state(&self, period: Period, made: Made) -> MonthState {
        match made {
            Made::Paid => MonthState::Paid,
            _ if self.covered.contains(period) => MonthState::StatePaid,
            Made::StatePaid => MonthState::StatePaid,
            Made::Partial => MonthState::Partial,
            Made::Returned => MonthState::Returned,
            Made::Nothing if self.day <= self.law.due_day(period, self.day) => MonthState::Pending,
            Made::Nothing => MonthState::Unpaid,
        }
    }
}

/// The payments for `first` and later months; they are sorted by month, then by day of payment.
fn rows_from(person: &Person, first: Period) -> &[Contribution] {
    let rows = &person.contributions;
    rows.get(rows.partition_point(|row| row.period < first)..)
        .unwrap_or_default()
}
