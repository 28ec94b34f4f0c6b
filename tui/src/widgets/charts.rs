//! Small charts of letters: sparklines, bars, columns. Each is as wide as told, in cells; in the plain theme they are
//! digits and ASCII signs. No Braille, no signs of ambiguous width.

use crate::theme::ThemeChoice;

/// Eighths of a cell, from the lowest.
const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// The same in ten steps for the plain theme; the lowest stands for "something".
const DIGITS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Values side by side, a cell each, the newest last; `width` cells, wider ones joined by their largest value.
pub(crate) fn spark(theme: ThemeChoice, values: &[u64], width: usize) -> String {
    let cells = joined(values, width);
    let most = cells.iter().copied().max().unwrap_or(0);
    let steps: &[&str] = if theme == ThemeChoice::Plain {
        &DIGITS
    } else {
        &EIGHTHS
    };
    cells.iter().map(|value| step(steps, *value, most)).collect()
}

/// One step of a spark: nothing for nothing.
fn step(steps: &'static [&'static str], value: u64, most: u64) -> &'static str {
    if value == 0 || most == 0 {
        return " ";
    }
    let last = steps.len().saturating_sub(1);
    let at = share(value, most, last);
    steps.get(at).copied().unwrap_or(" ")
}

/// `value` of `most` as a number from 0 to `of`, rounded up for whatever is more than nothing.
fn share(value: u64, most: u64, of: usize) -> usize {
    let of_wide = u128::try_from(of).unwrap_or(0);
    let part = (u128::from(value) * of_wide).div_ceil(u128::from(most.max(1)));
    usize::try_from(part).unwrap_or(of).min(of)
}

/// As many values as there are cells: several share one where there are more.
fn joined(values: &[u64], width: usize) -> Vec<u64> {
    if width == 0 {
        return Vec::new();
    }
    let each = values.len().div_ceil(width).max(1);
    let joined = values
        .rchunks(each)
        .map(|part| part.iter().copied().max().unwrap_or(0));
    let mut joined: Vec<u64> = joined.collect();
    joined.reverse();
    joined
}

/// A bar of `width` cells, filled as far as `value` is of `most`.
pub(crate) fn bar(theme: ThemeChoice, value: u64, most: u64, width: usize) -> String {
    let filled = if value == 0 { 0 } else { share(value, most, width) };
    let (full, empty) = if theme == ThemeChoice::Plain {
        ("#", ".")
    } else {
        ("█", "░")
    };
    full.repeat(filled) + &empty.repeat(width.saturating_sub(filled))
}

/// Columns of `height` rows, a cell each with one between if `spaced`; the rows from the top.
pub(crate) fn columns(theme: ThemeChoice, values: &[u64], height: usize, spaced: bool) -> Vec<String> {
    let most = values.iter().copied().max().unwrap_or(0);
    let plain = theme == ThemeChoice::Plain;
    let rows = (0..height).rev().map(|row| {
        let cells = values.iter().map(|value| {
            let filled = if *value == 0 {
                0
            } else {
                share(*value, most, height * 8)
            };
            let cell = match filled.saturating_sub(row * 8) {
                0 => " ",
                _ if plain => "#",
                some => EIGHTHS.get(some.min(8) - 1).copied().unwrap_or(" "),
            };
            if spaced {
                format!("{cell} ")
            } else {
                cell.to_owned()
            }
        });
        cells.collect::<String>()
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn the_largest_is_full_and_nothing_is_empty() {
        assert_eq!(spark(ThemeChoice::Dark, &[0, 1, 4, 8], 10), " ▂▅█");
        assert_eq!(spark(ThemeChoice::Plain, &[0, 1, 4, 8], 10), " 259");
        assert_eq!(spark(ThemeChoice::Dark, &[1, 2, 3, 9, 5], 2), "▃█");
        assert_eq!(bar(ThemeChoice::Plain, 1, 1_000, 5), "#....", "something is seen");
        assert_eq!(bar(ThemeChoice::Plain, 0, 0, 3), "...");
        assert_eq!(bar(ThemeChoice::Dark, 5, 10, 4), "██░░");
        assert_eq!(
            columns(ThemeChoice::Plain, &[2, 1, 0], 2, true),
            ["#     ", "# #   "]
        );
    }

    proptest! {
        #[test]
        fn charts_are_as_wide_as_told(
            values in prop::collection::vec(any::<u64>(), 0..200),
            width in 0usize..100,
            value in any::<u64>(),
            most in any::<u64>(),
        ) {
            for theme in ThemeChoice::ALL {
                prop_assert!(spark(theme, &values, width).width() <= width);
                prop_assert_eq!(bar(theme, value, most, width).width(), width);
                for row in columns(theme, &values, 3, false) {
                    prop_assert_eq!(row.width(), values.len());
                }
            }
        }
    }
}
