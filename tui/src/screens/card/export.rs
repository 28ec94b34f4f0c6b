//! The card as a text and as JSON, for a file. Numbers are masked unless the operator has them shown just then.

use ratatui::text::Line;
use saqta_data::contribution::Contribution;
use serde_json::{Value, json};

use super::parts::Section;
use super::{State, top};
use crate::ui::Ui;
use crate::widgets::columns::{HARD_SPACE, wrap};
use crate::widgets::pane::Content;
use crate::words::date;

/// The width of the text.
const WIDTH: usize = 100;

impl State {
    /// The card as a text in the language of the console.
    pub(crate) fn as_text(&self, ui: &Ui) -> String {
        let words = ui.words();
        let mut text = String::new();
        let mut add = |lines: Vec<String>| {
            for line in lines {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        };
        let day = date(self.card.coverage.day);
        add(vec![
            plain(&top::who(ui, &self.card, WIDTH)),
            words.with("ui-card-on", &[("date", day.into())]),
        ]);
        let why = top::why(ui, &self.card, self.outlook.as_ref(), WIDTH, (true, false));
        add(why.iter().map(plain).collect());
        add(self.months_as_text(ui));
        for section in Section::ALL {
            let content = self.content(ui, section, u16::try_from(WIDTH).unwrap_or(u16::MAX));
            add(vec![String::new(), ui.t(section.title_key())]);
            add(lines_of(content));
        }
        add(vec![String::new()]);
        add(wrap(&made_by(ui), WIDTH));
        text.replace(HARD_SPACE, " ")
    }

    fn months_as_text(&self, ui: &Ui) -> Vec<String> {
        let words = ui.words();
        let months = self.card.coverage.months.iter();
        let lines = months.map(|month| {
            let state = words.month_state(month.state);
            let sum = crate::words::money(month.amount);
            format!("{}  {state}  {sum}", crate::words::period(month.period))
        });
        std::iter::once(String::new()).chain(lines).collect()
    }

    /// The card as JSON: what `saqta status --json` says, and what a card shows besides. Amounts in tiyn.
    pub(crate) fn as_json(&self, ui: &Ui) -> String {
        let card = &self.card;
        let coverage = serde_json::to_value(&card.coverage).unwrap_or(Value::Null);
        let identity = card.person.identity.as_ref();
        let categories = card.person.categories.iter().filter(|_| ui.sees_categories());
        let value = json!({
            "iin": ui.iin(card.person.iin),
            "numbers_masked": !ui.shows_numbers(),
            "name": identity.map(saqta_data::person::Identity::full_name),
            "birth_date": identity.map(|identity| identity.birth_date),
            "payer_kind": card.person.payer_kind(),
            "locked": card.person.locked,
            "coverage": coverage,
            "categories": categories.collect::<Vec<_>>(),
            "temporary": card.person.temporary,
            "clinic": card.clinic,
            "attached_on": card.person.attachment().map(|attachment| attachment.attached_on),
            "payments": card.person.contributions.iter().map(|row| payment(ui, row)).collect::<Vec<_>>(),
            "phones": card.phones.iter().map(|phone| json!({
                "msisdn": ui.phone(phone.msisdn),
                "role": phone.binding.role,
                "bound_on": phone.binding.bound_on,
                "unbound_on": phone.binding.unbound_on,
                "language": phone.language,
            })).collect::<Vec<_>>(),
            "notes": card.notes.iter().map(|note| json!({
                "at": note.at.local(),
                "operator": note.operator,
                "text": ui.mask.text(ui.now, &note.text),
            })).collect::<Vec<_>>(),
            "data_date": card.data_date,
        });
        serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
    }
}

/// Who made the file, and whether numbers are whole in it.
fn made_by(ui: &Ui) -> String {
    let words = ui.words();
    let operator = ui.operator.as_ref().map(|operator| operator.name.clone());
    let key = if ui.shows_numbers() {
        "ui-export-whole"
    } else {
        "ui-export-masked"
    };
    let at = ui.now.local().format("%d.%m.%Y %H:%M").to_string();
    words.with(
        key,
        &[
            ("operator", operator.unwrap_or_default().into()),
            ("at", at.into()),
        ],
    )
}

fn payment(ui: &Ui, row: &Contribution) -> Value {
    json!({
        "period": row.period,
        "knp": row.knp,
        "amount": row.amount,
        "payer": row.payer,
        "payer_id": row.payer_id.map(|id| ui.mask.payer(ui.now, id)),
        "reference": row.reference,
        "line": row.line,
        "paid_on": row.paid_on,
        "returned_on": row.returned_on,
    })
}

fn lines_of(content: Content) -> Vec<String> {
    let lines = content.head.into_iter().chain(content.lines);
    lines.map(|line| plain(&line)).collect()
}

fn plain(line: &Line<'_>) -> String {
    line.spans.iter().map(|span| span.content.as_ref()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::console::Options;
    use crate::fake;

    const PEOPLE: [&str; 6] = [
        fake::INSURED,
        fake::NOT_INSURED,
        fake::GRACE,
        fake::STATE,
        fake::LOCKED,
        fake::TEMPORARY,
    ];

    fn ui() -> Ui {
        let options = Options {
            clock: fake::clock(),
            ..Options::default()
        };
        options.ui().unwrap()
    }

    fn state(number: &str) -> State {
        let law = saqta_data::law::Law::builtin().unwrap();
        let card = fake::card(number).unwrap();
        State::new(
            card,
            saqta_data::language::Language::Russian,
            Some(std::sync::Arc::new(law)),
        )
    }

    /// Runs of digits that may be an IIN or a phone.
    fn longest_run(text: &str) -> usize {
        let runs = text.split(|c: char| !c.is_ascii_digit());
        runs.map(str::len).max().unwrap_or(0)
    }

    #[test]
    fn no_number_is_whole_unless_it_is_shown() {
        let mut ui = ui();
        for number in PEOPLE {
            let state = state(number);
            // The account and the BIN of the State Corporation are in every text, the BIN of an employer, and no secret.
            let text = state.as_text(&ui).replace("KZ92009MEDS368609103", "");
            let text = text.replace("160440007161", "");
            assert!(longest_run(&text) <= 8, "{text}");
            assert!(
                longest_run(&state.as_json(&ui).replace("160440007161", "")) <= 9,
                "amounts in tiyn are the longest"
            );
        }
        ui.mask.show(ui.now);
        let state = state(fake::INSURED);
        assert!(state.as_text(&ui).contains(fake::INSURED));
        assert!(state.as_json(&ui).contains(fake::INSURED));
        ui.now = ui.now.plus(Duration::from_secs(31));
        assert!(!state.as_json(&ui).contains(fake::INSURED));
    }

    #[test]
    fn a_text_has_every_part_and_json_can_be_read() {
        let ui = ui();
        let state = state(fake::NOT_INSURED);
        let text = state.as_text(&ui);
        for section in Section::ALL {
            assert!(text.contains(&ui.t(section.title_key())), "{text}");
        }
        let value: Value = serde_json::from_str(&state.as_json(&ui)).unwrap();
        assert_eq!(value["coverage"]["status"], "not_insured");
        assert_eq!(value["payments"].as_array().unwrap().len(), 45);
        assert_eq!(value["numbers_masked"], true);
    }
}
