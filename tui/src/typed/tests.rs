use proptest::prelude::*;

use super::*;

fn phone(text: &str) -> Typed {
    Typed::Phone(Msisdn::parse(text).unwrap())
}

fn born(words: &[&str], day: &str) -> Typed {
    Typed::Name {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        born_on: day.parse().unwrap(),
    }
}

#[test]
fn numbers_are_told_apart_while_they_grow() {
    let iin = Iin::parse("900101300007").unwrap();
    for (text, meaning) in [
        ("", Typed::Nothing),
        ("   ", Typed::Nothing),
        ("9", Typed::Digits(1)),
        ("90010130000", Typed::Digits(11)),
        ("900101300007", Typed::Iin(iin)),
        ("900101 30-0007", Typed::Iin(iin)),
        ("900101300008", Typed::CheckDigit),
        ("9001013000071", Typed::TooLong(13)),
        ("+7701", Typed::PhoneDigits(4)),
        ("+7701000000", Typed::PhoneDigits(10)),
        ("+14158675309", phone("+14158675309")),
        ("+77010000001", phone("+77010000001")),
        ("8 (701) 000-00-01", phone("+77010000001")),
        ("77010000001", phone("+77010000001")),
        ("7010000001", phone("+77010000001")),
        ("6010000001", Typed::Digits(10)),
        ("#1414", Typed::Unclear),
        ("ИИН: 900101300007", Typed::Iin(iin)),
        ("жсн-900101 300-007, Ахметова", Typed::Iin(iin)),
        ("ИИН 900101300008", Typed::CheckDigit),
        ("ИИН 900101300007 1", Typed::Unclear),
        ("ИИН 90010130000", Typed::Unclear),
        ("+998901234567", phone("+998901234567")),
    ] {
        assert_eq!(Typed::of(text), meaning, "{text}");
    }
}

#[test]
fn a_name_needs_a_date_of_birth() {
    for (text, meaning) in [
        ("ахмет айг 31.12.1990", born(&["ахмет", "айг"], "1990-12-31")),
        ("Әсел 1990-12-31", born(&["Әсел"], "1990-12-31")),
        ("31121990 Ким", born(&["Ким"], "1990-12-31")),
        ("ахметова", Typed::NameOnly),
        ("а б-в 31.12.1990", Typed::ShortName),
        ("а ки 31.12.1990", born(&["а", "ки"], "1990-12-31")),
        ("ахметова 31.12", Typed::Unclear),
        ("ахметова 31.02.1990", Typed::Unclear),
        ("ахметова 31.12.90", Typed::Unclear),
        ("900101з00007", Typed::Unclear),
    ] {
        assert_eq!(Typed::of(text), meaning, "{text}");
    }
    assert_eq!(Typed::of("aa b c d e f g h 31.12.1990"), {
        born(&["aa", "b", "c", "d", "e", "f"], "1990-12-31")
    });
}

#[test]
fn only_a_phone_or_a_name_is_asked_about_on_request() {
    assert!(Typed::of("+77010000001").query().is_some());
    assert!(Typed::of("ким 31.12.1990").query().is_some());
    assert_eq!(Typed::of("900101300007").query(), None);
    assert_eq!(Typed::of("ким").query(), None);
}

#[test]
fn the_kazakh_digit_row_types_numbers_and_leaves_names_alone() {
    for (typed, meant) in [
        ("ұққ\"қ\"іққққ.", "900101300007"),
        ("+..қ\"ққққққ\"", "+77010000001"),
        ("9001013ққққ.", "900101300007"),
        ("әсел", "әсел"),
        ("ә", "ә"),
        ("ахмет \"ә\"ә\"ұұқ", "ахмет 12121990"),
        ("ахмет 31.12.1990", "ахмет 31.12.1990"),
        ("Үкі Әлі", "Үкі Әлі"),
    ] {
        assert_eq!(on_digit_row(typed), meant);
    }
}

proptest! {
    #[test]
    fn any_text_has_a_meaning_and_the_cursor_stays(text in "\\PC{0,100}") {
        let shown = on_digit_row(&text);
        prop_assert_eq!(shown.chars().count(), text.chars().count());
        let _ = Typed::of(&shown);
    }
}
