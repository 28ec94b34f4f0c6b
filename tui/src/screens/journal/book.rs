//! The lines that are kept of the journal, and which page to ask for next.

use std::collections::VecDeque;
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::desk::{JournalFilter, JournalPage, JournalSlice};
use saqta_data::journal::Numbered;

use crate::action::Action;
use crate::widgets::pane::Scroll;
use crate::worker::JOURNAL_PAGE;

/// Lines kept. At some 300 bytes each this is below a megabyte.
const MAX_LINES: usize = 2_000;

/// How often new lines are asked for.
const EVERY: Duration = Duration::from_secs(1);

/// After so long on another screen the journal begins anew with its newest lines: no gap is shown as if it were none.
const STALE: Duration = Duration::from_secs(10);

/// Whether new lines are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Flow {
    /// As they come.
    #[default]
    Live,
    /// Not before the operator says so.
    Frozen,
}

/// The lines of the journal and how they are looked at.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Which lines are wanted.
    pub(super) filter: JournalFilter,
    /// Oldest first, at most [`MAX_LINES`].
    lines: VecDeque<Numbered>,
    /// The sequence number of the line chosen; `None`: always the newest.
    chosen: Option<u64>,
    pub(super) flow: Flow,
    /// The page that was asked for and has not come.
    asking: Option<JournalPage>,
    /// When the desk was last asked for new lines.
    polled: Option<Timestamp>,
    /// Whether any page has come yet.
    pub(super) read: bool,
    /// More lines came than are read at once: those between are not shown.
    pub(super) jumped: bool,
    /// The newest and the oldest line looked at, whether they fit the filter or not.
    newest: Option<u64>,
    oldest: Option<u64>,
    /// No older lines are in the store.
    reached_start: bool,
    /// The line to choose once the first page has come.
    hold: Option<u64>,
}

impl Book {
    /// An empty one for lines that fit `filter`.
    pub(super) fn of(filter: JournalFilter) -> Self {
        Self {
            filter,
            ..Self::default()
        }
    }

    /// The same, held still at the line `seq` as soon as it has come.
    pub(super) fn held_at(filter: JournalFilter, seq: u64) -> Self {
        Self {
            hold: Some(seq),
            ..Self::of(filter)
        }
    }

    /// True if nobody has looked for so long that what came meanwhile is no longer told line by line.
    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        let polled = self.polled.is_some_and(|at| now.since(at) >= STALE);
        polled && self.flow == Flow::Live && self.filter.iin.is_none()
    }

    /// The page to ask for now, if any: about every second unless the journal is held still. Lines of one person are a
    /// look-up each time, so those come only when the operator wants them.
    pub(super) fn poll(&mut self, now: Timestamp) -> Option<JournalPage> {
        let due = self.polled.is_none_or(|at| now.since(at) >= EVERY);
        let by_itself = self.filter.iin.is_none() || self.polled.is_none();
        if self.flow == Flow::Frozen || self.asking.is_some() || !due || !by_itself {
            return None;
        }
        self.polled = Some(now);
        let page = match self.newest {
            Some(newest) if !self.jumped => JournalPage::After(newest),
            _ => JournalPage::Newest,
        };
        Some(self.ask(page))
    }

    /// Asks at the next poll, whenever the last one was.
    pub(super) const fn hurry(&mut self) {
        self.polled = None;
    }

    fn ask(&mut self, page: JournalPage) -> JournalPage {
        self.asking = Some(page.clone());
        page
    }

    /// The desk could not answer.
    pub(super) fn give_up(&mut self) {
        self.asking = None;
    }

    /// A page came.
    pub(super) fn on_page(&mut self, slice: JournalSlice) {
        self.read = true;
        let JournalSlice { lines, reached, more } = slice;
        match self.asking.take() {
            Some(JournalPage::Before(_)) => {
                self.oldest = reached.or(self.oldest);
                self.reached_start = !more;
                for line in lines.into_iter().rev() {
                    if self.lines.len() < MAX_LINES {
                        self.lines.push_front(line);
                    }
                }
            }
            Some(JournalPage::After(_)) => {
                self.newest = reached.max(self.newest);
                if self.filter.is_empty() {
                    // A full page: more has come than one page holds, so the next one is the newest.
                    self.jumped = lines.len() >= JOURNAL_PAGE;
                } else if more {
                    self.hurry();
                }
                self.append(lines);
            }
            _ => self.on_newest(lines, reached, more),
        }
    }

    fn on_newest(&mut self, lines: Vec<Numbered>, reached: Option<u64>, more: bool) {
        let gap = match (self.newest, lines.first()) {
            (Some(last), Some(first)) => first.seq > last + 1,
            _ => false,
        };
        if gap {
            self.lines.clear();
            self.oldest = None;
        }
        if self.oldest.is_none() {
            self.oldest = reached;
            self.reached_start = !more;
        }
        self.jumped = false;
        self.newest = lines.last().map(|line| line.seq).max(self.newest).or(reached);
        self.append(lines);
        if let Some(seq) = self.hold.take() {
            self.flow = Flow::Frozen;
            self.chosen = Some(seq);
        }
    }

    fn append(&mut self, page: Vec<Numbered>) {
        let newest = self.lines.back().map(|line| line.seq);
        let new = page
            .into_iter()
            .filter(|line| newest.is_none_or(|newest| line.seq > newest));
        self.lines.extend(new);
        let surplus = self.lines.len().saturating_sub(MAX_LINES);
        if surplus > 0 {
            self.lines.drain(..surplus);
            self.oldest = self.lines.front().map(|line| line.seq);
            self.reached_start = false;
        }
    }

    /// An action, on lines that are drawn as `scroll` knows; a page if older lines are wanted.
    pub(super) fn act(&mut self, action: Action, scroll: Scroll) -> Option<JournalPage> {
        match action {
            Action::Freeze if self.flow == Flow::Frozen => self.run(),
            Action::Freeze => self.freeze(),
            Action::Bottom => self.run(),
            Action::Up | Action::PageUp | Action::Top | Action::Down | Action::PageDown => {
                return self.choose(action, scroll);
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
        self.hurry();
    }

    /// Moves the choice; looking back holds the journal still.
    fn choose(&mut self, action: Action, scroll: Scroll) -> Option<JournalPage> {
        let to = scroll.choose(action, self.chosen_at(), self.lines.len(), 1);
        self.pick(to);
        let want_older = to == 0 && !self.reached_start && self.lines.len() < MAX_LINES;
        match self.oldest {
            Some(oldest) if want_older && self.asking.is_none() => {
                Some(self.ask(JournalPage::Before(oldest)))
            }
            _ => None,
        }
    }

    /// Chooses the line at this place; looking at one holds the journal still.
    pub(super) fn pick(&mut self, at: usize) {
        self.flow = Flow::Frozen;
        self.chosen = self.lines.get(at).map(|line| line.seq);
    }

    /// Lines kept.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The lines, oldest first.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Numbered> {
        self.lines.iter()
    }

    /// The place of the line chosen.
    pub(super) fn chosen_at(&self) -> usize {
        let last = self.lines.len().saturating_sub(1);
        match self.chosen {
            Some(seq) => self.lines.partition_point(|line| line.seq < seq).min(last),
            None => last,
        }
    }

    /// The line chosen.
    pub(super) fn chosen(&self) -> Option<&Numbered> {
        self.lines.get(self.chosen_at())
    }
}
