use chrono::Days;
use proptest::prelude::*;

use super::*;

fn today() -> NaiveDate {
    "2026-08-26".parse().unwrap()
}

fn likely(digits: &str) -> Option<(usize, SlipKind, String)> {
    likely_slip(digits, today()).map(|slip| (slip.at, slip.kind, slip.iin.reveal()))
}

fn slip(at: usize, kind: SlipKind, iin: &str) -> (usize, SlipKind, String) {
    (at, kind, iin.into())
}

#[test]
fn digits_that_changed_places_are_put_back() {
    let expected = |at| Some(slip(at, SlipKind::Swapped, "851231400120"));
    assert_eq!(likely("581231400120"), expected(0));
    assert_eq!(likely("852131400120"), expected(2));
    assert_eq!(likely("851231400210"), expected(9));
    assert_eq!(likely("851213400120"), None, "it may be 851213400102 as well");
}

#[test]
fn a_wrong_digit_of_an_impossible_date_is_mended() {
    let expected = |at| Some(slip(at, SlipKind::Changed, "851231400120"));
    assert_eq!(likely("850231400120"), expected(2));
    assert_eq!(likely("851234400120"), expected(5));
    assert_eq!(likely("851231900120"), expected(6));
    assert_eq!(
        likely("851231200120"),
        expected(6),
        "nobody is alive who was born in 1885"
    );
    assert_eq!(
        likely("201904517063"),
        None,
        "it may be of 2020-09-04 or of 2020-10-04"
    );
    assert_eq!(likely("051021616318"), None, "the date is possible");
}

#[test]
fn changed_places_come_before_a_wrong_digit() {
    let changed = candidates(b"990278300558", SlipKind::Changed, today());
    assert_eq!(changed.len(), 1);
    assert_eq!(
        likely("990278300558"),
        Some(slip(3, SlipKind::Swapped, "990728300558"))
    );
}

#[test]
fn a_digit_typed_once_or_twice_is_mended() {
    assert_eq!(
        likely("90228300558"),
        Some(slip(1, SlipKind::Missing, "990228300558"))
    );
    assert_eq!(likely("99022830055"), None, "the last digit stands alone");
    assert_eq!(
        likely("78061435186"),
        None,
        "it may be 780614351866 or 780614351886"
    );
    assert_eq!(
        likely("8851231400120"),
        Some(slip(1, SlipKind::Doubled, "851231400120"))
    );
    assert_eq!(
        likely("8512314001200"),
        Some(slip(12, SlipKind::Doubled, "851231400120"))
    );
    assert_eq!(
        likely("5302224337433"),
        None,
        "it may be 530224337433 or 530222433743"
    );
}

#[test]
fn nobody_is_born_after_today() {
    let on = |today: &str| likely_slip("262131500014", today.parse().unwrap()).map(|slip| slip.at);
    assert_eq!(on("2026-12-30"), None);
    assert_eq!(on("2026-12-31"), Some(2));
    assert_eq!(likely_slip("581231400120", NaiveDate::MIN), None);
}

#[test]
fn other_texts_have_none() {
    for text in [
        "",
        "851231400120",
        "5812314001",
        "58123140012x",
        "581231400120 ",
        "58123140012é",
        "88512314001200",
    ] {
        assert_eq!(likely(text), None, "{text}");
    }
}

#[test]
fn printing_masks() {
    let printed = format!("{:?}", likely_slip("581231400120", today()).unwrap());
    assert!(
        printed.contains("********0120") && !printed.contains("85123140"),
        "{printed}"
    );
}

/// The IIN of somebody born from 1902 to August 2026.
fn somebody() -> impl Strategy<Value = Iin> {
    let first = NaiveDate::from_ymd_opt(1902, 1, 1).unwrap();
    let born = (0..45_500_u64).prop_map(move |days| first + Days::new(days));
    (born, 0..2_u64, 0..10_000_u64).prop_filter_map("never issued", |(born, sex, serial)| {
        let century = if born < "2000-01-01".parse().unwrap() {
            3
        } else {
            5
        };
        let date: u64 = born.format("%y%m%d").to_string().parse().unwrap();
        Iin::with_check_digit(date * 100_000 + (century + sex) * 10_000 + serial)
    })
}

proptest! {
    #[test]
    fn what_was_meant_is_among_the_candidates(iin in somebody(), at in 0..12_usize, digit in b'0'..=b'9') {
        let meant = iin.reveal().into_bytes();
        let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut typed = meant.clone();
            edit(&mut typed);
            typed
        };
        let digit_at = at % DATE_DIGITS;
        for (kind, typed) in [
            (SlipKind::Swapped, edited(&|typed| typed.swap(at.max(1), at.max(1) - 1))),
            (SlipKind::Changed, edited(&|typed| typed[digit_at] = digit)),
            (SlipKind::Missing, edited(&|typed| drop(typed.drain(at..=at)))),
            (SlipKind::Doubled, edited(&|typed| typed.insert(at, typed[at]))),
        ] {
            let was_double = at > 0 && meant[at - 1] == meant[at] || meant.get(at + 1) == Some(&meant[at]);
            let is_of_kind = kind != SlipKind::Missing || was_double;
            let found = candidates(&typed, kind, today());
            prop_assert_eq!(found.iter().any(|slip| slip.iin == iin), is_of_kind);
            let text = String::from_utf8(typed).unwrap();
            if Iin::parse(&text).is_err() && kind != SlipKind::Changed && found.len() == 1 {
                prop_assert_eq!(likely_slip(&text, today()), found.first().copied());
            }
        }
    }

    #[test]
    fn a_guess_is_plausible_and_differs_where_it_says(digits in "[0-9]{11,13}") {
        let Some(slip) = likely_slip(&digits, today()) else { return Ok(()) };
        let meant = slip.iin.reveal();
        prop_assert!(slip.iin.warning().is_none() && Iin::parse(&digits).is_err());
        prop_assert_eq!(digits.get(..slip.at), meant.get(..slip.at));
        prop_assert_ne!(digits.as_bytes().get(slip.at), meant.as_bytes().get(slip.at));
        prop_assert!(slip.kind != SlipKind::Changed || !has_birth_date(digits.as_bytes(), today()));
    }
}
