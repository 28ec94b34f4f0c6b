//! Screens of the console without a terminal: as text for a transcript, as SVG for a page. They are made by the same
//! application that an operator uses, fed with the same keys, so they cannot go stale.

mod svg;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use saqta_data::clock::Clock;
use saqta_data::desk::Desk;
use saqta_data::iin::Iin;
use saqta_data::language::Language;

use crate::app::App;
use crate::console::{ConsoleError, Options};
use crate::keymap::key::Key;
use crate::message::{Job, Message};
use crate::theme::ThemeChoice;
use crate::worker::{self, World};

/// The most questions that one step may lead to: a search that leads to a card that leads to the count of look-ups.
const MAX_ROUNDS: usize = 8;

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

/// A console without a terminal whose questions are answered on the spot.
pub(crate) struct Offscreen {
    app: App,
    world: World,
    clock: Clock,
    theme: ThemeChoice,
    size: (u16, u16),
    /// What was copied last.
    pub(crate) clipboard: Option<String>,
    /// The operator left.
    pub(crate) ended: bool,
}

impl Offscreen {
    /// A console at its first frame.
    pub(crate) async fn open(
        desk: Arc<dyn Desk>,
        options: &Options,
        size: (u16, u16),
    ) -> Result<Self, ConsoleError> {
        let ui = options.ui()?;
        let theme = ui.theme;
        let (app, jobs) = App::new(ui);
        let mut screen = Self {
            app,
            world: World {
                desk,
                outside: options.outside.clone(),
            },
            clock: options.clock.clone(),
            theme,
            size,
            clipboard: None,
            ended: false,
        };
        screen.carry_out(jobs).await;
        Ok(screen)
    }

    /// Presses a key.
    pub(crate) async fn press(&mut self, code: KeyCode) {
        self.key(KeyEvent::new(code, KeyModifiers::NONE)).await;
    }

    /// Presses a key with its modifiers.
    pub(crate) async fn key(&mut self, key: KeyEvent) {
        self.message(Message::Key(key)).await;
    }

    /// Types a text letter by letter.
    pub(crate) async fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.press(KeyCode::Char(c)).await;
        }
    }

    /// Types what is written: characters as they are, other keys by their names, as `<Enter>` or `<Alt-5>`.
    pub(crate) async fn play(&mut self, keys: &str) {
        let mut rest = keys.chars();
        while let Some(c) = rest.next() {
            let named = rest.as_str().split_once('>').filter(|_| c == '<');
            match named.and_then(|(name, behind)| Some((Key::parse(name)?, behind))) {
                Some((key, behind)) => {
                    self.key(key.event()).await;
                    rest = behind.chars();
                }
                None => self.press(KeyCode::Char(c)).await,
            }
        }
    }

    /// Takes a message at the clock's time.
    pub(crate) async fn message(&mut self, message: Message) {
        let jobs = self.app.update(Message::Tick(self.clock.now()));
        self.carry_out(jobs).await;
        let jobs = self.app.update(message);
        self.carry_out(jobs).await;
    }

    /// Turns the answer to read aloud to `language`.
    async fn read_in(&mut self, language: Language) {
        for _ in Language::ALL {
            if self.app.reading_language() == Some(language) {
                return;
            }
            self.press(KeyCode::F(6)).await;
        }
    }

    async fn carry_out(&mut self, jobs: Vec<Job>) {
        let mut jobs = jobs;
        for _ in 0..MAX_ROUNDS {
            let mut next = Vec::new();
            for job in std::mem::take(&mut jobs) {
                match job {
                    Job::Ask(ask) => {
                        let answer = worker::answer(self.world.clone(), ask).await;
                        next.extend(self.app.update(Message::Answer(answer)));
                    }
                    Job::Quit => self.ended = true,
                    Job::Copy(text) => self.clipboard = Some(text),
                    Job::Redraw | Job::Mouse(_) | Job::Suspend | Job::Resume(_) => {}
                }
            }
            jobs = next;
        }
    }

    /// Where the cursor stands.
    #[cfg(test)]
    pub(crate) fn cursor(&mut self) -> (u16, u16) {
        use ratatui::backend::Backend as _;
        let (width, height) = self.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let at = terminal.backend_mut().get_cursor_position().unwrap();
        (at.x, at.y)
    }

    /// The screen as it is now.
    pub(crate) fn picture(&mut self) -> Result<Picture, ConsoleError> {
        let (width, height) = self.size;
        let backend = TestBackend::new(width, height);
        let mut terminal = Terminal::new(backend).map_err(never_fails)?;
        terminal.draw(|frame| self.app.draw(frame)).map_err(never_fails)?;
        Ok(Picture {
            buffer: terminal.backend().buffer().clone(),
            theme: self.theme,
        })
    }
}

/// Drawing into memory does not fail; the type of its error says so.
fn never_fails(error: std::convert::Infallible) -> ConsoleError {
    match error {}
}
