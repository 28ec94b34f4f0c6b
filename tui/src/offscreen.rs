//! The console without a terminal, for pictures and for tests that type.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use saqta_data::clock::Clock;
use saqta_data::desk::Desk;
use saqta_data::language::Language;

use crate::app::App;
use crate::console::{ConsoleError, Options};
use crate::keymap::key;
use crate::message::{Job, Message};
use crate::picture::{Picture, never_fails};
use crate::private::Private;
use crate::theme::ThemeChoice;
use crate::worker::{self, World};

/// The most questions that one step may lead to: a search that leads to a card that leads to the count of look-ups.
const MAX_ROUNDS: usize = 8;

/// A console without a terminal. Whoever holds it types as an operator does and reads the screen; each question is asked
/// and answered before the next key.
pub struct Offscreen {
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
    /// A console at its first frame, on a screen of `size` columns and rows.
    ///
    /// # Errors
    /// Texts or keys that cannot be used.
    pub async fn open(
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

    /// Types what is written: characters as they are, other keys by their names in a keymap file, as `<Enter>` or
    /// `<Alt-5>`.
    pub async fn play(&mut self, keys: &str) {
        for key in key::script(keys) {
            self.key(key).await;
        }
    }

    /// Lets the console look at the time, as it does some four times a second: what is due is asked for.
    pub async fn wait(&mut self) {
        let jobs = self.app.update(Message::Tick(self.clock.now()));
        self.carry_out(jobs).await;
    }

    /// Gives the window another size, as columns and rows.
    #[cfg(test)]
    pub(crate) const fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
    }

    /// The screen as lines of text.
    ///
    /// # Errors
    /// None so far: memory takes every frame.
    pub fn text(&mut self) -> Result<String, ConsoleError> {
        Ok(self.picture()?.text())
    }

    /// What was last put on the clipboard.
    #[must_use]
    pub fn clipboard(&self) -> Option<&str> {
        self.clipboard.as_deref()
    }

    /// True once the operator has left.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes a message at the clock's time.
    pub(crate) async fn message(&mut self, message: Message) {
        let jobs = self.app.update(Message::Tick(self.clock.now()));
        self.carry_out(jobs).await;
        let jobs = self.app.update(message);
        self.carry_out(jobs).await;
    }

    /// Turns the answer to read aloud to `language`.
    pub(crate) async fn read_in(&mut self, language: Language) {
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
                    Job::Copy(Private(text)) => self.clipboard = Some(text),
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
        Ok(Picture::new(terminal.backend().buffer().clone(), self.theme))
    }
}
