//! Every type of value that this crate keeps in the store, so that all of them can be tried.

use super::Note;
use super::local::{Entered, Rows};
use crate::journal::Entry;
use crate::office::{DataDate, JournalSweep, Phone, StoredAnswer};
use crate::person::{Clinic, Person};
use crate::store::Counters;
use crate::store::unit::{Trial, survives};

/// Each type by its name, with its trial. Append only: seeds for trials name a type by its position.
pub const STORED: [(&str, Trial); 11] = [
    ("Person", survives::<Person>),
    ("Phone", survives::<Phone>),
    ("Entry", survives::<Entry>),
    ("Note", survives::<Note>),
    ("StoredAnswer", survives::<StoredAnswer>),
    ("Clinic", survives::<Clinic>),
    ("DataDate", survives::<DataDate>),
    ("Rows", survives::<Rows>),
    ("Entered", survives::<Entered>),
    ("JournalSweep", survives::<JournalSweep>),
    ("Counters", survives::<Counters>),
];

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::store::unit::Record;

    #[test]
    fn what_is_there_before_anything_happens_is_a_value() {
        let empty = [
            Phone::default().encode(),
            Rows::default().encode(),
            JournalSweep::default().encode(),
            Counters::default().encode(),
        ];
        for (bytes, kind) in empty.iter().zip(["Phone", "Rows", "JournalSweep", "Counters"]) {
            let (_, trial) = STORED.iter().find(|(name, _)| *name == kind).unwrap();
            assert_eq!(trial(bytes), Some(true), "{kind}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_no_value_or_one_that_is_read_as_it_was_written(
            version in 0..4_u8,
            bytes in vec(prop_oneof![0..4_u8, any::<u8>()], 0..200),
        ) {
            let bytes = [&[version], &bytes[..]].concat();
            for (name, trial) in STORED {
                prop_assert_ne!(trial(&bytes), Some(false), "{}", name);
            }
        }
    }
}
