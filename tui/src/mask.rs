//! Numbers that identify people are masked unless the operator asks to see them, and masked again by themselves.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::phone::Msisdn;

/// How long numbers stay whole after the operator asked for it: enough to read one aloud, short enough for a screen
/// that is left alone.
const SHOWN_FOR: Duration = Duration::from_secs(30);

/// Whether numbers are masked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mask {
    until: Option<Timestamp>,
}

impl Mask {
    /// Shows numbers for 30 seconds from `now`.
    pub(crate) fn show(&mut self, now: Timestamp) {
        self.until = Some(now.plus(SHOWN_FOR));
    }

    /// Masks at once.
    pub(crate) const fn close(&mut self) {
        self.until = None;
    }

    /// Seconds for which numbers stay whole; `None`: they are masked.
    pub(crate) fn seconds_left(self, now: Timestamp) -> Option<u64> {
        let left = self.until?.since(now);
        (!left.is_zero()).then(|| left.as_secs().max(1))
    }

    /// The number of a person.
    pub(crate) fn iin(self, now: Timestamp, iin: Iin) -> String {
        match self.seconds_left(now) {
            Some(_) => iin.reveal(),
            None => iin.to_string(),
        }
    }

    /// The number of a phone.
    pub(crate) fn phone(self, now: Timestamp, phone: Msisdn) -> String {
        match self.seconds_left(now) {
            Some(_) => phone.reveal(),
            None => phone.to_string(),
        }
    }

    /// A text of somebody else's, such as a message or a row of a file: of runs of ten digits and more, spaces,
    /// hyphens, dots and slashes between them passed over, all but the last four are hidden.
    pub(crate) fn text(self, now: Timestamp, text: &str) -> String {
        match self.seconds_left(now) {
            Some(_) => text.to_owned(),
            None => hidden(text),
        }
    }

    /// A text of ours: no number in it is written in groups, but months and sums stand side by side.
    pub(crate) fn own_text(self, now: Timestamp, text: &str) -> String {
        if self.seconds_left(now).is_some() {
            return text.to_owned();
        }
        let pieces = text.split_inclusive(|c: char| !c.is_numeric());
        let masked = pieces.map(|piece| {
            let number = piece.trim_end_matches(|c: char| !c.is_numeric());
            if is_firm(number) {
                piece.to_owned()
            } else {
                hidden(piece)
            }
        });
        masked.collect()
    }

    /// The 12-digit number of a payer: a person's is masked, that of a firm is public.
    pub(crate) fn payer(self, now: Timestamp, number: u64) -> String {
        let whole = format!("{number:012}");
        match self.seconds_left(now) {
            Some(_) => whole,
            None if is_firm(&whole) => whole,
            None => format!("********{:04}", number % 10_000),
        }
    }
}

/// True for the number of an organisation (BIN).
fn is_firm(number: &str) -> bool {
    Iin::parse(number).is_ok_and(Iin::looks_like_bin)
}

/// Digits in a run from which on they are a number of somebody.
const LONG_RUN: usize = 10;
/// The last digits of it, which stay.
const LAST: usize = 4;

fn hidden(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = chars.clone();
    let mut run: Vec<usize> = Vec::new();
    for at in 0..=chars.len() {
        match chars.get(at) {
            Some(c) if c.is_numeric() => run.push(at),
            // Numbers are written in groups.
            Some(
                ' '
                | '-'
                | '.'
                | '/'
                | '('
                | ')'
                | '\t'
                | '\u{a0}'
                | '\u{2010}'..='\u{2015}'
                | '\u{2009}'
                | '\u{202f}',
            ) if !run.is_empty() => {}
            _ => {
                let hide = if run.len() >= LONG_RUN {
                    run.len() - LAST
                } else {
                    0
                };
                for place in run.drain(..).take(hide) {
                    if let Some(c) = out.get_mut(place) {
                        *c = '*';
                    }
                }
            }
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_text_are_masked_and_dates_are_not() {
        let (mask, now) = (Mask::default(), Timestamp::from_millis(0));
        for (text, masked) in [
            (
                "900101300008,Ким,1990-01-01,+77010000001",
                "********0008,Ким,1990-01-01,+*******0001",
            ),
            ("Статус 900101 300 007?", "Статус ****** **0 007?"),
            ("+7 (701) 123-45-67", "+* (***) ***-45-67"),
            ("до 30.09.2026, 4 250 тг, 1414", "до 30.09.2026, 4 250 тг, 1414"),
            ("900101.300.007, 900101/300007", "******.**0.007, ******/**0007"),
            ("", ""),
        ] {
            assert_eq!(mask.text(now, text), masked);
        }
    }

    #[test]
    fn months_and_sums_of_our_own_texts_are_left_as_they_are() {
        let (mask, now) = (Mask::default(), Timestamp::from_millis(0));
        for (text, masked) in [
            (
                "DEBT: 11-12.2025, 01-10.2026 - 12 x 4250",
                "DEBT: 11-12.2025, 01-10.2026 - 12 x 4250",
            ),
            (
                "11.25 3683, 01.26-10.26 10 x 4004",
                "11.25 3683, 01.26-10.26 10 x 4004",
            ),
            (
                "900101300007: БИН 160440007161.",
                "********0007: БИН 160440007161.",
            ),
            ("+77010000001, 9001013000071", "+*******0001, *********0071"),
        ] {
            assert_eq!(mask.own_text(now, text), masked);
        }
    }

    #[test]
    fn numbers_are_masked_shown_on_request_and_masked_again_by_the_clock() {
        let iin = Iin::parse("900101300007").unwrap();
        let phone = Msisdn::parse("+77010000001").unwrap();
        let start = Timestamp::from_millis(1_000_000);
        let mut mask = Mask::default();
        assert_eq!(mask.iin(start, iin), "********0007");
        assert_eq!(mask.phone(start, phone), "+*******0001");
        assert_eq!(mask.payer(start, 900_101_300_007), "********0007");
        assert_eq!(mask.payer(start, 160_440_007_161), "160440007161", "a firm's");

        mask.show(start);
        assert_eq!(mask.iin(start, iin), "900101300007");
        assert_eq!(mask.phone(start, phone), "+77010000001");
        assert_eq!(mask.payer(start, 10_000_000_007), "010000000007");
        assert!(mask.seconds_left(start.plus(Duration::from_secs(29))).is_some());
        assert_eq!(
            mask.iin(start.plus(SHOWN_FOR), iin),
            "********0007",
            "by the clock"
        );

        mask.close();
        assert_eq!(mask.seconds_left(start), None, "or at once");
    }
}
