//! Text in columns of the screen, measured in cells, never in bytes or characters.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands at the end of a text that was cut.
const CUT: &str = "..";

/// The space inside a sum, at which no line is broken.
pub(crate) const HARD_SPACE: char = '\u{a0}';

/// Where a text stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// At the left edge.
    Left,
    /// At the right edge: sums.
    Right,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its width in cells.
    pub(crate) width: usize,
    /// Where its texts stand.
    pub(crate) align: Align,
}

/// A column of texts, `width` cells wide.
pub(crate) const fn left(width: usize) -> Column {
    Column {
        width,
        align: Align::Left,
    }
}

/// A column of numbers, `width` cells wide.
pub(crate) const fn right(width: usize) -> Column {
    Column {
        width,
        align: Align::Right,
    }
}

/// The columns of a table and the cells between them.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    gap: usize,
    columns: Vec<Column>,
}

impl Table {
    /// A table of these columns with `gap` cells between them.
    pub(crate) fn new(gap: usize, columns: impl Into<Vec<Column>>) -> Self {
        Self {
            gap,
            columns: columns.into(),
        }
    }

    /// Adds a column at `place` that takes what is left of `width`, between `least` and `most` cells.
    pub(crate) fn fill(mut self, width: usize, place: usize, (least, most): (usize, usize)) -> Self {
        let taken: usize = self.columns.iter().map(|column| column.width + self.gap).sum();
        let column = left(width.saturating_sub(taken).clamp(least, most));
        self.columns.insert(place.min(self.columns.len()), column);
        self
    }

    /// A row: each text in its column with its look.
    pub(crate) fn row(&self, cells: &[(&str, Style)]) -> Line<'static> {
        let mut spans = Vec::with_capacity(cells.len() * 2);
        for ((text, style), column) in cells.iter().zip(&self.columns) {
            if !spans.is_empty() {
                spans.push(Span::raw(" ".repeat(self.gap)));
            }
            spans.push(Span::styled(fit(text, column.width, column.align), *style));
        }
        Line::from(spans)
    }

    /// The names of the columns, all of one look.
    pub(crate) fn head(&self, names: &[String], style: Style) -> Line<'static> {
        let cells: Vec<_> = names.iter().map(|name| (name.as_str(), style)).collect();
        self.row(&cells)
    }
}

/// `text` in exactly `width` cells: padded, or cut with two dots.
pub(crate) fn fit(text: &str, width: usize, align: Align) -> String {
    let text = cut(text, width);
    let padding = " ".repeat(width.saturating_sub(text.width()));
    match align {
        Align::Left => text + &padding,
        Align::Right => padding + &text,
    }
}

/// `text` in at most `width` cells, two dots at its end if it was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(CUT.len());
    let mut kept = take(text, room).to_owned();
    kept.push_str(take(CUT, width));
    kept
}

/// The longest beginning of `text` that takes at most `width` cells.
fn take(text: &str, width: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        used += c.width().unwrap_or(0);
        (used > width).then_some(at)
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// `text` in lines of at most `width` cells, broken between words but not at a [`HARD_SPACE`], which becomes a plain
/// one; a word longer than a line is broken inside.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word = word.replace(HARD_SPACE, " ");
        let mut word = word.as_str();
        loop {
            let used = lines.last().map_or(0, |line| line.width());
            let space = usize::from(used > 0);
            if used + space + word.width() <= width {
                if let Some(line) = lines.last_mut() {
                    line.push_str(&" ".repeat(space));
                    line.push_str(word);
                }
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            let start = take(word, width);
            // A character wider than the line: it stands alone.
            let start = if start.is_empty() { word } else { start };
            if let Some(line) = lines.last_mut() {
                line.push_str(start);
            }
            word = word.get(start.len()..).unwrap_or_default();
            if word.is_empty() {
                break;
            }
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_padded_and_cut_by_cells() {
        assert_eq!(fit("жоқ", 5, Align::Left), "жоқ  ");
        assert_eq!(fit("8 500", 7, Align::Right), "  8 500");
        assert_eq!(fit("қыркүйек", 6, Align::Left), "қырк..");
        assert_eq!(fit("汉字汉字", 5, Align::Left), "汉.. ");
        assert_eq!(fit("abc", 1, Align::Left), ".");
    }

    #[test]
    fn words_move_to_the_next_line_and_long_ones_break() {
        assert_eq!(
            wrap("төленбеген айлар: шілде", 16),
            ["төленбеген", "айлар: шілде"]
        );
        assert_eq!(wrap("сома: 8\u{a0}500 теңге", 9), ["сома:", "8 500", "теңге"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 10), [""]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_sticks_out(text in "[a-zқңі汉 ]{0,60}", width in 2usize..40) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| line.width() <= width));
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            prop_assert_eq!(fit(&text, width, Align::Left).width(), width);
        }
    }
}
