//! Every text said in every language with what it may be about, before the first citizen sees it.

use saqta_data::coverage::Status;
use saqta_data::language::Language;
use saqta_data::texts::TextsError;

use super::speaker::Speaker;
use super::{Voice, samples, sms, ussd};
use crate::dialog::answer::{Answer, Page};
use crate::dialog::menu::{BACK, MORE, START};
use crate::encoding::Alphabet;
use crate::encoding::pages::MAX_OVERHEAD;

/// The most screens of a page: who would press `98` more often?
pub(super) const MAX_SCREENS: usize = 6;

/// The most units of the footer of a screen, so that text has room above it.
const MAX_FOOTER: usize = 30;

/// Says everything.
///
/// # Errors
/// The first text that cannot be said or does not fit.
pub(super) fn check(voice: &Voice) -> Result<(), TextsError> {
    for language in Language::ALL {
        for latin in [false, true] {
            let speaker = Speaker::new(&voice.texts, &voice.requisites, language, latin).strict();
            check_footer(&speaker)?;
            for case in samples::views() {
                samples::answers_about(&case.view)
                    .iter()
                    .try_for_each(|answer| check_sms(&speaker, answer))?;
                samples::pages_about(&case.view)
                    .iter()
                    .try_for_each(|page| check_ussd(&speaker, page))?;
            }
            samples::other_answers()
                .iter()
                .try_for_each(|answer| check_sms(&speaker, answer))?;
            samples::other_pages()
                .iter()
                .try_for_each(|page| check_ussd(&speaker, page))?;
        }
    }
    Ok(())
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

fn check_ussd(speaker: &Speaker<'_>, page: &Page) -> Result<(), TextsError> {
    for overhead in [0, MAX_OVERHEAD] {
        let screens = ussd::say(speaker, page, overhead)?;
        // A session ends with the apology: there is no second screen.
        let (key, most) = match page {
            Page::TryLater => ("sms-try-later", 1),
            Page::Languages => ("ussd-languages", 1),
            Page::TypeIin => ("ussd-type-iin", 1),
            _ => ("ussd-item-start", MAX_SCREENS),
        };
        if screens.len() > most {
            let reason = format!(
                "a page takes {} USSD screens, at most {most}: make it shorter",
                screens.len()
            );
            return Err(speaker.unfit(key, reason));
        }
    }
    Ok(())
}

fn check_footer(speaker: &Speaker<'_>) -> Result<(), TextsError> {
    let footer = speaker.items([&MORE, &BACK, &START].into_iter(), " ")?;
    let units = Alphabet::Ucs2.units(&footer);
    if units > MAX_FOOTER {
        let reason =
            format!("the footer `{footer}` takes {units} units, at most {MAX_FOOTER}: make it shorter");
        return Err(speaker.unfit(MORE.label, reason));
    }
    Ok(())
}
