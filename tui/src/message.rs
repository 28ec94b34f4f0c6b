//! What reaches the console, and what it wants done: the two sides of [`crate::app::App::update`].

use crossterm::event::{KeyEvent, MouseEvent};
use saqta_data::clock::Timestamp;
use saqta_data::desk::{
    Card, CarrierFigures, DeskError, Hit, Import, JournalFilter, JournalPage, JournalSlice, Operator, Pulse,
    Query, StatusSms, StoredAnswer, Work,
};
use saqta_data::iin::Iin;
use saqta_data::law::Law;
use saqta_data::phone::Msisdn;
use saqta_data::registry::Refused;

use crate::background::Background;
use crate::outside::Preferences;
use crate::private::Private;
use crate::screens::Tab;

/// Something happened.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(Private<String>),
    /// The mouse was moved, its wheel turned or a button pressed.
    Mouse(MouseEvent),
    /// The terminal has another size.
    Resize,
    /// The background of the terminal is this.
    Background(Background),
    /// Another process asks that the terminal be left to the shell for a while.
    Suspend,
    /// The process goes on after it was stopped.
    Resumed,
    /// It is now.
    Tick(Timestamp),
    /// The desk answered.
    Answer(Answer),
}

impl Message {
    /// True if all that the message may change on the screen is in [`crate::app::Face`].
    pub(crate) const fn is_in_face(&self) -> bool {
        match self {
            Self::Tick(_) => true,
            Self::Answer(answer) => matches!(answer.purpose, Purpose::Operator | Purpose::Remember),
            _ => false,
        }
    }
}

/// Something is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Ask the desk, or the machine.
    Ask(Ask),
    /// Put a text on the clipboard of the operator's terminal.
    Copy(Private<String>),
    /// Let the terminal report the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Draw every cell anew.
    Redraw,
    /// Put the terminal back and stop until the shell says otherwise.
    Suspend,
    /// Take the terminal over again, with the mouse or without.
    Resume(bool),
    /// Leave the console.
    Quit,
}

/// For what a question is asked. A later question for the same purpose makes the earlier one stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Who sits here.
    Operator,
    /// The caller's card, or the people found.
    Caller,
    /// Something is done about the caller: a phone bound, a note, an export.
    Work,
    /// What would be sent about the caller is to be seen first.
    Preview,
    /// Numbers are to be shown whole.
    Reveal,
    /// The law by which the card computes what would come of paying.
    Law,
    /// The journal.
    Journal,
    /// The carriers by which lines of the journal may have come.
    Doors,
    /// What a citizen wrote and was answered.
    Exchange,
    /// The carriers.
    Carriers,
    /// The imports and how far they are.
    Imports,
    /// An import is started.
    Import,
    /// The refused rows of an import.
    Refused,
    /// The service as a whole.
    Pulse,
    /// What the operator chose is remembered.
    Remember,
}

impl Purpose {
    /// The screen that asks, to which the answer goes; `None`: the console itself.
    pub(crate) const fn tab(self) -> Option<Tab> {
        match self {
            Self::Operator | Self::Reveal | Self::Remember => None,
            Self::Caller | Self::Work | Self::Preview | Self::Law => Some(Tab::Caller),
            Self::Journal | Self::Doors | Self::Exchange => Some(Tab::Journal),
            Self::Carriers => Some(Tab::Carriers),
            Self::Imports | Self::Import | Self::Refused => Some(Tab::Imports),
            Self::Pulse => Some(Tab::Pulse),
        }
    }
}

/// A question to the desk with the number by which its answer is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Grows with every question.
    pub(crate) number: u64,
    /// What for.
    pub(crate) purpose: Purpose,
    /// The question.
    pub(crate) question: Question,
}

/// A question to the desk, or to the machine that the console runs on ([`crate::outside::Outside`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Who sits here?
    Whoami,
    /// Who is meant?
    Search(Query),
    /// Everything about this person, today.
    Card(Iin),
    /// Do this about a person.
    Work(Work),
    /// The text of the status SMS to this phone.
    StatusSms(Iin, Msisdn),
    /// The law tables of the desk.
    Law,
    /// Lines of the journal.
    Journal(JournalPage, JournalFilter),
    /// What was written and answered at this line of the journal.
    Exchange(u64),
    /// How the carriers do.
    Carriers,
    /// The imports.
    Imports,
    /// The refused rows of this import.
    Refused(u64),
    /// The service as a whole.
    Pulse,
    /// Of the machine: keep this under a name.
    Save {
        /// The name of the file.
        name: String,
        /// What it holds.
        contents: Private<Vec<u8>>,
    },
    /// Of the machine: start an import.
    StartImport {
        /// The file.
        file: String,
        /// Only look what would happen.
        dry_run: bool,
    },
    /// Of the machine: start like this the next time.
    Remember(Preferences),
}

/// An answer of the desk.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The number of the question.
    pub(crate) number: u64,
    /// Its purpose.
    pub(crate) purpose: Purpose,
    /// The answer.
    pub(crate) reply: Result<Reply, DeskError>,
}

/// What an answer holds.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Who sits here.
    Operator(Operator),
    /// The people found.
    Hits(Vec<Hit>),
    /// The card; `None`: no such person.
    Card(Option<Box<Card>>),
    /// It is done; the card as it is then, if it changed.
    Worked(Option<Box<Card>>),
    /// The text that would be sent.
    StatusSms(StatusSms),
    /// The law tables.
    Law(Box<Law>),
    /// Lines of the journal, oldest first.
    Journal(JournalSlice),
    /// The exchange; `None`: it is not kept any more.
    Exchange(Option<StoredAnswer>),
    /// The carriers.
    Carriers(Vec<CarrierFigures>),
    /// The imports, newest first.
    Imports(Vec<Import>),
    /// Refused rows.
    Refused(Vec<Refused>),
    /// The pulse.
    Pulse(Box<Pulse>),
    /// Where it was kept, or why not.
    Saved(Result<String, String>),
    /// The number of the import, or why it did not start.
    ImportStarted(Result<u64, String>),
    /// Kept, or why not.
    Remembered(Result<(), String>),
}
