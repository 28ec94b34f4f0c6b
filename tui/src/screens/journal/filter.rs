//! Which lines are wanted: the form, the quick keys, and the filter in words.

use std::collections::BTreeSet;

use saqta_data::desk::JournalFilter;
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry, Outcome, Who};
use saqta_data::phone::Msisdn;

use crate::action::Action;
use crate::overlay::form::{Field, Form, Submitted};
use crate::ui::Ui;

/// The code of "any class of answer".
const ANY: &str = "";

/// The name of the console among the doors.
const CONSOLE: &str = "console";

/// The form of the filter, filled in with the one in force.
pub(super) fn form(filter: &JournalFilter, doors: &BTreeSet<String>, ui: &Ui) -> Form {
    let any = || (ANY, ui.t("ui-filter-any"));
    let chosen = filter.carrier.as_deref().unwrap_or(ANY);
    let known = doors.iter().map(String::as_str);
    // The one in force stays to choose even if nobody comes by it any more.
    let known = known.chain(Some(chosen).filter(|name| !name.is_empty() && !doors.contains(*name)));
    let carriers = std::iter::once(any()).chain(known.map(|name| (name, door_in_words(ui, name))));
    let mut outcomes = vec![any()];
    outcomes.extend(
        Outcome::ALL.map(|outcome| (outcome.code(), ui.t(&format!("ui-outcome-{}", outcome.code())))),
    );
    let outcome = filter.outcome.map_or(ANY, Outcome::code);
    Form::new("ui-form-filter")
        .line(ui.t("ui-filter-what"))
        .field(Field::choice("ui-field-carrier", carriers.collect()).with(chosen))
        .field(Field::choice("ui-field-outcome", outcomes).with(outcome))
        .field(Field::number("ui-field-phone", phone_or_none))
        .field(Field::number("ui-field-iin", iin_or_none))
        .button("ui-form-filter-do")
}

/// The name of a carrier or a command as it is; the console in words.
fn door_in_words(ui: &Ui, name: &str) -> String {
    if name == CONSOLE {
        ui.t("ui-door-console")
    } else {
        name.to_owned()
    }
}

/// The name by which lines of a door are asked for.
pub(super) fn door_name(door: &Door) -> &str {
    match door {
        Door::Sms(name) | Door::Ussd(name) | Door::Command(name) => name,
        Door::Console => CONSOLE,
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

/// The phone of a line: of whoever asked, or that an operator did something about.
pub(super) fn phone_of(entry: &Entry) -> Option<Msisdn> {
    match entry.who {
        Who::Phone(phone) => Some(phone),
        Who::Operator(_) | Who::Erased(_) => entry.particulars.phone,
    }
}

/// The filter with the carrier, the class of answer or the phone of `entry`; the same key takes it away again.
pub(super) fn by_line(filter: &JournalFilter, action: Action, entry: &Entry) -> JournalFilter {
    let mut filter = filter.clone();
    match action {
        Action::FilterCarrier => {
            let name = door_name(&entry.door).to_owned();
            filter.carrier = filter.carrier.is_none().then_some(name);
        }
        Action::FilterOutcome => filter.outcome = filter.outcome.is_none().then_some(entry.outcome),
        Action::FilterPhone => {
            filter.phone = phone_of(entry).filter(|_| filter.phone.is_none());
        }
        _ => {}
    }
    filter
}

/// The filter in words, numbers as the mask wants them; nothing for none.
pub(super) fn said(filter: &JournalFilter, ui: &Ui) -> String {
    let parts = [
        filter.carrier.as_deref().map(|name| door_in_words(ui, name)),
        filter
            .outcome
            .map(|outcome| ui.t(&format!("ui-outcome-{}", outcome.code()))),
        filter.phone.map(|phone| ui.phone(phone)),
        filter.iin.map(|iin| ui.iin(iin)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
