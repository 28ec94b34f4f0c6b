//! A desk with invented people, for tests.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use chrono::NaiveDate;
use saqta_data::category::{Category, CategorySpan};
use saqta_data::clock::{Clock, Timestamp, noon};
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::coverage::MonthState::{Paid, Partial, Pending, Returned, StatePaid, Unpaid};
use saqta_data::coverage::{Basis, Coverage, Debt, Month, MonthState, Status};
use saqta_data::desk::{
    BoundPhone, Card, Desk, DeskError, ExportPage, Figures, Findings, Hit, JournalPage, Operator,
    OperatorRole, Query,
};
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry, Numbered, Outcome, Subject, Who};
use saqta_data::language::Language;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::{Attachment, Clinic, Identity, Person, Sex};
use saqta_data::phone::{Binding, Msisdn, Role};
use saqta_data::registry::{Chunk, Ingested, Registry};

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
/// Nobody.
pub(crate) const NOBODY: &str = "040229600205";
/// Nobody; a number that does not begin with a date.
pub(crate) const NOBODY_ODD: &str = "050229600003";
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
            role: OperatorRole::Operator,
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

    async fn journal(&self, page: JournalPage, limit: usize) -> Result<Vec<Numbered>, DeskError> {
        self.note("journal").await?;
        let mut lines = journal();
        lines.extend(self.more.lock().unwrap().iter().cloned());
        Ok(match page {
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
        })
    }

    async fn figures(&self) -> Result<Figures, DeskError> {
        Err(DeskError::Away("not in tests".to_owned()))
    }

    async fn ingest(&self, _: Chunk) -> Result<Ingested, DeskError> {
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

fn hits(iins: &[Iin]) -> Vec<Hit> {
    let people = iins.iter().filter_map(|iin| card(&iin.reveal()));
    people
        .map(|card| Hit {
            iin: card.person.iin,
            name: card.person.identity.as_ref().unwrap().full_name(),
            birth_date: card.person.identity.map(|identity| identity.birth_date),
        })
        .collect()
}

/// The card of one of the invented people.
pub(crate) fn card(number: &str) -> Option<Card> {
    let mut card = match number {
        INSURED => insured(),
        NOT_INSURED => not_insured(),
        GRACE => grace(),
        STATE => student(),
        LOCKED => locked(),
        _ => return None,
    };
    bind(&mut card);
    Some(card)
}

fn insured() -> Card {
    let mut card = person(INSURED, ["Ахметова", "Айгүл", "Сәкенқызы"], PayerKind::Employee);
    pay(&mut card, &[Paid; 12], Payer::Employer, 85_000);
    cover(
        &mut card,
        Status::Insured,
        Some(Basis::Contributions),
        "2026-12-31",
    );
    card
}

fn not_insured() -> Card {
    let mut card = person(
        NOT_INSURED,
        ["Ким", "Виктор", "Олегович"],
        PayerKind::Entrepreneur,
    );
    let states = [
        Paid, Paid, Paid, Paid, Paid, Paid, Unpaid, Unpaid, Paid, Returned, Unpaid, Unpaid,
    ];
    pay(&mut card, &states, Payer::Entrepreneur, 5_950);
    cover(&mut card, Status::NotInsured, None, "");
    card
}

fn grace() -> Card {
    let mut card = person(
        GRACE,
        ["Ахметжанов", "Нұрсұлтан", "Қуанышұлы"],
        PayerKind::Independent,
    );
    let states = [
        Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Partial,
    ];
    pay(&mut card, &states, Payer::Independent, 4_250);
    cover(
        &mut card,
        Status::ConditionallyInsured,
        Some(Basis::Grace),
        "2026-09-30",
    );
    card
}

fn student() -> Card {
    let mut card = person(STATE, ["Сейтқали", "Әсел", "Маратқызы"], PayerKind::None);
    let states = [
        Unpaid, Paid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid,
        StatePaid, Pending,
    ];
    pay(&mut card, &states, Payer::Employee, 1_700);
    card.person.categories.push(CategorySpan {
        category: Category::Student,
        from: day("2025-09-01"),
        to: Some(day("2027-06-30")),
    });
    cover(
        &mut card,
        Status::Insured,
        Some(Basis::StateCategory),
        "2027-06-30",
    );
    card
}

fn locked() -> Card {
    let mut card = person(LOCKED, ["Ахметова", "Ольга", ""], PayerKind::Employee);
    pay(&mut card, &[Paid; 12], Payer::Employer, 128_400);
    cover(
        &mut card,
        Status::Insured,
        Some(Basis::Contributions),
        "2026-12-31",
    );
    card.person.locked = true;
    card
}

/// Somebody attached to a clinic, of whom no payment is known.
fn person(number: &str, [surname, given_name, patronymic]: [&str; 3], kind: PayerKind) -> Card {
    let mut person = Person::new(iin(number));
    person.identity = Some(Identity {
        surname: surname.to_owned(),
        given_name: given_name.to_owned(),
        patronymic: patronymic.to_owned(),
        birth_date: day("1990-01-01"),
        sex: Sex::Female,
        payer_kind: kind,
    });
    person.attachments.push(Attachment {
        attached_on: day("2024-01-15"),
        clinic_code: "P017".to_owned(),
    });
    Card {
        person,
        coverage: Coverage {
            day: today(),
            status: Status::NotInsured,
            basis: None,
            insured_until: None,
            months: Vec::new(),
            unpaid: Vec::new(),
            debt: Debt {
                months: 0,
                per_month: Tiyn(0),
                amount: Tiyn(0),
            },
        },
        clinic: Some(Clinic {
            code: "P017".to_owned(),
            name_kk: "№ 17 қалалық емхана".to_owned(),
            name_ru: "Городская поликлиника № 17".to_owned(),
            address_kk: "Алматы қ., Жандосов көшесі, 6".to_owned(),
            address_ru: "г. Алматы, ул. Жандосова, 6".to_owned(),
        }),
        phones: Vec::new(),
        asked: journal().into_iter().rev().take(3).collect(),
        data_date: Some(day("2026-08-24")),
    }
}

/// Gives the twelve months before this one their states and payments.
fn pay(card: &mut Card, states: &[MonthState; 12], payer: Payer, tenge: i64) {
    let first = Period::of(today()).plus(-12);
    for (at, state) in (0..).zip(states) {
        let period = first.plus(at);
        let paid = match state {
            MonthState::Paid | MonthState::Returned => tenge,
            MonthState::Partial => tenge / 2,
            _ => 0,
        };
        if paid > 0 {
            let paid_on = period.plus(1).first_day() + chrono::Days::new(11);
            card.person.contributions.push(Contribution {
                period,
                reference: format!("R{}", period.number()),
                line: 1,
                knp: if payer == Payer::Employer {
                    Knp::Deduction
                } else {
                    Knp::Contribution
                },
                payer,
                payer_id: Some(160_440_007_161),
                amount: Tiyn::from_tenge(paid),
                paid_on,
                returned_on: (*state == MonthState::Returned).then(|| paid_on + chrono::Days::new(9)),
            });
        }
        let kept = if *state == MonthState::Returned { 0 } else { paid };
        card.coverage.months.push(Month {
            period,
            state: *state,
            amount: Tiyn::from_tenge(kept),
        });
        if !state.is_covered() && *state != MonthState::Pending {
            card.coverage.unpaid.push(period);
        }
    }
}

fn cover(card: &mut Card, status: Status, basis: Option<Basis>, until: &str) {
    let entrepreneur = card.person.payer_kind() == PayerKind::Entrepreneur;
    let per_month = Tiyn::from_tenge(if entrepreneur { 5_950 } else { 4_250 });
    let coverage = &mut card.coverage;
    coverage.status = status;
    coverage.basis = basis;
    coverage.insured_until = until.parse().ok();
    let months = u32::try_from(coverage.unpaid.len()).unwrap();
    coverage.debt = Debt {
        months,
        per_month,
        amount: per_month.times(months.into()),
    };
}

fn bind(card: &mut Card) {
    let number = 77_010_000_001 + card.person.iin.number() % 1000;
    for (offset, unbound_on) in [(0, None), (5, Some(day("2025-03-01")))] {
        card.phones.push(BoundPhone {
            msisdn: Msisdn::from_number(number + offset).unwrap(),
            binding: Binding {
                iin: card.person.iin,
                role: Role::Own,
                bound_on: day("2023-05-12"),
                unbound_on,
            },
            language: unbound_on.is_none().then_some(Language::Russian),
        });
    }
}

/// A line of the journal, `seconds` before noon.
pub(crate) fn line(seq: u64, seconds: i64, door: Door, topic: &str, outcome: Outcome) -> Numbered {
    let who = match &door {
        Door::Console | Door::Command(_) => Who::Operator("aigul".to_owned()),
        _ => Who::Phone(Msisdn::from_number(77_010_000_000 + seq).unwrap()),
    };
    let subject = match outcome {
        Outcome::Service | Outcome::Silence | Outcome::NotAnIin => None,
        _ => Some(Subject::of(iin(INSURED))),
    };
    Numbered {
        seq,
        entry: Entry {
            at: Timestamp::from_millis(noon(today()).millis() - seconds * 1000),
            door,
            who,
            subject,
            outcome,
            topic: topic.to_owned(),
            language: Language::ALL[usize::try_from(seq % 3).unwrap()],
            took_us: 830 + u32::try_from(seq).unwrap() * 1_713,
        },
    }
}

/// The journal of the invented day, oldest first.
pub(crate) fn journal() -> Vec<Numbered> {
    let sms = || Door::Sms("kannel".to_owned());
    let ussd = || Door::Ussd("sandbox".to_owned());
    let command = || Door::Command("status".to_owned());
    let lines = [
        (sms(), "status", Outcome::Full),
        (ussd(), "menu", Outcome::Service),
        (ussd(), "status", Outcome::StatusOnly),
        (sms(), "payments", Outcome::Full),
        (sms(), "status", Outcome::Unknown),
        (Door::Console, "card", Outcome::Full),
        (sms(), "debt", Outcome::Limited),
        (sms(), "clinic", Outcome::Locked),
        (sms(), "help", Outcome::Silence),
        (command(), "status", Outcome::Full),
        (ussd(), "status", Outcome::Failed),
        (sms(), "status", Outcome::NotAnIin),
    ];
    (1..)
        .zip(lines)
        .map(|(seq, (door, topic, outcome))| {
            let seconds = 600 - i64::try_from(seq).unwrap() * 43;
            line(seq, seconds, door, topic, outcome)
        })
        .collect()
}
