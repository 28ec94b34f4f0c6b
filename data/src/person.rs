//! A person with everything the registries say: one value in the store.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::category::{CategorySpan, TemporaryStatus};
use crate::contribution::{Contribution, PayerKind, WaitingReturn};
use crate::iin::Iin;
use crate::language::Language;
use crate::phone::Msisdn;

/// Sex as the people registry codes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// `m`
    #[serde(rename = "m")]
    Male,
    /// `f`
    #[serde(rename = "f")]
    Female,
}

/// The row of the people registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Surname, at most 100 characters.
    pub surname: String,
    /// Given name, at most 100 characters.
    pub given_name: String,
    /// Patronymic; empty if there is none.
    pub patronymic: String,
    /// Date of birth. Not derived from the IIN, whose digits are not tied to it.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// How the person takes part.
    pub payer_kind: PayerKind,
}

impl Identity {
    /// Surname, given name and patronymic in one line.
    #[must_use]
    pub fn full_name(&self) -> String {
        let parts = [&self.surname, &self.given_name, &self.patronymic];
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The clinic that a person is attached to from a day on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attachment {
    /// First day.
    pub attached_on: NaiveDate,
    /// Code of the clinic; its row may come later.
    pub clinic_code: String,
}

/// A row of the clinic registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clinic {
    /// The code by which attachments name it, 1-32 characters.
    pub code: String,
    /// Name in Kazakh.
    pub name_kk: String,
    /// Name in Russian.
    pub name_ru: String,
    /// Address in Kazakh.
    pub address_kk: String,
    /// Address in Russian.
    pub address_ru: String,
}

impl Clinic {
    /// Name and address in `language`; the registry has none in English, whose speakers get the Russian ones.
    #[must_use]
    pub fn in_language(&self, language: Language) -> (&str, &str) {
        match language {
            Language::Kazakh => (&self.name_kk, &self.address_kk),
            Language::Russian | Language::English => (&self.name_ru, &self.address_ru),
        }
    }
}

/// Everything known about a person. The lists are sorted by the keys named, without two of one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The person's number.
    pub iin: Iin,
    /// The row of the people registry; `None` while only other registries have named the person.
    pub identity: Option<Identity>,
    /// State-paid categories, by (category, from).
    pub categories: Vec<CategorySpan>,
    /// Temporary statuses, by `from`.
    pub temporary: Vec<TemporaryStatus>,
    /// Attachments to clinics, by `attached_on`.
    pub attachments: Vec<Attachment>,
    /// Payments, by period, day of payment, reference and line; at most one of each (reference, line).
    pub contributions: Vec<Contribution>,
    /// Returns whose contribution has not come yet, by (reference, line).
    pub waiting_returns: Vec<WaitingReturn>,
    /// The phones that were ever bound to the person; the bindings themselves are kept with the phones.
    pub phones: Vec<Msisdn>,
    /// True while a bound phone's LOCK hides the IIN from phones not bound to it.
    pub locked: bool,
}

impl Person {
    /// A person of whom nothing but the number is known.
    #[must_use]
    pub const fn new(iin: Iin) -> Self {
        Self {
            iin,
            identity: None,
            categories: Vec::new(),
            temporary: Vec::new(),
            attachments: Vec::new(),
            contributions: Vec::new(),
            waiting_returns: Vec::new(),
            phones: Vec::new(),
            locked: false,
        }
    }

    /// How the person takes part; `None` kind while the people registry has not named the person.
    #[must_use]
    pub fn payer_kind(&self) -> PayerKind {
        self.identity
            .as_ref()
            .map_or(PayerKind::None, |identity| identity.payer_kind)
    }

    /// The date of birth; `None` while the people registry has not named the person.
    #[must_use]
    pub fn birth_date(&self) -> Option<NaiveDate> {
        self.identity.as_ref().map(|identity| identity.birth_date)
    }

    /// The attachment that counts: the newest.
    #[must_use]
    pub fn attachment(&self) -> Option<&Attachment> {
        self.attachments.last()
    }
}
