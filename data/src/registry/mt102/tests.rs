//! Invented lists.

use super::*;
use crate::registry::list::tests::{line_of, lines, unknown};
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
fn what_is_not_known_is_set_aside_with_its_line() {
    let told = ":70:/NEW/ (line 24)".to_owned();
    let aside = "line 24: /NEW/not known\n".to_owned();
    assert_eq!(unknown(LIST), (told.clone(), aside.clone()));
    assert_eq!(unknown(LIST.replace('\n', "\r\n")), (told, aside));
    let all_known = LIST.replace("/NEW/not known\n", "");
    assert_eq!(unknown(&all_known), Default::default());
    let with = |behind: &str, lines: &str| {
        assert!(all_known.contains(behind), "{behind}");
        unknown(all_known.replacen(behind, &format!("{behind}\n{lines}"), 1))
    };
    // A field and its further lines, as bytes of whatever encoding.
    let (told, aside) = with(":52B:TESTKZKA", ":77B:one\n\ntwo\n/X1/three\n:77B:four");
    assert_eq!(told, ":77B: (2, first on line 8), :77B:/X1/ (line 11)");
    assert_eq!(
        aside,
        "line 8: :77B:one\nline 10: two\nline 11: /X1/three\nline 12: :77B:four\n"
    );
    let (before, after) = all_known.split_once(":21:1").unwrap();
    let mut bytes = before.as_bytes().to_vec();
    bytes.extend_from_slice(b"/NEW/\xc8\xe2\xe0\xed\n:21:1");
    bytes.extend_from_slice(after.as_bytes());
    let read = Form::Mt102.read(bytes.as_slice()).ok().unwrap();
    assert_eq!(read.aside, b"line 14: /NEW/\xc8\xe2\xe0\xed\n");
    // The purpose goes on over lines, a number does not; what is no name of a part is not told.
    assert_eq!(with("/ASSIGN/first line", "second\nthird"), Default::default());
    assert_eq!(with("/KNP/122", "and more\nand more").0, ":70:/KNP/… (line 12)");
    let odd = with("/ASSIGN/first line", "/900101300007/Testov\n:Testov:");
    assert_eq!(odd.0, ":70:/…/ (line 14)");
    assert_eq!(odd.1, "line 14: /900101300007/Testov\nline 15: :Testov:\n");
}

#[test]
fn a_known_field_in_another_place_is_not_passed_over() {
    let told = |from: &str, to: &str| {
        assert!(LIST.contains(from), "{from}");
        unknown(LIST.replace("/NEW/not known\n", "").replacen(from, to, 1)).0
    };
    assert_eq!(told("/NUM/7", "/FM/Testov"), ":70:/FM/ (line 10)");
    assert_eq!(told("//FM/", "/NUM/7\n//FM/"), ":70:/NUM/ (line 17)");
    assert_eq!(told(":21:2", ":50:/IDN/1\n:21:2"), ":50:/IDN/ (line 19)");
    assert_eq!(told(":70:/NUM/7", ":70:seven"), ":70: (line 10)");
    assert_eq!(told(":70:/NUM/7", ":70:\n/NUM/7"), "");
    assert_eq!(told("{4:", "{3:{108:x}}{4::77B:x"), ":77B: (line 1)");
    assert_eq!(told("{4:\n", "{4:\nx\n"), "… (line 2)");
    assert_eq!(told("-}", "-}{5:{MAC:1}{CHK:2}}"), "");
    assert_eq!(told("-}", "-}{5:{MAC:1}}x\n{S:}"), "{…} (2, first on line 25)");
}

#[test]
fn a_list_may_come_to_more_than_a_payment() {
    let most = "9999999999,99";
    let list = LIST.replace("4250,00", most).replace("100,5", most);
    let found = lines(&list.replace("KZT4350,50", "KZT19999999999,98")).unwrap();
    assert_eq!(found.len(), 2);
    let wrong = lines(&list.replace("KZT4350,50", "KZT19999999999,97")).unwrap_err();
    assert_eq!(
        wrong,
        "line 26: the payments add up to 19999999999.98, but :32A: says 19999999999.97"
    );
    assert!(
        lines(&LIST.replace("KZT4250,00", "KZT10000000001")).is_err(),
        "a payment may not"
    );
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
        "line 26: the list breaks off: its end, -}, is missing; have the whole file sent again"
    );
    assert_eq!(
        wrong("/KNP/122", "/KNP/122\n/KNP/121"),
        "line 12: a second /KNP/ where there is one already"
    );
    assert_eq!(
        wrong(":50:", ":20:TEST-2\n:50:"),
        "line 3: a second :20: where there is one already"
    );
    assert_eq!(
        wrong(":32A:260825KZT4350,50\n", ""),
        "line 25: the list has no :32A:"
    );
}

#[test]
fn a_wrong_payment_is_refused_by_itself() {
    let found = lines(&LIST.replace("900101300007", "900101300008")).unwrap();
    assert!(found.first().unwrap().1.as_ref().unwrap_err().starts_with("iin:"));
    assert!(found.get(1).unwrap().1.is_ok());
}

#[test]
fn a_list_that_is_cut_short_is_refused() {
    let trailer = "-}{5:{MAC:1}{CHK:2}}\n";
    let second = LIST.replace("TEST-1", "TEST-2").replace("-}\n", trailer);
    let first_end = LIST.len() - 1;
    let both = format!("{LIST}{second}");
    let whole = [
        first_end,
        first_end + 1,
        both.len() - (trailer.len() - 2),
        both.len() - 1,
        both.len(),
    ];
    // With less than its first block it is not known as a list, nor as a registry.
    for end in FIRST_BLOCK.len()..=both.len() {
        let begin = &both.as_bytes()[..end];
        let cut = read(begin);
        assert_eq!(cut.is_ok(), whole.contains(&end), "{end}");
        if let Err(Wrong { line, reason }) = cut {
            assert_eq!(line, 1 + super::super::count_lines(begin) as u64);
            let said = |start: &str, end: &str| reason.starts_with(start) && reason.ends_with(end);
            assert!(
                said(
                    "the list breaks off: ",
                    " is missing; have the whole file sent again"
                ) || said("the list breaks off: a block is not closed; ", "again"),
                "{reason}"
            );
        }
    }
    let wrong = |list: &str| lines(list).unwrap_err();
    let begin = LIST.split_once("{4:").unwrap().0;
    assert_eq!(
        wrong(begin),
        "line 1: the list breaks off: its text, {4:, is missing; have the whole file sent again"
    );
    assert_eq!(
        wrong(&format!("{LIST}{{5:{{MAC:1}}")),
        "line 27: the list breaks off: a block is not closed; have the whole file sent again"
    );
}

#[test]
fn no_byte_changed_makes_it_panic() {
    for end in 0..LIST.len() {
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
