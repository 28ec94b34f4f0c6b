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

/// `text` in lines of at most `width` cells, broken between words but neither at a [`HARD_SPACE`], which becomes a plain
/// one, nor inside a number that is written in groups; a word longer than a line is broken inside.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in units(text, width) {
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

/// The words of `text`, the groups of a number together: sums, phones, account numbers, IINs.
fn units(text: &str, width: usize) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut before = "";
    let mut in_account = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let group = in_account && is_account_group(word);
        in_account = begins_account(word) || group && word.len() == ACCOUNT_GROUP;
        let joined = group || is_group(before) && begins_group(word);
        before = word;
        let word = word.replace(HARD_SPACE, " ");
        match units.last_mut() {
            Some(unit) if joined && unit.width() + 1 + word.width() <= width => {
                unit.push(' ');
                unit.push_str(&word);
            }
            _ => units.push(word),
        }
    }
    units
}

/// Characters of a group of an account number, of which the last may have fewer.
const ACCOUNT_GROUP: usize = 4;

/// True for the beginning of an account number in groups: `KZ92`.
fn begins_account(word: &str) -> bool {
    let mut bytes = word.bytes();
    let country = bytes.by_ref().take(2).filter(u8::is_ascii_uppercase).count() == 2;
    let check = bytes.by_ref().take(2).filter(u8::is_ascii_digit).count() == 2;
    country && check && bytes.next().is_none()
}

/// True for another group of it, whatever sentence mark stands behind the last.
fn is_account_group(word: &str) -> bool {
    let group = word.trim_end_matches(['.', ',', ';', ')']);
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    !group.is_empty() && group.len() <= ACCOUNT_GROUP && group.chars().all(fits)
}

/// True for what may be one more group of digits, whatever stands behind them.
fn begins_group(word: &str) -> bool {
    let digits = word.strip_prefix('(').unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// True for a group of digits that another may follow: `29`, `+7`, `(701)`, `********`.
fn is_group(word: &str) -> bool {
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '*');
    let last = word.chars().last();
    last.is_some_and(|c| c.is_ascii_digit() || matches!(c, ')' | '*')) && word.chars().all(in_number)
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

    #[test]
    fn a_number_is_never_broken_where_it_fits_into_a_line() {
        for number in [
            "KZ92009MEDS368609103",
            "KZ92 009M EDS3 6860 9103",
            "+7 701 123 45 67",
            "+7 (701) 123-45-67",
            "900101 300 007",
            "29 750",
            "1 560 000",
            "31.12.2026",
            "8 701 123 45 67.",
        ] {
            for width in number.width()..80 {
                for before in ["", "шот ", "Төлеуге қажет сома немесе шот: "] {
                    let text = format!("{before}{number}, содан кейін күтіңіз");
                    let lines = wrap(&text, width + 1);
                    assert!(
                        lines.iter().any(|line| line.contains(number)),
                        "{width}: {lines:?}"
                    );
                }
            }
        }
        assert_eq!(wrap("29 750", 4), ["29", "750"], "no room for it whole");
        assert_eq!(wrap("2026, 12 ай", 8), ["2026, 12", "ай"], "two numbers are two");
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
