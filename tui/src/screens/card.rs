//! The card of a person: the answer to read aloud, why it is so, the months, and one part after another of what is
//! known.

mod sections;
mod strip;
mod top;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use saqta_data::clock::Timestamp;
use saqta_data::desk::Card;
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::period::Period;

use crate::action::Action;
use crate::effects::Effects;
use crate::layout::Shape;
use crate::message::{Purpose, Question};
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::cut;
use crate::widgets::pane::{Content, Scroll, scrolled};

/// Cells at the end of a rule for `12-18/24` and its spaces.
const ROOM_FOR_LINE_NUMBERS: usize = 12;

/// The keys worth a place in the footer.
pub(crate) const HINTS: &[Action] = &[
    Action::NextCaller,
    Action::Verify,
    Action::ReadingLanguage,
    Action::NextSection,
    Action::NextMonth,
    Action::Reveal,
    Action::Refresh,
    Action::Help,
    Action::Quit,
];

/// A part of the card that can have the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Payments of the window, or of the month chosen.
    Payments,
    /// Unpaid months.
    Debt,
    /// Who it is.
    Person,
    /// Where they are attached.
    Clinic,
    /// Phones ever bound.
    Phones,
    /// Who asked lately.
    Asked,
}

impl Section {
    /// Every part, in the order of the focus.
    const ALL: [Self; 6] = [
        Self::Payments,
        Self::Debt,
        Self::Person,
        Self::Clinic,
        Self::Phones,
        Self::Asked,
    ];

    const fn title_key(self) -> &'static str {
        match self {
            Self::Payments => "ui-section-payments",
            Self::Debt => "ui-section-debt",
            Self::Person => "ui-section-person",
            Self::Clinic => "ui-section-clinic",
            Self::Phones => "ui-section-phones",
            Self::Asked => "ui-section-asked",
        }
    }
}

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
    scrolls: [Scroll; 6],
    /// The month whose payments alone are shown, by its place in the window.
    month: Option<usize>,
    /// When the desk was asked again, if it has not answered.
    asked_again: Option<Timestamp>,
}

impl State {
    /// A card just opened: the caller is not verified; the answer is in the language that a bound phone chose, else
    /// in the operator's.
    pub(crate) fn new(card: Card, ui_language: Language) -> Self {
        let chosen = card.phones.iter().find_map(|phone| {
            let holds = phone.binding.holds_on(card.coverage.day);
            phone.language.filter(|_| holds)
        });
        Self {
            card,
            reading: chosen.unwrap_or(ui_language),
            verified: false,
            focus: Section::Payments,
            scrolls: [Scroll::default(); 6],
            month: None,
            asked_again: None,
        }
    }

    /// Newer facts about the same person; how they are looked at stays.
    pub(crate) fn replace(&mut self, card: Card) {
        self.card = card;
        self.asked_again = None;
        self.month = self.month.filter(|at| *at < self.card.coverage.months.len());
    }

    /// The person.
    pub(crate) const fn iin(&self) -> Iin {
        self.card.person.iin
    }

    /// The language of the answer to read aloud.
    pub(crate) const fn reading(&self) -> Language {
        self.reading
    }

    /// True if the operator has checked who calls.
    #[cfg(test)]
    pub(crate) const fn is_verified(&self) -> bool {
        self.verified
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
            Action::Verify => self.verified = !self.verified,
            Action::NextSection => self.move_focus(1),
            Action::PreviousSection => self.move_focus(Section::ALL.len() - 1),
            Action::NextMonth => self.move_month(1),
            Action::PreviousMonth => self.move_month(self.card.coverage.months.len()),
            Action::Refresh => {
                self.asked_again = Some(ui.now);
                return Effects::ask(Purpose::Caller, Question::Card(self.iin()));
            }
            other => {
                self.scroll(self.focus).act(other);
            }
        }
        Effects::none()
    }

    fn move_focus(&mut self, steps: usize) {
        let places = Section::ALL.iter().cycle();
        let from = places.skip_while(|section| **section != self.focus);
        self.focus = from.copied().nth(steps).unwrap_or(Section::Payments);
    }

    /// Goes round the months of the window and "all of them" (`None`), which lies between the last and the first.
    fn move_month(&mut self, steps: usize) {
        let months = self.card.coverage.months.len();
        let stop = self.month.unwrap_or(months);
        let next = (stop + steps) % (months + 1);
        self.month = (next < months).then_some(next);
        self.focus = Section::Payments;
        self.scroll(Section::Payments).reset();
    }

    fn scroll(&mut self, section: Section) -> &mut Scroll {
        let [payments, debt, person, clinic, phones, asked] = &mut self.scrolls;
        match section {
            Section::Payments => payments,
            Section::Debt => debt,
            Section::Person => person,
            Section::Clinic => clinic,
            Section::Phones => phones,
            Section::Asked => asked,
        }
    }

    fn chosen_month(&self) -> Option<Period> {
        let month = self.card.coverage.months.get(self.month?)?;
        Some(month.period)
    }

    /// Draws the card.
    pub(crate) fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, shape: Shape) {
        let compact = shape == Shape::Narrow { compact: true };
        let width = usize::from(area.width).saturating_sub(2);
        let aloud = top::aloud(ui, &self.card, self.reading, self.verified, width);
        let why = top::why(ui, &self.card, width, compact);
        let height = |lines: usize| Constraint::Length(u16::try_from(lines).unwrap_or(u16::MAX));
        let [name_at, aloud_at, why_at, months_at, rest] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            height(aloud.len() + 1),
            height(why.len() + usize::from(!compact)),
            Constraint::Length(strip::height(compact)),
            Constraint::Min(0),
        ]));
        frame.render_widget(Paragraph::new(top::who(ui, &self.card, width)), name_at);
        top::draw_aloud(
            ui,
            frame,
            aloud_at,
            &self.card,
            (self.reading, self.verified),
            aloud,
        );
        top::draw_why(ui, frame, why_at, &self.card, why, compact);
        strip::draw(ui, frame, months_at, &self.card.coverage, self.month, compact);
        if shape == Shape::Wide {
            self.draw_all(ui, frame, rest);
        } else {
            self.draw_focused(ui, frame, rest);
        }
    }

    /// The part that has the focus, under the titles of all, or under its own and its number where they do not fit.
    fn draw_focused(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let mut titles = Vec::new();
        let mut focus = Vec::new();
        for (section, number) in Section::ALL.into_iter().zip(1..) {
            if !titles.is_empty() {
                titles.push(Span::raw("  "));
            }
            if section == self.focus {
                let title = ui.span(Role::Focus, format!("[{}]", self.title(ui, section)));
                focus.push(title.clone());
                let count = Section::ALL.len();
                focus.push(ui.span(Role::Dim, format!("  {number}/{count}")));
                titles.push(title);
            } else {
                titles.push(ui.span(Role::Dim, ui.t(section.title_key())));
            }
        }
        let used: usize = titles.iter().map(Span::width).sum();
        let fits = used + ROOM_FOR_LINE_NUMBERS <= usize::from(area.width);
        let title = if fits { titles } else { focus };
        let content = self.content(ui, self.focus, area.width);
        scrolled(ui, frame, area, title, content, self.scroll(self.focus));
    }

    /// All parts side by side.
    fn draw_all(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let columns = Layout::horizontal([Constraint::Fill(6), Constraint::Fill(5)]).spacing(1);
        let [left, right] = area.layout(&columns);
        let rows = |section, width, least: u16, most: u16| {
            let content = self.content(ui, section, width);
            let rows = content.lines.len() + usize::from(content.head.is_some());
            // One more for the rule, one left free below.
            let rows = u16::try_from(rows + 2).unwrap_or(most);
            Constraint::Length(rows.clamp(least, most))
        };
        let debt_rows = rows(Section::Debt, left.width, 4, left.height / 2);
        let [payments, debt] = left.layout(&Layout::vertical([Constraint::Min(4), debt_rows]));
        let [person, clinic, phones, asked] = right.layout(&Layout::vertical([
            rows(Section::Person, right.width, 5, 9),
            rows(Section::Clinic, right.width, 3, 6),
            rows(Section::Phones, right.width, 3, 5),
            Constraint::Min(4),
        ]));
        let areas = [payments, debt, person, clinic, phones, asked];
        for (section, area) in Section::ALL.into_iter().zip(areas) {
            let title = if section == self.focus {
                ui.span(Role::Focus, format!("[{}]", self.title(ui, section)))
            } else {
                ui.span(Role::Text, self.title(ui, section))
            };
            let content = self.content(ui, section, area.width);
            scrolled(ui, frame, area, vec![title], content, self.scroll(section));
        }
    }

    fn title(&self, ui: &Ui, section: Section) -> String {
        let title = ui.t(section.title_key());
        match self.chosen_month().filter(|_| section == Section::Payments) {
            Some(month) => format!("{title} {}", crate::words::period(month)),
            None => title,
        }
    }

    fn content(&self, ui: &Ui, section: Section, width: u16) -> Content {
        let width = usize::from(width).saturating_sub(2);
        let mut content = match section {
            Section::Payments => sections::payments(ui, &self.card, self.chosen_month(), width),
            Section::Debt => sections::debt(ui, &self.card, width),
            Section::Person => sections::person(ui, &self.card, width),
            Section::Clinic => sections::clinic(ui, &self.card, width),
            Section::Phones => sections::phones(ui, &self.card, width),
            Section::Asked => sections::asked(ui, &self.card, width),
        };
        if content.lines.is_empty() {
            content.lines.push(Line::from(cut("-", width)));
        }
        content
    }
}
