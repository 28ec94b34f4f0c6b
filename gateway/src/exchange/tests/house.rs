//! A gateway with a few people and phones, and a store that can be told to fail.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use chrono::NaiveDate;
use saqta_data::clock::Clock;
use saqta_data::iin::Iin;
use saqta_data::journal::Entry;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::phone::Msisdn;
use saqta_data::registry::{Chunk, Registry};
use saqta_data::store::copy::{Compacted, Progress, Sink};
use saqta_data::store::memory::MemoryStore;
use saqta_data::store::unit::Record;
use saqta_data::store::{Batch, Key, Read, Scan, Store, StoreError, StoreFigures, Tree, Value};

use crate::carrier::{
    Answered, Answers, Ids, IncomingSms, IncomingUssd, Instance, SmsReply, UssdInput, UssdSession, UssdStep,
};
use crate::dialog::answer::{Answer, Page, Topic};
use crate::exchange::{Call, Exchange, Policy};
use crate::outbox::Letter;
use crate::render::Voice;

/// Insured, with a clinic; bound to [`OWN`].
pub(super) const INSURED: &str = "900101300007";
/// Not insured; bound to [`FAMILY`].
pub(super) const UNINSURED: &str = "900101300017";
/// An insured child; bound to [`FAMILY`].
pub(super) const CHILD: &str = "900101300027";
/// Nobody's numbers.
pub(super) const UNKNOWN: [&str; 7] = [
    "900101300811",
    "900101300823",
    "040229600205",
    "050229600003",
    "900101000008",
    "900101700002",
    "900101300037",
];
/// The number of an organisation.
pub(super) const BIN: &str = "160440007161";
/// The phone of [`INSURED`].
pub(super) const OWN: &str = "+77010000001";
/// The phone of [`UNINSURED`] and [`CHILD`].
pub(super) const FAMILY: &str = "+77010000002";
/// A phone bound to nobody.
pub(super) const STRANGER: &str = "+77070000009";

/// A store that fails or hangs when told to.
#[derive(Debug, Default)]
pub(super) struct Moody {
    inner: MemoryStore,
    mood: AtomicUsize,
    /// Batches applied with something in them, and empty ones.
    pub(super) commits: AtomicUsize,
    pub(super) barriers: AtomicUsize,
    /// Reads, those made together as one.
    pub(super) reads: AtomicUsize,
    /// Calls that never came back.
    pub(super) hung: AtomicUsize,
}

/// What a [`Moody`] store does.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mood {
    Fine,
    CommitFails,
    /// There is room for what removes, and for nothing else.
    OnlyRemoves,
    CommitHangs,
    ReadHangs,
    ReadFails,
    AlwaysConflict,
}

impl Moody {
    pub(super) fn feel(&self, mood: Mood) {
        self.mood.store(mood as usize, Ordering::SeqCst);
    }

    async fn before_a_read(&self) -> Result<(), StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if self.is(Mood::ReadFails) {
            return Err(StoreError::Failed("the disk is gone".into()));
        }
        if self.is(Mood::ReadHangs) {
            self.hang().await;
        }
        Ok(())
    }

    async fn hang(&self) {
        self.hung.fetch_add(1, Ordering::SeqCst);
        std::future::pending::<()>().await;
    }

    fn is(&self, mood: Mood) -> bool {
        self.mood.load(Ordering::SeqCst) == mood as usize
    }
}

#[async_trait]
impl Store for Moody {
    async fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.before_a_read().await?;
        self.inner.get(tree, key).await
    }

    async fn scan(&self, scan: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        self.before_a_read().await?;
        self.inner.scan(scan).await
    }

    async fn read(&self, reads: Vec<Read>) -> Result<Vec<Vec<(Key, Value)>>, StoreError> {
        self.before_a_read().await?;
        self.inner.read(reads).await
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        // Lets messages of other tasks come between reading and committing.
        tokio::task::yield_now().await;
        if self.is(Mood::CommitFails) {
            return Err(StoreError::Failed("the disk is full".into()));
        }
        if self.is(Mood::OnlyRemoves) && !batch.removes {
            return Err(StoreError::Full { left_mib: 20 });
        }
        if self.is(Mood::AlwaysConflict) {
            return Err(StoreError::Conflict);
        }
        if self.is(Mood::CommitHangs) {
            self.hang().await;
        }
        let counter = if batch == Batch::default() {
            &self.barriers
        } else {
            &self.commits
        };
        counter.fetch_add(1, Ordering::SeqCst);
        self.inner.commit(batch).await
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        self.inner.figures().await
    }

    async fn copy(&self, sink: Box<dyn Sink>, progress: Arc<Progress>) -> Result<(), StoreError> {
        self.inner.copy(sink, progress).await
    }

    async fn compact(&self, progress: Arc<Progress>) -> Result<Compacted, StoreError> {
        self.inner.compact(progress).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}

/// Loading checks every text, which takes longer than all else here.
static VOICE: LazyLock<Arc<Voice>> = LazyLock::new(|| {
    let law = Law::builtin().unwrap();
    Arc::new(Voice::load(None, &BTreeSet::new(), law.requisites().clone()).unwrap())
});

/// Everything that answers.
pub(super) struct House {
    pub(super) store: Arc<Moody>,
    pub(super) office: Office,
    pub(super) clock: Clock,
    pub(super) voice: Arc<Voice>,
    pub(super) exchange: Exchange,
    pub(super) instance: Instance,
    ids: AtomicUsize,
}

/// The day on which the tests begin.
pub(super) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 8, 3).unwrap()
}

pub(super) fn instance(name: &str) -> Instance {
    Instance {
        name: name.into(),
        believes_sender: true,
        answers_later: false,
        ids: Ids::Proven,
        can_send_sms: false,
        ussd_frame: 0.into(),
        own_numbers: vec!["1414".into(), "+77771414000".into()],
    }
}

impl House {
    /// With the usual policy, but for people who type faster than a thumb.
    pub(super) async fn new() -> Self {
        let policy = Policy {
            sms_per_phone_a_minute: 10_000,
            sms_per_phone_a_day: 10_000,
            ..Policy::default()
        };
        Self::with(policy).await
    }

    pub(super) async fn with(policy: Policy) -> Self {
        let store = Arc::new(Moody::default());
        let clock = Clock::noon(today());
        let law = Arc::new(Law::builtin().unwrap());
        let voice = VOICE.clone();
        let office = Office::new(store.clone(), law, clock.clone());
        let mut exchange = Exchange::new(office.clone(), voice.clone(), policy);
        exchange.dice = codes_from(417);
        let house = Self {
            store,
            office,
            clock,
            voice,
            exchange,
            instance: instance("sandbox"),
            ids: AtomicUsize::new(0),
        };
        house.settle_people().await;
        house
    }

    async fn settle_people(&self) {
        let people = [
            (INSURED, "1990-01-01"),
            (UNINSURED, "1990-01-01"),
            (CHILD, "2018-01-01"),
        ];
        for (iin, born) in people {
            let row = format!("{iin},Аманов,Асан,,{born},m,none\n");
            self.import(Registry::People, &row).await;
        }
        let children = format!("{INSURED},pensioner,2020-01-01,\n{CHILD},children,2018-01-01,2035-12-31\n");
        self.import(Registry::Categories, &children).await;
        self.import(Registry::Clinics, "C1,№1 емхана,Поликлиника №1,Абай 1,Абая 1\n")
            .await;
        self.import(Registry::Attachments, &format!("{INSURED},C1,2024-01-01\n"))
            .await;
        let phones = format!(
            "{OWN},{INSURED},self,2024-01-01,\n{FAMILY},{UNINSURED},self,2024-01-01,\n{FAMILY},{CHILD},child,2024-01-01,\n"
        );
        self.import(Registry::Phones, &phones).await;
    }

    pub(super) async fn import(&self, registry: Registry, rows: &str) {
        let chunk = Chunk {
            registry,
            separator: ',',
            rows: rows.as_bytes().to_vec(),
            first_line: 2,
            data_date: Some(today()),
            dry_run: false,
            import: None,
        };
        let ingested = self.office.ingest(&chunk).await.unwrap();
        assert_eq!(ingested.refused, Vec::new());
    }

    /// A new message; the text of its answer.
    pub(super) async fn text(&self, from: &str, text: &str) -> Option<String> {
        let id = self.ids.fetch_add(1, Ordering::SeqCst);
        self.message(&format!("m{id}"), from, text).await
    }

    /// The message `id`; the text of its answer.
    pub(super) async fn message(&self, id: &str, from: &str, text: &str) -> Option<String> {
        let sms = incoming(Some(id), from, text);
        said(self.exchange.sms(&self.instance, sms).await)
    }

    /// Asserts that `from` gets `answer` in `language` to `text`.
    pub(super) async fn expect(&self, from: &str, text: &str, answer: &Answer, language: Language) {
        let said = self.text(from, text).await;
        assert_eq!(said, Some(self.words(answer, language)), "{text}");
    }

    /// Asserts the same for an answer about a person to whom the phone is bound.
    pub(super) async fn expect_full(
        &self,
        from: &str,
        text: &str,
        topic: Topic,
        iin: &str,
        language: Language,
    ) {
        self.expect(from, text, &self.full(topic, iin).await, language)
            .await;
    }

    /// What a bound phone gets about `iin`.
    pub(super) async fn full(&self, topic: Topic, iin: &str) -> Answer {
        let phone = Msisdn::parse(OWN).unwrap();
        let call = Call {
            instance: &self.instance,
            phone,
            watch: self.clock.stopwatch(),
        };
        let mut desk = self
            .exchange
            .desk(&call, self.office.begin(), self.clock.now())
            .await
            .unwrap();
        desk.people = vec![Iin::parse(iin).unwrap()];
        let looked = self
            .exchange
            .look_up(&mut desk, &call, Iin::parse(iin).unwrap(), false)
            .await
            .unwrap();
        looked.finding.answer(topic)
    }

    pub(super) fn words(&self, answer: &Answer, language: Language) -> String {
        self.voice.sms(answer, language, false, false).text
    }

    /// The lines of the journal, oldest first.
    pub(super) async fn journal(&self) -> Vec<Entry> {
        let lines = self.store.scan(Scan::of(Tree::Journal, 10_000)).await.unwrap();
        lines
            .iter()
            .map(|(_, line)| Entry::decode(line).unwrap())
            .collect()
    }

    /// What waits to be sent, oldest first.
    pub(super) async fn letters(&self) -> Vec<Letter> {
        let letters = self.store.scan(Scan::of(Tree::Outbox, 10_000)).await.unwrap();
        letters
            .iter()
            .map(|(_, letter)| Letter::decode(letter).unwrap())
            .collect()
    }

    pub(super) async fn count(&self, tree: Tree) -> usize {
        self.store.scan(Scan::of(tree, 10_000)).await.unwrap().len()
    }

    /// Empties trees.
    pub(super) async fn clear(&self, trees: &[Tree]) {
        let mut batch = Batch::default();
        for tree in trees {
            let entries = self.store.scan(Scan::of(*tree, 10_000)).await.unwrap();
            let removed = entries.into_iter().map(|(key, _)| (*tree, key, None));
            batch.change.extend(removed);
        }
        self.store.commit(batch).await.unwrap();
    }

    pub(super) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A step of a session; the text of the page.
    pub(super) async fn step(&self, session: &str, from: &str, step: u64, typed: &str) -> String {
        let page = self
            .exchange
            .ussd(&self.instance, ussd_step(session, from, step, "*1414#", typed))
            .await;
        page.reply.text
    }

    /// The first screen of a page.
    pub(super) fn screen(&self, page: &Page, language: Language) -> String {
        self.voice.ussd(page, language, false, 0).remove(0)
    }
}

/// Codes that count up from `first`.
pub(super) fn codes_from(first: u16) -> super::super::Dice {
    let next = AtomicU16::new(first);
    Box::new(move || Some(next.fetch_add(1, Ordering::SeqCst)))
}

pub(super) fn incoming(id: Option<&str>, from: &str, text: &str) -> IncomingSms {
    IncomingSms {
        id: id.map(str::to_owned),
        from: from.into(),
        to: "1414".into(),
        text: text.into(),
        part: None,
        link: None,
    }
}

/// A step as the sandbox tells it.
pub(super) fn ussd_step(session: &str, from: &str, step: u64, code: &str, typed: &str) -> IncomingUssd {
    let input = match (step, typed) {
        (0, "") => UssdInput::Dialled(code.into()),
        _ => UssdInput::Typed(typed.into()),
    };
    IncomingUssd {
        session: UssdSession {
            id: session.into(),
            from: Some(from.into()),
        },
        code: code.into(),
        input,
        step: Some(UssdStep::Number(step)),
    }
}

pub(super) fn said(answered: Answered<SmsReply>) -> Option<String> {
    match answered.reply {
        SmsReply::Silence => None,
        SmsReply::Text(sms) => Some(sms.text),
    }
}
