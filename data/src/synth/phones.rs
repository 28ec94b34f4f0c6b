//! Whose phone is bound to whom.

use chrono::NaiveDate;

use super::dice::{Dice, shifted};
use super::family::Member;
use super::numbers::Numbers;
use super::tables::Shares;
use super::{Citizen, MAX_CITIZENS};
use crate::iin::Iin;
use crate::phone::{Binding, Msisdn, Role};

/// What the phones of a citizen are drawn from.
pub(super) struct Owner<'a> {
    pub(super) index: u64,
    pub(super) iin: Iin,
    pub(super) born: NaiveDate,
    pub(super) age: i32,
    pub(super) member: &'a Member,
    /// Those of the household who have their phones already.
    pub(super) before: &'a [Citizen],
}

impl Owner<'_> {
    /// The bindings: to an own phone, to a parent's, or to the one that an old couple shares.
    pub(super) fn draw(
        &self,
        dice: &mut Dice,
        shares: &Shares,
        numbers: &Numbers,
        until: NaiveDate,
    ) -> Vec<(Msisdn, Binding)> {
        let family = &shares.family;
        let parent = self.member.parent.filter(|_| self.age < family.own_phone_age);
        let (shared_with, role, percent) = match (parent, self.member.shares_phone_of) {
            (Some(parent), _) => (Some(parent), Role::Child, family.child_bound_percent),
            (None, other) => (other, Role::Own, family.adult_bound_percent),
        };
        if !dice.percent(percent) {
            return Vec::new();
        }
        let bound_on = dice
            .day_after(until, [-2_200, -30])
            .max(shifted(self.born, 30))
            .min(until);
        let bind = |msisdn, bound_on, unbound_on| {
            let iin = self.iin;
            (
                msisdn,
                Binding {
                    iin,
                    role,
                    bound_on,
                    unbound_on,
                },
            )
        };
        if let Some(other) = shared_with {
            let phone = self.before.get(other).and_then(|other| other.bindings.last());
            return phone
                .map(|(msisdn, _)| bind(*msisdn, bound_on, None))
                .into_iter()
                .collect();
        }
        let prefixes = &shares.numbers.mobile_prefixes;
        let mut bindings = Vec::new();
        if dice.percent(family.changed_number_percent) {
            // Numbers beyond those of the citizens are the ones given up.
            let old = numbers.phone(self.index + MAX_CITIZENS, prefixes);
            let since = dice.day_after(bound_on, [-900, -40]);
            bindings.extend(old.map(|old| bind(old, since, Some(bound_on))));
        }
        bindings.extend(
            numbers
                .phone(self.index, prefixes)
                .map(|phone| bind(phone, bound_on, None)),
        );
        bindings
    }
}
