//! What somebody types to find something by name: a few letters, perhaps on the other keyboard layout or in Latin
//! letters for Cyrillic ones.
//!
//! A word typed is found in a text if its letters stand there in this order, each of them at the beginning of a word,
//! behind the letter before, or later in the same word. Words typed are found in any order.

use crate::keymap::key::on_other_layouts;

/// Points for the first letter at the beginning of a word.
const AT_WORD: u32 = 10;
/// Points for a later letter there: less than for one in a run, or a sentence of many words would fit anything.
const AT_NEXT_WORD: u32 = 6;
/// More if the whole text begins there.
const AT_TEXT: u32 = 2;
/// Points for a letter behind the letter before it.
const IN_RUN: u32 = 8;
/// Points for a letter somewhere inside a word.
const INSIDE: u32 = 1;
/// More if a word ends with the last letter.
const TO_END: u32 = 3;
/// The fewest points for each letter: less is chance.
const LEAST: u32 = 4;
/// What a point weighs against a letter of the text: of two texts found equally well the shorter one is meant.
const POINT: u32 = 256;

/// A text that is looked for, in every way in which it may be meant.
#[derive(Debug, Default)]
pub(crate) struct Wish(Vec<Way>);

/// One way.
#[derive(Debug)]
struct Way {
    words: Vec<Vec<char>>,
    /// Found in Cyrillic texts written in Latin letters.
    romanized: bool,
}

impl Way {
    fn of(text: &str, romanized: bool) -> Self {
        Self {
            words: text
                .split_whitespace()
                .map(|word| word.chars().collect())
                .collect(),
            romanized,
        }
    }
}

impl Wish {
    /// Reads what was typed.
    pub(crate) fn of(typed: &str) -> Self {
        let typed = plain(typed);
        if typed.trim().is_empty() {
            return Self::default();
        }
        let mut ways = vec![Way::of(&typed, false)];
        ways.extend(on_other_layouts(&typed).map(|text| Way::of(&plain(&text), false)));
        if typed.is_ascii() {
            // In Russian names `j` stands for `й`, in Kazakh ones for `ж`.
            ways.extend(["i", "zh"].map(|j| Way::of(&of_sound(&typed.replace('j', j)), true)));
        }
        Self(ways)
    }

    /// True if nothing is looked for.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How well `text` fits, `None` if it does not; nothing fits everything equally well.
    pub(crate) fn rank(&self, text: &str) -> Option<u32> {
        if self.is_empty() {
            return Some(0);
        }
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let found = self.best(text, |words, text| {
            let points = words.iter().map(|word| points(word, text));
            points.sum::<Option<u32>>()
        })?;
        Some(found.saturating_mul(POINT).saturating_sub(length.min(POINT)))
    }

    /// True if every word typed stands in `text` as it is.
    pub(crate) fn stands_in(&self, text: &str) -> bool {
        let stands = |words: &[Vec<char>], text: &[char]| {
            let all = words
                .iter()
                .all(|word| text.windows(word.len()).any(|part| part == word));
            all.then_some(0)
        };
        self.is_empty() || self.best(text, stands).is_some()
    }

    fn best(&self, text: &str, find: impl Fn(&[Vec<char>], &[char]) -> Option<u32>) -> Option<u32> {
        let lower = plain(text);
        // What is Latin already is found as it is.
        let romanized: Vec<char> = if lower.is_ascii() {
            Vec::new()
        } else {
            of_sound(&romanized(&lower)).chars().collect()
        };
        let lower: Vec<char> = lower.chars().collect();
        let ways = self.0.iter().map(|way| {
            let text = if way.romanized { &romanized } else { &lower };
            find(&way.words, text)
        });
        ways.max().flatten()
    }
}

/// Small letters, and the one that is often typed for another.
fn plain(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

/// Latin letters of which several are used for one sound, as one.
fn of_sound(text: &str) -> String {
    text.replace("kh", "h")
        .replace("ts", "c")
        .replace(['y', 'j'], "i")
        .replace('q', "k")
        .replace('w', "v")
        .replace('x', "h")
}

/// Small letters of the Russian and Kazakh alphabets in Latin ones, the others as they are.
fn romanized(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for c in text.chars() {
        match in_latin(c) {
            Some(letters) => latin.push_str(letters),
            None => latin.push(c),
        }
    }
    latin
}

const fn in_latin(c: char) -> Option<&'static str> {
    Some(match c {
        'а' | 'ә' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ғ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' | 'ы' | 'і' => "i",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' => "n",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ұ' | 'ү' => "u",
        'ф' => "f",
        'х' | 'һ' => "h",
        'ц' => "c",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "iu",
        'я' => "ia",
        _ => return None,
    })
}

/// The most points for which `typed` can be found in `text`.
fn points(typed: &[char], text: &[char]) -> Option<u32> {
    // For each letter of the text the most points if the letters typed so far are found and the last of them there.
    let mut reached: Vec<Option<u32>> = Vec::new();
    for (at, letter) in typed.iter().enumerate() {
        let mut next = Vec::with_capacity(text.len());
        let (mut anywhere, mut in_word, mut just_before) = (None, None, None);
        let mut last = ' ';
        for (place, c) in text.iter().enumerate() {
            let begins = c.is_alphanumeric() && !last.is_alphanumeric();
            let of_word = AT_WORD + if place == 0 { AT_TEXT } else { 0 };
            in_word = in_word.filter(|_| !begins);
            let ways = match (at, begins) {
                (0, true) => [Some(of_word), None, None],
                (0, false) => [Some(INSIDE), None, None],
                (_, begins) => [
                    just_before.map(|points: u32| points + IN_RUN),
                    in_word.map(|points: u32| points + INSIDE),
                    anywhere
                        .filter(|_| begins)
                        .map(|points: u32| points + AT_NEXT_WORD),
                ],
            };
            next.push(ways.into_iter().max().flatten().filter(|_| c == letter));
            just_before = reached.get(place).copied().flatten();
            anywhere = anywhere.max(just_before);
            in_word = in_word.max(just_before);
            last = *c;
        }
        reached = next;
    }
    let ends = |place: usize| text.get(place + 1).is_none_or(|c| !c.is_alphanumeric());
    let found = reached.into_iter().enumerate().filter_map(|(place, points)| {
        let more = if ends(place) { TO_END } else { 0 };
        Some(points? + more)
    });
    let letters = u32::try_from(typed.len()).unwrap_or(u32::MAX);
    found
        .max()
        .filter(|points| *points >= letters.saturating_mul(LEAST))
}

#[cfg(test)]
#[path = "fuzzy/tests.rs"]
mod tests;
