//! What a store holds of what the load wrote, piece by piece.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use saqta_data::clock::Clock;
use saqta_data::desk::{Desk as _, DeskOptions, Import, LocalDesk, Note, OperatorRole};
use saqta_data::journal::{Door, Entry, Outcome};
use saqta_data::law::Law;
use saqta_data::office::{Office, StoredAnswer, person_key};
use saqta_data::person::Person;
use saqta_data::store::unit::Record;
use saqta_data::store::{Scan, Store, Tree};

use super::crowd::{Crowd, EVERYBODY, ROWS, named_by};
use super::{INSURED, PAYMENTS, SORTED, text_of};

/// Entries read at a time.
const PAGE: usize = 10_000;
/// What the text of a note begins with.
const NOTE: &str = "note ";

/// So much of each kind, which are the first ones: none of them is missing, and each is there once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// SMS answered, by life and sender.
    pub(crate) answers: BTreeMap<String, u64>,
    /// Notes.
    pub(crate) notes: u64,
    /// Registries of payments.
    pub(crate) imports: u64,
    /// How often somebody was given another name, all people together.
    pub(crate) named: u64,
}

impl Found {
    /// What `store` holds.
    pub(super) async fn of(store: &Arc<dyn Store>, crowd: &Crowd) -> Result<Self, String> {
        let lines: Vec<Entry> = values(&**store, Tree::Journal).await;
        let people: Vec<Person> = values(&**store, Tree::People).await;
        let stored = all(&**store, Tree::Answers).await;
        let found = Self {
            answers: answers(&lines, &stored)?,
            notes: notes(&lines, &all(&**store, Tree::Notes).await, crowd)?,
            imports: imports(&people, crowd)?,
            named: named(&people, crowd)?,
        };
        let law = Arc::new(Law::builtin().unwrap());
        let office = Office::new(Arc::clone(store), law, Clock::system());
        let options = DeskOptions::of(Door::Command("verify".into()));
        let desk = LocalDesk::new(office, "verify".into(), OperatorRole::Senior, options);
        let entered = desk.imports().await.map_err(|error| error.to_string())?;
        entered.iter().try_for_each(|import| counted(import, crowd))?;
        Ok(found)
    }
}

/// The text of the note `number`.
pub(super) fn note_of(number: u64) -> String {
    format!("{NOTE}{number}")
}

/// How many `numbers` there are, which must be those from 0 on, each once.
fn first_ones(what: &str, mut numbers: Vec<u64>) -> Result<u64, String> {
    numbers.sort_unstable();
    match (0..).zip(&numbers).find(|(wanted, number)| wanted != *number) {
        None => Ok(numbers.len() as u64),
        Some((wanted, number)) if wanted < *number => Err(format!("{what} {wanted} is missing")),
        Some((_, number)) => Err(format!("{what} {number} is there twice")),
    }
}

/// Answers of each sender. Each has one journal line, which names it, and each line names one.
fn answers(lines: &[Entry], stored: &[(Vec<u8>, Vec<u8>)]) -> Result<BTreeMap<String, u64>, String> {
    let stored = stored
        .iter()
        .map(|(key, value)| (key.as_slice(), StoredAnswer::decode(value).unwrap()));
    let mut stored: HashMap<&[u8], StoredAnswer> = stored.collect();
    let mut numbers: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let of_sms = |line: &&Entry| line.door == Door::Sms("sandbox".into());
    for line in lines.iter().filter(of_sms) {
        let answer = stored.remove(line.particulars.answer.as_slice());
        let answer = answer.ok_or("a line names no answer, or one that another line names")?;
        let tag = answer.heard.strip_prefix(&text_of("")).unwrap_or_default();
        let (sender, number) = tag
            .rsplit_once('-')
            .ok_or("a text that nobody sent is answered")?;
        // Asked to try later: the text has come again since, or nobody waits for its answer any more.
        if line.outcome == Outcome::Failed {
            continue;
        }
        let said = answer.said.unwrap_or_default();
        if line.outcome != Outcome::Full || !said.starts_with(INSURED) {
            return Err(format!("the answer to {tag} is another than was given"));
        }
        let numbers = numbers.entry(sender.to_owned()).or_default();
        numbers.push(number.parse().unwrap());
    }
    if !stored.is_empty() {
        return Err(format!("{} answers without a journal line", stored.len()));
    }
    let counted = numbers.into_iter().map(|(sender, numbers)| {
        let count = first_ones(&format!("of the answers to {sender},"), numbers)?;
        Ok((sender, count))
    });
    counted.collect()
}

/// Notes; each is about the right person and has its journal line.
fn notes(lines: &[Entry], stored: &[(Vec<u8>, Vec<u8>)], crowd: &Crowd) -> Result<u64, String> {
    let mut numbers = Vec::with_capacity(stored.len());
    for (key, value) in stored {
        let note = Note::decode(value).unwrap();
        let number = note.text.strip_prefix(NOTE).and_then(|text| text.parse().ok());
        let number = number.ok_or("a note that nobody wrote")?;
        if !key.starts_with(&person_key(crowd.noted(number))) {
            return Err(format!("note {number} is about somebody else"));
        }
        numbers.push(number);
    }
    let count = first_ones("note", numbers)?;
    let told = lines.iter().filter(|line| line.topic == "note").count() as u64;
    if told != count {
        return Err(format!("{count} notes, {told} journal lines about notes"));
    }
    Ok(count)
}

/// Registries of payments, none of which is there in part: each is one batch.
fn imports(people: &[Person], crowd: &Crowd) -> Result<u64, String> {
    let mut rows = Vec::new();
    for person in people {
        for paid in &person.contributions {
            rows.extend(crowd.row(person.iin, paid)?);
        }
    }
    let count = first_ones("row", rows)?;
    if !count.is_multiple_of(ROWS) {
        return Err(format!("{} rows of a registry of {ROWS}", count % ROWS));
    }
    Ok(count / ROWS)
}

/// How often people were given another name: all have those of one registry, or some already those of the next.
fn named(people: &[Person], crowd: &Crowd) -> Result<u64, String> {
    let people: HashMap<_, _> = people
        .iter()
        .map(|person| (person.iin.number(), person))
        .collect();
    let mut numbers = Vec::new();
    for iin in crowd.iter() {
        let person = people.get(&iin.number()).ok_or("somebody is missing")?;
        let identity = person.identity.as_ref().ok_or("somebody has no name")?;
        numbers.push(named_by(identity)?);
    }
    let (least, most) = (numbers.iter().min(), numbers.iter().max());
    if least.zip(most).is_none_or(|(least, most)| most - least > 1) {
        return Err(format!("names by the registries {least:?} to {most:?}"));
    }
    Ok(numbers.iter().sum())
}

/// An import that was completed must have counted all its rows.
fn counted(import: &Import, crowd: &Crowd) -> Result<(), String> {
    let rows = match import.head.file.as_str() {
        PAYMENTS => ROWS,
        file if file == EVERYBODY || file.starts_with(SORTED) => crowd.size(),
        _ => return Ok(()),
    };
    let completed = import.ended_at.is_some() && import.failure.is_none();
    let right = import.accepted + import.repeated == rows && import.refused == 0;
    if completed && !right {
        return Err(format!("{rows} rows, but they are told as {import:?}"));
    }
    Ok(())
}

async fn values<T: Record>(store: &dyn Store, tree: Tree) -> Vec<T> {
    let entries = all(store, tree).await;
    entries
        .iter()
        .map(|(_, value)| T::decode(value).unwrap())
        .collect()
}

async fn all(store: &dyn Store, tree: Tree) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut entries, mut after) = (Vec::new(), None);
    loop {
        let scan = Scan {
            after,
            ..Scan::of(tree, PAGE)
        };
        let page = store.scan(scan).await.unwrap();
        let is_last = page.len() < PAGE;
        entries.extend(page);
        if is_last {
            return entries;
        }
        after = entries.last().map(|(key, _)| key.clone());
    }
}
