//! What the help says: keys as the keymap has them, callers' questions, and what the signs mean.

use ratatui::text::{Line, Span};
use saqta_data::coverage::{MonthState, Status};
use saqta_data::journal::Outcome;
use saqta_data::texts::Arg;
use unicode_width::UnicodeWidthStr;

use crate::action::Action;
use crate::keymap::Place;
use crate::keymap::key::Key;
use crate::signs::{self, Sign};
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Align, fit, wrap};

/// The column of the keys.
const KEYS_WIDTH: usize = 22;

/// Cells between keys.
const KEYS_GAP: usize = 2;

/// The column of a sign with its word.
const SIGN_WIDTH: usize = 31;

/// Space before every entry.
const INDENT: usize = 2;

/// A part of the help.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) entries: Vec<Entry>,
}

/// What stays or goes as a whole when a word is looked for.
pub(super) struct Entry {
    /// All of its words.
    pub(super) said: String,
    pub(super) lines: Vec<Line<'static>>,
}

/// All parts in lines of `width` cells: the keys of `from`, where the operator was, before everything else.
pub(super) fn all(ui: &Ui, from: Place, width: usize) -> Vec<Part> {
    let mut parts = vec![keys(ui, from, width)];
    // In the journal one asks for its signs, elsewhere for callers' questions.
    let in_journal = from == Place::Journal;
    parts.push(if in_journal {
        outcomes(ui, width)
    } else {
        questions(ui, width)
    });
    if from != Place::Everywhere {
        parts.push(keys(ui, Place::Everywhere, width));
    }
    parts.extend([months(ui, width), statuses(ui, width)]);
    parts.push(if in_journal {
        questions(ui, width)
    } else {
        outcomes(ui, width)
    });
    let others = Place::ALL.into_iter();
    let others = others.filter(|place| *place != from && *place != Place::Everywhere);
    parts.extend(others.map(|place| keys(ui, place, width)));
    parts.push(keyless(ui, width));
    parts.push(attach(ui, width));
    parts.retain(|part| !part.entries.is_empty());
    parts
}

/// How another terminal comes to the same store.
fn attach(ui: &Ui, width: usize) -> Part {
    let entries = ui.attach.iter().map(|command| {
        let said = ui
            .words()
            .with("ui-attach", &[("command", command.as_str().into())]);
        two_columns(ui, (&[], Role::Text), &said, (width, 0))
    });
    Part {
        title: ui.t("ui-help-attach"),
        entries: entries.collect(),
    }
}

/// Two columns: the lines of the left one, and a sentence that is wrapped beside them.
fn two_columns(
    ui: &Ui,
    (lefts, role): (&[String], Role),
    right: &str,
    (width, column): (usize, usize),
) -> Entry {
    let rights = wrap(right, width.saturating_sub(INDENT + column));
    let rows = lefts.len().max(rights.len());
    let at = |of: &[String], row: usize| of.get(row).cloned().unwrap_or_default();
    let lines = (0..rows).map(|row| {
        Line::from(vec![
            Span::raw(" ".repeat(INDENT)),
            ui.span(role, fit(&at(lefts, row), column, Align::Left)),
            ui.span(Role::Text, at(&rights, row)),
        ])
    });
    Entry {
        said: format!("{} {right}", lefts.join(" ")),
        lines: lines.collect(),
    }
}

/// Keys in lines that fit their column.
fn in_column(keys: impl IntoIterator<Item = Key>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for key in keys {
        let key = key.to_string();
        match lines.last_mut() {
            Some(line) if line.width() + KEYS_GAP + key.width() < KEYS_WIDTH => {
                line.push_str(&" ".repeat(KEYS_GAP));
                line.push_str(&key);
            }
            _ => lines.push(key),
        }
    }
    lines
}

/// True for what goes up and down, everywhere by much the same keys.
const fn goes_through_lines(action: Action) -> bool {
    matches!(
        action,
        Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::Top | Action::Bottom
    )
}

/// The keys of a place; those that go through its lines share an entry.
fn keys(ui: &Ui, place: Place, width: usize) -> Part {
    let entry = |keys: Vec<Key>, said: &str| {
        two_columns(ui, (&in_column(keys), Role::Key), said, (width, KEYS_WIDTH))
    };
    let mut entries = Vec::new();
    // The arrows and their like, then what stands for them.
    let (mut arrows, mut letters) = (Vec::new(), Vec::new());
    for (action, keys) in ui.keymap.actions(place) {
        match keys {
            [] => {}
            _ if !ui.may(action) => {}
            [first, others @ ..] if goes_through_lines(action) => {
                arrows.push(*first);
                letters.extend_from_slice(others);
            }
            keys => entries.push(entry(keys.to_vec(), &ui.sentence(place, action))),
        }
    }
    if !arrows.is_empty() {
        arrows.extend(letters);
        entries.push(entry(arrows, &ui.t("ui-help-lines")));
    }
    Part {
        title: ui.t(&format!("ui-help-{}", place.name())),
        entries,
    }
}

/// A sentence or several of an answer: what one must be allowed to do to read it, and its key.
type Sentences = (Option<Action>, &'static str);

/// What callers ask most, with the answers.
const QUESTIONS: [(&str, &[Sentences]); 5] = [
    ("ui-ask-pay", &[(None, "ui-answer-pay")]),
    ("ui-ask-lost", &[(None, "ui-answer-lost")]),
    ("ui-ask-employer", &[(None, "ui-answer-employer")]),
    ("ui-ask-paid", &[(None, "ui-answer-paid")]),
    (
        "ui-ask-category",
        &[
            (None, "ui-answer-category"),
            (Some(Action::Temporary), "ui-answer-category-temporary"),
        ],
    ),
];

fn questions(ui: &Ui, width: usize) -> Part {
    let key = |action| ui.key(Place::Card, action).unwrap_or_default();
    let verify = key(Action::Verify);
    let key = |action| format!("[{}]", key(action));
    let places: [(&str, String); 9] = [
        ("key", verify),
        ("section", key(Action::NextSection)),
        ("month", key(Action::NextMonth)),
        ("open", key(Action::Open)),
        ("what", key(Action::WhatIf)),
        ("temporary", key(Action::Temporary)),
        ("debt", ui.t("ui-section-debt")),
        ("payments", ui.t("ui-section-payments")),
        ("person", ui.t("ui-section-person")),
    ];
    let args: Vec<(&str, Arg<'_>)> = places
        .iter()
        .map(|(name, value)| (*name, value.as_str().into()))
        .collect();
    let mut entries = Vec::new();
    if ui.may(Action::Verify) {
        entries.push(prose(ui, None, &ui.words().with("ui-help-about", &args), width));
    }
    for (question, answers) in QUESTIONS {
        let answers = answers
            .iter()
            .filter(|(needed, _)| needed.is_none_or(|action| ui.may(action)));
        let answer: Vec<String> = answers.map(|(_, key)| ui.words().with(key, &args)).collect();
        entries.push(prose(ui, Some(ui.t(question)), &answer.join(" "), width));
    }
    Part {
        title: ui.t("ui-help-questions"),
        entries,
    }
}

/// Sentences under what they answer.
fn prose(ui: &Ui, question: Option<String>, text: &str, width: usize) -> Entry {
    let said = format!("{} {text}", question.as_deref().unwrap_or_default());
    let indented = |role, line: String, more: usize| {
        Line::from(vec![Span::raw(" ".repeat(INDENT + more)), ui.span(role, line)])
    };
    let more = if question.is_some() { INDENT } else { 0 };
    let mut lines = Vec::new();
    if let Some(question) = question {
        let wrapped = wrap(&question, width.saturating_sub(INDENT)).into_iter();
        lines.extend(wrapped.map(|line| indented(Role::Aloud, line, 0)));
    }
    let wrapped = wrap(text, width.saturating_sub(INDENT + more)).into_iter();
    lines.extend(wrapped.map(|line| indented(Role::Text, line, more)));
    Entry { said, lines }
}

fn sign(ui: &Ui, (sign, role): Sign, word: &str, means: &str, width: usize) -> Entry {
    let left = [format!("{sign} {word}")];
    two_columns(ui, (&left, role), means, (width, SIGN_WIDTH))
}

fn months(ui: &Ui, width: usize) -> Part {
    let words = ui.words();
    let entry = |state| {
        let word = format!("{} - {}", words.month_cell(state), words.month_state(state));
        sign(
            ui,
            signs::of_month(state),
            &word,
            &words.month_because(state),
            width,
        )
    };
    Part {
        title: ui.t("ui-help-signs"),
        entries: MonthState::ALL.into_iter().map(entry).collect(),
    }
}

fn statuses(ui: &Ui, width: usize) -> Part {
    let all = [
        (Status::Insured, "ui-means-insured"),
        (Status::ConditionallyInsured, "ui-means-conditionally-insured"),
        (Status::TemporarilyInsured, "ui-means-temporarily-insured"),
        (Status::NotInsured, "ui-means-not-insured"),
    ];
    let entry = |(status, key): (Status, &str)| {
        sign(
            ui,
            signs::of_status(status),
            &ui.words().status(status),
            &ui.t(key),
            width,
        )
    };
    Part {
        title: ui.t("ui-help-statuses"),
        entries: all.into_iter().map(entry).collect(),
    }
}

fn outcomes(ui: &Ui, width: usize) -> Part {
    let entry = |outcome: Outcome| {
        let word = ui.t(&format!("ui-outcome-{}", outcome.code()));
        let means = ui.t(&format!("ui-means-{}", outcome.code()));
        sign(ui, signs::of_outcome(outcome), &word, &means, width)
    };
    Part {
        title: ui.t("ui-help-outcomes"),
        entries: Outcome::ALL.into_iter().map(entry).collect(),
    }
}

/// What the operator's keymap has left without a key.
fn keyless(ui: &Ui, width: usize) -> Part {
    let without = ui.keymap.without_keys().filter(|action| ui.may(*action));
    let entry = |action: Action| {
        let said = ui.t(&format!("ui-action-{}", action.name()));
        let name = [action.name().to_owned()];
        two_columns(ui, (&name, Role::Key), &said, (width, KEYS_WIDTH))
    };
    Part {
        title: format!("! {}", ui.t("ui-help-without-keys")),
        entries: without.map(entry).collect(),
    }
}
