//! Erasing a person: everything that the store holds about them goes, and in the journal a random token takes the place
//! of their number. What was removed stays readable in the database's files until the store is compacted.
//!
//! A phone that is bound to nobody else is as much the person's as the number: it goes from everywhere, too. One that is
//! bound to others stays theirs, but not beside the token.
//!
//! The trees of the gateway are the gateway's own; what is about the person is found there by the number itself, in every
//! form in which the encodings of this program write it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::numbers::Numbers;
use super::local::without_mentions;
use super::work::Note;
use crate::iin::Iin;
use crate::journal::{Entry, Subject, Who};
use crate::office::{ERASURE, Office, Phone, StoredAnswer, birth_key, person_key, phone_key, place};
use crate::person::Person;
use crate::phone::Msisdn;
use crate::store::unit::Record;
use crate::store::{Batch, Key, Scan, StoreError, Tree, Value};

mod numbers;

/// Entries looked at in one step.
const PAGE: usize = 256;
/// How often a step is tried again because others changed its entries meanwhile.
const MAX_TRIES: usize = 10;
/// How often everything is gone through: what is answered about the person meanwhile leaves something behind.
const MAX_ROUNDS: usize = 5;

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
    /// The phones ever bound to them.
    phones: BTreeSet<Msisdn>,
    /// Those of them that nobody else has.
    own: Vec<Msisdn>,
    /// Their number and their own phones.
    numbers: Numbers,
}

/// Erases `iin`: the person, the bindings, the conversations of the phones bound, stored answers, messages that wait,
/// notes, counters, refused rows, mentions as payer, in references and in notes about others; `token` takes its place, and
/// that of the phones, in the journal. The person, who names the phones, goes last, so that it can be run again after a failure.
///
/// # Errors
/// Whatever the store says; what was done before stays done.
pub(super) async fn run(office: &Office, iin: Iin, token: u64) -> Result<Erased, StoreError> {
    let mut whom = Whom {
        iin,
        token,
        phones: BTreeSet::new(),
        own: Vec::new(),
        numbers: Numbers::default(),
    };
    let mut erased = Erased::default();
    // From now on no import whose rows were sorted before goes on: it would bring the person back.
    let mut unit = office.begin().removing();
    unit.change(Tree::Settings, ERASURE, Some(token.to_be_bytes().to_vec()));
    unit.commit().await?;
    for _ in 0..MAX_ROUNDS {
        let before = erased;
        // Bound meanwhile, or none any more: those of the rounds before count on.
        let person = office.person(iin).await?;
        whom.phones
            .extend(person.map(|person| person.phones).unwrap_or_default());
        whom.learn_own(office).await?;
        let last = [Tree::Journal, Tree::Phones];
        for tree in Tree::ALL.into_iter().filter(|tree| !last.contains(tree)) {
            whom.erase_in(office, tree, &mut erased).await?;
        }
        // After the lines about the person, which then name no phone any more.
        if !whom.own.is_empty() {
            whom.erase_in(office, Tree::Journal, &mut erased).await?;
        }
        whom.erase_person(office, &mut erased).await?;
        // After the person, with whom the bindings that agree went.
        whom.erase_in(office, Tree::Phones, &mut erased).await?;
        if erased == before {
            return Ok(erased);
        }
    }
    Err(StoreError::Failed(
        "messages about the person keep coming; erase once more".into(),
    ))
}

impl Whom {
    /// Learns which of the phones nobody else has.
    async fn learn_own(&mut self, office: &Office) -> Result<(), StoreError> {
        self.own.clear();
        for phone in &self.phones {
            let bindings = office.phone(*phone).await?.bindings;
            if bindings.iter().all(|binding| binding.iin == self.iin) {
                self.own.push(*phone);
            }
        }
        self.numbers = Numbers::new(self.iin, &self.own, self.token);
        Ok(())
    }

    /// Removes the person and the bindings in one step: they always agree.
    async fn erase_person(&self, office: &Office, erased: &mut Erased) -> Result<(), StoreError> {
        for _ in 0..MAX_TRIES {
            let mut unit = office.begin().removing();
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
                unit.change(Tree::Phones, &phone_key(*msisdn), if_bound(&phone));
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
    async fn erase_in(&mut self, office: &Office, tree: Tree, erased: &mut Erased) -> Result<(), StoreError> {
        let prefix = match tree {
            // The keys of these begin with the number.
            Tree::Asked => person_key(self.iin).to_vec(),
            // Births go with the person; the others name nobody.
            Tree::Births | Tree::Clinics | Tree::Settings => return Ok(()),
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
        &mut self,
        office: &Office,
        tree: Tree,
        page: &[(Key, Value)],
        erased: &mut Erased,
    ) -> Result<(), StoreError> {
        let mut batch = Batch {
            removes: true,
            ..Batch::default()
        };
        let (mut entries, mut lines) = (0, 0);
        for (key, value) in page {
            if tree == Tree::Journal {
                lines += self.erase_line((key, value.clone()), false, &mut batch)?;
                continue;
            }
            let Some((tree, key, new)) = self.change(tree, key, value) else {
                continue;
            };
            match line_of(tree, &key) {
                Some(seq) => {
                    // Unless it was dropped for its age.
                    if let Some(line) = office.store().get(Tree::Journal, seq).await? {
                        lines += self.erase_line((seq, line), true, &mut batch)?;
                    }
                }
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

    /// Puts the token into a journal line, into one `about` the person for them and every phone of theirs, into others for
    /// the phones that nobody else has. What was heard and answered goes with them. Counts the line if it changes.
    fn erase_line(
        &self,
        (key, value): (&[u8], Value),
        about: bool,
        batch: &mut Batch,
    ) -> Result<u64, StoreError> {
        let is_theirs = |phone: &Msisdn| self.own.contains(phone) || (about && self.phones.contains(phone));
        let mut line = Entry::decode(&value)?;
        let before = line.clone();
        if about {
            line.subject = Some(Subject::Erased(self.token));
        }
        if matches!(&line.who, Who::Phone(phone) if is_theirs(phone)) {
            line.who = Who::Erased(self.token);
        }
        line.particulars.phone.take_if(|phone| about || is_theirs(phone));
        if line == before {
            return Ok(0);
        }
        let answer = std::mem::take(&mut line.particulars.answer);
        if !answer.is_empty() {
            batch.change.push((Tree::Answers, answer, None));
        }
        batch.expect.push((Tree::Journal, key.to_vec(), Some(value)));
        batch
            .change
            .push((Tree::Journal, key.to_vec(), Some(line.encode())));
        Ok(1)
    }

    /// What becomes of an entry; `None`: it stays as it is.
    fn change(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Option<Change> {
        let gone = (tree, key.to_vec(), None);
        match tree {
            Tree::Asked => Some(gone),
            Tree::Notes if key.starts_with(&person_key(self.iin)) => Some(gone),
            Tree::Notes => self.without_words(key, value),
            // The person goes with the bindings, at the end.
            Tree::People if key == person_key(self.iin) => None,
            Tree::People => self.without_mention(key, value),
            Tree::Phones if self.own.iter().any(|phone| phone_key(*phone) == key) => Some(gone),
            Tree::Phones => self.without_binding(key, value),
            Tree::Dialogs if self.phones.iter().any(|phone| phone_key(*phone) == key) => Some(gone),
            Tree::Answers if self.is_answer_about(value) => Some(gone),
            Tree::Imports => self.without_rows(key, value),
            _ if self.numbers.are_in(key) || self.numbers.are_in(value) => Some(gone),
            _ => None,
        }
    }

    /// A note about another person: with the token where this one's number stood.
    fn without_words(&self, key: &[u8], value: &[u8]) -> Option<Change> {
        let mut note = Note::decode(value).ok()?;
        note.text = self.numbers.cleared(&note.text)?;
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
            if let Some(cleared) = self.numbers.cleared(reference) {
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

    /// A phone that is bound to the person although the person does not name it: without that. The next round knows it.
    fn without_binding(&mut self, key: &[u8], value: &[u8]) -> Option<Change> {
        let mut phone = Phone::decode(value).ok()?;
        let before = phone.bindings.len();
        phone.bindings.retain(|binding| binding.iin != self.iin);
        if phone.bindings.len() == before {
            return None;
        }
        let number = key.try_into().map(u64::from_be_bytes).ok();
        self.phones.extend(number.and_then(Msisdn::from_number));
        Some((Tree::Phones, key.to_vec(), if_bound(&phone)))
    }

    /// An import whose refused rows, file name or words on a failure hold a number of theirs: without those.
    fn without_rows(&self, key: &[u8], value: &[u8]) -> Option<Change> {
        let new = without_mentions(key, value, |text| self.numbers.are_said_in(text));
        let changed = match &new {
            // A number of a record may look like the person's.
            Some(new) => new.as_slice() != value,
            None => self.numbers.are_in(value),
        };
        changed.then(|| (Tree::Imports, key.to_vec(), new))
    }

    fn is_answer_about(&self, value: &[u8]) -> bool {
        let is_about =
            |answer: StoredAnswer| answer.about == Some(self.iin) || self.numbers.are_said_in(&answer.heard);
        StoredAnswer::decode(value).is_ok_and(is_about) || self.numbers.are_in(value)
    }
}

/// What is left of a phone without a binding: with the last one its owner's wishes go.
fn if_bound(phone: &Phone) -> Option<Value> {
    (!phone.bindings.is_empty()).then(|| phone.encode())
}

/// The key of the journal line that an entry of [`Tree::Asked`] names.
fn line_of(tree: Tree, key: &[u8]) -> Option<&[u8]> {
    key.get(8..).filter(|seq| tree == Tree::Asked && seq.len() == 8)
}

#[cfg(test)]
mod tests;
