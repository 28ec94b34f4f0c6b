use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use super::*;
use crate::category::Category;
use crate::clock::Clock;
use crate::contribution::{Knp, PayerKind};
use crate::coverage::{Basis, Coverage, MonthState, Status, evaluate};
use crate::iin::Iin;
use crate::office::Office;
use crate::person::Sex;
use crate::phone::Role;
use crate::registry::{MAX_CHUNK_BYTES, csv};
use crate::store::memory::MemoryStore;

use super::numbers::{Numbers, Oddity};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn plan(citizens: u64) -> Plan {
    Plan {
        seed: 7,
        citizens,
        until: day("2026-11-22"),
    }
}

/// The share of the citizens of whom `what` holds, in percent of `of`.
fn percent<'a>(citizens: impl Iterator<Item = &'a Citizen>, what: impl Fn(&Citizen) -> bool) -> usize {
    let (mut all, mut some) = (0, 0);
    for citizen in citizens {
        all += 1;
        some += usize::from(what(citizen));
    }
    some * 100 / all
}

fn age(citizen: &Citizen) -> u32 {
    let born = citizen.person.identity.as_ref().unwrap().birth_date;
    day("2026-11-22").years_since(born).unwrap()
}

fn in_category(citizen: &Citizen, category: Category) -> bool {
    let spans = &citizen.person.categories;
    spans
        .iter()
        .any(|span| span.category == category && span.holds_on(day("2026-11-22")))
}

#[test]
fn the_same_seed_gives_the_same_citizens() {
    let world = plan(200).world().unwrap();
    let citizens: Vec<_> = world.citizens().collect();
    assert_eq!(citizens.len(), 200);
    let again = plan(200).world().unwrap();
    for index in [0, 63, 64, 150, 199] {
        assert_eq!(
            again.citizen(index).as_ref(),
            citizens.get(usize::try_from(index).unwrap())
        );
    }
    assert_eq!(world.citizen(200), None);
    let other = Plan { seed: 8, ..plan(200) }.world().unwrap();
    assert_ne!(other.citizen(0), world.citizen(0));
}

#[test]
fn no_two_numbers_are_the_same() {
    let citizens = 60_000;
    let numbers = Numbers::new(7, citizens);
    let tables = Tables::load().unwrap();
    let prefixes = &tables.shares.numbers.mobile_prefixes;
    let (mut iins, mut phones) = (BTreeSet::new(), BTreeSet::new());
    // All born on the same day, which is the hardest.
    let wanted = day("2000-03-01");
    for index in 0..citizens {
        let oddity = if index % 500 == 0 {
            Oddity::ImpossibleDate
        } else {
            Oddity::None
        };
        let (iin, born) = numbers.iin(index, wanted, Sex::Male, oddity).unwrap();
        assert!((0..=60).contains(&(wanted - born).num_days()), "{born}");
        assert_eq!(iin.warning().is_some(), oddity != Oddity::None);
        assert!(Iin::parse(&iin.reveal()).is_ok() && !iin.looks_like_bin());
        assert!(iins.insert(iin) && phones.insert(numbers.phone(index, prefixes)));
        assert!(phones.insert(numbers.phone(index + MAX_CITIZENS, prefixes)));
    }
}

#[test]
fn the_digits_tell_birth_and_sex_apart_from_the_odd_ones() {
    let numbers = Numbers::new(7, 1);
    let starts = |born, sex, oddity| {
        let (iin, _) = numbers.iin(0, day(born), sex, oddity).unwrap();
        iin.reveal().chars().take(7).collect::<String>()
    };
    assert_eq!(starts("1987-05-31", Sex::Male, Oddity::None), "8705313");
    assert_eq!(starts("1987-05-31", Sex::Female, Oddity::None), "8705314");
    assert_eq!(starts("2004-12-01", Sex::Male, Oddity::None), "0412015");
    assert_eq!(starts("2004-12-01", Sex::Female, Oddity::None), "0412016");
    assert_eq!(starts("1987-05-31", Sex::Male, Oddity::ImpossibleDate), "8717313");
    assert_eq!(starts("1987-05-31", Sex::Male, Oddity::UnknownCentury), "8705310");
}

#[test]
fn employers_have_bins_of_their_own() {
    let world = plan(1).world().unwrap();
    let employers: Vec<_> = world
        .places
        .iter()
        .flat_map(|place| place.employers.iter())
        .collect();
    let bins: BTreeSet<_> = employers.iter().map(|employer| employer.bin).collect();
    assert_eq!(bins.len(), employers.len());
    assert!(bins.len() > 10_000);
    assert!(
        bins.into_iter()
            .all(|bin| Iin::from_number(bin).is_some_and(Iin::looks_like_bin))
    );
}

#[test]
fn they_are_spread_like_people() {
    let citizens: Vec<_> = plan(4_000).world().unwrap().citizens().collect();
    let adults = || citizens.iter().filter(|citizen| age(citizen) >= 18);
    let within = |what: &str, share: usize, low: usize, high: usize| {
        assert!(
            (low..=high).contains(&share),
            "{what}: {share} %, not {low}-{high}"
        );
    };
    within("children", percent(citizens.iter(), |c| age(c) < 18), 27, 37);
    within(
        "women",
        percent(citizens.iter(), |c| {
            c.person.identity.as_ref().unwrap().sex == Sex::Female
        }),
        48,
        56,
    );
    within(
        "pensioners",
        percent(citizens.iter(), |c| in_category(c, Category::Pensioner)),
        8,
        15,
    );
    let of_kind = |kind| percent(adults(), |c| c.person.payer_kind() == kind);
    within("employees", of_kind(PayerKind::Employee), 36, 50);
    within("entrepreneurs", of_kind(PayerKind::Entrepreneur), 5, 12);
    within("independent", of_kind(PayerKind::Independent), 4, 11);
    within("contract", of_kind(PayerKind::Contract), 1, 6);
    within(
        "bound adults",
        percent(adults(), |c| !c.bindings.is_empty()),
        85,
        95,
    );
    let law = Law::builtin().unwrap();
    let uninsured = percent(citizens.iter(), |c| {
        evaluate(&c.person, &law, day("2026-11-22")).status == Status::NotInsured
    });
    within("not insured", uninsured, 12, 25);
    let kazakh_letters = |c: &Citizen| {
        let name = c.person.identity.as_ref().unwrap().full_name();
        name.chars().any(|letter| "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains(letter))
    };
    within(
        "names with Kazakh letters",
        percent(citizens.iter(), kazakh_letters),
        55,
        80,
    );
    // A few birth dates are not those that the categories go by.
    let children = |c: &Citizen| in_category(c, Category::Children);
    assert!(citizens.iter().all(|c| children(c) || age(c) > 16));
    assert!(citizens.iter().all(|c| !children(c) || age(c) < 20));
}

/// What a street of lives shows: which statuses, months and rows there are.
fn seen(coverages: &[Coverage]) -> (BTreeSet<Status>, BTreeSet<String>) {
    let months = coverages.iter().flat_map(|coverage| &coverage.months);
    let states = months.map(|month| format!("{:?}", month.state)).collect();
    (coverages.iter().map(|coverage| coverage.status).collect(), states)
}

#[test]
fn every_way_of_life_occurs() {
    let law = Law::builtin().unwrap();
    let citizens: Vec<_> = plan(4_000).world().unwrap().citizens().collect();
    let coverages: Vec<_> = citizens
        .iter()
        .map(|citizen| evaluate(&citizen.person, &law, day("2026-11-22")))
        .collect();
    let (statuses, states) = seen(&coverages);
    assert_eq!(statuses.len(), 4);
    assert_eq!(states, MonthState::ALL.map(|state| format!("{state:?}")).into());
    assert!(
        coverages
            .iter()
            .any(|coverage| coverage.basis == Some(Basis::Prepaid))
    );
    let rows = || citizens.iter().flat_map(|citizen| &citizen.person.contributions);
    for knp in [
        Knp::Deduction,
        Knp::Contribution,
        Knp::DeductionPenalty,
        Knp::ContributionPenalty,
    ] {
        assert!(rows().any(|row| row.knp == knp), "{knp:?}");
    }
    for category in Category::ALL {
        let of_it = |c: &Citizen| c.person.categories.iter().any(|span| span.category == category);
        // Detention is as rare among the invented as among the living.
        assert!(
            citizens.iter().any(of_it) || category == Category::Detained,
            "{category:?}"
        );
    }
    assert!(
        citizens
            .iter()
            .any(|citizen| citizen.person.attachments.len() > 1)
    );
    assert!(
        citizens
            .iter()
            .any(|citizen| citizen.person.iin.warning().is_some())
    );
}

#[test]
fn nothing_is_newer_than_the_data_date() {
    let until = day("2026-11-22");
    for citizen in plan(640).world().unwrap().citizens() {
        let person = citizen.person;
        assert!(person.identity.unwrap().birth_date <= until);
        assert!(
            person
                .contributions
                .iter()
                .all(|row| row.paid_on <= until && row.returned_on <= Some(until))
        );
        assert!(
            person
                .attachments
                .iter()
                .all(|attachment| attachment.attached_on <= until)
        );
        assert!(
            citizen
                .bindings
                .iter()
                .all(|(_, binding)| binding.bound_on <= until)
        );
    }
}

#[test]
fn families_share_names_and_phones() {
    let citizens: Vec<_> = plan(1_280).world().unwrap().citizens().collect();
    let owners: BTreeMap<Msisdn, &Citizen> = citizens
        .iter()
        .flat_map(|citizen| {
            citizen
                .bindings
                .iter()
                .map(move |(msisdn, binding)| (msisdn, binding, citizen))
        })
        .filter(|(_, binding, _)| binding.role == Role::Own)
        .map(|(msisdn, _, citizen)| (*msisdn, citizen))
        .collect();
    let mut children = 0;
    let mut named_alike = 0;
    for child in &citizens {
        let Some((msisdn, _)) = child
            .bindings
            .iter()
            .find(|(_, binding)| binding.role == Role::Child)
        else {
            continue;
        };
        let parent = owners[msisdn];
        assert!(age(parent) >= age(child) + 16 && age(child) < 18);
        let root = |c: &Citizen| {
            c.person
                .identity
                .as_ref()
                .unwrap()
                .surname
                .chars()
                .take(3)
                .collect::<String>()
        };
        children += 1;
        named_alike += usize::from(root(parent) == root(child));
    }
    assert!(children > 150, "{children}");
    assert!(
        (75..100).contains(&(named_alike * 100 / children)),
        "mothers may keep their surname"
    );
}

#[test]
fn the_clinics_look_real_and_serve_every_city() {
    let world = plan(1).world().unwrap();
    let codes: BTreeSet<_> = world.clinics().map(|clinic| &clinic.code).collect();
    assert_eq!(codes.len(), world.clinics().count());
    assert!((200..500).contains(&codes.len()));
    let first = world.clinics().next().unwrap();
    assert_eq!(
        (first.name_kk.as_str(), first.name_ru.as_str()),
        ("№ 1 қалалық емхана", "Городская поликлиника № 1")
    );
    assert!(first.address_kk.starts_with("Алматы қ., ") && first.address_ru.starts_with("г. Алматы, "));
}

#[test]
fn only_children_go_to_a_clinic_for_children() {
    let world = plan(2_000).world().unwrap();
    let for_children: BTreeSet<_> = world
        .clinics()
        .filter(|clinic| clinic.name_ru.contains("детская"))
        .map(|clinic| clinic.code.clone())
        .collect();
    let citizens: Vec<_> = world.citizens().collect();
    let (grown_up, children): (Vec<_>, Vec<_>) = citizens.iter().partition(|citizen| age(citizen) >= 18);
    let goes = |citizen: &&Citizen| {
        let attachments = &citizen.person.attachments;
        attachments
            .iter()
            .any(|attachment| for_children.contains(&attachment.clinic_code))
    };
    assert!(children.iter().copied().any(|citizen| goes(&citizen)));
    assert!(!grown_up.iter().copied().any(|citizen| goes(&citizen)));
}

#[tokio::test]
async fn every_row_is_taken_and_gives_the_citizen_back() {
    let world = plan(320).world().unwrap();
    let law = Arc::new(Law::builtin().unwrap());
    let office = Office::new(Arc::new(MemoryStore::new()), law, Clock::noon(day("2026-11-22")));
    for chunk in world.chunks() {
        assert!(chunk.rows.len() <= MAX_CHUNK_BYTES);
        let rows = csv::rows(&chunk).len() as u64;
        let ingested = office.ingest(&chunk).await.unwrap();
        assert_eq!((ingested.accepted, ingested.refused), (rows, Vec::new()));
    }
    for citizen in world.citizens() {
        assert_eq!(
            office.person(citizen.person.iin).await.unwrap(),
            Some(citizen.person)
        );
    }
    assert_eq!(office.data_date().await.unwrap(), Some(day("2026-11-22")));
}

#[test]
fn chunks_are_cut_below_their_limit_and_count_their_lines() {
    let world = plan(1_000).world().unwrap();
    let mut next_line = BTreeMap::new();
    let mut chunks = world.chunks();
    let mut contributions = 0;
    for chunk in chunks.by_ref() {
        assert!(chunk.rows.len() <= MAX_CHUNK_BYTES && !chunk.rows.is_empty());
        let line = next_line.entry(chunk.registry).or_insert(2);
        assert_eq!(chunk.first_line, *line);
        *line += csv::rows(&chunk).len() as u64;
        contributions += u64::from(chunk.registry == Registry::Contributions);
    }
    assert!(contributions > 1);
    assert_eq!(chunks.citizens(), 1_000);
}

#[test]
fn the_files_are_the_same_for_the_same_plan() {
    let write = || {
        let dir = tempfile::tempdir().unwrap();
        let mut told = Vec::new();
        plan(100)
            .write_csv(dir.path(), &mut |citizens| told.push(citizens))
            .unwrap();
        assert_eq!(told.last(), Some(&100));
        Registry::ALL.map(|registry| fs::read_to_string(dir.path().join(registry.file_name())).unwrap())
    };
    let files = write();
    assert_eq!(files, write());
    for (registry, text) in Registry::ALL.into_iter().zip(&files) {
        assert_eq!(text.lines().next(), Some(registry.columns().join(",").as_str()));
    }
    assert_eq!(files.first().unwrap().lines().count(), 101);
}

#[test]
fn citizens_drawn_on_several_cores_are_written_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let plan = plan(SPAN * STREET * 5 / 2);
    plan.write_csv(dir.path(), &mut |_| ()).unwrap();
    let mut files: BTreeMap<Registry, Vec<u8>> = BTreeMap::new();
    for chunk in plan.world().unwrap().chunks() {
        files.entry(chunk.registry).or_default().extend(chunk.rows);
    }
    for (registry, rows) in files {
        let written = fs::read(dir.path().join(registry.file_name())).unwrap();
        let header = registry.columns().join(",").len() + 1;
        assert!(written[header..] == rows, "{registry:?}");
    }
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = plan(10)
        .write_csv(&dir.path().join("missing"), &mut |_| ())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("missing") && error.contains("people.csv"),
        "{error}"
    );
}
