//! The story that every desk must pass, for the tests of each of them: the one in this process, and the one at the
//! other end of a socket.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::NaiveDate;

use super::{Desk, DeskError, JournalFilter, JournalPage, MAX_CARDS, OperatorRole, Query, WholeDesk};
use crate::clock;
use crate::coverage::Status;
use crate::iin::Iin;
use crate::journal::{Door, Entry, Outcome, Subject, Who};
use crate::office::Office;
use crate::phone::Msisdn;
use crate::registry::{Chunk, Ingested, MAX_CHUNK_BYTES, Registry};

mod imports;
mod upkeep;
mod work;

type Checked = Result<(), DeskError>;

/// Where the story is told.
#[async_trait]
pub trait Stage: Send + Sync {
    /// The office behind the desks. Its store is empty at first, and its clock one that can be set.
    fn office(&self) -> &Office;

    /// A desk behind [`Door::Console`] for an operator of `role`; below senior with so many look-ups an hour, `None`: not limited.
    async fn desk(&self, role: OperatorRole, lookups_per_hour: Option<u32>) -> Arc<dyn WholeDesk>;
}

/// Tells the story, each part on a new stage of `make`.
///
/// # Errors
/// An error of the desk where the story expects none.
///
/// # Panics
/// If the desk does something else than the story says.
pub async fn check<S: Stage, M: Future<Output = S>>(make: impl Fn() -> M) -> Checked {
    roles_are_enforced(&make().await).await?;
    rows_come_in_and_go_out(&make().await).await?;
    chunks_are_checked(&make().await).await?;
    a_card_says_everything(&make().await).await?;
    many_cards_are_one_question(&make().await).await?;
    people_are_found(&make().await).await?;
    every_look_up_is_in_the_journal(&make().await).await?;
    the_journal_is_read_in_pages(&make().await).await?;
    look_ups_are_limited_by_the_hour(&make().await).await?;
    work::is_by_role(&make().await).await?;
    work::on_phones(&make().await).await?;
    work::on_the_person(&make().await).await?;
    work::leaves_notes(&make().await).await?;
    work::counts_as_a_look_up(&make().await).await?;
    imports::are_entered_and_counted(&make().await).await?;
    imports::are_bounded_and_for_seniors(&make().await).await?;
    imports::the_pulse_counts_the_day(&make().await).await?;
    imports::an_exchange_is_seen_as_the_citizen_saw_it(&make().await).await?;
    imports::the_journal_is_filtered(&make().await).await?;
    upkeep::is_for_seniors_and_in_the_journal(&make().await).await?;
    upkeep::a_backup_is_the_whole_store(&make().await).await?;
    upkeep::an_erased_person_is_nowhere(&make().await).await?;
    figures_say_what_is_there(&make().await).await?;
    a_sound_store_is_found_sound(&make().await).await
}

const ANNA: u64 = 900_101_300_007;
const BORIS: u64 = 900_101_300_017;
const NOBODY: u64 = 900_101_300_027;

const PEOPLE: &str = "900101300007,Кимова,Анна,Қайратқызы,1990-01-01,f,independent\n\
                      900101300017,Ким,Борис,,1990-01-01,m,none\n";
const PHONES: &str = "+77010000001,900101300007,self,2024-01-01,\n\
                      +77010000001,900101300017,child,2024-01-01,2025-01-01\n\
                      +77010000002,900101300007,self,2024-01-01,\n";

/// The person of a number above.
fn person(number: u64) -> Iin {
    Iin::from_number(number).unwrap_or_else(|| unreachable!("the numbers above are right"))
}

fn phone(number: u64) -> Msisdn {
    Msisdn::from_number(number).unwrap_or_else(|| unreachable!("the numbers below are right"))
}

/// The first day of a month of 2026.
fn first_of(month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, 1).unwrap_or_default()
}

fn chunk(registry: Registry, rows: &str) -> Chunk {
    Chunk {
        registry,
        separator: ',',
        rows: rows.into(),
        first_line: 2,
        data_date: None,
        dry_run: false,
        import: None,
    }
}

async fn counts(desk: &dyn Desk, chunk: Chunk) -> Result<(u64, u64, usize), DeskError> {
    let Ingested {
        accepted,
        repeated,
        refused,
    } = desk.ingest(chunk).await?;
    Ok((accepted, repeated, refused.len()))
}

/// Noon of 1 August 2026, two people known.
async fn settle(stage: &impl Stage) -> Result<Arc<dyn WholeDesk>, DeskError> {
    stage.office().clock().set(clock::noon(first_of(8)));
    let desk = stage.desk(OperatorRole::Senior, None).await;
    assert_eq!(counts(&*desk, chunk(Registry::People, PEOPLE)).await?, (2, 0, 0));
    assert_eq!(counts(&*desk, chunk(Registry::Phones, PHONES)).await?, (3, 0, 0));
    Ok(desk)
}

async fn roles_are_enforced(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    for role in [OperatorRole::Viewer, OperatorRole::Operator] {
        let desk = stage.desk(role, None).await;
        assert_eq!(desk.whoami().await?.role, role);
        assert!(desk.card(person(ANNA), None).await?.is_some());
        assert_eq!(desk.search(Query::Iin(person(ANNA))).await?.len(), 1);
        assert!(
            !desk
                .journal(JournalPage::Newest, JournalFilter::default(), 10)
                .await?
                .lines
                .is_empty()
        );
        desk.figures().await?;
        let senior = Err(DeskError::Forbidden("senior".into()));
        assert_eq!(desk.cards(vec![person(ANNA)], None).await.map(drop), senior);
        let rows = chunk(Registry::People, "");
        assert_eq!(desk.ingest(rows).await.map(drop), senior);
        assert_eq!(desk.export(Registry::People, None).await.map(drop), senior);
        assert_eq!(desk.check().await.map(drop), senior);
    }
    Ok(())
}

async fn rows_come_in_and_go_out(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    assert_eq!(counts(&*desk, chunk(Registry::People, PEOPLE)).await?, (0, 2, 0));
    let page = desk.export(Registry::People, None).await?;
    assert_eq!((page.rows.as_str(), page.next), (PEOPLE, None));
    // What stands in the file comes back, whatever bytes it holds.
    let bad = Chunk {
        rows: b"900101300008,\xff,\"\",,1990-01-01,f,none\r\nx".to_vec(),
        first_line: 1_000_000_007,
        ..chunk(Registry::People, "")
    };
    let refused = desk.ingest(bad).await?.refused;
    let lines: Vec<_> = refused.iter().map(|refused| refused.line).collect();
    assert_eq!(lines, [1_000_000_007, 1_000_000_008]);
    let rows: Vec<_> = refused.iter().map(|refused| refused.row.as_str()).collect();
    assert_eq!(rows, ["900101300008,\u{fffd},\"\",,1990-01-01,f,none", "x"]);
    let dry = Chunk {
        dry_run: true,
        ..chunk(Registry::Clinics, "1,А,Б,,\n")
    };
    assert_eq!(counts(&*desk, dry).await?, (1, 0, 0));
    assert_eq!(desk.export(Registry::Clinics, None).await?.rows, "");
    let dated = Chunk {
        data_date: Some(first_of(7)),
        ..chunk(Registry::People, PEOPLE)
    };
    assert_eq!(counts(&*desk, dated).await?, (0, 2, 0));
    assert_eq!(desk.figures().await?.data_date, Some(first_of(7)));
    // Page by page: each begins where the one before says.
    let many: Vec<_> = (0..600).map(|at| format!("{at:03},А,Б,,\n")).collect();
    let many = many.concat();
    assert_eq!(
        counts(&*desk, chunk(Registry::Clinics, &many)).await?,
        (600, 0, 0)
    );
    let (mut exported, mut next) = (String::new(), None);
    for _ in 0..600 {
        let page = desk.export(Registry::Clinics, next).await?;
        exported += &page.rows;
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!((exported, next), (many, None));
    // Pages about people leave a line each, those of clinics none.
    desk.export(Registry::Phones, None).await?;
    desk.export(Registry::Returns, None).await?;
    let told: Vec<_> = lines_since(&*desk, 0)
        .await?
        .into_iter()
        .map(|line| (line.topic, line.subject))
        .collect();
    let line = || ("export".to_owned(), Some(Subject::Batch(2)));
    assert_eq!(told, [line(), line()], "of two people and their phones");
    Ok(())
}

async fn chunks_are_checked(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let refused = async |chunk| matches!(desk.ingest(chunk).await, Err(DeskError::Bad(_)));
    assert!(refused(chunk(Registry::People, &"x".repeat(MAX_CHUNK_BYTES + 1))).await);
    assert!(refused(chunk(Registry::People, &"\n".repeat(20_001))).await);
    let other = Chunk {
        separator: '\t',
        ..chunk(Registry::People, "")
    };
    assert!(refused(other).await);
    Ok(())
}

async fn a_card_says_everything(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let rows = chunk(Registry::Temporary, "900101300007,2026-07-15,2026-08-15\n");
    desk.ingest(rows).await?;
    desk.ingest(chunk(Registry::Attachments, "900101300007,1,2024-01-01\n"))
        .await?;
    let card = |day| desk.card(person(ANNA), day);
    let Some(without) = card(None).await? else {
        panic!("the person is known");
    };
    assert_eq!((without.person.iin, without.clinic), (person(ANNA), None));
    let name = without.person.identity.map(|identity| identity.full_name());
    assert_eq!(name.as_deref(), Some("Кимова Анна Қайратқызы"));
    assert_eq!(
        (without.coverage.day, without.coverage.status),
        (first_of(8), Status::TemporarilyInsured)
    );
    let phones: Vec<_> = without.phones.iter().map(|phone| phone.msisdn.number()).collect();
    assert_eq!(phones, [77_010_000_001, 77_010_000_002]);
    assert!(
        without
            .phones
            .iter()
            .all(|phone| phone.binding.iin == person(ANNA))
    );
    assert_eq!(without.data_date, None);
    desk.ingest(chunk(Registry::Clinics, "1,Емхана,Поликлиника,,\n"))
        .await?;
    let with = card(Some(first_of(9))).await?;
    let clinic = with.as_ref().and_then(|card| card.clinic.as_ref());
    assert_eq!(clinic.map(|clinic| clinic.name_ru.as_str()), Some("Поликлиника"));
    let coverage = with.map(|card| (card.coverage.day, card.coverage.status));
    assert_eq!(coverage, Some((first_of(9), Status::NotInsured)));
    assert_eq!(desk.card(person(NOBODY), None).await?, None);
    Ok(())
}

async fn many_cards_are_one_question(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let paid = "R1,1,900101300007,012026,122,independent,,4250,2026-01-20\n";
    desk.ingest(chunk(Registry::Contributions, paid)).await?;
    desk.ingest(chunk(Registry::Returns, "R2,1,900101300007,2026-01-21\n"))
        .await?;
    let asked = vec![person(BORIS), person(NOBODY), person(ANNA), person(BORIS)];
    let cards = desk.cards(asked, Some(first_of(2))).await?;
    let people: Vec<_> = cards
        .iter()
        .map(|card| card.as_ref().map(|card| card.person.iin))
        .collect();
    assert_eq!(
        people,
        [Some(person(BORIS)), None, Some(person(ANNA)), Some(person(BORIS))]
    );
    for card in cards.into_iter().flatten() {
        assert_eq!(card.coverage.day, first_of(2));
        assert!(card.phones.is_empty() && card.asked.is_empty());
        // They count, and are left out.
        let paid: i64 = card.coverage.months.iter().map(|month| month.amount.0).sum();
        assert_eq!(paid > 0, card.person.iin == person(ANNA));
        assert!(card.person.contributions.is_empty() && card.person.waiting_returns.is_empty());
    }
    let lines = desk
        .journal(JournalPage::Newest, JournalFilter::default(), 10)
        .await?
        .lines;
    let subjects: Vec<_> = lines.into_iter().map(|line| line.entry.subject).collect();
    assert_eq!(subjects, [Some(Subject::Batch(4))]);
    let many = desk.cards(vec![person(ANNA); MAX_CARDS + 1], None).await;
    assert!(matches!(many, Err(DeskError::Bad(_))));
    assert_eq!(
        desk.cards(vec![person(ANNA); MAX_CARDS], None).await?.len(),
        MAX_CARDS
    );
    Ok(())
}

async fn people_are_found(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let found = async |query| {
        let hits = desk.search(query).await?;
        Ok::<_, DeskError>(hits.into_iter().map(|hit| hit.iin.number()).collect::<Vec<_>>())
    };
    let nobody: [u64; 0] = [];
    assert_eq!(found(Query::Iin(person(ANNA))).await?, [ANNA]);
    assert_eq!(found(Query::Iin(person(NOBODY))).await?, nobody);
    // Boris was unbound; the other phone is bound to Anna alone.
    assert_eq!(found(Query::Phone(phone(77_010_000_001))).await?, [ANNA]);
    assert_eq!(found(Query::Phone(phone(77_010_000_003))).await?, nobody);
    let born = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or_default();
    let name = |words: &str| Query::Name {
        words: vec![words.into()],
        born_on: born,
    };
    assert_eq!(found(name("ким")).await?, [ANNA, BORIS]);
    assert_eq!(found(name("кимова")).await?, [ANNA]);
    let other_day = Query::Name {
        words: vec!["ким".into()],
        born_on: first_of(1),
    };
    assert_eq!(found(other_day).await?, nobody);
    let hit = desk.search(name("борис")).await?;
    let hit = hit.first().map(|hit| (hit.name.as_str(), hit.birth_date));
    assert_eq!(hit, Some(("Ким Борис", Some(born))));
    assert!(matches!(found(name("")).await, Err(DeskError::Bad(_))));
    Ok(())
}

/// The lines written since line `seq`, without their times.
async fn lines_since(desk: &dyn Desk, seq: u64) -> Result<Vec<Entry>, DeskError> {
    let lines = desk
        .journal(JournalPage::After(seq), JournalFilter::default(), 1_000)
        .await?
        .lines;
    Ok(lines.into_iter().map(|line| line.entry).collect())
}

async fn every_look_up_is_in_the_journal(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let desk = stage.desk(OperatorRole::Viewer, None).await;
    let me = Who::Operator(desk.whoami().await?.name);
    desk.card(person(ANNA), None).await?;
    desk.card(person(NOBODY), None).await?;
    desk.search(Query::Iin(person(BORIS))).await?;
    desk.search(Query::Iin(person(NOBODY))).await?;
    desk.search(Query::Phone(phone(77_010_000_002))).await?;
    desk.search(Query::Phone(phone(77_010_000_003))).await?;
    let lines = lines_since(&*desk, 0).await?;
    let about = |iin| Some(Subject::of(person(iin)));
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.topic.as_str(), line.subject.clone(), line.outcome))
        .collect();
    let expected = [
        ("card", about(ANNA), Outcome::Full),
        ("card", about(NOBODY), Outcome::Unknown),
        ("search", about(BORIS), Outcome::Full),
        ("search", about(NOBODY), Outcome::Unknown),
        ("search", about(ANNA), Outcome::Full),
        ("search", None, Outcome::Unknown),
    ];
    assert_eq!(told, expected);
    let now = stage.office().clock().now();
    assert!(
        lines
            .iter()
            .all(|line| line.door == Door::Console && line.who == me && line.at == now)
    );
    // A card shows who asked before, newest first, and not the question it answers.
    let card = desk.card(person(ANNA), None).await?;
    let asked = card.map(|card| card.asked.into_iter().map(|line| line.seq).collect::<Vec<_>>());
    assert_eq!(asked, Some(vec![5, 1]));
    let card = desk.card(person(BORIS), None).await?;
    assert_eq!(card.map(|card| card.asked.len()), Some(1));
    Ok(())
}

async fn the_journal_is_read_in_pages(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    for _ in 0..25 {
        desk.card(person(ANNA), None).await?;
    }
    let page = async |page, limit| {
        let lines = desk.journal(page, JournalFilter::default(), limit).await?.lines;
        Ok::<_, DeskError>(lines.into_iter().map(|line| line.seq).collect::<Vec<_>>())
    };
    assert_eq!(page(JournalPage::Newest, 2).await?, [24, 25]);
    assert_eq!(page(JournalPage::Before(24), 2).await?, [22, 23]);
    assert_eq!(page(JournalPage::After(23), 1).await?, [24]);
    assert_eq!(page(JournalPage::After(25), 10).await?, [0; 0]);
    let card = desk.card(person(ANNA), None).await?;
    assert_eq!(card.map(|card| card.asked.len()), Some(20));
    Ok(())
}

async fn look_ups_are_limited_by_the_hour(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let clock = stage.office().clock();
    clock.advance(Duration::from_secs(45 * 60));
    let desk = stage.desk(OperatorRole::Operator, Some(3)).await;
    let left = async || Ok::<_, DeskError>(desk.whoami().await?.lookups_left);
    assert_eq!(left().await?, Some(3));
    desk.card(person(ANNA), None).await?;
    desk.search(Query::Iin(person(ANNA))).await?;
    // Reading the journal and the figures is no look-up of a person.
    desk.journal(JournalPage::Newest, JournalFilter::default(), 10)
        .await?;
    desk.figures().await?;
    assert_eq!(left().await?, Some(1));
    desk.card(person(NOBODY), None).await?;
    let before = lines_since(&*desk, 0).await?.len();
    let none = Err(DeskError::TooMany { minutes: 15 });
    assert_eq!(desk.card(person(ANNA), None).await.map(drop), none);
    assert_eq!(desk.search(Query::Iin(person(NOBODY))).await.map(drop), none);
    assert_eq!(
        (left().await?, lines_since(&*desk, 0).await?.len()),
        (Some(0), before)
    );
    clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(left().await?, Some(3));
    assert!(desk.card(person(ANNA), None).await?.is_some());
    let unlimited = stage.desk(OperatorRole::Senior, None).await;
    assert_eq!(unlimited.whoami().await?.lookups_left, None);
    Ok(())
}

async fn figures_say_what_is_there(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let figures = desk.figures().await?;
    assert_eq!(figures.now, stage.office().clock().now());
    let entries = |tree: &str| figures.store.entries.get(tree).copied();
    assert_eq!((entries("people"), entries("phones")), (Some(2), Some(2)));
    Ok(())
}

async fn a_sound_store_is_found_sound(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    desk.card(person(ANNA), None).await?;
    let findings = desk.check().await?;
    assert_eq!(findings.faults, [""; 0]);
    let sound = |tree: &str| findings.sound.get(tree).copied();
    assert_eq!(
        (sound("people"), sound("births"), sound("phones")),
        (Some(2), Some(0), Some(2)),
        "their IINs say when they were born"
    );
    assert_eq!((sound("journal"), sound("asked")), (Some(1), Some(1)));
    Ok(())
}
