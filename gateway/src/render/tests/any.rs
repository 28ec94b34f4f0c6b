//! Anything that an answer may be about.

use chrono::NaiveDate;
use proptest::prelude::*;
use saqta_data::coverage::{Basis, Coverage, Debt, Month, MonthState, Status};
use saqta_data::language::Language;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::Clinic;

use crate::dialog::answer::{AttachedClinic, View};

pub(super) fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_i32..40_000).prop_map(|n| NaiveDate::from_num_days_from_ce_opt(730_000 + n).unwrap())
}

pub(super) fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[А-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІі№«»– ]{0,40}",
        "[А-Яа-яӘә€\\[\\]|~😀, ]{100,400}",
        "[^{}\\[\\].]{0,60}",
    ]
}

pub(super) fn any_clinic() -> impl Strategy<Value = AttachedClinic> {
    (any_name(), any_name(), any_name(), any_name(), any_day()).prop_map(
        |(name_kk, name_ru, address_kk, address_ru, attached_on)| AttachedClinic {
            clinic: Clinic {
                code: "A5".into(),
                name_kk,
                name_ru,
                address_kk,
                address_ru,
            },
            attached_on,
        },
    )
}

pub(super) const BASES: [(Status, Option<Basis>); 6] = [
    (Status::Insured, Some(Basis::StateCategory)),
    (Status::Insured, Some(Basis::Prepaid)),
    (Status::Insured, Some(Basis::Contributions)),
    (Status::TemporarilyInsured, Some(Basis::Temporary)),
    (Status::ConditionallyInsured, Some(Basis::Grace)),
    (Status::NotInsured, None),
];

/// Any coverage with a window of `months`, sums of a month up to `most` tenge.
pub(super) fn any_coverage(months: std::ops::Range<usize>, most: i64) -> impl Strategy<Value = Coverage> {
    let month = (
        prop::sample::select(MonthState::ALL.to_vec()),
        0..most,
        any::<bool>(),
    );
    let months = prop::collection::vec(month, months);
    let basis = prop::sample::select(BASES.to_vec());
    (months, basis, any_day(), prop::option::of(any_day()), 0..most).prop_map(
        |(months, (status, basis), day, until, rate)| {
            let first = Period::of(day).plus(-12);
            let months: Vec<Month> = (0..)
                .zip(months)
                .map(|(n, (state, amount, owed))| Month {
                    period: first.plus(n),
                    state: if owed { MonthState::Unpaid } else { state },
                    amount: Tiyn(amount),
                })
                .collect();
            let owed = months.iter().filter(|month| !month.state.is_covered());
            let unpaid: Vec<Period> = owed.map(|month| month.period).collect();
            let count = u32::try_from(unpaid.len()).unwrap();
            let per_month = Tiyn::from_tenge(rate);
            let debt = Debt {
                months: count,
                per_month,
                amount: per_month.times(i64::from(count)),
            };
            let insured_until = until.filter(|_| status != Status::NotInsured);
            Coverage {
                day,
                status,
                basis,
                insured_until,
                months,
                unpaid,
                debt,
            }
        },
    )
}

pub(super) fn view_of(coverage: impl Strategy<Value = Coverage>) -> impl Strategy<Value = View> {
    (
        coverage,
        any::<bool>(),
        prop::option::of(any_clinic()),
        prop::option::of(any_day()),
    )
        .prop_map(|(coverage, entrepreneur, clinic, data_date)| View {
            last_four: "0007".into(),
            coverage,
            entrepreneur,
            clinic,
            data_date,
        })
}

pub(super) fn any_language() -> impl Strategy<Value = Language> {
    prop::sample::select(Language::ALL.to_vec())
}
