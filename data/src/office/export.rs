//! Giving the registries back as CSV, page by page, in the order of their keys; of a damaged store what can be read of it.

use std::collections::BTreeSet;

use super::{Office, Phone};
use crate::contribution::WaitingReturn;
use crate::iin::Iin;
use crate::person::{Clinic, Person};
use crate::phone::Msisdn;
use crate::registry::csv::Lines;
use crate::registry::row::Row;
use crate::registry::{ExportPage, Registry};
use crate::store::unit::Record;
use crate::store::{Key, Scan, StoreError};

pub(crate) mod readable;

/// Records read for one page.
const PAGE_RECORDS: usize = 256;
/// A page ends with the record that takes it beyond this; one person has at most some 2 MB of rows.
const PAGE_BYTES: usize = 512 << 10;

impl Office {
    /// The page of `registry` after the place where the page before said the next begins.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn export(&self, registry: Registry, after: Option<Vec<u8>>) -> Result<ExportPage, StoreError> {
        match registry {
            Registry::Clinics => {
                self.page::<Clinic>(after, |_, clinic| vec![Row::Clinic(clinic)])
                    .await
            }
            Registry::Phones => {
                self.page::<Phone>(after, |key, phone| phone_rows(key, &phone))
                    .await
            }
            _ => {
                self.page::<Person>(after, |_, person| person_rows(registry, &person))
                    .await
            }
        }
    }

    async fn page<R: Record>(
        &self,
        after: Option<Key>,
        rows: impl Fn(&[u8], R) -> Vec<Row>,
    ) -> Result<ExportPage, StoreError> {
        let scan = Scan {
            after,
            ..Scan::of(R::TREE, PAGE_RECORDS)
        };
        let mut readable = readable::page(&*self.store, scan).await?;
        let last = readable.entries.last().map(|(key, _)| key.clone());
        let (mut lines, mut people) = (Lines::new(), BTreeSet::new());
        for (key, value) in readable.entries {
            match R::decode(&value) {
                Ok(record) => {
                    for row in rows(&key, record) {
                        people.extend(row.iin());
                        lines.push(&row);
                    }
                }
                Err(_) => readable.gaps += 1,
            }
            if lines.len() >= PAGE_BYTES && last.as_ref() != Some(&key) {
                readable.next = Some(key);
                break;
            }
        }
        Ok(ExportPage {
            rows: lines.into_text(),
            people: people.len(),
            gaps: readable.gaps,
            next: readable.next,
        })
    }
}

fn phone_rows(key: &[u8], phone: &Phone) -> Vec<Row> {
    let number = key.try_into().ok().map(u64::from_be_bytes);
    let Some(msisdn) = number.and_then(Msisdn::from_number) else {
        return Vec::new();
    };
    phone
        .bindings
        .iter()
        .map(|binding| Row::Phone(msisdn, *binding))
        .collect()
}

/// The rows of a person in the order of their keys, which is not always the order in which they are kept.
fn person_rows(registry: Registry, person: &Person) -> Vec<Row> {
    let iin = person.iin;
    match registry {
        Registry::People => {
            let identity = person.identity.iter().cloned();
            identity.map(|identity| Row::Person(iin, identity)).collect()
        }
        Registry::Categories => {
            let mut spans = person.categories.clone();
            spans.sort_by_key(|span| (span.category.code(), span.from));
            spans.into_iter().map(|span| Row::Category(iin, span)).collect()
        }
        Registry::Temporary => {
            let spans = person.temporary.iter();
            spans.map(|span| Row::Temporary(iin, *span)).collect()
        }
        Registry::Attachments => {
            let attachments = person.attachments.iter().cloned();
            attachments.map(|row| Row::Attachment(iin, row)).collect()
        }
        Registry::Contributions => contributions(iin, person),
        Registry::Returns => returns(iin, person),
        Registry::Clinics | Registry::Phones => Vec::new(),
    }
}

fn contributions(iin: Iin, person: &Person) -> Vec<Row> {
    let mut rows: Vec<_> = person.contributions.iter().collect();
    rows.sort_by_key(|row| (row.reference.as_str(), row.line));
    rows.into_iter()
        .map(|row| Row::Contribution(iin, row.clone()))
        .collect()
}

/// The returns of payments that have come, and those that wait.
fn returns(iin: Iin, person: &Person) -> Vec<Row> {
    let done = person.contributions.iter().filter_map(|row| {
        row.returned_on.map(|returned_on| WaitingReturn {
            reference: row.reference.clone(),
            line: row.line,
            returned_on,
        })
    });
    let mut rows: Vec<_> = done.chain(person.waiting_returns.iter().cloned()).collect();
    rows.sort();
    rows.into_iter().map(|row| Row::Return(iin, row)).collect()
}

#[cfg(test)]
mod tests;
