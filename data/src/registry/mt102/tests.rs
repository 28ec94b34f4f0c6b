//! Invented lists.

use super::*;
use crate::registry::list::tests::{line_of, lines};
use crate::registry::list::{Form, MAX_PAYMENTS};

/// Two people; the period of all in the head, the second payment with its own.
const LIST: &str = "{1:F01K054700000000010000}{2:I102SGROSS000000U3003}{4:
:20:TEST-1
:50:/D/KZ000000000000000001
/NAME/Invented LLP
/IDN/160440007161
/CHIEF/Nobody
:52B:TESTKZKA
:59:KZ92009MEDS368609103
/IDN/160440007161
:70:/NUM/7
/KNP/122
/PERIOD/072026
/ASSIGN/first line
:21:1
:32B:KZT4250,00
:70:/OPV/?
//FM/Testov
//IDN/900101300007
:21:2
:32B:KZT100,5
:70:/OPV/Z
/IDN/900101300017
/PERIOD/062026
/NEW/not known
:32A:260825KZT4350,50
-}
";

#[test]
fn each_payment_is_a_row_on_its_line() {
    let expected = vec![
        line_of(
            14,
            "TEST-1,1,900101300007,072026,122,employee,160440007161,4250,2026-08-25",
        ),
        line_of(
            19,
            "TEST-1,2,900101300017,062026,122,employee,160440007161,100.50,2026-08-25",
        ),
    ];
    assert_eq!(lines(LIST).unwrap(), expected);
    assert_eq!(lines(&LIST.replace('\n', "\r\n")).unwrap(), expected, "CRLF");
    assert_eq!(
        lines(&LIST.replace("\n//", "\n/")).unwrap(),
        expected,
        "one slash"
    );
    assert!([LIST.as_bytes(), b"\xef\xbb\xbf\n{1:F01"].map(Form::of) == [Some(Form::Mt102); 2]);
}

#[test]
fn two_lists_may_stand_in_a_file() {
    let twice = lines(&format!("{LIST}{}", LIST.replace("TEST-1", "TEST-2"))).unwrap();
    let numbers: Vec<_> = twice.iter().map(|(at, _)| *at).collect();
    assert_eq!(numbers, [14, 19, 40, 45]);
}

#[test]
fn the_payer_is_known_by_purpose_and_number() {
    let kind = |list: &str| lines(list).unwrap().remove(0).1.unwrap().remove(5);
    assert_eq!(kind(&LIST.replace("/KNP/122", "/KNP/121")), "employer");
    assert_eq!(kind(&LIST.replace("160440007161", "900101300007")), "independent");
}

#[test]
fn a_wrong_list_is_refused_whole_with_its_line() {
    let wrong = |from: &str, to: &str| lines(&LIST.replace(from, to)).unwrap_err();
    assert_eq!(
        wrong("4350,50", "4350,51"),
        "line 26: the payments add up to 4350.50, but :32A: says 4350.51"
    );
    assert_eq!(wrong("KZT100,5", "USD100,5"), "line 20: the sum is not in KZT");
    assert_eq!(wrong(":32A:260825", ":32A:"), "line 25: the sum is not in KZT");
    assert_eq!(
        wrong("-}\n", ""),
        "line 26: the list breaks off: its end, -}, is missing"
    );
    assert_eq!(
        wrong("/KNP/122", "/KNP/122\n/KNP/121"),
        "line 12: a second /KNP/ where there is one already"
    );
}

#[test]
fn a_wrong_payment_is_refused_by_itself() {
    let found = lines(&LIST.replace("900101300007", "900101300008")).unwrap();
    assert!(found.first().unwrap().1.as_ref().unwrap_err().starts_with("iin:"));
    assert!(found.get(1).unwrap().1.is_ok());
}

#[test]
fn no_prefix_and_no_byte_changed_makes_it_panic() {
    for end in 0..LIST.len() {
        let bytes = LIST.as_bytes().get(..end).unwrap();
        let begun = end > LIST.find("{4:").unwrap() + 2 && end < LIST.len() - 1;
        assert_eq!(read(bytes).is_err(), begun, "{end}");
        let mut bytes = LIST.as_bytes().to_vec();
        *bytes.get_mut(end).unwrap() = 0xd0;
        let _ = read(bytes.as_slice());
    }
}

#[test]
fn too_many_payments_are_refused() {
    let many = format!("{{1:{{4:\n{}", ":21:1\n".repeat(MAX_PAYMENTS + 2));
    assert!(lines(&many).unwrap_err().ends_with("payments in a file"));
}
