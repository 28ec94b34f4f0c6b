//! "If he pays these months today, then ...": months to mark, and what the same rules make of them at once.

use std::collections::BTreeSet;

use ratatui::text::{Line, Span};
use saqta_data::coverage::what_if::{self, Way};
use saqta_data::coverage::{Coverage, Status};
use saqta_data::desk::Card;
use saqta_data::law::Law;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;

use crate::action::Action;
use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Table, left, right};
use crate::widgets::pane::{Content, Scroll};
use crate::words::{Words, money, period};

/// A month that can be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    period: Period,
    /// What is missing for it to be the payer's own.
    sum: Tiyn,
    /// It is owed.
    owed: bool,
}

/// The months marked and what comes of them.
#[derive(Debug)]
pub(crate) struct State {
    candidates: Vec<Candidate>,
    marked: BTreeSet<Period>,
    cursor: usize,
    way: Way,
}

impl State {
    /// All debts are marked to begin with; without any, nothing is.
    pub(crate) fn new(card: &Card, law: &Law) -> Self {
        let mut state = Self {
            candidates: candidates(card, law),
            marked: BTreeSet::new(),
            cursor: 0,
            way: what_if::paying(&card.person, law, card.coverage.day, &[]),
        };
        let _ = state.mark_only(card, law, |candidate| candidate.owed);
        state
    }

    /// A movement among the months, which are drawn as `scroll` knows.
    pub(crate) fn go(&mut self, action: Action, scroll: Scroll) {
        self.cursor = scroll.choose(action, self.cursor, self.candidates.len(), 1);
    }

    /// A mark; the key of what is to be said if it was many months at once.
    pub(crate) fn act(&mut self, action: Action, card: &Card, law: &Law) -> Option<&'static str> {
        match action {
            Action::Mark => {
                let period = self.candidates.get(self.cursor)?.period;
                if !self.marked.remove(&period) {
                    self.marked.insert(period);
                }
                self.cursor = (self.cursor + 1).min(self.candidates.len().saturating_sub(1));
                self.compute(card, law);
                None
            }
            Action::MarkDebts => {
                let marked = self.mark_only(card, law, |candidate| candidate.owed)?;
                Some(if marked {
                    "ui-what-if-debts"
                } else {
                    "ui-what-if-none"
                })
            }
            Action::MarkAhead => {
                let run = ahead(card, law);
                let marked = self.mark_only(card, law, |candidate| run.contains(&candidate.period))?;
                Some(if marked {
                    "ui-what-if-year"
                } else {
                    "ui-what-if-none"
                })
            }
            _ => None,
        }
    }

    /// Puts the cursor on a month, by its place; true if it was there already.
    pub(crate) fn put_cursor(&mut self, at: usize) -> bool {
        let at = at.min(self.candidates.len().saturating_sub(1));
        std::mem::replace(&mut self.cursor, at) == at
    }

    /// The month under the cursor, by its place.
    pub(crate) const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Marks those and no others, so that the sum is that of one way, as the card has it; or clears them if just those
    /// are marked. True if they were marked, false if cleared, nothing if there are none.
    fn mark_only(&mut self, card: &Card, law: &Law, wanted: impl Fn(&Candidate) -> bool) -> Option<bool> {
        let wanted = self.candidates.iter().filter(|candidate| wanted(candidate));
        let wanted: BTreeSet<Period> = wanted.map(|candidate| candidate.period).collect();
        if wanted.is_empty() {
            return None;
        }
        let marked = wanted != self.marked;
        self.marked = if marked { wanted } else { BTreeSet::new() };
        self.compute(card, law);
        Some(marked)
    }

    fn compute(&mut self, card: &Card, law: &Law) {
        let marked: Vec<Period> = self.marked.iter().copied().collect();
        self.way = what_if::paying(&card.person, law, card.coverage.day, &marked);
    }

    /// What would be, in the words of `words`.
    pub(crate) fn sentence(&self, words: Words<'_>) -> String {
        if self.way.months.is_empty() {
            return words.t("ui-what-if-nothing");
        }
        let after = &self.way.after;
        let still_not = after.status == Status::NotInsured;
        words.with(
            if still_not {
                "ui-what-if-still-not"
            } else {
                "ui-what-if-then"
            },
            &[
                ("n", i64::try_from(self.way.months.len()).unwrap_or(0).into()),
                ("months", words.months(&self.way.months).into()),
                ("sum", words.money(self.way.sum).into()),
                ("status", words.status(after.status).into()),
                ("end", end(words, after).into()),
                ("left", words.months(&after.unpaid).into()),
            ],
        )
    }

    /// The same for reading aloud, with when a payment shows.
    pub(crate) fn aloud(&self, words: Words<'_>) -> String {
        let sentence = self.sentence(words);
        if self.way.months.is_empty() {
            return sentence;
        }
        format!("{sentence} {}", words.t("ui-what-if-shows"))
    }

    /// How many months are marked, and their sum.
    pub(super) fn marked(&self, ui: &Ui) -> String {
        let n = i64::try_from(self.way.months.len()).unwrap_or(0);
        let sum = money(self.way.sum);
        ui.words()
            .with("ui-what-if-marked", &[("n", n.into()), ("sum", sum.into())])
    }

    /// The months, each with its mark and sum.
    pub(super) fn content(&self, ui: &Ui, card: &Card, width: usize) -> Content {
        let table = Table::new(2, [left(5), left(7), right(9)]).fill(width, 2, (14, 40));
        let lines = self.candidates.iter().enumerate().map(|(at, candidate)| {
            let marked = self.marked.contains(&candidate.period);
            let style = ui.style(if at == self.cursor {
                Role::Selected
            } else {
                Role::Text
            });
            let pointer = if at == self.cursor { ">" } else { " " };
            let mark = format!("{pointer}[{}]", if marked { "x" } else { " " });
            let (word, role) = word(ui, card, candidate);
            table
                .row(&[
                    (&mark, style),
                    (&period(candidate.period), style),
                    (&word, ui.style(role)),
                    (&money(candidate.sum), style),
                ])
                .style(style)
        });
        let names = [
            String::new(),
            ui.t("ui-col-month"),
            ui.t("ui-col-state"),
            ui.t("ui-col-to-pay"),
        ];
        Content {
            head: Some(table.head(&names, ui.style(Role::Dim))),
            lines: lines.collect(),
        }
    }

    /// The status that would be, before and after, with its signs.
    pub(super) fn outcome(&self, ui: &Ui, card: &Card) -> Line<'static> {
        let words = ui.words();
        let label = |coverage: &Coverage| {
            let (sign, role) = signs::of_status(coverage.status);
            let end = if coverage.status == Status::NotInsured {
                String::new()
            } else {
                format!(" {}", end(words, coverage))
            };
            ui.span(role, format!("{sign} {}{end}", words.status(coverage.status)))
        };
        Line::from(vec![
            label(&card.coverage),
            Span::raw("  ->  "),
            label(&self.way.after),
        ])
    }
}

/// What the month is called, or that it lies ahead.
fn word(ui: &Ui, card: &Card, candidate: &Candidate) -> (String, Role) {
    let mut months = card.coverage.months.iter();
    match months.find(|month| month.period == candidate.period) {
        Some(month) => {
            let (sign, role) = signs::of_month(month.state);
            (format!("{sign} {}", ui.words().month_state(month.state)), role)
        }
        None => (ui.t("ui-what-if-ahead"), Role::Dim),
    }
}

/// Until when the insurance would last.
pub(super) fn end(words: Words<'_>, coverage: &Coverage) -> String {
    match coverage.insured_until {
        Some(day) => words.with("ui-card-until", &[("date", words.until(day).into())]),
        None if coverage.status == Status::NotInsured => String::new(),
        None => words.t("ui-card-no-end"),
    }
}

/// The months of the run that rule 2 asks for, from the current one on.
fn ahead(card: &Card, law: &Law) -> Vec<Period> {
    let now = Period::of(card.coverage.day);
    let months = i32::from(law.rules_on(card.coverage.day).prepaid_months);
    (0..months).map(|after| now.plus(after)).collect()
}

/// The months of the window that are not covered, then the current month and those after it, one more than a run. Of
/// these the payer's own payments count, whoever else covers the month.
fn candidates(card: &Card, law: &Law) -> Vec<Candidate> {
    let (person, day) = (&card.person, card.coverage.day);
    let now = Period::of(day);
    let owed = card.coverage.unpaid.iter().map(|period| (*period, true));
    let window = card.coverage.months.iter().map(|month| (month.period, false));
    let run = ahead(card, law);
    let one_more = run.last().map(|last| last.plus(1));
    let later = run.iter().copied().chain(one_more).map(|period| (period, false));
    let mut seen = BTreeSet::new();
    let mut found: Vec<Candidate> = owed
        .chain(window)
        .chain(later)
        .filter(|(period, _)| seen.insert(*period))
        .map(|(period, owed)| Candidate {
            period,
            sum: if period < now {
                what_if::missing(person, law, day, period)
            } else {
                what_if::paying(person, law, day, &[period]).sum
            },
            owed,
        })
        .filter(|candidate| candidate.sum > Tiyn(0))
        .collect();
    found.sort_by_key(|candidate| candidate.period);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake;

    fn law() -> Law {
        Law::builtin().unwrap()
    }

    #[test]
    fn it_begins_with_the_debts_and_says_what_comes_of_paying_them() {
        let (card, law) = (fake::card(fake::GRACE).unwrap(), law());
        let mut state = State::new(&card, &law);
        let owed: Vec<_> = state.marked.iter().copied().collect();
        assert_eq!(owed, card.coverage.unpaid);
        assert_eq!(state.way.after.status, Status::Insured);
        assert_eq!(state.way.sum, Tiyn::from_tenge(2_125), "the rest of the month");
        let _ = state.act(Action::Mark, &card, &law);
        assert!(state.marked.is_empty());
        assert_eq!(state.way.after, card.coverage, "nothing paid, nothing changed");
        let _ = state.act(Action::MarkAhead, &card, &law);
        assert_eq!(state.marked.len(), 12);
        assert_eq!(state.way.after.basis, Some(saqta_data::coverage::Basis::Prepaid));
        let _ = state.act(Action::MarkAhead, &card, &law);
        assert!(state.marked.is_empty(), "the same key clears them");
    }

    /// An operator compares the sum with the one that the card names for this way.
    #[test]
    fn each_way_is_marked_alone_with_the_sum_of_the_card() {
        let (card, law) = (fake::card(fake::GRACE).unwrap(), law());
        let ways = what_if::ways(&card.person, &law, card.coverage.day);
        let mut state = State::new(&card, &law);
        assert_eq!(state.act(Action::MarkAhead, &card, &law), Some("ui-what-if-year"));
        assert_eq!(state.way, ways.ahead.unwrap());
        assert_eq!(
            state.act(Action::MarkDebts, &card, &law),
            Some("ui-what-if-debts")
        );
        assert_eq!(state.way, ways.debt.unwrap());
        assert_eq!(state.act(Action::MarkDebts, &card, &law), Some("ui-what-if-none"));
        assert!(state.marked.is_empty());
        let (card, mut state) = (fake::card(fake::INSURED).unwrap(), state);
        state.candidates.retain(|candidate| !candidate.owed);
        assert_eq!(state.act(Action::MarkDebts, &card, &law), None, "there are none");
    }

    #[test]
    fn what_does_not_suffice_is_said_with_what_is_left() {
        let (card, law) = (fake::card(fake::GRACE).unwrap(), law());
        let mut state = State::new(&card, &law);
        let ui = crate::console::Options::default().ui().unwrap();
        let texts = ui.texts;
        let words = Words::new(&texts, saqta_data::language::Language::Russian);
        // One of the debts alone.
        let first = state.marked.iter().next().copied().unwrap();
        state.marked.retain(|period| *period == first);
        state.compute(&card, &law);
        state.way.after.status = Status::NotInsured;
        state.way.after.unpaid = vec![first];
        let said = state.sentence(words);
        assert!(
            said.contains("всё ещё НЕ ЗАСТРАХОВАН, останется оплатить:"),
            "{said}"
        );
        assert!(!said.contains(" ."), "{said}");
    }

    /// An employer's payment for the current month covers it, but does not count for rule 2.
    #[test]
    fn a_year_ahead_insures_as_the_card_says() {
        let law = law();
        let mut card = fake::card(fake::GRACE).unwrap();
        let mut row = card.person.contributions.last().unwrap().clone();
        row.period = Period::of(card.coverage.day);
        row.payer = saqta_data::contribution::Payer::Employer;
        row.knp = saqta_data::contribution::Knp::Deduction;
        row.amount = Tiyn::from_tenge(9_000);
        card.person.contributions.push(row);
        card.coverage = saqta_data::coverage::evaluate(&card.person, &law, card.coverage.day);
        let mut state = State::new(&card, &law);
        let _ = state.act(Action::MarkAhead, &card, &law);
        let way = what_if::ways(&card.person, &law, card.coverage.day)
            .ahead
            .unwrap();
        assert_eq!(state.way, way);
    }

    #[test]
    fn the_cursor_stays_among_the_months() {
        for number in [fake::GRACE, fake::STATE, fake::INSURED] {
            let (card, law) = (fake::card(number).unwrap(), law());
            let mut state = State::new(&card, &law);
            for action in [Action::Down; 40] {
                state.go(action, Scroll::default());
            }
            assert_eq!(state.cursor, state.candidates.len().saturating_sub(1));
            state.go(Action::Top, Scroll::default());
            assert_eq!(state.cursor(), 0);
        }
    }
}
