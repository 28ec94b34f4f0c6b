use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::*;
use crate::iin::Iin;
use crate::journal::{Door, Outcome, Subject, Who};
use crate::language::Language;
use crate::office::testing::{Watched, day, iin, office, office_over};

/// What one call looks at.
const CALL: usize = PIECE * PIECES;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Writes `count` journal lines about a person at the present time.
async fn ask(office: &Office, about: Iin, count: usize) {
    for _ in 0..count {
        let entry = Entry {
            at: office.clock().now(),
            door: Door::Sms("kannel".into()),
            who: Who::Operator("aigul".into()),
            subject: Some(Subject::of(about)),
            outcome: Outcome::Full,
            topic: "status".into(),
            language: Language::Kazakh,
            took_us: 0,
            particulars: crate::journal::Particulars::default(),
        };
        let mut unit = office.begin();
        unit.journal(&entry, Some(about));
        unit.commit().await.unwrap();
    }
}

async fn put(office: &Office, tree: Tree, key: Vec<u8>) {
    let mut unit = office.begin();
    unit.change(tree, &key, Some(vec![1]));
    unit.commit().await.unwrap();
}

async fn keys(office: &Office, tree: Tree) -> Vec<Key> {
    let entries = office.store().scan(Scan::of(tree, MAX_SCAN)).await.unwrap();
    entries.into_iter().map(|(key, _)| key).collect()
}

async fn tidy(office: &Office, keep: Retention) -> (u64, u64, bool) {
    let tidied = office.tidy(&keep).await.unwrap();
    (tidied.journal, tidied.asked, tidied.more)
}

#[tokio::test]
async fn journal_lines_go_after_thirteen_months_and_their_mentions_with_them() {
    let office = office();
    let (anna, boris) = (iin("900101300007"), iin("900101300017"));
    ask(&office, anna, 3).await;
    office.clock().advance(DAY);
    ask(&office, anna, 1).await;
    ask(&office, boris, 1).await;
    // 22.11.2026 plus 13 months: the lines of that day are still kept.
    office.clock().set(crate::clock::noon(day("2027-12-22")));
    assert_eq!(tidy(&office, Retention::default()).await, (0, 0, false));
    office.clock().advance(DAY);
    assert_eq!(tidy(&office, Retention::default()).await, (3, 3, false));
    assert_eq!(keys(&office, Tree::Journal).await.len(), 2);
    assert_eq!(keys(&office, Tree::Asked).await.len(), 2);
    let asked = office.asked(anna, 20).await.unwrap();
    assert_eq!(asked.iter().map(|line| line.seq).collect::<Vec<_>>(), [4]);
    assert_eq!(tidy(&office, Retention::default()).await, (0, 0, false));
}

/// After a clock that was wrong for a while.
#[tokio::test]
async fn a_line_with_an_old_date_does_not_take_newer_ones_along() {
    let office = office();
    ask(&office, iin("900101300007"), 1).await;
    office.clock().set(crate::clock::noon(day("2020-01-01")));
    ask(&office, iin("900101300007"), 1).await;
    office.clock().set(crate::clock::noon(day("2026-11-23")));
    assert_eq!(tidy(&office, Retention::default()).await, (0, 0, false));
}

#[tokio::test]
async fn the_oldest_lines_go_when_there_are_too_many() {
    let office = office();
    ask(&office, iin("900101300007"), 10).await;
    let keep = Retention {
        journal_lines: 4,
        ..Retention::default()
    };
    assert_eq!(tidy(&office, keep).await, (6, 6, false));
    let left = office
        .journal(crate::journal::JournalPage::After(0), 100)
        .await
        .unwrap();
    assert_eq!(
        left.iter().map(|line| line.seq).collect::<Vec<_>>(),
        [7, 8, 9, 10]
    );
}

#[tokio::test]
async fn mentions_are_swept_once_a_day_page_by_page() {
    let office = office();
    let keep = Retention {
        journal_lines: 0,
        ..Retention::default()
    };
    let mentions = CALL + 10;
    for seq in 0..mentions as u64 {
        put(
            &office,
            Tree::Asked,
            crate::store::asked_key(iin("900101300017"), seq),
        )
        .await;
    }
    // The journal store counts from 1: of the mentions put by hand only 0 and 1 are of dropped lines, and her own.
    ask(&office, iin("900101300007"), 1).await;
    assert_eq!(tidy(&office, keep).await, (1, 3, true));
    assert_eq!(tidy(&office, keep).await, (0, 0, false));
    // The next line is dropped at once, its mention with the pass of the next day.
    ask(&office, iin("900101300007"), 1).await;
    assert_eq!(tidy(&office, keep).await, (1, 0, false));
    office.clock().advance(DAY);
    assert_eq!(tidy(&office, keep).await, (0, 2, true));
    assert_eq!(tidy(&office, keep).await, (0, 0, false));
    assert_eq!(keys(&office, Tree::Asked).await.len(), mentions - 3);
}

#[tokio::test]
async fn one_call_drops_so_much_and_no_more() {
    let office = office();
    let keep = Retention {
        journal_lines: 0,
        ..Retention::default()
    };
    ask(&office, iin("900101300007"), CALL + 1).await;
    assert_eq!(tidy(&office, keep).await, (CALL as u64, CALL as u64, true));
    assert_eq!(tidy(&office, keep).await.0, 1);
}

#[tokio::test]
async fn a_damaged_line_neither_stops_the_tidying_nor_goes_too_early() {
    let office = office();
    ask(&office, iin("900101300007"), 3).await;
    put(&office, Tree::Journal, 2_u64.to_be_bytes().to_vec()).await;
    assert_eq!(tidy(&office, Retention::default()).await.0, 0);
    office.clock().advance(500 * DAY);
    assert_eq!(tidy(&office, Retention::default()).await.0, 3);
    put(&office, Tree::Journal, 4_u64.to_be_bytes().to_vec()).await;
    assert_eq!(tidy(&office, Retention::default()).await.0, 0);
}

#[tokio::test]
async fn answers_are_kept_for_48_hours_and_counters_for_their_day() {
    let office = office();
    for tree in [Tree::Answers, Tree::Limits] {
        for today in [
            "2026-11-19",
            "2026-11-20",
            "2026-11-21",
            "2026-11-22",
            "2026-11-23",
        ] {
            put(&office, tree, [&day_key(day(today))[..], b"x"].concat()).await;
        }
    }
    let tidied = office.tidy(&Retention::default()).await.unwrap();
    assert_eq!((tidied.answers, tidied.limits), (1, 3));
    let first = async |tree| keys(&office, tree).await.first().cloned();
    let key = |text| [&day_key(day(text))[..], b"x"].concat();
    assert_eq!(first(Tree::Answers).await, Some(key("2026-11-20")));
    assert_eq!(first(Tree::Limits).await, Some(key("2026-11-22")));
}

#[tokio::test]
async fn all_of_it_removes_and_is_done_on_a_disk_too_full_for_others() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    ask(&office, iin("900101300007"), 3).await;
    for tree in [Tree::Answers, Tree::Limits] {
        put(&office, tree, day_key(day("2026-11-01")).to_vec()).await;
    }
    store.batches.lock().unwrap().clear();
    let keep = Retention {
        journal_lines: 0,
        ..Retention::default()
    };
    let tidied = office.tidy(&keep).await.unwrap();
    let dropped = [tidied.journal, tidied.asked, tidied.answers, tidied.limits];
    assert_eq!(dropped, [3, 3, 1, 1]);
    let batches = store.batches.lock().unwrap();
    assert!(batches.len() >= 4 && batches.iter().all(|batch| batch.removes));
}

#[tokio::test]
async fn of_two_that_tidy_up_one_wins_and_the_other_does_nothing() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    ask(&office, iin("900101300007"), 3).await;
    let keep = Retention {
        journal_lines: 0,
        ..Retention::default()
    };
    store.conflicts.store(1, Ordering::SeqCst);
    assert_eq!(tidy(&office, keep).await.0, 0);
    assert_eq!(keys(&office, Tree::Journal).await.len(), 3);
    assert_eq!(tidy(&office, keep).await.0, 3);
}

#[tokio::test]
async fn a_sweep_passes_through_a_tree_and_spares_what_changes() {
    let store = Arc::new(Watched::default());
    let office = office_over(store.clone());
    for key in 0..10 {
        put(&office, Tree::Dialogs, vec![key]).await;
    }
    let odd = |key: &[u8], _: &[u8]| key.iter().all(|key| key % 2 == 1);
    let page = office.sweep(Tree::Dialogs, None, 4, odd).await.unwrap();
    assert_eq!(
        page,
        Swept {
            dropped: 2,
            next: Some(vec![3])
        }
    );
    // Somebody talks again before the page is dropped.
    *store.before_next.lock().unwrap() = Some(Batch {
        change: vec![(Tree::Dialogs, vec![5], Some(vec![2]))],
        ..Batch::default()
    });
    let page = office.sweep(Tree::Dialogs, page.next, 4, odd).await.unwrap();
    assert_eq!(
        page,
        Swept {
            dropped: 0,
            next: Some(vec![7])
        }
    );
    let page = office.sweep(Tree::Dialogs, page.next, 4, odd).await.unwrap();
    assert_eq!(
        page,
        Swept {
            dropped: 1,
            next: None
        }
    );
    assert_eq!(
        keys(&office, Tree::Dialogs).await,
        [[0], [2], [4], [5], [6], [7], [8]]
    );
}

#[test]
fn days_are_two_bytes_that_sort() {
    assert_eq!(day_key(day("1970-01-01")), [0, 0]);
    assert_eq!(day_key(day("1970-01-02")), [0, 1]);
    assert_eq!(day_key(day("1969-12-31")), [0, 0]);
    assert_eq!(day_key(day("2026-11-22")), 20_779_u16.to_be_bytes());
    assert_eq!(day_key(day("9999-12-31")), [255, 255]);
}
