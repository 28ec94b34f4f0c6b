//! One exchange as the citizen saw it: what was written and what came back, as on a handset.

use ratatui::text::{Line, Span};
use saqta_data::desk::{Delivery, StoredAnswer};
use saqta_data::journal::{Door, Entry, Numbered, Who};
use unicode_width::UnicodeWidthStr;

use super::lines;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::wrap;
use crate::widgets::pane::Content;

/// The widest a bubble gets: longer lines are hard to read.
const WIDEST: usize = 60;
/// The width of a USSD page: about what keypad phones show.
const USSD_WIDTH: usize = 26;

/// An exchange that is open.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) line: Numbered,
    /// It was opened on a card, not in the list.
    pub(super) from_card: bool,
    pub(super) said: Said,
}

/// What was written and answered.
#[derive(Debug)]
pub(super) enum Said {
    /// The desk was asked.
    Asking,
    /// It is not kept any more.
    Gone,
    /// Nobody was told anything at this line.
    Nothing,
    /// It has come.
    Here(StoredAnswer),
}

/// What became of the SMS, as far as its carrier said.
const fn delivery_words(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Pending => "ui-exchange-pending",
        Delivery::Delivered => "ui-exchange-delivered",
        Delivery::Failed => "ui-exchange-failed",
    }
}

/// The exchange as lines.
pub(super) fn content(ui: &Ui, open: &Open, width: usize) -> Content {
    let entry = &open.line.entry;
    let mut lines: Vec<Line<'static>> = wrap(&lines::sentence(ui, entry), width)
        .into_iter()
        .map(|line| Line::from(ui.span(Role::Text, line)))
        .collect();
    lines.push(Line::default());
    match &open.said {
        Said::Asking => lines.push(Line::from(ui.span(Role::Dim, ui.t("ui-exchange-asking")))),
        Said::Gone => lines.extend(sentence(ui, "ui-exchange-gone", width)),
        Said::Nothing => lines.extend(sentence(ui, "ui-exchange-nothing", width)),
        Said::Here(said) => lines.extend(here(ui, entry, said, width)),
    }
    Content { head: None, lines }
}

fn sentence(ui: &Ui, key: &str, width: usize) -> Vec<Line<'static>> {
    let rows = wrap(&ui.t(key), width).into_iter();
    rows.map(|row| Line::from(ui.span(Role::Dim, row))).collect()
}

/// What was written, unless an operator had it sent unasked, what came back, and what became of it.
fn here(ui: &Ui, entry: &Entry, said: &StoredAnswer, width: usize) -> Vec<Line<'static>> {
    let ussd = matches!(entry.door, Door::Ussd(_));
    let widest = if ussd { USSD_WIDTH } else { WIDEST }.min(width.saturating_sub(6));
    let unasked = matches!(entry.who, Who::Operator(_));
    let mut lines = Vec::new();
    if !unasked {
        let heard = ui.mask.text(ui.now, &said.heard);
        lines.push(Line::from(ui.span(Role::Dim, ui.t("ui-exchange-heard"))));
        let rows: Vec<String> = heard.lines().flat_map(|line| wrap(line, widest)).collect();
        lines.extend(bubble(ui, Role::Text, &rows, 0));
        lines.push(Line::default());
    }
    match &said.said {
        Some(text) => {
            let n = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            let key = if unasked {
                "ui-exchange-sent"
            } else {
                "ui-exchange-said"
            };
            let title = ui.words().with(key, &[("n", n.into())]);
            let text = ui.mask.own_text(ui.now, text);
            let rows: Vec<String> = text.lines().flat_map(|line| wrap(line, widest)).collect();
            let wide = rows.iter().map(|row| row.width() + 4).max().unwrap_or(0);
            // Our side stands on the right, as on a handset; a USSD page stands alone.
            let indent = if ussd {
                0
            } else {
                width.saturating_sub(wide.max(title.width()))
            };
            let title = format!("{}{title}", " ".repeat(indent));
            lines.push(Line::from(ui.span(Role::Dim, title)));
            lines.extend(bubble(ui, Role::Aloud, &rows, indent));
        }
        None => lines.extend(sentence(ui, "ui-exchange-silence", width)),
    }
    // Of an answer in a response nothing more is heard; of what was sent it is worth saying that nothing was.
    let told = said.delivery.map(delivery_words);
    if let Some(key) = told.or(unasked.then_some("ui-exchange-no-receipt")) {
        lines.push(Line::default());
        lines.extend(sentence(ui, key, width));
    }
    lines
}

/// Rows of text in a box.
fn bubble(ui: &Ui, role: Role, rows: &[String], indent: usize) -> Vec<Line<'static>> {
    let width = rows.iter().map(|row| row.width()).max().unwrap_or(0);
    let set = ui.theme.border();
    let pad = " ".repeat(indent);
    let edge = |left: &str, right: &str| {
        let middle = set.horizontal_top.repeat(width + 2);
        Line::from(ui.span(Role::Rule, format!("{pad}{left}{middle}{right}")))
    };
    let mut lines = vec![edge(set.top_left, set.top_right)];
    lines.extend(rows.iter().map(|row| {
        let fill = " ".repeat(width.saturating_sub(row.width()));
        Line::from(vec![
            ui.span(Role::Rule, format!("{pad}{} ", set.vertical_left)),
            ui.span(role, row.clone()),
            Span::raw(fill),
            ui.span(Role::Rule, format!(" {}", set.vertical_right)),
        ])
    }));
    lines.push(edge(set.bottom_left, set.bottom_right));
    lines
}

#[cfg(test)]
mod tests {
    use saqta_data::journal::Outcome;

    use super::*;
    use crate::fake::journal::line;

    fn shown(door: Door, heard: &str, delivery: Option<Delivery>) -> String {
        let ui = crate::console::Options::default().ui().unwrap();
        let said = StoredAnswer {
            at: saqta_data::clock::Timestamp::from_millis(0),
            heard: heard.to_owned(),
            said: Some("INSURED".to_owned()),
            delivery,
            about: None,
        };
        let open = Open {
            line: line(1, 0, door, "status", Outcome::Full),
            from_card: false,
            said: Said::Here(said),
        };
        let rows = content(&ui, &open, 60).lines.into_iter();
        rows.map(|row| row.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_an_operator_had_sent_is_no_answer_and_its_delivery_is_said() {
        let ui = crate::console::Options::default().ui().unwrap();
        let (wrote, sent) = (ui.t("ui-exchange-heard"), ui.t("ui-exchange-no-receipt"));
        let first_words = |text: &str| text.split(' ').take(3).collect::<Vec<_>>().join(" ");
        let unasked = shown(Door::Console, "", None);
        assert!(!unasked.contains(&wrote), "{unasked}");
        assert!(unasked.contains(&first_words(&sent)), "{unasked}");
        let delivered = shown(Door::Console, "", Some(Delivery::Delivered));
        assert!(delivered.contains(&ui.t("ui-exchange-delivered")), "{delivered}");
        let answer = shown(Door::Sms("kcell".to_owned()), "status", None);
        assert!(
            answer.contains(&wrote) && !answer.contains(&first_words(&sent)),
            "{answer}"
        );
    }
}
