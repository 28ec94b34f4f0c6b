//! Answers and pages of every kind, with usual and with the longest contents: what texts are checked with.

use chrono::NaiveDate;
use saqta_data::coverage::{Basis, Coverage, Debt, Month, MonthState, Status};
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::Clinic;
use saqta_data::phone::Msisdn;

use crate::dialog::answer::{Answer, AttachedClinic, IinSlip, Page, View};
use crate::dialog::menu::MAX_PEOPLE;

/// A view that texts are checked with, and what it shows.
pub(super) struct Case {
    /// In a few words.
    pub(super) name: &'static str,
    /// The view.
    pub(super) view: View,
}

/// The months of the samples begin here.
fn period(offset: i32) -> Period {
    Period::new(2025, 9)
        .unwrap_or(Period::of(NaiveDate::MIN))
        .plus(offset)
}

fn day(months: i32) -> NaiveDate {
    period(months).last_day()
}

/// A month of an independent payer in 2026, and one that is longer than any rate will soon be.
const RATE: i64 = 4250;
const LONG_RATE: i64 = 15_000;

/// A coverage on the last day of the window of twelve months, in which the months `unpaid` (0-11) are owed.
fn coverage(status: Status, basis: Option<Basis>, until: Option<i32>, unpaid: &[i32], rate: i64) -> Coverage {
    let month = |offset: i32| {
        let state = if unpaid.contains(&offset) {
            MonthState::Unpaid
        } else {
            MonthState::Paid
        };
        let amount = if state == MonthState::Paid {
            Tiyn::from_tenge(RATE)
        } else {
            Tiyn(0)
        };
        Month {
            period: period(offset),
            state,
            amount,
        }
    };
    let count = u32::try_from(unpaid.len()).unwrap_or_default();
    let per_month = Tiyn::from_tenge(rate);
    Coverage {
        day: day(12),
        status,
        basis,
        insured_until: until.map(day),
        months: (0..12).map(month).collect(),
        unpaid: unpaid.iter().map(|offset| period(*offset)).collect(),
        debt: Debt {
            months: count,
            per_month,
            amount: per_month.times(i64::from(count)),
        },
    }
}

fn view(coverage: Coverage) -> View {
    View {
        last_four: "0007".into(),
        coverage,
        entrepreneur: false,
        clinic: Some(clinic(1)),
        data_date: Some(day(11)),
    }
}

/// A clinic whose names are `times` as long as usual ones.
fn clinic(times: usize) -> AttachedClinic {
    let long = |text: &str| vec![text; times].join(" ");
    let clinic = Clinic {
        code: "A5".into(),
        name_kk: long("№5 қалалық емхана"),
        name_ru: long("Городская поликлиника №5"),
        address_kk: long("Алматы қ., Абай даңғ., 21"),
        address_ru: long("г. Алматы, пр. Абая, 21"),
    };
    AttachedClinic {
        clinic,
        attached_on: day(-12),
    }
}

/// Views of every status.
pub(super) fn views() -> Vec<Case> {
    let mut cases = insured_views();
    cases.extend(indebted_views());
    cases.extend(longest_views());
    cases.extend(odd_views());
    cases
}

fn case(name: &'static str, coverage: Coverage) -> Case {
    Case {
        name,
        view: view(coverage),
    }
}

/// Insured, by every rule.
fn insured_views() -> Vec<Case> {
    use Basis::{Contributions, Prepaid, StateCategory};
    use Status::Insured;
    vec![
        case(
            "insured",
            coverage(Insured, Some(Contributions), Some(15), &[], RATE),
        ),
        case(
            "insured, paid ahead",
            coverage(Insured, Some(Prepaid), Some(24), &[], RATE),
        ),
        case(
            "insured, no end",
            coverage(Insured, Some(Contributions), None, &[], RATE),
        ),
        case(
            "the state pays",
            coverage(Insured, Some(StateCategory), Some(15), &[], RATE),
        ),
        case(
            "the state pays, no end",
            coverage(Insured, Some(StateCategory), None, &[], RATE),
        ),
        case(
            "the state pays, debt",
            coverage(Insured, Some(StateCategory), Some(15), &[3, 4, 5], RATE),
        ),
    ]
}

/// Not insured, or not for good, with debts of every length.
fn indebted_views() -> Vec<Case> {
    use Basis::{Grace, Temporary};
    use Status::{ConditionallyInsured, NotInsured, TemporarilyInsured};
    let all: Vec<i32> = (0..12).collect();
    vec![
        case(
            "temporarily",
            coverage(TemporarilyInsured, Some(Temporary), Some(13), &[10], RATE),
        ),
        case(
            "temporarily, all owed",
            coverage(TemporarilyInsured, Some(Temporary), Some(13), &all, RATE),
        ),
        case(
            "conditionally, one month",
            coverage(ConditionallyInsured, Some(Grace), Some(14), &[11], RATE),
        ),
        case(
            "conditionally, two months",
            coverage(ConditionallyInsured, Some(Grace), Some(13), &[10, 11], RATE),
        ),
        case(
            "conditionally, no end",
            coverage(ConditionallyInsured, Some(Grace), None, &[10, 11], RATE),
        ),
        case(
            "not insured, one month",
            coverage(NotInsured, None, None, &[3], RATE),
        ),
        case(
            "not insured, four months",
            coverage(NotInsured, None, None, &[4, 5, 6, 8], RATE),
        ),
        case(
            "not insured, all owed",
            coverage(NotInsured, None, None, &all, RATE),
        ),
    ]
}

/// The longest that a status with debts can be.
fn longest_views() -> [Case; 2] {
    // The most characters that months of one window can take.
    let scattered = [2, 4, 5, 7, 8, 10, 11];
    let longest = |name, status, basis, until| {
        let mut case = case(name, coverage(status, basis, until, &scattered, LONG_RATE));
        case.view.entrepreneur = true;
        case.view.clinic = Some(clinic(20));
        case
    };
    let grace = Some(Basis::Grace);
    [
        longest(
            "conditionally, the longest",
            Status::ConditionallyInsured,
            grace,
            Some(14),
        ),
        longest("not insured, the longest", Status::NotInsured, None, None),
    ]
}

/// Views that want other texts: no data date, no clinic, every state of a month, a window of two years.
fn odd_views() -> Vec<Case> {
    let all: Vec<i32> = (0..24).step_by(2).collect();
    let mut dateless = view(coverage(Status::NotInsured, None, None, &[1, 2], RATE));
    (dateless.data_date, dateless.clinic) = (None, None);
    let mut long_window = view(coverage(Status::NotInsured, None, None, &all, RATE));
    long_window.entrepreneur = true;
    long_window.coverage.months.clear();
    let mut mixed = view(coverage(
        Status::Insured,
        Some(Basis::Contributions),
        Some(15),
        &[],
        RATE,
    ));
    for (n, (month, state)) in (0..).zip(
        mixed
            .coverage
            .months
            .iter_mut()
            .zip(MonthState::ALL.iter().cycle()),
    ) {
        month.state = *state;
        month.amount = Tiyn::from_tenge(136_000 - n);
    }
    vec![
        Case {
            name: "no data date, no clinic",
            view: dateless,
        },
        Case {
            name: "a window of two years",
            view: long_window,
        },
        Case {
            name: "months of every kind",
            view: mixed,
        },
    ]
}

/// The people on a phone that has as many as are offered.
fn people(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("00{n}7")).collect()
}

/// Every answer that is not about a view.
pub(super) fn other_answers() -> Vec<Answer> {
    let last_four = || "0007".to_owned();
    let mut answers = vec![
        Answer::Neutral,
        Answer::WhichPerson(people(2)),
        Answer::WhichPerson(people(MAX_PEOPLE)),
        Answer::NoSuchChoice,
        Answer::OneIinPlease,
        Answer::WrongLength { digits: 11 },
        Answer::WrongLength { digits: usize::MAX },
        Answer::WrongCheckDigit,
        Answer::LooksLikeBin,
        Answer::IinNeeded,
        Answer::Help,
        Answer::Stopped,
        Answer::Started,
        Answer::LanguageSet,
        Answer::Latin { on: true },
        Answer::Latin { on: false },
        Answer::Locked {
            last_four: last_four(),
        },
        Answer::LockNeedsBinding,
        Answer::UnlockCode {
            code: "4821".into(),
            last_four: last_four(),
        },
        Answer::Unlocked {
            last_four: last_four(),
        },
        Answer::NotLocked {
            last_four: last_four(),
        },
        Answer::WrongCode,
        Answer::TryLater,
        Answer::TooMany,
    ];
    for (insured, data_date) in [
        (true, None),
        (true, Some(day(11))),
        (false, Some(day(11))),
        (false, None),
    ] {
        answers.push(Answer::Unbound { insured, data_date });
    }
    answers
}

/// The four answers about a view.
pub(super) fn answers_about(view: &View) -> [Answer; 4] {
    let view = || Box::new(view.clone());
    [
        Answer::Status(view()),
        Answer::Debt(view()),
        Answer::Payments(view()),
        Answer::Clinic(view()),
    ]
}

/// Every page that is not about a view.
pub(super) fn other_pages() -> Vec<Page> {
    let mut pages = vec![
        Page::Languages,
        Page::Main,
        Page::MainAgain,
        Page::TypeIin,
        Page::TypeIinAgain(IinSlip::WrongLength { digits: 11 }),
        Page::TypeIinAgain(IinSlip::WrongCheckDigit),
        Page::TypeIinAgain(IinSlip::LooksLikeBin),
        Page::WhichPerson(people(2)),
        Page::WhichPerson(people(MAX_PEOPLE)),
        Page::Unbound {
            insured: true,
            data_date: Some(day(11)),
        },
        Page::Unbound {
            insured: false,
            data_date: Some(day(11)),
        },
        Page::Neutral,
        Page::NotBound,
        Page::AnswerBySms,
        Page::TryLater,
    ];
    pages.extend(Msisdn::from_number(77_010_000_001).map(Page::SmsSent));
    pages
}

/// The pages about a view.
pub(super) fn pages_about(view: &View) -> [Page; 5] {
    let view = || Box::new(view.clone());
    [
        Page::Status {
            view: view(),
            can_send_sms: true,
        },
        Page::Status {
            view: view(),
            can_send_sms: false,
        },
        Page::Debt(view()),
        Page::Payments(view()),
        Page::Clinic(view()),
    ]
}
