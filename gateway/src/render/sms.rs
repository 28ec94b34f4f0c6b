//! Answers by SMS.

use chrono::NaiveDate;
use saqta_data::coverage::{Basis, Status};
use saqta_data::texts::{Arg, TextsError};

use super::phrases::{date, typed_period};
use super::speaker::{Room, Speaker};
use super::wording::Wording;
use crate::dialog::answer::{Answer, AttachedClinic, View};
use crate::dialog::menu::MAX_PEOPLE;
use crate::encoding::pages::JOIN;

/// The text of `answer`, of at most as many parts as its kind may have.
pub(super) fn say(speaker: &Speaker<'_>, answer: &Answer, hint: bool) -> Result<String, TextsError> {
    let hints: &[&str] = if hint { &["say-hint", "say-hint-2"] } else { &[] };
    let text = speaker.fit(&speaker.wording(answer)?, room(answer, speaker.latin), hints)?;
    Ok(text.replace(JOIN, " "))
}

/// A status has at most two parts, others three; in Latin letters one, but for payments of so many kinds that they take
/// more.
const fn room(answer: &Answer, latin: bool) -> Room {
    let most = match answer {
        Answer::Payments(_) => 3,
        _ if latin => 1,
        Answer::Status(_) | Answer::Unbound { .. } => 2,
        _ => 3,
    };
    Room {
        goal: if latin { 1 } else { most },
        most,
    }
}

/// The text that begins an answer about a status.
pub(super) const fn label(status: Status) -> &'static str {
    match status {
        Status::Insured => "status-insured",
        Status::ConditionallyInsured => "status-conditionally-insured",
        Status::TemporarilyInsured => "status-temporarily-insured",
        Status::NotInsured => "status-not-insured",
    }
}

/// The forms of a debt; USSD has the last.
pub(super) const DEBT: [&str; 3] = ["sms-debt", "sms-debt-2", "sms-debt-3"];
const DEBT_IN_ONE_PART: [&str; 5] = ["sms-debt", "sms-debt-2", "sms-debt-3", "sms-debt-4", "sms-debt-5"];

type Said<'a> = Result<Wording<'a>, TextsError>;

impl Speaker<'_> {
    fn wording<'a>(&self, answer: &'a Answer) -> Said<'a> {
        let last = |keys, last_four: &'a str| Wording::with(keys, vec![("last", last_four.into())]);
        Ok(match answer {
            Answer::Status(view) => self.status(view)?,
            Answer::Payments(view) => self.payments_answer(view)?,
            Answer::Debt(view) if self.latin => self.debt_answer(view, &DEBT_IN_ONE_PART)?,
            Answer::Debt(view) => self.debt_answer(view, &DEBT)?,
            Answer::Clinic(view) => self.clinic(view.clinic.as_ref()),
            Answer::Unbound { insured, data_date } => self.unbound(*insured, *data_date)?,
            Answer::WhichPerson(people) => Wording::with(
                &["sms-which-person"],
                vec![("people", choices(people, "  ", " ").into())],
            ),
            Answer::WrongLength { digits } => Self::wrong_length(*digits),
            Answer::Locked { last_four } => last(&["sms-locked"], last_four),
            Answer::Unlocked { last_four } => last(&["sms-unlocked"], last_four),
            Answer::NotLocked { last_four } => last(&["sms-not-locked"], last_four),
            Answer::UnlockCode { code, last_four } => {
                let args = vec![
                    ("code", code.as_str().into()),
                    ("last", last_four.as_str().into()),
                ];
                Wording::with(&["sms-unlock-code"], args)
            }
            Answer::Neutral => Wording::plain(&["sms-neutral", "sms-neutral-2"]),
            Answer::NoSuchChoice => Wording::plain(&["sms-no-such-choice"]),
            Answer::OneIinPlease => Wording::plain(&["sms-one-iin"]),
            Answer::WrongCheckDigit => Wording::plain(&["sms-wrong-check-digit"]),
            Answer::LooksLikeBin => Wording::plain(&["sms-looks-like-bin"]),
            Answer::IinNeeded => Wording::plain(&["sms-iin-needed"]),
            Answer::Help => Wording::plain(&["sms-help", "sms-help-2"]),
            Answer::Stopped => Wording::plain(&["sms-stopped"]),
            Answer::Started => Wording::plain(&["sms-started"]),
            Answer::LanguageSet => Wording::plain(&["sms-language"]),
            Answer::Latin { on: true } => Wording::plain(&["sms-latin-on"]),
            Answer::Latin { on: false } => Wording::plain(&["sms-latin-off"]),
            Answer::LockNeedsBinding => Wording::plain(&["sms-lock-needs-binding"]),
            Answer::WrongCode => Wording::plain(&["sms-wrong-code"]),
            Answer::TryLater => Wording::plain(&["sms-try-later"]),
            Answer::TooMany => Wording::plain(&["sms-too-many"]),
        })
    }

    /// A number of another length.
    pub(super) fn wrong_length<'a>(digits: usize) -> Wording<'a> {
        // A text has far fewer; beyond, the exact number tells nobody anything.
        let digits = u32::try_from(digits.min(9999)).unwrap_or_default();
        Wording::with(&["sms-wrong-length"], vec![("digits", digits.into())])
    }

    /// The status, to a bound phone.
    pub(super) fn status<'a>(&self, view: &View) -> Said<'a> {
        let coverage = &view.coverage;
        let keys: &[&str] = match (coverage.status, coverage.basis, coverage.insured_until) {
            (Status::NotInsured, ..) => &["sms-not-insured", "sms-not-insured-2", "sms-not-insured-3"],
            (Status::ConditionallyInsured, _, Some(_)) => &["sms-conditional", "sms-conditional-2"],
            (_, Some(Basis::StateCategory), _) => &["sms-insured-state", "sms-insured-state-2"],
            _ => &["sms-insured", "sms-insured-2"],
        };
        let mut args = self.noted(view.data_date)?;
        let debt = self.debt(&coverage.debt, view.entrepreneur)?;
        args.extend([
            ("label", self.get(label(coverage.status), &[])?.into()),
            ("until", self.until("say-until", coverage.insured_until)?.into()),
            (
                "until-2",
                self.until("say-until-2", coverage.insured_until)?.into(),
            ),
            ("debt", debt.into()),
            ("periods", self.which_months(&coverage.unpaid)?.into()),
            ("sum", self.sum(&coverage.debt, view.entrepreneur)?.into()),
        ]);
        Ok(Wording::with(keys, args))
    }

    /// The unpaid months and how to pay, in one of `forms`.
    pub(super) fn debt_answer<'a>(&self, view: &View, forms: &'a [&'a str]) -> Said<'a> {
        let coverage = &view.coverage;
        let mut args = self.noted(view.data_date)?;
        let Some(first) = coverage.unpaid.first() else {
            return Ok(Wording::with(
                &["sms-no-debt", "sms-no-debt-2", "sms-no-debt-3"],
                args,
            ));
        };
        let place = |name, value: &String| (name, Arg::from(value.clone()));
        let bank = self.requisites;
        args.extend([
            ("periods", self.which_months(&coverage.unpaid)?.into()),
            (
                "sum",
                self.sum_by_months(&coverage.debt, view.entrepreneur)?.into(),
            ),
            ("period", typed_period(*first).into()),
            ("total", self.total(&coverage.debt, view.entrepreneur)?.into()),
            place("knp", &bank.knp),
            place("bin", &bank.bin),
            place("account", &bank.account),
            place("bic", &bank.bic),
            place("kbe", &bank.kbe),
        ]);
        Ok(Wording::with(forms, args))
    }

    /// The payments of the window.
    pub(super) fn payments_answer<'a>(&self, view: &View) -> Said<'a> {
        let months = &view.coverage.months;
        if months.is_empty() {
            return Ok(Wording::plain(&["sms-no-payments"]));
        }
        let args = vec![
            (
                "months",
                self.months(u32::try_from(months.len()).unwrap_or(u32::MAX))?
                    .into(),
            ),
            ("list", self.payments(months)?.into()),
            ("states", self.payments_by_state(months)?.into()),
        ];
        Ok(Wording::with(&["sms-payments", "sms-payments-2"], args))
    }

    /// The clinic, in the language of the answer.
    pub(super) fn clinic<'a>(&self, clinic: Option<&AttachedClinic>) -> Wording<'a> {
        let Some(clinic) = clinic else {
            return Wording::plain(&["sms-no-clinic"]);
        };
        let (name, address) = clinic.clinic.in_language(self.language);
        let args = vec![("date", date(clinic.attached_on).into())];
        Wording {
            elastic: Some([name.to_owned(), address.to_owned()]),
            ..Wording::with(&["sms-clinic"], args)
        }
    }

    /// Insured or not, and nothing else of the person.
    pub(super) fn unbound<'a>(&self, insured: bool, data_date: Option<NaiveDate>) -> Said<'a> {
        let (status, keys): (_, &[&str]) = if insured {
            (Status::Insured, &["sms-unbound-insured", "sms-unbound-insured-2"])
        } else {
            (
                Status::NotInsured,
                &["sms-unbound-not-insured", "sms-unbound-not-insured-2"],
            )
        };
        let mut args = self.noted(data_date)?;
        args.push(("label", self.get(label(status), &[])?.into()));
        Ok(Wording::with(keys, args))
    }

    fn noted<'a>(&self, data_date: Option<NaiveDate>) -> Result<Vec<(&'static str, Arg<'a>)>, TextsError> {
        let note = |key| self.note(key, data_date);
        Ok(vec![
            ("note", note("say-note")?.into()),
            ("note-2", note("say-note-2")?.into()),
        ])
    }
}

/// `1 ...0007  2 ...0017`, at most [`MAX_PEOPLE`].
pub(super) fn choices(people: &[String], between: &str, join: &str) -> String {
    let offered = people.iter().take(MAX_PEOPLE).enumerate();
    offered
        .map(|(n, last)| format!("{}{join}...{last}", n + 1))
        .collect::<Vec<_>>()
        .join(between)
}
