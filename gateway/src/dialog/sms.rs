//! The conversation by SMS: from what is remembered of a phone and what it texts to what is answered. Pure.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::language::Language;

use super::answer::{Answer, Topic};
use super::words::{Number, Request, Verb};
pub use memory::{Talk, UnlockCode};

mod memory;
#[cfg(test)]
mod tests;

/// How long a question ("which person?") and an unlock code wait for their answer.
pub const WAIT: Duration = Duration::from_secs(10 * 60);
/// Wrong guesses after which an unlock code is dead.
pub const CODE_TRIES: u8 = 3;
/// Unlock codes to one phone in 24 hours, so that guessing with a forged sender stays hopeless
/// (5 codes x 3 tries out of 10,000).
pub const CODES_A_DAY: usize = 5;

/// What the owner of a phone wishes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The language chosen.
    pub language: Option<Language>,
    /// Answers in Latin letters.
    pub latin: bool,
    /// Only START and HELP are answered.
    pub stopped: bool,
}

/// Limits that keep two machines from talking to each other for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Help texts to one phone in an hour.
    pub helps_an_hour: usize,
    /// Answers in an hour to one and the same text that holds no IIN and is not just a command.
    pub repeats_an_hour: usize,
    /// Answers in an hour to all such texts of one phone.
    pub others_an_hour: usize,
}

/// A text from a phone.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The text, understood.
    pub request: &'a Request,
    /// A digest of the text, to know it again.
    pub digest: u64,
    /// The people to whom the phone is bound; none if the sender cannot be believed.
    pub people: &'a [Iin],
    /// When it came.
    pub now: Timestamp,
    /// The limits.
    pub patience: Patience,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// No answer.
    Silence,
    /// This answer, which tells nothing about a person.
    Say(Answer),
    /// Look the person up and tell what may be told.
    Tell {
        /// The person.
        iin: Iin,
        /// What is asked; not a lock.
        topic: Topic,
    },
    /// Hide or show a person to whom the phone is bound: see [`Talk::lock`].
    Lock {
        /// The person.
        iin: Iin,
        /// [`Topic::Lock`] or [`Topic::Unlock`].
        topic: Topic,
    },
    /// The code was right: show the person.
    Open(Iin),
}

/// A step, and the word for it in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The step.
    pub step: Step,
    /// The word.
    pub topic: &'static str,
    /// The answer ends with how to get other languages.
    pub hint: bool,
}

/// Hears a text.
pub fn hear(talk: &mut Talk, wishes: &mut Wishes, heard: Heard<'_>) -> Turn {
    let request = heard.request;
    if wishes.stopped && !matches!(request.verb, Some(Verb::Start | Verb::Help)) {
        return turn(Step::Silence, "stopped");
    }
    if request.language.is_some() {
        wishes.language = request.language;
    }
    let mut turn = hear_verb(talk, wishes, heard);
    turn.hint = request.digits_only
        && wishes.language.is_none()
        && turn.step != Step::Silence
        && !std::mem::replace(&mut talk.hinted, true);
    turn
}

const fn turn(step: Step, topic: &'static str) -> Turn {
    Turn {
        step,
        topic,
        hint: false,
    }
}

const fn say(answer: Answer, topic: &'static str) -> Turn {
    turn(Step::Say(answer), topic)
}

fn hear_verb(talk: &mut Talk, wishes: &mut Wishes, heard: Heard<'_>) -> Turn {
    match heard.request.verb {
        Some(Verb::Stop) => {
            wishes.stopped = true;
            say(Answer::Stopped, "stop")
        }
        Some(Verb::Start) => {
            wishes.stopped = false;
            say(Answer::Started, "start")
        }
        Some(Verb::Latin) => {
            wishes.latin = !wishes.latin;
            say(Answer::Latin { on: wishes.latin }, "latin")
        }
        Some(Verb::Help) if wishes.stopped || !has_iin(heard.request) => help(talk, heard),
        Some(Verb::About(topic)) => about(talk, topic, heard),
        Some(Verb::Help) | None => hear_number(talk, heard),
    }
}

/// True if the text holds something of the length of an IIN.
const fn has_iin(request: &Request) -> bool {
    matches!(
        request.number,
        Number::Iin(_) | Number::Several | Number::WrongCheckDigit
    )
}

/// A text without a command.
fn hear_number(talk: &mut Talk, heard: Heard<'_>) -> Turn {
    match &heard.request.number {
        Number::Iin(_) | Number::Several | Number::WrongCheckDigit => about(talk, Topic::Status, heard),
        Number::WrongLength { digits } => {
            let answer = Answer::WrongLength { digits: *digits };
            patiently(talk, heard, answer, "slip")
        }
        Number::Short(digits) => hear_short(talk, heard, digits),
        Number::None if heard.request.language.is_some() => say(Answer::LanguageSet, "language"),
        Number::None if heard.request.empty && std::mem::replace(&mut talk.empty_answered, true) => {
            turn(Step::Silence, "empty")
        }
        Number::None => unknown(talk, heard),
    }
}

/// A few digits: an unlock code, a choice, or nothing known.
fn hear_short(talk: &mut Talk, heard: Heard<'_>, digits: &str) -> Turn {
    if digits.len() == 4 && talk.has_code() {
        return match talk.try_code(digits, heard.people, heard.now) {
            Some(iin) => turn(Step::Open(iin), Topic::Unlock.code()),
            None => patiently(talk, heard, Answer::WrongCode, "code"),
        };
    }
    match talk.choose(digits, heard.people, heard.now) {
        Some(Ok((iin, topic))) => person(iin, topic),
        Some(Err(())) => patiently(talk, heard, Answer::NoSuchChoice, "choice"),
        None => unknown(talk, heard),
    }
}

/// A command about a person.
fn about(talk: &mut Talk, topic: Topic, heard: Heard<'_>) -> Turn {
    // A reply of a machine may hold a word of ours by chance, or a number of 12 digits.
    if heard.request.prose
        && !heard.request.is_surely_asked()
        && talk.is_loop(heard.digest, heard.now, heard.patience)
    {
        return turn(Step::Silence, "loop");
    }
    let locks = matches!(topic, Topic::Lock | Topic::Unlock);
    match (&heard.request.number, heard.people) {
        (Number::Several, _) => say(Answer::OneIinPlease, topic.code()),
        (Number::WrongCheckDigit, _) => say(Answer::WrongCheckDigit, topic.code()),
        (Number::WrongLength { digits }, _) => say(Answer::WrongLength { digits: *digits }, topic.code()),
        (Number::Iin(iin), people) if locks && !people.contains(iin) => {
            say(Answer::LockNeedsBinding, topic.code())
        }
        (Number::Iin(iin), _) | (Number::None | Number::Short(_), [iin]) => person(*iin, topic),
        (Number::None | Number::Short(_), []) if locks => say(Answer::LockNeedsBinding, topic.code()),
        (Number::None | Number::Short(_), []) => say(Answer::IinNeeded, topic.code()),
        (Number::None | Number::Short(_), people) => say(
            Answer::WhichPerson(talk.ask(topic, people, heard.now)),
            topic.code(),
        ),
    }
}

const fn person(iin: Iin, topic: Topic) -> Turn {
    let step = match topic {
        Topic::Lock | Topic::Unlock => Step::Lock { iin, topic },
        _ => Step::Tell { iin, topic },
    };
    turn(step, topic.code())
}

/// A text that means nothing to us: help, as long as patience lasts.
fn unknown(talk: &mut Talk, heard: Heard<'_>) -> Turn {
    if talk.is_loop(heard.digest, heard.now, heard.patience) {
        turn(Step::Silence, "loop")
    } else {
        help(talk, heard)
    }
}

fn help(talk: &mut Talk, heard: Heard<'_>) -> Turn {
    if talk.may_help(heard.now, heard.patience) {
        say(Answer::Help, "help")
    } else {
        turn(Step::Silence, "help")
    }
}

/// `answer`, as long as patience with texts that hold neither a command nor an IIN lasts.
fn patiently(talk: &mut Talk, heard: Heard<'_>, answer: Answer, topic: &'static str) -> Turn {
    if talk.is_loop(heard.digest, heard.now, heard.patience) {
        turn(Step::Silence, "loop")
    } else {
        say(answer, topic)
    }
}
