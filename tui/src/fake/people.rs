//! The invented people and their cards.

use saqta_data::category::{Category, CategorySpan};
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::coverage::MonthState::{Paid, Partial, Pending, Returned, StatePaid, Unpaid};
use saqta_data::coverage::{Basis, Coverage, Debt, Month, MonthState, Status};
use saqta_data::desk::{BoundPhone, Card, Hit};
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::{Attachment, Clinic, Identity, Person, Sex};
use saqta_data::phone::{Binding, Msisdn, Role};

use super::{GRACE, INSURED, LOCKED, NOT_INSURED, STATE, day, iin, journal, today};

/// The people of these numbers as a search finds them.
pub(super) fn hits(iins: &[Iin]) -> Vec<Hit> {
    let people = iins.iter().filter_map(|iin| card(&iin.reveal()));
    people
        .map(|card| Hit {
            iin: card.person.iin,
            name: card.person.identity.as_ref().unwrap().full_name(),
            birth_date: card.person.identity.map(|identity| identity.birth_date),
            clinic: card.clinic,
        })
        .collect()
}

/// The card of one of the invented people.
pub(crate) fn card(number: &str) -> Option<Card> {
    let mut card = match number {
        INSURED => insured(),
        NOT_INSURED => not_insured(),
        GRACE => grace(),
        STATE => student(),
        LOCKED => locked(),
        _ => return None,
    };
    bind(&mut card);
    Some(card)
}

fn insured() -> Card {
    let mut card = person(INSURED, ["Ахметова", "Айгүл", "Сәкенқызы"], PayerKind::Employee);
    pay(&mut card, &[Paid; 12], Payer::Employer, 85_000);
    cover(
        &mut card,
        Status::Insured,
        Some(Basis::Contributions),
        "2026-12-31",
    );
    card
}

fn not_insured() -> Card {
    let mut card = person(
        NOT_INSURED,
        ["Ким", "Виктор", "Олегович"],
        PayerKind::Entrepreneur,
    );
    let states = [
        Paid, Paid, Paid, Paid, Paid, Paid, Unpaid, Unpaid, Paid, Returned, Unpaid, Unpaid,
    ];
    pay(&mut card, &states, Payer::Entrepreneur, 5_950);
    cover(&mut card, Status::NotInsured, None, "");
    card
}

fn grace() -> Card {
    let mut card = person(
        GRACE,
        ["Ахметжанов", "Нұрсұлтан", "Қуанышұлы"],
        PayerKind::Independent,
    );
    let states = [
        Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Paid, Partial,
    ];
    pay(&mut card, &states, Payer::Independent, 4_250);
    cover(
        &mut card,
        Status::ConditionallyInsured,
        Some(Basis::Grace),
        "2026-09-30",
    );
    card
}

fn student() -> Card {
    let mut card = person(STATE, ["Сейтқали", "Әсел", "Маратқызы"], PayerKind::None);
    let states = [
        Unpaid, Paid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid, StatePaid,
        StatePaid, Pending,
    ];
    pay(&mut card, &states, Payer::Employee, 1_700);
    card.person.categories.push(CategorySpan {
        category: Category::Student,
        from: day("2025-09-01"),
        to: Some(day("2027-06-30")),
    });
    cover(
        &mut card,
        Status::Insured,
        Some(Basis::StateCategory),
        "2027-06-30",
    );
    card
}

fn locked() -> Card {
    let mut card = person(LOCKED, ["Ахметова", "Ольга", ""], PayerKind::Employee);
    pay(&mut card, &[Paid; 12], Payer::Employer, 128_400);
    cover(
        &mut card,
        Status::Insured,
        Some(Basis::Contributions),
        "2026-12-31",
    );
    card.person.locked = true;
    card
}

/// Somebody attached to a clinic, of whom no payment is known.
fn person(number: &str, [surname, given_name, patronymic]: [&str; 3], kind: PayerKind) -> Card {
    let mut person = Person::new(iin(number));
    person.identity = Some(Identity {
        surname: surname.to_owned(),
        given_name: given_name.to_owned(),
        patronymic: patronymic.to_owned(),
        birth_date: day("1990-01-01"),
        sex: Sex::Female,
        payer_kind: kind,
    });
    person.attachments.push(Attachment {
        attached_on: day("2024-01-15"),
        clinic_code: "P017".to_owned(),
    });
    Card {
        person,
        coverage: Coverage {
            day: today(),
            status: Status::NotInsured,
            basis: None,
            insured_until: None,
            months: Vec::new(),
            unpaid: Vec::new(),
            debt: Debt {
                months: 0,
                per_month: Tiyn(0),
                amount: Tiyn(0),
            },
        },
        clinic: Some(Clinic {
            code: "P017".to_owned(),
            name_kk: "№ 17 қалалық емхана".to_owned(),
            name_ru: "Городская поликлиника № 17".to_owned(),
            address_kk: "Алматы қ., Жандосов көшесі, 6".to_owned(),
            address_ru: "г. Алматы, ул. Жандосова, 6".to_owned(),
        }),
        phones: Vec::new(),
        asked: journal().into_iter().rev().take(3).collect(),
        notes: Vec::new(),
        data_date: Some(day("2026-08-24")),
    }
}

/// Gives the twelve months before this one their states and payments.
fn pay(card: &mut Card, states: &[MonthState; 12], payer: Payer, tenge: i64) {
    let first = Period::of(today()).plus(-12);
    for (at, state) in (0..).zip(states) {
        let period = first.plus(at);
        let paid = match state {
            MonthState::Paid | MonthState::Returned => tenge,
            MonthState::Partial => tenge / 2,
            _ => 0,
        };
        if paid > 0 {
            let paid_on = period.plus(1).first_day() + chrono::Days::new(11);
            card.person.contributions.push(Contribution {
                period,
                reference: format!("R{}", period.number()),
                line: 1,
                knp: if payer == Payer::Employer {
                    Knp::Deduction
                } else {
                    Knp::Contribution
                },
                payer,
                payer_id: Some(160_440_007_161),
                amount: Tiyn::from_tenge(paid),
                paid_on,
                returned_on: (*state == MonthState::Returned).then(|| paid_on + chrono::Days::new(9)),
            });
        }
        let kept = if *state == MonthState::Returned { 0 } else { paid };
        card.coverage.months.push(Month {
            period,
            state: *state,
            amount: Tiyn::from_tenge(kept),
        });
        if !state.is_covered() && *state != MonthState::Pending {
            card.coverage.unpaid.push(period);
        }
    }
}

fn cover(card: &mut Card, status: Status, basis: Option<Basis>, until: &str) {
    let entrepreneur = card.person.payer_kind() == PayerKind::Entrepreneur;
    let per_month = Tiyn::from_tenge(if entrepreneur { 5_950 } else { 4_250 });
    let coverage = &mut card.coverage;
    coverage.status = status;
    coverage.basis = basis;
    coverage.insured_until = until.parse().ok();
    let months = u32::try_from(coverage.unpaid.len()).unwrap();
    coverage.debt = Debt {
        months,
        per_month,
        amount: per_month.times(months.into()),
    };
}

fn bind(card: &mut Card) {
    let number = 77_010_000_001 + card.person.iin.number() % 1000;
    for (offset, unbound_on) in [(0, None), (5, Some(day("2025-03-01")))] {
        card.phones.push(BoundPhone {
            msisdn: Msisdn::from_number(number + offset).unwrap(),
            binding: Binding {
                iin: card.person.iin,
                role: Role::Own,
                bound_on: day("2023-05-12"),
                unbound_on,
            },
            language: unbound_on.is_none().then_some(Language::Russian),
        });
    }
}
