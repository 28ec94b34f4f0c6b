//! The values of the store: any bytes are a value or damaged, and a value is written as it was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saqta_data::desk::{Note, StoredAnswer};
use saqta_data::journal::Entry;
use saqta_data::office::{DataDate, Phone};
use saqta_data::person::{Clinic, Person};
use saqta_data::store::unit::Record;

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses, the second is the version.
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    match kind % 7 {
        0 => read::<Person>(bytes),
        1 => read::<Phone>(bytes),
        2 => read::<Entry>(bytes),
        3 => read::<Note>(bytes),
        4 => read::<StoredAnswer>(bytes),
        5 => read::<Clinic>(bytes),
        _ => read::<DataDate>(bytes),
    }
});

fn read<T: Record>(bytes: &[u8]) {
    let Ok(value) = T::decode(bytes) else { return };
    let written = value.encode();
    let again = T::decode(&written).expect("what was written is read");
    assert_eq!(again.encode(), written);
}
