//! Cases of Africa's Talking for the conformance kit.

use super::*;
use crate::conformance::harness::Heard;
use crate::conformance::{Cases, Said};

mod sms;
mod ussd;

pub(crate) fn cases() -> Cases {
    let mut table = ussd::table();
    table.extend(sms::table());
    Cases {
        sms: Some(sms::sms),
        receipt: None,
        ussd: Some(ussd::step),
        read,
        table,
        configure: sms::configure,
        sign: None,
    }
}

/// An acknowledgement has no body; a page has.
fn read(heard: &Heard) -> Said {
    if heard.body.is_empty() {
        sms::read(heard)
    } else {
        ussd::read(heard)
    }
}

#[tokio::test]
async fn without_an_api_to_answer_through_there_is_no_sms() {
    let adapter = build(&InstanceConfig::default()).unwrap();
    assert!(adapter.methods(Service::Sms).is_empty() && adapter.methods(Service::Receipt).is_empty());
    assert_eq!(adapter.methods(Service::Ussd), [Method::POST]);
    assert!(!adapter.answers_later());
}
