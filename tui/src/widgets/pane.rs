//! A part of a screen: a rule with a title, and lines that can be scrolled.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};
use unicode_width::UnicodeWidthStr;

use crate::action::Action;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::cut;

/// How far lines are scrolled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scroll {
    offset: usize,
    /// Lines that fitted when they were last drawn.
    page: usize,
    /// Where they were last drawn, with their rule, and where the first line of them stands.
    area: Rect,
    first_row: u16,
    /// How many lines there were.
    total: usize,
}

impl Scroll {
    /// Moves as `action` says; true if it is a movement.
    pub(crate) const fn act(&mut self, action: Action) -> bool {
        let page = if self.page > 1 { self.page - 1 } else { 1 };
        self.offset = match action {
            Action::Up => self.offset.saturating_sub(1),
            Action::Down => self.offset.saturating_add(1),
            Action::PageUp => self.offset.saturating_sub(page),
            Action::PageDown => self.offset.saturating_add(page),
            Action::Top => 0,
            Action::Bottom => usize::MAX,
            _ => return false,
        };
        true
    }

    /// It is not drawn for now.
    pub(crate) const fn hide(&mut self) {
        self.area = Rect::ZERO;
    }

    /// True if `at` is a cell of what was last drawn.
    pub(crate) const fn holds(&self, at: Position) -> bool {
        self.area.contains(at)
    }

    /// The line drawn at `at`.
    pub(crate) fn line_at(&self, at: Position) -> Option<usize> {
        let row = at.y.checked_sub(self.first_row).filter(|_| self.holds(at))?;
        Some(self.offset + usize::from(row)).filter(|line| *line < self.total)
    }

    /// The first line that is seen.
    pub(crate) const fn offset(self) -> usize {
        self.offset
    }

    /// To this line.
    pub(crate) const fn to(&mut self, line: usize) {
        self.offset = line;
    }

    /// Back to the first line.
    pub(crate) const fn reset(&mut self) {
        self.offset = 0;
    }

    /// The choice among `count` things of `rows` lines each, `at` which it stands, moved as `action` says.
    pub(crate) fn choose(self, action: Action, at: usize, count: usize, rows: usize) -> usize {
        let last = count.saturating_sub(1);
        let page = (self.page / rows.max(1)).saturating_sub(1).max(1);
        let to = match action {
            Action::Up => at.saturating_sub(1),
            Action::Down => at.saturating_add(1),
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at.saturating_add(page),
            Action::Top => 0,
            Action::Bottom => last,
            _ => at,
        };
        to.min(last)
    }

    /// The offset for `total` lines of which `page` fit, so that the last page is full.
    pub(crate) fn fit(&mut self, total: usize, page: usize) -> usize {
        self.page = page;
        self.offset = self.offset.min(total.saturating_sub(page));
        self.offset
    }

    /// Scrolls just as far as needed to show line `index` among those of the last page drawn.
    pub(crate) fn show(&mut self, index: usize, page: usize) {
        let page = page.max(1);
        if index < self.offset {
            self.offset = index;
        } else if index >= self.offset.saturating_add(page) {
            self.offset = index + 1 - page;
        }
    }
}

/// Lines under a head that stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    /// The names of the columns, if it is a table.
    pub(crate) head: Option<Line<'static>>,
    /// The lines.
    pub(crate) lines: Vec<Line<'static>>,
}

impl Content {
    /// One sentence in place of lines.
    pub(crate) fn sentence(ui: &Ui, key: &str) -> Self {
        Self {
            head: None,
            lines: vec![Line::from(ui.span(Role::Dim, ui.t(key)))],
        }
    }
}

/// True if both titles have room on a rule at the top of `area`, with some of the rule between them.
pub(crate) fn fits_rule(area: Rect, left: &[Span<'_>], right: &[Span<'_>]) -> bool {
    let cells: usize = left.iter().chain(right).map(Span::width).sum();
    cells + RULE_CELLS <= usize::from(area.width)
}

/// A space at either side of two titles, and some of the rule between them.
const RULE_CELLS: usize = 5;

/// The first `room` cells of a title, with a mark where something is cut off.
fn shortened(title: Vec<Span<'static>>, mut room: usize) -> Vec<Span<'static>> {
    let mut shown = Vec::new();
    for span in title {
        let text = cut(&span.content, room);
        room = room.saturating_sub(text.width());
        shown.push(Span::styled(text, span.style));
    }
    shown
}

/// A rule with titles at its left and right end; returns the area under it.
pub(crate) fn rule(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
) -> Rect {
    let left = if fits_rule(area, &left, &right) {
        left
    } else {
        // The right one would stand over its end.
        let used: usize = right.iter().map(Span::width).sum();
        shortened(left, usize::from(area.width).saturating_sub(used + RULE_CELLS))
    };
    let title = |spans: Vec<Span<'static>>| {
        let mut padded = vec![Span::raw(" ")];
        // A title is drawn over the rule, whose dimness would else stay.
        let bright = Style::new().remove_modifier(Modifier::DIM);
        padded.extend(spans.into_iter().map(|span| {
            let style = bright.patch(span.style);
            span.style(style)
        }));
        padded.push(Span::raw(" "));
        Line::from(padded)
    };
    let mut block = Block::new()
        .borders(Borders::TOP)
        .border_set(ui.theme.border())
        .border_style(ui.style(Role::Rule));
    if !left.is_empty() {
        block = block.title_top(title(left));
    }
    if !right.is_empty() {
        block = block.title_top(title(right).right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// Rows up to which a table has no head.
const ROOM_FOR_HEAD: u16 = 3;

/// Lines under a rule, scrolled; the rule says which of them are seen if they do not all fit.
pub(crate) fn scrolled(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    title: Vec<Span<'static>>,
    content: Content,
    scroll: &mut Scroll,
) {
    // Where hardly anything fits, a line is worth more than the names of the columns.
    let head = content.head.filter(|_| area.height > ROOM_FOR_HEAD);
    let head_rows = usize::from(head.is_some());
    let page = usize::from(area.height).saturating_sub(1 + head_rows);
    let total = content.lines.len();
    let offset = scroll.fit(total, page);
    let seen = if total > page && page > 0 {
        let last = (offset + page).min(total);
        vec![ui.span(Role::Dim, format!("{}-{last}/{total}", offset + 1))]
    } else {
        Vec::new()
    };
    let inner = rule(ui, frame, area, title, seen);
    scroll.area = area;
    scroll.first_row = inner.y + u16::from(head.is_some());
    scroll.total = total;
    let visible = content.lines.into_iter().skip(offset).take(page);
    let lines: Vec<Line<'static>> = head.into_iter().chain(visible).collect();
    frame.render_widget(Paragraph::new(lines), indent(inner));
}

/// The area without a cell at each side, so that text does not touch the edge.
pub(crate) fn indent(area: Rect) -> Rect {
    Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_moves_by_things_of_several_lines_and_stops_at_both_ends() {
        let mut scroll = Scroll::default();
        // Three of ten things of two lines are in sight; pages overlap by one.
        scroll.fit(20, 6);
        let moved = |at, action| scroll.choose(action, at, 10, 2);
        assert_eq!([moved(0, Action::Down), moved(0, Action::PageDown)], [1, 2]);
        assert_eq!([moved(8, Action::PageUp), moved(1, Action::PageUp)], [6, 0]);
        assert_eq!([moved(9, Action::Down), moved(8, Action::PageDown)], [9, 9]);
        assert_eq!([moved(4, Action::Top), moved(4, Action::Bottom)], [0, 9]);
        assert_eq!(moved(4, Action::Open), 4);
        assert_eq!(scroll.choose(Action::Down, 3, 0, 2), 0, "nothing to choose from");
    }

    #[test]
    fn titles_need_their_spaces_and_a_cell_of_the_rule() {
        let area = Rect::new(0, 0, 20, 3);
        let [left, right] = ["12345678", "1234567"].map(|text| vec![Span::raw(text)]);
        assert!(fits_rule(area, &left, &right));
        assert!(!fits_rule(Rect { width: 19, ..area }, &left, &right));
    }

    #[test]
    fn scrolling_stops_at_both_ends_and_pages_overlap_by_a_line() {
        let mut scroll = Scroll::default();
        assert_eq!(scroll.fit(20, 5), 0);
        assert!(scroll.act(Action::Up));
        assert_eq!(scroll.fit(20, 5), 0);
        scroll.act(Action::PageDown);
        assert_eq!(scroll.fit(20, 5), 4);
        scroll.act(Action::Bottom);
        assert_eq!(scroll.fit(20, 5), 15);
        scroll.act(Action::Up);
        assert_eq!(scroll.fit(20, 5), 14);
        assert!(!scroll.act(Action::Quit));
        assert_eq!(scroll.fit(3, 5), 0, "all fit");
    }

    #[test]
    fn a_line_is_shown_with_the_least_movement() {
        let mut scroll = Scroll::default();
        scroll.show(7, 5);
        assert_eq!(scroll.fit(20, 5), 3);
        scroll.show(5, 5);
        assert_eq!(scroll.fit(20, 5), 3);
        scroll.show(1, 5);
        assert_eq!(scroll.fit(20, 5), 1);
    }
}
