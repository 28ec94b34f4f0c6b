//! What a row of a registry does to the record it belongs to: pure functions, the semantics of every registry.

use std::cmp::Ordering;

use chrono::NaiveDate;

use super::{MAX_BINDINGS, Phone};
use crate::contribution::{Contribution, WaitingReturn};
use crate::period::Period;
use crate::person::{Clinic, Person};
use crate::phone::{Binding, Msisdn};
use crate::registry::row::Row;

/// The most payments of one person, and the most returns that wait: twice a payment a week for forty years.
pub const MAX_CONTRIBUTIONS: usize = 5_000;
/// The most categories, temporary statuses and attachments of one person, each.
pub const MAX_SPANS: usize = 500;
/// The most phones that one person was ever bound to.
pub const MAX_PHONES: usize = 100;

/// What a row did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// The record holds something else now.
    Changed,
    /// It held the row already.
    Same,
    /// It cannot take the row.
    Refused(String),
}

/// Merges a row into the person it is about. Rows about no person, and bindings, change nothing here.
pub(crate) fn into_person(person: &mut Person, row: &Row) -> Merged {
    match row {
        Row::Person(_, identity) => replace(&mut person.identity, identity),
        Row::Category(_, span) => put(
            &mut person.categories,
            *span,
            |a, b| (a.category, a.from).cmp(&(b.category, b.from)),
            (MAX_SPANS, "categories"),
        ),
        Row::Temporary(_, span) => put(
            &mut person.temporary,
            *span,
            |a, b| a.from.cmp(&b.from),
            (MAX_SPANS, "temporary statuses"),
        ),
        Row::Attachment(_, attachment) => put(
            &mut person.attachments,
            attachment.clone(),
            |a, b| a.attached_on.cmp(&b.attached_on),
            (MAX_SPANS, "attachments"),
        ),
        Row::Contribution(_, contribution) => pay(person, contribution),
        Row::Return(_, returned) => give_back(person, returned),
        Row::Clinic(_) | Row::Phone(..) => Merged::Same,
    }
}

/// Merges a clinic's row.
pub(super) fn into_clinic(clinic: &mut Option<Clinic>, row: &Clinic) -> Merged {
    replace(clinic, row)
}

/// Merges a binding into the phone and into the person's list of phones, which always agree.
pub(crate) fn bind(phone: &mut Phone, person: &mut Person, msisdn: Msisdn, binding: Binding) -> Merged {
    let known = person.phones.binary_search(&msisdn);
    if known.is_err() && person.phones.len() >= MAX_PHONES {
        return too_many((MAX_PHONES, "phones"));
    }
    match (known, bind_named(phone, binding)) {
        (Err(at), Merged::Changed | Merged::Same) => {
            person.phones.insert(at, msisdn);
            Merged::Changed
        }
        (_, merged) => merged,
    }
}

/// Merges a binding into the phone alone.
pub(super) fn bind_named(phone: &mut Phone, binding: Binding) -> Merged {
    let limit = (MAX_BINDINGS, "people on this phone");
    put(&mut phone.bindings, binding, |a, b| a.iin.cmp(&b.iin), limit)
}

/// Puts a phone into the person's list.
pub(super) fn name_phone(person: &mut Person, msisdn: Msisdn) -> Merged {
    put(&mut person.phones, msisdn, Msisdn::cmp, (MAX_PHONES, "phones"))
}

/// A payment. A row is never corrected by another with the same key: the bank would return it and send a new one.
fn pay(person: &mut Person, row: &Contribution) -> Merged {
    if let Some(held) = find(person, &row.reference, row.line) {
        let as_new = Contribution {
            returned_on: None,
            ..held.clone()
        };
        return if as_new == *row {
            Merged::Same
        } else {
            Merged::Refused("conflict: this reference and line are known with other content".into())
        };
    }
    if person.contributions.len() >= MAX_CONTRIBUTIONS {
        return too_many((MAX_CONTRIBUTIONS, "contributions"));
    }
    let mut contribution = row.clone();
    if let Ok(at) = waiting(person, &row.reference, row.line) {
        contribution.returned_on = Some(person.waiting_returns.remove(at).returned_on);
    }
    let before = |held: &Contribution| place(held) < place(&contribution);
    let at = person.contributions.partition_point(before);
    person.contributions.insert(at, contribution);
    Merged::Changed
}

/// A return: of a payment that has come, or one that waits for it.
fn give_back(person: &mut Person, row: &WaitingReturn) -> Merged {
    if let Some(held) = find(person, &row.reference, row.line) {
        return replace(&mut held.returned_on, &row.returned_on);
    }
    let limit = (MAX_CONTRIBUTIONS, "returns that wait for their contribution");
    put(&mut person.waiting_returns, row.clone(), by_reference, limit)
}

/// What the payments of a person are sorted by.
pub(crate) fn place(row: &Contribution) -> (Period, NaiveDate, &str, u32) {
    (row.period, row.paid_on, &row.reference, row.line)
}

fn find<'a>(person: &'a mut Person, reference: &str, line: u32) -> Option<&'a mut Contribution> {
    person
        .contributions
        .iter_mut()
        .find(|held| held.line == line && held.reference == reference)
}

fn waiting(person: &Person, reference: &str, line: u32) -> Result<usize, usize> {
    person
        .waiting_returns
        .binary_search_by(|held| (held.reference.as_str(), held.line).cmp(&(reference, line)))
}

fn by_reference(a: &WaitingReturn, b: &WaitingReturn) -> Ordering {
    (&a.reference, a.line).cmp(&(&b.reference, b.line))
}

fn replace<T: Clone + PartialEq>(held: &mut Option<T>, new: &T) -> Merged {
    if held.as_ref() == Some(new) {
        return Merged::Same;
    }
    *held = Some(new.clone());
    Merged::Changed
}

/// Puts `item` into a sorted list, in place of one with the same key.
fn put<T: PartialEq>(
    list: &mut Vec<T>,
    item: T,
    order: impl Fn(&T, &T) -> Ordering,
    limit: (usize, &str),
) -> Merged {
    match list.binary_search_by(|held| order(held, &item)) {
        Ok(at) => match list.get_mut(at) {
            Some(held) if *held != item => {
                *held = item;
                Merged::Changed
            }
            _ => Merged::Same,
        },
        Err(_) if list.len() >= limit.0 => too_many(limit),
        Err(at) => {
            list.insert(at, item);
            Merged::Changed
        }
    }
}

fn too_many((max, what): (usize, &str)) -> Merged {
    Merged::Refused(format!("there are {max} {what} already, the most that are kept"))
}
