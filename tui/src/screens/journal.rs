//! The live journal: who asks about whom by which door. It is polled while it is shown, can be held still and filtered;
//! older lines come as the operator goes up, and a line opens as the citizen saw it.

mod book;
mod exchange;
mod filter;
pub(crate) mod lines;

use std::collections::BTreeSet;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use saqta_data::desk::{DeskError, JournalFilter, JournalPage, Query};
use saqta_data::journal::Numbered;

use crate::action::Action;
use crate::effects::{Effect, Effects};
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Question, Reply};
use crate::overlay::form::Submitted;
use crate::screens::Screen;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::wrap;
use crate::widgets::pane::{Content, Scroll, indent, rule, scrolled};
use book::{Book, Flow};
use exchange::{Open, Said};

/// Rows of the detail under the list.
const DETAIL_ROWS: u16 = 3;

/// The most doors to choose from in the filter: more carriers than anybody has, and the commands.
const MAX_DOORS: usize = 64;

/// The journal and how it is looked at.
#[derive(Debug, Default)]
pub(crate) struct State {
    book: Book,
    open: Option<Open>,
    /// The carriers that the desk knows, to choose from in the filter.
    carriers: Vec<String>,
    scroll: Scroll,
    /// Where the list was drawn.
    area: Rect,
}

impl State {
    /// Lines kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.book.len()
    }

    /// True if an exchange is shown.
    #[cfg(test)]
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The next caller is no business of the one whose exchange is open.
    pub(crate) fn close_exchange(&mut self) {
        self.open = None;
    }

    /// The card that an exchange was opened from is closed.
    pub(crate) fn close_opened_from_card(&mut self) {
        self.open.take_if(|open| open.from_card);
    }

    /// The line that is looked at: opened, or chosen in the list.
    fn looked_at(&self) -> Option<&Numbered> {
        self.open.as_ref().map(|open| &open.line).or(self.book.chosen())
    }

    /// The doors that lines can be asked for by: the carriers there are, and whatever lines have come by.
    fn doors(&self) -> BTreeSet<String> {
        let seen = self.book.lines().map(|line| filter::door_name(&line.entry.door));
        let known = self.carriers.iter().map(String::as_str);
        let doors: BTreeSet<&str> = known.chain(seen).filter(|name| !name.is_empty()).collect();
        doors.into_iter().take(MAX_DOORS).map(str::to_owned).collect()
    }

    fn ask_if(&self, page: Option<JournalPage>) -> Effects {
        let question = page.map(|page| Question::Journal(page, self.book.filter.clone()));
        Effects::ask_if(Purpose::Journal, question)
    }

    /// Other lines are wanted from now on; what was asked for the old ones is stale.
    fn filter_by(&mut self, filter: JournalFilter, ui: &Ui) -> Effects {
        self.begin(Book::of(filter), ui)
    }

    /// An exchange that is open may be none of those lines.
    fn begin(&mut self, book: Book, ui: &Ui) -> Effects {
        self.book = book;
        self.open = None;
        self.scroll.reset();
        let forget = Effects::none()
            .with(Effect::Forget(Purpose::Journal))
            .with(Effect::Forget(Purpose::Exchange));
        let page = self.book.poll(ui.now);
        forget.and(self.ask_if(page))
    }

    /// Opens the line chosen as the citizen saw it.
    fn open(&mut self) -> Effects {
        match self.book.chosen().cloned() {
            Some(line) => self.open_line(line, false),
            None => Effects::none(),
        }
    }

    /// Opens a line of a card as the citizen saw it; back leads to the card.
    pub(crate) fn open_from_card(&mut self, line: Numbered) -> Effects {
        self.open_line(line, true)
    }

    fn open_line(&mut self, line: Numbered, from_card: bool) -> Effects {
        let kept = !line.entry.particulars.answer.is_empty();
        let seq = line.seq;
        self.scroll.reset();
        self.open = Some(Open {
            line,
            from_card,
            said: if kept { Said::Asking } else { Said::Nothing },
        });
        // What comes of an earlier question is about another line, whether or not something is asked now.
        let forget = Effects::none().with(Effect::Forget(Purpose::Exchange));
        forget.and(Effects::ask_if(
            Purpose::Exchange,
            kept.then_some(Question::Exchange(seq)),
        ))
    }

    /// The card of the person whose lines are shown, else of whoever the phone of the line is bound to: the lines themselves
    /// do not know the whole number of the person.
    fn open_card(&mut self, ui: &Ui) -> Effects {
        let say = |key: &str| Effects::say(Role::Warn, format!("! {}", ui.t(key)));
        if self.open.as_ref().is_some_and(|open| open.from_card) {
            return say("ui-journal-card-behind");
        }
        let by_line = self.open.is_none() && self.book.filter.iin.is_none();
        if by_line && self.book.flow == Flow::Live {
            // The newest line changes under the hand, and each look at a person is one too many if it is not wanted.
            let _ = self.book.act(Action::Freeze, self.scroll);
            return say("ui-journal-choose");
        }
        let person = self.book.filter.iin.map(Query::Iin);
        let phone = self
            .looked_at()
            .and_then(|line| filter::phone_of(&line.entry))
            .map(Query::Phone);
        match person.or(phone) {
            Some(whom) => Effects::none().with(Effect::LookUp(whom)),
            None => say("ui-journal-no-person"),
        }
    }

    fn title(&self, ui: &Ui) -> Vec<Span<'static>> {
        let n = i64::try_from(self.book.len()).unwrap_or(0);
        let count = ui.words().with("ui-journal-lines", &[("n", n.into())]);
        let (sign, role, key) = if self.book.flow == Flow::Frozen {
            ("=", Role::Warn, "ui-journal-frozen")
        } else {
            (">", Role::Good, "ui-journal-live")
        };
        let mut title = vec![
            ui.span(Role::Title, ui.t("ui-journal")),
            Span::raw("  "),
            ui.span(role, format!("{sign} {}", ui.t(key))),
            ui.span(Role::Dim, format!("  {count}")),
        ];
        if !self.book.filter.is_empty() {
            let filter = filter::said(&self.book.filter, ui);
            let said = ui.words().with("ui-journal-filter", &[("filter", filter.into())]);
            title.push(ui.span(Role::Warn, format!("  {said}")));
        }
        if self.book.jumped {
            title.push(ui.span(Role::Warn, format!("  {}", ui.t("ui-journal-jumped"))));
        }
        title
    }

    fn content(&self, ui: &Ui, width: u16, chosen: usize) -> Content {
        if self.book.len() == 0 {
            let key = match (self.book.read, self.book.filter.is_empty()) {
                (false, _) => "ui-journal-waiting",
                (true, true) => "ui-journal-empty",
                (true, false) => "ui-journal-none-fit",
            };
            return Content::sentence(ui, key);
        }
        let width = usize::from(width).saturating_sub(2);
        let table = self.book.lines().enumerate();
        Content {
            head: Some(lines::head(ui, width)),
            lines: table
                .map(|(at, line)| lines::in_journal(ui, &line.entry, width, at == chosen))
                .collect(),
        }
    }

    fn draw_detail(&self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let inner = indent(rule(ui, frame, area, vec![], vec![]));
        let Some(line) = self.book.chosen() else { return };
        let text = lines::sentence(ui, &line.entry);
        let shown: Vec<Line<'static>> = wrap(&text, usize::from(inner.width))
            .into_iter()
            .map(|part| Line::from(ui.span(Role::Text, part)))
            .collect();
        frame.render_widget(Paragraph::new(shown), inner);
    }
}

impl Screen for State {
    fn place(&self) -> Place {
        Place::Journal
    }

    fn hints(&self) -> &'static [Action] {
        if self.open.is_some() {
            return &[
                Action::Back,
                Action::Up,
                Action::Reveal,
                Action::ToCard,
                Action::Palette,
                Action::Help,
                Action::Quit,
            ];
        }
        &[
            Action::Freeze,
            Action::Open,
            Action::Filter,
            Action::FilterPhone,
            Action::ToCard,
            Action::Reveal,
            Action::Back,
            Action::Palette,
            Action::Help,
            Action::Quit,
        ]
    }

    fn on_open(&mut self, _: Place, ui: &Ui) -> Effects {
        let doors = Effects::ask(Purpose::Doors, Question::Carriers);
        if self.book.is_stale(ui.now) {
            return self.begin(Book::of(self.book.filter.clone()), ui).and(doors);
        }
        self.on_tick(ui).and(doors)
    }

    /// From an exchange to the card or the list where it was opened, then without the filter, then away.
    fn on_back(&mut self, ui: &Ui) -> Option<Effects> {
        if let Some(open) = self.open.take() {
            // From a card the console goes back there, and what was asked is forgotten when the next line is opened.
            return (!open.from_card).then(|| Effects::none().with(Effect::Forget(Purpose::Exchange)));
        }
        (!self.book.filter.is_empty()).then(|| self.filter_by(JournalFilter::default(), ui))
    }

    fn on_tick(&mut self, ui: &Ui) -> Effects {
        let page = self.book.poll(ui.now);
        self.ask_if(page)
    }

    fn on_action(&mut self, action: Action, ui: &Ui) -> Effects {
        match action {
            Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::Top | Action::Bottom
                if self.open.is_some() =>
            {
                self.scroll.act(action);
                Effects::none()
            }
            Action::Open if self.open.is_none() => self.open(),
            Action::Filter => Effects::form(filter::form(&self.book.filter, &self.doors(), ui)),
            Action::FilterCarrier | Action::FilterOutcome | Action::FilterPhone => match self.looked_at() {
                Some(line) => {
                    let filter = filter::by_line(&self.book.filter, action, &line.entry);
                    let book = match self.book.flow {
                        Flow::Frozen => Book::held_at(filter, line.seq),
                        Flow::Live => Book::of(filter),
                    };
                    self.begin(book, ui)
                }
                None => Effects::none(),
            },
            Action::ClearFilter => self.filter_by(JournalFilter::default(), ui),
            Action::ToCard => self.open_card(ui),
            Action::Refresh => {
                self.book.hurry();
                self.on_tick(ui)
            }
            action => {
                let page = self.book.act(action, self.scroll);
                self.ask_if(page)
            }
        }
    }

    fn on_form(&mut self, form: Submitted, ui: &Ui) -> Effects {
        self.filter_by(filter::read(&form), ui)
    }

    fn on_click(&mut self, at: Position, _: &Ui) -> Effects {
        let first = self.area.y + 2;
        let row = self.scroll.offset() + usize::from(at.y.saturating_sub(first));
        if self.open.is_some() || at.y < first || at.y >= self.area.bottom() || row >= self.book.len() {
            return Effects::none();
        }
        let again = self.book.flow == Flow::Frozen && self.book.chosen_at() == row;
        self.book.pick(row);
        if again { self.open() } else { Effects::none() }
    }

    fn on_reply(&mut self, _: Purpose, reply: Reply, _: &Ui) -> Effects {
        match reply {
            Reply::Carriers(figures) => {
                self.carriers = figures.into_iter().map(|figures| figures.name).collect();
            }
            Reply::Journal(slice) => self.book.on_page(slice),
            Reply::Exchange(said) => {
                if let Some(open) = &mut self.open {
                    open.said = said.map_or(Said::Gone, Said::Here);
                }
            }
            _ => {}
        }
        Effects::none()
    }

    /// What is shown stays, the next poll tries again.
    fn on_failure(&mut self, purpose: Purpose, _: &DeskError, _: &Ui) -> Effects {
        match purpose {
            Purpose::Journal => self.book.give_up(),
            Purpose::Exchange => self.open = None,
            _ => {}
        }
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, _: Shape) {
        if let Some(open) = &self.open {
            let width = usize::from(area.width).saturating_sub(2);
            let content = exchange::content(ui, open, width);
            let at = format!("  {}", lines::moment(open.line.entry.at));
            let title = vec![ui.span(Role::Focus, ui.t("ui-exchange")), ui.span(Role::Dim, at)];
            scrolled(ui, frame, area, title, content, &mut self.scroll);
            return;
        }
        let [list, detail] = area.layout(&Layout::vertical([
            Constraint::Min(3),
            Constraint::Length(DETAIL_ROWS),
        ]));
        self.area = list;
        let page = usize::from(list.height).saturating_sub(2);
        let at = self.book.chosen_at();
        self.scroll.show(at, page);
        let content = self.content(ui, list.width, at);
        scrolled(ui, frame, list, self.title(ui), content, &mut self.scroll);
        self.draw_detail(ui, frame, detail);
    }
}
