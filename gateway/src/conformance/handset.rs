//! A handset in the kit: what a citizen dialled and typed, for a carrier to tell in its own way.

use super::PHONE;

/// A session as its citizen sees it.
#[derive(Clone)]
pub(crate) struct Handset {
    /// The carrier's id of the session.
    pub(crate) session: String,
    /// The phone.
    pub(crate) from: String,
    /// What was dialled, behind our code `*1414#`.
    pub(crate) dialled: String,
    /// What was typed since, the newest last.
    pub(crate) typed: Vec<String>,
}

impl Handset {
    /// A session that begins with `*1414*REST#`, or `*1414#` if there is no rest.
    pub(crate) fn dialling(rest: &str) -> Self {
        Self {
            session: "51".into(),
            from: PHONE.into(),
            dialled: rest.into(),
            typed: Vec::new(),
        }
    }

    /// The same session after `input` was typed.
    pub(crate) fn typing(&self, input: &str) -> Self {
        let mut next = self.clone();
        next.typed.push(input.into());
        next
    }

    /// True on the first step.
    pub(crate) fn is_start(&self) -> bool {
        self.typed.is_empty()
    }

    /// The number of the step, 0 at the start.
    pub(crate) fn step(&self) -> usize {
        self.typed.len()
    }

    /// The whole code, such as `*1414*900101300007#`.
    pub(crate) fn code(&self) -> String {
        match self.dialled.as_str() {
            "" => "*1414#".into(),
            rest => format!("*1414*{rest}#"),
        }
    }

    /// What was typed on this step; the code at the start.
    pub(crate) fn input(&self) -> String {
        self.typed.last().cloned().unwrap_or_else(|| self.code())
    }

    /// Everything behind `*1414#`, joined by `*`.
    pub(crate) fn history(&self) -> String {
        let dialled = Some(self.dialled.clone()).filter(|rest| !rest.is_empty());
        let all: Vec<_> = dialled.into_iter().chain(self.typed.iter().cloned()).collect();
        all.join("*")
    }

    /// The phone without its plus.
    pub(crate) fn digits(&self) -> &str {
        self.from.trim_start_matches('+')
    }
}
