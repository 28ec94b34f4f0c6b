//! Every type of value that the gateway keeps in the store, so that all of them can be tried.

use saqta_data::store::unit::{Trial, survives};

use crate::exchange::{Askers, Dialog, SentAs, SessionPhone};
use crate::outbox::Letter;
use crate::poller::Reached;

/// Each type by its name, with its trial. Append only: seeds for trials name a type by its position.
pub const STORED: [(&str, Trial); 6] = [
    ("Dialog", survives::<Dialog>),
    ("Askers", survives::<Askers>),
    ("SessionPhone", survives::<SessionPhone>),
    ("SentAs", survives::<SentAs>),
    ("Reached", survives::<Reached>),
    ("Letter", survives::<Letter>),
];

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use saqta_data::store::unit::Record;

    use super::*;

    #[test]
    fn what_is_there_before_anything_happens_is_a_value() {
        let empty = [
            Dialog::default().encode(),
            Askers::default().encode(),
            SentAs::new(b"text", Vec::new()).encode(),
        ];
        for (bytes, kind) in empty.iter().zip(["Dialog", "Askers", "SentAs"]) {
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
