//! UCS-2 as carriers send and take it: UTF-16, most significant octet first.

/// `text` in UTF-16BE. Characters beyond the Basic Multilingual Plane go as surrogate pairs, which phones understand.
#[must_use]
pub fn encode(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// The text of UTF-16BE. A lone surrogate and an odd octet at the end are U+FFFD; a byte order mark is left out.
#[must_use]
pub fn decode(octets: &[u8]) -> String {
    let mut pairs = octets.chunks_exact(2);
    let units = pairs
        .by_ref()
        .filter_map(|pair| pair.try_into().ok())
        .map(u16::from_be_bytes);
    let mut text: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !pairs.remainder().is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_high_octet_is_first() {
        assert_eq!(encode("қ"), [0x04, 0x9b]);
        assert_eq!(encode("😀"), [0xd8, 0x3d, 0xde, 0x00]);
    }

    #[test]
    fn what_cannot_be_read_is_marked() {
        assert_eq!(decode(&[0x04, 0x9b, 0xd8, 0x3d, 0x04, 0x9b]), "қ\u{fffd}қ");
        assert_eq!(decode(&[0xde, 0x00]), "\u{fffd}");
        assert_eq!(decode(&[0x04, 0x9b, 0x04]), "қ\u{fffd}");
        assert_eq!(decode(&[0xfe, 0xff, 0x04, 0x9b]), "қ");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in any::<String>()) {
            prop_assume!(!text.starts_with('\u{feff}'));
            prop_assert_eq!(decode(&encode(&text)), text);
        }

        #[test]
        fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(decode(&octets).chars().count() <= octets.len().div_ceil(2));
        }
    }
}
