//! Finding people: by number, by phone, by name and date of birth.

use chrono::NaiveDate;

use super::{DeskError, Hit, Query};
use crate::iin::Iin;
use crate::language::without_kazakh_letters;
use crate::office::{Office, says_birth};
use crate::person::{Identity, Person};
use crate::store::unit::Record as _;
use crate::store::{MAX_SCAN, Scan, Tree};

/// The most people found.
pub const MAX_HITS: usize = 50;
/// The most people of one birth date that are read. About 700 are alive of each date in Kazakhstan; registries that
/// do not know a date often write the first of January.
const MAX_READ: usize = MAX_SCAN;
/// People read at a time: a little more than are born on most dates.
const PAGE: usize = 1_000;
/// The most words of a name; people have three, some with hyphens.
const MAX_WORDS: usize = 8;
/// Letters that the longest word must have: with fewer a search is a list of who was born that day.
const MIN_LETTERS: usize = 2;

/// The people found, by IIN: the order of bindings and of the index of birth dates.
pub(super) async fn run(office: &Office, query: &Query) -> Result<Vec<Hit>, DeskError> {
    match query {
        Query::Iin(iin) => by_iins(office, &[*iin]).await,
        Query::Phone(msisdn) => {
            let today = office.clock().today();
            let bound: Vec<_> = office.phone(*msisdn).await?.people_on(today).collect();
            by_iins(office, &bound).await
        }
        Query::Name { words, born_on } => {
            let words = words_of(words)?;
            by_name(office, &words, *born_on).await
        }
    }
}

async fn by_iins(office: &Office, iins: &[Iin]) -> Result<Vec<Hit>, DeskError> {
    let mut hits = Vec::new();
    for iin in iins.iter().take(MAX_HITS) {
        hits.extend(office.person(*iin).await?.as_ref().map(hit));
    }
    Ok(hits)
}

async fn by_name(office: &Office, words: &[String], born_on: NaiveDate) -> Result<Vec<Hit>, DeskError> {
    let mut people = said_by_iin(office, born_on).await?;
    let said = people.len();
    people.extend(said_otherwise(office, born_on).await?);
    let is_all = said < MAX_READ && people.len() - said < MAX_READ;
    people.retain(|person| person.birth_date() == Some(born_on) && is_named(person, words));
    people.sort_by_key(|person| person.iin);
    people.truncate(MAX_HITS);
    if !is_all && people.len() < MAX_HITS {
        return Err(DeskError::Bad(format!(
            "more than {MAX_READ} people were born that day; search by IIN or phone"
        )));
    }
    Ok(people.iter().map(hit).collect())
}

/// The first [`MAX_READ`] or a few more people whose IIN says this date, whatever their date of birth is.
async fn said_by_iin(office: &Office, date: NaiveDate) -> Result<Vec<Person>, DeskError> {
    let Some(numbers) = Iin::numbers_of(date) else {
        return Ok(Vec::new());
    };
    let key = |number: u64| number.to_be_bytes().to_vec();
    let (mut before, last) = (key(numbers.start() - 1), key(*numbers.end()));
    let mut people = Vec::new();
    loop {
        let scan = Scan {
            after: Some(before),
            ..Scan::of(Tree::People, PAGE)
        };
        let entries = office.store().scan(scan).await?;
        let of_date = entries.iter().take_while(|(key, _)| *key <= last);
        for (_, value) in of_date {
            people.push(Person::decode(value)?);
        }
        match entries.into_iter().next_back() {
            Some((key, _)) if key <= last && people.len() < MAX_READ => before = key,
            _ => return Ok(people),
        }
    }
}

/// The first [`MAX_READ`] people born on `date` whose IIN does not say so.
async fn said_otherwise(office: &Office, date: NaiveDate) -> Result<Vec<Person>, DeskError> {
    let scan = Scan {
        prefix: crate::office::birth_prefix(date).to_vec(),
        ..Scan::of(Tree::Births, MAX_READ)
    };
    let mut people = Vec::new();
    for (key, _) in office.store().scan(scan).await? {
        // Stores before format 3 have an entry for everybody.
        if let Some(iin) = iin_of(&key).filter(|iin| !says_birth(*iin, date)) {
            people.extend(office.person(iin).await?);
        }
    }
    Ok(people)
}

/// The person of a key of [`Tree::Births`].
fn iin_of(key: &[u8]) -> Option<Iin> {
    Iin::from_number(u64::from_be_bytes(key.get(4..)?.try_into().ok()?))
}

fn hit(person: &Person) -> Hit {
    let identity = person.identity.as_ref();
    Hit {
        iin: person.iin,
        name: identity.map(Identity::full_name).unwrap_or_default(),
        birth_date: identity.map(|identity| identity.birth_date),
        clinic: None,
    }
}

/// The words to look for, folded, longest first.
fn words_of(words: &[String]) -> Result<Vec<String>, DeskError> {
    let mut words: Vec<String> = words.iter().flat_map(|word| fold(word)).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    if words.len() > MAX_WORDS {
        return Err(DeskError::Bad(format!("a name has at most {MAX_WORDS} words")));
    }
    if words
        .first()
        .is_none_or(|word| word.chars().count() < MIN_LETTERS)
    {
        return Err(DeskError::Bad(format!(
            "type at least {MIN_LETTERS} letters of the name"
        )));
    }
    Ok(words)
}

/// True if each word begins a part of the name of its own. Longest first is enough: two words either fit no part
/// in common, or the shorter fits all parts that the longer does.
fn is_named(person: &Person, words: &[String]) -> bool {
    let Some(identity) = &person.identity else {
        return false;
    };
    let mut parts = fold(&identity.full_name());
    words.iter().all(|word| {
        let fitting = parts.iter().position(|part| part.starts_with(word.as_str()));
        fitting.map(|at| parts.swap_remove(at)).is_some()
    })
}

/// The parts of a name in lower case, Kazakh letters as keyboards without them write them.
fn fold(name: &str) -> Vec<String> {
    let folded: String = name.to_lowercase().chars().map(without_kazakh_letters).collect();
    let parts = folded.split(|c: char| c.is_whitespace() || c == '-');
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
