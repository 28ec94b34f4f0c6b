//! What the book of a carrier costs a message (its two entries), alone and while another thread enters all the time, and
//! what one look at the figures costs. A whole SMS query costs about 140 us of CPU time.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use saqta_data::clock::Clock;
use saqta_gateway::book::Book;
use saqta_gateway::carrier::Course;

/// What the gateway does for a message beside answering it: the looks at the clock are part of the cost.
fn enter(book: &Book, clock: &Clock) {
    let watch = clock.stopwatch();
    book.heard(clock.now(), 1);
    book.ended(clock.now(), Course::Fresh, watch.elapsed(), false);
}

fn benches(criterion: &mut Criterion) {
    let (book, clock) = (Book::default(), Clock::system());
    criterion.bench_function("a message", |b| b.iter(|| enter(black_box(&book), &clock)));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                enter(&book, &clock);
            }
        });
        criterion.bench_function("a message beside a busy thread", |b| {
            b.iter(|| enter(black_box(&book), &clock));
        });
        stop.store(true, Ordering::Relaxed);
    });
    criterion.bench_function("a look at the figures", |b| {
        b.iter(|| black_box(&book).figures(clock.now()));
    });
}

criterion_group! {
    name = all;
    config = Criterion::default().measurement_time(Duration::from_secs(2));
    targets = benches
}
criterion_main!(all);
