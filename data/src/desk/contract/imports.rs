//! Imports, the pulse, and what was written and answered, as operators see them.

use super::{
    ANNA, BORIS, Checked, Chunk, DeskError, Door, Duration, Entry, JournalFilter, JournalPage, NOBODY,
    OperatorRole, Outcome, PEOPLE, Registry, Stage, Subject, Who, chunk, counts, first_of, lines_since,
    person, phone, settle,
};
use crate::desk::imports::{
    BROKEN_OFF, Course, ImportHead, ImportStep, MAX_FILE_CHARS, MAX_IMPORTS, MAX_REFUSED_KEPT, Phase,
};
use crate::journal::Particulars;
use crate::language::Language;
use crate::office::StoredAnswer;
use crate::registry::list::{MAX_NAMES, Unknown, UnknownField};
use crate::store::unit::Record;

fn head(file: &str) -> ImportHead {
    ImportHead {
        file: file.to_owned(),
        bytes: 1_000,
        registry: Registry::People,
        dry_run: false,
        unknown: unknown(2),
    }
}

/// Fields of so many names.
fn unknown(names: u64) -> Unknown {
    let field = |line| UnknownField {
        name: format!(":70:/N{line}/"),
        count: 3,
        line,
    };
    Unknown {
        fields: (0..names).map(field).collect(),
        others: 1,
    }
}

/// What a large import is at is shown while it is told, and stays when it tells nothing new.
async fn tells_its_course(desk: &dyn super::Desk, id: u64) -> Checked {
    for told in [
        Course::Sorted(Phase::Sorting, 43),
        Course::Unsorted("no room".into()),
        Course::Sorted(Phase::Phones, 100),
    ] {
        desk.tell_import(id, course(told.clone())).await?;
        let import = desk.imports().await?.into_iter().next();
        let import = import.unwrap_or_else(|| unreachable!("it was entered"));
        assert_eq!((import.rows(), import.course), (3, Some(told)));
        desk.tell_import(id, ImportStep::default()).await?;
    }
    Ok(())
}

fn course(course: Course) -> ImportStep {
    ImportStep {
        course: Some(course),
        ..ImportStep::default()
    }
}

pub(super) async fn are_entered_and_counted(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let clock = stage.office().clock();
    let id = desk.begin_import(head("people.csv")).await?;
    clock.advance(Duration::from_secs(2));
    let rows = format!("{PEOPLE}900101300008,x,x,,1990-01-01,f,none\n");
    let of_import = Chunk {
        import: Some(id),
        ..chunk(Registry::People, &rows)
    };
    assert_eq!(counts(&*desk, of_import).await?, (0, 2, 1));
    let import = desk.imports().await?.into_iter().next();
    let import = import.unwrap_or_else(|| unreachable!("it was entered"));
    assert_eq!((import.id, import.head.clone()), (id, head("people.csv")));
    assert_eq!((import.accepted, import.repeated, import.refused), (0, 2, 1));
    assert_eq!((import.bytes_done, import.rows()), (rows.len() as u64, 3));
    assert_eq!(import.rows_per_second(), 1);
    assert_eq!((import.ended_at, import.failure), (None, None));
    let refused = desk.refused(id).await?;
    assert_eq!(
        refused.iter().map(|refused| refused.line).collect::<Vec<_>>(),
        [4]
    );
    let looked = lines_since(&*desk, 0).await?.pop();
    let looked = looked.map(|line| (line.topic, line.subject));
    assert_eq!(looked, Some(("refused".to_owned(), Some(Subject::Batch(1)))));

    tells_its_course(&*desk, id).await?;
    desk.end_import(id, None).await?;
    let ended = desk.imports().await?.into_iter().next();
    assert_eq!(ended.and_then(|import| import.course), None);
    let many = ImportHead {
        unknown: unknown(40),
        ..head("gone.csv")
    };
    let other = desk.begin_import(many).await?;
    assert!(other > id);
    let newest = desk.imports().await?.into_iter().next();
    let kept = newest.map(|import| import.head.unknown).unwrap_or_default();
    assert_eq!(
        (kept.fields.len(), kept.count()),
        (MAX_NAMES, 121),
        "no more names than are told"
    );
    clock.advance(Duration::from_secs(3_600));
    let imports = desk.imports().await?;
    let told: Vec<_> = imports
        .iter()
        .map(|import| (import.id, import.ended_at.is_some(), import.failure.as_deref()))
        .collect();
    assert_eq!(told, [(other, true, Some(BROKEN_OFF)), (id, true, None)]);
    let unsorted = |length| Course::Unsorted("x".repeat(length));
    desk.tell_import(other, course(unsorted(MAX_FILE_CHARS + 1)))
        .await?;
    desk.end_import(other, Some("the disk is full".into())).await?;
    let newest = desk.imports().await?.into_iter().next();
    let newest = newest.map(|import| (import.failure, import.course));
    assert_eq!(
        newest,
        Some((
            Some("the disk is full".to_owned()),
            Some(unsorted(MAX_FILE_CHARS))
        )),
        "why it was not sorted can be read afterwards"
    );
    Ok(())
}

pub(super) async fn are_bounded_and_for_seniors(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let mut last = 0;
    for at in 0..=MAX_IMPORTS {
        last = desk.begin_import(head(&"x".repeat(at * 10))).await?;
    }
    let imports = desk.imports().await?;
    assert_eq!(imports.len(), MAX_IMPORTS);
    assert!(imports.iter().all(|import| import.head.file.len() <= 200));
    let deep = format!("/{}", "folder/".repeat(20));
    for (file, kept) in [
        (format!("{deep}a.csv"), format!("{deep}a.csv")),
        (format!("{}a.csv", deep.repeat(10)), "a.csv".to_owned()),
        (format!("{deep}{}", "x".repeat(201)), "x".repeat(MAX_FILE_CHARS)),
    ] {
        last = desk.begin_import(head(&file)).await?;
        let newest = desk.imports().await?.remove(0);
        assert_eq!((newest.id, newest.head.file), (last, kept));
    }
    let wrong = Chunk {
        import: Some(last),
        ..chunk(Registry::People, &"x\n".repeat(MAX_REFUSED_KEPT + 1))
    };
    counts(&*desk, wrong).await?;
    assert_eq!(desk.refused(last).await?.len(), MAX_REFUSED_KEPT);
    assert!(matches!(desk.refused(1_000_000).await, Err(DeskError::Bad(_))));
    let of_none = Chunk {
        import: Some(1_000_000),
        ..chunk(Registry::People, "160440007161,X,X,,1990-01-01,f,none\n")
    };
    assert!(matches!(
        desk.ingest(of_none.clone()).await,
        Err(DeskError::Bad(_))
    ));
    let none = Chunk {
        import: None,
        ..of_none
    };
    assert_eq!(
        counts(&*desk, none).await?,
        (1, 0, 0),
        "no row of it was taken before"
    );
    assert!(matches!(
        desk.end_import(1_000_000, None).await,
        Err(DeskError::Bad(_))
    ));
    let operator = stage.desk(OperatorRole::Operator, None).await;
    let senior = Err(DeskError::Forbidden("senior".into()));
    let seen = operator.imports().await?;
    assert_eq!(seen.len(), MAX_IMPORTS, "everybody may look");
    assert!(
        seen.iter().all(|import| !import.head.file.contains('/')),
        "but not at the folders"
    );
    assert_eq!(operator.refused(last).await.map(drop), senior);
    assert_eq!(operator.begin_import(head("x")).await.map(drop), senior);
    assert_eq!(operator.end_import(last, None).await.map(drop), senior);
    Ok(())
}

pub(super) async fn the_pulse_counts_the_day(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let desk = stage.desk(OperatorRole::Viewer, None).await;
    desk.card(person(ANNA), None).await?;
    desk.card(person(NOBODY), None).await?;
    let pulse = desk.pulse().await?;
    assert_eq!(pulse.today.day, first_of(8));
    assert_eq!(pulse.today.hours.get(12), Some(&2));
    assert_eq!(pulse.today.doors.get("console"), Some(&2));
    assert_eq!(pulse.today.outcomes.get("unknown"), Some(&1));
    assert_eq!(pulse.figures.store.entries.get("people"), Some(&2));
    Ok(())
}

/// What a citizen wrote, kept as a gateway keeps it; the line's sequence number.
async fn heard(stage: &impl Stage, key: &[u8]) -> Result<u64, DeskError> {
    let office = stage.office();
    let answer = StoredAnswer {
        at: office.clock().now(),
        heard: "900101300007".into(),
        said: Some("САҚТАНДЫРЫЛҒАН".into()),
        delivery: None,
        about: Some(person(ANNA)),
    };
    let mut unit = office.begin();
    unit.write(key, &answer);
    let entry = Entry {
        at: office.clock().now(),
        door: Door::Sms("kcell".into()),
        who: Who::Phone(phone(77_010_000_001)),
        subject: Some(Subject::of(person(ANNA))),
        outcome: Outcome::Full,
        topic: "status".into(),
        language: Language::Kazakh,
        took_us: 1,
        particulars: Particulars {
            answer: key.to_vec(),
            ..Particulars::default()
        },
    };
    unit.journal(&entry, Some(person(ANNA)));
    Ok(unit.commit().await?.first().copied().unwrap_or_default())
}

pub(super) async fn an_exchange_is_seen_as_the_citizen_saw_it(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let seq = heard(stage, b"\x4f\x00an answer").await?;
    let desk = stage.desk(OperatorRole::Operator, Some(10)).await;
    let said = desk.exchange(seq).await?;
    let said = said.map(|said| (said.heard, said.said));
    let expected = ("900101300007".to_owned(), Some("САҚТАНДЫРЫЛҒАН".to_owned()));
    assert_eq!(said, Some(expected));
    assert_eq!(desk.whoami().await?.lookups_left, Some(9), "it is a look-up");
    let line = lines_since(&*desk, seq).await?.pop();
    let line = line.map(|line| (line.topic, line.subject));
    assert_eq!(
        line,
        Some(("exchange".to_owned(), Some(Subject::of(person(ANNA)))))
    );
    let card = desk.card(person(ANNA), None).await?;
    let asked = card.map(|card| card.asked).unwrap_or_default();
    let looked = asked.iter().any(|line| line.entry.topic == "exchange");
    assert!(looked, "it stands among the look-ups of the person");
    // The line above has no answer; line 1,000 does not exist.
    assert_eq!(desk.exchange(seq + 1).await?, None);
    assert_eq!(desk.exchange(1_000).await?, None);
    let mut unit = stage.office().begin();
    unit.change(StoredAnswer::TREE, b"\x4f\x00an answer", None);
    unit.commit().await?;
    assert_eq!(desk.exchange(seq).await?, None, "not kept any more");
    let viewer = stage.desk(OperatorRole::Viewer, None).await;
    let operator = Err(DeskError::Forbidden("operator".into()));
    assert_eq!(viewer.exchange(seq).await.map(drop), operator);
    Ok(())
}

pub(super) async fn the_journal_is_filtered(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let desk = stage.desk(OperatorRole::Operator, Some(10)).await;
    for _ in 0..3 {
        heard(stage, b"\x4f\x00an answer").await?;
        desk.card(person(BORIS), None).await?;
    }
    let left = desk.whoami().await?.lookups_left;
    let found = async |page, filter| {
        let slice = desk.journal(page, filter, 2).await?;
        let seqs: Vec<_> = slice.lines.iter().map(|line| line.seq).collect();
        Ok::<_, DeskError>((seqs, slice.reached, slice.more))
    };
    let carrier = |name: &str| JournalFilter {
        carrier: Some(name.to_owned()),
        ..JournalFilter::default()
    };
    let newest = found(JournalPage::Newest, carrier("kcell")).await?;
    assert_eq!(newest, (vec![3, 5], Some(3), true));
    let rest = found(JournalPage::Before(3), carrier("kcell")).await?;
    assert_eq!(rest, (vec![1], Some(1), false));
    let later = found(JournalPage::After(3), carrier("console")).await?;
    assert_eq!(later, (vec![4, 6], Some(6), false));
    let none = found(JournalPage::After(0), carrier("beeline")).await?;
    assert_eq!(
        none,
        (vec![], Some(6), false),
        "the next search begins behind them"
    );
    let by_phone = JournalFilter {
        phone: Some(phone(77_010_000_001)),
        outcome: Some(Outcome::Full),
        ..JournalFilter::default()
    };
    assert_eq!(found(JournalPage::Newest, by_phone).await?.0, [3, 5]);
    assert_eq!(desk.whoami().await?.lookups_left, left, "no look-up so far");
    let by_iin = JournalFilter {
        iin: Some(person(BORIS)),
        ..JournalFilter::default()
    };
    assert_eq!(found(JournalPage::Newest, by_iin).await?.0, [4, 6]);
    let line = lines_since(&*desk, 6).await?.pop();
    let line = line.map(|line| (line.topic, line.subject));
    assert_eq!(
        line,
        Some(("journal".to_owned(), Some(Subject::of(person(BORIS)))))
    );
    Ok(())
}
