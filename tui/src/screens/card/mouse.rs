//! Clicks on a card: a month or a year, a part, a line of what is open. The first click chooses, the second one opens
//! or marks.

use ratatui::layout::{Position, Rect};

use super::State;
use super::parts::Section;
use super::strip::Stop;
use super::view::View;
use crate::action::Action;
use crate::effects::Effects;
use crate::ui::Ui;

/// Where the parts of a card stand that can be clicked, beside lines, which know it themselves.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// The months and years of the strip.
    pub(super) stops: Vec<(Rect, Stop)>,
    /// The titles of parts that are not shown.
    pub(super) titles: Vec<(Rect, Section)>,
}

/// What stands at `at`.
fn hit<T: Copy>(places: &[(Rect, T)], at: Position) -> Option<T> {
    places
        .iter()
        .find_map(|(place, what)| place.contains(at).then_some(*what))
}

impl State {
    /// A click.
    pub(crate) fn on_click(&mut self, at: Position, ui: &Ui) -> Effects {
        if matches!(self.view, View::Sections)
            && let Some(line) = self.scroll(Section::Asked).line_at(at)
            && line < self.card.asked.len()
        {
            return self.click_asked(line);
        }
        if self.choose(at) {
            return self.move_in_view(Action::Mark, ui);
        }
        Effects::none()
    }

    /// Chooses what stands there, or opens it; true if the month chosen is to be marked.
    fn choose(&mut self, at: Position) -> bool {
        if let Some(stop) = hit(&self.drawn.stops, at) {
            if self.cursor == Some(stop) {
                self.open();
            } else {
                self.put_cursor(Some(stop));
            }
            return false;
        }
        if let Some(section) = hit(&self.drawn.titles, at) {
            self.focus = section;
            return false;
        }
        if matches!(self.view, View::Sections) {
            let mut parts = Section::ALL.into_iter().zip(&self.scrolls);
            let clicked = parts.find_map(|(section, scroll)| scroll.holds(at).then_some(section));
            self.focus = clicked.unwrap_or(self.focus);
            return false;
        }
        let again = match &mut self.view {
            View::WhatIf(state, scroll) => match scroll.line_at(at) {
                Some(line) => state.put_cursor(line),
                None => return false,
            },
            View::Detail {
                month_of_year,
                scroll,
            } if matches!(self.cursor, Some(Stop::Year(_))) => match scroll.line_at(at) {
                Some(line) => std::mem::replace(month_of_year, line) == line,
                None => return false,
            },
            _ => return false,
        };
        let marks = matches!(self.view, View::WhatIf(..));
        if again && !marks {
            self.open();
        }
        again && marks
    }
}
