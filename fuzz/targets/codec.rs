//! The values of the store, of every type: any bytes are a value or damaged, and a value is read as it was written.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the type, the second is the version.
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let types = || saqta_data::desk::STORED.into_iter().chain(saqta_gateway::STORED);
    let kind = usize::from(*kind) % types().count();
    for (name, trial) in types().skip(kind).take(1) {
        assert_ne!(trial(bytes), Some(false), "{name}");
    }
});
