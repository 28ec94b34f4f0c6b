//! How the whole is drawn: the frame, the screen that is open, and what lies over it.

use ratatui::Frame;

use super::App;
use crate::layout::{Rows, Shape};
use crate::overlay::Overlay;
use crate::theme::Role;
use crate::widgets::frame;

impl App {
    /// Draws the screen.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let shape = Shape::of(area);
        self.targets.clear();
        self.hidden = shape == Shape::TooSmall;
        if self.hidden {
            frame::too_small(&self.ui, frame, area);
            return;
        }
        let ui = &self.ui;
        let notice = self.notice.said(ui);
        let said = frame::said(notice.as_ref(), area.width);
        let rows = Rows::of(area, said.len());
        self.targets = frame::header(ui, frame, rows.header, self.tab, self.away);
        let role = notice.map_or(Role::Text, |(role, _)| role);
        let named_above = frame::names_operator(ui, rows.header, self.tab, self.away);
        frame::status(ui, frame, rows.status, (role, &said), named_above);
        let overlay_hints = self.overlay.as_ref().map(Overlay::hints);
        let hints = overlay_hints.unwrap_or_else(|| self.screen().hints());
        let footer = frame::footer(ui, frame, rows.footer, self.place(), hints);
        self.targets.extend(footer);
        self.screens.get_mut(self.tab).draw(ui, frame, rows.body, shape);
        if let Some(overlay) = &mut self.overlay {
            overlay.draw(ui, frame, rows.body);
        }
    }
}
