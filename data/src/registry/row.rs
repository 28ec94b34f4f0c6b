//! A row of a registry as typed values, read from and written to its fields in the order of the header.

use std::fmt::Display;

use chrono::{Datelike, NaiveDate};

use super::Registry;
use crate::category::{Category, CategorySpan, TemporaryStatus};
use crate::contribution::{Contribution, Knp, Payer, PayerKind, WaitingReturn};
use crate::iin::Iin;
use crate::money::Tiyn;
use crate::period::Period;
use crate::person::{Attachment, Clinic, Identity, Sex};
use crate::phone::{Binding, Msisdn, Role};

/// A row of some registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Of the people registry.
    Person(Iin, Identity),
    /// Of the categories.
    Category(Iin, CategorySpan),
    /// Of the temporary statuses.
    Temporary(Iin, TemporaryStatus),
    /// Of the clinics.
    Clinic(Clinic),
    /// Of the attachments.
    Attachment(Iin, Attachment),
    /// Of the phones.
    Phone(Msisdn, Binding),
    /// Of the contributions; `returned_on` is empty.
    Contribution(Iin, Contribution),
    /// Of the returns.
    Return(Iin, WaitingReturn),
}

/// Characters of a name part.
const MAX_NAME: usize = 100;
/// Characters of a clinic's code: with four bytes each it still fits a key of the store.
const MAX_CLINIC_CODE: usize = 32;
/// Characters of a clinic's name or address.
const MAX_CLINIC_TEXT: usize = 300;
/// Characters of a bank's reference.
const MAX_REFERENCE: usize = 64;
/// Years that a date of a registry may lie in. The last is what many registries write for "open".
const YEARS: std::ops::RangeInclusive<i32> = 1800..=9999;

impl Row {
    /// The row of `fields`, which stand in the order of the registry's columns.
    ///
    /// # Errors
    /// Why the row cannot be taken, naming the column and never its content.
    pub fn read(registry: Registry, fields: &[&str]) -> Result<Self, String> {
        let columns = registry.columns();
        if fields.len() != columns.len() {
            return Err(format!(
                "{} columns instead of {}: {}",
                fields.len(),
                columns.len(),
                columns.join(",")
            ));
        }
        let fields = Fields { columns, fields };
        match registry {
            Registry::People => person(&fields),
            Registry::Categories => category(&fields),
            Registry::Temporary => temporary(&fields),
            Registry::Clinics => clinic(&fields),
            Registry::Attachments => attachment(&fields),
            Registry::Phones => phone(&fields),
            Registry::Contributions => contribution(&fields),
            Registry::Returns => returned(&fields),
        }
    }

    /// The person whom the row is about; a clinic's is about nobody.
    #[must_use]
    pub const fn iin(&self) -> Option<Iin> {
        match self {
            Self::Person(iin, _)
            | Self::Category(iin, _)
            | Self::Temporary(iin, _)
            | Self::Attachment(iin, _)
            | Self::Contribution(iin, _)
            | Self::Return(iin, _) => Some(*iin),
            Self::Phone(_, binding) => Some(binding.iin),
            Self::Clinic(_) => None,
        }
    }

    /// True if [`Row::read`] could have made this row: asked of rows that come packed.
    #[must_use]
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::Person(_, row) => {
                let names = [&row.surname, &row.given_name, &row.patronymic];
                let is_known = !row.surname.is_empty() || !row.given_name.is_empty();
                is_known && names.iter().all(|name| is_text(name, 0, MAX_NAME)) && is_date(row.birth_date)
            }
            Self::Category(_, row) => is_span(row.from, row.to),
            Self::Temporary(_, row) => is_span(row.from, Some(row.to)),
            Self::Clinic(row) => {
                let texts = [
                    (&row.name_kk, 1),
                    (&row.name_ru, 1),
                    (&row.address_kk, 0),
                    (&row.address_ru, 0),
                ];
                let mut texts = texts.into_iter();
                is_text(&row.code, 1, MAX_CLINIC_CODE)
                    && texts.all(|(text, min)| is_text(text, min, MAX_CLINIC_TEXT))
            }
            Self::Attachment(_, row) => {
                is_text(&row.clinic_code, 1, MAX_CLINIC_CODE) && is_date(row.attached_on)
            }
            Self::Phone(_, row) => is_span(row.bound_on, row.unbound_on),
            Self::Contribution(_, row) => {
                is_text(&row.reference, 1, MAX_REFERENCE)
                    && row.payer_id.is_none_or(|id| id < 1_000_000_000_000)
                    && row.amount.0.abs() <= Tiyn::MAX_ROW.0
                    && is_date(row.paid_on)
                    && row.returned_on.is_none()
            }
            Self::Return(_, row) => is_text(&row.reference, 1, MAX_REFERENCE) && is_date(row.returned_on),
        }
    }

    /// The fields of the row, in the order of the registry's columns.
    #[must_use]
    pub fn write(&self) -> Vec<String> {
        match self {
            Self::Person(iin, row) => vec![
                iin.reveal(),
                row.surname.clone(),
                row.given_name.clone(),
                row.patronymic.clone(),
                row.birth_date.to_string(),
                sex_code(row.sex).into(),
                row.payer_kind.code().into(),
            ],
            Self::Category(iin, row) => {
                let code = row.category.code().into();
                vec![iin.reveal(), code, row.from.to_string(), or_empty(row.to)]
            }
            Self::Temporary(iin, row) => vec![iin.reveal(), row.from.to_string(), row.to.to_string()],
            Self::Clinic(row) => vec![
                row.code.clone(),
                row.name_kk.clone(),
                row.name_ru.clone(),
                row.address_kk.clone(),
                row.address_ru.clone(),
            ],
            Self::Attachment(iin, row) => {
                vec![iin.reveal(), row.clinic_code.clone(), row.attached_on.to_string()]
            }
            Self::Phone(msisdn, row) => vec![
                msisdn.reveal(),
                row.iin.reveal(),
                row.role.code().into(),
                row.bound_on.to_string(),
                or_empty(row.unbound_on),
            ],
            Self::Contribution(iin, row) => write_contribution(*iin, row),
            Self::Return(iin, row) => vec![
                row.reference.clone(),
                row.line.to_string(),
                iin.reveal(),
                row.returned_on.to_string(),
            ],
        }
    }
}

fn write_contribution(iin: Iin, row: &Contribution) -> Vec<String> {
    let (month, year) = (row.period.month(), row.period.year());
    vec![
        row.reference.clone(),
        row.line.to_string(),
        iin.reveal(),
        format!("{month:02}{year:04}"),
        row.knp.code().to_string(),
        row.payer.code().into(),
        row.payer_id.map(|id| format!("{id:012}")).unwrap_or_default(),
        row.amount.to_string(),
        row.paid_on.to_string(),
    ]
}

fn or_empty(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

const fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "m",
        Sex::Female => "f",
    }
}

fn person(fields: &Fields<'_>) -> Result<Row, String> {
    let identity = Identity {
        surname: fields.text(1, 0, MAX_NAME)?,
        given_name: fields.text(2, 0, MAX_NAME)?,
        patronymic: fields.text(3, 0, MAX_NAME)?,
        birth_date: fields.date(4)?,
        sex: fields.code(
            5,
            || "m, f".into(),
            |code| match code {
                "m" => Some(Sex::Male),
                "f" => Some(Sex::Female),
                _ => None,
            },
        )?,
        payer_kind: fields.code(6, || codes(PayerKind::ALL, PayerKind::code), PayerKind::from_code)?,
    };
    if identity.surname.is_empty() && identity.given_name.is_empty() {
        return Err("surname and given_name are both empty".into());
    }
    Ok(Row::Person(fields.iin(0)?, identity))
}

fn category(fields: &Fields<'_>) -> Result<Row, String> {
    let known = || codes(&Category::ALL, Category::code);
    let span = CategorySpan {
        category: fields.code(1, known, Category::from_code)?,
        from: fields.date(2)?,
        to: fields.date_or_empty(3)?,
    };
    fields.in_order(3, span.from, span.to)?;
    Ok(Row::Category(fields.iin(0)?, span))
}

fn temporary(fields: &Fields<'_>) -> Result<Row, String> {
    let (from, to) = (fields.date(1)?, fields.date(2)?);
    fields.in_order(2, from, Some(to))?;
    Ok(Row::Temporary(fields.iin(0)?, TemporaryStatus { from, to }))
}

fn clinic(fields: &Fields<'_>) -> Result<Row, String> {
    Ok(Row::Clinic(Clinic {
        code: fields.text(0, 1, MAX_CLINIC_CODE)?,
        name_kk: fields.text(1, 1, MAX_CLINIC_TEXT)?,
        name_ru: fields.text(2, 1, MAX_CLINIC_TEXT)?,
        address_kk: fields.text(3, 0, MAX_CLINIC_TEXT)?,
        address_ru: fields.text(4, 0, MAX_CLINIC_TEXT)?,
    }))
}

fn attachment(fields: &Fields<'_>) -> Result<Row, String> {
    let attachment = Attachment {
        attached_on: fields.date(2)?,
        clinic_code: fields.text(1, 1, MAX_CLINIC_CODE)?,
    };
    Ok(Row::Attachment(fields.iin(0)?, attachment))
}

fn phone(fields: &Fields<'_>) -> Result<Row, String> {
    let msisdn = Msisdn::parse(fields.get(0)).map_err(|e| fields.refuse(0, e))?;
    let binding = Binding {
        iin: fields.iin(1)?,
        role: fields.code(2, || "self, child".into(), Role::from_code)?,
        bound_on: fields.date(3)?,
        unbound_on: fields.date_or_empty(4)?,
    };
    fields.in_order(4, binding.bound_on, binding.unbound_on)?;
    Ok(Row::Phone(msisdn, binding))
}

fn contribution(fields: &Fields<'_>) -> Result<Row, String> {
    let contribution = Contribution {
        period: fields.get(3).parse::<Period>().map_err(|e| fields.refuse(3, e))?,
        reference: fields.text(0, 1, MAX_REFERENCE)?,
        line: fields.line(1)?,
        knp: fields.code(
            4,
            || codes(&Knp::ALL, Knp::code),
            |code| code.parse().ok().and_then(Knp::from_code),
        )?,
        payer: fields.code(5, || codes(Payer::ALL, Payer::code), Payer::from_code)?,
        payer_id: fields.payer_id(6)?,
        amount: fields.get(7).parse::<Tiyn>().map_err(|e| fields.refuse(7, e))?,
        paid_on: fields.date(8)?,
        returned_on: None,
    };
    Ok(Row::Contribution(fields.iin(2)?, contribution))
}

fn returned(fields: &Fields<'_>) -> Result<Row, String> {
    let row = WaitingReturn {
        reference: fields.text(0, 1, MAX_REFERENCE)?,
        line: fields.line(1)?,
        returned_on: fields.date(3)?,
    };
    Ok(Row::Return(fields.iin(2)?, row))
}

/// Control characters but tab and line ends.
fn has_no_place(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\r' | '\n')
}

/// True if [`Fields::text`] could have given `text`.
fn is_text(text: &str, min: usize, max: usize) -> bool {
    let fits = (min..=max).contains(&text.chars().count());
    fits && text.trim().len() == text.len() && !text.chars().any(has_no_place)
}

fn is_date(day: NaiveDate) -> bool {
    YEARS.contains(&day.year())
}

fn is_span(from: NaiveDate, to: Option<NaiveDate>) -> bool {
    is_date(from) && to.is_none_or(|to| is_date(to) && from <= to)
}

fn codes<T: Copy, C: ToString>(all: &[T], code: impl Fn(T) -> C) -> String {
    let codes: Vec<_> = all.iter().map(|kind| code(*kind).to_string()).collect();
    codes.join(", ")
}

/// The fields of a row by position, and reasons that name their columns.
struct Fields<'a> {
    columns: &'static [&'static str],
    fields: &'a [&'a str],
}

impl Fields<'_> {
    fn get(&self, at: usize) -> &str {
        self.fields.get(at).map_or("", |field| field.trim())
    }

    fn refuse(&self, at: usize, reason: impl Display) -> String {
        format!("{}: {reason}", self.columns.get(at).unwrap_or(&"row"))
    }

    fn iin(&self, at: usize) -> Result<Iin, String> {
        Iin::parse(self.get(at)).map_err(|e| self.refuse(at, e))
    }

    fn date(&self, at: usize) -> Result<NaiveDate, String> {
        parse_date(self.get(at)).ok_or_else(|| self.refuse(at, "not a date; write it as 2026-08-25"))
    }

    fn date_or_empty(&self, at: usize) -> Result<Option<NaiveDate>, String> {
        if self.get(at).is_empty() {
            return Ok(None);
        }
        self.date(at).map(Some)
    }

    fn in_order(&self, at: usize, from: NaiveDate, to: Option<NaiveDate>) -> Result<(), String> {
        if to.is_some_and(|to| to < from) {
            return Err(self.refuse(at, "it lies before the day on which this begins"));
        }
        Ok(())
    }

    /// Text of `min` to `max` characters. Control characters but tab and line ends are refused: they have no place in
    /// a name, and a terminal or a phone might act on them.
    fn text(&self, at: usize, min: usize, max: usize) -> Result<String, String> {
        let text = self.get(at);
        if text.chars().any(has_no_place) {
            return Err(self.refuse(at, "it holds a control character"));
        }
        match text.chars().count() {
            count if count < min => Err(self.refuse(at, "it is empty")),
            count if count > max => Err(self.refuse(at, format!("longer than {max} characters"))),
            _ => Ok(text.to_owned()),
        }
    }

    fn code<T>(
        &self,
        at: usize,
        known: impl FnOnce() -> String,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, String> {
        read(self.get(at)).ok_or_else(|| self.refuse(at, format!("unknown code; known are {}", known())))
    }

    /// The row of a payment list.
    fn line(&self, at: usize) -> Result<u32, String> {
        digits(self.get(at))
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| self.refuse(at, "not a whole number below 4294967296"))
    }

    /// BIN or IIN of a payer. Its check digit is the bank's affair: it is kept as it came.
    fn payer_id(&self, at: usize) -> Result<Option<u64>, String> {
        match self.get(at) {
            "" => Ok(None),
            text if text.len() == 12 => digits(text)
                .and_then(|digits| digits.parse().ok())
                .map(Some)
                .ok_or_else(|| self.refuse(at, "a BIN or IIN has 12 digits")),
            _ => Err(self.refuse(at, "a BIN or IIN has 12 digits")),
        }
    }
}

fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|b| b.is_ascii_digit()).then_some(text)
}

/// A day written exactly `YYYY-MM-DD`.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(shape) {
        return None;
    }
    let day: NaiveDate = text.parse().ok()?;
    is_date(day).then_some(day)
}

#[cfg(test)]
mod tests;
