use proptest::prelude::*;

use super::*;

/// A row of each registry that can be taken as it stands, written as export writes it.
const GOOD: [(Registry, &str); 12] = [
    (
        Registry::People,
        "900101300007,Өнерхан,Айгүл,,1990-01-01,f,employee",
    ),
    (Registry::People, "050229600003,,Ким,,2005-03-01,m,none"),
    (Registry::Categories, "900101300007,parent-under-3,2024-01-18,"),
    (Registry::Categories, "900101300007,student,2024-09-01,9999-12-31"),
    (Registry::Temporary, "900101300007,2026-10-22,2026-11-21"),
    (Registry::Clinics, "0A1,Емхана,Поликлиника,Абай 1,Абая 1"),
    (Registry::Attachments, "900101300007,0A1,2024-01-01"),
    (Registry::Phones, "+77010000001,900101300007,self,2024-01-01,"),
    (
        Registry::Phones,
        "+77010000001,900101300017,child,2024-01-01,2024-01-01",
    ),
    (
        Registry::Contributions,
        "R1,1,900101300007,092025,121,employer,160440007161,9330.91,2025-09-11",
    ),
    (
        Registry::Contributions,
        "R 2,0,900101300007,012024,183,state,,0,2024-02-29",
    ),
    (Registry::Returns, "R1,4294967295,900101300007,2026-02-12"),
];

fn read(registry: Registry, line: &str) -> Result<Row, String> {
    Row::read(registry, &line.split(',').collect::<Vec<_>>())
}

#[test]
fn a_row_is_written_as_it_was_read() {
    for (registry, line) in GOOD {
        assert_eq!(read(registry, line).unwrap().write().join(","), line);
    }
}

#[test]
fn other_spellings_become_the_one() {
    let contribution = "R1,07,900101300007,2025-09,122,independent,900101300007, 4250.5 ,2025-09-11";
    let written = read(Registry::Contributions, contribution)
        .unwrap()
        .write()
        .join(",");
    assert_eq!(
        written,
        "R1,7,900101300007,092025,122,independent,900101300007,4250.50,2025-09-11"
    );
    let phone = "8 (701) 000-00-01,900101300007,self,2024-01-01,";
    let written = read(Registry::Phones, phone).unwrap().write().join(",");
    assert_eq!(written, "+77010000001,900101300007,self,2024-01-01,");
    let clinic = [" 0A1 ", "Емхана", "Поликлиника", "", "Абая 1,\nкорпус 2"];
    let written = Row::read(Registry::Clinics, &clinic).unwrap().write();
    assert_eq!(written, ["0A1", "Емхана", "Поликлиника", "", "Абая 1,\nкорпус 2"]);
}

use Registry::{Categories, Clinics, Contributions, People, Phones, Returns, Temporary};

/// Rows with one fault each, and how the reason begins.
const BAD: [(Registry, &str, &str); 27] = [
    (
        Temporary,
        "90010130000,2026-10-22,2026-11-21",
        "iin: an IIN has 12 digits",
    ),
    (
        Temporary,
        "900101300008,2026-10-22,2026-11-21",
        "iin: the check digit is wrong",
    ),
    (Temporary, "900101300007,2026-10-22", "2 columns instead of 3"),
    (
        Temporary,
        "900101300007,2026-10-22,2026-11-21,",
        "4 columns instead of 3",
    ),
    (
        Temporary,
        "900101300007,2026-10-32,2026-11-21",
        "temporary_from: not a date",
    ),
    (Temporary, "900101300007,2026-10-22,", "temporary_to: not a date"),
    (
        Temporary,
        "900101300007,2026-10-22,2026-10-21",
        "temporary_to: it lies before",
    ),
    (
        Categories,
        "900101300007,Student,2026-01-01,",
        "category: unknown code; known are children,",
    ),
    (
        Categories,
        "900101300007,student,2026-01-02,2026-01-01",
        "to: it lies before",
    ),
    (
        People,
        "900101300007,А,Б,В,1990-01-01,x,none",
        "sex: unknown code; known are m, f",
    ),
    (
        People,
        "900101300007,А,Б,В,1990-01-01,m,employer",
        "payer_kind: unknown code",
    ),
    (
        People,
        "900101300007,,,В,1990-01-01,m,none",
        "surname and given_name are both empty",
    ),
    (
        People,
        "900101300007,А\u{1b}[2J,Б,В,1990-01-01,m,none",
        "surname: it holds a control",
    ),
    (
        Phones,
        "1414,900101300007,self,2024-01-01,",
        "msisdn: a phone number looks like",
    ),
    (
        Phones,
        "87010000001,900101300007,son,2024-01-01,",
        "role: unknown code",
    ),
    (
        Phones,
        "87010000001,900101300007,self,2024-01-02,2024-01-01",
        "unbound_on: it lies before",
    ),
    (Clinics, ",А,Б,В,Г", "code: it is empty"),
    (Clinics, "1,А,,В,Г", "name_ru: it is empty"),
    (
        Contributions,
        "R,1,900101300007,132025,121,employer,,1,2025-09-11",
        "period: a period looks",
    ),
    (
        Contributions,
        "R,1,900101300007,092025,125,employer,,1,2025-09-11",
        "knp: unknown code",
    ),
    (
        Contributions,
        "R,1,900101300007,092025,121,none,,1,2025-09-11",
        "payer_kind: unknown code",
    ),
    (
        Contributions,
        "R,1,900101300007,092025,121,state,16044000716,1,2025-09-11",
        "payer_id: a BIN",
    ),
    (
        Contributions,
        "R,1,900101300007,092025,121,state,16044000716x,1,2025-09-11",
        "payer_id: a BIN",
    ),
    (
        Contributions,
        "R,1,900101300007,092025,121,state,,-1,2025-09-11",
        "amount: an amount is",
    ),
    (
        Contributions,
        "R,+1,900101300007,092025,121,state,,1,2025-09-11",
        "line: not a whole number",
    ),
    (
        Contributions,
        "R,4294967296,900101300007,092025,121,state,,1,2025-09-11",
        "line: not a whole",
    ),
    (Returns, ",1,900101300007,2025-09-11", "reference: it is empty"),
];

#[test]
fn every_fault_has_a_reason_of_its_own() {
    for (registry, line, reason) in BAD {
        let refused = read(registry, line).unwrap_err();
        assert!(refused.starts_with(reason), "{line}: {refused}");
    }
}

#[test]
fn texts_may_be_just_so_long() {
    let person = |name: &str| {
        read(
            Registry::People,
            &format!("900101300007,{name},Б,,1990-01-01,m,none"),
        )
    };
    assert!(person(&"Ә".repeat(100)).is_ok());
    assert_eq!(
        person(&"Ә".repeat(101)).unwrap_err(),
        "surname: longer than 100 characters"
    );
    let code = |code: &str| read(Registry::Clinics, &format!("{code},А,Б,,"));
    let Ok(Row::Clinic(clinic)) = code(&"𝄞".repeat(32)) else {
        panic!("a code of 32 characters is refused");
    };
    assert!(clinic.code.len() <= crate::store::MAX_KEY_BYTES);
    assert!(code(&"a".repeat(33)).is_err());
    let reference = |text: &str| read(Registry::Returns, &format!("{text},1,900101300007,2025-09-11"));
    assert!(reference(&"R".repeat(64)).is_ok());
    assert!(reference(&"R".repeat(65)).is_err());
}

#[test]
fn a_date_has_one_spelling() {
    for text in [
        "2026-8-25",
        "26-08-2026",
        "2026/08/25",
        "20260825",
        "2026-02-29",
        "2026-13-01",
        "+2026-08-2",
        "0202-08-25",
        "1799-12-31",
        "2026-08-2é",
        "２０２６-08",
    ] {
        assert_eq!(parse_date(text), None, "{text}");
    }
    assert!(parse_date("2024-02-29").is_some());
    assert!(parse_date("1800-01-01").is_some());
}

proptest! {
    /// Whatever stands in a row: no panic, and no digits of it in the reason.
    #[test]
    fn a_reason_tells_nothing_of_the_row(fields in prop::collection::vec("[0-9x-]{9,14}|.{0,20}", 0..10)) {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        for registry in Registry::ALL {
            if let Err(reason) = Row::read(registry, &fields) {
                for field in fields.iter().filter(|field| field.len() > 8) {
                    prop_assert!(!reason.contains(field));
                }
            }
        }
    }

    /// Reading what was written gives the same row.
    #[test]
    fn what_is_written_is_read_back(days in 0..2_000_000_u64, amount in 0..=Tiyn::MAX_ROW.0, line: u32, name in "\\PC{1,30}") {
        let day = NaiveDate::from_ymd_opt(1800, 1, 1).unwrap() + chrono::Days::new(days);
        let row = Contribution {
            period: Period::of(day),
            reference: name.trim().to_owned(),
            line,
            knp: Knp::Contribution,
            payer: Payer::Employee,
            payer_id: Some(u64::from(line)),
            amount: Tiyn(amount),
            paid_on: day,
            returned_on: None,
        };
        prop_assume!(!row.reference.is_empty());
        let row = Row::Contribution(Iin::parse("900101300007").unwrap(), row);
        let fields = row.write();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        prop_assert_eq!(Row::read(Registry::Contributions, &fields), Ok(row));
    }
}
