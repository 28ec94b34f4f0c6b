//! Cases of Infobip for the conformance kit.

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

/// An acknowledgement has no body; what is said of a session has.
fn read(heard: &Heard) -> Said {
    if heard.body.is_empty() {
        sms::read(heard)
    } else {
        ussd::read(heard)
    }
}
