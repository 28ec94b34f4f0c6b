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
    let fits = |person: &Person| person.birth_date() == Some(born_on) && is_named(person, words);
    let (mut people, mut is_all) = said_by_iin(office, born_on, &fits).await?;
    let (others, are_all) = said_otherwise(office, born_on, &fits).await?;
    people.extend(others);
    is_all &= are_all;
    people.sort_by_key(|person| person.iin);
    people.truncate(MAX_HITS);
    if !is_all && people.len() < MAX_HITS {
        return Err(DeskError::Bad(format!(
            "more than {MAX_READ} people were born that day; search by IIN or phone"
        )));
    }
    Ok(people.iter().map(hit).collect())
}

/// Those who fit of the first [`MAX_READ`] people, or some more, whose IIN says this date; true if these are all of them.
async fn said_by_iin(
    office: &Office,
    date: NaiveDate,
    fits: &(impl Fn(&Person) -> bool + Sync),
) -> Result<(Vec<Person>, bool), DeskError> {
    let Some(numbers) = Iin::numbers_of(date) else {
        return Ok((Vec::new(), true));
    };
    let key = |number: u64| number.to_be_bytes().to_vec();
    let (mut before, last) = (key(numbers.start() - 1), key(*numbers.end()));
    let (mut people, mut read) = (Vec::new(), 0);
    while read < MAX_READ {
        let scan = Scan {
            after: Some(before),
            ..Scan::of(Tree::People, PAGE)
        };
        let entries = office.store().scan(scan).await?;
        for (_, value) in entries.iter().take_while(|(key, _)| *key <= last) {
            read += 1;
            people.extend(Some(Person::decode(value)?).filter(|person| fits(person)));
        }
        match entries.into_iter().next_back() {
            Some((key, _)) if key <= last => before = key,
            _ => return Ok((people, true)),
        }
    }
    Ok((people, false))
}

/// Those who fit of the first [`MAX_READ`] people born on `date` whose IIN does not say so; true if these are all of them.
async fn said_otherwise(
    office: &Office,
    date: NaiveDate,
    fits: &(impl Fn(&Person) -> bool + Sync),
) -> Result<(Vec<Person>, bool), DeskError> {
    let (mut after, mut people, mut read) = (None, Vec::new(), 0);
    while read < MAX_READ {
        let scan = Scan {
            prefix: crate::office::birth_prefix(date).to_vec(),
            after,
            ..Scan::of(Tree::Births, PAGE)
        };
        let entries = office.store().scan(scan).await?;
        for (key, _) in &entries {
            // Stores before format 3 have an entry for everybody.
            if let Some(iin) = iin_of(key).filter(|iin| !says_birth(*iin, date)) {
                read += 1;
                people.extend(office.person(iin).await?.filter(|person| fits(person)));
            }
        }
        match entries.into_iter().next_back() {
            Some((key, _)) => after = Some(key),
            None => return Ok((people, true)),
        }
    }
    Ok((people, false))
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
