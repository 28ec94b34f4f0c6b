//! People with a year of payments and a phone each.

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

/// People to a batch.
const BATCH: usize = 500;
/// The lowest phone number.
const FIRST_PHONE: u64 = 77_010_000_000;

/// The IIN of the first person without its check digit.
const FIRST_IIN: u64 = 10_010_130_000;

/// The day of the measurement.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// Everybody, in the order of their numbers.
#[derive(Debug)]
pub(crate) struct Population(Vec<Iin>);

impl Population {
    /// So many people.
    pub(crate) fn of(count: usize) -> Self {
        let serials = FIRST_IIN..;
        Self(serials.filter_map(Iin::with_check_digit).take(count).collect())
    }

    /// The body of the `number`-th message: a bound phone asks in Kazakh about its owner. Neighbouring messages are from
    /// people far apart in the store.
    pub(crate) fn message(&self, number: u64) -> String {
        // A prime beyond the number of people.
        let at = number.wrapping_mul(2_147_483_647) % self.0.len() as u64;
        let iin = self.0.get(usize::try_from(at).unwrap()).unwrap().reveal();
        let phone = FIRST_PHONE + at;
        format!(r#"{{"id":"m{number}","from":"+{phone}","to":"1414","text":"МӘРТЕБЕ {iin}"}}"#)
    }

    /// Puts the people into `store`.
    pub(crate) async fn settle(&self, store: &dyn Store) {
        let people: Vec<(u64, Iin)> = (FIRST_PHONE..).zip(self.0.iter().copied()).collect();
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
