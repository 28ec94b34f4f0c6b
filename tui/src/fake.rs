//! A desk with invented people, for tests.

mod figures;
pub(crate) mod journal;
mod people;

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use chrono::NaiveDate;
use saqta_data::clock::Clock;
use saqta_data::desk::{
    Card, CarrierFigures, Desk, DeskError, ExportPage, Figures, Findings, Hit, Import, ImportHead,
    ImportStep, JournalFilter, JournalPage, JournalSlice, Operator, OperatorRole, Pulse, Query, StatusSms,
    StoredAnswer, Work,
};
use saqta_data::iin::Iin;
use saqta_data::journal::Numbered;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::phone::Msisdn;
use saqta_data::registry::sorted::{Loaded, Piece};
use saqta_data::registry::{Chunk, Ingested, Refused, Registry};

pub(crate) use journal::{journal, line};
pub(crate) use people::{card, hits};

/// An employee whose months are all paid.
pub(crate) const INSURED: &str = "900101300007";
/// An entrepreneur with five months unpaid.
pub(crate) const NOT_INSURED: &str = "900101300017";
/// An independent payer in the months of grace.
pub(crate) const GRACE: &str = "900101300027";
/// A student: the state pays.
pub(crate) const STATE: &str = "900101300811";
/// An employee who locked the number.
pub(crate) const LOCKED: &str = "900101300823";
/// Without payments for years, on a temporary status, with notes.
pub(crate) const TEMPORARY: &str = "900101301005";
/// Who has paid a year ahead.
pub(crate) const PREPAID: &str = "900101301015";
/// Nobody.
pub(crate) const NOBODY: &str = "040229600205";
/// An organisation.
pub(crate) const BIN: &str = "160440007161";

/// The day of all tests.
pub(crate) fn today() -> NaiveDate {
    day("2026-08-26")
}

/// A manual clock at noon of that day.
pub(crate) fn clock() -> Clock {
    Clock::noon(today())
}

/// A day from its text.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A desk that answers from memory, as slowly as told and with the error told.
#[derive(Debug, Default)]
pub(crate) struct FakeDesk {
    /// Every answer takes so long.
    pub(crate) delay: Duration,
    /// Every answer is this error.
    pub(crate) error: Mutex<Option<DeskError>>,
    /// Questions asked so far.
    pub(crate) asked: Mutex<Vec<String>>,
    /// Journal lines added by a test.
    pub(crate) more: Mutex<Vec<Numbered>>,
    /// Work done so far.
    pub(crate) worked: Mutex<Vec<Work>>,
    /// The role of who sits here; `None`: operator.
    pub(crate) role: Mutex<Option<OperatorRole>>,
    /// Its imports; `None`: some of each kind.
    pub(crate) imports: Mutex<Option<Vec<Import>>>,
}

impl FakeDesk {
    /// Answers with `error` from now on, or as usual again.
    pub(crate) fn fail(&self, error: Option<DeskError>) {
        *self.error.lock().unwrap() = error;
    }

    async fn note(&self, question: &str) -> Result<(), DeskError> {
        self.asked.lock().unwrap().push(question.to_owned());
        tokio::time::sleep(self.delay).await;
        self.error.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Desk for FakeDesk {
    async fn whoami(&self) -> Result<Operator, DeskError> {
        self.note("whoami").await?;
        Ok(Operator {
            name: "aigul".to_owned(),
            role: self.role.lock().unwrap().unwrap_or(OperatorRole::Operator),
            lookups_left: Some(57),
        })
    }

    async fn search(&self, query: Query) -> Result<Vec<Hit>, DeskError> {
        self.note("search").await?;
        Ok(match query {
            Query::Iin(iin) => hits(&[iin]),
            Query::Phone(phone) if phone.number() == 77_010_000_001 => hits(&[iin(INSURED)]),
            Query::Phone(phone) if phone.number() == 77_010_000_002 => hits(&[iin(INSURED), iin(STATE)]),
            Query::Name { words, born_on } if words[0] == "ахмет" && born_on == day("1990-01-01") => {
                hits(&[iin(INSURED), iin(GRACE), iin(LOCKED)])
            }
            Query::Phone(_) | Query::Name { .. } => Vec::new(),
        })
    }

    async fn card(&self, iin: Iin, _day: Option<NaiveDate>) -> Result<Option<Card>, DeskError> {
        self.note("card").await?;
        Ok(card(&iin.reveal()))
    }

    async fn cards(&self, _: Vec<Iin>, _: Option<NaiveDate>) -> Result<Vec<Option<Card>>, DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }

    async fn journal(
        &self,
        page: JournalPage,
        filter: JournalFilter,
        limit: usize,
    ) -> Result<JournalSlice, DeskError> {
        self.note("journal").await?;
        let mut lines = journal();
        lines.extend(self.more.lock().unwrap().iter().cloned());
        lines.retain(|line| filter.fits(&line.entry));
        let lines = match page {
            JournalPage::Newest => lines.split_off(lines.len().saturating_sub(limit)),
            JournalPage::After(seq) => lines
                .into_iter()
                .filter(|line| line.seq > seq)
                .take(limit)
                .collect(),
            JournalPage::Before(seq) => {
                lines.retain(|line| line.seq < seq);
                lines.split_off(lines.len().saturating_sub(limit))
            }
        };
        let reached = match page {
            JournalPage::Before(_) => lines.first(),
            JournalPage::Newest | JournalPage::After(_) => lines.last(),
        };
        Ok(JournalSlice {
            reached: reached.map(|line| line.seq),
            more: lines.len() == limit,
            lines,
        })
    }

    async fn exchange(&self, seq: u64) -> Result<Option<StoredAnswer>, DeskError> {
        self.note("exchange").await?;
        Ok(journal::exchange(seq))
    }

    async fn work(&self, work: Work) -> Result<Option<Box<Card>>, DeskError> {
        self.note("work").await?;
        let iin = work.iin;
        self.worked.lock().unwrap().push(work);
        Ok(iin.and_then(|iin| card(&iin.reveal())).map(Box::new))
    }

    async fn status_sms(&self, _: Iin, to: Msisdn) -> Result<StatusSms, DeskError> {
        self.note("status-sms").await?;
        let text = "САҚТАНДЫРЫЛҒАН 30.09.2026 дейін. Қарыз: 1 ай, 4250 тг. ЖСН *0027. Деректер 24.08.2026.";
        Ok(StatusSms {
            to,
            carrier: "kcell".to_owned(),
            text: text.to_owned(),
            parts: 2,
            language: Language::Kazakh,
        })
    }

    async fn law(&self) -> Result<Law, DeskError> {
        self.note("law").await?;
        Law::load(None).map_err(|error| DeskError::Bad(error.to_string()))
    }

    async fn carriers(&self) -> Result<Vec<CarrierFigures>, DeskError> {
        self.note("carriers").await?;
        Ok(figures::carriers())
    }

    async fn pulse(&self) -> Result<Pulse, DeskError> {
        self.note("pulse").await?;
        Ok(figures::pulse())
    }

    async fn imports(&self) -> Result<Vec<Import>, DeskError> {
        self.note("imports").await?;
        let told = self.imports.lock().unwrap().clone();
        Ok(told.unwrap_or_else(figures::imports))
    }

    async fn refused(&self, _: u64) -> Result<Vec<Refused>, DeskError> {
        self.note("refused").await?;
        Ok(figures::refused())
    }

    async fn begin_import(&self, _: ImportHead) -> Result<u64, DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }

    async fn end_import(&self, _: u64, _: Option<String>) -> Result<(), DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }

    async fn figures(&self) -> Result<Figures, DeskError> {
        Err(DeskError::Away("not in tests".to_owned()))
    }

    async fn ingest(&self, _: Chunk) -> Result<Ingested, DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }

    async fn load(&self, _: Piece) -> Result<Loaded, DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }

    async fn tell_import(&self, _: u64, _: ImportStep) -> Result<(), DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }

    async fn export(&self, _: Registry, _: Option<Vec<u8>>) -> Result<ExportPage, DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }

    async fn check(&self) -> Result<Findings, DeskError> {
        Err(DeskError::Forbidden("senior".to_owned()))
    }
}

fn iin(text: &str) -> Iin {
    Iin::parse(text).unwrap()
}
