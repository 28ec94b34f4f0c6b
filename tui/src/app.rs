//! The console as a state that messages change. No input, no output, no waiting: what is to be done comes back as
//! jobs, so a test types as an operator does and reads the screen.

mod ahead;
mod answers;
mod asked;
mod draw;
mod mouse;
mod notice;

use crossterm::event::{KeyEvent, KeyEventKind};
use saqta_data::clock::Timestamp;
use saqta_data::desk::{Deed, Operator, Query, Work};
use saqta_data::language::Language;

use crate::action::Action;
use crate::effects::{Effect, Effects};
use crate::keymap::Place;
use crate::message::{Job, Message, Purpose, Question};
use crate::overlay::form::Form;
use crate::overlay::palette::{Palette, Recent};
use crate::overlay::{Outcome, Overlay};
use crate::private::Private;
use crate::screens::{Screen, Screens, Tab, card};
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::frame::Targets;
use ahead::Ahead;
use asked::Asked;
use notice::Notice;

/// All that changes on the screen without a key: by time, and by what the server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    minute: i64,
    unmasked: Option<u64>,
    hand: Option<u64>,
    away: Option<Timestamp>,
    operator: Option<Operator>,
    notice: Notice,
}

/// The form that asks whether to leave although an import would break off; the key of its title.
const QUIT_FORM: &str = "ui-form-quit";

/// The whole state of the console.
pub(crate) struct App {
    ui: Ui,
    screens: Screens,
    tab: Tab,
    /// Where the help leads back to.
    before: Tab,
    overlay: Option<Overlay>,
    /// What was done last from the palette.
    recent: Recent,
    /// What lay over the screen before it was asked whether to leave.
    parked: Option<Overlay>,
    notice: Notice,
    /// Since when the server does not answer.
    away: Option<Timestamp>,
    asked: Asked,
    /// What was typed for the card that is on its way.
    ahead: Ahead,
    /// The window is too small for the screen: a notice stands in its place.
    hidden: bool,
    /// What can be clicked in the frame drawn last, beside the screen and what lies over it.
    targets: Targets,
}

impl App {
    /// A console with the cursor in its empty search box, and its first question: who sits here?
    pub(crate) fn new(ui: Ui) -> (Self, Vec<Job>) {
        let mut app = Self {
            ui,
            screens: Screens::default(),
            tab: Tab::Caller,
            before: Tab::Caller,
            overlay: None,
            parked: None,
            recent: Recent::default(),
            notice: Notice::default(),
            away: None,
            asked: Asked::default(),
            ahead: Ahead::default(),
            hidden: false,
            targets: Targets::default(),
        };
        let mut jobs = app.ask(Purpose::Operator, Question::Whoami);
        if app.ui.mouse {
            jobs.push(Job::Mouse(true));
        }
        (app, jobs)
    }

    /// Takes a message and says what is to be done.
    pub(crate) fn update(&mut self, message: Message) -> Vec<Job> {
        let mut jobs = self.take(message);
        jobs.extend(self.release_ahead());
        jobs
    }

    fn take(&mut self, message: Message) -> Vec<Job> {
        match message {
            Message::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
            Message::Key(key) => self.on_key(key),
            Message::Paste(Private(text)) => self.on_paste(&text),
            Message::Mouse(mouse) => self.on_mouse(mouse),
            Message::Resize => vec![Job::Redraw],
            Message::Background(background) => {
                self.ui.background = Some(background);
                // Old colours must not shine through.
                vec![Job::Redraw]
            }
            Message::Suspend => self.act(Action::Suspend),
            Message::Resumed => vec![Job::Resume(self.ui.mouse), Job::Redraw],
            Message::Tick(now) => {
                self.ui.now = now;
                self.on_tick()
            }
            Message::Answer(answer) => self.on_answer(answer),
        }
    }

    /// What changes on the screen without a key. While it stays the same, nothing has to be drawn.
    pub(crate) fn face(&self) -> Face {
        Face {
            minute: self.ui.now.millis() / 60_000,
            unmasked: self.ui.mask.seconds_left(self.ui.now),
            hand: self.screen().hand(self.ui.now),
            away: self.away,
            operator: self.ui.operator.clone(),
            notice: self.notice.clone(),
        }
    }

    /// The language of the answer to read aloud, if a card is open.
    pub(crate) fn reading_language(&self) -> Option<Language> {
        self.screens.caller.reading_language()
    }

    fn screen(&self) -> &dyn Screen {
        self.screens.get(self.tab)
    }

    /// Where keys are pressed.
    fn place(&self) -> Place {
        let overlay = self.overlay.as_ref().map(Overlay::place);
        overlay.unwrap_or_else(|| self.screen().place())
    }

    fn on_key(&mut self, key: KeyEvent) -> Vec<Job> {
        self.notice.read();
        let action = self.ui.keymap.action(self.place(), &key);
        // Nobody does by intent what he cannot see.
        let blind = matches!(action, Some(Action::Quit | Action::Suspend | Action::Redraw));
        if self.hidden && !blind || self.keep_for_card(&key) {
            return Vec::new();
        }
        match (action, &mut self.overlay) {
            (Some(action), None) => self.act(action),
            (Some(action), Some(_)) => self.act_over(action),
            (None, Some(overlay)) => {
                let outcome = overlay.on_key(key, &self.ui);
                self.conclude(outcome)
            }
            (None, None) => self.on_screen(|screen, ui| screen.on_key(key, ui)),
        }
    }

    fn on_paste(&mut self, text: &str) -> Vec<Job> {
        if self.hidden {
            return Vec::new();
        }
        if let Some(overlay) = &mut self.overlay {
            overlay.on_paste(text);
            return Vec::new();
        }
        self.on_screen(|screen, ui| screen.on_paste(text, ui))
    }

    /// An action while something lies over the screen: what changes the console as a whole works, other screens open
    /// from the palette only, since a form may be half filled in.
    fn act_over(&mut self, action: Action) -> Vec<Job> {
        let Some(overlay) = &mut self.overlay else {
            return Vec::new();
        };
        match action {
            Action::Quit
            | Action::Suspend
            | Action::Redraw
            | Action::UiLanguage
            | Action::Theme
            | Action::Mouse => self.act(action),
            action if Tab::of(action).is_some() && matches!(overlay, Overlay::Palette(_)) => {
                self.conclude(Outcome::Act(action))
            }
            Action::Palette if matches!(overlay, Overlay::Palette(_)) => self.conclude(Outcome::Close),
            action => {
                let outcome = overlay.on_action(action, &self.ui);
                self.conclude(outcome)
            }
        }
    }

    fn conclude(&mut self, outcome: Outcome) -> Vec<Job> {
        if outcome != Outcome::Stay {
            self.overlay = self.parked.take();
        }
        match outcome {
            Outcome::Stay | Outcome::Close => Vec::new(),
            Outcome::Act(action) => {
                self.recent.note(action);
                self.act(action)
            }
            Outcome::ActOn(tab, action) => {
                self.recent.note(action);
                let mut jobs = self.open(tab);
                jobs.extend(self.act(action));
                jobs
            }
            Outcome::OpenCard(iin) => self.fulfil(Effects::none().with(Effect::LookUp(Query::Iin(iin)))),
            Outcome::Submit(form) if form.what == QUIT_FORM => vec![Job::Quit],
            Outcome::Submit(form) => self.on_screen(|screen, ui| screen.on_form(form, ui)),
        }
    }

    /// Leaves, unless something of this console would break off: then it asks.
    fn quit(&mut self) -> Vec<Job> {
        let asked = matches!(&self.overlay, Some(Overlay::Form(form)) if form.is(QUIT_FORM));
        if asked || !self.screens.imports.is_running_here() {
            return vec![Job::Quit];
        }
        let form = Form::new(QUIT_FORM).line(self.ui.t("ui-quit-import")).danger();
        self.parked = self.overlay.replace(Overlay::Form(Box::new(form)));
        Vec::new()
    }

    fn act(&mut self, action: Action) -> Vec<Job> {
        if !self.ui.may(action) {
            self.notice = Notice::Needs(action.needs());
            return Vec::new();
        }
        if let Some(tab) = Tab::of(action) {
            return self.open(tab);
        }
        match action {
            Action::Quit => self.quit(),
            Action::Suspend => vec![Job::Suspend],
            Action::NextScreen => self.walk(1),
            Action::PreviousScreen => self.walk(Tab::ALL.len() - 1),
            Action::Redraw => vec![Job::Redraw],
            Action::UiLanguage => {
                self.ui.language = self.ui.language.next();
                self.ui.chosen.language = Some(self.ui.language);
                self.remember()
            }
            Action::Theme => {
                self.ui.theme = self.ui.theme.next();
                self.ui.chosen.theme = Some(self.ui.theme);
                self.notice = Notice::Theme;
                let mut jobs = self.remember();
                // Old colours must not shine through.
                jobs.push(Job::Redraw);
                jobs
            }
            Action::Mouse => {
                self.ui.mouse = !self.ui.mouse;
                self.ui.chosen.mouse = Some(self.ui.mouse);
                let mut jobs = self.remember();
                jobs.push(Job::Mouse(self.ui.mouse));
                jobs
            }
            Action::Reveal => self.reveal(),
            Action::Palette => {
                let card_open = self.screens.caller.card.is_some();
                let palette = Palette::new(self.place(), card_open, self.recent.clone());
                self.overlay = Some(Overlay::Palette(palette));
                Vec::new()
            }
            Action::Back => self.back(),
            Action::NextCaller => {
                self.screens.journal.close_exchange();
                let mut jobs = self.open(Tab::Caller);
                jobs.extend(self.on_screen(|screen, ui| screen.on_action(action, ui)));
                jobs
            }
            action => self.on_screen(|screen, ui| screen.on_action(action, ui)),
        }
    }

    /// Lets the screen that is shown do something, and does what it wants.
    fn on_screen(&mut self, what: impl FnOnce(&mut dyn Screen, &Ui) -> Effects) -> Vec<Job> {
        self.on_tab(self.tab, what)
    }

    fn on_tab(&mut self, tab: Tab, what: impl FnOnce(&mut dyn Screen, &Ui) -> Effects) -> Vec<Job> {
        let effects = what(self.screens.get_mut(tab), &self.ui);
        self.fulfil(effects)
    }

    fn fulfil(&mut self, effects: Effects) -> Vec<Job> {
        let mut jobs = Vec::new();
        for effect in effects {
            match effect {
                Effect::Ask(purpose, question) => jobs.extend(self.ask(purpose, question)),
                Effect::Forget(purpose) => self.asked.forget(purpose),
                Effect::LookUp(whom) => {
                    jobs.extend(self.open(Tab::Caller));
                    let wanted = self.screens.caller.look_up(whom, &self.ui);
                    jobs.extend(self.fulfil(wanted));
                }
                Effect::OpenExchange(line) => {
                    jobs.extend(self.open(Tab::Journal));
                    let wanted = self.screens.journal.open_from_card(*line);
                    jobs.extend(self.fulfil(wanted));
                }
                Effect::CardClosed => self.screens.journal.close_opened_from_card(),
                Effect::Form(form) => self.overlay = Some(Overlay::Form(form)),
                Effect::LateForm(tab, form) => {
                    if self.tab == tab && self.overlay.is_none() {
                        self.overlay = Some(Overlay::Form(form));
                    } else {
                        let text = format!("! {}", self.ui.t("ui-work-text-missed"));
                        self.notice = Notice::Said(Role::Warn, text);
                    }
                }
                Effect::Say(role, text) => self.notice = Notice::Said(role, text),
                Effect::Calm => self.notice.calm(),
                Effect::Menu(title, among) => {
                    let place = self.screen().place();
                    self.overlay = Some(Overlay::Palette(Palette::among(place, title, among)));
                }
                Effect::Mask => self.mask(),
                Effect::Copy(text) => jobs.push(Job::Copy(text)),
            }
        }
        jobs
    }

    fn open(&mut self, tab: Tab) -> Vec<Job> {
        if self.tab == tab {
            return Vec::new();
        }
        let from = self.place();
        if self.tab != Tab::Help {
            self.before = self.tab;
        }
        self.tab = tab;
        // The line in the journal that numbers were shown is about what was on the screen before.
        self.mask();
        self.on_screen(|screen, ui| screen.on_open(from, ui))
    }

    /// Opens the screen so many tabs to the right, from the last one on to the first.
    fn walk(&mut self, steps: usize) -> Vec<Job> {
        let open = Tab::ALL.iter().position(|tab| *tab == self.tab);
        let tab = Tab::ALL.iter().cycle().nth(open.unwrap_or_default() + steps);
        tab.map_or_else(Vec::new, |tab| self.open(*tab))
    }

    /// Nobody could let the console go on if it stopped.
    pub(crate) fn cannot_stop(&mut self) {
        let text = self.ui.t("ui-not-suspended");
        self.notice = Notice::Said(Role::Warn, format!("! {text}"));
    }

    /// Inside the screen, else to the one before the help, else to the caller.
    fn back(&mut self) -> Vec<Job> {
        let inside = self.screens.get_mut(self.tab).on_back(&self.ui);
        match (inside, self.tab) {
            (Some(effects), _) => self.fulfil(effects),
            (None, Tab::Help) => self.open(self.before),
            (None, _) => self.open(Tab::Caller),
        }
    }

    /// Masks numbers at once; what was asked for is not wanted any more.
    fn mask(&mut self) {
        self.ui.mask.close();
        self.asked.forget(Purpose::Reveal);
    }

    /// Masks numbers that are shown; else shows them, once the journal has it.
    fn reveal(&mut self) -> Vec<Job> {
        if self.ui.shows_numbers() {
            self.ui.mask.close();
            return Vec::new();
        }
        let card = self.screens.caller.card.as_ref();
        let work = Work {
            iin: card.filter(|_| self.tab == Tab::Caller).map(card::State::iin),
            deed: Deed::Reveal,
        };
        self.ask(Purpose::Reveal, Question::Work(work))
    }

    fn remember(&mut self) -> Vec<Job> {
        self.ask(Purpose::Remember, Question::Remember(self.ui.chosen))
    }

    fn on_tick(&mut self) -> Vec<Job> {
        let mut jobs = self.on_screen(|screen, ui| screen.on_tick(ui));
        // A server that went away is to be seen before somebody needs it.
        if self.asked.due_again(Purpose::Operator, self.ui.now) {
            jobs.extend(self.ask(Purpose::Operator, Question::Whoami));
        }
        jobs
    }

    fn ask(&mut self, purpose: Purpose, question: Question) -> Vec<Job> {
        vec![Job::Ask(self.asked.ask(purpose, question, self.ui.now))]
    }
}

#[cfg(test)]
#[path = "app/tests.rs"]
mod tests;
