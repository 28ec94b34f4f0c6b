//! What the store costs over bare sled, in the same run so that figures of different machines compare: looking a
//! person up, committing durably with 1, 16 and 64 committers, and packing a person against postcard.

use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use saqta_data::person::Person;
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::unit::Record;
use saqta_data::store::{Batch, Line, Store, StoreError, Tree};
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[path = "../tests/coverage/golden.rs"]
#[expect(dead_code, reason = "the days are for the coverage rules")]
mod golden;

/// People in the store that is looked up.
const PEOPLE: usize = 50_000;
/// How long each number of committers commits.
const COMMIT_TIME: Duration = Duration::from_secs(3);

/// The `n`-th key: any order but that of the keys.
fn key(n: usize) -> [u8; 8] {
    (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()
}

fn value_of(people: &[Vec<u8>], n: usize) -> Vec<u8> {
    people.get(n % people.len()).cloned().unwrap_or_default()
}

async fn fill(store: &dyn Store, people: &[Vec<u8>]) -> Result<(), StoreError> {
    for first in (0..PEOPLE).step_by(1000) {
        let change =
            (first..first + 1000).map(|n| (Tree::People, key(n).to_vec(), Some(value_of(people, n))));
        let batch = Batch {
            change: change.collect(),
            ..Batch::default()
        };
        store.commit(batch).await?;
    }
    Ok(())
}

#[expect(clippy::expect_used, reason = "a benchmark stops without its data")]
fn lookup(criterion: &mut Criterion) {
    let people: Vec<_> = golden::people().iter().map(Record::encode).collect();
    let (ours, raw) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let runtime = Runtime::new().expect("a runtime");
    let store: Arc<dyn Store> =
        Arc::new(SledStore::open(ours.path(), SledOptions::default()).expect("a store"));
    runtime.block_on(fill(&*store, &people)).expect("a full store");
    let db = sled::open(raw.path()).expect("a database");
    for n in 0..PEOPLE {
        db.insert(key(n), value_of(&people, n)).expect("an insert");
    }
    let mut next = (0..PEOPLE).cycle();
    let mut any = || key(next.next().unwrap_or_default());

    let mut group = criterion.benchmark_group("look up");
    group.bench_function("sled get", |bench| {
        bench.iter(|| db.get(any()).expect("a read").map(|value| value.to_vec()));
    });
    group.bench_function("Store get", |bench| {
        bench.iter(|| block_on(store.get(Tree::People, &any())).expect("a read"));
    });
    group.finish();

    let raw_ns = nanoseconds_each(|| black_box(db.get(any()).expect("a read").map(|value| value.to_vec())));
    let get_ns = nanoseconds_each(|| block_on(store.get(Tree::People, &any())).expect("a read"));
    let person_ns = nanoseconds_each(|| {
        let value = block_on(store.get(Tree::People, &any())).expect("a read");
        value.map(|value| Person::decode(&value).expect("a person"))
    });
    report(&format!(
        "look up among {PEOPLE}: sled get {raw_ns:.0} ns; Store get {get_ns:.0} ns, ratio {:.2}; with decoding \
         {person_ns:.0} ns, ratio {:.2}",
        get_ns / raw_ns,
        person_ns / raw_ns
    ));
}

/// Polls a future that never waits: a warm read.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn nanoseconds_each<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut rounds: Vec<f64> = (0..21)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..5_000 {
                black_box(work());
            }
            start.elapsed().as_secs_f64() * 1e9 / 5_000.0
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or_default()
}

/// An answer as it is committed: the stored answer and a line of the journal.
fn answer(n: u64) -> Batch {
    Batch {
        change: vec![(Tree::Answers, n.to_be_bytes().to_vec(), Some(vec![0x61; 190]))],
        journal: vec![Line {
            about: None,
            value: vec![0x62; 60],
        }],
        ..Batch::default()
    }
}

#[expect(clippy::expect_used, reason = "a benchmark stops without its data")]
async fn committed_a_second(store: Arc<dyn Store>, committers: usize) -> f64 {
    let (next, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let commit = |store: Arc<dyn Store>, next: Arc<AtomicU64>| async move {
        while start.elapsed() < COMMIT_TIME {
            let n = next.fetch_add(1, Ordering::Relaxed);
            store.commit(answer(n)).await.expect("a commit");
        }
    };
    let tasks: Vec<_> = (0..committers)
        .map(|_| tokio::spawn(commit(Arc::clone(&store), Arc::clone(&next))))
        .collect();
    for task in tasks {
        task.await.expect("a committer");
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let commits = next.load(Ordering::Relaxed) as f64;
    commits / start.elapsed().as_secs_f64()
}

/// The same entries, one answer after the other: flushed, and waited for until they are on the disk.
fn raw_commits_a_second(path: &Path) -> sled::Result<f64> {
    let db = sled::Config::new().path(path).flush_every_ms(None).open()?;
    let (answers, journal) = (db.open_tree("answers")?, db.open_tree("journal")?);
    let log = File::open(path.join("db"))?;
    let (mut count, start) = (0_u32, Instant::now());
    while start.elapsed() < COMMIT_TIME {
        answers.insert(count.to_be_bytes(), vec![0x61; 190])?;
        journal.insert(count.to_be_bytes(), vec![0x62; 60])?;
        db.flush()?;
        log.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

#[expect(clippy::expect_used, reason = "a benchmark stops without its data")]
fn commit(_: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let raw = TempDir::new().expect("a folder");
    let raw_rate = raw_commits_a_second(raw.path()).expect("a database");
    report(&format!(
        "durable commits a second: sled and sync_data, one by one, {raw_rate:.0}"
    ));
    for committers in [1, 16, 64] {
        let folder = TempDir::new().expect("a folder");
        let store = SledStore::open(folder.path(), SledOptions::default()).expect("a store");
        let rate = runtime.block_on(committed_a_second(Arc::new(store), committers));
        report(&format!(
            "durable commits a second: Store, {committers} committers, {rate:.0}, ratio {:.2}",
            rate / raw_rate
        ));
    }
}

#[expect(clippy::expect_used, reason = "a benchmark stops without its data")]
fn codec(_: &mut Criterion) {
    let people = golden::people();
    let rows: usize = people.iter().map(|person| person.contributions.len()).sum();
    let packed: Vec<_> = people.iter().map(Record::encode).collect();
    let general: Vec<_> = people
        .iter()
        .map(|person| postcard::to_stdvec(person).expect("an encoding"))
        .collect();
    let encode_ns = [
        each_of(&people, Record::encode),
        each_of(&people, |person| {
            postcard::to_stdvec(person).expect("an encoding")
        }),
    ];
    let decode_ns = [
        each_of(&packed, |bytes| Person::decode(bytes).expect("a person")),
        each_of(&general, |bytes| {
            postcard::from_bytes::<Person>(bytes).expect("a person")
        }),
    ];
    let sizes = [&packed, &general].map(|all| all.iter().map(Vec::len).sum::<usize>());
    for ((name, size), (encode_ns, decode_ns)) in ["packed", "postcard"]
        .iter()
        .zip(sizes)
        .zip(encode_ns.into_iter().zip(decode_ns))
    {
        report(&format!(
            "a person with {} rows, {name}: {} bytes ({} a row), encode {encode_ns:.0} ns, decode {decode_ns:.0} ns",
            rows / people.len(),
            size / people.len(),
            size / rows
        ));
    }
}

/// Nanoseconds for one of `items`, on average over them.
fn each_of<T, U>(items: &[T], work: impl Fn(&T) -> U) -> f64 {
    let mut items = items.iter().cycle();
    nanoseconds_each(|| items.next().map(&work))
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn report(line: &str) {
    println!("{line}");
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
    targets = codec, lookup, commit
}
criterion_main!(benches);
