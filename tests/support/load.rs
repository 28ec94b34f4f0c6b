//! Everything that writes to a store at once, through the real server and the real commands, until the server is gone:
//! phones that text, registries that are imported, an operator who leaves notes, compactions and backups. What was
//! acknowledged is counted, and a store, or the last backup, can be asked afterwards whether it has it.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use saqta_data::desk::{Card, Deed, DeskError, Note, Work};
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry};
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::unit::Record;
use saqta_data::store::{Scan, Store, Tree};

use crate::people::{PAID, PENSIONER, PHONE_A, UNBOUND, UNPAID};
use crate::process::{exchange, run, sms, try_desk, write};

/// Phones texting at a time.
pub(crate) const SENDERS: usize = 3;
/// The file of the last backup.
const BACKUP: &str = "load.backup";
/// Rows of a registry that is imported.
const ROWS: u64 = 40;

/// What was acknowledged, or is at least to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// SMS answered.
    pub(crate) answers: u64,
    /// Registries imported: those numbered below.
    pub(crate) imports: u64,
    /// The number of the last note left, counted from 1.
    pub(crate) notes: u64,
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.answers, self.imports, self.notes)
    }
}

impl FromStr for Acknowledged {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split(',').map(str::parse);
        let mut next = || numbers.next().unwrap_or(Ok(0));
        Ok(Self {
            answers: next()?,
            imports: next()?,
            notes: next()?,
        })
    }
}

/// How often the whole store was written anew or copied, beside all else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) compactions: Ended,
    pub(crate) backups: Ended,
    /// What the last backup that was acknowledged has at least; none: there was none since this was asked last.
    backed_up: Option<Acknowledged>,
}

/// How what was begun ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Acknowledged.
    pub(crate) whole: u64,
    /// Cut off by the end of the server.
    pub(crate) cut: u64,
}

impl fmt::Display for Rewritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (compactions, backups) = (self.compactions, self.backups);
        write!(
            f,
            "compactions: {} completed, {} cut; backups: {} completed, {} cut",
            compactions.whole, compactions.cut, backups.whole, backups.cut
        )
    }
}

/// Counts of [`Acknowledged`] and [`Rewritten`] that several threads add to, through all lives of a server.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    answers: AtomicU64,
    imports: AtomicU64,
    notes: AtomicU64,
    rewritten: Mutex<Rewritten>,
}

impl Counts {
    /// What is acknowledged by now.
    pub(crate) fn now(&self) -> Acknowledged {
        Acknowledged {
            answers: self.answers.load(Ordering::SeqCst),
            imports: self.imports.load(Ordering::SeqCst),
            notes: self.notes.load(Ordering::SeqCst),
        }
    }

    /// What became of compactions and backups so far.
    pub(crate) fn rewritten(&self) -> Rewritten {
        *self.rewritten.lock().unwrap()
    }
}

/// Writes until nobody answers. `life` tells one life of the server from the others; `dir` is for files.
pub(crate) fn load(store: &Path, gateway: SocketAddr, dir: &Path, life: u64, counts: &Counts) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| scope.spawn(move || text(gateway, &format!("{life}-{sender}"), counts)))
            .collect();
        let over = &over;
        scope.spawn(move || import(store, dir, over, counts));
        scope.spawn(move || note(store, over, counts));
        scope.spawn(move || rewrite(store, dir, life, over, counts));
        for sender in senders {
            sender.join().unwrap();
        }
        over.store(true, Ordering::SeqCst);
    });
}

/// Between two writes of a writer, from the environment: a trickle instead of full load.
#[expect(
    clippy::disallowed_methods,
    reason = "the trial that cuts the power says so by the environment"
)]
fn pause() {
    let millis = std::env::var("SAQTA_LOAD_PAUSE_MS").map(|text| text.parse().unwrap());
    std::thread::sleep(std::time::Duration::from_millis(millis.unwrap_or(0)));
}

fn text(gateway: SocketAddr, sender: &str, counts: &Counts) {
    for n in 0.. {
        pause();
        let body = sms(&format!("{sender}-{n}"), PHONE_A, PAID).to_string();
        let answer = exchange(gateway, "POST", "/v1/carriers/sandbox/sms", body.as_bytes());
        // Cut off in the middle of its answer: not answered.
        match answer.map(|(status, body)| (status, serde_json::from_slice::<serde_json::Value>(&body))) {
            Ok((200, Ok(_))) => counts.answers.fetch_add(1, Ordering::SeqCst),
            _ => return,
        };
    }
}

/// The registry `number`.
fn registry(number: u64) -> String {
    let people = [PAID, UNPAID, PENSIONER].into_iter().chain(UNBOUND).cycle();
    let rows = (0..ROWS).zip(people);
    let rows: Vec<_> = rows
        .map(|(line, iin)| {
            format!(
                "LOAD{number},{line},{iin},012026,121,employer,,{},2026-02-10\n",
                1000 + line
            )
        })
        .collect();
    let head = "reference,line,iin,period,knp,payer_kind,payer_id,amount,paid_on\n";
    format!("{head}{}", rows.concat())
}

fn import(store: &Path, dir: &Path, over: &AtomicBool, counts: &Counts) {
    while !over.load(Ordering::SeqCst) {
        pause();
        let number = counts.imports.load(Ordering::SeqCst);
        let file = write(dir, "more.csv", &registry(number));
        let done = run(&["import", "--store", store.to_str().unwrap(), &file]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        // Without the server the command opens the store itself, which is as good; with the loader gone it is not asked.
        if done.status.success() {
            assert!(said.contains(r#""refused":0"#), "{said}");
            counts.imports.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn note(store: &Path, over: &AtomicBool, counts: &Counts) {
    while !over.load(Ordering::SeqCst) {
        pause();
        let number = counts.notes.load(Ordering::SeqCst) + 1;
        let deed = Deed::Note {
            text: format!("note {number}"),
        };
        let iin = Iin::parse(PENSIONER).ok();
        let noted: Option<Result<Option<Card>, DeskError>> = try_desk(store, "/work", &Work { iin, deed });
        if matches!(noted, Some(Ok(_))) {
            counts.notes.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Compacts and backs up in turn, so that some lives end in the middle of one.
fn rewrite(store: &Path, dir: &Path, life: u64, over: &AtomicBool, counts: &Counts) {
    let (store, file) = (store.to_str().unwrap(), dir.join(BACKUP));
    for turn in life.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        pause();
        let is_backup = turn % 2 == 1;
        let before = counts.now();
        let ended = if is_backup {
            run(&["backup", "--store", store, file.to_str().unwrap()])
        } else {
            run(&["compact", "--store", store])
        };
        let mut rewritten = counts.rewritten.lock().unwrap();
        let kind = if is_backup {
            &mut rewritten.backups
        } else {
            &mut rewritten.compactions
        };
        if !ended.status.success() {
            // The server went away under it.
            kind.cut += 1;
            return;
        }
        kind.whole += 1;
        if is_backup {
            rewritten.backed_up = Some(before);
        }
    }
}

/// What is missing in the last backup in `dir` that was acknowledged since this was asked last, restored; false if there was none.
pub(crate) fn verify_backup(dir: &Path, counts: &Counts) -> Result<bool, String> {
    let Some(least) = counts.rewritten.lock().unwrap().backed_up.take() else {
        return Ok(false);
    };
    let (file, store) = (dir.join(BACKUP), dir.join("restored"));
    let (file, at) = (file.to_str().unwrap(), store.to_str().unwrap());
    let restored = run(&["restore", "--store", at, file]);
    if !restored.status.success() {
        return Err(format!("restore: {}", String::from_utf8_lossy(&restored.stderr)));
    }
    let missing = verify(&store, least, None);
    fs::remove_dir_all(&store).unwrap();
    missing
        .map(|()| true)
        .map_err(|missing| format!("restored: {missing}"))
}

/// What is missing of what was acknowledged in the closed store; so many `lives` of the server have written to it. `None`: what
/// was acknowledged is known a little late, so that any more may be there.
pub(crate) fn verify(store: &Path, acknowledged: Acknowledged, lives: Option<u64>) -> Result<(), String> {
    let checked = run(&["check", "--store", store.to_str().unwrap()]);
    if !checked.status.success() {
        let said = [checked.stdout, checked.stderr].concat();
        return Err(format!("check: {}", String::from_utf8_lossy(&said)));
    }
    let names = fs::read_dir(store)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let generations = names.filter(|name| name.to_string_lossy().starts_with("data-"));
    if generations.count() > 1 {
        return Err("what a compaction left that was cut is still there".into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = SledStore::open(store, SledOptions::default()).map_err(|error| error.to_string())?;
        let found = count(&store).await;
        store.close().await.map_err(|error| error.to_string())?;
        compare(found, acknowledged, lives)
    })
}

/// What is there: lines about SMS, rows of payments that were imported by the loader, the newest note.
async fn count(store: &dyn Store) -> Acknowledged {
    let lines = all(store, Tree::Journal).await;
    let lines = lines.iter().map(|(_, value)| Entry::decode(value).unwrap());
    let answers = lines
        .filter(|line| line.door == Door::Sms("sandbox".into()))
        .count();
    let people = all(store, Tree::People).await;
    let people = people
        .iter()
        .map(|(_, value)| saqta_data::person::Person::decode(value).unwrap());
    let rows: usize = people
        .map(|person| {
            person
                .contributions
                .iter()
                .filter(|row| row.reference.starts_with("LOAD"))
                .count()
        })
        .sum();
    let notes = all(store, Tree::Notes).await;
    let notes = notes.iter().map(|(_, value)| Note::decode(value).unwrap());
    let number = |note: Note| note.text.strip_prefix("note ").unwrap().parse().unwrap();
    Acknowledged {
        answers: answers as u64,
        imports: rows as u64,
        notes: notes.map(number).max().unwrap_or_default(),
    }
}

async fn all(store: &dyn Store, tree: Tree) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut entries, mut after) = (Vec::new(), None);
    loop {
        let page = store
            .scan(Scan {
                after,
                ..Scan::of(tree, 10_000)
            })
            .await
            .unwrap();
        let is_last = page.len() < 10_000;
        entries.extend(page);
        if is_last {
            return entries;
        }
        after = entries.last().map(|(key, _)| key.clone());
    }
}

/// `found.imports` counts rows. What was under way when the server died may be there, too: of each sender a message, a
/// registry, a note. `lives` is `None` where what was acknowledged is known a little late: then more may be there.
fn compare(found: Acknowledged, acknowledged: Acknowledged, lives: Option<u64>) -> Result<(), String> {
    let rows = acknowledged.imports * ROWS;
    let right = [
        (
            acknowledged.answers,
            found.answers,
            lives.map_or(u64::MAX, |lives| lives * SENDERS as u64),
        ),
        // These go on where they were: what was under way once is acknowledged, or overwritten, by the next life.
        (rows, found.imports, lives.map_or(u64::MAX, |_| ROWS)),
        (acknowledged.notes, found.notes, lives.map_or(u64::MAX, |_| 1)),
    ]
    .iter()
    .all(|(least, found, besides)| (*least..=least.saturating_add(*besides)).contains(found));
    right
        .then_some(())
        .ok_or_else(|| format!("acknowledged {acknowledged:?} ({rows} rows), found {found:?}"))
}
