//! The search box, and the list of people to choose from when several were found.

mod found;

use crossterm::event::{Event, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use saqta_data::clock::Timestamp;
use saqta_data::desk::{Hit, Query};
use saqta_data::iin::{Slip, SlipKind, likely_slip};
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};

use crate::action::Action;
use crate::keymap::Place;
use crate::keymap::key::Key;
use crate::message::Question;
use crate::theme::Role;
use crate::typed::{MAX_TYPED, Typed, on_digit_row};
use crate::ui::Ui;
use crate::widgets::columns::{cut, wrap};
use crate::widgets::pane::{Scroll, indent, rule, scrolled};
pub(crate) use found::grouped;
use found::{hit_list, nobody, welcome};

/// The keys worth a place in the footer.
pub(crate) const HINTS: &[Action] = &[
    Action::Submit,
    Action::NextCaller,
    Action::UiLanguage,
    Action::Theme,
    Action::Palette,
    Action::Help,
    Action::Quit,
];

/// What came of the search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Outcome {
    /// Nothing was asked.
    #[default]
    None,
    /// The desk was asked and has not answered.
    Asking { since: Timestamp },
    /// The server went away before it answered: asked again when it is back.
    Interrupted,
    /// Nobody was found for what was typed.
    Nobody,
    /// Several people: which of them?
    Hits {
        hits: Vec<Hit>,
        chosen: usize,
        /// The card of the one chosen was asked for.
        opening: bool,
    },
}

/// The search box and what came of the search.
#[derive(Debug, Default)]
pub(crate) struct State {
    input: Input,
    outcome: Outcome,
    /// Who is asked about without the number being typed: it would stand in the box for all to see.
    unseen: Option<Query>,
    scroll: Scroll,
}

impl State {
    /// A key that types or edits; a question if an IIN is complete with it.
    pub(crate) fn on_key(&mut self, key: KeyEvent, now: Timestamp) -> Option<Question> {
        // A paste may come as keys, any number of them.
        if Key::of(&key).types_text() && self.is_full() {
            return None;
        }
        let before = self.input.value().to_owned();
        self.input.handle_event(&Event::Key(key));
        self.edited(&before, now)
    }

    /// Pasted text, of several lines the first; a question if it completes an IIN.
    pub(crate) fn on_paste(&mut self, text: &str, now: Timestamp) -> Option<Question> {
        let before = self.input.value().to_owned();
        // Terminals send the ends of pasted lines as either.
        let line = text.trim_start().split(['\n', '\r']).next().unwrap_or_default();
        for c in line
            .trim_end()
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_TYPED)
        {
            self.input.handle(InputRequest::InsertChar(c));
        }
        self.edited(&before, now)
    }

    /// An action; a question if the desk is to be asked.
    pub(crate) fn on_action(&mut self, action: Action, now: Timestamp) -> Option<Question> {
        match (action, &mut self.outcome) {
            (Action::Submit, Outcome::Asking { .. } | Outcome::Hits { opening: true, .. }) => None,
            (
                Action::Submit,
                Outcome::Hits {
                    hits,
                    chosen,
                    opening,
                },
            ) => {
                let hit = hits.get(*chosen)?;
                *opening = true;
                Some(Question::Card(hit.iin))
            }
            (Action::TakeSlip, _) => {
                let slip = self.slip(now)?;
                let before = self.input.value().to_owned();
                self.input = Input::new(slip.iin.reveal());
                self.edited(&before, now)
            }
            (Action::Submit, _) => {
                let question = match self.typed() {
                    Typed::Iin(iin) => Question::Card(iin),
                    typed => Question::Search(typed.query()?),
                };
                self.outcome = Outcome::Asking { since: now };
                Some(question)
            }
            (action, Outcome::Hits { hits, chosen, .. }) => {
                *chosen = self.scroll.choose(action, *chosen, hits.len(), 1);
                None
            }
            _ => None,
        }
    }

    /// A click on one of the people found chooses them, a second one opens the card.
    pub(crate) fn on_click(&mut self, at: Position, now: Timestamp) -> Option<Question> {
        let clicked = self.scroll.line_at(at)?;
        let Outcome::Hits { hits, chosen, .. } = &mut self.outcome else {
            return None;
        };
        hits.get(clicked)?;
        let again = std::mem::replace(chosen, clicked) == clicked;
        again.then(|| self.on_action(Action::Submit, now)).flatten()
    }

    /// Asks about somebody whose number is known here and not typed, with an empty box.
    pub(crate) fn ask_unseen(&mut self, whom: Query, now: Timestamp) -> Question {
        self.clear();
        self.outcome = Outcome::Asking { since: now };
        self.unseen = Some(whom.clone());
        match whom {
            Query::Iin(iin) => Question::Card(iin),
            other => Question::Search(other),
        }
    }

    /// Forgets everything: an empty box for the next caller.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The people found; the question for the card if it is exactly one.
    pub(crate) fn on_hits(&mut self, hits: Vec<Hit>) -> Option<Question> {
        match hits.as_slice() {
            [] => {
                self.outcome = Outcome::Nobody;
                None
            }
            [one] => Some(Question::Card(one.iin)),
            _ => {
                self.scroll.reset();
                self.outcome = Outcome::Hits {
                    hits,
                    chosen: 0,
                    opening: false,
                };
                None
            }
        }
    }

    /// The desk knows nobody of this number.
    pub(crate) fn on_nobody(&mut self) {
        self.outcome = Outcome::Nobody;
    }

    /// The desk has answered or could not: the operator may ask again.
    pub(crate) fn settle(&mut self) {
        if let Outcome::Hits { opening, .. } = &mut self.outcome {
            *opening = false;
        }
        if matches!(self.outcome, Outcome::Asking { .. } | Outcome::Interrupted) {
            self.outcome = Outcome::None;
        }
    }

    /// The server does not answer: what was asked is asked again when it does.
    pub(crate) fn interrupt(&mut self) {
        if let Outcome::Hits { opening, .. } = &mut self.outcome {
            *opening = false;
        }
        if matches!(self.outcome, Outcome::Asking { .. }) {
            self.outcome = Outcome::Interrupted;
        }
    }

    /// The server is back: the search that it interrupted, if it is still wanted.
    pub(crate) fn resume(&mut self, now: Timestamp) -> Option<Question> {
        match (&self.outcome, self.unseen.clone()) {
            (Outcome::Interrupted, Some(whom)) => Some(self.ask_unseen(whom, now)),
            (Outcome::Interrupted, None) => self.on_action(Action::Submit, now),
            _ => None,
        }
    }

    /// Seconds since the desk was asked, if it has not answered.
    pub(crate) fn waiting(&self, now: Timestamp) -> Option<u64> {
        match self.outcome {
            Outcome::Asking { since } => Some(now.since(since).as_secs()),
            _ => None,
        }
    }

    fn is_full(&self) -> bool {
        self.input.value().chars().count() >= MAX_TYPED
    }

    /// What changed in the box makes what was found for the old text stale.
    fn edited(&mut self, before: &str, now: Timestamp) -> Option<Question> {
        if self.input.value().chars().count() > MAX_TYPED {
            self.input = Input::new(before.to_owned());
        }
        if self.input.value() == before {
            return None;
        }
        self.outcome = Outcome::None;
        self.unseen = None;
        let Typed::Iin(iin) = self.typed() else {
            return None;
        };
        self.outcome = Outcome::Asking { since: now };
        Some(Question::Card(iin))
    }

    /// True if an edit has just made an earlier search stale.
    pub(crate) fn is_idle(&self) -> bool {
        self.outcome == Outcome::None
    }

    /// True while a card is sure to come, if the person is known: keys typed now are for it. A search by name or phone may
    /// find several people, or a slip that is to be mended.
    pub(crate) fn awaits_card(&self) -> bool {
        match self.outcome {
            Outcome::Hits { opening, .. } => opening,
            Outcome::Asking { .. } | Outcome::Interrupted => {
                matches!(self.unseen, Some(Query::Iin(_))) || matches!(self.typed(), Typed::Iin(_))
            }
            _ => false,
        }
    }

    /// True while the desk is asked about a person, or is to be asked once it is back.
    pub(crate) const fn is_asking(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::Asking { .. } | Outcome::Interrupted | Outcome::Hits { opening: true, .. }
        )
    }

    /// True if nothing is typed.
    pub(crate) fn is_empty(&self) -> bool {
        self.input.value().is_empty()
    }

    /// True if there are people to choose from.
    pub(crate) const fn has_hits(&self) -> bool {
        matches!(self.outcome, Outcome::Hits { .. })
    }

    /// The characters in the box.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.input.value().chars().count()
    }

    fn shown(&self) -> String {
        on_digit_row(self.input.value())
    }

    /// The number that was probably meant by one that is no IIN.
    fn slip(&self, now: Timestamp) -> Option<Slip> {
        let shown = self.shown();
        let digits: String = shown.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        likely_slip(&digits, now.day())
    }

    /// What is said of the likely slip, with the key that takes it. The operator sees whole what was typed anyway.
    fn meant(&self, ui: &Ui) -> Option<String> {
        let slip = self.slip(ui.now)?;
        let key = *ui.keymap.keys(Place::Search, Action::TakeSlip).first()?;
        let words = ui.words();
        let kind = words.t(match slip.kind {
            SlipKind::Swapped => "ui-slip-swapped",
            SlipKind::Changed => "ui-slip-changed",
            SlipKind::Missing => "ui-slip-missing",
            SlipKind::Doubled => "ui-slip-doubled",
        });
        let number = grouped(&slip.iin.reveal());
        let parts = [
            ("kind", kind.into()),
            ("number", number.into()),
            ("key", key.to_string().into()),
        ];
        Some(words.with("ui-slip", &parts))
    }

    /// True for eleven digits and nothing else: a phone, or an IIN that lacks one.
    fn is_one_short(&self) -> bool {
        let shown = self.shown();
        shown.len() == 11 && shown.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn typed(&self) -> Typed {
        Typed::of(&self.shown())
    }

    /// Draws the box with the cursor in it, and below what came of the search.
    pub(crate) fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let [top, found] = area.layout(&Layout::vertical([Constraint::Length(4), Constraint::Min(0)]));
        let inner = indent(rule(
            ui,
            frame,
            top,
            vec![ui.span(Role::Focus, ui.t("ui-search"))],
            vec![],
        ));
        self.draw_box(ui, frame, inner);
        match &self.outcome {
            Outcome::Hits { .. } => self.draw_hits(ui, frame, found),
            _ => self.draw_below(ui, frame, found),
        }
    }

    fn draw_box(&self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let width = usize::from(area.width).saturating_sub(3).max(1);
        let scroll = self.input.visual_scroll(width);
        let shown = self.shown();
        let text = if shown.is_empty() {
            ui.span(Role::Dim, ui.t("ui-search-welcome"))
        } else {
            ui.span(
                Role::Aloud,
                shown.chars().skip(scroll).take(width).collect::<String>(),
            )
        };
        let (sign, role, said) = self.said(ui);
        let lines = vec![
            Line::from(vec![ui.span(Role::Key, "> "), text]),
            Line::from(ui.span(role, cut(&format!("{sign} {said}"), usize::from(area.width)))),
        ];
        let [_, body] = area.layout(&Layout::vertical([Constraint::Length(0), Constraint::Min(0)]));
        frame.render_widget(Paragraph::new(lines), body);
        let cursor = self.input.visual_cursor().saturating_sub(scroll).min(width);
        let x = body.x + 2 + u16::try_from(cursor).unwrap_or(0);
        frame.set_cursor_position(Position::new(x, body.y));
    }

    /// What is said about the text while it is typed.
    fn said(&self, ui: &Ui) -> (&'static str, Role, String) {
        let words = ui.words();
        if let Some(seconds) = self.waiting(ui.now) {
            let n = i64::try_from(seconds).unwrap_or(0);
            return (" ", Role::Dim, words.with("ui-search-asking", &[("n", n.into())]));
        }
        if self.outcome == Outcome::Nobody {
            return (" ", Role::Dim, String::new());
        }
        let count = |n: usize| i64::try_from(n).unwrap_or(0).into();
        match self.typed() {
            Typed::Nothing => (" ", Role::Dim, String::new()),
            Typed::Iin(_) => (
                " ",
                Role::Dim,
                words.with("ui-search-digits", &[("n", 12_u32.into())]),
            ),
            Typed::Digits(n) => (" ", Role::Dim, words.with("ui-search-digits", &[("n", count(n))])),
            Typed::CheckDigit => ("x", Role::Bad, words.t("ui-search-check-digit")),
            Typed::TooLong(n) => (
                "x",
                Role::Bad,
                words.with("ui-search-too-long", &[("n", count(n))]),
            ),
            Typed::PhoneDigits(n) => (
                " ",
                Role::Dim,
                words.with("ui-search-phone-digits", &[("n", count(n))]),
            ),
            Typed::Phone(_) => ("+", Role::Good, words.t("ui-search-phone")),
            Typed::Name { .. } => ("+", Role::Good, words.t("ui-search-name")),
            Typed::ShortName => (" ", Role::Warn, words.t("ui-search-short-name")),
            Typed::NameOnly => (" ", Role::Warn, words.t("ui-search-add-date")),
            Typed::Unclear => ("?", Role::Warn, words.t("ui-search-unclear")),
        }
    }

    fn draw_below(&self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let lines = match self.outcome {
            Outcome::Nobody => {
                let asked = match self.unseen {
                    Some(Query::Phone(phone)) => Typed::Phone(phone),
                    _ => self.typed(),
                };
                nobody(ui, &asked, self.is_one_short(), area.width)
            }
            _ if self.input.value().is_empty() => welcome(ui),
            _ => {
                let width = usize::from(area.width).saturating_sub(2);
                let meant = self.meant(ui).map(|text| wrap(&text, width)).unwrap_or_default();
                let lines = meant.into_iter();
                lines.map(|line| Line::from(ui.span(Role::Text, line))).collect()
            }
        };
        frame.render_widget(Paragraph::new(lines), indent(area));
    }

    fn draw_hits(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let Outcome::Hits { hits, chosen, .. } = &self.outcome else {
            return;
        };
        let n = i64::try_from(hits.len()).unwrap_or(0);
        let title = ui.words().with("ui-search-hits", &[("n", n.into())]);
        let page = usize::from(area.height).saturating_sub(2);
        self.scroll.show(*chosen, page);
        let content = hit_list(ui, hits, *chosen, usize::from(area.width).saturating_sub(2));
        scrolled(
            ui,
            frame,
            area,
            vec![ui.span(Role::Focus, title)],
            content,
            &mut self.scroll,
        );
    }
}
