use proptest::prelude::*;

use super::*;

const IIN: &str = "900101300007";
const PAYMENTS: Option<Verb> = Some(Verb::About(Topic::Payments));

fn iin(text: &str) -> Number {
    Number::Iin(Iin::parse(text).unwrap())
}

/// Command, language, and what people text for it.
const TEXTS: &str = "
payments kk ТӨЛЕМ|төлем|толем|TOLEM|Tólem|TÖLEM|төлемдерім!|Төлeм
payments ru ПЛАТЕЖИ|платежи?|PLATEZHI|Мои платежи|ПЛАТЕЖ
payments en PAY|pay.|my payments
debt kk ҚАРЫЗ|карыз|QARYZ|karyz|Қарызым бар ма
debt ru ДОЛГ|долг|DOLG|какая у меня задолженность?
debt en DEBT|My debt please
clinic kk ЕМХАНА|емхана|EMHANA|Emxana
clinic ru ПОЛИКЛИНИКА|в какой поликлинике|POLIKLINIKA
clinic en CLINIC|clinic?
status kk МӘРТЕБЕ|мартебе|MARTEBE|Märtebe
status ru СТАТУС|помогите узнать статус
status en STATUS|Am I insured?
help kk КӨМЕК|комек|KOMEK|Kómek
help ru ПОМОЩЬ|POMOSH|pomosh'|Помогите!
help en HELP|help!!!|INFO
stop kk ТОҚТАТУ|токтату|TOQTATU|тоқтату.
stop ru СТОП|стоп!|CТОП
stop en STOP| Stop.|STOPALL|stop all|UNSUBSCRIBE|cancel|END|quit|REVOKE|OPTOUT|opt-out
start kk БАСТАУ|BASTAU
start ru СТАРТ|старт
start en START|YES|UNSTOP
lock kk ҚҰЛЫП|кулып|QULYP|құлып 900101300007
lock ru ЗАМОК|ZAMOK
lock en LOCK|lock 900101300007
unlock kk АШУ|ASHU|aşu
unlock ru ОТКРЫТЬ|otkryt'
unlock en UNLOCK
";

fn verb_of(name: &str) -> Verb {
    match name {
        "help" => Verb::Help,
        "stop" => Verb::Stop,
        "start" => Verb::Start,
        _ => Verb::About(Topic::ALL.into_iter().find(|topic| topic.code() == name).unwrap()),
    }
}

#[test]
fn the_table_is_sound() {
    Lexicon::parse(include_str!("../../../words.toml")).unwrap();
    assert!(
        Lexicon::parse("[stop]\nkk = ['а']\nru = ['ә']")
            .unwrap_err()
            .contains("twice")
    );
    assert!(
        Lexicon::parse("[stop]\nxx = ['а']")
            .unwrap_err()
            .contains("language")
    );
}

#[test]
fn an_iin_is_found_however_it_is_written() {
    for text in [
        "900101300007",
        " 900101300007\n",
        "900101 300007",
        "900 101 300 007",
        "9 0 0 1 0 1 3 0 0 0 0 7",
        "900101-300007",
        "900101–300 007.",
        "ИИН:900101300007",
        "иин900101300007",
        "900101300007иин",
        "Менің ЖСН 900101300007, рахмет!",
        "дом 5, 900101300007",
        "87010000001, 900101300007",
        "8 701 000 00 01 900101 300007",
        "900101300007 900101300007",
        "900101300007 кв 12",
        "9ОО101З00007",
        "9оо1o1з0OO07",
        "９００１０１３００００７",
        "٩٠٠١٠١٣٠٠٠٠٧",
        "۹۰۰۱۰۱۳۰۰۰۰۷",
        "9\u{fe0f}\u{20e3}0\u{fe0f}\u{20e3}0101300007",
        "\u{202a}900101\u{200b}300007\u{202c}",
        "900101\u{a0}300007 🙏🙏",
        "\u{fffd}\u{fffd} 900101300007",
        "1 900101 300007",
        "долго900101300007",
        "123456 900101 300007",
        "иин9ОО101З00007",
    ] {
        assert_eq!(understand(text).number, iin(IIN), "{text}");
    }
    assert_eq!(understand("О40229600205").number, iin("040229600205"));
}

#[test]
fn other_numbers_are_told_apart() {
    let wrong = |digits| Number::WrongLength { digits };
    for (text, number) in [
        ("90010130000", wrong(11)),
        ("9001013000070", wrong(13)),
        ("900101 30000", wrong(11)),
        ("+7 701 000 00 01", wrong(11)),
        ("12345", wrong(5)),
        ("12900101300007", wrong(14)),
        ("900101300008", Number::WrongCheckDigit),
        ("900101.300007", wrong(6)),
        ("900101300007 900101300017", Number::Several),
        ("900101 300007 900101 300017", Number::Several),
        ("900101300007, 900101300008", Number::Several),
        ("900101 300007 900101 300008", Number::Several),
        ("1", Number::Short("1".into())),
        ("2.", Number::Short("2".into())),
        ("код 0417", Number::Short("0417".into())),
        ("1 2", Number::None),
        ("О", Number::None),
        ("", Number::None),
        ("за 2026 год и 5", Number::None),
    ] {
        assert_eq!(understand(text).number, number, "{text}");
    }
}

#[test]
fn commands_are_known_in_every_spelling() {
    for line in TEXTS.lines().filter(|line| !line.is_empty()) {
        let mut parts = line.splitn(3, ' ');
        let (verb, language) = (
            verb_of(parts.next().unwrap()),
            Language::from_code(parts.next().unwrap()),
        );
        for text in parts.next().unwrap().split('|') {
            let request = understand(text);
            assert_eq!(
                (request.verb, request.spoken, request.language),
                (Some(verb), language, None),
                "{text}"
            );
        }
    }
    for text in ["LAT", "лат", "Lat."] {
        assert_eq!(understand(text).verb, Some(Verb::Latin), "{text}");
    }
}

#[test]
fn settings_are_changed_by_the_whole_message_only() {
    for text in [
        "please don't stop",
        "стоп это что такое",
        "STOP 900101300007",
        "как открыть кабинет",
        "yes i am",
        "lat 5",
        "замок двери",
        "the end",
    ] {
        assert_eq!(understand(text).verb, None, "{text}");
    }
}

#[test]
fn a_command_and_an_iin_are_found_together() {
    for text in [
        "ТӨЛЕМ 900101300007",
        "900101300007 төлем",
        "төлем900101300007",
        "12 900101300007",
        "12 900101 300007",
        "12-900101300007",
        "12: 900101-300007",
        "RU 12 900101300007",
        "Помощь! платежи 900101300007",
    ] {
        let request = understand(text);
        assert_eq!((request.verb, request.number), (PAYMENTS, iin(IIN)), "{text}");
    }
    assert_eq!(understand("12").verb, PAYMENTS);
    let debt = Some(Verb::About(Topic::Debt));
    assert_eq!(understand("12 долг 900101300007").verb, debt);
    assert_eq!(understand("12").number, Number::None);
    assert_eq!(
        understand("12 90010130000").number,
        Number::WrongLength { digits: 11 }
    );
}

#[test]
fn an_iin_that_begins_with_12_may_stand_in_groups() {
    let child = (12_010_150_000..).find_map(Iin::with_check_digit).unwrap();
    let digits = child.reveal();
    assert!(digits.starts_with("12"), "{digits}");
    let grouped = format!("12 {}", digits.strip_prefix("12").unwrap());
    assert_eq!(understand(&grouped).number, iin(&digits));
    assert_eq!(understand(&grouped).verb, None);
}

#[test]
fn a_language_may_stand_before_or_behind() {
    for (text, language) in [
        ("KZ", Language::Kazakh),
        ("қаз", Language::Kazakh),
        ("каз.", Language::Kazakh),
        ("RU", Language::Russian),
        ("Рус", Language::Russian),
        ("EN", Language::English),
        ("eng!", Language::English),
        ("RU ДОЛГ 900101300007", Language::Russian),
        ("en900101300007", Language::English),
        ("900101300007 kz", Language::Kazakh),
        ("EN STOP", Language::English),
    ] {
        assert_eq!(understand(text).language, Some(language), "{text}");
    }
    assert_eq!(understand("EN STOP").verb, Some(Verb::Stop));
    assert_eq!(understand("qaryz ru 900101300007 bar").language, None);
}

#[test]
fn the_language_of_other_words_is_told_by_words_or_letters() {
    for (text, language) in [
        ("Сәлеметсіз бе", Some(Language::Kazakh)),
        ("Салем", Some(Language::Kazakh)),
        ("қайда?", Some(Language::Kazakh)),
        ("Добрый день", Some(Language::Russian)),
        ("hello there", Some(Language::English)),
        ("qwerty", None),
        ("900101300007", None),
        ("12 900101300007", None),
        ("👍", None),
    ] {
        assert_eq!(understand(text).spoken, language, "{text}");
    }
}

#[test]
fn nothing_is_empty_but_nothing() {
    for text in ["", "   ", "\n\t", "\u{200b}"] {
        assert!(understand(text).empty, "{text:?}");
    }
    for text in ["👍", "?", "\u{fffd}", "1", "а"] {
        assert!(!understand(text).empty, "{text:?}");
    }
    for text in ["900101300007", " 1.", "900101 300007!"] {
        assert!(understand(text).digits_only, "{text}");
    }
    for text in ["", "👍", "RU 900101300007", "төлем", "иин900101300007"] {
        assert!(!understand(text).digits_only, "{text}");
    }
}

#[test]
fn long_texts_are_understood_too() {
    let text = "слово ".repeat(330) + IIN;
    assert_eq!(understand(&text).number, iin(IIN));
    assert_eq!(
        understand(&"7".repeat(2_000)).number,
        Number::WrongLength { digits: 2_000 }
    );
    let endless = "а ".repeat(MAX_TEXT_CHARS) + IIN;
    assert_eq!(understand(&endless).number, Number::None);
}

proptest! {
    #[test]
    fn any_text_is_understood(text in any::<String>()) {
        let request = understand(&text);
        prop_assert!(!(request.empty && request.digits_only));
    }

    #[test]
    fn any_bytes_are_understood(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = understand(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn an_iin_split_by_spaces_or_hyphens_is_found(
        first in 0_u64..100_000_000_000,
        gaps in prop::collection::vec(prop::sample::select(vec!["", "", " ", "-", " - ", "\u{a0}"]), 11),
    ) {
        if let Some(person) = Iin::with_check_digit(first) {
            let digits = person.reveal();
            let mut text = String::new();
            for (at, digit) in digits.chars().enumerate() {
                text.push(digit);
                text.push_str(gaps.get(at).copied().unwrap_or_default());
            }
            prop_assert_eq!(understand(&text).number, Number::Iin(person), "{}", text);
        }
    }
}
