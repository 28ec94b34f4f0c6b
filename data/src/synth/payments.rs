//! Payments of the last two years: in time, late, with gaps, too small, for the wrong month, twelve at once, returned.

use chrono::NaiveDate;

use super::dice::{Dice, shifted};
use super::places::{Employer, Place};
use super::tables::{Habit, Shares};
use crate::contribution::{Contribution, Knp, Payer, PayerKind};
use crate::iin::Iin;
use crate::law::Law;
use crate::money::Tiyn;
use crate::period::Period;

/// What a history is drawn from.
pub(super) struct History<'a> {
    /// Position of the citizen among all; goes into the references and lines.
    pub(super) index: u64,
    pub(super) iin: Iin,
    pub(super) kind: PayerKind,
    pub(super) place: &'a Place,
    pub(super) shares: &'a Shares,
    pub(super) law: &'a Law,
    pub(super) until: NaiveDate,
}

/// A payment before it is given a reference.
struct Payment {
    period: Period,
    amount: Tiyn,
    paid_on: NaiveDate,
}

impl History<'_> {
    /// The rows, in the order that a person keeps them in.
    pub(super) fn draw(&self, dice: &mut Dice) -> Vec<Contribution> {
        let habit = match self.kind {
            PayerKind::None => return Vec::new(),
            PayerKind::Employee => &self.shares.habits.employee,
            PayerKind::Contract => &self.shares.habits.contract,
            PayerKind::Entrepreneur => &self.shares.habits.entrepreneur,
            PayerKind::Independent => &self.shares.habits.independent,
        }
        .habit(dice.hundredth());
        let months = self.months(dice, habit);
        let mut rows = match self.kind {
            PayerKind::Employee | PayerKind::Contract => self.by_employers(dice, &months),
            _ => self.by_oneself(dice, habit, &months),
        };
        rows.retain(|row| row.paid_on <= self.until);
        for row in &mut rows {
            if row.returned_on.is_none() && dice.per_mille(self.shares.payments.returned_per_mille) {
                row.returned_on = Some(dice.day_after(row.paid_on, [12, 40]));
            }
            row.returned_on = row.returned_on.filter(|day| *day <= self.until);
        }
        rows.sort_by(|a, b| {
            (a.period, a.paid_on, &a.reference, a.line).cmp(&(b.period, b.paid_on, &b.reference, b.line))
        });
        rows
    }

    /// The months that are paid for.
    fn months(&self, dice: &mut Dice, habit: Habit) -> Vec<Period> {
        let shares = &self.shares.payments;
        let current = Period::of(self.until);
        let mut length = dice.within(shares.history_months);
        if dice.percent(shares.started_later_percent) {
            length = dice.between(1, length);
        }
        // Some pay for the current month already; payments after the data date are dropped.
        let mut months: Vec<Period> = (0..=length).rev().map(|back| current.plus(-back)).collect();
        match habit {
            Habit::Stopped => {
                let last = current.plus(-dice.between(2, 14));
                months.retain(|month| *month <= last);
            }
            Habit::Gaps => {
                for _ in 0..dice.between(1, 2) {
                    let first = current.plus(-dice.between(1, length.max(1)));
                    let end = first.plus(dice.within(shares.gap_months));
                    months.retain(|month| !(first..end).contains(month));
                }
            }
            _ => {}
        }
        months
    }

    /// Rows of the payment lists of an employer, or of customers.
    fn by_employers(&self, dice: &mut Dice, months: &[Period]) -> Vec<Contribution> {
        let Some(mut employer) = self.place.employer(dice) else {
            return Vec::new();
        };
        let income = self.income(dice);
        let mut rows = Vec::new();
        for month in months {
            if self.kind == PayerKind::Contract && dice.percent(12) {
                employer = self.place.employer(dice).unwrap_or(employer);
            }
            if employer.stopped_after.is_some_and(|last| *month > last) {
                continue;
            }
            // Wages rise about once a year.
            let raises = Period::of(self.until).months_since(*month) / 12;
            let income = Tiyn((0..raises).fold(income.0, |income, _| income * 92 / 100));
            self.list_rows(employer, *month, income, &mut rows);
        }
        rows
    }

    fn list_rows(&self, employer: &Employer, month: Period, income: Tiyn, rows: &mut Vec<Contribution>) {
        let rate = self.law.rate_on(month.last_day());
        let paid_on = shifted(month.last_day(), i64::from(employer.delay_days));
        let late = paid_on > self.law.due_day(month, paid_on);
        let deduction = whole_tenge(rate.employer.of(income));
        let contribution = whole_tenge(rate.employee.of(income));
        let mut add = |knp: Knp, payer: Payer, amount: Tiyn| {
            let reference = format!(
                "{}{:02}{:02}{:05}{}",
                employer.bank,
                month.year() % 100,
                month.month(),
                employer.number,
                knp.code()
            );
            rows.push(Contribution {
                period: month,
                reference,
                // Lists are long; what matters is that the lines of neighbours differ.
                line: u32::try_from(self.index % 10_000).unwrap_or(0) + 1,
                knp,
                payer,
                payer_id: Some(employer.bin),
                amount,
                paid_on,
                returned_on: None,
            });
        };
        if self.kind == PayerKind::Contract {
            return add(Knp::Contribution, Payer::Contract, contribution);
        }
        add(Knp::Deduction, Payer::Employer, deduction);
        add(Knp::Contribution, Payer::Employee, contribution);
        if late {
            add(Knp::DeductionPenalty, Payer::Employer, self.penalty(deduction));
        }
    }

    /// Monthly income: evenly drawn within a tenth of the wages, whole thousands.
    fn income(&self, dice: &mut Dice) -> Tiyn {
        let wages = &self.shares.wages;
        let tenth = usize::try_from(dice.below(10)).unwrap_or(0);
        let (Some(low), Some(high)) = (wages.tenths.get(tenth), wages.tenths.get(tenth + 1)) else {
            return Tiyn(0);
        };
        let thousands = i64::from(dice.between(*low, *high));
        let percent = if self.kind == PayerKind::Contract {
            i64::from(wages.contract_percent)
        } else {
            100
        };
        Tiyn::from_tenge(thousands * 10 * percent)
    }

    /// Rows of an entrepreneur or an independent payer, each a document of its own.
    fn by_oneself(&self, dice: &mut Dice, habit: Habit, months: &[Period]) -> Vec<Contribution> {
        let payer = if self.kind == PayerKind::Entrepreneur {
            Payer::Entrepreneur
        } else {
            Payer::Independent
        };
        let bank = dice.pick(&self.shares.payments.banks);
        let payments = match habit {
            Habit::Prepaid => self.ahead(dice, months),
            Habit::Lump => self.lump(dice, months),
            Habit::Short => self.short(dice, months),
            _ => self.monthly(dice, habit == Habit::Late, months),
        };
        let mut rows = Vec::new();
        for payment in payments {
            let returned = habit == Habit::Lump
                && payment.amount > self.rate(payment.paid_on)
                && dice.percent(self.shares.payments.returned_lump_percent);
            let mut add = |knp: Knp, amount: Tiyn, returned_on: Option<NaiveDate>| {
                let document = self.index % 10_000_000 * 100 + rows.len() as u64;
                rows.push(Contribution {
                    period: payment.period,
                    reference: format!("{bank}{}-{document:09}", payment.paid_on.format("%y%m%d")),
                    line: 1,
                    knp,
                    payer,
                    payer_id: Some(self.iin.number()),
                    amount,
                    paid_on: payment.paid_on,
                    returned_on,
                });
            };
            let returned_on = returned.then(|| dice.day_after(payment.paid_on, [12, 40]));
            add(Knp::Contribution, payment.amount, returned_on);
            // Only those who must pay owe a penalty.
            if payer == Payer::Entrepreneur
                && payment.paid_on > self.law.due_day(payment.period, payment.paid_on)
            {
                add(Knp::ContributionPenalty, self.penalty(payment.amount), None);
            }
        }
        rows
    }

    fn rate(&self, day: NaiveDate) -> Tiyn {
        self.law.monthly_rate(day, self.kind)
    }

    fn paid(&self, period: Period, paid_on: NaiveDate) -> Payment {
        Payment {
            period,
            amount: self.rate(paid_on),
            paid_on,
        }
    }

    /// Month by month: some within the month, most until the 25th of the next.
    fn monthly(&self, dice: &mut Dice, late: bool, months: &[Period]) -> Vec<Payment> {
        let early = dice.percent(30);
        let pay = |month: &Period| {
            let due = self.law.due_day(*month, self.until);
            let paid_on = if late && dice.percent(60) {
                dice.day_after(due, self.shares.payments.late_days)
            } else if early {
                dice.day_after(month.first_day(), [2, 27])
            } else {
                dice.day_after(month.last_day(), [1, 25]).min(due)
            };
            self.paid(*month, paid_on)
        };
        months.iter().map(pay).collect()
    }

    /// Twelve months on one day, of which some are still to come.
    fn ahead(&self, dice: &mut Dice, months: &[Period]) -> Vec<Payment> {
        let start = Period::of(self.until).plus(-dice.between(0, 12));
        let before: Vec<Period> = months.iter().copied().filter(|month| *month < start).collect();
        let paid_on = dice.day_after(start.first_day(), [-9, 20]);
        let mut payments = self.monthly(dice, false, &before);
        payments.extend((0..12).map(|month| self.paid(start.plus(month), paid_on)));
        payments
    }

    /// Paid in time, then one sum for all the months since, which is credited to the first of them only.
    fn lump(&self, dice: &mut Dice, months: &[Period]) -> Vec<Payment> {
        let since = Period::of(self.until).plus(-dice.between(3, 10));
        let before: Vec<Period> = months.iter().copied().filter(|month| *month < since).collect();
        let covers = i64::from(dice.between(3, 12));
        let paid_on = dice.day_after(since.plus(2).first_day(), [0, 60]);
        let mut payments = self.monthly(dice, false, &before);
        payments.push(Payment {
            period: since,
            amount: self.rate(paid_on).times(covers),
            paid_on,
        });
        payments
    }

    /// In time but, now and then, less than the rate; some add the rest later.
    fn short(&self, dice: &mut Dice, months: &[Period]) -> Vec<Payment> {
        let mut payments = self.monthly(dice, false, months);
        let mut rest = Vec::new();
        for payment in &mut payments {
            if dice.percent(35) {
                let missing = whole_tenge(Tiyn(payment.amount.0 * i64::from(dice.between(5, 30)) / 100));
                payment.amount = Tiyn(payment.amount.0 - missing.0);
                if dice.percent(30) {
                    let paid_on = dice.day_after(payment.paid_on, [5, 50]);
                    rest.push(Payment {
                        period: payment.period,
                        amount: missing,
                        paid_on,
                    });
                }
            }
        }
        payments.extend(rest);
        payments
    }

    fn penalty(&self, amount: Tiyn) -> Tiyn {
        let penalty = amount.0 * self.shares.payments.penalty_per_mille_of_amount / 1_000;
        Tiyn(penalty.max(100))
    }
}

fn whole_tenge(amount: Tiyn) -> Tiyn {
    Tiyn::from_tenge(amount.tenge())
}
