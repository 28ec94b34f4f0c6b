//! The data files of `data/synth`: names, places and shares. They are part of the program and not overridden.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::SynthError;
use super::dice::List;
use crate::category::Category;
use crate::contribution::PayerKind;
use crate::person::Sex;

/// All of them.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) names: Names,
    pub(super) places: Places,
    pub(super) shares: Shares,
}

impl Tables {
    pub(super) fn load() -> Result<Self, SynthError> {
        let tables = Self {
            names: read("names.toml", include_str!("../../synth/names.toml"))?,
            places: read("places.toml", include_str!("../../synth/places.toml"))?,
            shares: read("shares.toml", include_str!("../../synth/shares.toml"))?,
        };
        match tables
            .names
            .groups
            .iter()
            .find(|group| !tables.names.given.contains_key(&group.given))
        {
            None => Ok(tables),
            Some(group) => Err(SynthError::Table {
                file: "names.toml",
                reason: format!("there are no given names {:?} for {:?}", group.given, group.name),
            }),
        }
    }
}

fn read<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, SynthError> {
    toml::from_str(text).map_err(|error| SynthError::Table {
        file,
        reason: error.to_string(),
    })
}

/// `names.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) given: BTreeMap<String, Given>,
    pub(super) groups: List<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    pub(super) male: List<String>,
    pub(super) female: List<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) share_per_mille: u32,
    pub(super) given: String,
    #[serde(default)]
    pub(super) kazakh_patronymic_percent: u32,
    pub(super) no_patronymic_percent: u32,
    #[serde(default)]
    pub(super) bare_surname_percent: u32,
    pub(super) surnames: List<String>,
}

/// `places.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Places {
    pub(super) streets: List<[String; 2]>,
    pub(super) private_names: List<String>,
    pub(super) cities: List<City>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct City {
    pub(super) name_kk: String,
    pub(super) name_ru: String,
    pub(super) prefix: String,
    pub(super) weight: u32,
    pub(super) clinics: u32,
}

/// `shares.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shares {
    pub(super) households: List<HouseholdKind>,
    pub(super) family: FamilyShares,
    pub(super) numbers: NumberShares,
    pub(super) clinics: ClinicShares,
    pub(super) payers: List<PayerShares>,
    pub(super) wages: Wages,
    pub(super) habits: Habits,
    pub(super) payments: PaymentShares,
    pub(super) pension: Pension,
    pub(super) students: Students,
    pub(super) parents: Parents,
    pub(super) categories: Vec<CategoryShare>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Adults {
    Couple,
    Single,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HouseholdKind {
    pub(super) weight: u32,
    pub(super) adults: Adults,
    pub(super) children: bool,
    pub(super) grandparents: u32,
    pub(super) head_age: [i32; 2],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FamilyShares {
    pub(super) children: List<u32>,
    pub(super) first_birth_age: [i32; 2],
    pub(super) years_between: [i32; 2],
    pub(super) father_older_years: [i32; 2],
    pub(super) grandparent_older_years: [i32; 2],
    pub(super) wife_takes_surname_percent: u32,
    pub(super) own_phone_age: i32,
    pub(super) adult_bound_percent: u32,
    pub(super) child_bound_percent: u32,
    pub(super) shared_phone_percent: u32,
    pub(super) changed_number_percent: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberShares {
    pub(super) impossible_date_per_mille: u32,
    pub(super) unknown_century_per_mille: u32,
    pub(super) other_birth_date_per_mille: u32,
    pub(super) mobile_prefixes: List<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClinicShares {
    pub(super) reattached_percent: u32,
    pub(super) unattached_per_mille: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayerShares {
    pub(super) up_to_age: i32,
    employee: u32,
    contract: u32,
    entrepreneur: u32,
    independent: u32,
}

/// What the `n`-th of 100 gets when each thing has its share of them; `None` for the rest.
fn nth_of<T: Copy>(shares: &[(u32, T)], n: u32) -> Option<T> {
    let mut end = 0;
    let holds = |(share, _): &&(u32, T)| {
        end += share;
        n < end
    };
    shares.iter().find(holds).map(|(_, thing)| *thing)
}

impl PayerShares {
    /// The kind of the `n`-th of 100 people.
    pub(super) fn kind(&self, n: u32) -> PayerKind {
        let shares = [
            (self.employee, PayerKind::Employee),
            (self.contract, PayerKind::Contract),
            (self.entrepreneur, PayerKind::Entrepreneur),
            (self.independent, PayerKind::Independent),
        ];
        nth_of(&shares, n).unwrap_or(PayerKind::None)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wages {
    /// In thousands of tenge.
    pub(super) tenths: [i32; 11],
    pub(super) contract_percent: u32,
}

/// How people of each kind pay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Habits {
    pub(super) employee: HabitShares,
    pub(super) contract: HabitShares,
    pub(super) entrepreneur: HabitShares,
    pub(super) independent: HabitShares,
}

/// One way of paying; `shares.toml` says what each means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    Punctual,
    Late,
    Gaps,
    Stopped,
    Short,
    Lump,
    Prepaid,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HabitShares {
    punctual: u32,
    late: u32,
    gaps: u32,
    stopped: u32,
    short: u32,
    lump: u32,
    prepaid: u32,
}

impl HabitShares {
    /// The habit of the `n`-th of 100 people.
    pub(super) fn habit(&self, n: u32) -> Habit {
        let shares = [
            (self.punctual, Habit::Punctual),
            (self.late, Habit::Late),
            (self.gaps, Habit::Gaps),
            (self.stopped, Habit::Stopped),
            (self.short, Habit::Short),
            (self.lump, Habit::Lump),
            (self.prepaid, Habit::Prepaid),
        ];
        nth_of(&shares, n).unwrap_or(Habit::Punctual)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentShares {
    pub(super) history_months: [i32; 2],
    pub(super) started_later_percent: u32,
    pub(super) gap_months: [i32; 2],
    pub(super) late_days: [i32; 2],
    pub(super) returned_per_mille: u32,
    pub(super) returned_lump_percent: u32,
    pub(super) penalty_per_mille_of_amount: i64,
    pub(super) temporary_percent_of_debtors: u32,
    pub(super) employers_per_thousand_inhabitants: u32,
    pub(super) banks: List<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pension {
    pub(super) men: i32,
    pub(super) women: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Students {
    pub(super) percent: u32,
    pub(super) from_age: i32,
    pub(super) to_age: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parents {
    pub(super) employed_leave_percent: u32,
    pub(super) other_percent: u32,
    pub(super) mother_of_many_children: usize,
    pub(super) mother_of_many_percent: u32,
}

/// A category that is drawn by age, sex and work alone. `began` and `ended` are months before the data date.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryShare {
    pub(super) category: Category,
    pub(super) per_mille: u32,
    pub(super) ages: [i32; 2],
    pub(super) sex: Option<Sex>,
    #[serde(default)]
    pub(super) out_of_work: bool,
    pub(super) began: [i32; 2],
    pub(super) ended: Option<[i32; 2]>,
}
