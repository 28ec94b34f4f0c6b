//! What a message is likely to need, read in one go: over a store larger than its cache each read by itself may have to wait
//! for the disk, off the thread that serves.

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::office::{DATA_DATE, DataDate, Phone, StoredAnswer, person_key, phone_key};
use saqta_data::person::Person;
use saqta_data::phone::Msisdn;
use saqta_data::store::unit::Record;
use saqta_data::store::{Key, Read};

use super::Exchange;
use super::records::{Askers, Dialog, askers_key, day_number};

/// The read of the record `key`.
pub(super) fn of<R: Record>(key: impl Into<Key>) -> Read {
    Read::Key(R::TREE, key.into())
}

/// The reads of the answers under `keys`.
pub(super) fn answers(keys: impl IntoIterator<Item = Key>) -> impl Iterator<Item = Read> {
    keys.into_iter().map(of::<StoredAnswer>)
}

impl Exchange {
    /// What is known of `phone`, of the person whose number `asked` is if there is one, and the counts that may keep an answer
    /// back.
    pub(super) fn ahead(&self, phone: Msisdn, asked: Option<Iin>, now: Timestamp) -> Vec<Read> {
        let key = phone_key(phone);
        let mut reads = vec![of::<Phone>(key), of::<Dialog>(key), of::<DataDate>(DATA_DATE)];
        reads.extend(self.counters(phone, now).ahead());
        if let Some(iin) = asked {
            reads.push(of::<Person>(person_key(iin)));
            reads.push(of::<Askers>(askers_key(day_number(now.day()), iin)));
        }
        reads
    }
}
