//! Invented payment histories around a day, made so that every rule and the edges of its dates come up often.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use saqta_data::category::{Category, CategorySpan, TemporaryStatus};
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::iin::Iin;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::{Identity, Person, Sex};

use super::golden::sort;

/// A day between the autumn of 2025 and the summer of 2027, often one on which something ends.
pub(crate) fn day() -> impl Strategy<Value = NaiveDate> {
    let any = (0..600_u64).prop_map(|days| NaiveDate::from_ymd_opt(2025, 10, 1).unwrap() + Days::new(days));
    let edge = (
        24_309..24_330_u16,
        prop::sample::select(vec![1_u32, 24, 25, 26, 27, 28]),
    )
        .prop_map(|(month, day)| {
            let month = Period::from_number(month).unwrap();
            NaiveDate::from_ymd_opt(month.year(), month.month(), day).unwrap()
        });
    prop_oneof![any, edge]
}

/// A payment as far as it is drawn; `after` are days from the end of the month before its own.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    month: i32,
    payer: Payer,
    knp: Knp,
    amount: Tiyn,
    after: i64,
    returned_after: Option<u64>,
}

impl Drawn {
    /// The row of a person asked about on `day`, known by `line`.
    pub(crate) fn row(&self, day: NaiveDate, line: u32) -> Contribution {
        let period = Period::of(day).plus(self.month);
        let paid_on = period.first_day() + chrono::TimeDelta::days(self.after);
        Contribution {
            period,
            reference: format!("R{}", line % 3),
            line,
            knp: self.knp,
            payer: self.payer,
            payer_id: None,
            amount: self.amount,
            paid_on,
            returned_on: self.returned_after.map(|days| paid_on + Days::new(days)),
        }
    }
}

fn payer() -> impl Strategy<Value = Payer> {
    prop_oneof![
        5 => Just(Payer::Independent),
        1 => Just(Payer::State),
        3 => prop::sample::select(vec![Payer::Employer, Payer::Employee, Payer::Contract, Payer::Entrepreneur]),
    ]
}

/// The rates of several years and what is just short of them, so that rises of the rate matter.
fn amount() -> impl Strategy<Value = Tiyn> {
    prop::sample::select(vec![
        425_000, 425_000, 425_000, 424_999, 350_000, 212_500, 212_499, 1, 0,
    ])
    .prop_map(Tiyn)
}

/// One payment that covers, anywhere near, not returned.
pub(crate) fn payment() -> impl Strategy<Value = Drawn> {
    let knp = prop::sample::select(vec![
        Knp::Contribution,
        Knp::Contribution,
        Knp::Deduction,
        Knp::Aggregate,
    ]);
    (-70..16_i32, payer(), knp, amount(), -400..120_i64).prop_map(|(month, payer, knp, amount, after)| {
        Drawn {
            month,
            payer,
            knp,
            amount,
            after,
            returned_after: None,
        }
    })
}

/// A penalty, or a payment that was returned.
fn useless() -> impl Strategy<Value = Drawn> {
    (
        payment(),
        prop::sample::select(Knp::ALL.to_vec()),
        prop::option::of(0..60_u64),
    )
        .prop_map(|(drawn, knp, returned_after)| Drawn {
            knp,
            returned_after,
            ..drawn
        })
}

/// Months on end, each paid in time: what grace is made of.
fn run() -> impl Strategy<Value = Vec<Drawn>> {
    let length = prop_oneof![Just(11_i32), Just(12), Just(13), Just(60), Just(61), 1..70_i32];
    (payer(), length, -9..3_i32, 0..60_i64, amount()).prop_map(|(payer, length, last, after, amount)| {
        let one = |month| Drawn {
            month,
            payer,
            knp: Knp::Contribution,
            amount,
            after,
            returned_after: None,
        };
        (last + 1 - length..=last).map(one).collect()
    })
}

/// Months on end paid by an independent payer on one day near the beginning of the first.
fn ahead() -> impl Strategy<Value = Vec<Drawn>> {
    (-14..2_i32, 10..15_i32, -5..34_i64).prop_map(|(first, length, after)| {
        let one = |ahead: i32| Drawn {
            month: first + ahead,
            payer: Payer::Independent,
            knp: Knp::Contribution,
            amount: Tiyn(425_000),
            // About the same day for all, counted from the first day of each month.
            after: after - i64::from(ahead) * 30,
            returned_after: None,
        };
        (0..length).map(one).collect()
    })
}

/// Days in a category or a temporary status, from and to around `day`; `None`: open.
type Stretch = (i64, Option<i64>);

fn at(day: NaiveDate, offset: i64) -> NaiveDate {
    day + chrono::TimeDelta::days(offset)
}

/// A stretch of days in a category.
pub(crate) fn stretch() -> impl Strategy<Value = Stretch> {
    let length = prop_oneof![3 => (0..90_i64).prop_map(Some), 1 => (0..900_i64).prop_map(Some), 1 => Just(None),
        // Ended before it began: no registry takes it, and it holds on no day.
        1 => Just(Some(-9))];
    (-700..200_i64, length).prop_map(|(from, length)| (from, length.map(|length| from + length)))
}

/// The category span of a stretch.
pub(crate) fn category(day: NaiveDate, stretch: Stretch) -> CategorySpan {
    let (from, to) = stretch;
    CategorySpan {
        category: Category::Student,
        from: at(day, from),
        to: to.map(|to| at(day, to)),
    }
}

/// The temporary status that begins `from` days from `day` and lasts a month.
pub(crate) fn temporary(day: NaiveDate, from: i64) -> TemporaryStatus {
    TemporaryStatus {
        from: at(day, from),
        to: at(day, from + 30),
    }
}

/// A person and the day to ask about.
pub(crate) fn life() -> impl Strategy<Value = (Person, NaiveDate)> {
    let blocks = prop::collection::vec(prop_oneof![2 => run(), 1 => ahead()], 0..4);
    let singles = prop::collection::vec(prop_oneof![payment(), useless()], 0..10);
    let stretches = prop::collection::vec(stretch(), 0..2);
    let temporaries = prop::collection::vec(-60..60_i64, 0..2);
    let kind = prop::sample::select(PayerKind::ALL.to_vec());
    (day(), blocks, singles, stretches, temporaries, kind).prop_map(
        |(day, blocks, singles, stretches, temporaries, kind)| {
            let mut person = of_kind(kind);
            let drawn = blocks.into_iter().flatten().chain(singles);
            person.contributions = (0..)
                .zip(drawn)
                .map(|(line, drawn)| drawn.row(day, line))
                .collect();
            person.categories = stretches
                .into_iter()
                .map(|stretch| category(day, stretch))
                .collect();
            person.temporary = temporaries.into_iter().map(|from| temporary(day, from)).collect();
            sort(&mut person);
            (person, day)
        },
    )
}

/// A person of whom only how they take part is known.
pub(crate) fn of_kind(kind: PayerKind) -> Person {
    let mut person = Person::new(Iin::parse("900101300007").unwrap());
    person.identity = Some(identity(kind));
    person
}

fn identity(payer_kind: PayerKind) -> Identity {
    Identity {
        surname: "Сейтқали".into(),
        given_name: "Айгүл".into(),
        patronymic: String::new(),
        birth_date: NaiveDate::from_ymd_opt(1990, 1, 1).unwrap(),
        sex: Sex::Female,
        payer_kind,
    }
}
