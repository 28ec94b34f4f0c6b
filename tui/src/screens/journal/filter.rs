//! Which lines are wanted: the form, the quick keys, and the filter in words.

use saqta_data::desk::JournalFilter;
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry, Outcome, Who};
use saqta_data::phone::Msisdn;

use crate::action::Action;
use crate::overlay::form::{Field, Form, Submitted};
use crate::ui::Ui;

/// The code of "any class of answer".
const ANY: &str = "";

/// The form of the filter, filled in with the one in force.
pub(super) fn form(filter: &JournalFilter, ui: &Ui) -> Form {
    let mut outcomes = vec![(ANY, ui.t("ui-filter-any"))];
    outcomes.extend(
        Outcome::ALL.map(|outcome| (outcome.code(), ui.t(&format!("ui-outcome-{}", outcome.code())))),
    );
    let outcome = filter.outcome.map_or(ANY, Outcome::code);
    Form::new("ui-form-filter")
        .line(ui.t("ui-filter-what"))
        .field(
            Field::text("ui-field-carrier", name_or_none).with(filter.carrier.as_deref().unwrap_or_default()),
        )
        .field(Field::choice("ui-field-outcome", outcomes).with(outcome))
        .field(Field::number("ui-field-phone", phone_or_none))
        .field(Field::number("ui-field-iin", iin_or_none))
        .button("ui-form-filter-do")
}

/// The longest name that a carrier instance or a command has.
const MAX_NAME: usize = 32;

fn name_or_none(text: &str) -> Result<(), &'static str> {
    if text.chars().count() <= MAX_NAME {
        Ok(())
    } else {
        Err("ui-fault-name")
    }
}

fn phone_or_none(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || Msisdn::parse(text).is_ok() {
        Ok(())
    } else {
        Err("ui-fault-phone")
    }
}

fn iin_or_none(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || iin(text).is_some() {
        Ok(())
    } else {
        Err("ui-fault-iin")
    }
}

fn iin(text: &str) -> Option<Iin> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    Iin::parse(&digits).ok()
}

/// The filter that was filled in.
pub(super) fn read(form: &Submitted) -> JournalFilter {
    let value = |at: usize| form.values.get(at).map(String::as_str).unwrap_or_default();
    JournalFilter {
        carrier: Some(value(0).to_owned()).filter(|name| !name.is_empty()),
        outcome: Outcome::ALL
            .into_iter()
            .find(|outcome| outcome.code() == value(1)),
        phone: Msisdn::parse(value(2)).ok(),
        iin: iin(value(3)),
    }
}

/// The filter with the carrier, the class of answer or the phone of `entry`; the same key takes it away again.
pub(super) fn by_line(filter: &JournalFilter, action: Action, entry: &Entry) -> JournalFilter {
    let mut filter = filter.clone();
    match action {
        Action::FilterCarrier => {
            let name = match &entry.door {
                Door::Sms(name) | Door::Ussd(name) | Door::Command(name) => name.clone(),
                Door::Console => "console".to_owned(),
            };
            filter.carrier = filter.carrier.is_none().then_some(name);
        }
        Action::FilterOutcome => filter.outcome = filter.outcome.is_none().then_some(entry.outcome),
        Action::FilterPhone => {
            let phone = match entry.who {
                Who::Phone(phone) => Some(phone),
                Who::Operator(_) => entry.particulars.phone,
            };
            filter.phone = phone.filter(|_| filter.phone.is_none());
        }
        _ => {}
    }
    filter
}

/// The filter in words, numbers as the mask wants them; nothing for none.
pub(super) fn said(filter: &JournalFilter, ui: &Ui) -> String {
    let parts = [
        filter.carrier.clone(),
        filter
            .outcome
            .map(|outcome| ui.t(&format!("ui-outcome-{}", outcome.code()))),
        filter.phone.map(|phone| ui.phone(phone)),
        filter.iin.map(|iin| ui.iin(iin)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
