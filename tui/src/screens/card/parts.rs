//! The parts of a card that can have the focus, one at a time or all side by side.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::{State, sections};
use crate::action::Action;
use crate::keymap::Place;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::cut;
use crate::widgets::pane::{Content, scrolled};

/// Cells at the end of a rule for `12-18/24` and its spaces.
const ROOM_FOR_LINE_NUMBERS: usize = 12;

/// A part of the card that can have the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
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
    /// What operators noted.
    Notes,
    /// Who asked lately.
    Asked,
}

impl Section {
    /// Every part, in the order of the focus.
    pub(super) const ALL: [Self; 7] = [
        Self::Payments,
        Self::Debt,
        Self::Person,
        Self::Clinic,
        Self::Phones,
        Self::Notes,
        Self::Asked,
    ];

    pub(super) const fn title_key(self) -> &'static str {
        match self {
            Self::Payments => "ui-section-payments",
            Self::Debt => "ui-section-debt",
            Self::Person => "ui-section-person",
            Self::Clinic => "ui-section-clinic",
            Self::Phones => "ui-section-phones",
            Self::Notes => "ui-section-notes",
            Self::Asked => "ui-section-asked",
        }
    }
}

/// Where the titles of all parts stand on the rule at the top of `area`: every second span is one, behind a space.
fn places(titles: &[Span<'static>], area: Rect) -> Vec<(Rect, Section)> {
    let mut x = area.x.saturating_add(1);
    let mut places = Vec::new();
    for (at, span) in titles.iter().enumerate() {
        let width = u16::try_from(span.width()).unwrap_or(u16::MAX);
        let place = Rect {
            x,
            width,
            height: 1.min(area.height),
            ..area
        };
        if let Some(section) = Section::ALL.get(at / 2).filter(|_| at % 2 == 0) {
            places.push((place.intersection(area), *section));
        }
        x = x.saturating_add(width);
    }
    places
}

impl State {
    /// The part that has the focus, under the titles of all, or under its own and its number where they do not fit.
    pub(super) fn draw_focused(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
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
                focus.push(ui.span(Role::Dim, format!("  {number}/{count}  ")));
                focus.extend(ui.keys_hint(Place::Card, &[Action::NextSection]));
                titles.push(title);
            } else {
                titles.push(ui.span(Role::Dim, ui.t(section.title_key())));
            }
        }
        let used: usize = titles.iter().map(Span::width).sum();
        let fits = used + ROOM_FOR_LINE_NUMBERS <= usize::from(area.width);
        let title = if fits {
            self.drawn.titles = places(&titles, area);
            titles
        } else {
            focus
        };
        let content = self.content(ui, self.focus, area.width);
        self.show_asked(area);
        scrolled(ui, frame, area, title, content, self.scroll(self.focus));
    }

    /// All parts side by side.
    pub(super) fn draw_all(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
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
        let [person, clinic, phones, notes, asked] = right.layout(&Layout::vertical([
            rows(Section::Person, right.width, 5, 8),
            rows(Section::Clinic, right.width, 3, 5),
            rows(Section::Phones, right.width, 3, 5),
            rows(Section::Notes, right.width, 2, 4),
            Constraint::Min(3),
        ]));
        self.show_asked(asked);
        let areas = [payments, debt, person, clinic, phones, notes, asked];
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

    pub(super) fn content(&self, ui: &Ui, section: Section, width: u16) -> Content {
        let width = usize::from(width).saturating_sub(2);
        let mut content = match section {
            Section::Payments => sections::payments(ui, &self.card, self.chosen_month(), width),
            Section::Debt => sections::debt(ui, &self.card, self.law.as_deref(), width),
            Section::Person => sections::person(ui, &self.card, width),
            Section::Clinic => sections::clinic(ui, &self.card, width),
            Section::Phones => sections::phones(ui, &self.card, width),
            Section::Notes => sections::notes(ui, &self.card, width),
            Section::Asked => sections::asked(ui, &self.card, self.chosen_asked(), width),
        };
        if content.lines.is_empty() {
            content.lines.push(Line::from(cut("-", width)));
        }
        content
    }
}
