use super::*;

pub(super) fn requisites() -> Requisites {
    Requisites {
        bin: "160440007161".into(),
        account: "KZ92009MEDS368609103".into(),
        bic: "GCVPKZ2A".into(),
        kbe: "11".into(),
        knp: "122".into(),
    }
}

pub(super) fn voice() -> Voice {
    Voice::load(None, &BTreeSet::new(), requisites()).unwrap()
}

#[test]
fn transcript() {
    let voice = voice();
    for language in Language::ALL {
        for case in samples::views() {
            for answer in samples::answers_about(&case.view) {
                let said = voice.sms(&answer, language, false, false);
                println!(
                    "{} {}u {}p | {}",
                    case.name,
                    said.alphabet.units(&said.text),
                    said.parts,
                    said.text
                );
            }
            for page in samples::pages_about(&case.view) {
                println!("   {:?}", voice.ussd(&page, language, false, 0));
            }
        }
        for answer in samples::other_answers() {
            let said = voice.sms(&answer, language, false, false);
            println!(
                "{}u {}p | {}",
                said.alphabet.units(&said.text),
                said.parts,
                said.text
            );
        }
        for page in samples::other_pages() {
            println!("   {:?}", voice.ussd(&page, language, false, 0));
        }
    }
}
