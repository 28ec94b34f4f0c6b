//! Texts of any length and origin made to be shown and to fit.

use crate::encoding::pages::JOIN;
use crate::encoding::{Alphabet, prefix_len};

/// `text` without what a phone does not show: controls, marks of direction, joiners. Spaces of all kinds are one kind;
/// line breaks and the joining space of pages stay.
pub(super) fn visible(text: &str) -> String {
    let hidden = |c| {
        matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffd}')
    };
    let shown = |c: char| match c {
        '\n' | JOIN => Some(c),
        c if c.is_whitespace() => Some(' '),
        c => Some(c).filter(|c| !hidden(*c) && !c.is_control()),
    };
    text.chars().filter_map(shown).collect()
}

/// Two texts of a registry, joined by a comma, in at most `units`: each may take half, and what the other leaves.
pub(super) fn shorten(texts: &[String; 2], alphabet: Alphabet, units: usize) -> String {
    let [first, second] = texts
        .each_ref()
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    if first.is_empty() || second.is_empty() {
        return cut(&(first + &second), alphabet, units);
    }
    let units = units.saturating_sub(2);
    let first_units = (units / 2).max(units.saturating_sub(alphabet.units(&second)));
    let first = cut(&first, alphabet, first_units);
    let second = cut(&second, alphabet, units.saturating_sub(alphabet.units(&first)));
    format!("{first}, {second}")
}

/// `text` in at most `units`, ending with `...` if something was cut, at a word if that costs little.
fn cut(text: &str, alphabet: Alphabet, units: usize) -> String {
    if alphabet.units(text) <= units {
        return text.to_owned();
    }
    let kept = before_dots(text, alphabet, units);
    let at_word = kept.rsplit_once(' ').map_or(kept, |(before, _)| before);
    let kept = if at_word.len() * 4 >= kept.len() * 3 {
        at_word
    } else {
        kept
    };
    dotted(kept)
}

/// As much of `text` as leaves room for dots in `units`.
pub(super) fn before_dots(text: &str, alphabet: Alphabet, units: usize) -> &str {
    text.get(..prefix_len(text, alphabet, units.saturating_sub(3)))
        .unwrap_or_default()
}

/// `text`, of which more was to come.
pub(super) fn dotted(text: &str) -> String {
    format!("{}...", text.trim_end_matches([' ', JOIN, ',', '.', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_texts_share_what_there_is() {
        let of = |a: &str, b: &str, units| shorten(&[a.into(), b.into()], Alphabet::Ucs2, units);
        assert_eq!(of("Емхана", "Абай, 21", 16), "Емхана, Абай, 21");
        assert_eq!(of("Емхана", "", 16), "Емхана");
        assert_eq!(of("  №5\n  емхана ", "Абай", 30), "№5 емхана, Абай");
        assert_eq!(
            of("Емхана", "Абай даңғылы, 21 үй, Алматы", 26),
            "Емхана, Абай даңғылы..."
        );
        assert_eq!(of("Бірінші қалалық емхана", "Абай", 22), "Бірінші қалал..., Абай");
        assert_eq!(of("бір екі үш", "төрт бес алты", 16), "бір..., төрт...");
    }

    #[test]
    fn what_no_phone_shows_is_left_out() {
        assert_eq!(visible("a\u{2068}b\u{2069}\u{200b}c\u{7}\u{feff}"), "abc");
        assert_eq!(visible("a\tb\u{2028}c\nd\u{a0}e"), "a b c\nd\u{a0}e");
    }
}
