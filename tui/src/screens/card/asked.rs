//! Who asked about the person: a line can be chosen, and opens as the citizen saw it.

use ratatui::layout::Rect;

use super::State;
use super::parts::Section;
use super::view::View;
use crate::action::Action;
use crate::effects::{Effect, Effects};

impl State {
    /// True if Enter would look up what was said at a line.
    pub(crate) fn opens_exchange(&self) -> bool {
        self.chosen_asked().is_some()
    }

    /// The line chosen, while this part has the focus.
    pub(super) fn chosen_asked(&self) -> Option<usize> {
        let has_focus = self.focus == Section::Asked && matches!(self.view, View::Sections);
        let last = self.card.asked.len().checked_sub(1).filter(|_| has_focus)?;
        Some(self.asked_at.min(last))
    }

    /// A movement among the lines; false if they have not the focus.
    pub(super) fn move_in_asked(&mut self, action: Action) -> bool {
        let Some(at) = self.chosen_asked() else {
            return false;
        };
        let (scroll, lines) = (*self.scroll(Section::Asked), self.card.asked.len());
        self.asked_at = scroll.choose(action, at, lines, 1);
        true
    }

    /// The line chosen as the citizen saw it.
    pub(super) fn open_asked(&self) -> Option<Effects> {
        let line = self.card.asked.get(self.chosen_asked()?)?;
        Some(Effects::none().with(Effect::OpenExchange(Box::new(line.clone()))))
    }

    /// A click on a line: the first chooses it, the second opens it.
    pub(super) fn click_asked(&mut self, line: usize) -> Effects {
        let again = self.chosen_asked() == Some(line);
        self.focus = Section::Asked;
        self.asked_at = line;
        let opened = self.open_asked().filter(|_| again);
        opened.unwrap_or_default()
    }

    /// Scrolls so that the line chosen is seen in `area`.
    pub(super) fn show_asked(&mut self, area: Rect) {
        if let Some(at) = self.chosen_asked() {
            let page = usize::from(area.height).saturating_sub(1);
            self.scroll(Section::Asked).show(at, page);
        }
    }
}
