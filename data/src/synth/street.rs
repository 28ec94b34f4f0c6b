//! A street: households are drawn until it is full, and their members become citizens.

use chrono::{Months, NaiveDate};

use super::dice::{Dice, shifted};
use super::family::{self, Member};
use super::life::{Life, after_years};
use super::numbers::Oddity;
use super::payments::History;
use super::places::Place;
use super::{Citizen, STREET, World, phones};
use crate::category::TemporaryStatus;
use crate::contribution::PayerKind;
use crate::coverage::{self, Status};
use crate::iin::Iin;
use crate::person::{Attachment, Identity, Person};

/// A member with a number.
struct Numbered {
    index: u64,
    iin: Iin,
    born: NaiveDate,
    member: Member,
}

impl World {
    /// The citizens of a street: whole households, but for those that the street or the plan has no place for.
    pub(super) fn street(&self, number: u64) -> Vec<Citizen> {
        let mut dice = Dice::new(self.plan.seed, number);
        let place = dice.weighted(&self.places, |place| place.weight);
        let first = number * STREET;
        let mut citizens = Vec::new();
        while (citizens.len() as u64) < STREET {
            let Some(mut members) = family::draw(&mut dice, &self.tables, self.plan.until) else {
                break;
            };
            let index = first + citizens.len() as u64;
            let left = usize::try_from(first + STREET - index).unwrap_or(0);
            members.truncate(left);
            citizens.extend(self.settle(&mut dice, place, index, members));
        }
        let planned = self.plan.citizens.saturating_sub(first);
        citizens.truncate(usize::try_from(planned).unwrap_or(usize::MAX));
        citizens
    }

    /// Makes citizens of the members of a household, the first of whom gets `index`.
    fn settle(&self, dice: &mut Dice, place: &Place, index: u64, members: Vec<Member>) -> Vec<Citizen> {
        let number = |(index, member): (u64, Member)| {
            let (iin, born) = self
                .numbers
                .iin(index, member.born, member.sex, self.oddity(dice))?;
            Some(Numbered {
                index,
                iin,
                born,
                member,
            })
        };
        let household: Vec<Numbered> = (index..).zip(members).filter_map(number).collect();
        let mut citizens = Vec::new();
        for (at, numbered) in household.iter().enumerate() {
            let children = household.iter().filter(|other| other.member.parent == Some(at));
            let children: Vec<NaiveDate> = children.map(|child| child.born).collect();
            citizens.push(self.citizen_of(dice, place, numbered, &children, &citizens));
        }
        citizens
    }

    /// Makes a citizen of a member; `before` are those of the household who already are.
    fn citizen_of(
        &self,
        dice: &mut Dice,
        place: &Place,
        numbered: &Numbered,
        children: &[NaiveDate],
        before: &[Citizen],
    ) -> Citizen {
        let Numbered {
            index,
            iin,
            born,
            member,
        } = numbered;
        let (shares, until) = (&self.tables.shares, self.plan.until);
        let life = Life {
            sex: member.sex,
            born: *born,
            children,
            until,
            shares,
        };
        let (kind, categories) = life.draw(dice);
        let mut person = Person::new(*iin);
        person.identity = Some(self.identity(dice, member, *born, kind));
        person.categories = categories;
        person.attachments = self.attachments(dice, place, *born);
        let history = History {
            index: *index,
            iin: *iin,
            kind,
            place,
            shares,
            law: &self.law,
            until,
        };
        person.contributions = history.draw(dice);
        person.temporary = self.temporary(dice, &person, kind);
        let owner = phones::Owner {
            index: *index,
            iin: *iin,
            born: *born,
            age: life.age(),
            member,
            before,
        };
        let bindings = owner.draw(dice, shares, &self.numbers, until);
        person.phones = bindings.iter().map(|(msisdn, _)| *msisdn).collect();
        person.phones.sort();
        Citizen { person, bindings }
    }

    fn oddity(&self, dice: &mut Dice) -> Oddity {
        let shares = &self.tables.shares.numbers;
        if dice.per_mille(shares.impossible_date_per_mille) {
            Oddity::ImpossibleDate
        } else if dice.per_mille(shares.unknown_century_per_mille) {
            Oddity::UnknownCentury
        } else {
            Oddity::None
        }
    }

    fn identity(&self, dice: &mut Dice, member: &Member, born: NaiveDate, payer_kind: PayerKind) -> Identity {
        let moved = dice.per_mille(self.tables.shares.numbers.other_birth_date_per_mille);
        Identity {
            surname: member.name.surname.clone(),
            given_name: member.name.given_name.clone(),
            patronymic: member.name.patronymic.clone(),
            birth_date: if moved {
                dice.day_after(born, [-400, -1])
            } else {
                born
            },
            sex: member.sex,
            payer_kind,
        }
    }

    fn attachments(&self, dice: &mut Dice, place: &Place, born: NaiveDate) -> Vec<Attachment> {
        let shares = &self.tables.shares.clinics;
        let until = self.plan.until;
        if dice.per_mille(shares.unattached_per_mille) {
            return Vec::new();
        }
        let clinics = if after_years(born, 18) > until {
            &place.clinics
        } else {
            &place.adult_clinics
        };
        let mut attached_on = dice
            .day_after(until, [-3_000, -400])
            .max(shifted(born, 5))
            .min(until);
        let mut attachments = vec![Attachment {
            attached_on,
            clinic_code: dice.pick(clinics).code.clone(),
        }];
        if dice.percent(shares.reattached_percent) {
            attached_on = dice.day_after(attached_on, [120, 1_500]);
            if attached_on <= until {
                attachments.push(Attachment {
                    attached_on,
                    clinic_code: dice.pick(clinics).code.clone(),
                });
            }
        }
        attachments
    }

    /// Some of those who owe have a temporary status, now or lately.
    fn temporary(&self, dice: &mut Dice, person: &Person, kind: PayerKind) -> Vec<TemporaryStatus> {
        let percent = self.tables.shares.payments.temporary_percent_of_debtors;
        if kind == PayerKind::None || !dice.percent(percent) {
            return Vec::new();
        }
        let status = coverage::evaluate(person, &self.law, self.plan.until).status;
        if !matches!(status, Status::NotInsured | Status::ConditionallyInsured) {
            return Vec::new();
        }
        let from = dice.day_after(self.plan.until, [-60, -2]);
        let to = from.checked_add_months(Months::new(1)).unwrap_or(from);
        vec![TemporaryStatus { from, to }]
    }
}
