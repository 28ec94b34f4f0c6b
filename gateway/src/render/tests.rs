use std::fmt::Write;

use super::*;

mod any;
mod fits;
mod words;

fn requisites() -> Requisites {
    Requisites {
        bin: "160440007161".into(),
        account: "KZ92009MEDS368609103".into(),
        bic: "GCVPKZ2A".into(),
        kbe: "11".into(),
        knp: "122".into(),
    }
}

fn load(dir: Option<&Path>) -> Result<Voice, TextsError> {
    Voice::load(dir, &BTreeSet::new(), requisites())
}

fn voice() -> &'static Voice {
    static VOICE: std::sync::LazyLock<Voice> = std::sync::LazyLock::new(|| load(None).unwrap());
    &VOICE
}

/// Every answer and every page, for a translator to read: the size of each, then its words.
fn transcript(language: Language, latin: bool) -> String {
    let mut out = String::new();
    let mut say_sms = |name: &str, answer: &Answer| {
        let said = voice().sms(answer, language, latin, false);
        let units = said.alphabet.units(&said.text);
        writeln!(
            out,
            "{name}\n  {} parts, {units} units\n  {}",
            said.parts, said.text
        )
        .unwrap();
    };
    for case in samples::views() {
        for answer in samples::answers_about(&case.view) {
            say_sms(case.name, &answer);
        }
    }
    for answer in samples::other_answers() {
        say_sms(&format!("{answer:?}"), &answer);
    }
    let mut say_ussd = |name: &str, page: &Page| {
        writeln!(out, "{name}").unwrap();
        for screen in voice().ussd(page, language, latin, 0) {
            let units = Alphabet::of(&screen).units(&screen);
            writeln!(
                out,
                "  screen, {units} units\n    {}",
                screen.replace('\n', "\n    ")
            )
            .unwrap();
        }
    };
    for case in samples::views() {
        for page in samples::pages_about(&case.view) {
            say_ussd(case.name, &page);
        }
    }
    for page in samples::other_pages() {
        say_ussd(&format!("{page:?}"), &page);
    }
    out
}

#[test]
fn a_translator_can_read_everything() {
    for language in Language::ALL {
        insta::assert_snapshot!(language.code(), transcript(language, false));
    }
    insta::assert_snapshot!("kk-latin", transcript(Language::Kazakh, true));
    insta::assert_snapshot!("ru-latin", transcript(Language::Russian, true));
}
