//! Everything that writes to a store at once, through the real server and the real commands, until the server is gone:
//! phones that text, registries that are imported row by row and sorted, an operator who leaves notes, compactions and
//! backups. What was acknowledged is counted, and a store, or the last backup, can be asked afterwards whether it has it.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Output;
use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use saqta_data::desk::{Card, Deed, DeskError, Work};
use serde_json::Value;

use crate::people::{PAID, PHONE_A};
use crate::process::{Server, exchange, run, sms, try_desk, write};

#[path = "load/crowd.rs"]
mod crowd;
#[path = "load/found.rs"]
mod found;
#[path = "load/opening.rs"]
mod opening;
#[path = "load/verify.rs"]
pub(crate) mod verify;

pub(crate) use crowd::Crowd;
pub(crate) use found::Found;
pub(crate) use opening::kill_opening;
pub(crate) use verify::{Demand, generations, verify, verify_backup};

use crowd::ROWS;

/// Phones texting at a time.
pub(crate) const SENDERS: usize = 3;
/// What the answer to each of their texts begins with.
const INSURED: &str = "САҚТАНДЫРЫЛҒАН";
/// The name of a file of rows that are taken as they stand.
const PAYMENTS: &str = "load.csv";
/// What the names of those that are sorted begin with.
const SORTED: &str = "sorted-";
/// The file of the last backup.
const BACKUP: &str = "load.backup";

/// What was acknowledged: of each kind those numbered below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// SMS answered, of each sender, in this life of the server.
    pub(crate) answers: [u64; SENDERS],
    /// Notes left.
    pub(crate) notes: u64,
    /// Registries imported row by row.
    pub(crate) imports: u64,
    /// Registries imported sorted.
    pub(crate) sorted: u64,
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for count in self.answers {
            write!(f, "{count},")?;
        }
        write!(f, "{},{},{}", self.notes, self.imports, self.sorted)
    }
}

impl FromStr for Acknowledged {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A line that is too short lacks a number, which is none.
        let mut numbers = text.split(',').chain(std::iter::repeat("")).map(str::parse);
        let mut next = || numbers.next().unwrap_or(Ok(0));
        let mut acknowledged = Self::default();
        for count in &mut acknowledged.answers {
            *count = next()?;
        }
        Ok(Self {
            notes: next()?,
            imports: next()?,
            sorted: next()?,
            ..acknowledged
        })
    }
}

/// How what takes a while went, beside all else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Long {
    pub(crate) compactions: Ended,
    pub(crate) backups: Ended,
    pub(crate) sorted: Ended,
}

/// One of the counts.
type Kind = fn(&mut Long) -> &mut Ended;

/// How what was begun ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Begun, or gone on with, before the server was killed.
    pub(crate) begun: u64,
    /// Acknowledged.
    pub(crate) whole: u64,
}

impl Ended {
    /// Cut off by the end of the server, or under way.
    pub(crate) const fn cut(self) -> u64 {
        self.begun - self.whole
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} completed, {} cut", self.whole, self.cut())
    }
}

impl fmt::Display for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            compactions,
            backups,
            sorted,
        } = self;
        write!(
            f,
            "compactions: {compactions}; backups: {backups}; sorted imports: {sorted}"
        )
    }
}

/// Counts that several threads add to, through all lives of a server.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    acknowledged: Acknowledged,
    long: Long,
    /// What the last backup that was acknowledged has at least; none: there was none since this was asked last.
    backed_up: Option<Acknowledged>,
    /// The server is being killed: from now on, and not before, it may answer nobody, and commands may fail.
    is_ending: bool,
    /// Something failed before.
    is_wrong: bool,
}

impl Counts {
    /// What is acknowledged by now.
    pub(crate) fn now(&self) -> Acknowledged {
        self.0.lock().unwrap().acknowledged
    }

    /// What became by now of what takes a while.
    pub(crate) fn long(&self) -> Long {
        self.0.lock().unwrap().long
    }

    /// A life begins over a store that holds so much. What it has without an acknowledgement is not written once more:
    /// the notes go on behind it. A registry, on the other hand, is imported until that is acknowledged.
    pub(crate) fn begin(&self, base: &Found) {
        let mut state = self.0.lock().unwrap();
        state.is_ending = false;
        state.acknowledged.answers = [0; SENDERS];
        state.acknowledged.notes = base.notes;
    }

    /// Kills a server under the load that is counted here.
    pub(crate) fn kill(&self, server: Server) {
        self.0.lock().unwrap().is_ending = true;
        drop(server);
    }

    /// True if something failed while the server lived.
    pub(crate) fn is_wrong(&self) -> bool {
        self.0.lock().unwrap().is_wrong
    }

    fn is_ending(&self) -> bool {
        self.0.lock().unwrap().is_ending
    }

    fn add(&self, add: impl FnOnce(&mut Acknowledged)) {
        add(&mut self.0.lock().unwrap().acknowledged);
    }

    /// Counts that one of `kind` begins; false if the server is being killed, so that nothing is cut by that.
    fn begin_long(&self, kind: Kind) -> bool {
        let mut state = self.0.lock().unwrap();
        let begins = !state.is_ending;
        kind(&mut state.long).begun += u64::from(begins);
        begins
    }

    fn end_long(&self, kind: Kind) {
        kind(&mut self.0.lock().unwrap().long).whole += 1;
    }
}

/// Who writes, in one life of a server.
#[derive(Debug)]
pub(crate) struct Load<'a> {
    pub(crate) store: &'a Path,
    pub(crate) gateway: SocketAddr,
    /// For files; the same in all lives.
    pub(crate) dir: &'a Path,
    /// Tells the life from the others; from 1 on.
    pub(crate) life: u64,
    pub(crate) crowd: &'a Crowd,
    pub(crate) counts: &'a Counts,
}

impl Load<'_> {
    /// Writes until the server is killed. Whatever fails before that fails the run.
    pub(crate) fn run(&self) {
        std::thread::scope(|scope| {
            for sender in 0..SENDERS {
                scope.spawn(move || self.text(sender));
            }
            scope.spawn(|| self.import());
            scope.spawn(|| self.sort());
            scope.spawn(|| self.note());
            scope.spawn(|| self.rewrite());
        });
    }

    /// Texts; a citizen who is asked to try later sends the same again.
    fn text(&self, sender: usize) {
        for n in 0.. {
            pause();
            let tag = format!("{}-{sender}-{n}", self.life);
            let question = sms(&tag, PHONE_A, &text_of(&tag)).to_string();
            let mut answered = false;
            while !answered {
                let answer = exchange(
                    self.gateway,
                    "POST",
                    "/v1/carriers/sandbox/sms",
                    question.as_bytes(),
                );
                let answer = answer.map(|(status, body)| (status, serde_json::from_slice::<Value>(&body)));
                let Ok((200, Ok(answer))) = answer else {
                    // Cut off, perhaps in the middle of its answer: not answered.
                    return self.must_be_ending(&format!("{tag} is answered with {answer:?}"));
                };
                let said = answer["messages"][0]["text"].as_str();
                answered = said.is_some_and(|said| said.starts_with(INSURED));
            }
            self.counts.add(|acknowledged| acknowledged.answers[sender] += 1);
        }
    }

    fn import(&self) {
        while !self.counts.is_ending() {
            pause();
            let number = self.counts.now().imports;
            let file = write(self.dir, PAYMENTS, &self.crowd.payments(number));
            // Without the server the command opens the store itself, which is as good.
            let done = run(&["import", "--json", "--store", self.store.to_str().unwrap(), &file]);
            match totals(&done) {
                // They are one batch.
                Some((ROWS, 0, 0) | (0, ROWS, 0)) => {
                    self.counts.add(|acknowledged| acknowledged.imports += 1);
                }
                Some(other) => panic!("registry {number}: {other:?}"),
                None => self.must_be_ending(&format!("registry {number}: {}", reason(&done))),
            }
        }
    }

    /// Gives everybody another name, again and again; what was cut goes on in the next life.
    fn sort(&self) {
        let kind: Kind = |long| &mut long.sorted;
        loop {
            pause();
            let number = self.counts.now().sorted + 1;
            let file = self.dir.join(format!("{SORTED}{number}.csv"));
            // By its time, too, it is known again.
            if !file.exists() {
                fs::write(&file, self.crowd.named(number)).unwrap();
            }
            if !self.counts.begin_long(kind) {
                return;
            }
            let (store, path) = (self.store.to_str().unwrap(), file.to_str().unwrap());
            let done = run(&["import", "--json", "--sort", "--store", store, path]);
            match totals(&done) {
                Some((accepted, repeated, 0)) if accepted + repeated == self.crowd.size() => {
                    assert_eq!(sorting_folders(self.store), 0, "its folder is left behind");
                    fs::remove_file(&file).unwrap();
                    self.counts.add(|acknowledged| acknowledged.sorted += 1);
                    self.counts.end_long(kind);
                }
                Some(other) => panic!("sorted registry {number}: {other:?}"),
                None => self.must_be_ending(&format!("sorted registry {number}: {}", reason(&done))),
            }
        }
    }

    fn note(&self) {
        while !self.counts.is_ending() {
            pause();
            let number = self.counts.now().notes;
            let (iin, deed) = (
                Some(self.crowd.noted(number)),
                Deed::Note {
                    text: found::note_of(number),
                },
            );
            let noted: Option<Result<Option<Card>, DeskError>> =
                try_desk(self.store, "/work", &Work { iin, deed });
            match noted {
                Some(Ok(Some(_))) => self.counts.add(|acknowledged| acknowledged.notes += 1),
                other => self.must_be_ending(&format!("note {number}: {other:?}")),
            }
        }
    }

    /// Compacts and backs up in turn, so that some lives end in the middle of one.
    fn rewrite(&self) {
        let (store, file) = (self.store.to_str().unwrap(), self.dir.join(BACKUP));
        for turn in self.life.. {
            pause();
            let is_backup = turn % 2 == 1;
            let kind: Kind = if is_backup {
                |long| &mut long.backups
            } else {
                |long| &mut long.compactions
            };
            if !self.counts.begin_long(kind) {
                return;
            }
            let before = self.counts.now();
            let ended = if is_backup {
                run(&["backup", "--store", store, file.to_str().unwrap()])
            } else {
                run(&["compact", "--store", store])
            };
            if !ended.status.success() {
                return self.must_be_ending(&reason(&ended));
            }
            self.counts.end_long(kind);
            if is_backup {
                self.counts.0.lock().unwrap().backed_up = Some(before);
            }
        }
    }

    /// Something failed: wrong, unless the server is being killed.
    fn must_be_ending(&self, what: &str) {
        if !self.counts.is_ending() {
            self.counts.0.lock().unwrap().is_wrong = true;
            panic!("while the server lives: {what}");
        }
    }
}

/// Why a command failed.
fn reason(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// The text whose answer is told from all others.
fn text_of(tag: &str) -> String {
    format!("{PAID}: {tag}")
}

/// What an import says came of its rows: accepted, repeated, refused; `None` if it ended early.
fn totals(done: &Output) -> Option<(u64, u64, u64)> {
    if !done.status.success() {
        return None;
    }
    let said: Value = serde_json::from_slice(&done.stdout).unwrap();
    let count = |name: &str| said[name].as_u64().unwrap();
    Some((count("accepted"), count("repeated"), count("refused")))
}

/// How many folders of sorted rows lie beside the store.
fn sorting_folders(store: &Path) -> usize {
    let names = fs::read_dir(store.parent().unwrap()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains(".sorting-")).count()
}

/// Between two writes of a writer, from the environment: a trickle instead of full load.
#[expect(
    clippy::disallowed_methods,
    reason = "the trial that cuts the power says so by the environment"
)]
fn pause() {
    let millis = std::env::var("SAQTA_LOAD_PAUSE_MS").map(|text| text.parse().unwrap());
    std::thread::sleep(Duration::from_millis(millis.unwrap_or(0)));
}
