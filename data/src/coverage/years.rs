//! The years before the window, month by month, for whoever wants to see more than the rules ask for.

use chrono::NaiveDate;
use serde::Serialize;

use super::MonthState;
use super::month_set::Span;
use super::months::Months;
use super::status::Outlook;
use crate::law::Law;
use crate::period::Period;
use crate::person::Person;

/// The most years told of. The insurance began in 2020, its payments in 2017; a category may be older than both.
pub const MAX_YEARS: u8 = 20;

/// A calendar year before the window, or the part of it that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Year {
    /// The year.
    pub year: i32,
    /// How many of its months are covered.
    pub covered: u8,
    /// How many are told of and not covered.
    pub uncovered: u8,
    /// Its months from January on; `None` for those in the window or after it, and for those before anything is known.
    pub months: [Option<MonthState>; 12],
}

impl Year {
    const fn empty(year: i32) -> Self {
        Self {
            year,
            covered: 0,
            uncovered: 0,
            months: [None; 12],
        }
    }

    fn add(&mut self, period: Period, state: MonthState) {
        let at = usize::try_from(period.month() - 1).ok();
        if let Some(month) = at.and_then(|at| self.months.get_mut(at)) {
            *month = Some(state);
        }
        if state.is_covered() {
            self.covered += 1;
        } else {
            self.uncovered += 1;
        }
    }
}

/// The years of `person` before the window of `day`, newest first, at most [`MAX_YEARS`]: from the first month with a
/// payment known on `day` or with a category on. Months are called what [`evaluate`](super::evaluate) would call them.
#[must_use]
pub fn years(person: &Person, law: &Law, day: NaiveDate) -> Vec<Year> {
    let last = before_window(person, law, day);
    let Some(known) = first_known(person, day).filter(|first| *first <= last) else {
        return Vec::new();
    };
    let oldest = Period::new(last.year() + 1 - i32::from(MAX_YEARS), 1);
    let first = oldest.map_or(known, |oldest| known.max(oldest));
    let months = Months::within(Span::from(first), person, law, day);
    let mut years: Vec<Year> = (first.year()..=last.year()).map(Year::empty).collect();
    for month in months.described(first, last) {
        let at = usize::try_from(month.period.year() - first.year()).ok();
        if let Some(year) = at.and_then(|at| years.get_mut(at)) {
            year.add(month.period, month.state);
        }
    }
    years.reverse();
    years
}

/// The month before the window of `day`.
fn before_window(person: &Person, law: &Law, day: NaiveDate) -> Period {
    let months = Months::of(person, law, day);
    let outlook = Outlook {
        person,
        law,
        months: &months,
    };
    outlook.window(law.rules_on(day), Period::of(day)).0.plus(-1)
}

/// The first month of which anything is known on `day`.
fn first_known(person: &Person, day: NaiveDate) -> Option<Period> {
    let mut payments = person.contributions.iter().filter(|row| row.paid_on <= day);
    let paid = payments.next().map(|row| row.period);
    let categories = person.categories.iter().map(|span| Period::of(span.from));
    paid.into_iter().chain(categories).min()
}
