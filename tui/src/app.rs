//! The console as a state that messages change. No input, no output, no waiting: what is to be done comes back as
//! jobs, so a test types as an operator does and reads the screen.

mod asked;
mod notice;

use crossterm::event::{KeyEvent, KeyEventKind};
use ratatui::Frame;
use saqta_data::clock::Timestamp;
use saqta_data::desk::{Card, DeskError, Operator};
use saqta_data::language::Language;

use crate::action::Action;
use crate::keymap::Place;
use crate::keymap::key::Key;
use crate::layout::{Rows, Shape};
use crate::message::{Answer, Job, Message, Purpose, Question, Reply};
use crate::screens::{card, help, journal, search};
use crate::ui::Ui;
use crate::widgets::frame;
use asked::Asked;
use notice::Notice;

/// The screen that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Screen {
    Search,
    Card,
    Journal,
    Help,
}

/// All that changes on the screen without a key: by time, and by what the server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    minute: i64,
    unmasked: Option<u64>,
    waiting: Option<u64>,
    away: Option<Timestamp>,
    operator: Option<Operator>,
    notice: Notice,
}

/// The whole state of the console.
pub(crate) struct App {
    ui: Ui,
    screen: Screen,
    /// Where [`Action::Back`] leads.
    before: Screen,
    search: search::State,
    card: Option<card::State>,
    journal: journal::State,
    help: help::State,
    operator: Option<Operator>,
    notice: Notice,
    /// Since when the server does not answer.
    away: Option<Timestamp>,
    asked: Asked,
}

impl App {
    /// A console with the cursor in its empty search box, and its first question: who sits here?
    pub(crate) fn new(ui: Ui) -> (Self, Vec<Job>) {
        let mut app = Self {
            ui,
            screen: Screen::Search,
            before: Screen::Search,
            search: search::State::default(),
            card: None,
            journal: journal::State::default(),
            help: help::State::default(),
            operator: None,
            notice: Notice::default(),
            away: None,
            asked: Asked::default(),
        };
        let jobs = app.ask(Purpose::Operator, Question::Whoami);
        (app, jobs)
    }

    /// Takes a message and says what is to be done.
    pub(crate) fn update(&mut self, message: Message) -> Vec<Job> {
        match message {
            Message::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
            Message::Key(key) => self.on_key(key),
            Message::Paste(text) => self.on_paste(&text),
            Message::Resize => vec![Job::Redraw],
            Message::Tick(now) => {
                self.ui.now = now;
                self.on_tick()
            }
            Message::Answer(answer) => self.on_answer(answer),
        }
    }

    /// What changes on the screen without a key. While it stays the same, nothing has to be drawn.
    pub(crate) fn face(&self) -> Face {
        let waiting = match (&self.card, self.screen) {
            (Some(card), Screen::Card) => card.waiting(self.ui.now),
            _ => self.search.waiting(self.ui.now),
        };
        Face {
            minute: self.ui.now.millis() / 60_000,
            unmasked: self.ui.mask.seconds_left(self.ui.now),
            waiting,
            away: self.away,
            operator: self.operator.clone(),
            notice: self.notice.clone(),
        }
    }

    /// Draws the screen.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let shape = Shape::of(area);
        if shape == Shape::TooSmall {
            frame::too_small(&self.ui, frame, area);
            return;
        }
        let rows = Rows::of(area);
        let operator = self.operator.as_ref();
        frame::header(&self.ui, frame, rows.header, self.tab(), operator, self.away);
        let notice = self.notice.said(&self.ui);
        let notice = notice.as_ref().map(|(role, text)| (*role, text.as_str()));
        frame::status(&self.ui, frame, rows.status, notice, operator);
        frame::footer(&self.ui, frame, rows.footer, self.place(), self.hints());
        match (self.screen, &mut self.card) {
            (Screen::Card, Some(card)) => card.draw(&self.ui, frame, rows.body, shape),
            (Screen::Search | Screen::Card, _) => self.search.draw(&self.ui, frame, rows.body),
            (Screen::Journal, _) => self.journal.draw(&self.ui, frame, rows.body),
            (Screen::Help, _) => self.help.draw(&self.ui, frame, rows.body),
        }
    }

    /// The language of the answer to read aloud, if a card is open.
    pub(crate) fn reading_language(&self) -> Option<Language> {
        self.card.as_ref().map(card::State::reading)
    }

    const fn place(&self) -> Place {
        match self.screen {
            Screen::Search => Place::Search,
            Screen::Card => Place::Card,
            Screen::Journal => Place::Journal,
            Screen::Help => Place::Help,
        }
    }

    /// The tab of the header that is open.
    const fn tab(&self) -> Action {
        match self.screen {
            Screen::Search | Screen::Card => Action::Caller,
            Screen::Journal => Action::Journal,
            Screen::Help => Action::Help,
        }
    }

    /// The keys worth a place in the footer, the most needed first.
    const fn hints(&self) -> &'static [Action] {
        match self.screen {
            Screen::Search => &[
                Action::Submit,
                Action::NextCaller,
                Action::UiLanguage,
                Action::Theme,
                Action::Help,
                Action::Quit,
            ],
            Screen::Card => &[
                Action::NextCaller,
                Action::Verify,
                Action::ReadingLanguage,
                Action::NextSection,
                Action::NextMonth,
                Action::Reveal,
                Action::Refresh,
                Action::Help,
                Action::Quit,
            ],
            Screen::Journal => &[
                Action::Freeze,
                Action::Up,
                Action::Bottom,
                Action::Reveal,
                Action::Back,
                Action::Help,
                Action::Quit,
            ],
            Screen::Help => &[
                Action::Back,
                Action::Up,
                Action::PageDown,
                Action::UiLanguage,
                Action::Theme,
                Action::Quit,
            ],
        }
    }

    fn on_key(&mut self, key: KeyEvent) -> Vec<Job> {
        self.notice.read();
        match self.ui.keymap.action(self.place(), &key) {
            Some(action) => self.act(action),
            None if self.screen == Screen::Search => self.edit(key),
            // The operator types the next caller's number without looking: no other card may stay open meanwhile.
            None if self.screen == Screen::Card && Key::of(&key).begins_number() => {
                self.next_caller();
                self.edit(key)
            }
            None => Vec::new(),
        }
    }

    fn edit(&mut self, key: KeyEvent) -> Vec<Job> {
        let question = self.search.on_key(key, self.ui.now);
        self.ask_after_edit(question)
    }

    /// Pasted into the search box; on a card it begins the next caller, as a digit does.
    fn on_paste(&mut self, text: &str) -> Vec<Job> {
        match self.screen {
            Screen::Search => {}
            Screen::Card if !text.trim().is_empty() => self.next_caller(),
            Screen::Card | Screen::Journal | Screen::Help => return Vec::new(),
        }
        let question = self.search.on_paste(text, self.ui.now);
        self.ask_after_edit(question)
    }

    fn act(&mut self, action: Action) -> Vec<Job> {
        match action {
            Action::Quit => return vec![Job::Quit],
            Action::Redraw => return vec![Job::Redraw],
            Action::UiLanguage => self.ui.language = self.ui.language.next(),
            Action::Theme => {
                self.ui.theme = self.ui.theme.next();
                self.notice = Notice::Theme;
                // Old colours must not shine through.
                return vec![Job::Redraw];
            }
            Action::Reveal => self.ui.mask.toggle(self.ui.now),
            Action::Caller => {
                let open = if self.card.is_some() {
                    Screen::Card
                } else {
                    Screen::Search
                };
                self.open(open);
            }
            Action::Journal => {
                self.open(Screen::Journal);
                return self.poll_journal();
            }
            Action::Help => self.open(Screen::Help),
            Action::Back if self.screen == Screen::Card => self.close_card(),
            Action::Back => self.screen = self.before,
            Action::NextCaller => self.next_caller(),
            action => return self.act_on_screen(action),
        }
        Vec::new()
    }

    fn act_on_screen(&mut self, action: Action) -> Vec<Job> {
        let now = self.ui.now;
        let (purpose, question) = match (self.screen, &mut self.card) {
            (Screen::Card, Some(card)) => (Purpose::Caller, card.on_action(action, now)),
            (Screen::Search | Screen::Card, _) => (Purpose::Caller, self.search.on_action(action, now)),
            (Screen::Journal, _) => (Purpose::Journal, self.journal.on_action(action)),
            (Screen::Help, _) => {
                self.help.on_action(action);
                return Vec::new();
            }
        };
        self.ask_if(purpose, question)
    }

    fn open(&mut self, screen: Screen) {
        if self.screen != screen {
            if !matches!(self.screen, Screen::Journal | Screen::Help) {
                self.before = self.screen;
            }
            self.screen = screen;
        }
    }

    /// Back to what was searched for, and to the people found if there were several.
    fn close_card(&mut self) {
        self.card = None;
        self.asked.forget(Purpose::Caller);
        self.ui.mask.close();
        self.screen = Screen::Search;
        self.before = Screen::Search;
    }

    /// Forgets the caller: box, card, what was asked for them, numbers shown whole.
    fn next_caller(&mut self) {
        self.close_card();
        self.search.clear();
        self.notice.calm();
    }

    fn on_tick(&mut self) -> Vec<Job> {
        let mut jobs = Vec::new();
        if self.screen == Screen::Journal {
            jobs.extend(self.poll_journal());
        }
        // A server that went away is to be seen before somebody needs it.
        if self.asked.due_again(Purpose::Operator, self.ui.now) {
            jobs.extend(self.ask(Purpose::Operator, Question::Whoami));
        }
        jobs
    }

    fn poll_journal(&mut self) -> Vec<Job> {
        let question = self.journal.poll(self.ui.now);
        self.ask_if(Purpose::Journal, question)
    }

    /// After an edit what was asked before is stale, whether or not something else is asked.
    fn ask_after_edit(&mut self, question: Option<Question>) -> Vec<Job> {
        if question.is_none() && self.search.is_idle() {
            self.asked.forget(Purpose::Caller);
        }
        self.ask_if(Purpose::Caller, question)
    }

    fn ask_if(&mut self, purpose: Purpose, question: Option<Question>) -> Vec<Job> {
        question.map_or_else(Vec::new, |question| self.ask(purpose, question))
    }

    fn ask(&mut self, purpose: Purpose, question: Question) -> Vec<Job> {
        vec![Job::Ask(self.asked.ask(purpose, question, self.ui.now))]
    }

    fn on_answer(&mut self, answer: Answer) -> Vec<Job> {
        if !self.asked.is_current(&answer) {
            return Vec::new();
        }
        let here = !matches!(answer.reply, Err(DeskError::Away(_)));
        let back = here && self.away.take().is_some();
        let mut jobs = match answer.reply {
            Ok(reply) => {
                self.notice.answered(answer.purpose);
                self.on_reply(reply)
            }
            Err(error) => {
                self.on_failure(answer.purpose, error);
                Vec::new()
            }
        };
        if back {
            let question = self.search.resume(self.ui.now);
            jobs.extend(self.ask_if(Purpose::Caller, question));
        }
        jobs
    }

    fn on_reply(&mut self, reply: Reply) -> Vec<Job> {
        match reply {
            Reply::Operator(operator) => self.operator = Some(operator),
            Reply::Hits(hits) => {
                let question = self.search.on_hits(hits);
                return self.ask_if(Purpose::Caller, question);
            }
            Reply::Card(card) => {
                match card {
                    Some(card) => self.show(*card),
                    None => self.search.on_nobody(),
                }
                return self.count_lookups();
            }
            Reply::Journal(page) => self.journal.on_page(page),
        }
        Vec::new()
    }

    /// Shows a card: a newer one of the same person, or another person's, whose caller is not verified.
    fn show(&mut self, card: Card) {
        self.search.settle();
        match &mut self.card {
            Some(state) if state.iin() == card.person.iin => state.replace(card),
            _ => {
                self.card = Some(card::State::new(card, self.ui.language));
                // The operator may look at the journal while the answer is on its way.
                if self.screen == Screen::Search {
                    self.screen = Screen::Card;
                }
                self.before = Screen::Card;
            }
        }
    }

    /// Asks how many look-ups are left, where they are counted.
    fn count_lookups(&mut self) -> Vec<Job> {
        let counted = self.operator.as_ref().is_none_or(|o| o.lookups_left.is_some());
        if counted {
            self.ask(Purpose::Operator, Question::Whoami)
        } else {
            Vec::new()
        }
    }

    fn on_failure(&mut self, purpose: Purpose, error: DeskError) {
        let away = matches!(error, DeskError::Away(_));
        if away {
            self.away.get_or_insert(self.ui.now);
        }
        match purpose {
            Purpose::Caller => {
                if away {
                    self.search.interrupt();
                } else {
                    self.search.settle();
                }
                if let Some(card) = &mut self.card {
                    card.on_failure();
                }
            }
            Purpose::Journal => self.journal.on_failure(),
            Purpose::Operator => {}
        }
        self.notice = Notice::Failed(purpose, error);
    }
}

#[cfg(test)]
#[path = "app/tests.rs"]
mod tests;
