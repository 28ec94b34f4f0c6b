//! An invented server: its carriers, its count of two million people.

use async_trait::async_trait;
use chrono::NaiveDate;
use saqta_data::clock::{Timestamp, noon};
use saqta_data::coverage::Status;
use saqta_data::desk::pulse::{CARRIER_MINUTES, CarrierMinute, Census, Process};
use saqta_data::desk::{CarrierFigures, DeskError, Host, Refusal, StatusSms};
use saqta_data::iin::Iin;
use saqta_data::journal::Entry;
use saqta_data::language::Language;
use saqta_data::phone::Msisdn;

use super::happened::UP;

/// What the gateway says to the phone of Ким.
const SMS: &str = "НЕ ЗАСТРАХОВАН. Долг: 5 месяцев, 29750 тг + пеня. \
    Экстренная помощь бесплатна (ГОБМП). На 24.08.2026; платёж виден через 2-3 рабочих дня.";

/// The server.
#[derive(Debug)]
pub(crate) struct Invented;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 8, 26).unwrap_or_default()
}

fn ago(seconds: i64) -> Timestamp {
    Timestamp::from_millis(noon(today()).millis() - seconds * 1_000)
}

/// An hour of a carrier: a wave of at most `most` messages a minute.
fn hour(most: u32) -> Vec<CarrierMinute> {
    let minutes = (0..).take(CARRIER_MINUTES);
    let minutes = minutes.map(|at: u32| {
        let wave = most / 3 + most * (at * 37 % 60) / 90;
        CarrierMinute {
            received: wave,
            answered: wave,
            repeated: wave / 40,
            errors: u32::from(at == 41),
            slowest_us: 4_000 + wave * 9,
        }
    });
    minutes.collect()
}

fn carrier(name: &str, heard_seconds_ago: i64, a_minute: u32) -> CarrierFigures {
    CarrierFigures {
        name: name.to_owned(),
        kind: "kannel".to_owned(),
        believes_sender: true,
        can_send: true,
        received_10s: u64::from(a_minute / 6),
        answered_10s: u64::from(a_minute / 6),
        p50_us: 2_100,
        p95_us: 4_800,
        p99_us: 9_300,
        heard_at: Some(ago(heard_seconds_ago)),
        minutes: hour(a_minute),
        ..CarrierFigures::default()
    }
}

#[async_trait]
impl Host for Invented {
    async fn carriers(&self) -> Vec<CarrierFigures> {
        vec![
            carrier("kcell", 0, 930),
            CarrierFigures {
                waiting: 3,
                dead: 1,
                ..carrier("beeline", 1, 640)
            },
            carrier("tele2", 840, 0),
        ]
    }

    fn process(&self) -> Process {
        Process {
            started_at: Timestamp::from_millis(ago(0).millis() - i64::try_from(UP.as_millis()).unwrap_or(0)),
            resident_bytes: Some(612_000_000),
        }
    }

    fn census(&self) -> (Option<Census>, Option<u64>) {
        let reasons = [
            ("employer_gap", 131_000),
            ("never_paid", 92_000),
            ("few_months", 81_000),
            ("nothing_in_window", 43_000),
            ("returned", 9_000),
        ];
        let statuses = [
            (Status::Insured, 1_560_000),
            (Status::ConditionallyInsured, 60_000),
            (Status::TemporarilyInsured, 6_000),
            (Status::NotInsured, 374_000),
        ];
        let census = Census {
            day: today(),
            at: ago(1_800),
            took_ms: 41_000,
            people: 2_000_000,
            by_status: statuses.into(),
            reasons: reasons.map(|(code, n)| (code.to_owned(), n)).into(),
        };
        (Some(census), None)
    }

    async fn send_status(&self, _: Iin, _: Msisdn, _: &str, _: Entry) -> Result<(), DeskError> {
        Err(DeskError::Refused(Refusal::NoSender))
    }

    async fn status_sms(&self, _: Iin, to: Msisdn) -> Result<StatusSms, DeskError> {
        Ok(StatusSms {
            to,
            carrier: "kcell".to_owned(),
            text: SMS.to_owned(),
            parts: 2,
            language: Language::Russian,
        })
    }
}
