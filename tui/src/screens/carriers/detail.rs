//! One carrier with the minutes of its last hour.

use ratatui::text::Line;
use saqta_data::desk::CarrierFigures;
use saqta_data::desk::pulse::{CARRIER_MINUTES, CarrierMinute};

use super::list::{a_second, millis};
use super::state::State;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::charts::{columns, spark};
use crate::widgets::columns::{Align, fit, wrap};
use crate::widgets::pane::Content;
use crate::words::count;

/// Rows of the chart of the traffic.
const HEIGHT: usize = 6;
/// Cells of the names behind the sparklines.
const NAME: usize = 24;

/// The key of its name, its look, and its value of a minute.
type Strip = (&'static str, Role, fn(&CarrierMinute) -> u64);

/// All that is known of `carrier`.
pub(super) fn content(ui: &Ui, carrier: &CarrierFigures, width: usize) -> Content {
    let mut lines = Vec::new();
    let (sign, role, said) = State::of(carrier, ui.now).said(ui);
    lines.push(Line::from(ui.span(role, format!("{sign} {said}"))));
    for (role, key) in notes(carrier) {
        lines.extend(
            wrap(&ui.t(key), width)
                .into_iter()
                .map(|line| Line::from(ui.span(role, line))),
        );
    }
    let mut said = vec![figures(ui, carrier)];
    if carrier.can_send {
        said.push(sending(ui, carrier));
    }
    lines.extend(
        said.iter()
            .flat_map(|text| wrap(text, width))
            .map(|line| Line::from(ui.span(Role::Text, line))),
    );
    lines.push(Line::default());
    let received = of_minutes(carrier, |minute| u64::from(minute.received));
    let most = received.iter().copied().max().unwrap_or(0);
    let title = ui
        .words()
        .with("ui-carrier-traffic", &[("n", count(most).into())]);
    lines.push(Line::from(ui.span(Role::Dim, title)));
    let chart = columns(ui.theme, &received, HEIGHT, false);
    lines.extend(chart.into_iter().map(|row| Line::from(ui.span(Role::Key, row))));
    lines.push(Line::from(ui.span(Role::Dim, ui.t("ui-carrier-axis"))));
    lines.extend(strips(ui, carrier, width));
    Content { head: None, lines }
}

/// What is worth knowing of how it is set up.
fn notes(carrier: &CarrierFigures) -> Vec<(Role, &'static str)> {
    let mut notes = Vec::new();
    if !carrier.believes_sender {
        notes.push((Role::Warn, "ui-carrier-open"));
    }
    if !carrier.can_send {
        notes.push((Role::Dim, "ui-carrier-answers-only"));
    }
    notes
}

fn figures(ui: &Ui, carrier: &CarrierFigures) -> String {
    ui.words().with(
        "ui-carrier-figures",
        &[
            ("in", a_second(carrier.received_10s).into()),
            ("out", a_second(carrier.answered_10s).into()),
            ("p50", millis(carrier.p50_us).into()),
            ("p95", millis(carrier.p95_us).into()),
            ("p99", millis(carrier.p99_us).into()),
        ],
    )
}

fn sending(ui: &Ui, carrier: &CarrierFigures) -> String {
    ui.words().with(
        "ui-carrier-sending",
        &[
            ("waiting", count(carrier.waiting).into()),
            ("dead", count(carrier.dead).into()),
        ],
    )
}

/// A line each: answers, repetitions, errors, slowest answers.
fn strips(ui: &Ui, carrier: &CarrierFigures, width: usize) -> Vec<Line<'static>> {
    let cells = width.saturating_sub(NAME + 1).min(CARRIER_MINUTES);
    let of: [Strip; 4] = [
        ("ui-carrier-answers", Role::Good, |minute| {
            u64::from(minute.answered)
        }),
        ("ui-carrier-again", Role::Warn, |minute| {
            u64::from(minute.repeated)
        }),
        ("ui-carrier-failed", Role::Bad, |minute| u64::from(minute.errors)),
        ("ui-carrier-slowest", Role::State, |minute| {
            u64::from(minute.slowest_us)
        }),
    ];
    let strips = of.into_iter().map(|(key, role, value)| {
        let values = of_minutes(carrier, value);
        let most = values.iter().copied().max().unwrap_or(0);
        let most = if key == "ui-carrier-slowest" {
            millis(most)
        } else {
            count(most)
        };
        let name = ui.words().with(key, &[("n", most.into())]);
        Line::from(vec![
            ui.span(role, fit(&spark(ui.theme, &values, cells), cells, Align::Left)),
            ui.span(
                Role::Dim,
                format!(" {}", fit(&name, NAME, Align::Left).trim_end()),
            ),
        ])
    });
    strips.collect()
}

fn of_minutes(carrier: &CarrierFigures, value: fn(&CarrierMinute) -> u64) -> Vec<u64> {
    carrier.minutes.iter().map(value).collect()
}
