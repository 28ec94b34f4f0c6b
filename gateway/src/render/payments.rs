//! The payments of the window in one line.

use saqta_data::coverage::{Month, MonthState};
use saqta_data::period::Period;
use saqta_data::texts::TextsError;

use super::phrases::joined;
use super::speaker::Speaker;

/// The word for a month of this state.
const fn word(state: MonthState) -> &'static str {
    match state {
        MonthState::Paid => "say-paid",
        MonthState::Partial => "say-partial",
        MonthState::StatePaid => "say-state-paid",
        MonthState::Returned => "say-returned",
        MonthState::Pending => "say-pending",
        MonthState::Unpaid => "say-unpaid",
    }
}

fn has_sum(month: &Month) -> bool {
    matches!(month.state, MonthState::Paid | MonthState::Partial)
}

/// True if the two follow one another and are told in the same words.
fn alike(a: &Month, b: &Month) -> bool {
    b.period.months_since(a.period) == 1 && a.state == b.state && (a.amount == b.amount || !has_sum(a))
}

/// `09.25`.
fn short(period: Period) -> String {
    format!("{:02}.{:02}", period.month(), period.year() % 100)
}

impl Speaker<'_> {
    /// Month by month, months alike together: `08.25-05.26 10 x 4250, 06.26 none`. Whole tenge.
    pub(super) fn payments(&self, months: &[Month]) -> Result<String, TextsError> {
        let items = months
            .chunk_by(alike)
            .map(|run| self.run(run))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(items.join(", "))
    }

    fn run(&self, run: &[Month]) -> Result<String, TextsError> {
        let [first, rest @ ..] = run else {
            return Ok(String::new());
        };
        let mut words = vec![match rest.last() {
            Some(last) => format!("{}-{}", short(first.period), short(last.period)),
            None => short(first.period),
        }];
        if has_sum(first) {
            if !rest.is_empty() {
                words.push(format!("{} x", run.len()));
            }
            words.push(first.amount.tenge().to_string());
        }
        if first.state != MonthState::Paid {
            words.push(self.get(word(first.state), &[])?);
        }
        Ok(joined(&words.join(" ")))
    }

    /// Without sums, by what the months are called: `paid 08-12.2025, 01-05.2026; none 06.2026`.
    pub(super) fn payments_by_state(&self, months: &[Month]) -> Result<String, TextsError> {
        let mut states: Vec<MonthState> = Vec::new();
        for month in months {
            if !states.contains(&month.state) {
                states.push(month.state);
            }
        }
        let item = |state: &MonthState| {
            let of_state = months
                .iter()
                .filter(|month| month.state == *state)
                .map(|month| month.period);
            let list = self.which_months(&of_state.collect::<Vec<_>>())?;
            Ok(format!("{} {list}", self.get(word(*state), &[])?))
        };
        Ok(states.iter().map(item).collect::<Result<Vec<_>, _>>()?.join("; "))
    }
}
