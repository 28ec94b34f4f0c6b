//! Kazakh and Russian in Latin letters of GSM 7-bit, by the fixed table `latin.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use saqta_data::language::Language;

use super::gsm7;

/// The table, compiled in: it is part of the program's promise that Latin answers are GSM 7-bit.
const TABLE: &str = include_str!("latin.tsv");

/// What stands for a character.
struct Row {
    kazakh: &'static str,
    russian: &'static str,
}

static ROWS: LazyLock<HashMap<char, Row>> = LazyLock::new(|| TABLE.lines().filter_map(row).collect());

fn row(line: &'static str) -> Option<(char, Row)> {
    let mut columns = line.split('\t');
    let letter = columns.next()?.chars().next().filter(|c| *c != '#')?;
    let mut column = || columns.next().map(|text| if text == "∅" { "" } else { text });
    Some((
        letter,
        Row {
            kazakh: column()?,
            russian: column()?,
        },
    ))
}

/// `text` in letters of GSM 7-bit: by the Kazakh column of the table for Kazakh, by the Russian one for the other
/// languages. What is in GSM 7-bit stays; signs, marks and scripts that the table does not know are left out.
#[must_use]
pub fn transliterate(text: &str, language: Language) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = None;
    while let Some(c) = letters.next() {
        if gsm7::is_letter(c) {
            out.push(c);
        } else if c.is_whitespace() {
            out.push(' ');
        } else if let Some(latin) = latin_of(c, language) {
            let in_capitals = letters.peek().copied().filter(|n| n.is_alphabetic()).or(before);
            push_cased(
                &mut out,
                latin,
                c.is_uppercase(),
                in_capitals.is_some_and(char::is_uppercase),
            );
        }
        before = Some(c).filter(|c| c.is_alphabetic());
    }
    out
}

fn latin_of(c: char, language: Language) -> Option<&'static str> {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let row = ROWS.get(&c).or_else(|| ROWS.get(&lower))?;
    Some(if language == Language::Kazakh {
        row.kazakh
    } else {
        row.russian
    })
}

/// The first letter in capitals if the Cyrillic one is; the rest too if its neighbour is: Щука - Shchuka, БОРЩ - BORSHCH.
fn push_cased(out: &mut String, latin: &str, capital: bool, in_capitals: bool) {
    for (n, c) in latin.chars().enumerate() {
        if capital && (n == 0 || in_capitals) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Alphabet;
    use super::*;

    #[test]
    fn kazakh_and_russian_have_tables_of_their_own() {
        let kazakh = |text| transliterate(text, Language::Kazakh);
        let russian = |text| transliterate(text, Language::Russian);
        assert_eq!(
            kazakh("САҚТАНДЫРЫЛҒАН, мемлекет төлейді"),
            "SAQTANDYRYLGAN, memleket töleidi"
        );
        assert_eq!(
            kazakh("Қазақша: жоқ, шұғыл көмек, мәртебе, соңғы"),
            "Qazaqsha: joq, shugyl kömek, märtebe, soñgy"
        );
        assert_eq!(
            russian("Платёж виден через 2 рабочих дня"),
            "Platezh viden cherez 2 rabochikh dnya"
        );
        assert_eq!(
            russian("ЗАСТРАХОВАН, объект, подъезд"),
            "ZASTRAKHOVAN, obekt, podezd"
        );
        assert_eq!(
            russian("ТОО «Емхана №1» – ул. Абая…"),
            "TOO \"Emkhana No.1\" - ul. Abaya..."
        );
        assert_eq!(transliterate("4250 ₸", Language::English), "4250 tg");
    }

    #[test]
    fn capitals_follow_their_neighbours() {
        let russian = |text| transliterate(text, Language::Russian);
        assert_eq!(
            russian("Щука БОРЩ Юля ЯЩУР Я"),
            "Shchuka BORSHCH Yulya YASHCHUR Ya"
        );
        assert_eq!(transliterate("ЖСН Ғылым", Language::Kazakh), "JSN Gylym");
    }

    #[test]
    fn every_line_of_the_table_is_read_and_is_gsm() {
        let lines = TABLE
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        assert_eq!(
            lines.clone().count(),
            ROWS.len(),
            "a character stands twice, or a line is broken"
        );
        for line in lines {
            assert_eq!(line.split('\t').count(), 3, "{line}");
        }
        for row in ROWS.values() {
            assert!(gsm7::is_gsm7(row.kazakh) && gsm7::is_gsm7(row.russian));
        }
    }

    #[test]
    fn every_cyrillic_letter_has_a_latin_one() {
        let silent = ['ъ', 'ь', 'ҍ'];
        for letter in ('\u{400}'..'\u{530}').filter(|c| c.is_alphabetic()) {
            for language in Language::ALL {
                let latin = transliterate(&letter.to_string(), language);
                let lower = letter.to_lowercase().next().unwrap();
                assert_eq!(latin.is_empty(), silent.contains(&lower), "{letter}");
                assert!(latin.chars().all(char::is_alphabetic), "{letter}: {latin}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_becomes_gsm(text in any::<String>(), cyrillic in "[\u{400}-\u{52f} –«»№₸😀]{0,80}") {
            for language in Language::ALL {
                for text in [&text, &cyrillic] {
                    let latin = transliterate(text, language);
                    prop_assert_eq!(Alphabet::of(&latin), Alphabet::Gsm7);
                    prop_assert_eq!(&transliterate(&latin, language), &latin);
                    prop_assert_eq!(latin.matches('?').count(), text.matches('?').count());
                }
            }
        }

        #[test]
        fn capitals_stay_capitals(text in "[А-ЯЁӘҒҚҢӨҰҮҺІ]{2,30}") {
            for language in Language::ALL {
                prop_assert!(!transliterate(&text, language).chars().any(char::is_lowercase));
            }
        }
    }
}
