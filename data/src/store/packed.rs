//! The pieces that a packed value is made of: numbers in as few bytes as they need, days, texts, lists.

use chrono::{Datelike, NaiveDate};

/// The longest text in bytes: 100 characters of a name take 400.
const MAX_TEXT_BYTES: usize = 512;
/// 1 January 2020, when contributions began, as days from CE: most days are near it and so take two bytes.
const EPOCH: i64 = 737_425;

/// Bytes that are no packed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage;

/// Where `item` is in `all`, of which there are fewer than 255.
pub(crate) fn position<T: PartialEq>(all: &[T], item: &T) -> u8 {
    let position = all.iter().position(|other| other == item);
    position
        .and_then(|position| u8::try_from(position).ok())
        .unwrap_or(u8::MAX)
}

/// The item that [`position`] found there.
pub(crate) fn at<T: Copy>(all: &[T], position: u8) -> Result<T, Damage> {
    all.get(usize::from(position)).copied().ok_or(Damage)
}

/// Writes pieces.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    bytes: Vec<u8>,
}

impl Packer {
    /// A value of this version, `capacity` bytes long if all goes well.
    pub(crate) fn new(version: u8, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.push(version);
        Self { bytes }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// A number, seven bits a byte, the lowest first (LEB128).
    pub(crate) fn number(&mut self, mut number: u64) {
        loop {
            let [low, ..] = number.to_le_bytes();
            number >>= 7;
            if number == 0 {
                return self.bytes.push(low);
            }
            self.bytes.push(low | 0x80);
        }
    }

    pub(crate) fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    /// A number of either sign; small ones take few bytes.
    pub(crate) fn signed(&mut self, number: i64) {
        self.number(number.cast_unsigned() << 1 ^ (number >> 63).cast_unsigned());
    }

    pub(crate) fn day(&mut self, day: NaiveDate) {
        self.signed(number_of(day) - EPOCH);
    }

    /// A day near `other`.
    pub(crate) fn day_after(&mut self, day: NaiveDate, other: NaiveDate) {
        self.signed(number_of(day) - number_of(other));
    }

    /// A day near `other`, if there is one.
    pub(crate) fn maybe_day_after(&mut self, day: Option<NaiveDate>, other: NaiveDate) {
        self.byte(u8::from(day.is_some()));
        if let Some(day) = day {
            self.day_after(day, other);
        }
    }

    /// How long the value is so far.
    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes as they are, without their length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes.extend(text.as_bytes());
    }
}

/// Reads pieces.
#[derive(Debug)]
pub(crate) struct Unpacker<'a> {
    rest: &'a [u8],
}

impl<'a> Unpacker<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Fails if anything is left.
    pub(crate) fn finish(self) -> Result<(), Damage> {
        if self.rest.is_empty() { Ok(()) } else { Err(Damage) }
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damage> {
        let (first, rest) = self.rest.split_first().ok_or(Damage)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Damage> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Damage);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damage)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Damage> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    pub(crate) fn day(&mut self) -> Result<NaiveDate, Damage> {
        day_of(EPOCH.checked_add(self.signed()?))
    }

    pub(crate) fn day_after(&mut self, other: NaiveDate) -> Result<NaiveDate, Damage> {
        day_of(number_of(other).checked_add(self.signed()?))
    }

    pub(crate) fn maybe_day_after(&mut self, other: NaiveDate) -> Result<Option<NaiveDate>, Damage> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.day_after(other).map(Some),
            _ => Err(Damage),
        }
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Damage> {
        let length = usize::try_from(self.number()?).map_err(|_| Damage)?;
        if length > MAX_TEXT_BYTES {
            return Err(Damage);
        }
        let (text, rest) = self.rest.split_at_checked(length).ok_or(Damage)?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| Damage)
    }

    /// A list whose items take at least `least` bytes each: never more room is made than the bytes left can fill.
    pub(crate) fn list<T>(
        &mut self,
        least: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, Damage>,
    ) -> Result<Vec<T>, Damage> {
        let length = usize::try_from(self.number()?).map_err(|_| Damage)?;
        if length > self.rest.len() / least.max(1) {
            return Err(Damage);
        }
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(item(self)?);
        }
        Ok(items)
    }
}

fn number_of(day: NaiveDate) -> i64 {
    day.num_days_from_ce().into()
}

fn day_of(number: Option<i64>) -> Result<NaiveDate, Damage> {
    let number = number.and_then(|number| i32::try_from(number).ok());
    number
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        .ok_or(Damage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(pack: impl FnOnce(&mut Packer)) -> Vec<u8> {
        let mut packer = Packer::default();
        pack(&mut packer);
        packer.finish()
    }

    proptest! {
        #[test]
        fn numbers_come_back(number: u64, signed: i64, shift in 0..64_u32) {
            let (number, signed) = (number >> shift, signed >> shift);
            let bytes = packed(|packer| { packer.number(number); packer.signed(signed); });
            let mut unpacker = Unpacker::new(&bytes);
            prop_assert_eq!(unpacker.number(), Ok(number));
            prop_assert_eq!(unpacker.signed(), Ok(signed));
            prop_assert_eq!(unpacker.finish(), Ok(()));
        }
    }

    #[test]
    fn days_and_ends_of_numbers_come_back() {
        for day in [NaiveDate::MIN, NaiveDate::MAX, NaiveDate::default()] {
            let bytes = packed(|packer| {
                packer.day(day);
                packer.day_after(NaiveDate::MIN, day);
            });
            let mut unpacker = Unpacker::new(&bytes);
            assert_eq!(
                (unpacker.day(), unpacker.day_after(day)),
                (Ok(day), Ok(NaiveDate::MIN))
            );
        }
        assert_eq!(packed(|packer| packer.number(u64::MAX)).len(), 10);
        let epoch = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
        assert_eq!(packed(|packer| packer.day(epoch)), [0]);
    }

    #[test]
    fn damage_is_told() {
        assert_eq!(Unpacker::new(&[]).byte(), Err(Damage));
        assert_eq!(Unpacker::new(&[0x80]).number(), Err(Damage));
        assert_eq!(
            Unpacker::new(&[0xff; 10]).number(),
            Err(Damage),
            "more than 64 bits"
        );
        assert_eq!(Unpacker::new(&[0xff; 11]).number(), Err(Damage));
        assert_eq!(
            Unpacker::new(&packed(|packer| packer.signed(i64::MAX))).day(),
            Err(Damage)
        );
        assert_eq!(Unpacker::new(&[2, 0x61]).text(), Err(Damage));
        assert_eq!(Unpacker::new(&[1, 0xff]).text(), Err(Damage));
        let long = "x".repeat(MAX_TEXT_BYTES + 1);
        assert_eq!(
            Unpacker::new(&packed(|packer| packer.text(&long))).text(),
            Err(Damage)
        );
        assert_eq!(Unpacker::new(&[3, 1, 1]).list(1, Unpacker::byte), Err(Damage));
        assert_eq!(Unpacker::new(&[2, 1, 1]).list(2, Unpacker::byte), Err(Damage));
        assert_eq!(Unpacker::new(&[1]).finish(), Err(Damage));
    }
}
