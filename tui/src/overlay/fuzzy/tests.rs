use proptest::prelude::*;

use super::*;

/// The texts found, the best first.
fn found<'a>(typed: &str, texts: &[&'a str]) -> Vec<&'a str> {
    let wish = Wish::of(typed);
    let mut ranked: Vec<(u32, &str)> = texts
        .iter()
        .filter_map(|text| Some((wish.rank(text)?, *text)))
        .collect();
    ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    ranked.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn beginnings_and_runs_come_first() {
    let texts = [
        "Copy the number",
        "Bind a phone",
        "Unbind a phone",
        "note",
        "Write a note",
    ];
    assert_eq!(found("bind", &texts), ["Bind a phone", "Unbind a phone"]);
    assert_eq!(found("note", &texts), ["note", "Write a note"]);
    assert_eq!(found("cn", &texts), ["Copy the number"]);
    assert_eq!(found("number copy", &texts), ["Copy the number"]);
    assert_eq!(found("phn", &texts), ["Bind a phone", "Unbind a phone"]);
    assert_eq!(found("zz", &texts), [""; 0]);
    assert_eq!(found("oh", &texts), [""; 0], "letters here and there are chance");
}

#[test]
fn the_other_layout_and_latin_letters_are_understood() {
    for (typed, meant) in [
        ("pfvtnrf", "заметка"),
        ("zametka", "заметка"),
        ("Zametka", "Заметка"),
        ("тщеу", "note"),
        ("zhazba", "жазба"),
        ("jazba", "жазба"),
        ("kalqa", "қалқа"),
        ("qarız", "qarız"),
        ("sled", "следующий"),
        ("ещё", "еще"),
        ("shchet", "щёт"),
        ("schet", "щёт"),
        ("vremennyj", "временный"),
        ("vremennyy", "временный"),
        ("pomosch", "помощь"),
        ("tsena", "цена"),
        ("khan", "хан"),
        (";fp,f", "жазба"),
    ] {
        assert!(Wish::of(typed).rank(meant).is_some(), "{typed} for {meant}");
    }
    assert_eq!(Wish::of("заметка").rank("zametka"), None);
}

#[test]
fn words_stand_in_a_text_or_do_not() {
    let text = "Отправить текст статуса на телефон";
    for typed in ["", "статус", "cnfnec", "telefon stat", "СТАТУС ОТПРАВ"] {
        assert!(Wish::of(typed).stands_in(text), "{typed}");
    }
    for typed in ["отс", "статус журнал", "zzz"] {
        assert!(!Wish::of(typed).stands_in(text), "{typed}");
    }
}

proptest! {
    #[test]
    fn every_part_of_a_text_is_found_in_it(text in "[a-zа-яәіңғүұқөһ ]{2,40}", from in 0usize..40, len in 2usize..40) {
        let part: String = text.chars().skip(from).take(len).collect();
        prop_assume!(part.split_whitespace().all(|word| word.chars().count() > 1));
        prop_assert!(Wish::of(&part).rank(&text).is_some());
        prop_assert!(Wish::of(&part).stands_in(&text));
    }

    #[test]
    fn initials_find_a_text(words in prop::collection::vec("[а-я]{1,8}", 1..6)) {
        let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
        prop_assert!(Wish::of(&initials).rank(&words.join(" ")).is_some());
    }

    #[test]
    fn what_is_found_holds_the_letters_in_their_order(typed in "[abc]{1,5}", text in "[abcd ]{0,20}") {
        let mut rest = text.chars();
        let in_order = typed.chars().all(|c| rest.any(|other| other == c));
        let typed: Vec<char> = typed.chars().collect();
        let text: Vec<char> = text.chars().collect();
        prop_assert!(points(&typed, &text).is_none() || in_order);
    }

    #[test]
    fn nothing_that_is_typed_is_too_much(typed in any::<String>(), text in any::<String>()) {
        let wish = Wish::of(&typed);
        prop_assert_eq!(wish.is_empty(), typed.trim().is_empty());
        let _ = (wish.rank(&text), wish.stands_in(&text));
    }

    #[test]
    fn the_other_layout_finds_the_same(text in "[а-я]{2,12}") {
        let keys: String = on_other_layouts(&text).next().unwrap();
        prop_assert!(Wish::of(&keys).rank(&text).is_some());
    }
}
