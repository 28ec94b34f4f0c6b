use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn day() -> impl Strategy<Value = NaiveDate> {
    let any =
        (-100_000_000..90_000_000_i32).prop_filter_map("no such day", NaiveDate::from_num_days_from_ce_opt);
    let usual = (730_000..745_000).prop_filter_map("no such day", NaiveDate::from_num_days_from_ce_opt);
    prop_oneof![1 => any, 4 => usual]
}

fn iin() -> impl Strategy<Value = Iin> {
    (0..100_000_000_000_u64).prop_filter_map("never issued", Iin::with_check_digit)
}

fn identity() -> impl Strategy<Value = Identity> {
    let name = "[А-Яа-яӘәҒғҚқ -]{0,100}";
    let sex = prop::sample::select(vec![Sex::Male, Sex::Female]);
    let kind = prop::sample::select(PayerKind::ALL);
    (name, name, name, day(), sex, kind).prop_map(
        |(surname, given_name, patronymic, birth_date, sex, payer_kind)| Identity {
            surname,
            given_name,
            patronymic,
            birth_date,
            sex,
            payer_kind,
        },
    )
}

/// Few, so that rows share them; many more than are looked back.
fn reference() -> impl Strategy<Value = String> {
    prop_oneof![(0..40).prop_map(|n| format!("R{n}")), "\\PC{1,64}"]
}

fn contribution() -> impl Strategy<Value = Contribution> {
    let period = (1900 * 12..=2199 * 12 + 11_u16).prop_filter_map("no such month", Period::from_number);
    let knp = prop::sample::select(Knp::ALL.to_vec());
    let payer = prop::sample::select(Payer::ALL);
    let payer_id = prop_oneof![
        Just(None),
        (0..40_u64).prop_map(Some),
        any::<u64>().prop_map(Some)
    ];
    let amount = prop_oneof![any::<i64>(), (0..1_000_000_i64).prop_map(|tenge| tenge * 100)];
    let dates = (day(), prop::option::of(day()));
    (
        period,
        reference(),
        any::<u32>(),
        knp,
        payer,
        payer_id,
        amount,
        dates,
    )
        .prop_map(
            |(period, reference, line, knp, payer, payer_id, amount, (paid_on, returned_on))| Contribution {
                period,
                reference,
                line,
                knp,
                payer,
                payer_id,
                amount: Tiyn(amount),
                paid_on,
                returned_on,
            },
        )
}

fn waiting() -> impl Strategy<Value = WaitingReturn> {
    (reference(), any::<u32>(), day()).prop_map(|(reference, line, returned_on)| WaitingReturn {
        reference,
        line,
        returned_on,
    })
}

fn span() -> impl Strategy<Value = CategorySpan> {
    (
        prop::sample::select(Category::ALL.to_vec()),
        day(),
        prop::option::of(day()),
    )
        .prop_map(|(category, from, to)| CategorySpan { category, from, to })
}

fn person() -> impl Strategy<Value = Person> {
    let temporary = (day(), day()).prop_map(|(from, to)| TemporaryStatus { from, to });
    let attachment = (day(), "\\PC{0,32}").prop_map(|(attached_on, clinic_code)| Attachment {
        attached_on,
        clinic_code,
    });
    let phone = (10_000_000..1_000_000_000_000_000_u64).prop_filter_map("no phone", Msisdn::from_number);
    let few = 0..5_usize;
    (
        (iin(), prop::option::of(identity()), any::<bool>()),
        prop::collection::vec(span(), few.clone()),
        prop::collection::vec(temporary, few.clone()),
        prop::collection::vec(attachment, few.clone()),
        prop::collection::vec(contribution(), 0..60),
        prop::collection::vec(waiting(), few.clone()),
        prop::collection::vec(phone, few),
    )
        .prop_map(
            |(
                (iin, identity, locked),
                categories,
                temporary,
                attachments,
                contributions,
                waiting_returns,
                phones,
            )| {
                Person {
                    iin,
                    identity,
                    categories,
                    temporary,
                    attachments,
                    contributions,
                    waiting_returns,
                    phones,
                    locked,
                }
            },
        )
}

proptest! {
    #[test]
    fn every_person_comes_back(person in person()) {
        let bytes = person.encode();
        prop_assert_eq!(Person::decode(&bytes), Ok(person));
    }

    #[test]
    fn damaged_bytes_are_an_error_or_another_person(
        person in person(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = person.encode();
        let at = at.index(bytes.len());
        prop_assert!(Person::decode(&bytes[..at]).is_err(), "cut");
        bytes[at] = byte;
        let _ = Person::decode(&bytes);
        bytes[at] = person.encode()[at];
        bytes.push(byte);
        prop_assert!(Person::decode(&bytes).is_err(), "something follows");
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let versioned = [&[VERSION], bytes.as_slice()].concat();
        let _ = (Person::decode(&bytes), Person::decode(&versioned));
    }
}

#[test]
fn another_version_says_so() {
    let mut bytes = Person::new(Iin::parse("900101300007").unwrap()).encode();
    bytes[0] = VERSION + 1;
    let error = Person::decode(&bytes).unwrap_err().to_string();
    assert!(error.contains("has format 2, this program reads 1"), "{error}");
}

#[test]
fn lists_longer_than_the_bytes_left_are_refused_before_room_is_made() {
    let person = Person::new(Iin::parse("900101300007").unwrap());
    let mut bytes = person.encode();
    // The last byte is the length of the list of phones.
    bytes.pop();
    bytes.extend([0xff, 0xff, 0xff, 0xff, 0x7f]);
    assert!(Person::decode(&bytes).is_err());
}

/// Rows as they come: an employer and an employee each month, one reference a list, tiyn in every sum.
#[test]
fn a_usual_row_takes_few_bytes() {
    let mut person = Person::new(Iin::parse("900101300007").unwrap());
    let empty = person.encode().len();
    for row in 0..120_u16 {
        let period = Period::from_number(2022 * 12 + row / 2).unwrap();
        person.contributions.push(Contribution {
            period,
            reference: format!("R{}", 347_712_782 + u32::from(row / 2)),
            line: 1_373,
            knp: if row % 2 == 0 {
                Knp::Deduction
            } else {
                Knp::Contribution
            },
            payer: if row % 2 == 0 {
                Payer::Employer
            } else {
                Payer::Employee
            },
            payer_id: Some(160_440_007_161),
            amount: Tiyn(933_091),
            paid_on: period.plus(1).first_day(),
            returned_on: None,
        });
    }
    let bytes = person.encode().len() - empty;
    assert!(bytes <= 120 * 20, "{} bytes a row", bytes / 120);
}

/// The bytes of version 1, so that a change of the encoding without a new version is noticed.
#[test]
fn version_one_stays_as_it_is() {
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    let mut person = Person::new(Iin::parse("900101300007").unwrap());
    person.locked = true;
    person.phones = vec![Msisdn::parse("+77010000001").unwrap()];
    person.categories = vec![CategorySpan {
        category: Category::Student,
        from: day(1, 1),
        to: None,
    }];
    person.contributions = vec![Contribution {
        period: Period::new(2026, 1).unwrap(),
        reference: "R1".into(),
        line: 300,
        knp: Knp::Contribution,
        payer: Payer::Independent,
        payer_id: None,
        amount: Tiyn::from_tenge(4250),
        paid_on: day(2, 1),
        returned_on: Some(day(2, 11)),
    }];
    let expected: [&[u8]; 9] = [
        &[VERSION, 167, 190, 223, 145, 153, 26, IS_LOCKED],
        // One category, the 14th; 2,192 days after the epoch, doubled; open. No temporary status, no attachment.
        &[1, 13, 160, 34, 0, 0, 0],
        // One row: 72 months after January 2020, doubled; returned, the second KNP, the fifth payer.
        &[1, 144, 1, 128 + 8 + 4],
        // A reference not named before.
        &[0, 2, b'R', b'1'],
        // Line 300; no payer.
        &[172, 2, NO_PAYER],
        // 4,250 tenge, doubled.
        &[180, 66],
        // Paid 31 days after the first of the month, returned 10 days later; doubled.
        &[62, 20],
        // No waiting return.
        &[0],
        &[1, 129, 177, 157, 241, 158, 2],
    ];
    assert_eq!(person.encode(), expected.concat());
    assert_eq!(Person::decode(&expected.concat()), Ok(person));
}
