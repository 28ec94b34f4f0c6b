//! Work on the person of the card: what may be done, the form that says what will happen, and what came of it.

use saqta_data::desk::{Deed, StatusSms, Work};
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::period::Period;
use saqta_data::phone::{Msisdn, Role as Kinship};

use crate::action::Action;
use crate::effects::{Effect, Effects};
use crate::keymap::Place;
use crate::message::{Purpose, Question};
use crate::overlay::form::{Field, Form, Submitted};
use crate::screens::card;
use crate::theme::Role;
use crate::typed::Typed;
use crate::ui::Ui;
use crate::widgets::columns::HARD_SPACE;

/// Everything that can be done about a person, in the order of the menu.
pub(crate) const DEEDS: &[Action] = &[
    Action::Note,
    Action::SendStatus,
    Action::Bind,
    Action::Unbind,
    Action::SetLanguage,
    Action::Lock,
    Action::Unlock,
    Action::Temporary,
    Action::CopyAnswer,
    Action::CopyNumber,
    Action::SaveText,
    Action::SaveJson,
];

/// The form in which the phone is chosen that gets the status, and the one that shows what it gets.
const CHOOSE_PHONE: &str = "ui-form-send";
const SEND: &str = "ui-form-send-text";

/// The forms that ask before a card is written to a file.
const SAVE_TEXT: &str = "ui-form-save-text";
const SAVE_JSON: &str = "ui-form-save-json";

/// Phones offered in a form, by their places.
const PLACES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The most characters of a note or a reason; the desk says the same.
const MAX_NOTE_CHARS: usize = saqta_data::desk::work::MAX_NOTE_CHARS;

/// Months that a temporary status is offered for: this one and the next.
const MONTHS: [&str; 2] = ["0", "1"];

/// What is done once the desk has it on disk.
pub(crate) enum After {
    /// The caller is verified, or not any more.
    Verified(bool),
    /// This is said.
    Say(&'static str),
    /// This goes to the clipboard, then the sentence is said.
    Copy(String, &'static str),
    /// This goes into a file.
    Save {
        /// The name of the file.
        name: String,
        /// What it holds.
        contents: String,
    },
}

// What is copied or saved may hold numbers.
impl std::fmt::Debug for After {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Verified(_) => "Verified",
            Self::Say(key) => key,
            Self::Copy(..) => "Copy(..)",
            Self::Save { .. } => "Save(..)",
        })
    }
}

/// A deed on its way to the desk. One at a time: what follows an answer must not be mistaken.
#[derive(Debug)]
pub(crate) struct Pending {
    /// Which caller it was for.
    pub(crate) caller: u64,
    pub(crate) after: After,
}

/// Sends a deed to the desk.
pub(crate) fn send(
    pending: &mut Option<Pending>,
    ui: &Ui,
    (caller, iin): (u64, Iin),
    deed: Deed,
    after: After,
) -> Effects {
    if pending.is_some() {
        return Effects::say(Role::Warn, format!("! {}", ui.t("ui-work-busy")));
    }
    *pending = Some(Pending { caller, after });
    let work = Work { iin: Some(iin), deed };
    Effects::ask(Purpose::Work, Question::Work(work))
        .with(Effect::Say(Role::Dim, format!(". {}", ui.t("ui-work-sent"))))
}

/// The form of a deed, or why it cannot be done now.
pub(crate) fn form(action: Action, card: &card::State, ui: &Ui) -> Effects {
    if needs_verified(action) && !card.is_verified() {
        let key = ui.key(Place::Card, Action::Verify).unwrap_or_default();
        let said = ui.words().with("ui-work-verify-first", &[("key", key.into())]);
        return Effects::say(Role::Warn, format!("! {said}"));
    }
    let form = match action {
        Action::Note => note(),
        Action::Bind => bind(ui),
        Action::Unbind => match of_phones("ui-form-unbind", card, ui) {
            Some(form) => form.danger(),
            None => return nothing(ui, "ui-work-no-phone"),
        },
        Action::SetLanguage => match of_phones("ui-form-language", card, ui) {
            Some(form) => form.field(languages(ui)),
            None => return nothing(ui, "ui-work-no-phone"),
        },
        Action::SendStatus => match of_phones(CHOOSE_PHONE, card, ui) {
            Some(form) => form.button("ui-form-send-see"),
            None => return nothing(ui, "ui-work-no-phone"),
        },
        Action::Lock if card.is_locked() => return nothing(ui, "ui-refused-already-locked"),
        Action::Lock => Form::new("ui-form-lock"),
        Action::Unlock if !card.is_locked() => return nothing(ui, "ui-refused-not-locked"),
        Action::Unlock => Form::new("ui-form-unlock").danger(),
        Action::Temporary => temporary(card, ui),
        Action::SaveText => return Effects::form(save(SAVE_TEXT, "txt", card, ui)),
        Action::SaveJson => return Effects::form(save(SAVE_JSON, "json", card, ui)),
        _ => return Effects::none(),
    };
    Effects::form(described(form, action, card, ui))
}

/// What changes for the citizen, or for whom the phone is, needs to be sure who calls.
const fn needs_verified(action: Action) -> bool {
    matches!(
        action,
        Action::Bind
            | Action::Unbind
            | Action::SetLanguage
            | Action::SendStatus
            | Action::Lock
            | Action::Unlock
    )
}

fn nothing(ui: &Ui, key: &str) -> Effects {
    Effects::say(Role::Warn, format!("! {}", ui.t(key)))
}

/// Who it is about, what will happen, and that it is written down under the operator's name.
fn described(form: Form, action: Action, card: &card::State, ui: &Ui) -> Form {
    let what = ui.t(&format!("ui-work-{}", action.name()));
    noted(form.line(card.who()).line(what), ui)
}

/// That it is written down under the operator's name.
fn noted(form: Form, ui: &Ui) -> Form {
    let operator = ui.operator.as_ref().map(|operator| operator.name.clone());
    let operator = operator.unwrap_or_default();
    form.line(
        ui.words()
            .with("ui-work-journal", &[("operator", operator.into())]),
    )
}

/// What is written, where, and with which numbers.
fn save(title: &'static str, ending: &str, card: &card::State, ui: &Ui) -> Form {
    let numbers = if ui.shows_numbers() { "shown" } else { "masked" };
    let what = [
        ("name", file_name(card, ending).into()),
        ("numbers", numbers.into()),
    ];
    let form = Form::new(title).button("ui-form-save-do");
    noted(
        form.line(card.who()).line(ui.words().with("ui-work-save", &what)),
        ui,
    )
}

fn file_name(card: &card::State, ending: &str) -> String {
    format!("saqta-{}-{}.{ending}", card.last_digits(), card.day())
}

fn note() -> Form {
    Form::new("ui-form-note").field(Field::text("ui-field-note", text_is_there).at_most(MAX_NOTE_CHARS))
}

/// The number alone would bind a child's number as one's own.
fn bind(ui: &Ui) -> Form {
    let of = vec![("self", ui.t("ui-phone-self")), ("child", ui.t("ui-phone-child"))];
    Form::new("ui-form-bind")
        .field(Field::number("ui-field-phone", is_phone))
        .field(Field::choice("ui-field-role", of))
}

fn temporary(card: &card::State, ui: &Ui) -> Form {
    let now = Period::of(card.day());
    let months = MONTHS
        .iter()
        .zip(0..)
        .map(|(code, after)| (*code, ui.words().month(now.plus(after))));
    Form::new("ui-form-temporary")
        .field(Field::choice("ui-field-month", months.collect()))
        .field(Field::text("ui-field-reason", text_is_there).at_most(MAX_NOTE_CHARS))
}

/// A form with a choice of the phones bound today, if there are any.
fn of_phones(title: &'static str, card: &card::State, ui: &Ui) -> Option<Form> {
    let bound = card.bound_today();
    let phones = PLACES
        .iter()
        .zip(&bound)
        // Masked whatever is shown: the form stays open longer than that.
        .map(|(code, phone)| (*code, card.bound_as(ui, *phone)));
    let phones: Vec<_> = phones.collect();
    let field = (!phones.is_empty()).then(|| Field::choice("ui-field-phone", phones))?;
    Some(Form::new(title).field(field))
}

fn languages(ui: &Ui) -> Field {
    let of = Language::ALL.map(|language| {
        let name = ui.t(&format!("ui-language-{}", language.code()));
        (language.code(), name)
    });
    Field::choice("ui-field-language", of.to_vec())
}

fn is_phone(text: &str) -> Result<(), &'static str> {
    // As the search box takes it: a number of Kazakhstan with a digit too few is none.
    match Typed::of(text) {
        Typed::Phone(_) => Ok(()),
        _ => Err("ui-fault-phone"),
    }
}

fn text_is_there(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        Err("ui-fault-empty")
    } else {
        Ok(())
    }
}

/// The phone to which the status is to go, if that is what was chosen: first its text is asked for.
pub(crate) fn chosen_for_status(form: &Submitted, offered: &[Msisdn]) -> Option<Msisdn> {
    let at = form.values.first().filter(|_| form.what == CHOOSE_PHONE)?;
    let at = PLACES.iter().position(|code| code == at)?;
    offered.get(at).copied()
}

/// The form that shows what will be sent, to whom, and by how many SMS.
pub(crate) fn confirm_status(sms: &StatusSms, card: &card::State, ui: &Ui) -> Form {
    let words = ui.words();
    let language = words.t(&format!("ui-language-{}", sms.language.code()));
    let parts = i64::try_from(sms.parts).unwrap_or(i64::MAX);
    let what = [
        ("phone", sms.to.to_string().into()),
        ("language", language.into()),
        ("carrier", sms.carrier.as_str().into()),
        ("n", parts.into()),
    ];
    let mut form = Form::new(SEND)
        .line(card.who())
        .line(words.with("ui-work-send-text", &what));
    for line in sms.text.lines() {
        form = form.quoted(ui.mask.own_text(ui.now, line));
    }
    noted(form, ui).button("ui-form-send-do").late()
}

/// The deed that a form asked for; `None` for one that does not hold together any more, such as a phone that went.
/// `offered` are the phones that it offered, in the order of its choice; `seen` is the status text that it showed.
pub(crate) fn deed(
    form: &Submitted,
    card: &card::State,
    (offered, seen): (&[Msisdn], Option<&StatusSms>),
) -> Option<(Deed, After)> {
    let value = |at: usize| form.values.get(at).map(String::as_str).unwrap_or_default();
    let phone = || {
        let at = PLACES.iter().position(|code| *code == value(0))?;
        let phone = offered.get(at).copied()?;
        // The card may be another since.
        card.bound_today().contains(&phone).then_some(phone)
    };
    let (deed, said) = match form.what {
        "ui-form-note" => (
            Deed::Note {
                text: value(0).to_owned(),
            },
            "ui-done-note",
        ),
        "ui-form-bind" => (
            Deed::Bind {
                msisdn: Msisdn::parse(value(0)).ok()?,
                role: Kinship::from_code(value(1))?,
            },
            "ui-done-bind",
        ),
        "ui-form-unbind" => (Deed::Unbind { msisdn: phone()? }, "ui-done-unbind"),
        "ui-form-language" => (
            Deed::SetLanguage {
                msisdn: phone()?,
                language: Language::from_code(value(1))?,
            },
            "ui-done-language",
        ),
        SEND => {
            let StatusSms { to, text, .. } = seen?;
            let deed = Deed::SendStatus {
                msisdn: *to,
                seen: text.clone(),
            };
            // The card may be another since.
            let bound = card.bound_today().contains(to);
            (bound.then_some(deed)?, "ui-done-send")
        }
        "ui-form-lock" => (Deed::Lock, "ui-done-lock"),
        "ui-form-unlock" => (Deed::Unlock, "ui-done-unlock"),
        "ui-form-temporary" => {
            let after: i32 = value(0).parse().ok()?;
            let deed = Deed::Temporary {
                period: Period::of(card.day()).plus(after),
                reason: value(1).to_owned(),
            };
            (deed, "ui-done-temporary")
        }
        _ => return None,
    };
    Some((deed, After::Say(said)))
}

/// What is put on the clipboard, and the line about it.
pub(crate) fn copy(action: Action, card: &card::State, ui: &Ui) -> Option<(Deed, After)> {
    Some(match action {
        Action::CopyAnswer => (
            Deed::Copy,
            After::Copy(card.said(ui).replace(HARD_SPACE, " "), "ui-done-copy-answer"),
        ),
        Action::CopyNumber => {
            let said = if ui.shows_numbers() {
                "ui-done-copy-whole"
            } else {
                "ui-done-copy-masked"
            };
            (Deed::Copy, After::Copy(ui.iin(card.iin()), said))
        }
        _ => return None,
    })
}

/// What the form that asked about a file wants written.
pub(crate) fn file(form: &Submitted, card: &card::State, ui: &Ui) -> Option<(Deed, After)> {
    let (ending, contents) = match form.what {
        SAVE_TEXT => ("txt", card.as_text(ui)),
        SAVE_JSON => ("json", card.as_json(ui)),
        _ => return None,
    };
    let name = file_name(card, ending);
    Some((Deed::Save, After::Save { name, contents }))
}
