//! The imports of registries: running and finished ones.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Reply};
use crate::screens::Screen;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::pane::{Content, Scroll, scrolled};

/// What is shown and how far it is scrolled.
#[derive(Debug, Default)]
pub(crate) struct State {
    scroll: Scroll,
}

impl Screen for State {
    fn place(&self) -> Place {
        Place::Imports
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Refresh, Action::Back, Action::Help, Action::Quit]
    }

    fn on_action(&mut self, action: Action, _: &Ui) -> Effects {
        self.scroll.act(action);
        Effects::none()
    }

    fn on_reply(&mut self, _: Purpose, _: Reply, _: &Ui) -> Effects {
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, _: Shape) {
        let title = vec![ui.span(Role::Title, ui.t("ui-imports"))];
        let content = Content::sentence(ui, "ui-imports-waiting");
        scrolled(ui, frame, area, title, content, &mut self.scroll);
    }
}
