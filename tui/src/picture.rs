//! Screens of the console without a terminal: as text for a transcript, as SVG for a page. They are made by the same
//! application that an operator uses, fed with the same keys, so they cannot go stale.

mod svg;

use std::sync::Arc;

use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use saqta_data::desk::Desk;
use saqta_data::iin::Iin;
use saqta_data::language::Language;

use crate::console::{ConsoleError, Options};
use crate::offscreen::Offscreen;
use crate::theme::ThemeChoice;

/// What to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// The empty search box.
    Search,
    /// The card of a person.
    Card {
        /// The person.
        iin: Iin,
        /// The caller is verified: the whole answer is read aloud.
        verified: bool,
        /// The language of the answer to read aloud.
        reading: Language,
    },
    /// What these keys lead to from the empty search box: characters as they are, other keys by their names, as
    /// `<Enter>` or `<Alt-5>`.
    Keys(&'static str),
}

/// A screen of the console.
#[derive(Clone, Debug)]
pub struct Picture {
    buffer: Buffer,
    theme: ThemeChoice,
}

impl Picture {
    /// What was drawn into `buffer`.
    pub(crate) const fn new(buffer: Buffer, theme: ThemeChoice) -> Self {
        Self { buffer, theme }
    }

    /// The screen as lines of text, without spaces at their ends.
    #[must_use]
    pub fn text(&self) -> String {
        let width = usize::from(self.buffer.area.width).max(1);
        let mut text = String::new();
        for row in self.buffer.content.chunks(width) {
            let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The looks of the screen: for every run of one style its place, its text and its style.
    #[cfg(test)]
    pub(crate) fn looks(&self) -> String {
        use std::fmt::Write as _;
        let width = usize::from(self.buffer.area.width).max(1);
        let mut lines = String::new();
        for (y, row) in self.buffer.content.chunks(width).enumerate() {
            for run in row.chunk_by(|a, b| a.style() == b.style()) {
                let text: String = run.iter().map(ratatui::buffer::Cell::symbol).collect();
                let (fg, bg, modifier) = (run[0].fg, run[0].bg, run[0].modifier);
                if !text.trim().is_empty() {
                    let text = text.trim();
                    writeln!(lines, "{y:2} {fg:?}/{bg:?}/{modifier:?} {text}").unwrap();
                }
            }
        }
        lines
    }

    /// True if any cell has a colour of its own.
    #[cfg(test)]
    pub(crate) fn has_colours(&self) -> bool {
        use ratatui::style::Color::Reset;
        self.buffer
            .content
            .iter()
            .any(|cell| (cell.fg, cell.bg) != (Reset, Reset))
    }

    /// The screen as an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        svg::render(&self.buffer, self.theme)
    }
}

/// The screen of `scene` at `size` columns and rows, drawn from what `desk` answers.
///
/// # Errors
/// Texts or keys that cannot be used.
pub async fn picture(
    desk: Arc<dyn Desk>,
    options: &Options,
    scene: Scene,
    size: (u16, u16),
) -> Result<Picture, ConsoleError> {
    let mut screen = Offscreen::open(desk, options, size).await?;
    match scene {
        Scene::Search => {}
        Scene::Card {
            iin,
            verified,
            reading,
        } => {
            screen.type_text(&iin.reveal()).await;
            if verified {
                screen.press(KeyCode::F(7)).await;
            }
            screen.read_in(reading).await;
        }
        Scene::Keys(keys) => screen.play(keys).await,
    }
    screen.picture()
}

/// Drawing into memory does not fail; the type of its error says so.
pub(crate) fn never_fails(error: std::convert::Infallible) -> ConsoleError {
    match error {}
}
