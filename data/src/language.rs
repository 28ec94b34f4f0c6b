//! The three languages of the service.

use serde::{Deserialize, Serialize};

/// A language of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Kazakh, the state language: used where nothing says otherwise.
    #[default]
    #[serde(rename = "kk")]
    Kazakh,
    /// Russian.
    #[serde(rename = "ru")]
    Russian,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Kazakh, Self::Russian, Self::English];

    /// The language offered after this one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        let later = Self::ALL
            .into_iter()
            .skip_while(|language| *language != self)
            .nth(1);
        later.unwrap_or_default()
    }

    /// ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kazakh => "kk",
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// The language of an ISO 639-1 code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// A small letter as people write it whose keyboard lacks the letters that Kazakh has and Russian has not (and ё, which
/// few type): Қ=К Ғ=Г Ө=О Ұ,Ү=У І=И Ң=Н Ә=А Һ=Х. Any other character is itself.
#[must_use]
pub const fn without_kazakh_letters(c: char) -> char {
    match c {
        'қ' => 'к',
        'ғ' => 'г',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'і' => 'и',
        'ң' => 'н',
        'ә' => 'а',
        'һ' => 'х',
        'ё' => 'е',
        other => other,
    }
}

/// The number by whose word `number` ends when it is said in Kazakh, 2027 -> 7 (жеті), 2030 -> 30 (отыз): it decides the
/// case ending written behind the digits, which the texts choose.
#[must_use]
pub const fn last_said(number: u32) -> u32 {
    match (number % 10, number % 100, number % 1_000) {
        (0, 0, 0) => 1_000,
        (0, 0, _) => 100,
        (0, tens, _) => tens,
        (ones, _, _) => ones,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_and_the_languages_go_round() {
        for (language, next) in Language::ALL
            .into_iter()
            .zip(Language::ALL.into_iter().cycle().skip(1))
        {
            assert_eq!(Language::from_code(language.code()), Some(language));
            assert_eq!(language.next(), next);
        }
        assert_eq!(Language::from_code("kz"), None);
    }

    #[test]
    fn a_number_is_said_from_left_to_right() {
        let numbers = [2027, 2030, 2100, 2000, 2011];
        assert_eq!(numbers.map(last_said), [7, 30, 100, 1_000, 1]);
    }
}
