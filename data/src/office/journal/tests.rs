use super::*;
use crate::clock::Timestamp;
use crate::journal::{Door, Outcome, Subject, Who};
use crate::language::Language;
use crate::office::testing::{iin, office};

fn entry(at: i64, subject: Option<Subject>) -> Entry {
    Entry {
        at: Timestamp::from_millis(at),
        door: Door::Console,
        who: Who::Operator("aigul".into()),
        subject,
        outcome: Outcome::Full,
        topic: "card".into(),
        language: Language::Kazakh,
        took_us: 0,
        particulars: crate::journal::Particulars::default(),
    }
}

async fn write(office: &Office, count: i64, about: Option<Iin>) {
    for at in 0..count {
        let mut unit = office.begin();
        unit.journal(&entry(at, about.map(Subject::of)), about);
        unit.commit().await.unwrap();
    }
}

#[tokio::test]
async fn pages_are_read_in_both_directions_oldest_line_first() {
    let office = office();
    write(&office, 10, None).await;
    let page = async |page, limit| {
        let lines = office.journal(page, limit).await.unwrap();
        lines.into_iter().map(|line| line.seq).collect::<Vec<_>>()
    };
    assert_eq!(page(JournalPage::Newest, 3).await, [8, 9, 10]);
    assert_eq!(page(JournalPage::Before(8), 3).await, [5, 6, 7]);
    assert_eq!(page(JournalPage::Before(3), 5).await, [1, 2]);
    assert_eq!(page(JournalPage::Before(1), 5).await, [0_u64; 0]);
    assert_eq!(page(JournalPage::After(7), 2).await, [8, 9]);
    assert_eq!(page(JournalPage::After(0), 100).await.len(), 10);
    assert_eq!(page(JournalPage::After(10), 5).await, [0_u64; 0]);
    assert_eq!(page(JournalPage::Newest, 0).await, [0_u64; 0]);
}

#[tokio::test]
async fn a_page_is_never_longer_than_stated() {
    let office = office();
    write(&office, 1_001, None).await;
    let lines = office.journal(JournalPage::Newest, usize::MAX).await.unwrap();
    assert_eq!(
        (lines.len(), lines.last().map(|line| line.seq)),
        (MAX_JOURNAL_PAGE, Some(1_001))
    );
    assert_eq!(lines.last().unwrap().entry, entry(1_000, None));
}

#[tokio::test]
async fn who_asked_about_a_person_newest_first() {
    let office = office();
    let (anna, boris) = (iin("900101300007"), iin("900101300017"));
    write(&office, 3, Some(anna)).await;
    write(&office, 2, Some(boris)).await;
    write(&office, 1, None).await;
    write(&office, 1, Some(anna)).await;
    let asked = async |iin, limit| {
        let lines = office.asked(iin, limit).await.unwrap();
        lines.into_iter().map(|line| line.seq).collect::<Vec<_>>()
    };
    assert_eq!(asked(anna, 20).await, [7, 3, 2, 1]);
    assert_eq!(asked(anna, 2).await, [7, 3]);
    assert_eq!(asked(boris, 20).await, [5, 4]);
    // A mention outlives its line until the next sweep.
    let mut unit = office.begin();
    unit.change(Tree::Journal, &3_u64.to_be_bytes(), None);
    unit.commit().await.unwrap();
    assert_eq!(asked(anna, 20).await, [7, 2, 1]);
}
