use super::*;

/// Noon of a day, so that a minute and a slice of the times begin.
const NOON_MS: i64 = 1_790_000_000_000 - 1_790_000_000_000 % 60_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOON_MS + seconds * 1_000)
}

fn fresh(book: &Book, now: Timestamp, took_ms: u64) {
    book.heard(now, 1);
    book.ended(now, Course::Fresh, Duration::from_millis(took_ms), false);
}

#[test]
fn an_unused_book_is_empty_and_has_all_its_minutes() {
    let figures = Book::default().figures(at(0));
    assert_eq!(figures.minutes, [CarrierMinute::default(); CARRIER_MINUTES]);
    assert_eq!(
        (figures.heard_at, figures.received_10s, figures.p99_us),
        (None, 0, 0)
    );
}

#[test]
fn each_end_of_a_message_has_its_count() {
    let book = Book::default();
    fresh(&book, at(0), 4);
    book.heard(at(1), 4);
    let took = Duration::from_millis(9);
    book.ended(at(1), Course::Fresh, took, true);
    book.ended(at(1), Course::Repeated, took, false);
    book.ended(at(1), Course::Repeated, took, true);
    book.ended(at(1), Course::Failed, took, false);
    book.refused(at(2));
    let figures = book.figures(at(3));
    assert_eq!((figures.received_10s, figures.answered_10s), (5, 2));
    assert_eq!(figures.heard_at, Some(at(1)));
    let expected = CarrierMinute {
        received: 5,
        answered: 2,
        repeated: 2,
        errors: 2,
        slowest_us: 9_000,
    };
    assert_eq!(figures.minutes.last(), Some(&expected));
}

#[test]
fn rates_forget_after_ten_seconds_and_minutes_after_an_hour() {
    let book = Book::default();
    fresh(&book, at(0), 1);
    assert_eq!(book.figures(at(9)).received_10s, 1);
    assert_eq!(book.figures(at(10)).received_10s, 0);
    let oldest = |seconds| book.figures(at(seconds)).minutes[0].received;
    assert_eq!((oldest(59 * 60), oldest(60 * 60)), (1, 0));
    // The same slot, a day later.
    fresh(&book, at(86_400), 1);
    let received = |seconds| -> u32 { book.figures(at(seconds)).minutes.iter().map(|m| m.received).sum() };
    assert_eq!((received(86_400), received(90_060)), (1, 0));
}

#[test]
fn percentiles_are_of_the_last_five_minutes() {
    let book = Book::default();
    fresh(&book, at(0), 2_000);
    for ms in 1..=100 {
        fresh(&book, at(240), ms);
    }
    let near = |found: u64, ms: u64| found >= ms * 1_000 && found <= ms * 1_125;
    let figures = book.figures(at(299));
    assert!(near(figures.p50_us, 51), "{figures:?}");
    assert!(near(figures.p95_us, 96), "{figures:?}");
    assert!(near(figures.p99_us, 100), "{figures:?}");
    // Alone at the top: the slow one is beyond the 99th of 101, and gone a moment later.
    assert!(book.figures(at(300)).p99_us < 113_000);
    assert_eq!(book.figures(at(600)).p50_us, 0);
}

#[test]
fn a_clock_that_goes_back_loses_nothing_but_what_it_overwrites() {
    let book = Book::default();
    fresh(&book, at(120), 1);
    fresh(&book, at(60), 1);
    let figures = book.figures(at(125));
    let received: Vec<u32> = figures.minutes.iter().rev().take(3).map(|m| m.received).collect();
    assert_eq!(received, [1, 1, 0]);
}
