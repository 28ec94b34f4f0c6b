//! The journal of the invented day.

use saqta_data::clock::{Timestamp, noon};
use saqta_data::desk::StoredAnswer;
use saqta_data::journal::{Door, Entry, Numbered, Outcome, Particulars, Subject, Who};
use saqta_data::language::Language;
use saqta_data::phone::Msisdn;

use super::{INSURED, iin, today};

/// A line of the journal, `seconds` before noon.
pub(crate) fn line(seq: u64, seconds: i64, door: Door, topic: &str, outcome: Outcome) -> Numbered {
    let who = match &door {
        Door::Console | Door::Command(_) => Who::Operator("aigul".to_owned()),
        _ => Who::Phone(Msisdn::from_number(77_010_000_000 + seq).unwrap()),
    };
    let subject = match outcome {
        Outcome::Service | Outcome::Silence | Outcome::NotAnIin => None,
        _ => Some(Subject::of(iin(INSURED))),
    };
    Numbered {
        seq,
        entry: Entry {
            at: Timestamp::from_millis(noon(today()).millis() - seconds * 1000),
            door,
            who,
            subject,
            outcome,
            topic: topic.to_owned(),
            language: Language::ALL[usize::try_from(seq % 3).unwrap()],
            took_us: 830 + u32::try_from(seq).unwrap() * 1_713,
            particulars: Particulars {
                answer: if seq.is_multiple_of(2) {
                    vec![1]
                } else {
                    Vec::new()
                },
                ..Particulars::default()
            },
        },
    }
}

/// The journal of the invented day, oldest first.
pub(crate) fn journal() -> Vec<Numbered> {
    let sms = || Door::Sms("kcell".to_owned());
    let ussd = || Door::Ussd("tele2".to_owned());
    let command = || Door::Command("status".to_owned());
    let lines = [
        (sms(), "status", Outcome::Full),
        (ussd(), "menu", Outcome::Service),
        (ussd(), "status", Outcome::StatusOnly),
        (sms(), "payments", Outcome::Full),
        (sms(), "status", Outcome::Unknown),
        (Door::Console, "card", Outcome::Full),
        (sms(), "debt", Outcome::Limited),
        (sms(), "clinic", Outcome::Locked),
        (sms(), "help", Outcome::Silence),
        (command(), "status", Outcome::Full),
        (ussd(), "status", Outcome::Failed),
        (sms(), "status", Outcome::NotAnIin),
    ];
    (1..)
        .zip(lines)
        .map(|(seq, (door, topic, outcome))| {
            let seconds = 600 - i64::try_from(seq).unwrap() * 43;
            line(seq, seconds, door, topic, outcome)
        })
        .collect()
}

/// What was said at an even line.
pub(crate) fn exchange(seq: u64) -> Option<StoredAnswer> {
    let said = match seq {
        2 => "1 Менің мәртебем\n2 ЖСН бойынша\n3 Тіл",
        _ => "САҚТАНДЫРЫЛҒАН 30.09.2026 дейін. ЖСН ...0007. Жарнаны мемлекет төлейді. 12 - төлемдер.",
    };
    seq.is_multiple_of(2).then(|| StoredAnswer {
        at: noon(today()),
        heard: "900101300007 статус".to_owned(),
        said: Some(said.to_owned()),
        delivery: None,
        about: None,
    })
}
