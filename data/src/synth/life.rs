//! What a citizen does and who pays for it: the kind of payer and the state-paid categories.

use chrono::{Datelike, Months, NaiveDate};

use super::dice::{Dice, shifted};
use super::tables::{CategoryShare, Shares};
use crate::category::{Category, CategorySpan};
use crate::contribution::PayerKind;
use crate::person::Sex;

/// What is drawn from.
pub(super) struct Life<'a> {
    pub(super) sex: Sex,
    pub(super) born: NaiveDate,
    /// Days of birth of the citizen's children in the household.
    pub(super) children: &'a [NaiveDate],
    pub(super) until: NaiveDate,
    pub(super) shares: &'a Shares,
}

impl Life<'_> {
    /// Age in years.
    pub(super) fn age(&self) -> i32 {
        self.until
            .years_since(self.born)
            .and_then(|age| i32::try_from(age).ok())
            .unwrap_or(0)
    }

    /// The kind of payer and the categories, by (category, from).
    pub(super) fn draw(&self, dice: &mut Dice) -> (PayerKind, Vec<CategorySpan>) {
        let age = self.age();
        let mut spans = Vec::new();
        self.childhood(&mut spans);
        if age < 18 {
            return (PayerKind::None, spans);
        }
        let studies = self.studies(dice, age, &mut spans);
        let kind = if studies {
            PayerKind::None
        } else {
            self.payer_kind(dice, age)
        };
        self.pension(&mut spans);
        self.motherhood(dice, kind, &mut spans);
        for share in &self.shares.categories {
            self.by_chance(dice, share, age, kind, &mut spans);
        }
        spans.sort_by_key(|span| (span.category, span.from));
        spans.dedup_by_key(|span| (span.category, span.from));
        (kind, spans)
    }

    fn payer_kind(&self, dice: &mut Dice, age: i32) -> PayerKind {
        let n = dice.hundredth();
        let shares = self.shares.payers.iter().find(|shares| age <= shares.up_to_age);
        shares.map_or(PayerKind::None, |shares| shares.kind(n))
    }

    /// Children until the day before they come of age; the registry keeps those who lately did.
    fn childhood(&self, spans: &mut Vec<CategorySpan>) {
        let of_age = after_years(self.born, 18);
        if of_age > after_years(self.until, -3) {
            spans.push(CategorySpan {
                category: Category::Children,
                from: self.born,
                to: Some(shifted(of_age, -1)),
            });
        }
    }

    /// Four years from the September of the year in which one comes of age.
    fn studies(&self, dice: &mut Dice, age: i32, spans: &mut Vec<CategorySpan>) -> bool {
        let students = &self.shares.students;
        if !(students.from_age..=students.to_age).contains(&age) || !dice.percent(students.percent) {
            return false;
        }
        let year = after_years(self.born, 18).year();
        let (Some(from), Some(to)) = (
            NaiveDate::from_ymd_opt(year, 9, 1),
            NaiveDate::from_ymd_opt(year + 4, 6, 30),
        ) else {
            return false;
        };
        if from > self.until {
            return false;
        }
        spans.push(CategorySpan {
            category: Category::Student,
            from,
            to: Some(to),
        });
        to >= self.until
    }

    fn pension(&self, spans: &mut Vec<CategorySpan>) {
        let years = match self.sex {
            Sex::Male => self.shares.pension.men,
            Sex::Female => self.shares.pension.women,
        };
        let from = after_years(self.born, years);
        if from <= self.until {
            spans.push(CategorySpan {
                category: Category::Pensioner,
                from,
                to: None,
            });
        }
    }

    fn motherhood(&self, dice: &mut Dice, kind: PayerKind, spans: &mut Vec<CategorySpan>) {
        if self.sex == Sex::Male {
            return;
        }
        let parents = &self.shares.parents;
        let employed = kind == PayerKind::Employee;
        let youngest = self
            .children
            .iter()
            .max()
            .filter(|born| after_years(**born, 3) > after_years(self.until, -1));
        if let Some(born) = youngest {
            let (category, percent) = if employed {
                (Category::Leave, parents.employed_leave_percent)
            } else {
                (Category::ParentUnder3, parents.other_percent)
            };
            if dice.percent(percent) {
                spans.push(CategorySpan {
                    category,
                    from: *born,
                    to: Some(shifted(after_years(*born, 3), -1)),
                });
            }
        }
        let mut births = self.children.to_vec();
        births.sort();
        let fourth = parents
            .mother_of_many_children
            .checked_sub(1)
            .and_then(|index| births.get(index));
        if let Some(born) = fourth.filter(|_| dice.percent(parents.mother_of_many_percent)) {
            let from = dice.day_after(*born, [60, 400]);
            spans.push(CategorySpan {
                category: Category::MotherOfMany,
                from,
                to: None,
            });
        }
    }

    fn by_chance(
        &self,
        dice: &mut Dice,
        share: &CategoryShare,
        age: i32,
        kind: PayerKind,
        spans: &mut Vec<CategorySpan>,
    ) {
        let [youngest, oldest] = share.ages;
        let fits = (youngest..=oldest).contains(&age)
            && share.sex.is_none_or(|sex| sex == self.sex)
            && (!share.out_of_work || kind == PayerKind::None);
        if !fits || !dice.per_mille(share.per_mille) {
            return;
        }
        let from = self.months_ago(dice, share.began);
        let to = share
            .ended
            .map(|ended| self.months_ago(dice, ended))
            .map(|to| to.max(shifted(from, 20)));
        spans.push(CategorySpan {
            category: share.category,
            from,
            to,
        });
    }

    /// Some day of a month so many months before the data date; negative: after it.
    fn months_ago(&self, dice: &mut Dice, months: [i32; 2]) -> NaiveDate {
        let ago = dice.within(months);
        let days = dice.between(0, 27);
        after_months(shifted(self.until, -i64::from(days)), -ago)
    }
}

pub(super) fn after_years(day: NaiveDate, years: i32) -> NaiveDate {
    after_months(day, years * 12)
}

fn after_months(day: NaiveDate, months: i32) -> NaiveDate {
    let by = Months::new(months.unsigned_abs());
    let moved = if months < 0 {
        day.checked_sub_months(by)
    } else {
        day.checked_add_months(by)
    };
    moved.unwrap_or(day)
}
