//! USSD text longer than a screen, cut at words.

use super::{Alphabet, prefix_len};

/// The most that a carrier may take of a page, in units; what a configuration says beyond is ignored.
pub const MAX_OVERHEAD: usize = 20;

/// The octets of a page on the air (3GPP TS 24.080): 182 septets or 80 UTF-16 units.
pub const PAGE_OCTETS: usize = 160;

/// The least octets that a carrier may hand over of a page: those of an SMS.
pub const MIN_PAGE_OCTETS: usize = 140;

/// The least that a carrier may show of a page, in units; the longest of the texts that must be on one screen fit.
pub const MIN_PAGE_UNITS: usize = 120;

/// The frame of a carrier's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The octets of a page, from [`MIN_PAGE_OCTETS`] to [`PAGE_OCTETS`].
    pub octets: usize,
    /// The most units of a page, where that is less than the air takes; at least [`MIN_PAGE_UNITS`].
    pub most: usize,
    /// Units that the carrier takes of each page, at most [`MAX_OVERHEAD`].
    pub overhead: usize,
}

impl Default for Frame {
    /// All that the air takes.
    fn default() -> Self {
        Self::from(0)
    }
}

impl From<usize> for Frame {
    /// A frame with this overhead.
    fn from(overhead: usize) -> Self {
        Self {
            octets: PAGE_OCTETS,
            most: usize::MAX,
            overhead,
        }
    }
}

impl Frame {
    /// The units that a page in `alphabet` has.
    #[must_use]
    pub fn room(self, alphabet: Alphabet) -> usize {
        let most = self.most.max(MIN_PAGE_UNITS);
        let octets = self.octets.clamp(MIN_PAGE_OCTETS, PAGE_OCTETS);
        alphabet.units_in(octets).min(most) - self.overhead.min(MAX_OVERHEAD)
    }
}

/// Joins two words that must stay on one line, such as the key and the label of an item. It is shown as a space.
pub const JOIN: char = '\u{a0}';

/// The lines under the text.
#[derive(Clone, Copy, Debug)]
pub struct Footers<'a> {
    /// Under every screen but the last, when there is room for it.
    pub more: &'a str,
    /// Under every screen but the last, when `more` would need another screen.
    pub more_short: &'a str,
    /// Under the last screen, or the only one; may be empty.
    pub last: &'a str,
}

/// `body` as the screens of a page, each at most 182 septets, or 80 UTF-16 units if any letter of the page is outside
/// GSM 7-bit, within the `frame` of the carrier. A screen ends at a line or a word; only a
/// word longer than a screen is cut inside. The footers are to be short: at most 30 units.
#[must_use]
pub fn screens(body: &str, footers: &Footers<'_>, frame: impl Into<Frame>) -> Vec<String> {
    let shown = |text: &str| text.replace(JOIN, " ");
    let all = [body, footers.more, footers.more_short, footers.last].concat();
    let alphabet = Alphabet::of(&shown(&all));
    let room = frame.into().room(alphabet);
    // The best way that needs no more screens than another: with all of the footer, and whole sentences.
    let ways = [
        (footers.more, true),
        (footers.more, false),
        (footers.more_short, true),
        (footers.more_short, false),
    ];
    let cut = ways.map(|(more, sentences)| {
        cut(
            body,
            alphabet,
            room,
            &Ends {
                more,
                last: footers.last,
                sentences,
            },
        )
    });
    let screens = cut.into_iter().min_by_key(Vec::len).unwrap_or_default();
    screens.iter().map(|screen| shown(screen)).collect()
}

/// How screens end.
struct Ends<'a> {
    more: &'a str,
    last: &'a str,
    /// With a sentence rather than a word.
    sentences: bool,
}

fn cut(body: &str, alphabet: Alphabet, room: usize, ends: &Ends<'_>) -> Vec<String> {
    let mut screens = Vec::new();
    let mut rest = body.trim();
    loop {
        let whole = under(rest, ends.last);
        if alphabet.units(&whole) <= room {
            screens.push(whole);
            return screens;
        }
        let free = room.saturating_sub(alphabet.units(ends.more) + 1);
        let (screen, after) = rest.split_at(break_at(rest, alphabet, free, ends.sentences));
        screens.push(under(screen.trim_end(), ends.more));
        rest = after.trim_start();
    }
}

/// `text` with a footer on a line of its own.
fn under(text: &str, footer: &str) -> String {
    match (text.is_empty(), footer.is_empty()) {
        (_, true) => text.to_owned(),
        (true, false) => footer.to_owned(),
        (false, false) => format!("{text}\n{footer}"),
    }
}

/// Where to break `text` so that what comes before takes at most `free` units and something is left after: at the end
/// of a line if that leaves the screen a third full, of a sentence if half full, of a word, else anywhere. At least one
/// character.
fn break_at(text: &str, alphabet: Alphabet, free: usize, sentences: bool) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
    let longest = prefix_len(text, alphabet, free).min(last).max(first);
    // A break may also be right behind the longest piece, so one character more is looked at.
    let window = text.char_indices().take_while(|(at, _)| *at <= longest);
    let (mut line, mut sentence, mut word, mut before) = (0, 0, 0, ' ');
    for (at, c) in window {
        match c {
            '\n' => line = at,
            ' ' if sentences && matches!(before, '.' | ';') => sentence = at,
            ' ' => word = at,
            _ => {}
        }
        before = c;
    }
    let fills = |at: usize, share: usize| {
        at > 0
            && text
                .get(..at)
                .is_some_and(|before| alphabet.units(before) * share >= free)
    };
    match word.max(sentence).max(line) {
        _ if fills(line, 3) => line,
        _ if fills(sentence, 2) => sentence,
        0 => longest,
        any => any,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FOOTERS: Footers<'static> = Footers {
        more: "98 әрі 0 артқа 00 басы",
        more_short: "98 әрі",
        last: "0 артқа 00 басы",
    };
    const LATIN: Footers<'static> = Footers {
        more: "98 more 0 back 00 start",
        more_short: "98 more",
        last: "0 back 00 start",
    };

    #[test]
    fn a_short_text_is_one_screen() {
        let page = screens("САҚТАНДЫРЫЛҒАН 31.12.2026 дейін", &FOOTERS, 0);
        assert_eq!(page, ["САҚТАНДЫРЫЛҒАН 31.12.2026 дейін\n0 артқа 00 басы"]);
    }

    #[test]
    fn lines_and_items_stay_whole() {
        let body = format!(
            "{}\n1\u{a0}төлем 2\u{a0}қарыз 3\u{a0}емхана 4\u{a0}SMS",
            "сөз ".repeat(14).trim()
        );
        let page = screens(&body, &FOOTERS, 0);
        assert_eq!(page.len(), 2, "{page:?}");
        assert_eq!(page[1], "1 төлем 2 қарыз 3 емхана 4 SMS\n0 артқа 00 басы");
        let items: Vec<String> = (1..=9).map(|n| format!("{n}\u{a0}...000{n}")).collect();
        for screen in screens(&items.join(" "), &FOOTERS, 30) {
            let items = screen.lines().next().unwrap();
            assert_eq!(
                items.matches(' ').count() + 1,
                items.matches("...").count() * 2,
                "{items}"
            );
        }
    }

    #[test]
    fn a_longer_footer_never_costs_a_screen() {
        let body = format!("{} {}", "ү".repeat(70), "ұ".repeat(60));
        let page = screens(&body, &FOOTERS, 0);
        assert_eq!(page.len(), 2, "{page:?}");
        assert!(page[0].ends_with("\n98 әрі"), "{page:?}");
    }

    #[test]
    fn a_screen_ends_with_a_sentence_if_that_costs_none() {
        let page = screens(
            "САҚТАНДЫРЫЛҒАН 31.12.2026 дейін, мемлекет төлейді. Қарыз: 3 ай, 12750 тг.",
            &FOOTERS,
            0,
        );
        assert_eq!(
            page[0],
            "САҚТАНДЫРЫЛҒАН 31.12.2026 дейін, мемлекет төлейді.\n98 әрі 0 артқа 00 басы"
        );
        let body = format!("{}. {} {}", "а".repeat(30), "б".repeat(26), "в".repeat(60));
        assert_eq!(
            screens(&body, &FOOTERS, 0).len(),
            2,
            "a sentence would cost a third screen"
        );
    }

    fn squeezed(text: &str) -> String {
        text.split(|c: char| c == JOIN || c.is_whitespace()).collect()
    }

    proptest! {
        #[test]
        fn every_screen_fits_and_nothing_is_lost(
            words in prop::collection::vec("[а-яқңөa-z0-9€😀]{1,30}", 0..40),
            glue in prop::sample::select(vec![" ", "\n", "\u{a0}"]),
            overhead in 0_usize..40,
            octets in prop::sample::select(vec![MIN_PAGE_OCTETS, PAGE_OCTETS]),
        ) {
            let body = words.join(glue);
            let mut text = String::new();
            let page = screens(&body, &FOOTERS, Frame { octets, ..Frame::from(overhead) });
            for (n, screen) in page.iter().enumerate() {
                prop_assert!(Alphabet::Ucs2.units(screen) <= octets / 2 - overhead.min(MAX_OVERHEAD), "{}", screen);
                let last = n + 1 == page.len();
                let footers = if last { vec![FOOTERS.last] } else { vec![FOOTERS.more, FOOTERS.more_short] };
                let footer = footers.iter().find(|f| screen.ends_with(**f));
                prop_assert!(footer.is_some(), "{}", screen);
                text += screen.strip_suffix(footer.unwrap()).unwrap();
            }
            prop_assert_eq!(squeezed(&text), squeezed(&body));
        }

        #[test]
        fn gsm_screens_have_182_septets(body in "[a-z\\[\\]{}~€ ]{0,900}", overhead in 0_usize..=MAX_OVERHEAD) {
            for screen in screens(&body, &LATIN, overhead) {
                prop_assert!(Alphabet::Gsm7.units(&screen) <= 182 - overhead);
            }
            let kannel = Frame { octets: MIN_PAGE_OCTETS, ..Frame::from(overhead) };
            for screen in screens(&body, &LATIN, kannel) {
                prop_assert!(Alphabet::Gsm7.units(&screen) <= 160 - overhead);
            }
            let nalo = Frame { most: 120, ..Frame::from(overhead) };
            for screen in screens(&body, &LATIN, nalo) {
                prop_assert!(Alphabet::Gsm7.units(&screen) <= 120 - overhead);
            }
        }
    }
}
