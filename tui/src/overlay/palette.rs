//! The palette: everything that can be done, on whatever screen, by name; and the card of whoever's number is typed.

mod offer;

use std::fmt;

use crossterm::event::{Event, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;
use unicode_width::UnicodeWidthStr;

use super::{Outcome, boxed};
use crate::action::Action;
use crate::keymap::Place;
use crate::screens::search::grouped;
use crate::theme::Role;
use crate::typed::MAX_TYPED;
use crate::ui::Ui;
use crate::widgets::columns::{Align, cut, fit, wrap};
use crate::widgets::pane::Scroll;
use offer::{Offer, tab_of};

pub(crate) use offer::Recent;

/// The column of the keys.
const KEYS_WIDTH: usize = 11;

/// The sign before what is typed and before what is chosen.
const MARK: &str = "> ";

/// The palette over a screen.
pub(crate) struct Palette {
    /// What its keys and words are those of.
    place: Place,
    title: &'static str,
    kind: Kind,
    input: Input,
    chosen: usize,
    scroll: Scroll,
    /// Lines of the list that were seen when it was last drawn.
    page: usize,
    /// Where the list was drawn.
    list: Rect,
}

/// What it offers.
#[derive(Debug)]
enum Kind {
    /// Everything.
    Everything {
        /// A card is open.
        card_open: bool,
        /// What was done last.
        recent: Recent,
    },
    /// These.
    Among(&'static [Action]),
}

// What is typed may be the number of a person.
impl fmt::Debug for Palette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Palette({:?}, {:?})", self.place, self.kind)
    }
}

impl Palette {
    /// A palette of everything that can be done from `place`, whether or not a card is open.
    pub(crate) fn new(place: Place, card_open: bool, recent: Recent) -> Self {
        Self::of(place, "ui-palette", Kind::Everything { card_open, recent })
    }

    /// A shorter one, a menu of some actions only, each done by its own key too.
    pub(crate) fn among(place: Place, title: &'static str, among: &'static [Action]) -> Self {
        Self::of(place, title, Kind::Among(among))
    }

    fn of(place: Place, title: &'static str, kind: Kind) -> Self {
        Self {
            place,
            title,
            kind,
            input: Input::default(),
            chosen: 0,
            scroll: Scroll::default(),
            page: 0,
            list: Rect::ZERO,
        }
    }

    pub(super) fn on_action(&mut self, action: Action, ui: &Ui) -> Outcome {
        let found = self.found(ui);
        let at = self.chosen.min(found.len().saturating_sub(1));
        match action {
            Action::Back => Outcome::Close,
            Action::Submit => found.get(at).map_or(Outcome::Stay, |offer| self.outcome(*offer)),
            action => {
                self.chosen = self.scroll.choose(action, at, found.len(), 1);
                Outcome::Stay
            }
        }
    }

    fn outcome(&self, offer: Offer) -> Outcome {
        match offer {
            Offer::Person(iin) => Outcome::OpenCard(iin),
            Offer::Action(place, action) => match tab_of(place).filter(|_| place != self.place) {
                Some(tab) => Outcome::ActOn(tab, action),
                None => Outcome::Act(action),
            },
        }
    }

    /// A click does what stands there.
    pub(super) fn on_click(&mut self, at: Position, ui: &Ui) -> Outcome {
        let line = at.y.checked_sub(self.list.y).filter(|_| self.list.contains(at));
        let found = self.found(ui);
        let clicked = line.and_then(|line| found.get(self.scroll.offset() + usize::from(line)));
        clicked.map_or(Outcome::Stay, |offer| self.outcome(*offer))
    }

    pub(super) fn on_key(&mut self, key: KeyEvent, ui: &Ui) -> Outcome {
        if let Kind::Among(among) = self.kind {
            // A menu is too short for looking in it: a key does what it does without the menu.
            return match ui.keymap.action(self.place, &key) {
                Some(action) if among.contains(&action) => Outcome::Act(action),
                Some(action) => self.on_action(action, ui),
                None => Outcome::Stay,
            };
        }
        self.input.handle_event(&Event::Key(key));
        self.shorten();
        Outcome::Stay
    }

    pub(super) fn on_paste(&mut self, text: &str) {
        if let Kind::Among(_) = self.kind {
            return;
        }
        for c in text.chars().filter(|c| !c.is_control()).take(MAX_TYPED) {
            self.input.handle(tui_input::InputRequest::InsertChar(c));
        }
        self.shorten();
    }

    /// After an edit: no longer than allowed, and the best is chosen.
    fn shorten(&mut self) {
        if let Some((end, _)) = self.input.value().char_indices().nth(MAX_TYPED) {
            let kept = self.input.value().get(..end).unwrap_or_default().to_owned();
            self.input = Input::new(kept);
        }
        self.chosen = 0;
        self.scroll.reset();
    }

    /// What fits, the best first.
    fn found(&self, ui: &Ui) -> Vec<Offer> {
        let typed = self.input.value();
        match &self.kind {
            Kind::Everything { card_open, recent } => {
                if let Some(iin) = offer::person(typed) {
                    return vec![Offer::Person(iin)];
                }
                let all = offer::everything(ui, self.place, *card_open);
                offer::fitting(ui, all, typed, recent)
            }
            Kind::Among(among) => {
                let may = among.iter().filter(|action| ui.may(**action));
                let all = may.map(|action| Offer::Action(self.place, *action)).collect();
                offer::fitting(ui, all, typed, &Recent::default())
            }
        }
    }

    pub(super) fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let title = ui.t(self.title);
        let height = self.height(area, ui);
        let inner = boxed(ui, frame, area, (height, 4), &title, Role::Title);
        let width = usize::from(inner.width);
        let found = self.found(ui);
        let [_, list] = inner.layout(&Layout::vertical([Constraint::Length(1), Constraint::Min(0)]));
        self.list = list;
        self.page = usize::from(list.height);
        self.chosen = self.chosen.min(found.len().saturating_sub(1));
        self.scroll.show(self.chosen, self.page);
        let from = self.scroll.fit(found.len(), self.page);
        let count = match found.len() {
            all if all > self.page => format!("{}-{}/{all}", from + 1, from + self.page),
            all => all.to_string(),
        };
        let is_menu = matches!(self.kind, Kind::Among(_));
        let head = if is_menu {
            Line::from(ui.span(Role::Dim, cut(&ui.t("ui-menu-how"), width)))
        } else {
            self.typed_line(ui, width, &count)
        };
        let mut lines = vec![head];
        if found.is_empty() {
            lines.extend(self.nothing(ui, width));
        }
        for (at, offer) in found.into_iter().enumerate().skip(from).take(self.page) {
            lines.push(self.line(ui, offer, width, at == self.chosen));
        }
        frame.render_widget(Paragraph::new(lines), inner);
        let cell = |n: usize| u16::try_from(n).unwrap_or(0);
        frame.set_cursor_position(if is_menu {
            let row = self.chosen.saturating_sub(from);
            Position::new(list.x, list.y.saturating_add(cell(row)))
        } else {
            let cursor = self.input.visual_cursor().min(width.saturating_sub(MARK.len()));
            Position::new(inner.x + cell(MARK.len() + cursor), inner.y)
        });
    }

    /// Three quarters of the screen; a short list as high as it is. It stays while something is typed.
    fn height(&self, area: Rect, ui: &Ui) -> u16 {
        let most = area.height * 3 / 4;
        match &self.kind {
            Kind::Everything { .. } => most,
            Kind::Among(among) => {
                let rows = among.iter().filter(|action| ui.may(**action)).count();
                most.min(u16::try_from(rows).unwrap_or(most).saturating_add(3))
            }
        }
    }

    fn typed_line(&self, ui: &Ui, width: usize, count: &str) -> Line<'static> {
        let count = format!("  {count}");
        let room = width.saturating_sub(MARK.len() + count.width());
        let typed = fit(self.input.value(), room, Align::Left);
        Line::from(vec![
            ui.span(Role::Key, MARK),
            ui.span(Role::Aloud, typed),
            ui.span(Role::Dim, count),
        ])
    }

    fn nothing(&self, ui: &Ui, width: usize) -> Vec<Line<'static>> {
        let (key, n) = offer::why_nothing(self.input.value());
        let n = i64::try_from(n).unwrap_or(0);
        let said = ui.words().with(key, &[("n", n.into())]);
        let lines = wrap(&said, width.saturating_sub(MARK.len())).into_iter();
        lines
            .map(|line| Line::from(vec![Span::raw("  "), ui.span(Role::Dim, line)]))
            .collect()
    }

    /// A line of the list: key, what it does, and where if not here.
    fn line(&self, ui: &Ui, offer: Offer, width: usize, chosen: bool) -> Line<'static> {
        let (keys, said, tag) = match offer {
            Offer::Person(iin) => {
                let number = grouped(&iin.reveal());
                let said = ui.words().with("ui-palette-person", &[("number", number.into())]);
                (
                    ui.keymap.keys(Place::Palette, Action::Submit),
                    said,
                    String::new(),
                )
            }
            Offer::Action(place, action) => (
                ui.keymap.keys(place, action),
                ui.sentence(place, action),
                self.tag(ui, place, action),
            ),
        };
        let key = keys.first().map(ToString::to_string).unwrap_or_default();
        let look = |role| if chosen { Role::Selected } else { role };
        let mark = if chosen { MARK } else { "  " };
        let tag = if tag.is_empty() { tag } else { format!("  {tag}") };
        let room = width.saturating_sub(MARK.len() + KEYS_WIDTH + tag.width());
        let said = fit(&cut(&said, room), room, Align::Left);
        Line::from(vec![
            ui.span(look(Role::Text), mark),
            ui.span(look(Role::Key), fit(&key, KEYS_WIDTH, Align::Left)),
            ui.span(look(Role::Text), said),
            ui.span(look(Role::Dim), tag),
        ])
    }

    /// The screen, if it is another one; that it was done lately, as long as that says why it stands so high.
    fn tag(&self, ui: &Ui, place: Place, action: Action) -> String {
        if place != self.place {
            return match (place, tab_of(place)) {
                (Place::Card, _) => ui.t("ui-palette-card"),
                (_, Some(tab)) => ui.t(tab.title()),
                (_, None) => String::new(),
            };
        }
        match &self.kind {
            Kind::Everything { recent, .. }
                if self.input.value().is_empty() && recent.place(action).is_some() =>
            {
                ui.t("ui-palette-recent")
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
#[path = "palette/tests.rs"]
mod tests;
