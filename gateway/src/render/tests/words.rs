//! What the texts say, and which texts are refused.

use chrono::NaiveDate;
use saqta_data::category::Category;
use saqta_data::coverage::Status;
use saqta_data::language::Language;

use super::super::{Voice, samples};
use super::{load, transcript, voice};
use crate::dialog::answer::{Answer, Page, Topic};
use crate::dialog::words::{Verb, understand};

/// All that the samples say, in small letters.
fn everything() -> String {
    let languages = Language::ALL
        .into_iter()
        .flat_map(|language| [(language, false), (language, true)]);
    languages
        .map(|(language, latin)| transcript(language, latin))
        .collect::<String>()
        .to_lowercase()
}

#[test]
fn no_category_is_ever_named() {
    let everything = everything();
    for language in Language::ALL {
        for category in Category::ALL {
            let name = voice()
                .texts
                .get(language, &format!("category-{}", category.code()), &[])
                .to_lowercase();
            assert!(!everything.contains(&name), "{name}");
            assert!(
                !everything.contains(&crate::encoding::latin::transliterate(&name, language)),
                "{name}"
            );
        }
    }
}

#[test]
fn debts_say_what_to_do_and_that_emergency_care_is_free() {
    for language in Language::ALL {
        for case in samples::views()
            .into_iter()
            .filter(|case| !case.view.coverage.unpaid.is_empty())
        {
            let view = Box::new(case.view);
            let debt = voice()
                .sms(&Answer::Debt(view.clone()), language, false, false)
                .text;
            let first = view.coverage.unpaid.first().unwrap();
            for word in ["122", &format!("{:02}{}", first.month(), first.year()), "2-3"] {
                assert!(debt.contains(word), "{word}: {debt}");
            }
            let mut texts = vec![debt, voice().sms(&Answer::Help, language, false, false).text];
            if view.coverage.status == Status::NotInsured {
                texts.push(voice().sms(&Answer::Status(view), language, false, false).text);
            }
            for text in texts {
                assert!(
                    ["ТМККК", "ГОБМП", "GOBMP"].iter().any(|word| text.contains(word)),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn an_answer_about_no_debt_says_so_too() {
    for language in Language::ALL {
        let all = samples::views().into_iter();
        let free: Vec<_> = all.filter(|case| case.view.coverage.unpaid.is_empty()).collect();
        assert!(!free.is_empty());
        for case in free {
            let text = voice()
                .sms(&Answer::Debt(Box::new(case.view)), language, false, false)
                .text;
            let emergency = ["ТМККК", "ГОБМП", "Emergency care is free"];
            assert!(
                emergency.iter().any(|word| text.contains(word)) && text.contains("2-3"),
                "{text}"
            );
        }
    }
}

#[test]
fn the_kazakh_case_follows_the_year_as_it_is_said() {
    let insured = |case: &samples::Case| case.view.coverage.insured_until.is_some();
    let mut view = samples::views().into_iter().find(insured).unwrap().view;
    let endings = [
        (2026, "-ға"),
        (2027, "-ге"),
        (2029, "-ға"),
        (2030, "-ға"),
        (2033, "-ке"),
        (2040, "-қа"),
    ];
    for (year, ending) in endings {
        view.coverage.insured_until = NaiveDate::from_ymd_opt(year, 1, 31);
        let answer = Answer::Status(Box::new(view.clone()));
        let text = voice().sms(&answer, Language::Kazakh, false, false).text;
        assert!(text.contains(&format!("31.01.{year}{ending} дейін")), "{text}");
    }
}

#[test]
fn an_unbound_phone_learns_insured_or_not_and_nothing_else() {
    let date = NaiveDate::from_ymd_opt(2026, 11, 20);
    for language in Language::ALL {
        let say = |insured, date| {
            voice().sms(
                &Answer::Unbound {
                    insured,
                    data_date: date,
                },
                language,
                false,
                false,
            )
        };
        assert_eq!(say(true, date), say(true, None), "no date with `insured`");
        assert!(say(true, date).text.contains("1414") && say(false, date).text.contains("1414"));
        assert!(say(false, date).text.contains("20.11.2026"));
    }
}

#[test]
fn usual_kazakh_pages_are_one_screen() {
    let mut pages = samples::other_pages();
    let insured = samples::views()
        .into_iter()
        .filter(|case| case.name.starts_with("insured"));
    for case in insured {
        pages.extend(samples::pages_about(&case.view).into_iter().take(4));
    }
    let cut = |page: &&Page| voice().ussd(page, Language::Kazakh, false, 0).len() > 1;
    let cut: Vec<_> = pages.iter().filter(cut).collect();
    // Nine people do not go on a screen, nor does all that is to be said of "not insured".
    assert!(
        matches!(cut.as_slice(), [Page::WhichPerson(nine), Page::Unbound { insured: false, .. }] if nine.len() == 9),
        "{cut:?}"
    );
}

#[test]
fn every_text_is_used() {
    let sources = [
        include_str!("../check.rs"),
        include_str!("../payments.rs"),
        include_str!("../phrases.rs"),
        include_str!("../sms.rs"),
        include_str!("../ussd.rs"),
        include_str!("../../dialog/menu.rs"),
    ]
    .concat();
    for key in Voice::keys() {
        assert!(sources.contains(&format!("\"{key}\"")), "nothing says `{key}`");
    }
}

/// The error of loading with `text` in the file of `language`.
fn refusal(language: &str, text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(format!("{language}.ftl")), text).unwrap();
    load(Some(dir.path())).unwrap_err().to_string()
}

#[test]
fn texts_of_a_directory_that_do_not_fit_are_refused() {
    let long = |key: &str, n| format!("{key} = {}", "сөз ".repeat(n).trim());
    for (key, text) in [
        ("sms-neutral", long("sms-neutral-2", 60)),
        ("sms-help", long("sms-help-2", 60)),
        ("sms-try-later", long("sms-try-later", 16)),
        ("sms-not-insured-3", long("sms-not-insured-3", 40)),
        ("ussd-item-more", long("ussd-item-back", 8)),
        ("sms-clinic", "sms-clinic = { $clinic } { $doctor }".to_owned()),
        (
            "status-insured",
            "sms-insured = Сіз: { $label } { $until }".to_owned(),
        ),
    ] {
        let refusal = refusal("kk", &text);
        assert!(
            refusal.contains(&format!("`{key}")) && refusal.contains("kk"),
            "{key}: {refusal}"
        );
    }
    let refusal = refusal("en", "sms-neutral = Нет");
    assert!(refusal.contains("GSM 7-bit"), "{refusal}");
}

#[test]
fn texts_of_a_directory_that_fit_are_said() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("ru.ftl"), "sms-neutral = Ответа нет.").unwrap();
    let voice = load(Some(dir.path())).unwrap();
    assert_eq!(
        voice.sms(&Answer::Neutral, Language::Russian, false, false).text,
        "Ответа нет."
    );
    assert_eq!(
        voice.sms(&Answer::Neutral, Language::Russian, true, false).text,
        "Otveta net."
    );
}

/// The words in capitals of `text` that are no abbreviations: the commands it tells.
fn commands(text: &str) -> Vec<String> {
    let abbreviations = ["ЖСН", "JSN", "ИИН", "IIN", "ТМККК", "TMKKK", "ГОБМП", "GOBMP"];
    let words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() > 1);
    let capitals = words.filter(|word| word.chars().all(char::is_uppercase) && !abbreviations.contains(word));
    capitals.map(str::to_owned).collect()
}

#[test]
fn every_command_that_is_told_is_understood() {
    let about = |topic| Some(Verb::About(topic));
    let told = [
        (Answer::Help, about(Topic::Payments)),
        (Answer::Help, about(Topic::Debt)),
        (Answer::Help, about(Topic::Clinic)),
        (Answer::Help, about(Topic::Lock)),
        (Answer::Help, about(Topic::Unlock)),
        (Answer::Help, Some(Verb::Stop)),
        (Answer::Help, Some(Verb::Start)),
        (Answer::Help, Some(Verb::Latin)),
        (Answer::Stopped, Some(Verb::Start)),
        (Answer::Started, Some(Verb::Help)),
        (Answer::LanguageSet, Some(Verb::Help)),
        (Answer::Latin { on: true }, Some(Verb::Latin)),
        (Answer::Latin { on: false }, Some(Verb::Latin)),
        (
            Answer::Locked {
                last_four: "0007".into(),
            },
            about(Topic::Unlock),
        ),
        (Answer::WrongCode, about(Topic::Unlock)),
    ];
    for (language, latin) in Language::ALL
        .into_iter()
        .flat_map(|language| [(language, false), (language, true)])
    {
        for (answer, verb) in &told {
            let text = voice().sms(answer, language, latin, false).text;
            let verbs: Vec<_> = commands(&text).iter().map(|word| understand(word).verb).collect();
            assert!(verbs.contains(verb), "{verb:?} is not told by: {text}");
        }
        for word in commands(&voice().sms(&Answer::Help, language, latin, true).text) {
            let request = understand(&word);
            assert!(
                request.verb.is_some() || request.language.is_some(),
                "`{word}` is not understood"
            );
        }
    }
}

#[test]
fn the_hint_tells_how_to_get_the_other_languages() {
    for language in Language::ALL {
        let said = voice().sms(&Answer::Neutral, language, false, true).text;
        let told: Vec<_> = commands(&said)
            .iter()
            .filter_map(|word| understand(word).language)
            .collect();
        let others: Vec<_> = Language::ALL
            .into_iter()
            .filter(|other| *other != language)
            .collect();
        assert_eq!(told.len(), 2, "{said}");
        assert!(others.iter().all(|other| told.contains(other)), "{said}");
    }
}

#[test]
fn an_entrepreneur_is_told_of_the_penalty_and_nobody_else() {
    for language in Language::ALL {
        for mut case in samples::views()
            .into_iter()
            .filter(|case| !case.view.coverage.unpaid.is_empty())
        {
            for entrepreneur in [false, true] {
                case.view.entrepreneur = entrepreneur;
                for answer in samples::answers_about(&case.view).iter().take(2) {
                    let said = voice().sms(answer, language, false, false).text;
                    let told = ["өсімпұл", "пеня", "penalty"]
                        .iter()
                        .any(|word| said.contains(word));
                    assert_eq!(told, entrepreneur, "{said}");
                }
            }
        }
    }
}

#[test]
fn the_numbers_of_a_status_page_never_shift() {
    let view = Box::new(samples::views().remove(0).view);
    for (can_send_sms, menu) in [
        (true, "1 төлем 2 қарыз 3 емхана 4 SMS"),
        (false, "1 төлем 2 қарыз 3 емхана"),
    ] {
        let page = voice().ussd(
            &Page::Status {
                view: view.clone(),
                can_send_sms,
            },
            Language::Kazakh,
            false,
            0,
        );
        let lines: Vec<_> = page.iter().flat_map(|screen| screen.lines()).collect();
        assert_eq!(lines.get(1..), Some([menu, "0 артқа 00 басы"].as_slice()));
    }
}
