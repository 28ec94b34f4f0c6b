//! Cases of Infobip for the conformance kit.

use crate::conformance::Cases;

mod ussd;

pub(crate) fn cases() -> Cases {
    Cases {
        sms: None,
        ussd: Some(ussd::step),
        read: ussd::read,
        table: ussd::table(),
        configure: |_| {},
        sign: None,
    }
}
