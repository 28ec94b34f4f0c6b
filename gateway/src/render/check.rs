//! Every text said in every language with what it may be about, before the first citizen sees it.

use saqta_data::coverage::Status;
use saqta_data::language::Language;
use saqta_data::texts::TextsError;

use super::speaker::Speaker;
use super::{Voice, samples, sms, ussd};
use crate::dialog::answer::{Answer, Page};
use crate::dialog::menu::Menu;
use crate::encoding::Alphabet;
use crate::encoding::pages::{Frame, MAX_OVERHEAD, MIN_PAGE_OCTETS, MIN_PAGE_UNITS};

/// The most units of the footer of a screen, so that text has room above it.
const MAX_FOOTER: usize = 30;

/// Says everything.
///
/// # Errors
/// The first text that cannot be said or does not fit, and what it was about.
pub(super) fn check(voice: &Voice) -> Result<(), TextsError> {
    for language in Language::ALL {
        for latin in [false, true] {
            let speaker = Speaker::new(&voice.texts, &voice.requisites, language, latin).strict();
            check_footer(&speaker, &voice.menu)?;
            for case in samples::views() {
                check_all(
                    &speaker,
                    &voice.menu,
                    &samples::answers_about(&case.view),
                    &samples::pages_about(&case.view),
                )
                .map_err(|error| about(error, case.name))?;
            }
            check_all(
                &speaker,
                &voice.menu,
                &samples::other_answers(),
                &samples::other_pages(),
            )?;
        }
    }
    Ok(())
}

fn check_all(
    speaker: &Speaker<'_>,
    menu: &Menu,
    answers: &[Answer],
    pages: &[Page],
) -> Result<(), TextsError> {
    answers.iter().try_for_each(|answer| check_sms(speaker, answer))?;
    pages.iter().try_for_each(|page| check_ussd(speaker, menu, page))
}

/// `error` with what the text was about.
fn about(mut error: TextsError, case: &str) -> TextsError {
    if let TextsError::Unfit { reason, .. } = &mut error {
        *reason = format!("{reason} (about: {case})");
    }
    error
}

fn check_sms(speaker: &Speaker<'_>, answer: &Answer) -> Result<(), TextsError> {
    for hint in [false, true] {
        let text = sms::say(speaker, answer, hint)?;
        let status = match answer {
            Answer::Status(view) => view.coverage.status,
            Answer::Unbound { insured: true, .. } => Status::Insured,
            Answer::Unbound { insured: false, .. } => Status::NotInsured,
            _ => continue,
        };
        let key = sms::label(status);
        if !text.starts_with(&speaker.letters(&speaker.get(key, &[])?)) {
            return Err(speaker.unfit(key, "an answer about a status is to begin with this label".into()));
        }
    }
    Ok(())
}

fn check_ussd(speaker: &Speaker<'_>, menu: &Menu, page: &Page) -> Result<(), TextsError> {
    // What is typed is asked for, and what ends a session is told, on one screen.
    let one_screen = match page {
        Page::AnswerBySms => Some("ussd-answer-by-sms"),
        Page::TryLater => Some("sms-try-later"),
        Page::Languages => Some("ussd-languages"),
        Page::TypeIin => Some("ussd-type-iin"),
        _ => None,
    };
    let narrowest = Frame {
        octets: MIN_PAGE_OCTETS,
        most: MIN_PAGE_UNITS,
        overhead: MAX_OVERHEAD,
    };
    for frame in [Frame::default(), narrowest] {
        let count = ussd::say(speaker, menu, page, frame)?.len();
        if let Some(key) = one_screen.filter(|_| count > 1) {
            return Err(speaker.unfit(key, format!("{count} USSD screens, at most 1: make it shorter")));
        }
    }
    Ok(())
}

fn check_footer(speaker: &Speaker<'_>, menu: &Menu) -> Result<(), TextsError> {
    let footer = speaker.items([&menu.more, &menu.back, &menu.start].into_iter(), " ")?;
    let units = Alphabet::Ucs2.units(&footer);
    if units > MAX_FOOTER {
        let reason = format!("the footer takes {units} characters, at most {MAX_FOOTER}: make it shorter");
        return Err(speaker.unfit(menu.more.label, reason));
    }
    Ok(())
}
