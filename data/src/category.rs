//! The categories of people for whom the state pays, and the spans of time in which they hold.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A state-paid category: article 26 of the law "On compulsory social health insurance" of 16.11.2015, the list of
/// 2022-2025. Which category a person is in never leaves by SMS or USSD: it may reveal disability, prison or poverty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "the names are the registry's codes; texts/*.ftl says what each means"
)]
pub enum Category {
    Children,
    Unemployed,
    Pregnant,
    #[serde(rename = "parent-under-3")]
    ParentUnder3,
    Leave,
    CarerChild,
    #[serde(rename = "carer-group1")]
    CarerGroup1,
    Pensioner,
    Convict,
    Detained,
    Kandas,
    MotherOfMany,
    Disability,
    Student,
    SocialAid,
    Crisis,
}

impl Category {
    /// Every category, in the order of the law. The position is the category's number in the store: append only.
    pub const ALL: [Self; 16] = [
        Self::Children,
        Self::Unemployed,
        Self::Pregnant,
        Self::ParentUnder3,
        Self::Leave,
        Self::CarerChild,
        Self::CarerGroup1,
        Self::Pensioner,
        Self::Convict,
        Self::Detained,
        Self::Kandas,
        Self::MotherOfMany,
        Self::Disability,
        Self::Student,
        Self::SocialAid,
        Self::Crisis,
    ];

    /// The code in the registry.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::Unemployed => "unemployed",
            Self::Pregnant => "pregnant",
            Self::ParentUnder3 => "parent-under-3",
            Self::Leave => "leave",
            Self::CarerChild => "carer-child",
            Self::CarerGroup1 => "carer-group1",
            Self::Pensioner => "pensioner",
            Self::Convict => "convict",
            Self::Detained => "detained",
            Self::Kandas => "kandas",
            Self::MotherOfMany => "mother-of-many",
            Self::Disability => "disability",
            Self::Student => "student",
            Self::SocialAid => "social-aid",
            Self::Crisis => "crisis",
        }
    }

    /// The category of a registry code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.code() == code)
    }
}

/// Days in which a person is in a category, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CategorySpan {
    /// The category.
    pub category: Category,
    /// First day.
    pub from: NaiveDate,
    /// Last day; `None`: open.
    pub to: Option<NaiveDate>,
}

/// Days in which a person has a temporary status, both ends included. It is granted for a month on documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TemporaryStatus {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl CategorySpan {
    /// True if the category holds on `day`.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

impl TemporaryStatus {
    /// True if the temporary status holds on `day`.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_category() {
        for category in Category::ALL {
            assert_eq!(Category::from_code(category.code()), Some(category));
            assert_eq!(serde_json::to_value(category).unwrap(), category.code());
        }
        assert_eq!(Category::from_code("Pensioner"), None);
    }
}
