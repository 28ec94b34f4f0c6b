//! The words on the screen.

use saqta_data::desk::Refusal;

use super::*;

#[test]
fn texts_of_the_house_override_those_of_the_console() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("ru.ftl"),
        "ui-tab-caller = Звонок\nstatus-line = SMS",
    )
    .unwrap();
    let mut options = Options {
        texts_dir: Some(dir.path().to_owned()),
        ..options(Language::Russian)
    };
    let error = options.ui().err().unwrap().to_string();
    assert!(error.contains("status-line"), "a slip is told: {error}");
    options.other_texts.insert("status-line".to_owned());
    assert_eq!(options.ui().unwrap().t("ui-tab-caller"), "Звонок");
}

/// What every code of the domain is called on the screen: a new one must get its words.
#[test]
fn every_code_has_a_word() {
    let ui = options(Language::Kazakh).ui().unwrap();
    for language in Language::ALL {
        let words = crate::words::Words::new(&ui.texts, language);
        let mut keys: Vec<String> = Outcome::ALL
            .iter()
            .map(|outcome| format!("ui-outcome-{}", outcome.code()))
            .collect();
        keys.extend(Payer::ALL.iter().map(|payer| format!("payer-{}", payer.code())));
        keys.extend(
            PayerKind::ALL
                .iter()
                .map(|kind| format!("payer-kind-{}", kind.code())),
        );
        keys.extend(Refusal::ALL.iter().map(|r| format!("ui-refused-{}", r.code())));
        keys.extend(Category::ALL.iter().map(|c| format!("category-{}", c.code())));
        for key in keys {
            assert!(!words.t(&key).starts_with('['), "{key}");
        }
        for state in MonthState::ALL {
            let cell = words.month_cell(state);
            assert!(cell.chars().count() <= 4, "{cell} does not fit its cell");
        }
    }
}
