//! The way of an SMS that is no answer to an SMS.

use saqta_data::store::unit::Unit;

use crate::carrier::{Instance, OutgoingSms};

/// Takes SMS to send out of a USSD session.
pub trait Outbox: Send + Sync {
    /// Puts `sms` into the batch that the page's journal line is part of; it is sent by `instance` once that is on disk.
    fn put(&self, unit: &mut Unit<'_>, instance: &Instance, sms: &OutgoingSms);
}
