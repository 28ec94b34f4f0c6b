//! The invented people and their cards.

use saqta_data::category::{Category, CategorySpan, TemporaryStatus};
use saqta_data::clock::noon;
use saqta_data::contribution::{Contribution, Knp, Payer, PayerKind};
use saqta_data::coverage::MonthState::{Paid, Partial, Pending, Returned, StatePaid, Unpaid};
use saqta_data::coverage::{self, MonthState};
use saqta_data::desk::{BoundPhone, Card, Hit, Note};
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::person::{Attachment, Clinic, Identity, Person, Sex};
use saqta_data::phone::{Binding, Msisdn, Role};

use super::{GRACE, INSURED, LOCKED, NOT_INSURED, PREPAID, STATE, TEMPORARY, day, iin, journal, today};

/// The people of these numbers as a search finds them.
pub(crate) fn hits(iins: &[Iin]) -> Vec<Hit> {
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
        TEMPORARY => temporary(),
        PREPAID => prepaid(),
        _ => return None,
    };
    cover(&mut card);
    bind(&mut card);
    Some(card)
}

fn insured() -> Card {
    let mut card = person(INSURED, ["Ахметова", "Айгүл", "Сәкенқызы"], PayerKind::Employee);
    pay(&mut card, &[Paid; 12], Payer::Employer, 85_000);
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
    before(&mut card, 41, Payer::Entrepreneur, 5_950);
    pay(&mut card, &states, Payer::Entrepreneur, 5_950);
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
    before(&mut card, 30, Payer::Independent, 4_250);
    pay(&mut card, &states, Payer::Independent, 4_250);
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
    card
}

fn locked() -> Card {
    let mut card = person(LOCKED, ["Ахметова", "Ольга", ""], PayerKind::Employee);
    pay(&mut card, &[Paid; 12], Payer::Employer, 128_400);
    card.person.locked = true;
    card
}

fn temporary() -> Card {
    let mut card = person(TEMPORARY, ["Ли", "Светлана", "Петровна"], PayerKind::None);
    before(&mut card, 20, Payer::Employer, 3_400);
    card.person.temporary.push(TemporaryStatus {
        from: day("2026-08-01"),
        to: day("2026-08-31"),
    });
    let note = |at: &str, operator: &str, text: &str| Note {
        at: noon(day(at)),
        operator: operator.to_owned(),
        text: text.to_owned(),
    };
    card.notes = vec![
        note(
            "2026-08-20",
            "dana",
            "Временный статус до конца августа: справка из больницы от 19.08.",
        ),
        note("2026-08-03", "aigul", "Просила перезвонить вечером."),
    ];
    card
}

fn prepaid() -> Card {
    let mut card = person(PREPAID, ["Омаров", "Дәурен", ""], PayerKind::Independent);
    let first = Period::of(today());
    for after in 0..12 {
        add(&mut card, first.plus(after), Payer::Independent, 4_250);
    }
    for row in &mut card.person.contributions {
        row.paid_on = day("2026-08-10");
    }
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
        coverage: coverage::evaluate(&Person::new(iin(number)), &Law::builtin().unwrap(), today()),
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

/// Pays `count` months before the last twelve, but for each tenth.
fn before(card: &mut Card, count: i32, payer: Payer, tenge: i64) {
    let first = Period::of(today()).plus(-12 - count);
    for at in (0..count).filter(|at| at % 10 != 4) {
        add(card, first.plus(at), payer, tenge);
    }
}

/// A payment made on the twelfth of the next month.
fn add(card: &mut Card, period: Period, payer: Payer, tenge: i64) {
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
        amount: Tiyn::from_tenge(tenge),
        paid_on: period.plus(1).first_day() + chrono::Days::new(11),
        returned_on: None,
    });
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
            add(card, period, payer, paid);
        }
        if *state == MonthState::Returned
            && let Some(row) = card.person.contributions.last_mut()
        {
            row.returned_on = Some(row.paid_on + chrono::Days::new(9));
        }
    }
}

/// The coverage by the rules, as the desk computes it.
fn cover(card: &mut Card) {
    card.coverage = coverage::evaluate(&card.person, &Law::builtin().unwrap(), today());
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
