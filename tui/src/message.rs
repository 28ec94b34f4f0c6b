//! What reaches the console, and what it wants done: the two sides of [`crate::app::App::update`].

use crossterm::event::KeyEvent;
use saqta_data::clock::Timestamp;
use saqta_data::desk::{Card, DeskError, Hit, JournalPage, Operator, Query};
use saqta_data::iin::Iin;
use saqta_data::journal::Numbered;

/// Something happened.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize,
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
            Self::Answer(answer) => matches!(answer.purpose, Purpose::Operator),
            Self::Key(_) | Self::Paste(_) | Self::Resize => false,
        }
    }
}

/// Something is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Ask the desk.
    Ask(Ask),
    /// Draw every cell anew.
    Redraw,
    /// Leave the console.
    Quit,
}

/// For what a question is asked. A later question for the same purpose makes the earlier one stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// Who sits here.
    Operator,
    /// The caller's card, or the people found.
    Caller,
    /// The journal.
    Journal,
}

impl Purpose {
    /// How many there are.
    pub(crate) const COUNT: usize = 3;
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

/// A question to the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Who sits here?
    Whoami,
    /// Who is meant?
    Search(Query),
    /// Everything about this person, today.
    Card(Iin),
    /// Lines of the journal.
    Journal(JournalPage),
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
    /// Lines of the journal, oldest first.
    Journal(Vec<Numbered>),
}
