//! The law tables as they stand in TOML, and the checks they must pass.
//!
//! What can be wrong with one value is refused by its type, so that the parser names the line.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use super::files::Text;
use super::{LawError, MonthDay, Rate, Requisites, Rules, Share};
use crate::iin::Iin;
use crate::money::Tiyn;
use crate::period::Period;

/// Where a number comes from; never blank.
struct Source;

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if String::deserialize(deserializer)?.trim().is_empty() {
            return Err(de::Error::custom(
                "the source is blank; say where the number comes from",
            ));
        }
        Ok(Self)
    }
}

/// A whole number from `LOW` to `HIGH`.
#[derive(Clone, Copy)]
struct Between<const LOW: u32, const HIGH: u32>(u32);

impl<'de, const LOW: u32, const HIGH: u32> Deserialize<'de> for Between<LOW, HIGH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        u32::try_from(number)
            .ok()
            .filter(|number| (LOW..=HIGH).contains(number))
            .map(Self)
            .ok_or_else(|| de::Error::custom(format!("{number} cannot be right; write {LOW} to {HIGH}")))
    }
}

impl<const LOW: u32, const HIGH: u32> Between<LOW, HIGH> {
    fn months(self) -> u16 {
        u16::try_from(self.0).unwrap_or(u16::MAX)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting<T> {
    value: T,
    #[serde(rename = "source")]
    _source: Source,
}

/// A sum of whole tenge, up to ten million.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    tenge: Between<1, 10_000_000>,
    #[serde(rename = "source")]
    _source: Source,
}

impl Sum {
    fn tiyn(&self) -> Tiyn {
        Tiyn::from_tenge(i64::from(self.tenge.0))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfMzp {
    percent: Between<1, 100>,
    #[serde(rename = "of_mzp_percent")]
    base_percent: Between<1, 10_000>,
    #[serde(rename = "source")]
    _source: Source,
}

impl OfMzp {
    /// The monthly sum, tiyn cut off below.
    fn of(&self, mzp: Tiyn) -> Tiyn {
        let share = i64::from(self.percent.0) * i64::from(self.base_percent.0);
        Tiyn(mzp.times(share).0 / 10_000)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfIncome {
    percent: Between<1, 100>,
    cap_mzp: Between<1, 1_000>,
    #[serde(rename = "source")]
    _source: Source,
}

impl OfIncome {
    fn share(&self, mzp: Tiyn) -> Share {
        Share {
            percent: self.percent.0,
            cap: mzp.times(i64::from(self.cap_mzp.0)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatesFile {
    rates: Vec<RateRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateRow {
    from: Spanned<NaiveDate>,
    mzp: Sum,
    mrp: Sum,
    independent: OfMzp,
    entrepreneur: OfMzp,
    employer: OfIncome,
    employee: OfIncome,
}

impl RateRow {
    fn rate(&self) -> Rate {
        let mzp = self.mzp.tiyn();
        Rate {
            from: *self.from.get_ref(),
            mzp,
            mrp: self.mrp.tiyn(),
            independent: self.independent.of(mzp),
            entrepreneur: self.entrepreneur.of(mzp),
            employer: self.employer.share(mzp),
            employee: self.employee.share(mzp),
        }
    }
}

/// The rows of `rates.toml`.
pub(super) fn rates(text: &Text) -> Result<Vec<Rate>, LawError> {
    let file: RatesFile = parse(text)?;
    check_dates(text, file.rates.iter().map(|row| &row.from))?;
    let rates: Vec<Rate> = file.rates.iter().map(RateRow::rate).collect();
    for (row, pair) in file.rates.iter().skip(1).zip(rates.windows(2)) {
        let [before, after] = pair else { continue };
        check_step(before, after).map_err(|reason| text.refuse_at(row.from.span().start, &reason))?;
    }
    Ok(rates)
}

/// What one row may change of the row before it.
fn check_step(before: &Rate, after: &Rate) -> Result<(), String> {
    let missing = (before.from.year() + 1..=after.from.year())
        .filter_map(|year| NaiveDate::from_ymd_opt(year, 1, 1))
        .find(|new_year| *new_year != after.from);
    if let Some(new_year) = missing {
        return Err(format!(
            "no row from {new_year}; the budget law sets figures for every year, add them"
        ));
    }
    if after.independent < before.independent {
        // A month whose payments once reached the rate must stay paid: coverage looks only at the days of payments.
        return Err(
            "the independent payer's rate is lower than in the row before; the coverage rules rely on \
                    its never falling, correct the sums"
                .into(),
        );
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    holidays: Holidays,
    rules: Vec<RulesRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holidays {
    days: Vec<MonthDay>,
    #[serde(rename = "source")]
    _source: Source,
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // 2000 is a leap year, so that 02-29 is a day.
        NaiveDate::parse_from_str(&format!("2000-{text}"), "%Y-%m-%d")
            .map(|day| Self {
                month: day.month(),
                day: day.day(),
            })
            .map_err(|_| de::Error::custom(format!("{text:?} is no day; write MM-DD")))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesRow {
    from: Spanned<NaiveDate>,
    window_months: Setting<Between<1, 60>>,
    current_month_counts: Setting<bool>,
    due_day: Setting<Between<1, 28>>,
    due_day_moves: Setting<bool>,
    prepaid_months: Setting<Between<1, 36>>,
    grace_run_months: Setting<Between<1, 120>>,
    grace_months: Setting<Between<0, 24>>,
    long_grace_run_months: Setting<Between<0, 120>>,
    long_grace_months: Setting<Between<0, 24>>,
}

impl RulesRow {
    fn rules(&self) -> Rules {
        Rules {
            from: *self.from.get_ref(),
            window_months: self.window_months.value.months(),
            current_month_counts: self.current_month_counts.value,
            due_day: self.due_day.value.0,
            due_day_moves: self.due_day_moves.value,
            prepaid_months: self.prepaid_months.value.months(),
            grace_run_months: self.grace_run_months.value.months(),
            grace_months: self.grace_months.value.months(),
            long_grace_run_months: self.long_grace_run_months.value.months(),
            long_grace_months: self.long_grace_months.value.months(),
        }
    }
}

/// The rows and the holidays of `rules.toml`.
pub(super) fn rules(text: &Text) -> Result<(Vec<Rules>, Vec<MonthDay>), LawError> {
    let file: RulesFile = parse(text)?;
    check_dates(text, file.rules.iter().map(|row| &row.from))?;
    let rules: Vec<Rules> = file.rules.iter().map(RulesRow::rules).collect();
    for (row, rules) in file.rules.iter().zip(&rules) {
        let at = row.from.span().start;
        if rules.from.day() != 1 {
            return Err(text.refuse_at(at, "rules change only with a month; write the first of a month"));
        }
        if (rules.long_grace_run_months == 0) != (rules.long_grace_months == 0) {
            let reason = "long_grace_run_months and long_grace_months are both 0 (no such rule) or both above; correct one";
            return Err(text.refuse_at(at, reason));
        }
    }
    Ok((rules, file.holidays.days))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequisitesFile {
    bin: Spanned<Setting<String>>,
    account: Spanned<Setting<String>>,
    bic: Spanned<Setting<String>>,
    kbe: Spanned<Setting<String>>,
    knp: Spanned<Setting<String>>,
}

/// The requisites of `requisites.toml`.
pub(super) fn requisites(text: &Text) -> Result<Requisites, LawError> {
    let file: RequisitesFile = parse(text)?;
    let checked = |field: Spanned<Setting<String>>, is_right: fn(&str) -> bool, wanted: &str| {
        let at = field.span().start;
        let value = field.into_inner().value;
        if is_right(&value) {
            Ok(value)
        } else {
            Err(text.refuse_at(at, &format!("{value:?} cannot be right; write {wanted}")))
        }
    };
    Ok(Requisites {
        bin: checked(
            file.bin,
            |bin| Iin::parse(bin).is_ok(),
            "the 12 digits of the receiver's BIN",
        )?,
        account: checked(
            file.account,
            is_iban,
            "an IBAN of Kazakhstan, its check digits right",
        )?,
        bic: checked(file.bic, is_bic, "a BIC of 8 or 11 capital letters and digits")?,
        kbe: checked(file.kbe, |kbe| is_number(kbe, 2), "two digits")?,
        knp: checked(file.knp, |knp| is_number(knp, 3), "three digits")?,
    })
}

fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_bic(text: &str) -> bool {
    matches!(text.len(), 8 | 11)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// ISO 13616: moved round by four characters and read with A = 10 ... Z = 35, the number is 1 modulo 97.
fn is_iban(text: &str) -> bool {
    let Some((head, tail)) = text.split_at_checked(4) else {
        return false;
    };
    let remainder = tail.chars().chain(head.chars()).try_fold(0, |rest, c| {
        let value = c.to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    });
    text.len() == 20 && head.starts_with("KZ") && remainder == Some(1)
}

/// Reads TOML; an error names its line.
fn parse<T: de::DeserializeOwned>(text: &Text) -> Result<T, LawError> {
    toml::from_str(&text.text).map_err(|error| match error.span() {
        Some(span) => text.refuse_at(span.start, error.message()),
        None => text.refuse(error.message()),
    })
}

/// At least one row, each later than the one before, all in the years that a period knows.
fn check_dates<'a>(text: &Text, rows: impl Iterator<Item = &'a Spanned<NaiveDate>>) -> Result<(), LawError> {
    let mut last: Option<NaiveDate> = None;
    for row in rows {
        let (from, at) = (*row.get_ref(), row.span().start);
        if Period::new(from.year(), from.month()).is_none() {
            return Err(text.refuse_at(
                at,
                &format!("{from} is out of the years 1900-2199; correct the date"),
            ));
        }
        if last.is_some_and(|last| from <= last) {
            return Err(text.refuse_at(at, &format!("the row from {from} stands after one of the same or a later day; put the rows in order, each day once")));
        }
        last = Some(from);
    }
    if last.is_none() {
        return Err(text.refuse("there is no row; write at least one"));
    }
    Ok(())
}
