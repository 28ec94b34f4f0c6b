//! The parts of an SMS: one of up to 160 septets or 70 UTF-16 units, or several of up to 153 or 67.

use super::{Alphabet, prefix_len};

/// The parts in which `text` is sent, at least one. No escape is parted from its letter, no surrogate from the other.
#[must_use]
pub fn parts(text: &str) -> Vec<&str> {
    let alphabet = Alphabet::of(text);
    if alphabet.units(text) <= alphabet.single() {
        return vec![text];
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(prefix_len(rest, alphabet, alphabet.part()));
        parts.push(part);
        rest = after;
    }
    parts
}

/// The number of parts in which `text` is sent.
#[must_use]
pub fn count(text: &str) -> usize {
    parts(text).len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_limits_are_those_of_the_air() {
        for (letter, single, part) in [("a", 160, 153), ("қ", 70, 67)] {
            assert_eq!(count(""), 1);
            assert_eq!(count(&letter.repeat(single)), 1);
            assert_eq!(count(&letter.repeat(single + 1)), 2);
            assert_eq!(count(&letter.repeat(2 * part)), 2);
            assert_eq!(count(&letter.repeat(2 * part + 1)), 3);
        }
    }

    #[test]
    fn a_pair_on_the_edge_goes_to_the_next_part() {
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(152));
        assert_eq!(Alphabet::Gsm7.units(&text), 306);
        assert_eq!(
            parts(&text).iter().map(|p| p.len()).collect::<Vec<_>>(),
            [152, 154, 1]
        );
        let text = format!("{}😀{}", "қ".repeat(66), "қ".repeat(66));
        assert_eq!(
            parts(&text)
                .iter()
                .map(|p| p.encode_utf16().count())
                .collect::<Vec<_>>(),
            [66, 67, 1]
        );
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z€\\[\\]{}~|@ ]{0,700}",
            "[а-яқңө😀🧑 ]{0,300}",
            any::<String>()
        ]
    }

    proptest! {
        #[test]
        fn parts_together_are_the_text_and_each_fits(text in any_text()) {
            let alphabet = Alphabet::of(&text);
            let parts = parts(&text);
            prop_assert_eq!(parts.concat(), text.as_str());
            let room = if parts.len() == 1 { alphabet.single() } else { alphabet.part() };
            for part in &parts {
                prop_assert!(alphabet.units(part) <= room);
            }
            // No part could have taken the next character too: there are no more parts than needed.
            for pair in parts.windows(2) {
                let next = pair[1].chars().next().map_or(0, |c| alphabet.width(c));
                prop_assert!(alphabet.units(pair[0]) + next > room);
            }
        }
    }
}
