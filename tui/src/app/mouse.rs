//! The mouse: a click does what the key would do that stands there, or chooses what was drawn there; the wheel moves
//! as the arrows do.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::App;
use crate::action::Action;
use crate::message::Job;

/// Lines that a notch of the wheel moves.
const NOTCH: usize = 3;

impl App {
    /// A click or a notch of the wheel; nothing else of the mouse means anything.
    pub(super) fn on_mouse(&mut self, mouse: MouseEvent) -> Vec<Job> {
        if !self.ui.mouse {
            return Vec::new();
        }
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                self.notice.read();
                self.on_click(Position::new(mouse.column, mouse.row))
            }
            MouseEventKind::ScrollUp => self.on_wheel(Action::Up),
            MouseEventKind::ScrollDown => self.on_wheel(Action::Down),
            _ => Vec::new(),
        }
    }

    fn on_click(&mut self, at: Position) -> Vec<Job> {
        let mut targets = self.targets.iter();
        let target = targets.find_map(|(place, action)| place.contains(at).then_some(*action));
        match (target, &mut self.overlay) {
            (Some(action), None) => self.act(action),
            (Some(action), Some(_)) => self.act_over(action),
            (None, Some(overlay)) => {
                let outcome = overlay.on_click(at, &self.ui);
                self.conclude(outcome)
            }
            (None, None) => self.on_screen(|screen, ui| screen.on_click(at, ui)),
        }
    }

    fn on_wheel(&mut self, action: Action) -> Vec<Job> {
        let mut jobs = Vec::new();
        for _ in 0..NOTCH {
            jobs.extend(match &mut self.overlay {
                None => self.on_screen(|screen, ui| screen.on_action(action, ui)),
                Some(overlay) => {
                    let outcome = overlay.on_action(action, &self.ui);
                    self.conclude(outcome)
                }
            });
        }
        jobs
    }
}
