//! The alphabets of the air: GSM 7-bit and UCS-2, the parts of an SMS, the pages of USSD, transliteration.
//! Sizes are counted in septets and UTF-16 units, never in bytes or characters. Not written yet.

use serde::{Deserialize, Serialize};

/// The alphabet of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alphabet {
    /// GSM 7-bit default alphabet with its extension table (3GPP TS 23.038), counted in septets.
    Gsm7,
    /// UCS-2, counted in UTF-16 units.
    Ucs2,
}
