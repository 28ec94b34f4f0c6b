//! Writes to a store for ever, or checks that what was acknowledged is there: for cutting the power in between.
//!
//! ```text
//! cargo run -p saqta-data --example durable_writer -- write DIR          prints each round once it is acknowledged
//! cargo run -p saqta-data --example durable_writer -- verify DIR ROUNDS  exits 0 if so many rounds are there, whole
//! ```
//!
//! A round is a batch over several trees by each of several committers at once, so that a torn group shows. A store
//! written before is continued.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use saqta_data::iin::Iin;
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::{Batch, Line, Scan, Store, StoreError, Tree};

/// Batches of a round; they share groups.
const COMMITTERS: u64 = 8;
/// Every so many rounds one value is large enough that sled keeps it in a file of its own.
const LARGE_EVERY: u64 = 50;

fn key(round: u64, committer: u64) -> Vec<u8> {
    [round.to_be_bytes(), committer.to_be_bytes()].concat()
}

fn value(round: u64, committer: u64) -> Vec<u8> {
    let large = round.is_multiple_of(LARGE_EVERY) && committer == 0;
    key(round, committer).repeat(if large { 10_000 } else { 12 })
}

/// The batch: a value, a line about somebody with its key, a count of rounds overwritten each time.
fn batch(round: u64, committer: u64) -> Batch {
    let change = vec![
        (
            Tree::Answers,
            key(round, committer),
            Some(value(round, committer)),
        ),
        (
            Tree::Dialogs,
            committer.to_be_bytes().to_vec(),
            Some(value(round, committer)),
        ),
    ];
    let line = Line {
        about: Iin::parse("900101300007").ok(),
        value: value(round, committer),
    };
    Batch {
        // A batch that a run before this one has committed is refused, and so is there.
        expect: vec![(Tree::Answers, key(round, committer), None)],
        change,
        journal: vec![line],
        ..Batch::default()
    }
}

async fn batches(store: &dyn Store) -> Result<u64, StoreError> {
    let figures = store.figures().await?;
    Ok(figures
        .entries
        .get(Tree::Answers.name())
        .copied()
        .unwrap_or_default())
}

async fn write(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for round in batches(&*store).await? / COMMITTERS + 1.. {
        let commit = |committer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.commit(batch(round, committer)).await })
        };
        let commits: Vec<_> = (0..COMMITTERS).map(commit).collect();
        for commit in commits {
            match commit
                .await
                .map_err(|error| StoreError::Failed(error.to_string()))?
            {
                Ok(_) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{round}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    Ok(())
}

fn missing(what: &str, round: u64, committer: u64) -> StoreError {
    StoreError::Failed(format!(
        "{what} of round {round}, committer {committer} is missing or wrong"
    ))
}

async fn verify(store: &dyn Store, rounds: u64) -> Result<(), StoreError> {
    for round in 1..=rounds {
        for committer in 0..COMMITTERS {
            let found = store.get(Tree::Answers, &key(round, committer)).await?;
            if found != Some(value(round, committer)) {
                return Err(missing("the value", round, committer));
            }
        }
    }
    // Each batch is there whole or not at all, also those that were never acknowledged.
    let figures = store.figures().await?.entries;
    let counted = |tree: Tree| figures.get(tree.name()).copied().unwrap_or_default();
    let batches = counted(Tree::Answers);
    if batches < rounds * COMMITTERS || [Tree::Journal, Tree::Asked].map(counted) != [batches; 2] {
        return Err(StoreError::Failed(format!("a batch is torn: {figures:?}")));
    }
    for tree in [Tree::Answers, Tree::Journal, Tree::Asked] {
        let (mut found, mut scan) = (0, Scan::of(tree, 1000));
        loop {
            let page = store.scan(scan.clone()).await?;
            let Some((last, _)) = page.last() else { break };
            scan.after = Some(last.clone());
            found += page.len() as u64;
        }
        if found != batches {
            return Err(StoreError::Failed(format!(
                "{found} of {batches} {} are there",
                tree.name()
            )));
        }
    }
    for committer in 0..COMMITTERS {
        let dialog = store.get(Tree::Dialogs, &committer.to_be_bytes()).await?;
        let mut written = rounds..=batches / COMMITTERS + 1;
        if !written.any(|round| dialog == (round > 0).then(|| value(round, committer))) {
            return Err(missing("the dialog", rounds, committer));
        }
    }
    // It goes on from here.
    store.commit(batch(batches / COMMITTERS + 2, 0)).await?;
    store.close().await
}

async fn run(arguments: &[String]) -> Result<(), String> {
    let open = |path: &String| SledStore::open(Path::new(path), SledOptions::default());
    let done = match arguments {
        [command, path] if command == "write" => match open(path) {
            Ok(store) => write(Arc::new(store)).await,
            Err(error) => Err(error),
        },
        [command, path, rounds] if command == "verify" => {
            let rounds = rounds.parse().map_err(|_| "ROUNDS is a number".to_owned())?;
            match open(path) {
                Ok(store) => verify(&store, rounds).await,
                Err(error) => Err(error),
            }
        }
        _ => return Err("write DIR, or verify DIR ROUNDS".into()),
    };
    done.map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("durable_writer: {error}");
            ExitCode::FAILURE
        }
    }
}
