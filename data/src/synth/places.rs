//! Cities with their clinics and employers.

use chrono::NaiveDate;

use super::SynthError;
use super::dice::{Dice, List};
use super::numbers;
use super::tables::{City, Habit, Places, Shares};
use crate::period::Period;
use crate::person::Clinic;

/// Streams of the seed from this one on belong to cities, the ones below to streets.
const CITY_STREAMS: u64 = 1 << 48;

/// A city to live in.
#[derive(Debug)]
pub(super) struct Place {
    /// Thousands of inhabitants.
    pub(super) weight: u32,
    pub(super) clinics: List<Clinic>,
    /// Those of them that are not for children only.
    pub(super) adult_clinics: List<Clinic>,
    pub(super) employers: List<Employer>,
}

/// An organisation that pays for its people.
#[derive(Debug)]
pub(super) struct Employer {
    /// A number of its own among all.
    pub(super) number: u64,
    pub(super) bin: u64,
    pub(super) bank: String,
    /// It pays so many days after the end of the month.
    pub(super) delay_days: i32,
    /// The last month that it paid for.
    pub(super) stopped_after: Option<Period>,
}

/// The cities of the data file.
pub(super) fn build(
    seed: u64,
    places: &Places,
    shares: &Shares,
    until: NaiveDate,
) -> Result<List<Place>, SynthError> {
    let mut number = 0;
    let cities = (CITY_STREAMS..).zip(places.cities.iter()).map(|(stream, city)| {
        let mut dice = Dice::new(seed, stream);
        let clinics: Vec<(Clinic, bool)> = (1..=city.clinics)
            .map(|n| clinic(&mut dice, places, city, n))
            .collect();
        let adult = clinics.iter().filter(|(_, children)| !children);
        let adult_clinics = adult.map(|(clinic, _)| clinic.clone()).collect();
        let clinics = clinics.into_iter().map(|(clinic, _)| clinic).collect();
        let count = city.weight * shares.payments.employers_per_thousand_inhabitants;
        let employers = (0..count)
            .filter_map(|n| {
                number += 1;
                // The larger employers, which stand first, pay as they should.
                let habit = if n < count / 5 {
                    Habit::Punctual
                } else {
                    shares.habits.employee.habit(dice.hundredth())
                };
                employer(&mut dice, shares, number, habit, until)
            })
            .collect();
        Some(Place {
            weight: city.weight,
            clinics: List::new(clinics)?,
            adult_clinics: List::new(adult_clinics)?,
            employers: List::new(employers)?,
        })
    });
    let cities: Option<Vec<Place>> = cities.collect();
    cities.and_then(List::new).ok_or_else(|| SynthError::Table {
        file: "places.toml",
        reason: "every city needs clinics and inhabitants".into(),
    })
}

/// Of ten clinics seven are for all, one or two for children only (told with the clinic), the rest private.
fn clinic(dice: &mut Dice, places: &Places, city: &City, n: u32) -> (Clinic, bool) {
    let (all, children) = (city.clinics * 7 / 10, city.clinics * 85 / 100);
    let for_children = n > all.max(1) && n <= children;
    let (name_kk, name_ru) = if n <= all.max(1) {
        (
            format!("№ {n} қалалық емхана"),
            format!("Городская поликлиника № {n}"),
        )
    } else if n <= children {
        let n = n - all;
        (
            format!("№ {n} қалалық балалар емханасы"),
            format!("Городская детская поликлиника № {n}"),
        )
    } else {
        let name = dice.pick(&places.private_names);
        (
            format!("«{name}» медициналық орталығы"),
            format!("Медицинский центр «{name}»"),
        )
    };
    let [street_kk, street_ru] = dice.pick(&places.streets);
    let house = dice.between(1, 180);
    let clinic = Clinic {
        code: format!("{}-{n:03}", city.prefix),
        name_kk,
        name_ru,
        address_kk: format!("{} қ., {street_kk}, {house}", city.name_kk),
        address_ru: format!("г. {}, {street_ru}, {house}", city.name_ru),
    };
    (clinic, for_children)
}

fn employer(
    dice: &mut Dice,
    shares: &Shares,
    number: u64,
    habit: Habit,
    until: NaiveDate,
) -> Option<Employer> {
    let (year, month) = (dice.between(1994, 2023), dice.below(12) + 1);
    Some(Employer {
        number,
        // A number that is never issued gives way to that of the year before.
        bin: numbers::bin(number, year, month).or_else(|| numbers::bin(number, year - 1, month))?,
        bank: dice.pick(&shares.payments.banks).clone(),
        delay_days: if habit == Habit::Late {
            25 + dice.within(shares.payments.late_days)
        } else {
            dice.between(4, 24)
        },
        stopped_after: (habit == Habit::Stopped).then(|| Period::of(until).plus(-dice.between(2, 14))),
    })
}

impl Place {
    /// One of the employers, a large one more often.
    pub(super) fn employer(&self, dice: &mut Dice) -> Option<&Employer> {
        let count = self.employers.iter().count() as u64;
        let among = dice.below(count) + 1;
        self.employers
            .iter()
            .nth(usize::try_from(dice.below(among)).ok()?)
    }
}
