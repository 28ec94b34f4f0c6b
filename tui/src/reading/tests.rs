use std::collections::BTreeSet;

use saqta_data::category::{Category, CategorySpan};
use saqta_data::coverage::what_if;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::texts::Texts;

use super::*;
use crate::fake;
use crate::words::TEXTS;

const PEOPLE: [&str; 5] = [
    fake::INSURED,
    fake::NOT_INSURED,
    fake::GRACE,
    fake::STATE,
    fake::LOCKED,
];

fn texts() -> Texts {
    Texts::load(TEXTS, None, &BTreeSet::new()).unwrap()
}

fn english(card: &Card, verified: bool) -> String {
    let ways = what_if::ways(&card.person, &Law::builtin().unwrap(), card.coverage.day);
    aloud(
        Words::new(&texts(), Language::English),
        card,
        ways.ahead.as_ref(),
        verified,
    )
    .replace('\u{a0}', " ")
}

#[test]
fn an_unverified_caller_hears_insured_or_not_and_nothing_else() {
    let of = |number| english(&fake::card(number).unwrap(), false);
    let rest = "I can tell you the rest once I have checked who you are.";
    assert_eq!(of(fake::INSURED), format!("INSURED. {rest}"));
    assert_eq!(
        of(fake::GRACE),
        format!("INSURED. {rest}"),
        "conditional counts as insured"
    );
    assert_eq!(of(fake::STATE), format!("INSURED. {rest}"));
    assert_eq!(
        of(fake::NOT_INSURED),
        format!(
            "NOT INSURED. Data as of 24.08.2026; a payment shows in 2-3 working days. \
             Emergency care stays free. {rest}"
        )
    );
    assert_eq!(
        of(fake::LOCKED),
        format!("I cannot give an answer about this number. {rest}")
    );
}

#[test]
fn a_verified_caller_hears_the_whole_answer() {
    let of = |number| english(&fake::card(number).unwrap(), true);
    assert_eq!(of(fake::INSURED), "INSURED until 31.10.2026. There is no debt.");
    assert_eq!(
        of(fake::GRACE),
        "CONDITIONALLY INSURED until 30.09.2026. 1 month is not paid (July 2026). To pay: 4 250 tenge. Or 12 months \
         may be paid ahead instead, 51 000 tenge: then INSURED until 31.10.2027."
    );
    assert_eq!(
        of(fake::NOT_INSURED),
        "NOT INSURED. 5 months are not paid (February 2026, March 2026, May 2026 - July 2026). \
         To pay: 29 750 tenge. A penalty comes on top. Data as of 24.08.2026; a payment shows in 2-3 \
         working days. Emergency care stays free."
    );
    assert_eq!(
        of(fake::LOCKED),
        "INSURED until 31.10.2026. There is no debt.",
        "the owner calls"
    );
}

#[test]
fn no_category_name_or_number_is_ever_read_aloud() {
    let texts = texts();
    for number in PEOPLE {
        for category in Category::ALL {
            let mut card = fake::card(number).unwrap();
            card.coverage.basis = Some(Basis::StateCategory);
            card.person.categories = vec![CategorySpan {
                category,
                from: fake::today(),
                to: None,
            }];
            for language in Language::ALL {
                for verified in [false, true] {
                    let words = Words::new(&texts, language);
                    let said = aloud(words, &card, None, verified);
                    let name = words.t(&format!("category-{}", category.code()));
                    assert!(!said.contains(&name), "{said}");
                    assert!(!said.contains(number), "{said}");
                    let surname = card.person.identity.as_ref().unwrap().surname.clone();
                    assert!(!said.contains(&surname), "{said}");
                }
            }
        }
    }
}

/// An answer is cut where it is too long: emergency care is not what goes.
#[test]
fn the_year_ahead_is_named_last() {
    let law = Law::builtin().unwrap();
    let grace = fake::card(fake::GRACE).unwrap();
    let way = what_if::ways(&grace.person, &law, grace.coverage.day)
        .ahead
        .unwrap();
    let texts = texts();
    let words = Words::new(&texts, Language::English);
    let said = aloud(words, &fake::card(fake::NOT_INSURED).unwrap(), Some(&way), true);
    let [care, ahead] = ["Emergency care stays free.", "Or 12 months"].map(|part| said.find(part).unwrap());
    assert!(care < ahead, "{said}");
}
