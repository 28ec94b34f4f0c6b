//! A line of the journal in words: in the table, on a card, and as a sentence.

use ratatui::style::Style;
use ratatui::text::Line;
use saqta_data::clock::Timestamp;
use saqta_data::journal::{Door, Entry, Subject, Who};

use crate::signs;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{Table, left, right};

/// The table of the journal for a width: the outcome takes what the others leave.
fn table(width: usize) -> Table {
    let (gap, door, who, topic) = if width >= 100 {
        (2, 22, 22, 14)
    } else {
        (1, 12, 12, 10)
    };
    let columns = [
        left(1),
        left(8),
        left(door),
        left(who),
        left(5),
        left(topic),
        left(2),
        right(5),
    ];
    Table::new(gap, columns).fill(width, 6, (8, 24))
}

/// The names of the columns.
pub(crate) fn head(ui: &Ui, width: usize) -> Line<'static> {
    let keys = [
        "ui-col-time",
        "ui-col-door",
        "ui-col-who",
        "ui-col-about",
        "ui-col-topic",
        "ui-col-outcome",
        "ui-col-language",
        "ui-col-took",
    ];
    let mut names = vec![String::new()];
    names.extend(keys.iter().map(|key| ui.t(key)));
    table(width).head(&names, ui.style(Role::Dim))
}

/// A line of the table.
pub(crate) fn in_journal(ui: &Ui, entry: &Entry, width: usize, chosen: bool) -> Line<'static> {
    let (sign, role) = signs::of_outcome(entry.outcome);
    let outcome = format!("{sign} {}", outcome(ui, entry));
    let look = look(ui, chosen);
    let text = look(Role::Text);
    let line = table(width).row(&[
        (mark(chosen), text),
        (&clock(entry.at), text),
        (&door(ui, &entry.door), text),
        (&who(ui, &entry.who), text),
        (&about(ui, entry.subject.as_ref()), text),
        (&topic(ui, &entry.topic), text),
        (&outcome, look(role)),
        (entry.language.code(), text),
        (&milliseconds(entry.took_us), look(Role::Dim)),
    ]);
    if chosen {
        line.style(ui.style(Role::Selected))
    } else {
        line
    }
}

/// A line of a card: when, by which door, who, with what answer, and what for where there is room.
pub(crate) fn about_person(ui: &Ui, entry: &Entry, width: usize, chosen: bool) -> Line<'static> {
    let (sign, role) = signs::of_outcome(entry.outcome);
    let outcome = format!("{sign} {}", outcome(ui, entry));
    let table = Table::new(1, [left(12), left(12), left(12), left(13)]).fill(width, 4, (0, 20));
    let look = look(ui, chosen);
    let at = format!("{}{}", mark(chosen), day_and_clock(entry.at));
    table.row(&[
        (&at, look(Role::Dim)),
        (&door(ui, &entry.door), look(Role::Text)),
        (&who(ui, &entry.who), look(Role::Text)),
        (&outcome, look(role)),
        (&topic(ui, &entry.topic), look(Role::Dim)),
    ])
}

/// What stands before a line that is chosen, or not.
const fn mark(chosen: bool) -> &'static str {
    if chosen { ">" } else { " " }
}

/// How the cells of a line look that is chosen, or not.
fn look(ui: &Ui, chosen: bool) -> impl Fn(Role) -> Style {
    move |role| {
        if chosen {
            ui.style(role).patch(ui.style(Role::Selected))
        } else {
            ui.style(role)
        }
    }
}

/// The line as a sentence.
pub(crate) fn sentence(ui: &Ui, entry: &Entry) -> String {
    let words = ui.words();
    let took = words.with("ui-milliseconds", &[("n", milliseconds(entry.took_us).into())]);
    let about = match &entry.subject {
        None => words.t("ui-nobody"),
        some => about(ui, some.as_ref()),
    };
    let sentence = words.with(
        "ui-detail",
        &[
            ("who", who(ui, &entry.who).into()),
            ("door", door(ui, &entry.door).into()),
            ("about", about.into()),
            ("topic", topic(ui, &entry.topic).into()),
            ("outcome", outcome(ui, entry).into()),
            ("language", entry.language.code().into()),
            ("took", took.into()),
        ],
    );
    let particulars = &entry.particulars;
    let phone = particulars.phone.map(|phone| {
        let number = ui.phone(phone);
        words.with("ui-detail-phone", &[("phone", number.into())])
    });
    let detail = particulars.detail.as_str();
    let detail = (!detail.is_empty()).then(|| {
        let as_topic = words.or(&format!("ui-topic-{detail}"), detail);
        let word = words
            .or(&format!("ui-particular-{detail}"), &as_topic)
            .into_owned();
        format!("({word})")
    });
    let more = [phone, detail].into_iter().flatten();
    std::iter::once(sentence)
        .chain(more)
        .collect::<Vec<_>>()
        .join(" ")
}

fn clock(at: Timestamp) -> String {
    at.local().format("%H:%M:%S").to_string()
}

/// When it was, with the day and the second.
pub(crate) fn moment(at: Timestamp) -> String {
    at.local().format("%d.%m.%Y %H:%M:%S").to_string()
}

fn day_and_clock(at: Timestamp) -> String {
    at.local().format("%d.%m %H:%M").to_string()
}

fn door(ui: &Ui, door: &Door) -> String {
    match door {
        Door::Sms(carrier) => format!("SMS {carrier}"),
        Door::Ussd(carrier) => format!("USSD {carrier}"),
        Door::Console => ui.t("ui-door-console"),
        Door::Command(name) => format!("{} {name}", ui.t("ui-door-command")),
    }
}

fn who(ui: &Ui, who: &Who) -> String {
    match who {
        Who::Phone(phone) => ui.phone(*phone),
        Who::Operator(name) => name.clone(),
        Who::Erased(_) => ui.t("ui-erased"),
    }
}

fn about(ui: &Ui, subject: Option<&Subject>) -> String {
    match subject {
        None => "-".to_owned(),
        Some(Subject::Masked(digits)) => format!("*{digits:04}"),
        Some(Subject::Erased(_)) => ui.t("ui-erased"),
        Some(Subject::Batch(n)) => ui.words().with("ui-people", &[("n", (*n).into())]),
    }
}

fn topic(ui: &Ui, topic: &str) -> String {
    ui.words().or(&format!("ui-topic-{topic}"), topic).into_owned()
}

fn outcome(ui: &Ui, entry: &Entry) -> String {
    ui.t(&format!("ui-outcome-{}", entry.outcome.code()))
}

fn milliseconds(took_us: u32) -> String {
    if took_us < 10_000 {
        format!("{}.{}", took_us / 1000, took_us % 1000 / 100)
    } else {
        format!("{}", took_us / 1000)
    }
}
