//! The JSON of `saqta status --json`: one object a line, by which scripts know a status.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Basis, Coverage, Debt, Month, Status};
use crate::iin::{Iin, IinError};
use crate::language::Language;
use crate::period::Period;
use crate::person::{Attachment, Clinic};

/// One line: the answer to one IIN. It holds the whole IIN; it is an answer, never a log line.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Line<'a> {
    /// A person.
    Known(Known<'a>),
    /// A right number of which nothing is known.
    Unknown {
        /// The number asked about.
        iin: Iin,
        /// Always `unknown`.
        status: &'static str,
    },
    /// Not an IIN.
    Invalid {
        /// What was asked, as given.
        iin: &'a str,
        /// Always `invalid`.
        status: &'static str,
        /// Why it is no IIN.
        reason: String,
    },
}

/// The status of a person. Amounts are in tiyn.
#[derive(Serialize)]
pub struct Known<'a> {
    iin: Iin,
    status: Status,
    basis: Option<Basis>,
    insured_until: Option<NaiveDate>,
    unpaid: &'a [Period],
    debt: Debt,
    months: &'a [Month],
    #[serde(skip_serializing_if = "Option::is_none")]
    clinic: Option<ClinicView<'a>>,
}

/// The clinic that a person is attached to; there is none while only the attachment has come.
#[derive(Serialize)]
struct ClinicView<'a> {
    code: &'a str,
    name: &'a str,
    address: &'a str,
    attached_on: NaiveDate,
}

impl<'a> Line<'a> {
    /// The line of a person.
    #[must_use]
    pub fn known(iin: Iin, coverage: &'a Coverage) -> Self {
        Self::Known(Known {
            iin,
            status: coverage.status,
            basis: coverage.basis,
            insured_until: coverage.insured_until,
            unpaid: &coverage.unpaid,
            debt: coverage.debt,
            months: &coverage.months,
            clinic: None,
        })
    }

    /// The same with the clinic of `attachment`, named in `language` (in Russian for English). Does nothing to the
    /// others, nor while the clinic's own row has not come.
    #[must_use]
    pub fn at_clinic(
        mut self,
        attachment: Option<&'a Attachment>,
        clinic: Option<&'a Clinic>,
        language: Language,
    ) -> Self {
        if let (Self::Known(known), Some(attachment), Some(clinic)) = (&mut self, attachment, clinic) {
            let (name, address) = clinic.in_language(language);
            known.clinic = Some(ClinicView {
                code: &attachment.clinic_code,
                name,
                address,
                attached_on: attachment.attached_on,
            });
        }
        self
    }

    /// The line of a number that belongs to nobody known.
    #[must_use]
    pub const fn unknown(iin: Iin) -> Self {
        Self::Unknown {
            iin,
            status: "unknown",
        }
    }

    /// The line of a text that is no IIN.
    #[must_use]
    pub fn invalid(text: &'a str, error: IinError) -> Self {
        Self::Invalid {
            iin: text,
            status: "invalid",
            reason: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::coverage::MonthState;
    use crate::money::Tiyn;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn value(line: &Line<'_>) -> Value {
        serde_json::to_value(line).unwrap()
    }

    fn coverage() -> Coverage {
        let per_month = Tiyn(425_000);
        Coverage {
            day: date("2026-08-26"),
            status: Status::ConditionallyInsured,
            basis: Some(Basis::Grace),
            insured_until: Some(date("2026-09-30")),
            months: vec![Month {
                period: "2026-07".parse().unwrap(),
                state: MonthState::StatePaid,
                amount: Tiyn(0),
            }],
            unpaid: vec!["2026-07".parse().unwrap()],
            debt: Debt {
                months: 1,
                per_month,
                amount: per_month,
            },
        }
    }

    #[test]
    fn a_person_without_a_clinic_has_no_such_key() {
        let iin = Iin::parse("900101300007").unwrap();
        let expected = json!({
            "iin": "900101300007", "status": "conditionally_insured", "basis": "grace",
            "insured_until": "2026-09-30", "unpaid": ["2026-07"],
            "debt": {"months": 1, "per_month": 425_000, "amount": 425_000},
            "months": [{"period": "2026-07", "state": "state_paid", "amount": 0}],
        });
        let coverage = coverage();
        let line = Line::known(iin, &coverage);
        assert_eq!(value(&line), expected);
        assert_eq!(value(&line.at_clinic(None, None, Language::Kazakh)), expected);
    }

    #[test]
    fn the_clinic_is_named_in_the_language_asked_for() {
        let iin = Iin::parse("900101300007").unwrap();
        let attachment = Attachment {
            attached_on: date("2024-01-01"),
            clinic_code: "A1".into(),
        };
        let clinic = Clinic {
            code: "A1".into(),
            name_kk: "емхана".into(),
            name_ru: "поликлиника".into(),
            address_kk: "көше".into(),
            address_ru: "улица".into(),
        };
        let coverage = coverage();
        let shown = |clinic, language| {
            value(&Line::known(iin, &coverage).at_clinic(Some(&attachment), clinic, language))
                .get("clinic")
                .cloned()
        };
        let view = |name: &str, address: &str| {
            Some(json!({"code": "A1", "name": name, "address": address, "attached_on": "2024-01-01"}))
        };
        assert_eq!(shown(Some(&clinic), Language::Kazakh), view("емхана", "көше"));
        assert_eq!(
            shown(Some(&clinic), Language::English),
            view("поликлиника", "улица")
        );
        // Only the attachment has come: there is no clinic to name.
        assert_eq!(shown(None, Language::Russian), None);
    }

    #[test]
    fn the_unknown_and_the_invalid_have_little_to_say() {
        let iin = Iin::parse("050229600003").unwrap();
        assert_eq!(
            value(&Line::unknown(iin)),
            json!({"iin": "050229600003", "status": "unknown"})
        );
        let text = "900101300008";
        let line = Line::invalid(text, Iin::parse(text).unwrap_err());
        assert_eq!(
            value(&line),
            json!({"iin": text, "status": "invalid", "reason": "the check digit is wrong"})
        );
    }
}
