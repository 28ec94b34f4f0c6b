//! Clicks on a card: a month or a year, a part, a line of what is open. The first click chooses, the second one opens
//! or marks.

use ratatui::layout::{Position, Rect};

use super::State;
use super::parts::Section;
use super::strip::Stop;
use super::view::View;
use crate::action::Action;
use crate::effects::Effects;

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
    pub(crate) fn on_click(&mut self, at: Position) -> Effects {
        if matches!(self.view, View::Sections)
            && let Some(line) = self.scroll(Section::Asked).line_at(at)
            && line < self.card.asked.len()
        {
            return self.click_asked(line);
        }
        self.choose(at);
        Effects::none()
    }

    fn choose(&mut self, at: Position) {
        if let Some(stop) = hit(&self.drawn.stops, at) {
            if self.cursor == Some(stop) {
                self.open();
            } else {
                self.put_cursor(Some(stop));
            }
            return;
        }
        if let Some(section) = hit(&self.drawn.titles, at) {
            self.focus = section;
            return;
        }
        if matches!(self.view, View::Sections) {
            let mut parts = Section::ALL.into_iter().zip(&self.scrolls);
            let clicked = parts.find_map(|(section, scroll)| scroll.holds(at).then_some(section));
            self.focus = clicked.unwrap_or(self.focus);
            return;
        }
        let again = match &mut self.view {
            View::WhatIf(state, scroll) => match scroll.line_at(at) {
                Some(line) => state.put_cursor(line),
                None => return,
            },
            View::Detail {
                month_of_year,
                scroll,
            } if matches!(self.cursor, Some(Stop::Year(_))) => match scroll.line_at(at) {
                Some(line) => std::mem::replace(month_of_year, line) == line,
                None => return,
            },
            _ => return,
        };
        if again && matches!(self.view, View::WhatIf(..)) {
            self.move_in_view(Action::Mark);
        } else if again {
            self.open();
        }
    }
}
