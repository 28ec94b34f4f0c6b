//! How people spell: what is one letter to a reader is made one letter here, and a text is cut into words and digits.

use saqta_data::language::without_kazakh_letters;

use super::MAX_TEXT_CHARS;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters, as written.
    Word(String),
    /// ASCII digits.
    Digits(String),
    /// Something between other pieces that is neither space nor hyphen: digits do not join across it.
    Break,
}

impl Token {
    /// The letters of a word.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// True for digits.
    pub(super) const fn is_digits(&self) -> bool {
        matches!(self, Self::Digits(_))
    }
}

/// The visible characters of `text`, the first [`MAX_TEXT_CHARS`] of them: full-width forms and Arabic-Indic digits as
/// ASCII, without marks that no one sees (direction marks, joiners, the frame of keycap emoji, apostrophes in words).
pub(in crate::dialog) fn clean(text: &str) -> impl Iterator<Item = char> + '_ {
    let visible = text.chars().filter(|c| {
        !matches!(c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{300}'..='\u{36f}' | '\'' | '’' | 'ʼ' | '`' | '\0')
    });
    visible.take(MAX_TEXT_CHARS).map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => shifted(c, '\u{ff01}', '!'),
        '\u{660}'..='\u{669}' => shifted(c, '\u{660}', '0'),
        '\u{6f0}'..='\u{6f9}' => shifted(c, '\u{6f0}', '0'),
        _ => c,
    })
}

/// `c`, as far from `to` as it is from `from`.
fn shifted(c: char, from: char, to: char) -> char {
    char::from_u32(u32::from(c) - u32::from(from) + u32::from(to)).unwrap_or(c)
}

/// The pieces of `text`.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut run = String::new();
    for c in clean(text) {
        if c.is_alphanumeric() {
            run.push(c);
            continue;
        }
        cut(&mut run, &mut tokens);
        let joins = c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
        if !joins && tokens.last().is_some_and(|token| *token != Token::Break) {
            tokens.push(Token::Break);
        }
    }
    cut(&mut run, &mut tokens);
    tokens
}

/// Cuts a run of letters and digits where they meet. A letter that looks like a digit is one between digits, and in a
/// run of nothing but digits and such letters.
fn cut(run: &mut String, tokens: &mut Vec<Token>) {
    let has_digit = run.chars().any(|c| c.is_ascii_digit());
    if has_digit && let Some(digits) = as_digits(run) {
        tokens.push(Token::Digits(digits));
        run.clear();
        return;
    }
    let mut pieces: Vec<Token> = Vec::new();
    for c in run.drain(..) {
        match (c.is_ascii_digit(), pieces.last_mut()) {
            (true, Some(Token::Digits(digits))) => digits.push(c),
            (false, Some(Token::Word(word))) => word.push(c),
            (true, _) => {
                join_over_look_alikes(&mut pieces);
                match pieces.last_mut() {
                    Some(Token::Digits(digits)) => digits.push(c),
                    _ => pieces.push(Token::Digits(c.into())),
                }
            }
            (false, _) => pieces.push(Token::Word(c.into())),
        }
    }
    tokens.append(&mut pieces);
}

/// Turns `digits, look-alikes` at the end of `pieces` into digits.
fn join_over_look_alikes(pieces: &mut Vec<Token>) {
    let Some([Token::Digits(digits), Token::Word(word)]) = pieces.last_chunk_mut() else {
        return;
    };
    if let Some(more) = as_digits(word) {
        digits.push_str(&more);
        pieces.pop();
    }
}

/// The digits that `run` looks like; `None` if some letter of it looks like none.
fn as_digits(run: &str) -> Option<String> {
    run.chars()
        .map(|c| match c {
            '0'..='9' => Some(c),
            'о' | 'О' | 'o' | 'O' => Some('0'),
            'з' | 'З' => Some('3'),
            _ => None,
        })
        .collect()
}

/// True for the Cyrillic letters that Kazakh has and Russian has not.
pub(super) fn is_kazakh_letter(c: char) -> bool {
    matches!(
        c,
        'ә' | 'ғ'
            | 'қ'
            | 'ң'
            | 'ө'
            | 'ұ'
            | 'ү'
            | 'һ'
            | 'і'
            | 'Ә'
            | 'Ғ'
            | 'Қ'
            | 'Ң'
            | 'Ө'
            | 'Ұ'
            | 'Ү'
            | 'Һ'
            | 'І'
    )
}

/// A word as it is compared: lower case, Kazakh letters as keypads without them have it, Latin letters without
/// accents, and Latin letters in a Cyrillic word as the Cyrillic ones they look like.
pub(super) fn fold(word: &str) -> String {
    let cyrillic = word.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        let c = if cyrillic { like_cyrillic(c) } else { c };
        match without_kazakh_letters(c) {
            'á' | 'ä' | 'à' | 'ə' => folded.push('a'),
            'é' | 'è' | 'ë' => folded.push('e'),
            'ǵ' | 'ğ' => folded.push('g'),
            'í' | 'ï' | 'ı' => folded.push('i'),
            'ń' | 'ñ' | 'ŋ' => folded.push('n'),
            'ó' | 'ö' | 'ō' => folded.push('o'),
            'ú' | 'ü' | 'ū' | 'ŭ' => folded.push('u'),
            'ý' => folded.push('y'),
            'ş' | 'š' => folded.push_str("sh"),
            'ç' | 'č' => folded.push_str("ch"),
            'ž' => folded.push_str("zh"),
            // The second half of a letter whose lower case has two, such as that of İ.
            '\u{300}'..='\u{36f}' => {}
            c => folded.push(c),
        }
    }
    folded
}

/// The Cyrillic letter that a Latin one looks like.
const fn like_cyrillic(c: char) -> char {
    match c {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'i' => 'і',
        'k' => 'к',
        'm' => 'м',
        'h' => 'н',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        c => c,
    }
}
