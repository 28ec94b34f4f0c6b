//! What a configuration file may say. Keys that do not exist are refused, so that a slip is seen at once.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use saqta_data::desk::OperatorRole;
use saqta_data::language::Language;
use saqta_gateway::exchange::Unbound;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::secret::SecretRef;
use crate::cli::Every;

/// The file. The first keys are the options of the command line, by the same names; the rest exists only here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    pub(crate) store: Option<PathBuf>,
    pub(crate) listen: Listen,
    pub(crate) admin_listen: Option<SocketAddr>,
    pub(crate) sandbox: Option<bool>,
    pub(crate) check: Option<bool>,
    pub(crate) as_of: Option<Day>,
    pub(crate) json: Option<bool>,
    pub(crate) lang: Option<Language>,
    pub(crate) dry_run: Option<bool>,
    pub(crate) data_date: Option<Day>,
    pub(crate) sort: Option<bool>,
    pub(crate) temp: Option<PathBuf>,
    pub(crate) url: Option<String>,
    pub(crate) carrier: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) citizens: Option<u64>,
    pub(crate) seed: Option<u64>,
    pub(crate) demo_store: Option<PathBuf>,
    pub(crate) demo_listen: Option<SocketAddr>,
    pub(crate) every: Option<Every>,
    pub(crate) keep: Option<usize>,

    /// The address under which carriers reach the gateway; in what `serve --check` prints.
    pub(crate) public_url: Option<String>,
    /// The carriers.
    pub(crate) carriers: Vec<toml::Spanned<Carrier>>,
    /// Proxies (addresses or networks) whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<String>,
    /// Law tables that take the place of the compiled-in ones, file by file.
    pub(crate) law_dir: Option<PathBuf>,
    /// Texts that take the place of the compiled-in ones, message by message.
    pub(crate) texts_dir: Option<PathBuf>,
    /// A USSD menu that takes the place of the compiled-in one.
    pub(crate) dialog: Option<PathBuf>,
    /// What a phone may know that is not bound to the IIN.
    pub(crate) unbound: Unbound,
    /// The USSD code of the service.
    pub(crate) ussd_code: Option<String>,
    /// The limits on what phones may ask.
    pub(crate) limits: Limits,
    /// The console's theme: auto, light, dark, mono or plain.
    pub(crate) theme: Option<String>,
    /// The console's keys, where they are to be others than the compiled-in ones.
    pub(crate) keymap: Option<PathBuf>,
    /// Our own numbers and short codes at every carrier: messages from them are never answered.
    pub(crate) own_numbers: Vec<String>,
    /// The memory for pages of the store, in MiB.
    pub(crate) cache_mib: Option<u32>,
    /// The months that journal lines are kept.
    pub(crate) journal_months: Option<u32>,
    /// The journal lines that are kept at most; the oldest go first.
    pub(crate) journal_lines: Option<u64>,
    /// Look-ups an hour of one operator; seniors and the server's own account have no limit.
    pub(crate) lookups_per_hour: Option<u32>,
    /// Operators by account, and by group where an account is not named.
    pub(crate) operators: Operators,
}

/// `listen = "ADDRESS"`, or `[listen]` with the address and what TLS needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listen {
    /// Where carriers reach the gateway.
    pub(crate) address: Option<SocketAddr>,
    /// The certificate chain in PEM, the gateway's own first; without it the gateway speaks plain HTTP.
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its private key in PEM.
    pub(crate) tls_key: Option<PathBuf>,
    /// The authorities in PEM of which callers must show a certificate; without it none is asked for.
    pub(crate) client_ca: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListenTable {
    address: Option<SocketAddr>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    client_ca: Option<PathBuf>,
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Listen;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address such as \"127.0.0.1:8414\", or a table")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Listen, E> {
                let address = text
                    .parse()
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))?;
                Ok(Listen {
                    address: Some(address),
                    ..Listen::default()
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Listen, A::Error> {
                let table = ListenTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Listen {
                    address: table.address,
                    tls_cert: table.tls_cert,
                    tls_key: table.tls_key,
                    client_ca: table.client_ca,
                })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// A day: a TOML date or a string like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DayText")]
pub(crate) struct Day(pub(crate) NaiveDate);

#[derive(Deserialize)]
#[serde(untagged)]
enum DayText {
    Toml(toml::value::Datetime),
    Text(String),
}

impl TryFrom<DayText> for Day {
    type Error = &'static str;

    fn try_from(text: DayText) -> Result<Self, Self::Error> {
        let text = match text {
            DayText::Toml(date) => date.to_string(),
            DayText::Text(text) => text,
        };
        day(&text).map(Self)
    }
}

/// The day of a text like `2026-08-25`.
pub(crate) fn day(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "write the date as 2026-08-25")
}

/// An instance of a carrier adapter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carrier {
    /// The name in the path: letters, digits, `-` and `_`.
    pub(crate) name: String,
    /// The adapter.
    pub(crate) kind: String,
    /// The first signs, all verify.
    #[serde(default, deserialize_with = "super::secret::list")]
    pub(crate) secrets: Vec<SecretRef>,
    /// Which of the carrier's ways of signing it uses, where it has several.
    pub(crate) signature: Option<String>,
    /// A segment of the path that only the carrier knows.
    pub(crate) path_secret: Option<SecretRef>,
    /// User and password of HTTP Basic authentication, as `user:password`.
    pub(crate) basic: Option<SecretRef>,
    /// Addresses or networks from which the carrier calls.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// Our numbers at this carrier, beside those for all.
    #[serde(default)]
    pub(crate) own_numbers: Vec<String>,
    /// Characters that the carrier adds to each USSD page.
    #[serde(default)]
    pub(crate) ussd_overhead: usize,
    /// The most units of a USSD page; without it what the kind of carrier and the air take.
    pub(crate) ussd_page_units: Option<usize>,
    /// The seconds between two questions for messages whose callbacks were lost; without it nothing is asked.
    pub(crate) poll_seconds: Option<u32>,
    /// Where the carrier takes SMS that are no answers; without it none are sent.
    pub(crate) send_url: Option<String>,
    /// Our name there.
    pub(crate) send_user: Option<SecretRef>,
    /// Our password there.
    pub(crate) send_password: Option<SecretRef>,
    /// The number or name that those SMS are from.
    pub(crate) send_from: Option<String>,
}

/// The limits on what phones may ask; a key left out has the gateway's default.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Different IINs a day that one phone may ask about without being bound to them.
    pub(crate) iins_per_phone_a_day: Option<usize>,
    /// Different phones a day that may ask about one IIN without being bound to it.
    pub(crate) phones_per_iin_a_day: Option<usize>,
    /// Look-ups a minute of phones not bound to the person, per instance.
    pub(crate) unbound_lookups_a_minute: Option<u32>,
    /// Help texts to one phone in an hour.
    pub(crate) helps_an_hour: Option<usize>,
    /// Answers by SMS a minute to a phone that is bound to nobody.
    pub(crate) sms_per_phone_a_minute: Option<u32>,
    /// Answers by SMS a day to a phone that is bound to nobody.
    pub(crate) sms_per_phone_a_day: Option<u32>,
    /// Answers by SMS a minute to all phones, beyond which only bound phones get any.
    pub(crate) sms_a_minute: Option<u32>,
}

/// Who may sit at the desk beside the server's own account, which is senior.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Operators {
    /// Roles by the name of the account.
    pub(crate) users: BTreeMap<String, OperatorRole>,
    /// Roles by the name of a group; the highest of an account's groups counts.
    pub(crate) groups: BTreeMap<String, OperatorRole>,
}
