//! Households: who lives together, how old they are, what they are called, whose phone is whose.

use chrono::{Months, NaiveDate};

use super::dice::{Dice, shifted};
use super::names::{FamilyName, FullName};
use super::tables::{Adults, HouseholdKind, Tables};
use crate::person::Sex;

/// The oldest that anyone gets.
const MAX_AGE: i32 = 97;
/// Children older than this live elsewhere.
const MAX_CHILD_AGE: i32 = 24;

/// Someone of a household, before the number is given out.
pub(super) struct Member {
    pub(super) name: FullName,
    pub(super) sex: Sex,
    /// Wanted; the number may move it by some days.
    pub(super) born: NaiveDate,
    /// The member whose child this is, by position.
    pub(super) parent: Option<usize>,
    /// The member before this one who has the only phone of the two, by position.
    pub(super) shares_phone_of: Option<usize>,
}

/// Draws a household. The first member is its head: the wife, or the only adult.
pub(super) fn draw(dice: &mut Dice, tables: &Tables, until: NaiveDate) -> Option<Vec<Member>> {
    let kind = dice.weighted(&tables.shares.households, |kind| kind.weight);
    let family = FamilyName::draw(dice, &tables.names)?;
    let mut household = Household {
        dice,
        tables,
        until,
        family,
        members: Vec::new(),
    };
    let age = household.dice.within(kind.head_age);
    household.adults(kind, age);
    if kind.children {
        household.children(age);
    }
    household.grandparents(kind.grandparents, age);
    Some(household.members)
}

struct Household<'a, 'd> {
    dice: &'d mut Dice,
    tables: &'a Tables,
    until: NaiveDate,
    family: FamilyName<'a>,
    members: Vec<Member>,
}

impl Household<'_, '_> {
    fn add(&mut self, name: FullName, sex: Sex, age: i32, parent: Option<usize>) {
        let born = birthday(self.dice, self.until, age);
        self.members.push(Member {
            name,
            sex,
            born,
            parent,
            shares_phone_of: None,
        });
    }

    fn adults(&mut self, kind: &HouseholdKind, age: i32) {
        let shares = &self.tables.shares.family;
        if kind.adults == Adults::Single {
            // Most who bring up children alone, and most of the old, are women.
            let women = if kind.children || age > 60 { 84 } else { 47 };
            let sex = if self.dice.percent(women) {
                Sex::Female
            } else {
                Sex::Male
            };
            let name = self.family.member(self.dice, sex, None);
            return self.add(name, sex, age, None);
        }
        let maiden = self.family.other(self.dice);
        let hers = if self.dice.percent(shares.wife_takes_surname_percent) {
            &self.family
        } else {
            &maiden
        };
        let wife = hers.member(self.dice, Sex::Female, None);
        self.add(wife, Sex::Female, age, None);
        let older = self.dice.within(shares.father_older_years);
        let husband = self.family.member(self.dice, Sex::Male, None);
        self.add(husband, Sex::Male, (age + older).max(18), None);
        if age >= 60
            && self.dice.percent(shares.shared_phone_percent)
            && let Some(husband) = self.members.last_mut()
        {
            husband.shares_phone_of = Some(0);
        }
    }

    fn children(&mut self, age: i32) {
        let shares = &self.tables.shares.family;
        let counts: Vec<(u32, u32)> = (1..).zip(shares.children.iter().copied()).collect();
        let Some(counts) = super::dice::List::new(counts) else {
            return;
        };
        let (count, _) = *self.dice.weighted(&counts, |(_, weight)| *weight);
        let mut mother_age = self.dice.within(shares.first_birth_age);
        for _ in 0..count {
            let child_age = age - mother_age;
            mother_age += self.dice.within(shares.years_between);
            if !(0..=MAX_CHILD_AGE).contains(&child_age) {
                continue;
            }
            let sex = if self.dice.percent(51) {
                Sex::Male
            } else {
                Sex::Female
            };
            let father = self.members.iter().take(2).find(|member| member.sex == Sex::Male);
            let name = self
                .family
                .member(self.dice, sex, father.map(|father| &father.name));
            self.add(name, sex, child_age, Some(0));
        }
    }

    fn grandparents(&mut self, at_most: u32, age: i32) {
        let count = if at_most == 0 {
            0
        } else {
            self.dice.between(0, i32::try_from(at_most).unwrap_or(1))
        };
        for n in 0..count {
            let sex = if n == 0 { Sex::Female } else { Sex::Male };
            let older = self
                .dice
                .within(self.tables.shares.family.grandparent_older_years);
            let name = self.family.member(self.dice, sex, None);
            self.add(name, sex, (age + older).min(MAX_AGE), None);
        }
    }
}

/// Some day that makes one `age` years old on `until`.
fn birthday(dice: &mut Dice, until: NaiveDate, age: i32) -> NaiveDate {
    let years = Months::new(age.unsigned_abs() * 12);
    let last = until.checked_sub_months(years).unwrap_or(until);
    shifted(last, -i64::from(dice.between(0, 364)))
}
