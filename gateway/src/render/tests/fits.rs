//! Whatever is said, it fits and nothing of the machinery shows.

use chrono::NaiveDate;
use proptest::prelude::*;
use saqta_data::coverage::{Basis, Debt, Status};
use saqta_data::language::Language;
use saqta_data::money::Tiyn;

use super::super::{samples, sms};
use super::any::{any_clinic, any_coverage, any_language, view_of};
use super::voice;
use crate::dialog::answer::{Answer, Page};
use crate::encoding::pages::{Frame, JOIN, MAX_OVERHEAD, MIN_PAGE_OCTETS, PAGE_OCTETS};
use crate::encoding::{Alphabet, parts};

/// True if nothing of the machinery shows: no missing text, no empty place, no invisible mark.
fn is_clean(text: &str) -> bool {
    let marks = [
        "[sms-", "[say-", "[ussd-", "[status-", "{$", "{ $", "\u{2068}", "\u{2069}", "....",
    ];
    !marks.iter().any(|mark| text.contains(mark)) && !text.contains(JOIN)
}

fn most_parts(answer: &Answer, latin: bool) -> usize {
    match answer {
        Answer::Payments(_) => 3,
        _ if latin => 1,
        Answer::Status(_) | Answer::Unbound { .. } => 2,
        _ => 3,
    }
}

fn assert_fits(answer: &Answer, language: Language) -> Result<(), TestCaseError> {
    for (latin, hint) in [(false, false), (false, true), (true, false), (true, true)] {
        let said = voice().sms(answer, language, latin, hint);
        prop_assert!(is_clean(&said.text), "{}", said.text);
        prop_assert!(
            said.parts <= most_parts(answer, latin),
            "{} parts: {}",
            said.parts,
            said.text
        );
        prop_assert_eq!(said.parts, parts::count(&said.text));
        prop_assert_eq!(parts::parts(&said.text).concat(), said.text.as_str());
        let gsm = latin || language == Language::English;
        prop_assert_eq!(said.alphabet == Alphabet::Gsm7, gsm, "{}", said.text);
    }
    Ok(())
}

fn assert_page_fits(page: &Page, language: Language, overhead: usize) -> Result<(), TestCaseError> {
    let frames = [PAGE_OCTETS, MIN_PAGE_OCTETS].map(|octets| Frame {
        octets,
        ..Frame::from(overhead)
    });
    for (frame, latin) in frames
        .into_iter()
        .flat_map(|frame| [(frame, false), (frame, true)])
    {
        let screens = voice().ussd(page, language, latin, frame);
        let alphabet = Alphabet::of(&screens.concat());
        prop_assert!((1..=8).contains(&screens.len()), "{:?}", screens);
        for (n, screen) in screens.iter().enumerate() {
            prop_assert!(is_clean(screen), "{}", screen);
            let room = alphabet.units_in(frame.octets) - overhead;
            prop_assert!(
                alphabet.units(screen) <= room,
                "{} of {}: {}",
                alphabet.units(screen),
                room,
                screen
            );
            let last_line = screen.lines().last().unwrap_or_default();
            let more = last_line.starts_with("98 ");
            prop_assert_eq!(more, n + 1 < screens.len(), "{}", screen);
            let menu = !matches!(
                page,
                Page::Languages | Page::Main | Page::MainAgain | Page::AnswerBySms | Page::TryLater
            );
            prop_assert!(
                more || !menu || (last_line.starts_with("0 ") && last_line.contains(" 00 ")),
                "{}",
                screen
            );
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_answer_about_anyone_fits(
        view in view_of(any_coverage(0..13, 20_000)), language in any_language(), overhead in 0..=MAX_OVERHEAD,
    ) {
        for answer in samples::answers_about(&view) {
            assert_fits(&answer, language)?;
        }
        for page in samples::pages_about(&view) {
            assert_page_fits(&page, language, overhead)?;
        }
    }

    #[test]
    fn absurd_windows_and_sums_fit_too(
        view in view_of(any_coverage(0..60, 1_000_000_000_000_000)), language in any_language(),
    ) {
        for answer in samples::answers_about(&view) {
            assert_fits(&answer, language)?;
        }
        for page in samples::pages_about(&view) {
            assert_page_fits(&page, language, 0)?;
        }
    }

    #[test]
    fn a_status_begins_with_its_label_and_owes_no_word(
        view in view_of(any_coverage(12..13, 20_000)), language in any_language(), hint in any::<bool>(),
    ) {
        let texts = &voice().texts;
        let label = texts.get(language, sms::label(view.coverage.status), &[]);
        let said = voice().sms(&Answer::Status(Box::new(view.clone())), language, false, hint).text;
        prop_assert!(said.starts_with(&label), "{}", said);
        let day = |day: NaiveDate| day.format("%d.%m.%Y").to_string();
        if let Some(until) = view.coverage.insured_until {
            prop_assert!(said.contains(&day(until)), "{}", said);
        }
        if view.coverage.debt.months > 0 {
            prop_assert!(said.contains(&view.coverage.debt.amount.to_string()), "{}", said);
        }
        if view.coverage.status == Status::NotInsured {
            prop_assert!(said.contains("2-3"), "{}", said);
            prop_assert!(view.data_date.is_none_or(|date| said.contains(&day(date))), "{}", said);
        }
        let state_pays = view.coverage.basis == Some(Basis::StateCategory);
        let words = ["мемлекет төлейді", "платит государство", "the state pays"];
        prop_assert_eq!(words.iter().any(|word| said.contains(word)), state_pays, "{}", said);
        let hints = ["RU", "KZ"];
        prop_assert_eq!(hints.iter().any(|word| said.contains(word)), hint, "{}", said);
    }

    #[test]
    fn who_owes_nothing_gets_one_part(mut view in view_of(any_coverage(0..13, 20_000)), language in any_language()) {
        if matches!(view.coverage.status, Status::NotInsured | Status::ConditionallyInsured) {
            (view.coverage.status, view.coverage.basis) = (Status::Insured, Some(Basis::StateCategory));
        }
        view.coverage.unpaid.clear();
        view.coverage.debt = Debt { months: 0, amount: Tiyn(0), ..view.coverage.debt };
        for latin in [false, true] {
            let said = voice().sms(&Answer::Status(Box::new(view.clone())), language, latin, false);
            prop_assert_eq!(said.parts, 1, "{}", said.text);
        }
    }

    #[test]
    fn a_clinic_is_told_in_part_rather_than_not(clinic in any_clinic(), language in any_language()) {
        let mut view = samples::views().remove(0).view;
        let until = clinic.attached_on.format("%d.%m.%Y").to_string();
        view.clinic = Some(clinic);
        let said = voice().sms(&Answer::Clinic(Box::new(view)), language, false, true).text;
        prop_assert!(said.contains(&until), "{}", said);
    }
}

#[test]
fn every_other_answer_and_page_fits() {
    for language in Language::ALL {
        for answer in samples::other_answers() {
            assert_fits(&answer, language).unwrap();
        }
        for page in samples::other_pages() {
            for overhead in 0..=MAX_OVERHEAD {
                assert_page_fits(&page, language, overhead).unwrap();
            }
        }
    }
}
