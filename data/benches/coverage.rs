//! How long the coverage rules take for one decoded person, `insured_until` included, on average over the worked cases
//! and their three days. The limit is 2 microseconds. The last lines set it against decoding the same people from
//! their stored bytes, in the same run, so that figures of different machines compare.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use saqta_data::coverage::evaluate;
use saqta_data::law::Law;
use saqta_data::person::Person;
use saqta_data::store::unit::Record;

#[path = "../tests/coverage/golden.rs"]
mod golden;

#[expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops without its data and prints its figures"
)]
fn coverage(criterion: &mut Criterion) {
    let law = Law::builtin().expect("the compiled-in law");
    let people = golden::people();
    let days: Vec<NaiveDate> = golden::DAYS.iter().filter_map(|day| day.parse().ok()).collect();
    let rows: usize = people.iter().map(|person| person.contributions.len()).sum();
    let stored: Vec<_> = people.iter().map(Record::encode).collect();

    let evaluate_all = || {
        for day in &days {
            for person in &people {
                black_box(evaluate(black_box(person), &law, *day));
            }
        }
    };
    let decode_all = || {
        for bytes in &stored {
            black_box(Person::decode(black_box(bytes)).expect("what was encoded"));
        }
    };
    let mut group = criterion.benchmark_group("coverage");
    group.throughput(Throughput::Elements((people.len() * days.len()) as u64));
    group.bench_function("evaluate the worked cases on three days", |bench| {
        bench.iter(evaluate_all);
    });
    group.throughput(Throughput::Elements(people.len() as u64));
    group.bench_function("decode the worked cases", |bench| bench.iter(decode_all));
    group.finish();

    let evaluation_ns = nanoseconds_each(evaluate_all, people.len() * days.len());
    let decoding_ns = nanoseconds_each(decode_all, people.len());
    println!(
        "coverage: {evaluation_ns:.0} ns a person ({} rows on average); decoding it {decoding_ns:.0} ns; ratio {:.2}",
        rows / people.len(),
        evaluation_ns / decoding_ns
    );
}

/// The median of 51 rounds, divided by the number of people in a round.
fn nanoseconds_each(round: impl Fn(), people: usize) -> f64 {
    let mut times: Vec<Duration> = (0..51)
        .map(|_| {
            let start = Instant::now();
            round();
            start.elapsed()
        })
        .collect();
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    median.as_secs_f64() * 1e9 / f64::from(u32::try_from(people).unwrap_or(u32::MAX))
}

criterion_group!(benches, coverage);
criterion_main!(benches);
