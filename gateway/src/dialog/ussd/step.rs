//! What a carrier's step means for the session that is remembered: the same again, a key, or a new session. Pure.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Session, keys};
use crate::carrier::{IncomingUssd, UssdInput, UssdStep};
use crate::dialog::menu::MAX_CODE_CHARS;

/// How long the same input in the same session is the same step, at a carrier that numbers none: a repetition comes at
/// once, while nobody reads a page and types in so short a time.
const SAME_WITHOUT_NUMBER: Duration = Duration::from_secs(2);
/// The most inputs of a history that are gone through again; each leads one page on, and a session has seconds for each.
const MAX_REPLAYED: usize = 40;

/// What a step is known by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The carrier's number of it.
    pub number: Option<u64>,
    /// Digest of what was sent.
    pub content: u64,
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// The same step again: the same page. An older one that comes late gets the page of the newest: what it was typed into
    /// is not on the screen any more.
    Again,
    /// This was typed in the session.
    Press(String),
    /// A session begins, and goes through these inputs at once.
    Start(Vec<String>),
}

impl Step {
    /// What `step` means for `session`, the last one of the phone under the same key, dead or alive. `service` is our own
    /// code, such as `*1414#`.
    #[must_use]
    pub fn read(
        step: &IncomingUssd,
        mark: Mark,
        session: Option<&Session>,
        service: &str,
        now: Timestamp,
    ) -> Self {
        let alive = session.filter(|session| session.is_alive(now));
        let is_known =
            |session: &Session| session.has_seen(&step.input, mark, now) || session.is_beyond(step);
        if alive.is_some_and(is_known) {
            return Self::Again;
        }
        let codes = [service, step.code.as_str()];
        match (&step.input, alive) {
            (UssdInput::Dialled(code), _) => Self::Start(behind(code, &codes).unwrap_or_default()),
            (UssdInput::Typed(typed) | UssdInput::DialledOrTyped(typed), Some(_)) => {
                Self::Press(typed.clone())
            }
            (UssdInput::Typed(typed), None) if !is_code(typed) => Self::Start(Vec::new()),
            // What comes out of a menu that is no more gets the start page.
            (UssdInput::Typed(code) | UssdInput::DialledOrTyped(code), None) => {
                Self::Start(behind(code, &codes).unwrap_or_default())
            }
            (UssdInput::History(history), Some(session)) => match session.rest_of(history) {
                Some(typed) => Self::Press(typed.to_owned()),
                None => Self::Start(path(history, &step.code, service)),
            },
            (UssdInput::History(history), None) => Self::Start(path(history, &step.code, service)),
        }
    }
}

impl Session {
    /// True if this input is the last one again.
    fn has_seen(&self, input: &UssdInput, mark: Mark, now: Timestamp) -> bool {
        match input {
            UssdInput::History(history) => self.history == *history,
            UssdInput::Dialled(_) => self.last == mark,
            UssdInput::Typed(_) | UssdInput::DialledOrTyped(_) => {
                let soon = now.since(self.touched) < SAME_WITHOUT_NUMBER;
                self.last == mark && (mark.number.is_some() || soon)
            }
        }
    }

    /// True if something was typed later than what was typed in `step`. What was dialled begins anew, whatever its number: some
    /// carriers use the id of a session again.
    fn is_beyond(&self, step: &IncomingUssd) -> bool {
        let typed = matches!(step.input, UssdInput::Typed(_) | UssdInput::DialledOrTyped(_));
        match (step.step, self.last.number) {
            (Some(UssdStep::Number(number)), Some(last)) => typed && number < last,
            _ => false,
        }
    }

    /// What `history` has beyond what was typed before. It may hold `*`, since people type that too.
    fn rest_of<'a>(&self, history: &'a str) -> Option<&'a str> {
        if self.history.is_empty() {
            return Some(history);
        }
        history.strip_prefix(&self.history)?.strip_prefix('*')
    }
}

/// The inputs of a history. Where our code is longer than the carrier's, the history begins with the rest of ours.
fn path(history: &str, code: &str, service: &str) -> Vec<String> {
    let whole = format!("{}*{history}", code.trim_end_matches('#'));
    behind(&whole, &[service]).unwrap_or_else(|| inputs(history))
}

/// What was dialled behind the first of `codes` that it begins with: `*1414*900101300007#` -> `900101300007`. The star
/// in front and the `#` at the end may be missing. `None`: it begins with none of them.
fn behind(dialled: &str, codes: &[&str]) -> Option<Vec<String>> {
    let dialled = keys(dialled);
    let dialled = dialled.trim_start_matches('*');
    codes.iter().find_map(|code| {
        let code = code.trim_start_matches('*').trim_end_matches('#');
        let rest = dialled.strip_prefix(code).filter(|_| !code.is_empty())?;
        (rest.is_empty() || rest.starts_with('*')).then(|| inputs(rest.get(1..).unwrap_or_default()))
    })
}

fn inputs(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split('*').take(MAX_REPLAYED).map(str::to_owned).collect()
}

/// True if an input is a key of the menu rather than an IIN, right or wrong.
pub(super) fn is_key(input: &str) -> bool {
    keys(input).chars().count() <= MAX_CODE_CHARS
}

/// True if what was typed is a code that was dialled, which some carriers send in the place of the input.
fn is_code(typed: &str) -> bool {
    keys(typed).starts_with('*')
}

#[cfg(test)]
mod tests;
