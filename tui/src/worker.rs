//! The only part of the console that calls the desk. Questions come in and answers go out through bounded queues, so
//! that drawing never waits for the store.

use std::sync::Arc;
use std::time::Duration;

use saqta_data::desk::{Desk, DeskError};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::message::{Answer, Ask, Question, Reply};
use crate::outside::Outside;

/// Questions that wait. The application asks one thing at a time for each purpose; a full queue means that
/// the desk hangs.
const QUEUE: usize = 16;

/// Questions asked at the same time, so that a slow journal does not hold up a caller.
const AT_ONCE: usize = 4;

/// After this the operator is told that there is no answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// Said where the machine's own disk takes too long.
const SLOW_DISK: &str = "the disk of this machine does not answer";

/// Said where the console was given no machine to work on.
const NO_MACHINE: &str = "not possible here";

/// Journal lines asked for at once.
pub(crate) const JOURNAL_PAGE: usize = 200;

/// The two ends of a worker.
pub(crate) struct Worker {
    /// Takes questions.
    pub(crate) asks: mpsc::Sender<Ask>,
    /// Gives answers.
    pub(crate) answers: mpsc::Receiver<Answer>,
}

/// What a worker asks.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// The desk.
    pub(crate) desk: Arc<dyn Desk>,
    /// The machine that the console runs on, if it may be used.
    pub(crate) outside: Option<Arc<dyn Outside>>,
}

/// Starts a worker on the current runtime; it ends when its queue of questions is dropped.
pub(crate) fn start(world: World) -> Worker {
    let (asks, incoming) = mpsc::channel(QUEUE);
    let (outgoing, answers) = mpsc::channel(QUEUE);
    tokio::spawn(serve(world, incoming, outgoing));
    Worker { asks, answers }
}

async fn serve(world: World, mut asks: mpsc::Receiver<Ask>, answers: mpsc::Sender<Answer>) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = running.join_next(), if !running.is_empty() => {}
            ask = asks.recv(), if running.len() < AT_ONCE => {
                let Some(ask) = ask else { return };
                let (world, answers) = (world.clone(), answers.clone());
                running.spawn(async move {
                    // A console that has gone needs no answer.
                    let _ = answers.send(answer(world, ask).await).await;
                });
            }
        }
    }
}

/// Asks the desk or the machine, for ten seconds at the most. A desk that panics is a desk that failed.
pub(crate) async fn answer(world: World, ask: Ask) -> Answer {
    let Ask {
        number,
        purpose,
        question,
    } = ask;
    let of_machine = matches!(
        question,
        Question::Save { .. } | Question::StartImport { .. } | Question::Remember(_)
    );
    let mut call = tokio::spawn(async move { put(&world, question).await });
    let reply = match tokio::time::timeout(DEADLINE, &mut call).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(_)) => Err(DeskError::Store("internal error".to_owned())),
        Err(_) => {
            call.abort();
            if of_machine {
                return Answer {
                    number,
                    purpose,
                    reply: Err(DeskError::Store(SLOW_DISK.to_owned())),
                };
            }
            Err(DeskError::Away(format!("{} s", DEADLINE.as_secs())))
        }
    };
    Answer {
        number,
        purpose,
        reply,
    }
}

async fn put(world: &World, question: Question) -> Result<Reply, DeskError> {
    let desk = &world.desk;
    match question {
        Question::Whoami => desk.whoami().await.map(Reply::Operator),
        Question::Search(query) => desk.search(query).await.map(Reply::Hits),
        Question::Card(iin) => desk
            .card(iin, None)
            .await
            .map(|card| Reply::Card(card.map(Box::new))),
        Question::Work(work) => desk.work(work).await.map(Reply::Worked),
        Question::StatusSms(iin, to) => desk.status_sms(iin, to).await.map(Reply::StatusSms),
        Question::Law => desk.law().await.map(|law| Reply::Law(Box::new(law))),
        Question::Journal(page, filter) => desk.journal(page, filter, JOURNAL_PAGE).await.map(Reply::Journal),
        Question::Exchange(seq) => desk.exchange(seq).await.map(Reply::Exchange),
        Question::Carriers => desk.carriers().await.map(Reply::Carriers),
        Question::Imports => desk.imports().await.map(Reply::Imports),
        Question::Refused(import) => desk.refused(import).await.map(Reply::Refused),
        Question::Pulse => desk.pulse().await.map(|pulse| Reply::Pulse(Box::new(pulse))),
        Question::Save { name, contents } => Ok(Reply::Saved(match &world.outside {
            Some(outside) => outside.save(&name, contents.0).await,
            None => Err(NO_MACHINE.to_owned()),
        })),
        Question::StartImport { file, dry_run } => Ok(Reply::ImportStarted(match &world.outside {
            Some(outside) => outside.start_import(file, dry_run).await,
            None => Err(NO_MACHINE.to_owned()),
        })),
        // Without a machine nothing is remembered, which is no fault.
        Question::Remember(preferences) => Ok(Reply::Remembered(match &world.outside {
            Some(outside) => outside.remember(preferences).await,
            None => Ok(()),
        })),
    }
}
