//! The desk over the office in this process.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{NaiveDate, Timelike};

use super::{
    BoundPhone, Card, CarrierFigures, Desk, DeskError, ExportPage, Figures, Findings, Hit, Host, Import,
    ImportHead, JournalFilter, JournalPage, JournalSlice, Operator, OperatorRole, Pulse, Query, StoredAnswer,
    Work, check, search,
};
use crate::clock::Timestamp;
use crate::iin::Iin;
use crate::journal::{Door, Entry, Outcome, Particulars, Subject, Who};
use crate::language::Language;
use crate::law::Law;
use crate::office::{Office, day_key};
use crate::person::Person;
use crate::registry::{Chunk, Ingested, MAX_CHUNK_BYTES, MAX_CHUNK_LINES, Refused, Registry, count_lines};
use crate::store::{Key, StoreError, Tree};

/// Look-ups that operators below senior have in an hour, unless set otherwise: one every six seconds.
pub const LOOKUPS_PER_HOUR: u32 = 600;
/// The most people of one question for many.
pub const MAX_CARDS: usize = 1_000;
/// The newest look-ups shown on a card.
const ASKED_ON_CARD: usize = 20;
/// Characters of an account's name that are told apart; longer ones share a limit.
const MAX_NAME: usize = 64;

/// How a desk is set up.
#[derive(Clone, Debug)]
pub struct DeskOptions {
    /// The door that its look-ups are journalled under.
    pub door: Door,
    /// The language of its answers, for the journal.
    pub language: Language,
    /// Look-ups an hour of operators below senior; `None`: not limited. Seniors are not.
    pub lookups_per_hour: Option<u32>,
    /// True in a server with carriers.
    pub serving: bool,
    /// That server.
    pub host: Option<Arc<dyn Host>>,
}

impl DeskOptions {
    /// The usual limits, behind `door`.
    #[must_use]
    pub const fn of(door: Door) -> Self {
        Self {
            door,
            language: Language::Kazakh,
            lookups_per_hour: Some(LOOKUPS_PER_HOUR),
            serving: false,
            host: None,
        }
    }
}

/// A desk at which one operator sits. Cheap to make, one for each question if need be.
#[derive(Clone, Debug)]
pub struct LocalDesk {
    office: Office,
    name: String,
    role: OperatorRole,
    options: DeskOptions,
}

/// A look-up on its way to the journal.
struct Lookup {
    topic: &'static str,
    since: Timestamp,
    lines: Vec<(Option<Subject>, Option<Iin>, Outcome)>,
}

impl LocalDesk {
    /// A desk of `office` for the account `name`.
    #[must_use]
    pub const fn new(office: Office, name: String, role: OperatorRole, options: DeskOptions) -> Self {
        Self {
            office,
            name,
            role,
            options,
        }
    }

    const fn per_hour(&self) -> Option<u32> {
        match self.role {
            OperatorRole::Senior => None,
            OperatorRole::Viewer | OperatorRole::Operator => self.options.lookups_per_hour,
        }
    }

    fn needs(&self, role: OperatorRole) -> Result<(), DeskError> {
        if self.role < role {
            return Err(DeskError::Forbidden(role.code().into()));
        }
        Ok(())
    }

    fn begin(&self, topic: &'static str) -> Lookup {
        Lookup {
            topic,
            since: self.office.clock().now(),
            lines: Vec::new(),
        }
    }

    /// Counts the look-up and writes its lines in one step; only then may it be answered.
    async fn journal(&self, lookup: Lookup) -> Result<(), DeskError> {
        let now = self.office.clock().now();
        let mut unit = self.office.begin();
        if let Some(max) = self.per_hour() {
            unit.count(hour_key(now, &self.name), max);
        }
        let took = now.since(lookup.since).as_micros();
        for (subject, about, outcome) in lookup.lines {
            let entry = Entry {
                at: now,
                door: self.options.door.clone(),
                who: Who::Operator(self.name.clone()),
                subject,
                outcome,
                topic: lookup.topic.into(),
                language: self.options.language,
                took_us: u32::try_from(took).unwrap_or(u32::MAX),
                particulars: Particulars::default(),
            };
            unit.journal(&entry, about);
        }
        match unit.commit().await {
            Ok(_) => Ok(()),
            Err(StoreError::LimitReached(_)) => Err(DeskError::TooMany {
                minutes: 60 - now.local().minute(),
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// The card without phones and journal.
    async fn plain_card(&self, person: Person, day: Option<NaiveDate>) -> Result<Card, DeskError> {
        let day = day.unwrap_or_else(|| self.office.clock().today());
        let clinic = match person.attachment() {
            Some(attachment) => self.office.clinic(&attachment.clinic_code).await?,
            None => None,
        };
        Ok(Card {
            coverage: self.office.coverage(&person, day),
            clinic,
            phones: Vec::new(),
            asked: Vec::new(),
            notes: Vec::new(),
            data_date: self.office.data_date().await?,
            person,
        })
    }

    async fn bound_phones(&self, person: &Person) -> Result<Vec<BoundPhone>, DeskError> {
        let mut bound = Vec::new();
        for msisdn in &person.phones {
            let phone = self.office.phone(*msisdn).await?;
            let binding = phone.bindings.iter().find(|binding| binding.iin == person.iin);
            bound.extend(binding.map(|binding| BoundPhone {
                msisdn: *msisdn,
                binding: *binding,
                language: phone.language,
            }));
        }
        Ok(bound)
    }
}

impl Lookup {
    fn about(mut self, iin: Iin, found: bool) -> Self {
        let outcome = if found { Outcome::Full } else { Outcome::Unknown };
        self.lines.push((Some(Subject::of(iin)), Some(iin), outcome));
        self
    }

    fn about_nobody(mut self) -> Self {
        self.lines.push((None, None, Outcome::Unknown));
        self
    }

    fn about_many(mut self, people: usize) -> Self {
        let people = u32::try_from(people).unwrap_or(u32::MAX);
        self.lines
            .push((Some(Subject::Batch(people)), None, Outcome::Full));
        self
    }
}

#[async_trait]
impl Desk for LocalDesk {
    async fn whoami(&self) -> Result<Operator, DeskError> {
        let lookups_left = match self.per_hour() {
            Some(max) => {
                let key = hour_key(self.office.clock().now(), &self.name);
                let used = self.office.store().get(Tree::Limits, &key).await?;
                Some(max.saturating_sub(crate::store::counter_value(used.as_deref())))
            }
            None => None,
        };
        Ok(Operator {
            name: self.name.clone(),
            role: self.role,
            lookups_left,
        })
    }

    async fn search(&self, query: Query) -> Result<Vec<Hit>, DeskError> {
        let lookup = self.begin("search");
        let hits = search::run(&self.office, &query).await?;
        let lookup = match (&query, hits.is_empty()) {
            (Query::Iin(iin), true) => lookup.about(*iin, false),
            (_, true) => lookup.about_nobody(),
            (_, false) => hits
                .iter()
                .fold(lookup, |lookup, hit| lookup.about(hit.iin, true)),
        };
        self.journal(lookup).await?;
        Ok(hits)
    }

    async fn card(&self, iin: Iin, day: Option<NaiveDate>) -> Result<Option<Card>, DeskError> {
        let lookup = self.begin("card");
        let card = match self.office.person(iin).await? {
            Some(person) => {
                let phones = self.bound_phones(&person).await?;
                let asked = self.office.asked(iin, ASKED_ON_CARD).await?;
                let card = self.plain_card(person, day).await?;
                Some(Card {
                    phones,
                    asked,
                    ..card
                })
            }
            None => None,
        };
        self.journal(lookup.about(iin, card.is_some())).await?;
        Ok(card)
    }

    async fn cards(&self, iins: Vec<Iin>, day: Option<NaiveDate>) -> Result<Vec<Option<Card>>, DeskError> {
        self.needs(OperatorRole::Senior)?;
        if iins.len() > MAX_CARDS {
            return Err(DeskError::Bad(format!(
                "ask about at most {MAX_CARDS} people at once"
            )));
        }
        let lookup = self.begin("cards").about_many(iins.len());
        let mut cards = Vec::with_capacity(iins.len());
        for iin in iins {
            cards.push(match self.office.person(iin).await? {
                Some(person) => {
                    let mut card = self.plain_card(person, day).await?;
                    // Nearly all of a card's bytes: with them a thousand would not fit into one answer.
                    card.person.contributions = Vec::new();
                    card.person.waiting_returns = Vec::new();
                    Some(card)
                }
                None => None,
            });
        }
        if !cards.is_empty() {
            self.journal(lookup).await?;
        }
        Ok(cards)
    }

    async fn journal(
        &self,
        page: JournalPage,
        filter: JournalFilter,
        limit: usize,
    ) -> Result<JournalSlice, DeskError> {
        Ok(self.office.filtered_journal(page, &filter, limit).await?)
    }

    async fn exchange(&self, _seq: u64) -> Result<Option<StoredAnswer>, DeskError> {
        Err(DeskError::Bad("exchange".into()))
    }

    async fn work(&self, _work: Work) -> Result<Option<Box<Card>>, DeskError> {
        Err(DeskError::Bad("work".into()))
    }

    async fn law(&self) -> Result<Law, DeskError> {
        Ok(self.office.law().clone())
    }

    async fn carriers(&self) -> Result<Vec<CarrierFigures>, DeskError> {
        match &self.options.host {
            Some(host) => Ok(host.carriers().await),
            None => Ok(Vec::new()),
        }
    }

    async fn pulse(&self) -> Result<Pulse, DeskError> {
        Err(DeskError::Bad("pulse".into()))
    }

    async fn imports(&self) -> Result<Vec<Import>, DeskError> {
        Err(DeskError::Bad("imports".into()))
    }

    async fn refused(&self, _import: u64) -> Result<Vec<Refused>, DeskError> {
        Err(DeskError::Bad("refused".into()))
    }

    async fn begin_import(&self, _head: ImportHead) -> Result<u64, DeskError> {
        Err(DeskError::Bad("begin_import".into()))
    }

    async fn end_import(&self, _import: u64, _failure: Option<String>) -> Result<(), DeskError> {
        Err(DeskError::Bad("end_import".into()))
    }

    async fn figures(&self) -> Result<Figures, DeskError> {
        Ok(Figures {
            store: self.office.store().figures().await?,
            data_date: self.office.data_date().await?,
            now: self.office.clock().now(),
            serving: self.options.serving,
        })
    }

    async fn ingest(&self, chunk: Chunk) -> Result<Ingested, DeskError> {
        self.needs(OperatorRole::Senior)?;
        let lines = count_lines(&chunk.rows);
        if chunk.rows.len() > MAX_CHUNK_BYTES || lines > MAX_CHUNK_LINES {
            return Err(DeskError::Bad(format!(
                "a chunk holds at most {MAX_CHUNK_BYTES} bytes and {MAX_CHUNK_LINES} lines"
            )));
        }
        if !matches!(chunk.separator, ',' | ';') {
            return Err(DeskError::Bad("the separator is , or ;".into()));
        }
        Ok(self.office.ingest(&chunk).await?)
    }

    async fn export(&self, registry: Registry, after: Option<Vec<u8>>) -> Result<ExportPage, DeskError> {
        self.needs(OperatorRole::Senior)?;
        let lookup = self.begin("export");
        let page = self.office.export(registry, after).await?;
        if page.people > 0 {
            self.journal(lookup.about_many(page.people)).await?;
        }
        Ok(page)
    }

    async fn check(&self) -> Result<Findings, DeskError> {
        self.needs(OperatorRole::Senior)?;
        Ok(check::run(&self.office).await?)
    }
}

/// The key in [`Tree::Limits`] of what an operator asked in the hour of `now`: the day, `o`, the hour, the name.
fn hour_key(now: Timestamp, name: &str) -> Key {
    let mut key = day_key(now.day()).to_vec();
    key.push(b'o');
    key.extend(u8::try_from(now.local().hour()));
    key.extend(name.bytes().take(MAX_NAME));
    key
}

#[cfg(test)]
mod tests;
