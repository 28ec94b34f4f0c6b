//! Bytes off the wire: the names and values of queries and forms, and texts in the charsets of carriers.

use std::borrow::Cow;

use axum::http::Method;
use serde_json::{Map, Value};

use super::adapter::Webhook;
use crate::encoding::{gsm7, ucs2};
use crate::error::Refusal;

/// The most names in a query or a form; Kannel has about 30 escapes, Vonage sends 15.
const MAX_FIELDS: usize = 64;

/// The names and values of a query or a form, as bytes: a carrier may send UTF-16 in them. It has no `Debug`: it is
/// full of phones and IINs.
pub struct Fields<'a>(Vec<Field<'a>>);

type Field<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

impl<'a> Fields<'a> {
    /// The fields of a request of a carrier that is told to send them as a query, a form or JSON. What is put behind the address
    /// of a POST is none of them.
    ///
    /// # Errors
    /// As [`Fields::parse`] and [`Fields::of_json`].
    pub fn of(request: &'a Webhook) -> Result<Self, Refusal> {
        if request.head.method == Method::GET {
            Self::parse(request.query().as_bytes())
        } else if request.media_type().eq_ignore_ascii_case("application/json") {
            Fields::of_json(&request.body)
        } else {
            Self::parse(&request.body)
        }
    }

    /// Reads `application/x-www-form-urlencoded` bytes; `+` is a space, a `%` without two hex digits is itself.
    ///
    /// # Errors
    /// More than 64 fields.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let mut fields = Vec::new();
        for part in bytes.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
            if fields.len() == MAX_FIELDS {
                return Err(Refusal::malformed(format!("more than {MAX_FIELDS} fields")));
            }
            let mut sides = part.splitn(2, |byte| *byte == b'=');
            let name = sides.next().unwrap_or_default();
            fields.push((decode(name), decode(sides.next().unwrap_or_default())));
        }
        Ok(Self(fields))
    }

    /// The members of a JSON object as fields: strings, numbers and truth values as they are written, nothing for `null`.
    ///
    /// # Errors
    /// No object, more than 64 members, or lists and objects in it.
    pub fn of_json(body: &[u8]) -> Result<Fields<'static>, Refusal> {
        let object: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| Refusal::malformed("the body is not a JSON object"))?;
        if object.len() > MAX_FIELDS {
            return Err(Refusal::malformed(format!("more than {MAX_FIELDS} fields")));
        }
        let mut fields = Vec::new();
        for (name, value) in object {
            let value = match value {
                Value::Null => continue,
                Value::String(text) => text,
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    return Err(Refusal::malformed("a field is a list or an object"));
                }
            };
            fields.push((name.into_bytes().into(), value.into_bytes().into()));
        }
        Ok(Fields(fields))
    }

    /// True if there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same fields with their names in lower case, for carriers that are not agreed on it.
    #[must_use]
    pub fn in_lower_case(mut self) -> Self {
        for (name, _) in &mut self.0 {
            name.to_mut().make_ascii_lowercase();
        }
        self
    }

    /// The value of `name`; `None` if it is absent.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it stands more than once: somebody may have slipped a second one in.
    pub fn bytes(&self, name: &'static str) -> Result<Option<&[u8]>, Refusal> {
        let mut found = self
            .0
            .iter()
            .filter(|(key, _)| **key == *name.as_bytes())
            .map(|(_, value)| &**value);
        let first = found.next();
        match found.next() {
            Some(_) => Err(Refusal::malformed(format!("the field {name} stands twice"))),
            None => Ok(first),
        }
    }

    /// The value of `name` as UTF-8 text, which must be there.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is absent, empty, or stands more than once.
    pub fn required(&self, name: &'static str) -> Result<String, Refusal> {
        let value = self.text(name)?.filter(|value| !value.is_empty());
        value.ok_or_else(|| Refusal::malformed(format!("{name} is missing or empty")))
    }

    /// All names and values in the order of the names and then of the values, each pair once: as signatures are made.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&[u8], &[u8])> {
        let mut pairs: Vec<_> = self.0.iter().map(|(name, value)| (&**name, &**value)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// The value of `name` as UTF-8 text; what is not UTF-8 is U+FFFD.
    ///
    /// # Errors
    /// As [`Fields::bytes`].
    pub fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        let value = self.bytes(name)?;
        Ok(value.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
    }
}

fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(bytes);
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let (byte, tail) = match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, after),
                _ => (b'%', tail),
            },
            (b'+', _) => (b' ', tail),
            (byte, _) => (*byte, tail),
        };
        decoded.push(byte);
        rest = tail;
    }
    Cow::Owned(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Names and values as `application/x-www-form-urlencoded`, for a query or a form of ours.
#[must_use]
pub fn form(fields: &[(&str, &str)]) -> String {
    let encoded = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    encoded.collect::<Vec<_>>().join("&")
}

fn encode(text: &str) -> String {
    let encode = |byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// A charset in which carriers send texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// ISO 8859-1: every byte is the character of its number.
    Latin1,
    /// UTF-16, big endian, as UCS-2 on the air.
    Utf16Be,
    /// The letters of GSM 7-bit, an octet each.
    Gsm7,
}

impl Charset {
    /// The text of `bytes`; what cannot be decoded is U+FFFD.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Utf16Be => ucs2::decode(bytes),
            Self::Gsm7 => gsm7::decode(bytes),
        }
    }
}

/// Every byte as `%xx`.
#[cfg(test)]
pub(crate) fn escape_all(bytes: &[u8]) -> String {
    let escaped: Vec<_> = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
    escaped.concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(query: &str) -> Vec<u8> {
        Fields::parse(query.as_bytes())
            .unwrap()
            .bytes("a")
            .unwrap()
            .unwrap()
            .to_vec()
    }

    #[test]
    fn escapes_pluses_and_stray_percents_are_decoded() {
        for (query, expected) in [
            ("a=plain", &b"plain"[..]),
            ("b=1&a=%041%2B+x", b"\x041+ x"),
            ("a=100%", b"100%"),
            ("a=%zz%4", b"%zz%4"),
            ("a", b""),
            ("a=b=c", b"b=c"),
            ("%61=%d2%9a", b"\xd2\x9a"),
        ] {
            assert_eq!(value(query), expected, "{query}");
        }
    }

    #[test]
    fn a_field_that_stands_twice_and_too_many_fields_are_refused() {
        let fields = Fields::parse(b"a=1&a=2&b=3").unwrap();
        assert!(fields.bytes("a").is_err());
        assert_eq!(fields.bytes("b"), Ok(Some(&b"3"[..])));
        assert_eq!(fields.bytes("c"), Ok(None));
        assert!(Fields::parse("a=1&".repeat(MAX_FIELDS).as_bytes()).is_ok());
        assert!(Fields::parse("a=1&".repeat(MAX_FIELDS + 1).as_bytes()).is_err());
    }

    #[test]
    fn a_json_object_is_fields() {
        let fields = Fields::of_json(br#"{"b":7,"a":"x y","c":true,"d":null}"#).unwrap();
        let pairs = [(&b"a"[..], &b"x y"[..]), (b"b", b"7"), (b"c", b"true")];
        assert_eq!(fields.sorted(), pairs);
        for slip in ["", "[]", "{\"a\":[]}", "{\"a\":{}}", "{\"a\":1"] {
            assert!(Fields::of_json(slip.as_bytes()).is_err(), "{slip}");
        }
        assert!(Fields::of_json(b"{}").unwrap().is_empty());
    }

    #[test]
    fn names_are_put_into_order_and_into_lower_case() {
        let fields = Fields::parse(b"B=2&a=3&a=1&B=2").unwrap();
        let pairs = [(&b"B"[..], &b"2"[..]), (b"a", b"1"), (b"a", b"3")];
        assert_eq!(fields.sorted(), pairs);
        let fields = fields.in_lower_case();
        assert!(fields.bytes("b").is_err());
        assert!(fields.required("c").is_err());
    }

    #[test]
    fn charsets_decode_and_mark_what_is_broken() {
        assert_eq!(Charset::Utf8.decode("Қарыз".as_bytes()), "Қарыз");
        assert_eq!(Charset::Utf8.decode(b"a\xffb"), "a\u{fffd}b");
        assert_eq!(Charset::Latin1.decode(b"caf\xe9"), "café");
        assert_eq!(Charset::Utf16Be.decode(b"\x04\x9a\x00a"), "Қa");
        assert_eq!(Charset::Utf16Be.decode(b"\xfe\xff\x00a\x00"), "a\u{fffd}");
        assert_eq!(Charset::Utf16Be.decode(b"\xd8\x3d\x00a"), "\u{fffd}a");
    }

    proptest! {
        #[test]
        fn a_form_comes_back_whole(first in "\\PC*", second in "[\\n\\r a+&=%]*") {
            let form = form(&[("a", &first), ("ә", &second)]);
            let fields = Fields::parse(form.as_bytes()).unwrap();
            prop_assert_eq!(fields.text("a").unwrap().unwrap(), first);
            prop_assert_eq!(fields.text("ә").unwrap().unwrap(), second);
        }

        #[test]
        fn utf16_comes_back_whole(text in "\\PC*") {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            prop_assert_eq!(Charset::Utf16Be.decode(&bytes), text);
        }

        #[test]
        fn what_is_percent_encoded_comes_back_whole(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(value(&format!("a={}", escape_all(&bytes))), bytes);
        }
    }
}
