//! Reads every value of every tree and checks that they agree with each other.
//!
//! The store may be in use meanwhile: what looks wrong is read once more before it is reported.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use super::local::{check_import, import_number};
use super::{Findings, Note};
use crate::contribution::Contribution;
use crate::iin::Iin;
use crate::journal::{Entry, Subject};
use crate::office::export::readable;
use crate::office::{
    DATA_DATE, DataDate, JournalSweep, MAX_BINDINGS, Office, Phone, SWEEP, StoredAnswer, birth_key, place,
    says_birth,
};
use crate::person::{Clinic, Person};
use crate::phone::Msisdn;
use crate::store::unit::Record;
use crate::store::{Scan, StoreError, Tree};

/// Entries read at a time.
const PAGE: usize = 256;
/// Bytes shown of a digest.
const DIGEST_BYTES: usize = 8;
/// The most faults reported.
const MAX_FAULTS: usize = 1_000;

/// What a check of one entry says: sound, or what is wrong; `Err` if the store itself fails.
type Verdict = Result<Result<(), String>, StoreError>;

/// Checks the whole store.
pub(super) async fn run(office: &Office) -> Result<Findings, StoreError> {
    let check = Check {
        office,
        unbound: AtomicU64::new(0),
    };
    let mut findings = Findings::default();
    let mut counted = BTreeMap::new();
    let before = office.store().figures().await?.entries;
    for tree in Tree::ALL {
        let entries = check.tree(tree, &mut findings).await?;
        counted.insert(tree.name().to_owned(), entries);
    }
    let after = office.store().figures().await?.entries;
    for (tree, kept) in &after {
        let entries = counted.get(tree).copied().unwrap_or_default();
        // A counter that moved meanwhile cannot be compared.
        if before.get(tree) == Some(kept) && entries != *kept {
            report(
                &mut findings,
                format!("{tree}: {entries} entries, the counter says {kept}"),
            );
        }
    }
    let unbound = check.unbound.into_inner();
    if unbound > 0 {
        findings.notes.push(format!(
            "an import is unfinished: {unbound} phones that people name are not bound yet; run it again, with the same files"
        ));
    }
    Ok(findings)
}

fn report(findings: &mut Findings, fault: String) {
    if findings.faults.len() < MAX_FAULTS {
        findings.faults.push(fault);
    }
}

/// Entries that cannot be read: those behind `after` and up to `next`.
fn gap(tree: Tree, after: Option<&[u8]>, next: Option<&[u8]>) -> String {
    let bound = |key: Option<&[u8]>, end: &str| key.map_or_else(|| end.to_owned(), |key| masked(tree, key));
    format!(
        "{}: what lies between {} and {} cannot be read",
        tree.name(),
        bound(after, "the first entry"),
        bound(next, "the last one")
    )
}

struct Check<'a> {
    office: &'a Office,
    /// Phones that people name and that an import is still to bind.
    unbound: AtomicU64,
}

impl Check<'_> {
    /// Checks a tree; returns how many entries it has.
    async fn tree(&self, tree: Tree, findings: &mut Findings) -> Result<u64, StoreError> {
        let (mut entries, mut sound) = (0, 0);
        let mut digest = Sha256::new();
        let mut after = None;
        loop {
            let scan = Scan {
                after: after.clone(),
                ..Scan::of(tree, PAGE)
            };
            let page = readable::page(self.office.store(), scan).await?;
            if page.gaps > 0 {
                report(findings, gap(tree, after.as_deref(), page.next.as_deref()));
            }
            for (key, value) in &page.entries {
                entries += 1;
                findings.bytes += (key.len() + value.len()) as u64;
                for part in [key, value] {
                    digest.update((part.len() as u64).to_be_bytes());
                    digest.update(part);
                }
                match self.twice(tree, key, value).await? {
                    Ok(()) => sound += 1,
                    Err(fault) => report(
                        findings,
                        format!("{} {}: {fault}", tree.name(), masked(tree, key)),
                    ),
                }
            }
            after = page.next;
            if after.is_none() {
                findings.sound.insert(tree.name().into(), sound);
                let digest = digest.finalize();
                let digest = digest.iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}"));
                findings.digests.insert(tree.name().into(), digest.collect());
                return Ok(entries);
            }
        }
    }

    /// Checks an entry; if it looks wrong, once more as it stands now. What it names may be where nothing can be read.
    async fn twice(&self, tree: Tree, key: &[u8], value: &[u8]) -> Verdict {
        match self.twice_readable(tree, key, value).await {
            Err(StoreError::Failed(_)) => Ok(Err("what it names, or what names it, cannot be read".into())),
            verdict => verdict,
        }
    }

    async fn twice_readable(&self, tree: Tree, key: &[u8], value: &[u8]) -> Verdict {
        if self.entry(tree, key, value).await?.is_ok() {
            return Ok(Ok(()));
        }
        match self.office.store().get(tree, key).await? {
            Some(value) => self.entry(tree, key, &value).await,
            None => Ok(Ok(())),
        }
    }

    async fn entry(&self, tree: Tree, key: &[u8], value: &[u8]) -> Verdict {
        match tree {
            Tree::People => self.person(key, value).await,
            Tree::Births => self.birth(key).await,
            Tree::Clinics => Ok(clinic(key, value)),
            Tree::Phones => self.phone(key, value).await,
            Tree::Dialogs => Ok(number_of(key).and_then(|_| not_empty(value))),
            Tree::Answers => Ok(dated(key).and_then(|()| decoded::<StoredAnswer>(value).map(drop))),
            Tree::Limits => Ok(dated(key)),
            Tree::Journal => Ok(number_of(key).and_then(|_| decoded::<Entry>(value).map(drop))),
            Tree::Asked => self.asked(key).await,
            Tree::Settings => Ok(setting(key, value)),
            Tree::Imports => Ok(import(key, value)),
            Tree::Notes => Ok(twice_a_number(key)
                .and_then(person_of)
                .and_then(|_| decoded::<Note>(value).map(drop))),
            Tree::Outbox => Ok(twice_a_number(key).and_then(|_| not_empty(value))),
        }
    }

    async fn person(&self, key: &[u8], value: &[u8]) -> Verdict {
        let person = match decoded::<Person>(value).and_then(|person| in_order(key, person)) {
            Ok(person) => person,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(identity) = &person.identity {
            let key = birth_key(identity.birth_date, person.iin);
            if !says_birth(person.iin, identity.birth_date)
                && self.office.store().get(Tree::Births, &key).await?.is_none()
            {
                return Ok(Err("not found by date of birth".into()));
            }
        }
        for msisdn in &person.phones {
            let phone = readable(self.office.phone(*msisdn).await)?.unwrap_or_default();
            let is_bound = phone.bindings.iter().any(|binding| binding.iin == person.iin);
            if is_bound {
                continue;
            }
            if !self.office.phones_are_due().await? {
                return Ok(Err("names a phone that is not bound to this person".into()));
            }
            self.unbound.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Ok(()))
    }

    async fn birth(&self, key: &[u8]) -> Verdict {
        let Some(iin) = key.get(4..).and_then(|iin| person_of(iin).ok()) else {
            return Ok(Err("the key is no date and IIN".into()));
        };
        let identity = self.other(iin).await?.and_then(|person| person.identity);
        let right = identity.is_some_and(|identity| birth_key(identity.birth_date, iin) == key);
        Ok(sound_if(right, "the person has no such date of birth"))
    }

    async fn phone(&self, key: &[u8], value: &[u8]) -> Verdict {
        let phone = number_of(key)
            .and_then(|number| Msisdn::from_number(number).ok_or("the key is no phone".into()))
            .and_then(|msisdn| Ok((msisdn, decoded::<Phone>(value)?)));
        let (msisdn, phone) = match phone {
            Ok(phone) => phone,
            Err(fault) => return Ok(Err(fault)),
        };
        let bindings = &phone.bindings;
        if bindings.len() > MAX_BINDINGS || !ascending(bindings, |a, b| a.iin < b.iin) {
            return Ok(Err("its bindings are too many or out of order".into()));
        }
        for binding in bindings {
            let person = self.other(binding.iin).await?;
            if !person.is_some_and(|person| person.phones.contains(&msisdn)) {
                return Ok(Err("is bound to a person who does not name it".into()));
            }
        }
        Ok(Ok(()))
    }

    /// A person whom another entry names.
    async fn other(&self, iin: Iin) -> Result<Option<Person>, StoreError> {
        Ok(readable(self.office.person(iin).await)?.flatten())
    }

    async fn asked(&self, key: &[u8]) -> Verdict {
        let parts = key
            .split_at_checked(8)
            .map(|(iin, seq)| (person_of(iin), number_of(seq)));
        let Some((Ok(iin), Ok(seq))) = parts else {
            return Ok(Err("the key is no IIN and line number".into()));
        };
        let Some(line) = self.office.store().get(Tree::Journal, &seq.to_be_bytes()).await? else {
            // Of lines dropped for their age the mention may stay until the next sweep.
            let floor = readable(self.office.journal_sweep().await)?.map(|sweep| sweep.floor);
            return Ok(sound_if(
                seq < floor.unwrap_or_default(),
                "names a journal line that is missing",
            ));
        };
        Ok(decoded::<Entry>(&line).and_then(|entry| {
            let right = match entry.subject {
                Some(Subject::Erased(_)) => true,
                subject => subject == Some(Subject::of(iin)),
            };
            sound_if(right, "names a journal line about somebody else")
        }))
    }
}

/// The person, if the key is theirs and every list is sorted without two of one key.
fn in_order(key: &[u8], person: Person) -> Result<Person, String> {
    sound_if(
        number_of(key)? == person.iin.number(),
        "stands under another's key",
    )?;
    let mut by_key: Vec<_> = person
        .contributions
        .iter()
        .map(|row| (&row.reference, row.line))
        .collect();
    by_key.sort_unstable();
    let sorted = ascending(&person.categories, |a, b| {
        (a.category, a.from) < (b.category, b.from)
    }) && ascending(&person.temporary, |a, b| a.from < b.from)
        && ascending(&person.attachments, |a, b| a.attached_on < b.attached_on)
        && ascending(&person.phones, |a, b| a < b)
        && ascending(&person.waiting_returns, |a, b| {
            (&a.reference, a.line) < (&b.reference, b.line)
        })
        && ascending(&person.contributions, |a: &Contribution, b| place(a) < place(b))
        && ascending(&by_key, |a, b| a < b);
    sound_if(sorted, "a list is out of order or holds a row twice").map(|()| person)
}

fn clinic(key: &[u8], value: &[u8]) -> Result<(), String> {
    let clinic = decoded::<Clinic>(value)?;
    sound_if(clinic.code.as_bytes() == key, "stands under another's code")
}

fn import(key: &[u8], value: &[u8]) -> Result<(), String> {
    check_import(key, value).map_err(|error| error.to_string())?;
    number_of(import_number(key)).map(drop)
}

fn setting(key: &[u8], value: &[u8]) -> Result<(), String> {
    match key {
        _ if key == DATA_DATE.as_bytes() => decoded::<DataDate>(value).map(drop),
        _ if key == SWEEP.as_bytes() => decoded::<JournalSweep>(value).map(drop),
        _ => Ok(()),
    }
}

/// An entry that another names; `None` if it is damaged, which is reported where it stands.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(StoreError::Value { .. }) => Ok(None),
        other => other.map(Some),
    }
}

fn decoded<R: Record>(value: &[u8]) -> Result<R, String> {
    R::decode(value).map_err(|error| error.to_string())
}

fn number_of(key: &[u8]) -> Result<u64, String> {
    key.try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| "the key is not of 8 bytes".into())
}

fn person_of(key: &[u8]) -> Result<Iin, String> {
    Iin::from_number(number_of(key)?).ok_or("the key is no IIN".into())
}

/// Keys of these trees begin with a day and name something.
fn dated(key: &[u8]) -> Result<(), String> {
    sound_if(key.len() > 2, "the key is too short")
}

/// The values of these trees are the gateway's; each begins with a version.
fn not_empty(value: &[u8]) -> Result<(), String> {
    sound_if(!value.is_empty(), "it is empty")
}

/// The first of the two numbers of a key.
fn twice_a_number(key: &[u8]) -> Result<&[u8], String> {
    match key.split_at_checked(8) {
        Some((first, second)) if second.len() == 8 => Ok(first),
        _ => Err("the key is not two numbers".into()),
    }
}

fn sound_if(right: bool, fault: &str) -> Result<(), String> {
    if right { Ok(()) } else { Err(fault.into()) }
}

fn ascending<T>(list: &[T], before: impl Fn(&T, &T) -> bool) -> bool {
    list.is_sorted_by(before)
}

/// A key as a report may name it.
fn masked(tree: Tree, key: &[u8]) -> String {
    let iin = |key: Option<&[u8]>| key.and_then(|key| person_of(key).ok()).map(|iin| iin.to_string());
    let known = match tree {
        Tree::People => iin(Some(key)),
        Tree::Asked | Tree::Notes => iin(key.get(..8)),
        Tree::Births => iin(key.get(4..)),
        Tree::Phones | Tree::Dialogs => {
            let phone = number_of(key).ok().and_then(Msisdn::from_number);
            phone.map(|phone| phone.to_string())
        }
        Tree::Journal => number_of(key).ok().map(|seq| seq.to_string()),
        Tree::Clinics | Tree::Settings => Some(String::from_utf8_lossy(key).into_owned()),
        Tree::Imports => number_of(import_number(key))
            .ok()
            .map(|number| number.to_string()),
        Tree::Answers | Tree::Limits | Tree::Outbox => None,
    };
    known.unwrap_or_else(|| format!("entry of {} bytes", key.len()))
}

#[cfg(test)]
mod tests;
