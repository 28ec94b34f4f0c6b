//! What one batch of the store is made from.

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::office::{Phone, phone_key};
use saqta_data::store::StoreError;
use saqta_data::store::unit::Unit;

use super::records::Dialog;
use super::{Call, Exchange};

/// What is known of a phone when a message of it is heard, and the batch to be.
pub(super) struct Desk<'a> {
    pub(super) unit: Unit<'a>,
    pub(super) phone: Phone,
    phone_before: Phone,
    pub(super) dialog: Dialog,
    /// The people to whom the phone is bound; none if the sender cannot be believed.
    pub(super) people: Vec<Iin>,
    pub(super) now: Timestamp,
}

impl Exchange {
    /// Reads what is known of the phone of `call`.
    pub(super) async fn desk<'a>(
        &'a self,
        call: &Call<'_>,
        mut unit: Unit<'a>,
        now: Timestamp,
    ) -> Result<Desk<'a>, StoreError> {
        let key = phone_key(call.phone);
        let phone: Phone = unit.read(&key).await?.unwrap_or_default();
        let dialog: Dialog = unit.read(&key).await?.unwrap_or_default();
        let people = if call.instance.believes_sender {
            phone.people_on(now.day()).collect()
        } else {
            Vec::new()
        };
        Ok(Desk {
            unit,
            phone_before: phone.clone(),
            phone,
            dialog,
            people,
            now,
        })
    }
}

impl Desk<'_> {
    /// Puts what changed of the phone into the batch.
    pub(super) fn write(&mut self, call: &Call<'_>) {
        let key = phone_key(call.phone);
        self.dialog.forget(self.now);
        self.dialog.heard_at = self.now;
        self.dialog.instance.clone_from(&call.instance.name);
        self.unit.write(&key, &self.dialog);
        if self.phone != self.phone_before {
            self.unit.write(&key, &self.phone);
        }
    }
}
