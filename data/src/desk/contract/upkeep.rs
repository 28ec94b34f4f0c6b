//! Backups, compaction, and erasing a person.

use std::collections::BTreeMap;

use super::{
    ANNA, BORIS, Checked, DeskError, JournalFilter, JournalPage, OperatorRole, Registry, Stage, Subject,
    chunk, counts, lines_since, person, phone, settle,
};
use crate::desk::work::Note;
use crate::desk::{Erased, Pieces, Query};
use crate::iin::Iin;
use crate::office::{StoredAnswer, birth_key, phone_key, read_backup};
use crate::store::copy::Sink;
use crate::store::unit::Record;
use crate::store::{Batch, Key, Scan, StoreError, Tree, Value};

pub(super) async fn is_for_seniors_and_in_the_journal(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    for role in [OperatorRole::Viewer, OperatorRole::Operator] {
        let desk = stage.desk(role, None).await;
        let senior = || DeskError::Forbidden("senior".into());
        assert_eq!(desk.backup().await.map(drop), Err(senior()));
        assert_eq!(desk.compact().await.map(drop), Err(senior()));
        assert_eq!(desk.erase(person(ANNA)).await.map(drop), Err(senior()));
    }
    let before = lines_since(&*desk, 0).await?.len();
    gather(desk.backup().await?).await?;
    desk.compact().await?;
    let lines = lines_since(&*desk, 0).await?;
    let told: Vec<_> = lines
        .iter()
        .skip(before)
        .map(|line| (line.topic.as_str(), line.subject.clone()))
        .collect();
    assert_eq!(told, [("backup", Some(Subject::Batch(2))), ("compact", None)]);
    Ok(())
}

/// All pieces of a backup.
async fn gather(mut pieces: Pieces) -> Result<Vec<u8>, DeskError> {
    let mut file = Vec::new();
    while let Some(piece) = pieces.next().await? {
        file.extend(piece);
    }
    Ok(file)
}

#[derive(Default)]
struct Entries(BTreeMap<(Tree, Key), Value>);

impl Sink for Entries {
    fn put(&mut self, tree: Tree, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        let key = (tree, key.to_vec());
        match value {
            Some(value) => self.0.insert(key, value.to_vec()),
            None => self.0.remove(&key),
        };
        Ok(())
    }
}

pub(super) async fn a_backup_is_the_whole_store(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let file = gather(desk.backup().await?).await?;
    let mut entries = Entries::default();
    let contents = read_backup(&file[..], &mut entries).unwrap_or_else(|error| unreachable!("{error}"));
    let store = stage.office().store();
    assert_eq!(contents.entries, store.figures().await?.entries);
    assert_eq!(contents.made_at, stage.office().clock().now());
    for tree in Tree::ALL {
        let held = entries.0.iter().filter(|((other, _), _)| *other == tree);
        let held: Vec<_> = held
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect();
        assert_eq!(held, store.scan(Scan::of(tree, 1_000)).await?, "{tree:?}");
    }
    Ok(())
}

/// Leaves something about `iin` in every tree that may hold it.
async fn litter(stage: &impl Stage, iin: Iin, employee: Iin) -> Checked {
    let desk = stage.desk(OperatorRole::Senior, None).await;
    let digits = iin.reveal();
    let payment = format!(
        "REF {digits},1,{},022026,121,employer,{digits},4250,2026-02-10\n",
        employee.reveal()
    );
    assert_eq!(
        counts(&*desk, chunk(Registry::Contributions, &payment)).await?,
        (1, 0, 0)
    );
    desk.search(Query::Iin(iin)).await?;
    desk.card(iin, None).await?;
    let about = StoredAnswer {
        at: stage.office().clock().now(),
        heard: "STATUS".into(),
        said: Some("INSURED".into()),
        delivery: None,
        about: Some(iin),
    };
    let wrote = StoredAnswer {
        heard: digits.clone(),
        about: None,
        ..about.clone()
    };
    let spaced = StoredAnswer {
        heard: "900 101-300 007".into(),
        ..wrote.clone()
    };
    let note = Note {
        at: about.at,
        operator: "aigul".into(),
        text: format!("the mother is {digits}, or 900 101 300 007; call back"),
    };
    let other = StoredAnswer {
        about: Some(employee),
        ..about.clone()
    };
    let number = iin.number().to_be_bytes().to_vec();
    let born_on = iin.date().unwrap_or_default();
    let put = |tree, key: &[u8], value: Value| (tree, key.to_vec(), Some(value));
    let letter = [&[1], postcard::to_stdvec(&iin).unwrap_or_default().as_slice()].concat();
    let batch = Batch {
        change: vec![
            put(Tree::Answers, b"00-about", about.encode()),
            put(Tree::Answers, b"00-wrote", wrote.encode()),
            put(Tree::Answers, b"00-spaced", spaced.encode()),
            put(
                Tree::Notes,
                &[employee.number().to_be_bytes(), [0; 8]].concat(),
                note.encode(),
            ),
            put(Tree::Answers, b"00-other", other.encode()),
            put(Tree::Dialogs, &phone_key(phone(77_010_000_002)), vec![1, 2, 3]),
            put(Tree::Dialogs, &phone_key(phone(77_019_999_999)), digits.into()),
            put(Tree::Dialogs, &phone_key(phone(77_018_888_888)), vec![1, 2, 3]),
            put(Tree::Limits, &[b"00a".as_slice(), &number].concat(), vec![1]),
            put(Tree::Limits, b"00b", vec![0, 0, 0, 1]),
            put(Tree::Outbox, &[0; 16], letter),
            // As stores before format 3 have them.
            put(Tree::Births, &birth_key(born_on, iin), Value::new()),
            put(Tree::Births, &birth_key(born_on, employee), Value::new()),
        ],
        ..Batch::default()
    };
    stage.office().store().commit(batch).await?;
    Ok(())
}

pub(super) async fn an_erased_person_is_nowhere(stage: &impl Stage) -> Checked {
    let desk = settle(stage).await?;
    let (anna, boris) = (person(ANNA), person(BORIS));
    litter(stage, anna, boris).await?;
    desk.card(boris, None).await?;
    let erased = desk.erase(anna).await?;
    assert!(erased.lines >= 2 && erased.entries >= 8, "{erased:?}");
    let forms = [
        anna.reveal().into_bytes(),
        anna.number().to_be_bytes().to_vec(),
        postcard::to_stdvec(&anna.number()).unwrap_or_default(),
    ];
    let store = stage.office().store();
    for tree in Tree::ALL {
        for (key, value) in store.scan(Scan::of(tree, 1_000)).await? {
            for bytes in [&key, &value] {
                let is_there = |form: &Vec<u8>| bytes.windows(form.len()).any(|window| window == form);
                assert!(!forms.iter().any(is_there), "in {tree:?}");
            }
        }
    }
    let keys = |tree| async move { Ok::<_, StoreError>(store.scan(Scan::of(tree, 1_000)).await?.len()) };
    assert_eq!(keys(Tree::Answers).await?, 1, "that of another person stays");
    assert_eq!(keys(Tree::Dialogs).await?, 1, "that of another phone stays");
    assert_eq!((keys(Tree::Limits).await?, keys(Tree::Outbox).await?), (1, 0));
    assert_eq!(keys(Tree::Births).await?, 1);
    assert_eq!(desk.card(anna, None).await?, None);
    let card = desk
        .card(boris, None)
        .await?
        .unwrap_or_else(|| unreachable!("he stays"));
    assert_eq!(card.person.contributions.len(), 1, "what she paid for him stays");
    assert_eq!(card.phones.len(), 1);
    let note = card.notes.first().map(|note| note.text.as_str());
    let note = note.unwrap_or_default();
    assert!(
        note.starts_with("the mother is ") && note.ends_with("; call back"),
        "{note}"
    );
    assert!(!note.contains("900 101"), "{note}");
    tokens_stand_in_the_journal(&*desk, anna).await?;
    let faults = desk.check().await?.faults;
    assert!(faults.is_empty(), "{faults:?}");
    let again = desk.erase(anna).await?;
    assert_eq!(
        again.entries, 0,
        "only the look-up after it is left to erase: {again:?}"
    );
    assert_eq!(desk.erase(anna).await?, Erased::default());
    Ok(())
}

/// All lines about the person carry one token, and that of the erasure, too.
async fn tokens_stand_in_the_journal(desk: &dyn crate::desk::Desk, anna: Iin) -> Checked {
    let slice = desk
        .journal(JournalPage::Newest, JournalFilter::default(), 1_000)
        .await?;
    let tokens: Vec<_> = slice
        .lines
        .iter()
        .filter_map(|line| match line.entry.subject {
            Some(Subject::Erased(token)) => Some((token, line.entry.topic.clone())),
            _ => None,
        })
        .collect();
    let first = tokens.first().map(|(token, _)| *token);
    assert!(
        tokens.iter().all(|(token, _)| Some(*token) == first),
        "{tokens:?}"
    );
    let topics: Vec<_> = tokens.iter().map(|(_, topic)| topic.as_str()).collect();
    assert_eq!(topics, ["search", "card", "erase"]);
    let masked = Some(Subject::of(anna));
    let left = slice.lines.iter().filter(|line| line.entry.subject == masked);
    let left: Vec<_> = left.map(|line| line.entry.topic.as_str()).collect();
    assert_eq!(left, ["card"], "asked after the erasure");
    Ok(())
}
