//! The status on a day, given the months: the rules in their order, and how long each is sure to hold.

use chrono::{Months as CalendarMonths, NaiveDate};

use super::months::Months;
use super::{Basis, Status};
use crate::law::{Law, Rules};
use crate::period::Period;
use crate::person::Person;

/// How far ahead the end of the insurance is looked for: 20 years.
const HORIZON: CalendarMonths = CalendarMonths::new(240);

/// Which rule insures on a day.
pub(super) struct Verdict {
    pub(super) basis: Basis,
    /// The rule holds on every day from the one asked about through this one (a rule before it may come to hold in
    /// between, which insures just as well).
    through: NaiveDate,
}

impl Verdict {
    pub(super) const fn status(&self) -> Status {
        match self.basis {
            Basis::StateCategory | Basis::Prepaid | Basis::Contributions => Status::Insured,
            Basis::Temporary => Status::TemporarilyInsured,
            Basis::Grace => Status::ConditionallyInsured,
        }
    }
}

/// The rules for one person by what was known on one day; they can be asked about that day and later ones.
pub(super) struct Outlook<'a> {
    pub(super) person: &'a Person,
    pub(super) law: &'a Law,
    pub(super) months: &'a Months<'a>,
}

impl Outlook<'_> {
    /// The first rule that insures on `day`; `None`: not insured.
    pub(super) fn verdict(&self, day: NaiveDate) -> Option<Verdict> {
        let rules = self.law.rules_on(day);
        let month = Period::of(day);
        let (basis, through) = None
            .or_else(|| Some((Basis::StateCategory, self.category_through(day)?)))
            .or_else(|| Some((Basis::Prepaid, self.prepaid_through(rules, month)?)))
            .or_else(|| Some((Basis::Contributions, self.contributions_through(rules, day)?)))
            .or_else(|| Some((Basis::Temporary, self.temporary_through(day)?)))
            .or_else(|| Some((Basis::Grace, self.grace_through(rules, month)?)))?;
        // Other settings may be in force afterwards; and where the periods end, in 2199, nothing may end before its day.
        let through = through.min(self.law.rules_last_day(day)).max(day);
        Some(Verdict { basis, through })
    }

    /// The last day before the first one after `day` without insurance, given the verdict on `day`; `None` if there is
    /// no such day within 20 years. Every turn of the loop passes at least one day.
    pub(super) fn insured_until(&self, day: NaiveDate, verdict: &Verdict) -> Option<NaiveDate> {
        let horizon = day.checked_add_months(HORIZON)?;
        let mut through = verdict.through;
        loop {
            let next = through.succ_opt().filter(|next| *next <= horizon)?;
            match self.verdict(next) {
                Some(verdict) => through = verdict.through,
                None => return Some(through),
            }
        }
    }

    /// The window on `day`: its first and last month.
    pub(super) fn window(&self, rules: &Rules, month: Period) -> (Period, Period) {
        let counts = rules.current_month_counts && self.months.covered.contains(month);
        let last = if counts { month } else { month.plus(-1) };
        (last.plus(1 - i32::from(rules.window_months)), last)
    }

    /// The last month whose due day is before `day`.
    pub(super) fn last_overdue(&self, day: NaiveDate) -> Period {
        let month = Period::of(day);
        // A due day lies in the next month, or, moved past days off, early in the one after that.
        [month.plus(-1), month.plus(-2)]
            .into_iter()
            .find(|overdue| self.law.due_day(*overdue, day) < day)
            .unwrap_or(month.plus(-3))
    }

    /// Rule 1.
    fn category_through(&self, day: NaiveDate) -> Option<NaiveDate> {
        let spans = self.person.categories.iter().filter(|span| span.holds_on(day));
        spans.map(|span| span.to.unwrap_or(NaiveDate::MAX)).max()
    }

    /// Rule 2.
    fn prepaid_through(&self, rules: &Rules, month: Period) -> Option<NaiveDate> {
        let run = rules.prepaid_months;
        let start = (0..i32::from(run))
            .map(|back| month.plus(-back))
            .find(|start| self.months.is_prepaid(*start, run))?;
        Some(start.plus(i32::from(run) - 1).last_day())
    }

    /// Rule 3: no uncovered month of the window is overdue. That holds until the next uncovered month is due.
    fn contributions_through(&self, rules: &Rules, day: NaiveDate) -> Option<NaiveDate> {
        let (first, last) = self.window(rules, Period::of(day));
        let gap = self.months.covered.first_gap(first);
        let owes = gap <= last && gap <= self.last_overdue(day);
        // A gap after the window is of the current month or later, so it is not due yet either.
        (!owes).then(|| self.law.due_day(gap, day))
    }

    /// Rule 4.
    fn temporary_through(&self, day: NaiveDate) -> Option<NaiveDate> {
        let spans = self.person.temporary.iter().filter(|span| span.holds_on(day));
        spans.map(|span| span.to).max()
    }

    /// Rule 5.
    fn grace_through(&self, rules: &Rules, month: Period) -> Option<NaiveDate> {
        let after_run = |set: &super::month_set::MonthSet, run: u16, keep: u16| {
            let end = (0..=i32::from(keep))
                .map(|back| month.plus(-back))
                .find(|end| set.contains_run(*end, run))?;
            Some(end.plus(i32::from(keep)).last_day())
        };
        let short = after_run(&self.months.covered, rules.grace_run_months, rules.grace_months);
        let long = (rules.long_grace_run_months > 0).then(|| {
            after_run(
                &self.months.paid,
                rules.long_grace_run_months,
                rules.long_grace_months,
            )
        });
        short.max(long.flatten())
    }
}
