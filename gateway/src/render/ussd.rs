//! Pages of the USSD menu.

use saqta_data::texts::TextsError;

use super::sms::DEBT;
use super::sms::choices;
use super::speaker::{Room, Speaker};
use super::wording::Wording;
use crate::dialog::answer::{IinSlip, Page};
use crate::dialog::menu::{Choice, Item, Menu};
use crate::encoding::pages::{Footers, Frame, JOIN, screens};

/// Text on a page is at most as long as an SMS of three parts, names and addresses of clinics as one of two.
const ROOM: Room = Room { goal: 3, most: 3 };
const ROOM_OF_NAMES: Room = Room { goal: 2, most: 3 };

/// The screens of `page`.
pub(super) fn say(
    speaker: &Speaker<'_>,
    menu: &Menu,
    page: &Page,
    frame: Frame,
) -> Result<Vec<String>, TextsError> {
    let body = speaker.body(menu, page)?;
    let line = |items: &[&Item]| speaker.items(items.iter().copied(), " ");
    let last: &[&Item] = match page {
        Page::Languages | Page::Main | Page::MainAgain | Page::AnswerBySms | Page::TryLater => &[],
        _ => &[&menu.back, &menu.start],
    };
    let all: Vec<&Item> = [&menu.more].into_iter().chain(last.iter().copied()).collect();
    let footers = [line(&all)?, line(&[&menu.more])?, line(last)?];
    let [more, more_short, last] = &footers;
    Ok(screens(
        &body,
        &Footers {
            more,
            more_short,
            last,
        },
        frame,
    ))
}

impl Speaker<'_> {
    fn body(&self, menu: &Menu, page: &Page) -> Result<String, TextsError> {
        match page {
            Page::Languages => self.plain("ussd-languages"),
            Page::Main => {
                let usual = |item: &&Item| item.choice != Choice::Resume;
                self.items(menu.main.iter().filter(usual), "\n")
            }
            Page::MainAgain => self.items(menu.main.iter(), "\n"),
            Page::TypeIin => self.plain("ussd-type-iin"),
            Page::TypeIinAgain(slip) => Ok(format!(
                "{}\n{}",
                self.short(slip_of(*slip))?,
                self.plain("ussd-type-iin")?
            )),
            Page::WhichPerson(people) => {
                let people = self.letters(&choices(people, "\n", &JOIN.to_string()));
                Ok(format!("{}\n{people}", self.plain("ussd-which-person")?))
            }
            Page::Status { view, can_send_sms } => {
                let offered = |item: &&Item| *can_send_sms || item.choice != Choice::SendSms;
                let items = self.items(menu.status.iter().filter(offered), " ")?;
                Ok(format!("{}\n{items}", self.short(self.status(view)?)?))
            }
            Page::Payments(view) => self.fit(&self.payments_answer(view)?, ROOM, &[]),
            Page::Debt(view) => self.short(self.debt_answer(view, &DEBT)?),
            Page::Clinic(view) => self.fit(&self.clinic(view.clinic.as_ref()), ROOM_OF_NAMES, &[]),
            Page::Unbound { insured, data_date } => self.short(self.unbound(*insured, *data_date)?),
            Page::Neutral => self.plain("sms-neutral-2"),
            Page::NotBound => self.plain("ussd-not-bound"),
            Page::SmsSent(_) => self.plain("ussd-sms-sent"),
            Page::AnswerBySms => self.plain("ussd-answer-by-sms"),
            Page::TryLater => self.plain("sms-try-later"),
        }
    }

    fn plain(&self, key: &str) -> Result<String, TextsError> {
        self.fit(&Wording::plain(&[key]), ROOM, &[])
    }

    fn short(&self, wording: Wording<'_>) -> Result<String, TextsError> {
        self.fit(&wording.shortest(), ROOM, &[])
    }

    /// Items with their numbers, each kept on one line.
    pub(super) fn items<'i>(
        &self,
        items: impl Iterator<Item = &'i Item>,
        between: &str,
    ) -> Result<String, TextsError> {
        let item = |item: &Item| Ok(format!("{}{JOIN}{}", item.key, self.plain(item.label)?));
        Ok(items.map(item).collect::<Result<Vec<_>, _>>()?.join(between))
    }
}

fn slip_of<'a>(slip: IinSlip) -> Wording<'a> {
    match slip {
        IinSlip::WrongLength { digits } => Speaker::wrong_length(digits),
        IinSlip::WrongCheckDigit => Wording::plain(&["sms-wrong-check-digit"]),
        IinSlip::LooksLikeBin => Wording::plain(&["sms-looks-like-bin"]),
    }
}
