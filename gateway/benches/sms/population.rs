//! Ten thousand people with a year of payments and a phone each.

use std::sync::LazyLock;

use chrono::NaiveDate;
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::iin::Iin;
use saqta_data::money::Tiyn;
use saqta_data::office::{Phone, person_key, phone_key};
use saqta_data::period::Period;
use saqta_data::person::{Identity, Person, Sex};
use saqta_data::phone::{Binding, Msisdn, Role};
use saqta_data::store::unit::Record;
use saqta_data::store::{Batch, Store};

/// How many people there are.
const PEOPLE: usize = 10_000;
/// People to a batch.
const BATCH: usize = 500;
/// The lowest phone number.
const FIRST_PHONE: u64 = 77_010_000_000;

static IINS: LazyLock<Vec<Iin>> = LazyLock::new(|| {
    let serials = 90_010_130_000..;
    serials.filter_map(Iin::with_check_digit).take(PEOPLE).collect()
});

/// The day of the measurement.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// The body of the `number`-th message: a bound phone asks in Kazakh about its owner. Neighbouring messages are from
/// people far apart in the store.
pub(crate) fn message(number: u64) -> String {
    let at = number.wrapping_mul(7_919) % PEOPLE as u64;
    let iin = IINS.get(usize::try_from(at).unwrap()).unwrap().reveal();
    let phone = FIRST_PHONE + at;
    format!(r#"{{"id":"m{number}","from":"+{phone}","to":"1414","text":"МӘРТЕБЕ {iin}"}}"#)
}

/// Puts the people into `store`.
pub(crate) async fn settle(store: &dyn Store) {
    let people: Vec<(u64, Iin)> = (FIRST_PHONE..).zip(IINS.iter().copied()).collect();
    for some in people.chunks(BATCH) {
        let mut batch = Batch::default();
        for (phone, iin) in some {
            let phone = Msisdn::from_number(*phone).unwrap();
            let person = person(*iin, phone);
            let key = person_key(*iin).to_vec();
            batch.change.push((Person::TREE, key, Some(person.encode())));
            let key = phone_key(phone).to_vec();
            batch.change.push((Phone::TREE, key, Some(owner(*iin).encode())));
        }
        store.commit(batch).await.unwrap();
    }
}

fn owner(iin: Iin) -> Phone {
    let binding = Binding {
        iin,
        role: Role::Own,
        bound_on: NaiveDate::from_ymd_opt(2024, 1, 1).unwrap(),
        unbound_on: None,
    };
    Phone {
        bindings: vec![binding],
        ..Phone::default()
    }
}

fn person(iin: Iin, phone: Msisdn) -> Person {
    let identity = Identity {
        surname: "Сейітов".into(),
        given_name: "Арман".into(),
        patronymic: "Маратұлы".into(),
        birth_date: NaiveDate::from_ymd_opt(1990, 1, 1).unwrap(),
        sex: Sex::Male,
        payer_kind: PayerKind::Employee,
    };
    Person {
        identity: Some(identity),
        contributions: (-12..0).map(payment).collect(),
        phones: vec![phone],
        ..Person::new(iin)
    }
}

/// The employer's payment for a month before this one, on time.
fn payment(months: i32) -> Contribution {
    let period = Period::of(today()).plus(months);
    Contribution {
        period,
        reference: format!("R{}", period.number()),
        line: 1,
        knp: Knp::Deduction,
        payer: Payer::Employer,
        payer_id: None,
        amount: Tiyn::from_tenge(4_250),
        paid_on: period.plus(1).first_day(),
        returned_on: None,
    }
}
