use std::sync::Arc;

use super::*;
use crate::clock::Timestamp;
use crate::desk::{Desk, DeskOptions, ImportHead, LocalDesk, OperatorRole};
use crate::journal::Door;
use crate::office::testing::{Watched, iin, import, office, office_over};
use crate::office::{DATA_DATE, StoredAnswer, person_key, phone_key};
use crate::registry::list::Unknown;
use crate::registry::{Refused, Registry};
use crate::store::{Batch, Value, asked_key, codec};

const ANNA: &str = "900101300007";
const PHONE: &str = "87010000001";

/// An office where somebody lives and was asked about.
async fn settle(office: &Office) {
    for (registry, rows) in [
        (Registry::People, "900101300007,Ким,Анна,,1990-01-02,f,none\n"),
        (Registry::Clinics, "1,А,Б,,\n"),
        (Registry::Phones, "87010000001,900101300007,self,2024-01-01,\n"),
        (
            Registry::Categories,
            "900101300007,student,2024-09-01,\n900101300007,student,2025-09-01,\n",
        ),
        (
            Registry::Contributions,
            "R1,1,900101300007,092025,122,independent,,4250,2025-10-01\n\
             R1,2,900101300007,102025,122,independent,,4250,2025-10-01\n",
        ),
    ] {
        import(office, registry, rows).await;
    }
    put(
        office,
        Tree::Dialogs,
        &phone_key(Msisdn::parse(PHONE).unwrap()),
        Some(vec![1]),
    )
    .await;
    let answer = StoredAnswer {
        at: office.clock().now(),
        heard: "900101300007".into(),
        said: None,
        delivery: None,
        about: None,
    };
    put(office, Tree::Answers, &[1, 2, 3], Some(answer.encode())).await;
    put(office, Tree::Limits, &[1, 2, 3], Some(vec![])).await;
    let note = [person_key(iin(ANNA)), [0; 8]].concat();
    let text = Note {
        at: office.clock().now(),
        operator: "aigul".into(),
        text: "called".into(),
    };
    put(office, Tree::Notes, &note, Some(text.encode())).await;
    let head = ImportHead {
        file: "people.csv".into(),
        bytes: 1,
        registry: Registry::People,
        dry_run: false,
        unknown: Unknown::default(),
    };
    let desk = senior(office);
    desk.begin_import(head).await.unwrap();
    put(office, Tree::Outbox, &[1; 16], Some(vec![1])).await;
    ask(office, Subject::of(iin(ANNA))).await;
}

fn senior(office: &Office) -> LocalDesk {
    let options = DeskOptions::of(Door::Console);
    LocalDesk::new(office.clone(), "dana".into(), OperatorRole::Senior, options)
}

async fn put(office: &Office, tree: Tree, key: &[u8], value: Option<Value>) {
    let mut unit = office.begin();
    unit.change(tree, key, value);
    unit.commit().await.unwrap();
}

/// Changes a record of the office by hand.
async fn alter<R: Record>(office: &Office, key: &[u8], change: impl FnOnce(&mut R)) {
    let mut unit = office.begin();
    let mut record: R = unit.read(key).await.unwrap().unwrap();
    change(&mut record);
    unit.write(key, &record);
    unit.commit().await.unwrap();
}

async fn ask(office: &Office, subject: Subject) {
    let entry = Entry {
        at: office.clock().now(),
        door: crate::journal::Door::Console,
        who: crate::journal::Who::Operator("aigul".into()),
        subject: Some(subject),
        outcome: crate::journal::Outcome::Full,
        topic: "card".into(),
        language: crate::language::Language::Kazakh,
        took_us: 0,
        particulars: crate::journal::Particulars::default(),
    };
    let mut unit = office.begin();
    unit.journal(&entry, Some(iin(ANNA)));
    unit.commit().await.unwrap();
}

async fn faults(office: &Office) -> Vec<String> {
    let faults = run(office).await.unwrap().faults;
    for fault in &faults {
        assert!(!fault.contains(ANNA) && !fault.contains("7010000001"), "{fault}");
    }
    faults
}

#[tokio::test]
async fn every_entry_of_a_sound_store_is_counted() {
    let office = office();
    settle(&office).await;
    let findings = run(&office).await.unwrap();
    assert_eq!(findings.faults, [""; 0]);
    assert_eq!(findings.sound, office.store().figures().await.unwrap().entries);
    assert!(
        Tree::ALL
            .iter()
            .all(|tree| findings.sound.get(tree.name()).is_some_and(|sound| *sound > 0))
    );
}

#[tokio::test]
async fn imports_of_the_first_version_are_sound() {
    let office = office();
    settle(&office).await;
    let at = office.clock().now();
    let head = ("people.csv", 1_u64, Registry::People, false);
    let (end, rows) = ((None::<Timestamp>, None::<String>), Vec::<Refused>::new());
    let former = codec::seal(1, &(7_u64, head, "dana", at, at, end, [0_u64; 4], rows));
    put(&office, Tree::Imports, &7_u64.to_be_bytes(), Some(former)).await;
    assert_eq!(faults(&office).await, [""; 0]);
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_a_fault_in_every_tree() {
    let phone = phone_key(Msisdn::parse(PHONE).unwrap());
    for (tree, key, fault) in [
        (
            Tree::People,
            &person_key(iin(ANNA))[..],
            "people ********0007: person in the store cannot be read",
        ),
        (
            Tree::Clinics,
            b"1",
            "clinics 1: clinic in the store cannot be read",
        ),
        (
            Tree::Phones,
            &phone,
            "phones +*******0001: phone in the store cannot be read",
        ),
        (Tree::Dialogs, &phone, "dialogs +*******0001: it is empty"),
        (
            Tree::Answers,
            &[1, 2, 3],
            "answers entry of 3 bytes: answer in the store cannot be read",
        ),
        (
            Tree::Journal,
            &1_u64.to_be_bytes(),
            "journal 1: journal line in the store cannot be read",
        ),
        (
            Tree::Settings,
            DATA_DATE.as_bytes(),
            "settings data_date: data date in the store cannot be read",
        ),
        (
            Tree::Settings,
            SWEEP.as_bytes(),
            "settings journal_sweep: state of the journal in the store",
        ),
    ] {
        let store = Arc::new(Watched::default());
        let office = office_over(store.clone());
        settle(&office).await;
        put(&office, tree, key, Some(Vec::new())).await;
        let faults = faults(&office).await;
        assert!(
            faults.iter().any(|found| found.starts_with(fault)),
            "{fault}: {faults:?}"
        );
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_right_is_a_fault_in_every_tree() {
    for tree in Tree::ALL {
        let office = office();
        settle(&office).await;
        if tree == Tree::Settings {
            continue;
        }
        let entry = office.store().scan(Scan::of(tree, 1)).await.unwrap().remove(0);
        put(&office, tree, b"?", Some(entry.1)).await;
        let faults = faults(&office).await;
        assert_eq!(faults.len(), 1, "{tree:?}: {faults:?}");
        assert!(faults[0].starts_with(tree.name()), "{faults:?}");
    }
}

#[tokio::test]
async fn what_names_each_other_must_exist() {
    let phone = phone_key(Msisdn::parse(PHONE).unwrap());
    let birth = birth_key("1990-01-02".parse().unwrap(), iin(ANNA));
    let other_birth = birth_key("1990-01-03".parse().unwrap(), iin(ANNA));
    let stranger = birth_key("1990-01-01".parse().unwrap(), iin("900101300017"));
    for (tree, key, value, fault) in [
        (
            Tree::Births,
            &birth[..],
            None,
            "people ********0007: not found by date of birth",
        ),
        (
            Tree::Births,
            &other_birth,
            Some(vec![]),
            "births ********0007: the person has no such date",
        ),
        (
            Tree::Births,
            &stranger,
            Some(vec![]),
            "births ********0017: the person has no such date",
        ),
        (
            Tree::Phones,
            &phone,
            None,
            "people ********0007: names a phone that is not bound",
        ),
        (
            Tree::People,
            &person_key(iin(ANNA)),
            None,
            "phones +*******0001: is bound to a person who",
        ),
        (
            Tree::Journal,
            &1_u64.to_be_bytes(),
            None,
            "asked ********0007: names a journal line that is missing",
        ),
        (
            Tree::Asked,
            &asked_key(iin("900101300017"), 1),
            Some(vec![]),
            "asked ********0017: names a journal line about",
        ),
    ] {
        let office = office();
        settle(&office).await;
        put(&office, tree, key, value).await;
        let faults = faults(&office).await;
        assert!(
            faults.iter().any(|found| found.starts_with(fault)),
            "{fault}: {faults:?}"
        );
    }
}

#[tokio::test]
async fn lists_out_of_order_are_a_fault() {
    let disorders: [fn(&mut Person); 7] = [
        |person| person.categories.reverse(),
        |person| person.categories.push(person.categories[1]),
        |person| person.contributions.reverse(),
        |person| {
            let mut twice = person.contributions[0].clone();
            twice.period = twice.period.plus(12);
            person.contributions.push(twice);
        },
        |person| person.phones.push(person.phones[0]),
        |person| {
            let from = "2026-01-01".parse().unwrap();
            let status = crate::category::TemporaryStatus { from, to: from };
            person.temporary = vec![status, status];
        },
        |person| person.iin = iin("900101300017"),
    ];
    for (at, disorder) in disorders.into_iter().enumerate() {
        let office = office();
        settle(&office).await;
        alter(&office, &person_key(iin(ANNA)), disorder).await;
        let faults = faults(&office).await;
        assert!(faults[0].starts_with("people ********0007: "), "{at}: {faults:?}");
    }
}

#[tokio::test]
async fn bindings_out_of_order_and_too_many_are_a_fault() {
    let key = phone_key(Msisdn::parse(PHONE).unwrap());
    for count in [2, MAX_BINDINGS + 1] {
        let office = office();
        settle(&office).await;
        alter(&office, &key, |phone: &mut Phone| {
            phone.bindings = vec![phone.bindings[0]; count];
        })
        .await;
        let expected = "phones +*******0001: its bindings are too many or out of order";
        assert_eq!(faults(&office).await, [expected]);
    }
}

#[tokio::test]
async fn an_erased_persons_lines_are_sound_and_so_are_mentions_that_wait_for_the_sweep() {
    let office = office();
    settle(&office).await;
    ask(&office, Subject::Erased(7)).await;
    put(&office, Tree::Journal, &1_u64.to_be_bytes(), None).await;
    let mut unit = office.begin();
    let mut sweep = JournalSweep::default();
    sweep.floor = 2;
    unit.write(SWEEP.as_bytes(), &sweep);
    unit.commit().await.unwrap();
    assert_eq!(faults(&office).await, [""; 0]);
}

#[tokio::test]
async fn so_many_faults_are_reported() {
    let office = office();
    for key in 0..=1_000_u16 {
        put(&office, Tree::Journal, &key.to_be_bytes(), Some(vec![1])).await;
    }
    let findings = run(&office).await.unwrap();
    assert_eq!(
        (findings.faults.len(), findings.sound["journal"]),
        (MAX_FAULTS, 0)
    );
}

/// What was written between two reads of a check is no fault.
#[tokio::test]
async fn what_looks_wrong_is_read_again() {
    let office = office();
    settle(&office).await;
    let key = person_key(iin(ANNA));
    let mut stale = office.person(iin(ANNA)).await.unwrap().unwrap();
    stale.identity.as_mut().unwrap().birth_date = "1980-01-01".parse().unwrap();
    let check = Check {
        office: &office,
        unbound: AtomicU64::new(0),
    };
    assert!(
        check
            .entry(Tree::People, &key, &stale.encode())
            .await
            .unwrap()
            .is_err()
    );
    assert_eq!(check.twice(Tree::People, &key, &stale.encode()).await, Ok(Ok(())));
    let gone = check.twice(Tree::Clinics, b"2", &stale.encode()).await;
    assert_eq!(gone, Ok(Ok(())));
    let batch = Batch {
        change: vec![(Tree::People, key.to_vec(), None)],
        ..Batch::default()
    };
    office.store().commit(batch).await.unwrap();
    assert_eq!(check.twice(Tree::People, &key, &stale.encode()).await, Ok(Ok(())));
}

#[tokio::test]
async fn a_counter_that_disagrees_is_a_fault() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    settle(&office).await;
    assert_eq!(faults(&office).await, [""; 0]);
    store.miscount.store(2, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(faults(&office).await, ["people: 1 entries, the counter says 3"]);
    // While others write, the counter moves on and cannot be compared.
    store.drift.store(1, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(faults(&office).await, [""; 0]);
}
