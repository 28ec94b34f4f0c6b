use super::*;

const OWN: &str = include_str!("../../../dialog.toml");

#[test]
fn the_compiled_in_menu_is_sound_and_as_published() {
    let menu = Menu::parse("dialog.toml", OWN).unwrap();
    assert_eq!(&menu, Menu::builtin());
    let numbers = |items: &[Item]| {
        items
            .iter()
            .map(|item| (item.key.clone(), item.choice))
            .collect::<Vec<_>>()
    };
    let main = [Choice::MyStatus, Choice::ByIin, Choice::Language, Choice::Resume];
    let status = [Choice::Payments, Choice::Debt, Choice::Clinic, Choice::SendSms];
    let published = |choices: [Choice; 4]| (1..).map(|n: u8| n.to_string()).zip(choices).collect::<Vec<_>>();
    assert_eq!(
        (numbers(&menu.main), numbers(&menu.status)),
        (published(main), published(status))
    );
    for (typed, choice) in [("0", Choice::Back), ("00", Choice::Start), ("98", Choice::More)] {
        assert_eq!(menu.code(typed), Some(choice));
    }
    assert_eq!((choose(&menu.main, "5"), menu.code("1")), (None, None));
}

/// What is said of the menu in which `was` is replaced.
fn slip(was: &str, is: &str) -> String {
    assert!(OWN.contains(was), "{was}");
    let error = Menu::parse("d.toml", &OWN.replacen(was, is, 1)).unwrap_err();
    let line = OWN
        .lines()
        .position(|line| line.contains(was.lines().next().unwrap()))
        .unwrap()
        + 1;
    assert_eq!(error.file, "d.toml");
    assert!(error.line.abs_diff(line) <= 1, "{error} is not at line {line}");
    error.problem
}

#[test]
fn slips_are_told_with_line_and_key() {
    for (was, is, problem) in [
        (
            "back = \"0\"",
            "back = \"7\"",
            "codes.back: 1 to 9 are the numbers of items",
        ),
        ("back = \"0\"", "back = \"*\"", "codes.back: one or two digits"),
        (
            "start = \"00\"",
            "start = \"000\"",
            "codes.start: one or two digits",
        ),
        (
            "more = \"98\"",
            "more = \"00\"",
            "codes.more: the same as codes.start",
        ),
        (
            "2 = \"by-iin\"",
            "0 = \"by-iin\"",
            "main.0: the number of an item is one digit, 1 to 9",
        ),
        (
            "2 = \"by-iin\"",
            "10 = \"by-iin\"",
            "main.10: the number of an item is one digit, 1 to 9",
        ),
        (
            "2 = \"by-iin\"",
            "2 = \"by-inn\"",
            "main.2: leads to one of my-status, by-iin, language, last-answer",
        ),
        (
            "2 = \"by-iin\"",
            "2 = \"debt\"",
            "main.2: leads to one of my-status, by-iin, language, last-answer",
        ),
        (
            "4 = \"last-answer\"",
            "4 = \"language\"",
            "main.4: language is number 3 already",
        ),
    ] {
        assert_eq!(slip(was, is), problem);
    }
    assert!(slip("more = \"98\"", "more = \"98\"\nmroe = \"97\"").contains("unknown field"));
    assert!(slip("2 = \"by-iin\"", "1 = \"by-iin\"").contains("duplicate key"));
}

#[test]
fn every_place_is_led_to_but_what_may_be_left_out() {
    let without = |line: &str| Menu::parse("d.toml", &OWN.replacen(line, "", 1));
    for (line, problem) in [
        ("1 = \"my-status\"", "main: no number leads to my-status"),
        ("3 = \"language\"", "main: no number leads to language"),
        ("2 = \"debt\"", "status: no number leads to debt"),
    ] {
        assert_eq!(without(line).unwrap_err().problem, problem);
    }
    assert_eq!(without("4 = \"sms\"").unwrap().status.len(), 3);
    assert_eq!(without("4 = \"last-answer\"").unwrap().main.len(), 3);
    assert!(Menu::parse("d.toml", "").is_err());
}
