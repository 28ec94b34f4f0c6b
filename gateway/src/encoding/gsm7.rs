//! The GSM 7-bit default alphabet and its extension table, unpacked (SMPP) and packed (USSD on the air):
//! 3GPP TS 23.038 sections 6.1.2.3, 6.2.1 and 6.2.1.1.

/// Septet 0x1B: the next one is of the extension table.
const ESCAPE: u8 = 0x1b;
/// Septet of carriage return, which pads packed text.
const CR: u8 = 0x0d;

/// The default alphabet by septet. At 0x1B, which is no letter, stands U+001B.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// The extension table: the septet after an escape, and what it means. Form feed is left out: no phone shows it.
const EXTENSION: [(u8, char); 9] = [
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// How a character is written.
enum Septets {
    One(u8),
    Escaped(u8),
}

fn septets(c: char) -> Option<Septets> {
    if c == '\u{1b}' {
        return None;
    }
    // Most of ASCII stands where it does in ASCII; the search is for the rest.
    let own = u8::try_from(c)
        .ok()
        .filter(|code| BASIC.get(usize::from(*code)) == Some(&c));
    let basic = own.or_else(|| {
        BASIC
            .iter()
            .position(|b| *b == c)
            .and_then(|at| u8::try_from(at).ok())
    });
    let extended = || {
        EXTENSION
            .iter()
            .find(|(_, e)| *e == c)
            .map(|(code, _)| Septets::Escaped(*code))
    };
    basic.map(Septets::One).or_else(extended)
}

/// True if all of `text` can be written in GSM 7-bit.
#[must_use]
pub fn is_gsm7(text: &str) -> bool {
    text.chars().all(is_letter)
}

/// True if `c` is in the default alphabet or its extension table.
#[must_use]
pub fn is_letter(c: char) -> bool {
    septets(c).is_some()
}

/// Septets of a character: 2 in the extension table, else 1.
#[must_use]
pub fn width(c: char) -> usize {
    if EXTENSION.iter().any(|(_, e)| *e == c) {
        2
    } else {
        1
    }
}

/// `text` as septets, one an octet; `None` if a character is outside the alphabet.
#[must_use]
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match septets(c)? {
            Septets::One(code) => out.push(code),
            Septets::Escaped(code) => out.extend([ESCAPE, code]),
        }
    }
    Some(out)
}

/// The text of septets, one an octet. An octet over 0x7F is U+FFFD; an escape before a septet that the extension table
/// lacks is left out (6.2.1.1: the letter of the default alphabet is shown).
#[must_use]
pub fn decode(septets: &[u8]) -> String {
    let mut escaped = false;
    let mut out = String::with_capacity(septets.len());
    for &code in septets {
        let extended = EXTENSION
            .iter()
            .find(|(e, _)| escaped && *e == code)
            .map(|(_, c)| *c);
        escaped = code == ESCAPE;
        if !escaped {
            let basic = BASIC.get(usize::from(code)).copied();
            out.push(extended.or(basic).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    out
}

/// `text` packed eight septets to seven octets, as USSD carries it; `None` if a character is outside the alphabet.
/// Seven spare bits are filled with CR, lest they read as `@`; a CR that ends on an octet boundary gets another.
#[must_use]
pub fn pack(text: &str) -> Option<Vec<u8>> {
    let mut septets = encode(text)?;
    let seven_bits_left = septets.len() % 8 == 7;
    let ends_on_boundary_with_cr = septets.len() % 8 == 0 && septets.last() == Some(&CR);
    if seven_bits_left || ends_on_boundary_with_cr {
        septets.push(CR);
    }
    let mut out = Vec::with_capacity(septets.len() * 7 / 8 + 1);
    let (mut bits, mut count) = (0_u16, 0);
    for septet in septets {
        bits |= u16::from(septet) << count;
        count += 7;
        if count >= 8 {
            out.push(low_octet(bits));
            bits >>= 8;
            count -= 8;
        }
    }
    if count > 0 {
        out.push(low_octet(bits));
    }
    Some(out)
}

/// The text of packed septets. CRs at its end are padding: what people type has none.
#[must_use]
pub fn unpack(octets: &[u8]) -> String {
    let mut septets = Vec::with_capacity(octets.len() * 8 / 7);
    let (mut bits, mut count) = (0_u16, 0);
    for octet in octets {
        bits |= u16::from(*octet) << count;
        count += 8;
        while count >= 7 {
            septets.push(low_octet(bits & 0x7f));
            bits >>= 7;
            count -= 7;
        }
    }
    let text = decode(&septets);
    text.trim_end_matches('\r').to_owned()
}

fn low_octet(bits: u16) -> u8 {
    bits.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets
            .iter()
            .flat_map(|o| [o >> 4, o & 15])
            .filter_map(|d| char::from_digit(d.into(), 16))
            .collect()
    }

    #[test]
    fn packing_agrees_with_what_phones_send() {
        for (text, packed) in [
            ("*100#", "aa180c3602"),
            ("1234567", "31d98c56b3dd1a"),
            ("12345678", "31d98c56b3dd70"),
            ("1234567\r", "31d98c56b3dd1a0d"),
        ] {
            assert_eq!(hex(&pack(text).unwrap()), packed, "{text:?}");
            assert_eq!(unpack(&pack(text).unwrap()), text.trim_end_matches('\r'));
        }
        assert_eq!(pack(&"x".repeat(182)).unwrap().len(), 160);
        assert_eq!(pack(&"x".repeat(183)).unwrap().len(), 161);
    }

    #[test]
    fn the_tables_have_what_the_standard_says() {
        assert_eq!(
            encode("@$ \n_Δ€").unwrap(),
            [0, 2, 0x20, 0x0a, 0x11, 0x10, 0x1b, 0x65]
        );
        assert_eq!(encode("ä Ö ñ"), Some(vec![0x7b, 0x20, 0x5c, 0x20, 0x7d]));
        for outside in ["қ", "ğ", "ş", "ı", "№", "–", "`", "ç", "\u{1b}", "\t"] {
            assert_eq!(encode(outside), None, "{outside}");
        }
        let letters: std::collections::BTreeSet<char> = BASIC.iter().copied().collect();
        assert_eq!(letters.len(), 128, "no letter stands twice");
    }

    #[test]
    fn odd_septets_are_read_as_the_standard_says() {
        assert_eq!(decode(&[0x1b, 0x41]), "A");
        assert_eq!(decode(&[0x1b]), "");
        assert_eq!(decode(&[0x1b, 0x1b, 0x65]), "€");
        assert_eq!(decode(&[0x80]), "\u{fffd}");
    }

    fn gsm_text() -> impl Strategy<Value = String> {
        let letters: Vec<char> = BASIC
            .iter()
            .copied()
            .filter(|c| *c != '\u{1b}' && *c != '\r')
            .collect();
        let extended = EXTENSION.map(|(_, c)| c).to_vec();
        let letter = prop_oneof![4 => prop::sample::select(letters), 1 => prop::sample::select(extended)];
        prop::collection::vec(letter, 0..200).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(text in gsm_text()) {
            prop_assert_eq!(unpack(&pack(&text).unwrap()), text.as_str());
            prop_assert_eq!(decode(&encode(&text).unwrap()), text.as_str());
            prop_assert_eq!(encode(&text).unwrap().len(), text.chars().map(width).sum::<usize>());
        }

        #[test]
        fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(unpack(&octets).chars().count() <= octets.len() * 8 / 7);
            prop_assert!(decode(&octets).chars().count() <= octets.len());
        }
    }
}
