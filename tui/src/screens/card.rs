//! The card of a person: the answer to read aloud, why it is so, the months, and one part after another of what is
//! known.

mod asked;
mod detail;
mod export;
mod mouse;
mod outlook;
mod parts;
mod sections;
mod strip;
mod top;
mod view;
mod what_if;
mod years;

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::NaiveDate;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use ratatui::widgets::Paragraph;
use saqta_data::clock::Timestamp;
use saqta_data::desk::Card;
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::period::Period;
use saqta_data::phone::Msisdn;

use crate::action::Action;
use crate::effects::Effects;
use crate::layout::Shape;
use crate::message::{Purpose, Question};
use crate::reading;
use crate::ui::Ui;
use crate::widgets::pane::Scroll;
use crate::words::{Words, date};
use mouse::Drawn;
use outlook::Outlook;
use parts::Section;
use strip::Stop;
use view::View;

/// A card and how it is looked at.
#[derive(Debug)]
pub(crate) struct State {
    card: Card,
    /// The language of the answer to read aloud.
    reading: Language,
    /// The operator has checked who calls.
    verified: bool,
    focus: Section,
    /// One for each part, in the order of [`Section::ALL`].
    scrolls: [Scroll; 7],
    /// The line chosen among those who asked.
    asked_at: usize,
    /// The month whose payments alone are shown, or the year that Enter opens.
    cursor: Option<Stop>,
    view: View,
    law: Option<Arc<Law>>,
    outlook: Option<Outlook>,
    /// When the desk was asked again, if it has not answered.
    asked_again: Option<Timestamp>,
    drawn: Drawn,
}

impl State {
    /// A card just opened: the caller is not verified; the answer is in the language that a bound phone chose, else
    /// in the operator's.
    pub(crate) fn new(card: Card, ui_language: Language, law: Option<Arc<Law>>) -> Self {
        let mut state = Self {
            reading: phone_language(&card).unwrap_or(ui_language),
            card,
            verified: false,
            focus: Section::Payments,
            scrolls: [Scroll::default(); 7],
            asked_at: 0,
            cursor: None,
            view: View::Sections,
            law: None,
            outlook: None,
            asked_again: None,
            drawn: Drawn::default(),
        };
        state.judge_by(law);
        state
    }

    /// The law tables have come, or newer ones.
    pub(crate) fn judge_by(&mut self, law: Option<Arc<Law>>) {
        self.law = law;
        self.outlook = self.law.as_deref().map(|law| Outlook::of(&self.card, law));
    }

    /// Newer facts about the same person; how they are looked at stays.
    pub(crate) fn replace(&mut self, card: Card) {
        self.card = card;
        self.asked_again = None;
        let law = self.law.take();
        self.judge_by(law);
        let (years, months) = self.stops();
        self.cursor = self.cursor.filter(|stop| match stop {
            Stop::Year(at) => *at < years,
            Stop::Month(at) => *at < months,
        });
        // Months marked for the facts before would mislead.
        if self.cursor.is_none() || matches!(self.view, View::WhatIf(..)) {
            self.view = View::Sections;
        }
    }

    /// Years and months that the cursor goes through.
    fn stops(&self) -> (usize, usize) {
        let years = self.outlook.as_ref().map_or(0, |outlook| outlook.years.len());
        (years, self.card.coverage.months.len())
    }

    /// The person.
    pub(crate) const fn iin(&self) -> Iin {
        self.card.person.iin
    }

    /// The language of the answer to read aloud.
    pub(crate) const fn reading(&self) -> Language {
        self.reading
    }

    /// True if the operator has checked who calls, and the journal has it.
    pub(crate) const fn is_verified(&self) -> bool {
        self.verified
    }

    /// The journal has it that the caller is verified, or not any more.
    pub(crate) const fn verify(&mut self, verified: bool) {
        self.verified = verified;
    }

    /// True if the IIN is hidden from phones not bound to it.
    pub(crate) const fn is_locked(&self) -> bool {
        self.card.person.locked
    }

    /// The day of the card.
    pub(crate) const fn day(&self) -> NaiveDate {
        self.card.coverage.day
    }

    /// The phones bound to the person today, the newest first.
    pub(crate) fn bound_today(&self) -> Vec<Msisdn> {
        let today = self.day();
        let bound = self.card.phones.iter();
        let mut bound: Vec<_> = bound.filter(|phone| phone.binding.holds_on(today)).collect();
        bound.sort_by_key(|phone| (Reverse(phone.binding.bound_on), phone.msisdn));
        bound.into_iter().map(|phone| phone.msisdn).collect()
    }

    /// A bound phone in a form: masked whatever is shown, since the form stays open longer than that; since when, and its
    /// language.
    pub(crate) fn bound_as(&self, ui: &Ui, msisdn: Msisdn) -> String {
        let mut phones = self.card.phones.iter();
        let phone = phones.find(|phone| phone.msisdn == msisdn);
        let since = phone.map(|phone| {
            let day = date(phone.binding.bound_on);
            ui.words().with("ui-phone-bound", &[("date", day.into())])
        });
        let language = phone.and_then(|phone| phone.language).unwrap_or_default();
        let language = ui.t(&format!("ui-language-{}", language.code()));
        format!("{msisdn} {}, {language}", since.unwrap_or_default())
    }

    /// Who it is, for a form: the number masked, whatever is shown, and the name.
    pub(crate) fn who(&self) -> String {
        let identity = self.card.person.identity.as_ref();
        let name = identity.map(saqta_data::person::Identity::full_name);
        format!("{}  {}", self.iin(), name.unwrap_or_default())
    }

    /// The last four digits of the number.
    pub(crate) fn last_digits(&self) -> String {
        let number = self.iin().to_string();
        number.chars().filter(char::is_ascii_digit).collect()
    }

    /// Seconds since the desk was asked again, if it has not answered.
    pub(crate) fn waiting(&self, now: Timestamp) -> Option<u64> {
        self.asked_again.map(|since| now.since(since).as_secs())
    }

    /// The desk could not answer; what is shown stays.
    pub(crate) const fn on_failure(&mut self) {
        self.asked_again = None;
    }

    /// An action.
    pub(crate) fn on_action(&mut self, action: Action, ui: &Ui) -> Effects {
        match action {
            Action::ReadingLanguage => self.reading = self.reading.next(),
            Action::NextSection => self.move_focus(1),
            Action::PreviousSection => self.move_focus(Section::ALL.len() - 1),
            Action::NextMonth => self.move_cursor(Stop::next),
            Action::PreviousMonth => self.move_cursor(Stop::previous),
            Action::Open => match self.open_asked() {
                Some(opened) => return opened,
                None => self.open(),
            },
            Action::WhatIf => return self.what_if(ui),
            Action::Refresh => {
                self.asked_again = Some(ui.now);
                return Effects::ask(Purpose::Caller, Question::Card(self.iin()));
            }
            other if self.move_in_asked(other) => {}
            other => return self.move_in_view(other, ui),
        }
        Effects::none()
    }

    fn move_focus(&mut self, steps: usize) {
        let places = Section::ALL.iter().cycle();
        let from = places.skip_while(|section| **section != self.focus);
        self.focus = from.copied().nth(steps).unwrap_or(Section::Payments);
    }

    /// Goes through years and months; beyond either end nothing is chosen.
    fn move_cursor(&mut self, step: fn(Option<Stop>, usize, usize) -> Option<Stop>) {
        let (years, months) = self.stops();
        self.put_cursor(step(self.cursor, years, months));
    }

    fn put_cursor(&mut self, cursor: Option<Stop>) {
        self.cursor = cursor;
        self.focus = Section::Payments;
        self.scroll(Section::Payments).reset();
        self.view = match (&self.view, self.cursor) {
            (View::Detail { .. } | View::Month { .. }, Some(_)) => View::Detail {
                month_of_year: 0,
                scroll: Scroll::default(),
            },
            _ => View::Sections,
        };
    }

    fn scroll(&mut self, section: Section) -> &mut Scroll {
        let [payments, debt, person, clinic, phones, notes, asked] = &mut self.scrolls;
        match section {
            Section::Payments => payments,
            Section::Debt => debt,
            Section::Person => person,
            Section::Clinic => clinic,
            Section::Phones => phones,
            Section::Notes => notes,
            Section::Asked => asked,
        }
    }

    fn chosen_month(&self) -> Option<Period> {
        let Some(Stop::Month(at)) = self.cursor else {
            return None;
        };
        let month = self.card.coverage.months.get(at)?;
        Some(month.period)
    }

    /// Draws the card. What is opened on it takes the room of the rule and of the parts.
    pub(crate) fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, shape: Shape) {
        let compact = shape == Shape::Narrow { compact: true };
        let width = usize::from(area.width).saturating_sub(2);
        let aloud = top::aloud(&self.said(ui), width, compact);
        let why = if matches!(self.view, View::Sections) {
            top::why(
                ui,
                &self.card,
                self.outlook.as_ref(),
                width,
                (self.verified, compact),
            )
        } else {
            Vec::new()
        };
        let height = |lines: usize| Constraint::Length(u16::try_from(lines).unwrap_or(u16::MAX));
        let why_rows = why.len() + usize::from(!compact && !why.is_empty());
        let [name_at, aloud_at, why_at, months_at, rest] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            height(aloud.len() + 1),
            height(why_rows),
            Constraint::Length(strip::height(compact)),
            Constraint::Min(0),
        ]));
        frame.render_widget(Paragraph::new(top::who(ui, &self.card, width)), name_at);
        let why_reading = if phone_language(&self.card) == Some(self.reading) {
            Some("ui-card-aloud-phone")
        } else {
            (ui.language == self.reading).then_some("ui-card-aloud-console")
        };
        let aloud_in = (self.reading, why_reading, self.verified);
        top::draw_aloud(ui, frame, aloud_at, &self.card, aloud_in, aloud);
        if !why.is_empty() {
            top::draw_why(ui, frame, why_at, &self.card, why, (self.verified, compact));
        }
        let coverage = &self.card.coverage;
        self.drawn = Drawn {
            stops: strip::draw(
                ui,
                frame,
                months_at,
                coverage,
                self.outlook.as_ref(),
                (self.cursor, !matches!(self.view, View::Sections)),
                compact,
            ),
            titles: Vec::new(),
        };
        self.scrolls.iter_mut().for_each(Scroll::hide);
        match (&self.view, shape) {
            (View::Sections, Shape::Wide) => self.draw_all(ui, frame, rest),
            (View::Sections, _) => self.draw_focused(ui, frame, rest),
            _ => self.draw_view(ui, frame, rest),
        }
    }

    /// What the operator reads aloud: the answer, or to a verified caller what would come of paying.
    pub(crate) fn said(&self, ui: &Ui) -> String {
        let words = Words::new(&ui.texts, self.reading);
        match &self.view {
            View::WhatIf(state, _) if self.verified => state.aloud(words),
            _ => {
                let ahead = self
                    .outlook
                    .as_ref()
                    .and_then(|outlook| outlook.ways.ahead.as_ref());
                reading::aloud(words, &self.card, ahead, self.verified)
            }
        }
    }
}

/// The language that a phone bound today has chosen.
fn phone_language(card: &Card) -> Option<Language> {
    let mut bound = card
        .phones
        .iter()
        .filter(|phone| phone.binding.holds_on(card.coverage.day));
    bound.find_map(|phone| phone.language)
}
