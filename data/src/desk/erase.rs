//! Erasing a person: everything that the store holds about them goes, and in the journal a random token takes the place
//! of their number. What was removed stays readable in the database's files until the store is compacted.
//!
//! The trees of the gateway are the gateway's own; what is about the person is found there by the number itself, in every
//! form in which the encodings of this program write it.

use std::str::Chars;

use serde::{Deserialize, Serialize};

use super::local::without_mentions;
use super::work::Note;
use crate::iin::Iin;
use crate::journal::{Entry, Subject};
use crate::office::{Office, Phone, StoredAnswer, birth_key, person_key, phone_key, place};
use crate::person::Person;
use crate::phone::Msisdn;
use crate::store::unit::Record;
use crate::store::{Batch, Key, Scan, StoreError, Tree, Value};

/// Entries looked at in one step.
const PAGE: usize = 256;
/// How often a step is tried again because others changed its entries meanwhile.
const MAX_TRIES: usize = 10;
/// How often everything is gone through: what is answered about the person meanwhile leaves something behind.
const MAX_ROUNDS: usize = 3;

/// What an erasure did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Journal lines in which a token stands now.
    pub lines: u64,
    /// Everything else that was removed or cleared of the number.
    pub entries: u64,
}

/// A change to an entry: another value, or `None` to remove it.
type Change = (Tree, Key, Option<Value>);

/// Whom to erase.
struct Whom {
    iin: Iin,
    /// What stands for them in the journal from now on.
    token: u64,
    /// Their number as it may stand in keys and values.
    forms: Vec<Vec<u8>>,
    /// The phones ever bound to them.
    phones: Vec<Msisdn>,
}

/// Erases `iin`: the person, the bindings, the conversations of the phones bound, stored answers, messages that wait,
/// notes, counters, refused rows, mentions as payer, in references and in notes about others; `token` takes its place in
/// the journal. The person, who names the phones, goes last, so that it can be run again after a failure.
///
/// # Errors
/// Whatever the store says; what was done before stays done.
pub(super) async fn run(office: &Office, iin: Iin, token: u64) -> Result<Erased, StoreError> {
    let mut whom = Whom {
        iin,
        token,
        forms: forms(iin),
        phones: Vec::new(),
    };
    let mut erased = Erased::default();
    for _ in 0..MAX_ROUNDS {
        let before = erased;
        // Bound meanwhile, or none any more: those of the rounds before count on.
        let person = office.person(iin).await?;
        whom.phones
            .extend(person.map(|person| person.phones).unwrap_or_default());
        for tree in Tree::ALL.into_iter().filter(|tree| *tree != Tree::Phones) {
            whom.erase_in(office, tree, &mut erased).await?;
        }
        whom.erase_person(office, &mut erased).await?;
        // After the person, with whom the bindings that agree went.
        whom.erase_in(office, Tree::Phones, &mut erased).await?;
        if erased == before {
            break;
        }
    }
    Ok(erased)
}

impl Whom {
    /// Removes the person and the bindings in one step: they always agree.
    async fn erase_person(&self, office: &Office, erased: &mut Erased) -> Result<(), StoreError> {
        for _ in 0..MAX_TRIES {
            let mut unit = office.begin();
            let Some(person) = unit.read::<Person>(&person_key(self.iin)).await? else {
                return Ok(());
            };
            unit.change(Tree::People, &person_key(self.iin), None);
            if let Some(identity) = &person.identity {
                unit.change(Tree::Births, &birth_key(identity.birth_date, self.iin), None);
            }
            for msisdn in &person.phones {
                let mut phone = unit.read::<Phone>(&phone_key(*msisdn)).await?.unwrap_or_default();
                phone.bindings.retain(|binding| binding.iin != self.iin);
                let left = (phone != Phone::default()).then(|| phone.encode());
                unit.change(Tree::Phones, &phone_key(*msisdn), left);
            }
            match unit.commit().await {
                Err(StoreError::Conflict) => {}
                done => {
                    erased.entries += 1 + person.phones.len() as u64;
                    return done.map(drop);
                }
            }
        }
        Err(StoreError::Conflict)
    }

    /// Goes through a tree.
    async fn erase_in(&self, office: &Office, tree: Tree, erased: &mut Erased) -> Result<(), StoreError> {
        let prefix = match tree {
            // The keys of these begin with the number.
            Tree::Asked => person_key(self.iin).to_vec(),
            // Births go with the person, lines with their mention; the others name nobody.
            Tree::Births | Tree::Journal | Tree::Clinics | Tree::Settings => return Ok(()),
            _ => Vec::new(),
        };
        let (mut after, mut tries) = (None, 0);
        loop {
            let scan = Scan {
                prefix: prefix.clone(),
                after: after.clone(),
                ..Scan::of(tree, PAGE)
            };
            let page = office.store().scan(scan).await?;
            match self.erase_page(office, tree, &page, erased).await {
                Err(StoreError::Conflict) if tries < MAX_TRIES => {
                    tries += 1;
                    continue;
                }
                done => done?,
            }
            tries = 0;
            if page.len() < PAGE {
                return Ok(());
            }
            after = page.into_iter().next_back().map(|(key, _)| key);
        }
    }

    async fn erase_page(
        &self,
        office: &Office,
        tree: Tree,
        page: &[(Key, Value)],
        erased: &mut Erased,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        let (mut entries, mut lines) = (0, 0);
        for (key, value) in page {
            let Some((tree, key, new)) = self.change(tree, key, value) else {
                continue;
            };
            match line_of(tree, &key) {
                Some(seq) => lines += self.erase_line(office, seq, &mut batch).await?,
                None => entries += 1,
            }
            batch.expect.push((tree, key.clone(), Some(value.clone())));
            batch.change.push((tree, key, new));
        }
        if !batch.change.is_empty() {
            office.store().commit(batch).await?;
        }
        erased.lines += lines;
        erased.entries += entries;
        Ok(())
    }

    /// Puts the token into the journal line `seq`, if it is there still; counts it.
    async fn erase_line(&self, office: &Office, seq: u64, batch: &mut Batch) -> Result<u64, StoreError> {
        let key = seq.to_be_bytes().to_vec();
        let Some(value) = office.store().get(Tree::Journal, &key).await? else {
            return Ok(0);
        };
        let line = Entry {
            subject: Some(Subject::Erased(self.token)),
            ..Entry::decode(&value)?
        };
        batch.expect.push((Tree::Journal, key.clone(), Some(value)));
        batch.change.push((Tree::Journal, key, Some(line.encode())));
        Ok(1)
    }

    /// What becomes of an entry; `None`: it stays as it is.
    fn change(&self, tree: Tree, key: &[u8], value: &[u8]) -> Option<Change> {
        let gone = (tree, key.to_vec(), None);
        match tree {
            Tree::Asked => Some(gone),
            Tree::Notes if key.starts_with(&person_key(self.iin)) => Some(gone),
            Tree::Notes => self.without_words(key, value),
            // The person goes with the bindings, at the end.
            Tree::People if key == person_key(self.iin) => None,
            Tree::People => self.without_mention(key, value),
            Tree::Phones => self.without_binding(key, value),
            Tree::Dialogs if self.phones.iter().any(|phone| phone_key(*phone) == key) => Some(gone),
            Tree::Answers if self.is_answer_about(value) => Some(gone),
            Tree::Imports => self.without_rows(key, value),
            _ if self.is_in(key) || self.is_in(value) => Some(gone),
            _ => None,
        }
    }

    /// A note about another person: with the token where this one's number stood.
    fn without_words(&self, key: &[u8], value: &[u8]) -> Option<Change> {
        let mut note = Note::decode(value).ok()?;
        note.text = self.cleared(&note.text)?;
        Some((Tree::Notes, key.to_vec(), Some(note.encode())))
    }

    /// A person in whose payments this one is named as the payer or in a reference: without that.
    fn without_mention(&self, key: &[u8], value: &[u8]) -> Option<Change> {
        // One that cannot be read is for `check` to report.
        let mut person = Person::decode(value).ok()?;
        let mut changed = false;
        for row in &mut person.contributions {
            if row.payer_id == Some(self.iin.number()) {
                row.payer_id = None;
                changed = true;
            }
        }
        let paid = person.contributions.iter_mut().map(|row| &mut row.reference);
        let returned = person.waiting_returns.iter_mut().map(|row| &mut row.reference);
        for reference in paid.chain(returned) {
            if let Some(cleared) = self.cleared(reference) {
                *reference = cleared;
                changed = true;
            }
        }
        if changed {
            person.contributions.sort_by(|a, b| place(a).cmp(&place(b)));
            person.waiting_returns.sort();
        }
        changed.then(|| (Tree::People, key.to_vec(), Some(person.encode())))
    }

    /// `text` with twelve digits of the token wherever the number stands, also where it is written with separators: two
    /// references that differed still do. `None`: it does not stand there.
    fn cleared(&self, text: &str) -> Option<String> {
        let number = self.iin.reveal();
        let token = format!("{:012}", self.token % 1_000_000_000_000);
        let (mut cleared, mut found) = (String::with_capacity(text.len()), false);
        let mut rest = text.chars();
        loop {
            if let Some(after) = after_number(rest.clone(), &number) {
                cleared.push_str(&token);
                (rest, found) = (after, true);
            } else if let Some(other) = rest.next() {
                cleared.push(other);
            } else {
                return found.then_some(cleared);
            }
        }
    }

    /// A phone that is bound to the person although the person does not name it: without that.
    fn without_binding(&self, key: &[u8], value: &[u8]) -> Option<Change> {
        let mut phone = Phone::decode(value).ok()?;
        let before = phone.bindings.len();
        phone.bindings.retain(|binding| binding.iin != self.iin);
        (phone.bindings.len() < before).then(|| (Tree::Phones, key.to_vec(), Some(phone.encode())))
    }

    /// An import whose refused rows, file name or words on a failure hold the number: without those.
    fn without_rows(&self, key: &[u8], value: &[u8]) -> Option<Change> {
        let is_there = |text: &str| self.is_in(text.as_bytes());
        let new = self
            .is_in(value)
            .then(|| without_mentions(key, value, is_there))?;
        // A number of a record may look like the person's.
        (new.as_deref() != Some(value)).then(|| (Tree::Imports, key.to_vec(), new))
    }

    fn is_answer_about(&self, value: &[u8]) -> bool {
        let is_about =
            |answer: StoredAnswer| answer.about == Some(self.iin) || self.cleared(&answer.heard).is_some();
        StoredAnswer::decode(value).is_ok_and(is_about) || self.is_in(value)
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let is_there = |form: &Vec<u8>| bytes.windows(form.len()).any(|window| window == form);
        self.forms.iter().any(is_there)
    }
}

/// The number of the journal line that an entry of [`Tree::Asked`] names.
fn line_of(tree: Tree, key: &[u8]) -> Option<u64> {
    let seq = key.get(8..).filter(|_| tree == Tree::Asked)?;
    seq.try_into().ok().map(u64::from_be_bytes)
}

/// What follows the digits of `number`, between which there may be signs that are neither letters nor digits.
fn after_number<'a>(mut text: Chars<'a>, number: &str) -> Option<Chars<'a>> {
    for (place, digit) in number.chars().enumerate() {
        let next = text.find(|sign| place == 0 || sign.is_alphanumeric());
        if next != Some(digit) {
            return None;
        }
    }
    Some(text)
}

/// A number as the encodings of this program write it: as digits, as a key, as a number of an encoded value.
fn forms(iin: Iin) -> Vec<Vec<u8>> {
    vec![
        iin.reveal().into_bytes(),
        iin.number().to_be_bytes().to_vec(),
        postcard::to_stdvec(&iin.number()).unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests;
