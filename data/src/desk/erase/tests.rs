use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::clock::Timestamp;
use crate::journal::{Door, JournalPage, Outcome, Particulars};
use crate::language::Language;
use crate::office::testing::{Watched, iin, import, office_over};
use crate::registry::Registry;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::store::sled::{SledOptions, SledStore};

const ANNA: &str = "900101300007";
const PHONE: u64 = 77_010_000_002;

/// An office that knows a person, a phone bound to them, and a conversation with it.
async fn settled() -> (Arc<Watched>, Office) {
    let watched = Arc::new(Watched::default());
    let office = office_over(Arc::<Watched>::clone(&watched));
    let rows = format!("+{PHONE},{ANNA},self,2024-01-01,\n");
    assert_eq!(import(&office, Registry::Phones, &rows).await, (1, 0, 0));
    let key = phone_key(Msisdn::from_number(PHONE).unwrap()).to_vec();
    let batch = Batch {
        change: vec![(Tree::Dialogs, key, Some(vec![1, 2, 3]))],
        ..Batch::default()
    };
    watched.commit(batch).await.unwrap();
    watched.batches.lock().unwrap().clear();
    (watched, office)
}

#[tokio::test]
async fn it_is_finished_by_another_run_wherever_it_was_broken_off() {
    let (watched, office) = settled().await;
    run(&office, iin(ANNA), 1).await.unwrap();
    let batches = watched.batches.lock().unwrap().clone();
    assert!(batches.len() >= 2, "or this shows nothing");
    for done in 0..=batches.len() {
        let (watched, office) = settled().await;
        for batch in batches.iter().take(done) {
            watched.commit(batch.clone()).await.unwrap();
        }
        run(&office, iin(ANNA), 2).await.unwrap();
        for tree in [Tree::People, Tree::Phones, Tree::Dialogs] {
            let left = watched.scan(Scan::of(tree, 10)).await.unwrap();
            assert!(left.is_empty(), "in {tree:?} after {done} steps");
        }
    }
}

/// Theirs alone, a child's, and one that the parent keeps.
const PHONES: &str = "+77010000002,900101300007,self,2024-01-01,\n\
                      +77010000003,900101300007,self,2024-01-01,2025-01-01\n\
                      +77010000004,900101300007,child,2024-01-01,\n\
                      +77010000004,900101300017,self,2024-01-01,\n";
const BORIS: &str = "900101300017";

fn phone(number: u64) -> Msisdn {
    Msisdn::from_number(number).unwrap()
}

fn line(who: Who, about: &str, concerned: Option<u64>, answer: &[u8]) -> (Entry, Iin) {
    let entry = Entry {
        at: Timestamp::from_millis(1),
        door: Door::Sms("sandbox".into()),
        who,
        subject: Some(Subject::of(iin(about))),
        outcome: Outcome::Full,
        topic: "status".into(),
        language: Language::Kazakh,
        took_us: 1,
        particulars: Particulars {
            phone: concerned.map(phone),
            answer: answer.to_vec(),
            ..Particulars::default()
        },
    };
    (entry, iin(about))
}

fn answer(about: &str) -> Value {
    let answer = StoredAnswer {
        at: Timestamp::from_millis(1),
        heard: "STATUS".into(),
        said: Some("INSURED".into()),
        delivery: None,
        about: Some(iin(about)),
    };
    answer.encode()
}

/// A store that knows two people, what they asked, and a phone in whatever may hold one.
async fn in_use(store: Arc<dyn Store>) -> Office {
    let office = office_over(store);
    assert_eq!(import(&office, Registry::Phones, PHONES).await, (4, 0, 0));
    let clerk = || Who::Operator("aigul".into());
    let mut unit = office.begin();
    for (entry, about) in [
        line(Who::Phone(phone(PHONE)), ANNA, None, b"00-anna"),
        line(Who::Phone(phone(PHONE)), BORIS, None, b"00-boris"),
        line(Who::Phone(phone(77_010_000_004)), ANNA, None, b""),
        line(Who::Phone(phone(77_010_000_004)), BORIS, None, b"00-other"),
        line(Who::Phone(phone(77_010_000_005)), ANNA, None, b""),
        line(clerk(), ANNA, Some(77_010_000_003), b""),
        line(clerk(), ANNA, Some(77_010_000_005), b""),
        line(clerk(), BORIS, Some(PHONE), b""),
    ] {
        unit.journal(&entry, Some(about));
    }
    for (key, about) in [("00-anna", ANNA), ("00-boris", BORIS), ("00-other", BORIS)] {
        unit.change(Tree::Answers, key.as_bytes(), Some(answer(about)));
    }
    let wishes = Phone {
        stopped: true,
        ..office.phone(phone(PHONE)).await.unwrap()
    };
    unit.write(&phone_key(phone(PHONE)), &wishes);
    let letter = [&[1], postcard::to_stdvec(&PHONE).unwrap().as_slice()].concat();
    unit.change(Tree::Outbox, &[0; 16], Some(letter.clone()));
    unit.change(Tree::Limits, b"00i", Some(letter));
    let note = Note {
        at: Timestamp::from_millis(1),
        operator: "aigul".into(),
        text: "the mother has 8 (701) 000-00-02".into(),
    };
    let key = [&person_key(iin(BORIS))[..], &[0; 8]].concat();
    unit.change(Tree::Notes, &key, Some(note.encode()));
    unit.commit().await.unwrap();
    office
}

/// Every number of the person in every form is in none of `places`.
fn assert_in_none(places: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let mut forms = Vec::new();
    for number in [900_101_300_007_u64, PHONE, 77_010_000_003] {
        forms.push(number.to_be_bytes().to_vec());
        forms.push(postcard::to_stdvec(&number).unwrap());
        forms.push(number.to_string().into_bytes());
    }
    forms.push(b"000-00-02".to_vec());
    for (place, bytes) in places {
        for form in &forms {
            let is_there = bytes.windows(form.len()).any(|window| window == form);
            assert!(!is_there, "{form:?} in {place}");
        }
    }
}

fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    files
}

#[tokio::test]
async fn neither_number_nor_phone_is_in_any_file_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let store = SledStore::open(folder.path(), SledOptions::default()).unwrap();
    let office = in_use(Arc::new(store)).await;
    run(&office, iin(ANNA), 7).await.unwrap();
    let mut entries = Vec::new();
    for tree in Tree::ALL {
        for (key, value) in office.store().scan(Scan::of(tree, 1_000)).await.unwrap() {
            entries.extend([(tree.name().to_owned(), key), (tree.name().to_owned(), value)]);
        }
    }
    assert_in_none(entries);
    office.store().compact(Arc::default()).await.unwrap();
    assert_in_none(files(folder.path()));
    office.store().close().await.unwrap();
    assert_in_none(files(folder.path()));
}

#[tokio::test]
async fn the_token_stands_for_the_phones_and_others_keep_theirs() {
    let office = in_use(Arc::new(MemoryStore::new())).await;
    let erased = run(&office, iin(ANNA), 7).await.unwrap();
    let lines = office.journal(JournalPage::Newest, 100).await.unwrap();
    let told: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let (who, subject) = (line.entry.who, line.entry.subject);
            (who, subject, line.entry.particulars.phone)
        })
        .collect();
    let (anna, boris) = (Some(Subject::Erased(7)), Some(Subject::of(iin(BORIS))));
    let clerk = || Who::Operator("aigul".into());
    let expected = [
        (Who::Erased(7), anna.clone(), None),
        (Who::Erased(7), boris.clone(), None),
        (Who::Erased(7), anna.clone(), None),
        (Who::Phone(phone(77_010_000_004)), boris.clone(), None),
        (Who::Phone(phone(77_010_000_005)), anna.clone(), None),
        (clerk(), anna.clone(), None),
        (clerk(), anna, None),
        (clerk(), boris, None),
    ];
    assert_eq!(told, expected);
    assert_eq!(erased.lines, 7);
    let answers = office.store().scan(Scan::of(Tree::Answers, 10)).await.unwrap();
    let keys: Vec<_> = answers.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, [b"00-other"], "what was told to their phone is theirs");
    let shared = office.phone(phone(77_010_000_004)).await.unwrap();
    assert_eq!(shared.bindings.len(), 1, "the parent keeps the phone");
}
