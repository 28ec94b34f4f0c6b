//! The state of a carrier in words, the worst thing first.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::desk::CarrierFigures;

use crate::theme::Role;
use crate::ui::Ui;

/// Silence from which on a carrier is called quiet.
const QUIET_AFTER: Duration = Duration::from_secs(10 * 60);
/// Minutes looked at for errors.
const MINUTES: usize = 5;
/// Errors in a hundred messages from which on they are worth saying.
const ERRORS_PERCENT: u64 = 5;
/// SMS waiting from which on it is worth saying.
const MANY_WAITING: u64 = 50;

/// What a carrier is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// So many of a hundred messages of the last minutes failed.
    Errors(u64),
    /// SMS were given up.
    Dead(u64),
    /// Many SMS wait to be sent.
    Waiting(u64),
    /// Nothing was heard for so many minutes.
    Quiet(u64),
    /// Nothing was ever heard.
    Never,
    /// Messages come and are answered.
    Working,
}

impl State {
    /// The state of `carrier` at `now`.
    pub(super) fn of(carrier: &CarrierFigures, now: Timestamp) -> Self {
        let recent = carrier.minutes.iter().rev().take(MINUTES);
        let (mut errors, mut received) = (0, 0);
        for minute in recent {
            errors += u64::from(minute.errors);
            received += u64::from(minute.received);
        }
        let percent = errors * 100 / (received + errors).max(1);
        let Some(heard_at) = carrier.heard_at else {
            return Self::Never;
        };
        let silent = now.since(heard_at);
        match () {
            () if percent >= ERRORS_PERCENT => Self::Errors(percent),
            () if carrier.waiting >= MANY_WAITING => Self::Waiting(carrier.waiting),
            () if carrier.dead > 0 => Self::Dead(carrier.dead),
            () if silent >= QUIET_AFTER => Self::Quiet(silent.as_secs() / 60),
            () => Self::Working,
        }
    }

    /// Its sign, look and words.
    pub(super) fn said(self, ui: &Ui) -> (&'static str, Role, String) {
        let words = ui.words();
        let with = |key: &str, n: u64| words.with(key, &[("n", i64::try_from(n).unwrap_or(i64::MAX).into())]);
        match self {
            Self::Errors(percent) => ("x", Role::Bad, with("ui-carrier-errors", percent)),
            Self::Dead(n) => ("!", Role::Warn, with("ui-carrier-dead", n)),
            Self::Waiting(n) => ("!", Role::Warn, with("ui-carrier-waiting", n)),
            Self::Quiet(minutes) => ("!", Role::Warn, with("ui-carrier-quiet", minutes)),
            Self::Never => (".", Role::Dim, words.t("ui-carrier-never")),
            Self::Working => ("+", Role::Good, words.t("ui-carrier-working")),
        }
    }
}

#[cfg(test)]
mod tests {
    use saqta_data::desk::pulse::CarrierMinute;

    use super::*;

    #[test]
    fn the_worst_is_said_first() {
        let now = Timestamp::from_millis(10_000_000);
        let ago = |seconds: i64| Some(Timestamp::from_millis(10_000_000 - seconds * 1_000));
        let carrier = |heard_at, errors, waiting, dead| CarrierFigures {
            heard_at,
            waiting,
            dead,
            minutes: vec![CarrierMinute {
                received: 90,
                errors,
                ..CarrierMinute::default()
            }],
            ..CarrierFigures::default()
        };
        for (figures, state) in [
            (carrier(ago(1), 0, 0, 0), State::Working),
            (carrier(ago(1), 4, 49, 0), State::Working),
            (carrier(ago(1), 10, 99, 9), State::Errors(10)),
            (carrier(ago(1), 0, 50, 9), State::Waiting(50)),
            (carrier(ago(900), 0, 0, 9), State::Dead(9)),
            (carrier(ago(900), 0, 0, 0), State::Quiet(15)),
            (carrier(None, 0, 0, 0), State::Never),
        ] {
            assert_eq!(State::of(&figures, now), state);
        }
    }
}
