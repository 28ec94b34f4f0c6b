//! The rules of the house, as settings.

use serde::{Deserialize, Serialize};

use crate::dialog::sms::Patience;

/// What a phone learns that is not bound to the person asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unbound {
    /// Insured or not, and nothing else. The bank apps and the Fund's site show anybody as much.
    #[default]
    Status,
    /// Nothing.
    Nothing,
}

/// The rules. The defaults of the privacy limits are the service's published rules; those against loops and the
/// deadline follow what aggregators do and bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What a phone learns that is not bound to the person.
    pub unbound: Unbound,
    /// Different IINs a day (in Kazakhstan) that a phone may ask about without being bound to them, known or not, by
    /// SMS and USSD together. Published rule: 5.
    pub iins_per_phone_a_day: usize,
    /// Different phones a day that may ask about one IIN without being bound to it. Published rule: 20.
    pub phones_per_iin_a_day: usize,
    /// Look-ups by phones not bound to the person, a minute and carrier instance; `None`: no such limit.
    pub unbound_lookups_a_minute: Option<u32>,
    /// Answers by SMS a minute to a phone that is bound to nobody. A thumb types a few; a family's questions at one sitting stay far below.
    pub sms_per_phone_a_minute: u32,
    /// Answers by SMS a day (in Kazakhstan) to a phone that is bound to nobody.
    pub sms_per_phone_a_day: u32,
    /// Answers by SMS a minute to all phones, beyond which only phones that are bound to somebody get any; messages under
    /// way may go a little over it. `None`: no such limit.
    pub sms_a_minute: Option<u32>,
    /// The USSD code that leads here.
    pub ussd_code: String,
    /// Help texts to one phone in an hour. Published rule: 3.
    pub helps_an_hour: usize,
    /// Answers in an hour to one and the same text without command and IIN: the fourth is taken for a machine's
    /// (the threshold of Medic's cht-core, issue 4715).
    pub repeats_an_hour: usize,
    /// Answers in an hour to all texts of one phone without command and IIN. A person seldom slips ten times; an
    /// automatic reply with a number that changes does.
    pub others_an_hour: usize,
    /// Milliseconds after which a citizen is asked to try later. Aggregators call 2 s a page the norm.
    pub deadline_ms: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            unbound: Unbound::Status,
            iins_per_phone_a_day: 5,
            phones_per_iin_a_day: 20,
            unbound_lookups_a_minute: None,
            sms_per_phone_a_minute: 30,
            sms_per_phone_a_day: 120,
            sms_a_minute: None,
            ussd_code: "*1414#".into(),
            helps_an_hour: 3,
            repeats_an_hour: 3,
            others_an_hour: 10,
            deadline_ms: 1_500,
        }
    }
}

impl Policy {
    pub(super) const fn patience(&self) -> Patience {
        Patience {
            helps_an_hour: self.helps_an_hour,
            repeats_an_hour: self.repeats_an_hour,
            others_an_hour: self.others_an_hour,
        }
    }
}
