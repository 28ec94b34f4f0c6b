//! What a citizen may text, and numbers as they are typed: any text is understood, or taken for one that is not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saqta_data::iin::Iin;
use saqta_data::money::Tiyn;
use saqta_data::period::Period;
use saqta_data::phone::Msisdn;
use saqta_gateway::dialog::words::{Number, understand};
use saqta_gateway::encoding::{Alphabet, gsm7, parts, ucs2};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let request = understand(&text);
    if let Number::Iin(iin) = request.number {
        assert_eq!(Iin::parse(&iin.reveal()), Ok(iin));
    }
    if let Ok(iin) = Iin::parse(&text) {
        assert_eq!(text.trim(), iin.reveal());
        assert!(!format!("{iin:?}").contains(&iin.reveal()), "shown unmasked");
    }
    if let Ok(phone) = Msisdn::parse(&text) {
        assert_eq!(Msisdn::parse(&phone.reveal()), Ok(phone));
    }
    if let Ok(period) = text.parse::<Period>() {
        assert_eq!(period.to_string().parse::<Period>().ok(), Some(period));
    }
    if let Ok(amount) = text.parse::<Tiyn>() {
        assert_eq!(amount.to_string().parse::<Tiyn>().ok(), Some(amount));
    }
    encode(&text);
    let _ = (gsm7::unpack(bytes), gsm7::decode(bytes), ucs2::decode(bytes));
});

/// No letter is lost on the way to a phone, and no part is longer than a phone takes.
fn encode(text: &str) {
    let alphabet = Alphabet::of(text);
    match alphabet {
        Alphabet::Gsm7 => {
            let septets = gsm7::encode(text).expect("it is of this alphabet");
            assert_eq!(gsm7::decode(&septets), text);
        }
        Alphabet::Ucs2 => assert_eq!(ucs2::decode(&ucs2::encode(text)), text),
    }
    let parts = parts::parts(text);
    assert_eq!(parts.concat(), text);
    if let [first, .., _] = parts.as_slice() {
        assert!(alphabet.units(first) <= alphabet.part());
    }
}
