//! The texts of one language, with dates, sums and months written as that language writes them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use chrono::{Datelike, NaiveDate};
use saqta_data::coverage::{MonthState, Status};
use saqta_data::language::Language;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::texts::{Arg, Texts};

use crate::reasons::Reasons;
use crate::widgets::columns::HARD_SPACE;

/// The console's own texts, in the order of [`Language::ALL`]. A caller who loads other sets from the same directory
/// names these keys as known.
pub const TEXTS: [&str; 3] = [
    include_str!("texts/kk.ftl"),
    include_str!("texts/ru.ftl"),
    include_str!("texts/en.ftl"),
];

/// Runs of months that a sentence names before it says "and others".
const MAX_RUNS: usize = 3;

/// The texts in one language.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    texts: &'a Texts,
    language: Language,
}

impl<'a> Words<'a> {
    /// The words of `language`.
    pub(crate) const fn new(texts: &'a Texts, language: Language) -> Self {
        Self { texts, language }
    }

    /// The language of the words.
    pub(crate) const fn language(self) -> Language {
        self.language
    }

    /// The same words in `language`.
    pub(crate) const fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The text of `key`, with `reason`, which the system gave, in the same language.
    pub(crate) fn because(self, key: &str, reason: &str) -> String {
        let reasons = Reasons::of(self);
        let reason = reasons.said(reason);
        self.with(key, &[("reason", Arg::Text(reason))])
    }

    /// The text of `key`.
    pub(crate) fn t(&self, key: &str) -> String {
        self.texts.get(self.language, key, &[])
    }

    /// The text of `key` with its places filled.
    pub(crate) fn with(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.texts.get(self.language, key, args)
    }

    /// The text of `key`, or `word` itself if there is none: for codes that may be newer than the console.
    pub(crate) fn or<'b>(&self, key: &str, word: &'b str) -> Cow<'b, str> {
        let known = self.texts.try_get(self.language, key, &[]);
        known.map_or(Cow::Borrowed(word), Cow::Owned)
    }

    /// The label of a status, in capitals.
    pub(crate) fn status(&self, status: Status) -> String {
        self.t(match status {
            Status::Insured => "status-insured",
            Status::ConditionallyInsured => "status-conditionally-insured",
            Status::TemporarilyInsured => "status-temporarily-insured",
            Status::NotInsured => "status-not-insured",
        })
    }

    /// What a month is called.
    pub(crate) fn month_state(&self, state: MonthState) -> String {
        self.t(&format!("state-{}", state_code(state)))
    }

    /// What a month is called, in at most four letters.
    pub(crate) fn month_cell(&self, state: MonthState) -> String {
        self.t(&format!("ui-cell-{}", state_code(state)))
    }

    /// Why a month is called so.
    pub(crate) fn month_because(&self, state: MonthState) -> String {
        self.t(&format!("ui-month-{}", state_code(state)))
    }

    /// A sum with its currency, `8 500 теңге`, for a sentence that is wrapped.
    pub(crate) fn money(&self, sum: Tiyn) -> String {
        self.with("ui-money", &[("sum", hard(money(sum)).into())])
    }

    /// A day up to which something holds, as the words before "until" have it: `2026 жылғы 31 қаңтарға`, `31.01.2026`.
    pub(crate) fn until(&self, day: NaiveDate) -> String {
        self.day("day-until", day)
    }

    /// A day on which something happens: `2026 жылғы 31 қаңтарда`.
    pub(crate) fn on(&self, day: NaiveDate) -> String {
        self.day("day-on", day)
    }

    /// A day that something is of: `2026 жылғы 31 қаңтардағы`.
    pub(crate) fn of(&self, day: NaiveDate) -> String {
        self.day("day-of", day)
    }

    /// A day in running text, for a sentence that is wrapped. In tables and titles it stands in digits ([`date`]).
    fn day(&self, key: &str, day: NaiveDate) -> String {
        let parts = [
            ("year", i64::from(day.year()).into()),
            ("month", day.month().into()),
            ("day", day.day().into()),
            ("digits", date(day).into()),
        ];
        hard(self.with(key, &parts))
    }

    /// A month by name: `шілде 2026`.
    pub(crate) fn month(&self, period: Period) -> String {
        format!("{} {}", self.month_name(period), period.year())
    }

    /// Months by name, runs of three and more joined: `шілде 2025 - қыркүйек 2025, желтоқсан 2025`.
    pub(crate) fn months(&self, periods: &[Period]) -> String {
        let mut written = Vec::new();
        for run in periods.chunk_by(|a, b| b.months_since(*a) == 1) {
            match run {
                [first, _, .., last] => {
                    written.push(format!(
                        "{} - {}",
                        hard(self.month(*first)),
                        hard(self.month(*last))
                    ));
                }
                few => written.extend(few.iter().map(|period| hard(self.month(*period)))),
            }
        }
        let more = written.len() > MAX_RUNS;
        written.truncate(MAX_RUNS);
        let list = written.join(", ");
        if more {
            self.with("ui-and-others", &[("list", list.into())])
        } else {
            list
        }
    }

    fn month_name(&self, period: Period) -> String {
        self.t(&format!("month-{}", period.month()))
    }
}

/// A text in which no line is broken: a sum, a day, a month.
fn hard(text: impl AsRef<str>) -> String {
    text.as_ref().replace(' ', &HARD_SPACE.to_string())
}

const fn state_code(state: MonthState) -> &'static str {
    match state {
        MonthState::Paid => "paid",
        MonthState::Partial => "partial",
        MonthState::StatePaid => "state-paid",
        MonthState::Returned => "returned",
        MonthState::Pending => "pending",
        MonthState::Unpaid => "unpaid",
    }
}

/// A day as it is written in Kazakhstan: `30.09.2026`.
pub(crate) fn date(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// A month in digits: `09.2026`.
pub(crate) fn period(period: Period) -> String {
    format!("{:02}.{}", period.month(), period.year())
}

/// A number, thousands apart: `1 560 000`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A size: `612 MB`, `4,1 GB`; units of a thousand, as disks are sold.
pub(crate) fn bytes(words: Words<'_>, n: u64) -> String {
    let (key, unit) = match n {
        0..1_000_000 => ("ui-kb", 1_000),
        1_000_000..1_000_000_000 => ("ui-mb", 1_000_000),
        _ => ("ui-gb", 1_000_000_000),
    };
    let whole = n / unit;
    let number = if whole < 10 {
        format!("{whole},{}", n % unit * 10 / unit)
    } else {
        count(whole)
    };
    words.with(key, &[("n", number.into())])
}

/// How long something lasts, in its two largest units: `1 d 2 h`, `3 min 20 s`.
pub(crate) fn lasting(words: Words<'_>, time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts = match seconds {
        0..60 => vec![("ui-seconds", seconds)],
        60..3_600 => vec![("ui-minutes", minutes), ("ui-seconds", seconds % 60)],
        3_600..86_400 => vec![("ui-hours", hours), ("ui-minutes", minutes)],
        _ => vec![("ui-days", days), ("ui-hours", hours)],
    };
    let parts = parts.into_iter().map(|(key, n)| {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        words.with(key, &[("n", n.into())])
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// A sum without currency, thousands apart, tiyn only where there are some: `8 500`, `4 250,50`.
pub(crate) fn money(sum: Tiyn) -> String {
    let mut text = count(sum.tenge().unsigned_abs());
    let tiyn = (sum.0 % 100).abs();
    if tiyn != 0 {
        let _ = write!(text, ",{tiyn:02}");
    }
    if sum.0 < 0 {
        text.insert(0, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn months(language: Language, periods: &[&str]) -> String {
        let texts = Texts::load(TEXTS, None, &BTreeSet::new()).unwrap();
        let periods: Vec<Period> = periods.iter().map(|text| text.parse().unwrap()).collect();
        // In a line they are not broken.
        Words::new(&texts, language)
            .months(&periods)
            .replace(HARD_SPACE, " ")
    }

    #[test]
    fn months_are_named_and_runs_are_joined() {
        assert_eq!(months(Language::Russian, &["2026-07"]), "июль 2026");
        assert_eq!(
            months(Language::Kazakh, &["2026-07", "2026-08"]),
            "шілде 2026, тамыз 2026"
        );
        assert_eq!(
            months(Language::English, &["2025-12", "2026-01", "2026-02", "2026-05"]),
            "December 2025 - February 2026, May 2026"
        );
        let many = ["2025-01", "2025-03", "2025-05", "2025-07"];
        assert_eq!(
            months(Language::English, &many),
            "January 2025, March 2025, May 2025 and others"
        );
    }

    #[test]
    fn a_day_in_running_text_is_as_each_language_writes_it() {
        let texts = Texts::load(TEXTS, None, &BTreeSet::new()).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let kazakh = Words::new(&texts, Language::Kazakh);
        let plain = |text: String| text.replace(HARD_SPACE, " ");
        for (of, until) in [
            ("2026-01-31", "2026 жылғы 31 қаңтарға"),
            ("2026-04-30", "2026 жылғы 30 сәуірге"),
            ("2026-09-05", "2026 жылғы 5 қыркүйекке"),
            ("2026-11-30", "2026 жылғы 30 қарашаға"),
        ] {
            assert_eq!(plain(kazakh.until(day(of))), until);
        }
        assert_eq!(plain(kazakh.on(day("2026-07-01"))), "2026 жылғы 1 шілдеде");
        assert_eq!(plain(kazakh.of(day("2026-12-31"))), "2026 жылғы 31 желтоқсандағы");
        for language in [Language::Russian, Language::English] {
            let words = Words::new(&texts, language);
            let told = [words.until(day("2026-01-31")), words.on(day("2026-01-31"))];
            assert_eq!(told, ["31.01.2026", "31.01.2026"]);
        }
    }

    #[test]
    fn sizes_and_times_are_said_in_their_largest_units() {
        let texts = Texts::load(TEXTS, None, &BTreeSet::new()).unwrap();
        let words = Words::new(&texts, Language::English);
        let sizes = [4_100, 612_000_000, 4_150_000_000, 48_000_000_000].map(|n| bytes(words, n));
        assert_eq!(sizes, ["4,1 kB", "612 MB", "4,1 GB", "48 GB"]);
        let times = [9, 200, 7_260, 93_784].map(|s| lasting(words, Duration::from_secs(s)));
        assert_eq!(times, ["9 s", "3 min 20 s", "2 h 1 min", "1 d 2 h"]);
    }

    #[test]
    fn sums_have_their_thousands_apart() {
        for (tiyn, text) in [
            (0, "0"),
            (425_000, "4 250"),
            (123_456_789, "1 234 567,89"),
            (-850_000, "-8 500"),
        ] {
            assert_eq!(money(Tiyn(tiyn)), text);
        }
    }
}
