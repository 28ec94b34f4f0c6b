//! Understanding a text: which command, whose IIN, in which language. Pure, linear in the length of the text.

use saqta_data::iin::Iin;
use saqta_data::language::Language;

use super::answer::Topic;
use lexicon::{Lexicon, Sense};
use numbers::number_in;
use spelling::{Token, fold, is_kazakh_letter, tokens};

mod lexicon;
mod numbers;
mod spelling;
#[cfg(test)]
mod tests;

pub(super) use spelling::clean;

/// The most characters of a text that are looked at: more than the longest concatenated SMS has (255 parts of 153).
pub const MAX_TEXT_CHARS: usize = 40_000;

/// What a text asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Something about a person.
    About(Topic),
    /// Latin answers on or off.
    Latin,
    /// How to use the service.
    Help,
    /// No more SMS.
    Stop,
    /// SMS again.
    Start,
}

/// The number that a text holds where an IIN would stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// No digits that could matter.
    None,
    /// One IIN, perhaps written twice.
    Iin(Iin),
    /// Two or more numbers of 12 digits.
    Several,
    /// 12 digits with a wrong check digit.
    WrongCheckDigit,
    /// More or fewer digits where an IIN was meant.
    WrongLength {
        /// How many.
        digits: usize,
    },
    /// At most four digits: a choice or a code.
    Short(String),
}

/// A text, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The command, if there is one.
    pub verb: Option<Verb>,
    /// The language asked for by its word.
    pub language: Option<Language>,
    /// The language that the text is written in, as far as its words tell.
    pub spoken: Option<Language>,
    /// The number.
    pub number: Number,
    /// Digits and punctuation only.
    pub digits_only: bool,
    /// Some word of it means nothing to us: free text, in which a command may stand by chance.
    pub prose: bool,
    /// Nothing visible at all.
    pub empty: bool,
}

impl Request {
    /// True if the text surely is from a person who asks: it holds an IIN, or a command and nothing else. Other texts
    /// may be from a machine that answers us.
    #[must_use]
    pub const fn is_surely_asked(&self) -> bool {
        matches!(self.number, Number::Iin(_)) || self.verb.is_some() && !self.prose
    }
}

/// Understands `text`. Never fails: what means nothing is a request without verb, language and number.
#[must_use]
pub fn understand(text: &str) -> Request {
    let tokens = tokens(text);
    let lexicon = Lexicon::builtin();
    let words: Vec<&str> = tokens.iter().filter_map(Token::word).collect();
    let (language, words) = take_language(lexicon, &words);
    let (verb, of_verb) = find_verb(lexicon, &words, tokens.iter().any(Token::is_digits)).unzip();
    let (leading_12, number) = number_behind_12(&tokens, language.is_some());
    let verb = if leading_12 && verb.is_none() {
        Some(Verb::About(Topic::Payments))
    } else {
        verb
    };
    Request {
        verb,
        language,
        spoken: of_verb.flatten().or_else(|| spoken(lexicon, &words)),
        number,
        prose: words.iter().any(|word| lexicon.find(&fold(word)).is_none()),
        digits_only: words.is_empty() && language.is_none() && tokens.iter().any(Token::is_digits),
        empty: tokens.is_empty() && clean(text).all(char::is_whitespace),
    }
}

/// The language named by the first or the last word, and the other words.
fn take_language<'a>(lexicon: &Lexicon, words: &[&'a str]) -> (Option<Language>, Vec<&'a str>) {
    let named = |word: &str| match lexicon.find(&fold(word)) {
        Some((Sense::Language, language)) => language,
        _ => None,
    };
    if let Some((first, rest)) = words.split_first()
        && let Some(language) = named(first)
    {
        return (Some(language), rest.to_vec());
    }
    if let Some((last, rest)) = words.split_last()
        && let Some(language) = named(last)
    {
        return (Some(language), rest.to_vec());
    }
    (None, words.to_vec())
}

/// The command among `words` and the language of its word.
fn find_verb(lexicon: &Lexicon, words: &[&str], digits: bool) -> Option<(Verb, Option<Language>)> {
    let whole = fold(&words.join(" "));
    let alone = lexicon
        .find(&whole)
        .and_then(|(sense, language)| Some((sense.verb_alone(digits)?, language)));
    let anywhere = || {
        let found = words
            .iter()
            .filter_map(|word| lexicon.find(&fold(word)))
            .filter_map(|(sense, language)| Some((sense.verb_anywhere()?, language)));
        let found: Vec<_> = found.collect();
        let about = found.iter().find(|(verb, _)| *verb != Verb::Help);
        about.or(found.first()).copied()
    };
    alone.or_else(anywhere)
}

/// Whether the text begins with `12`, the command for payments, and the number in the rest. The digits after a `12` that
/// make an IIN only together with it are a number written in groups, not a command.
fn number_behind_12(tokens: &[Token], language: bool) -> (bool, Number) {
    let mut skip_language = language;
    let first = tokens.iter().position(|token| match token {
        Token::Break => false,
        Token::Word(_) if skip_language => {
            skip_language = false;
            false
        }
        _ => true,
    });
    let whole = number_in(tokens);
    let behind = first
        .filter(|at| matches!(tokens.get(*at), Some(Token::Digits(digits)) if digits == "12"))
        .and_then(|at| tokens.get(at + 1..));
    match behind.map(number_in) {
        None => (false, whole),
        Some(behind) if matches!(whole, Number::Iin(_)) && !matches!(behind, Number::Iin(_)) => {
            (false, whole)
        }
        Some(behind) => (true, behind),
    }
}

/// The language of the words: of the first known one, else by their letters.
fn spoken(lexicon: &Lexicon, words: &[&str]) -> Option<Language> {
    let known = words
        .iter()
        .find_map(|word| lexicon.find(&fold(word)).and_then(|(_, language)| language));
    let letters = || words.iter().flat_map(|word| word.chars());
    known.or_else(|| {
        if letters().any(is_kazakh_letter) {
            Some(Language::Kazakh)
        } else if letters().any(|c| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё')) {
            Some(Language::Russian)
        } else {
            None
        }
    })
}
