//! The live journal: who asks about whom by which door. It is polled while it is shown, can be held still, and older
//! lines come as the operator goes up.

pub(crate) mod lines;

use std::collections::VecDeque;
use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use saqta_data::clock::Timestamp;
use saqta_data::desk::{DeskError, JournalFilter, JournalPage};
use saqta_data::journal::Numbered;

use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Question, Reply};
use crate::screens::Screen;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::wrap;
use crate::widgets::pane::{Content, Scroll, indent, rule, scrolled};
use crate::worker::JOURNAL_PAGE;

/// Lines kept. At some 300 bytes each this is below a megabyte.
const MAX_LINES: usize = 2_000;

/// How often new lines are asked for.
const EVERY: Duration = Duration::from_secs(1);

/// Rows of the detail under the list.
const DETAIL_ROWS: u16 = 3;

/// Whether new lines are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flow {
    /// As they come.
    #[default]
    Live,
    /// Not before the operator says so.
    Frozen,
}

/// The lines of the journal and how they are looked at.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Oldest first, at most [`MAX_LINES`].
    lines: VecDeque<Numbered>,
    /// The sequence number of the line chosen; `None`: always the newest.
    chosen: Option<u64>,
    flow: Flow,
    /// The page that was asked for and has not come.
    asking: Option<JournalPage>,
    /// When the desk was last asked for new lines.
    polled: Option<Timestamp>,
    /// Whether any page has come yet.
    read: bool,
    /// More lines came than are read at once: those between are not shown.
    jumped: bool,
    /// No older lines are in the store.
    reached_start: bool,
    scroll: Scroll,
}

impl State {
    /// The page to ask for now, if any: about every second unless the journal is held still.
    fn poll(&mut self, now: Timestamp) -> Option<Question> {
        let due = self.polled.is_none_or(|at| now.since(at) >= EVERY);
        if self.flow == Flow::Frozen || self.asking.is_some() || !due {
            return None;
        }
        self.polled = Some(now);
        let page = match self.lines.back() {
            Some(newest) if !self.jumped => JournalPage::After(newest.seq),
            _ => JournalPage::Newest,
        };
        Some(self.ask(page))
    }

    /// A page came.
    fn on_page(&mut self, page: Vec<Numbered>) {
        self.read = true;
        match self.asking.take() {
            Some(JournalPage::Before(_)) => {
                self.reached_start = page.is_empty();
                for line in page.into_iter().rev() {
                    if self.lines.len() < MAX_LINES {
                        self.lines.push_front(line);
                    }
                }
            }
            Some(JournalPage::After(_)) => {
                // A full page: more has come than one page holds, so the next one is the newest.
                self.jumped = page.len() >= JOURNAL_PAGE;
                self.append(page);
            }
            _ => {
                let gap = match (self.lines.back(), page.first()) {
                    (Some(last), Some(first)) => first.seq > last.seq + 1,
                    _ => false,
                };
                if gap {
                    self.lines.clear();
                    self.reached_start = false;
                }
                self.jumped = false;
                self.append(page);
            }
        }
    }

    /// An action; a question if older lines are wanted.
    fn act(&mut self, action: Action) -> Option<Question> {
        match action {
            Action::Freeze if self.flow == Flow::Frozen => self.run(),
            Action::Freeze => self.freeze(),
            Action::Bottom => self.run(),
            Action::Up | Action::PageUp | Action::Top | Action::Down | Action::PageDown => {
                return self.choose(action);
            }
            _ => {}
        }
        None
    }

    fn freeze(&mut self) {
        self.flow = Flow::Frozen;
        self.chosen = self.lines.back().map(|newest| newest.seq);
    }

    /// Follows the newest line again; what came in the meantime is asked for at once.
    fn run(&mut self) {
        self.flow = Flow::Live;
        self.chosen = None;
        self.polled = None;
    }

    /// Moves the choice; looking back holds the journal still.
    fn choose(&mut self, action: Action) -> Option<Question> {
        let last = self.lines.len().checked_sub(1)?;
        let at = self.chosen_at();
        let page = 10;
        let to = match action {
            Action::Up => at.saturating_sub(1),
            Action::PageUp => at.saturating_sub(page),
            Action::Top => 0,
            Action::Down => (at + 1).min(last),
            _ => (at + page).min(last),
        };
        self.flow = Flow::Frozen;
        self.chosen = self.lines.get(to).map(|line| line.seq);
        let want_older = to == 0 && !self.reached_start && self.lines.len() < MAX_LINES;
        match self.lines.front() {
            Some(oldest) if want_older && self.asking.is_none() => {
                let page = JournalPage::Before(oldest.seq);
                Some(self.ask(page))
            }
            _ => None,
        }
    }

    fn ask(&mut self, page: JournalPage) -> Question {
        self.asking = Some(page.clone());
        Question::Journal(page, JournalFilter::default())
    }

    fn append(&mut self, page: Vec<Numbered>) {
        let newest = self.lines.back().map(|line| line.seq);
        let new = page
            .into_iter()
            .filter(|line| newest.is_none_or(|newest| line.seq > newest));
        self.lines.extend(new);
        let surplus = self.lines.len().saturating_sub(MAX_LINES);
        self.lines.drain(..surplus);
    }

    /// Lines kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The place of the line chosen.
    fn chosen_at(&self) -> usize {
        let last = self.lines.len().saturating_sub(1);
        match self.chosen {
            Some(seq) => self.lines.partition_point(|line| line.seq < seq).min(last),
            None => last,
        }
    }

    fn title(&self, ui: &Ui) -> Vec<Span<'static>> {
        let n = i64::try_from(self.lines.len()).unwrap_or(0);
        let count = ui.words().with("ui-journal-lines", &[("n", n.into())]);
        let (sign, role, key) = if self.flow == Flow::Frozen {
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
        if self.jumped {
            title.push(ui.span(Role::Warn, format!("  {}", ui.t("ui-journal-jumped"))));
        }
        title
    }

    fn content(&self, ui: &Ui, width: u16, chosen: usize) -> Content {
        if self.lines.is_empty() {
            let key = if self.read {
                "ui-journal-empty"
            } else {
                "ui-journal-waiting"
            };
            return Content::sentence(ui, key);
        }
        let width = usize::from(width).saturating_sub(2);
        let table = self.lines.iter().enumerate();
        Content {
            head: Some(lines::head(ui, width)),
            lines: table
                .map(|(at, line)| lines::in_journal(ui, &line.entry, width, at == chosen))
                .collect(),
        }
    }

    fn draw_detail(&self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, at: usize) {
        let inner = indent(rule(ui, frame, area, vec![], vec![]));
        let Some(line) = self.lines.get(at) else { return };
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
        &[
            Action::Freeze,
            Action::Up,
            Action::Bottom,
            Action::Reveal,
            Action::Back,
            Action::Help,
            Action::Quit,
        ]
    }

    fn on_open(&mut self, _: Place, ui: &Ui) -> Effects {
        self.on_tick(ui)
    }

    fn on_tick(&mut self, ui: &Ui) -> Effects {
        Effects::ask_if(Purpose::Journal, self.poll(ui.now))
    }

    fn on_action(&mut self, action: Action, _: &Ui) -> Effects {
        Effects::ask_if(Purpose::Journal, self.act(action))
    }

    fn on_reply(&mut self, _: Purpose, reply: Reply, _: &Ui) -> Effects {
        if let Reply::Journal(page) = reply {
            self.on_page(page.lines);
        }
        Effects::none()
    }

    /// What is shown stays, the next poll tries again.
    fn on_failure(&mut self, _: Purpose, _: &DeskError, _: &Ui) -> Effects {
        self.asking = None;
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, _: Shape) {
        let [list, detail] = area.layout(&Layout::vertical([
            Constraint::Min(3),
            Constraint::Length(DETAIL_ROWS),
        ]));
        let page = usize::from(list.height).saturating_sub(2);
        let at = self.chosen_at();
        self.scroll.show(at, page);
        let content = self.content(ui, list.width, at);
        scrolled(ui, frame, list, self.title(ui), content, &mut self.scroll);
        self.draw_detail(ui, frame, detail, at);
    }
}
