//! What carriers of USSD have in common: steps of a session in, pages out.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::MAX_FIELD_BYTES;
use super::config::{ConfigError, InstanceConfig};
use crate::error::Refusal;

/// The longest history of a session, in bytes: in the 300 s that one lasts nobody types 75 IINs.
pub const MAX_HISTORY_BYTES: usize = 1_000;

/// What a request of a carrier about USSD is.
#[derive(Clone, PartialEq, Eq)]
pub enum UssdCall {
    /// A step of a session; a page is the answer.
    Step(IncomingUssd),
    /// The session is over: the citizen hung up, was too slow, or left the network.
    End(UssdSession),
    /// Is the session going on?
    Query(UssdSession),
    /// Nothing that concerns us; it is acknowledged.
    Nothing,
}

/// A session as the carrier names it.
#[derive(Clone, PartialEq, Eq)]
pub struct UssdSession {
    /// The carrier's id of the session; the phone at carriers without.
    pub id: String,
    /// The phone, as the carrier writes it; `None` if it names the session only.
    pub from: Option<String>,
}

/// A step of a USSD session, as parsed by an adapter.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingUssd {
    /// The session.
    pub session: UssdSession,
    /// The carrier's service code, such as `*1414#`; empty if it is not told apart from the input.
    pub code: String,
    /// What was typed.
    pub input: UssdInput,
    /// By what the carrier knows the step; `None` for carriers that tell nothing of the kind.
    pub step: Option<UssdStep>,
}

/// By what a carrier knows a step of a session: the same at every repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UssdStep {
    /// A number that grows from step to step.
    Number(u64),
    /// An id, which tells nothing of the order.
    Id(u64),
}

impl UssdStep {
    /// The number or id.
    #[must_use]
    pub const fn value(self) -> u64 {
        match self {
            Self::Number(value) | Self::Id(value) => value,
        }
    }
}

/// What was typed, as carriers tell it.
#[derive(Clone, PartialEq, Eq)]
pub enum UssdInput {
    /// The session begins with what was dialled, such as `*1414#` or `*1414*900101300007#`.
    Dialled(String),
    /// This was typed on this step.
    Typed(String),
    /// The same, but the first input of a session is what was dialled, and nothing tells it from the others (Airtel).
    DialledOrTyped(String),
    /// Everything typed since the service code, this step last, joined by `*`; empty at the start.
    History(String),
}

impl UssdInput {
    /// The text itself.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Dialled(text) | Self::Typed(text) | Self::DialledOrTyped(text) | Self::History(text) => {
                text
            }
        }
    }

    /// As a carrier sends it, without the line break that some put in front and the CR that fills up the last octet on
    /// the air (3GPP TS 23.038, 6.1.2.3).
    #[must_use]
    pub fn trimmed(self) -> Self {
        let trim = |text: String| {
            let text = text.trim_start_matches(['\n', '\r']);
            text.trim_end_matches(['\r', '\n']).to_owned()
        };
        match self {
            Self::Dialled(text) => Self::Dialled(trim(text)),
            Self::Typed(text) => Self::Typed(trim(text)),
            Self::DialledOrTyped(text) => Self::DialledOrTyped(trim(text)),
            Self::History(text) => Self::History(trim(text)),
        }
    }
}

impl UssdSession {
    /// Refuses a session or a phone that is longer than any carrier's.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn check(&self) -> Result<(), Refusal> {
        super::check_lengths(&[&self.id, self.from.as_deref().unwrap_or_default()])
    }
}

impl IncomingUssd {
    /// Refuses a step whose session, phone, code or input is longer than any carrier's.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn check(&self) -> Result<(), Refusal> {
        self.session.check()?;
        super::check_lengths(&[&self.code])?;
        let most = match self.input {
            UssdInput::History(_) => MAX_HISTORY_BYTES,
            _ => MAX_FIELD_BYTES,
        };
        if self.input.text().len() <= most {
            return Ok(());
        }
        Err(Refusal::malformed(format!(
            "the input is longer than {most} bytes"
        )))
    }
}

/// What a carrier is answered.
#[derive(Clone, PartialEq, Eq)]
pub enum UssdReply {
    /// The page after a step.
    Page(UssdPage),
    /// The end of a session is noted; true if the session was going on.
    Ended(bool),
    /// Whether the session goes on.
    Active(bool),
    /// Nothing was asked.
    Nothing,
}

/// A USSD page.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UssdPage {
    /// What the handset shows; empty: nothing, for a sender that is no phone.
    pub text: String,
    /// True if the session ends with this page.
    pub end: bool,
}

impl UssdReply {
    /// The page, if one was asked for.
    #[must_use]
    pub const fn page(&self) -> Option<&UssdPage> {
        match self {
            Self::Page(page) => Some(page),
            _ => None,
        }
    }

    /// As Africa's Talking and Safaricom want it: `CON TEXT` while the session goes on, `END TEXT` at its end.
    #[must_use]
    pub fn con_or_end(&self) -> Response {
        let text = self.page().map(|page| {
            let sign = if page.end { "END" } else { "CON" };
            format!("{sign} {}", page.text)
        });
        plain(text.unwrap_or_default())
    }
}

/// A body of plain text.
#[must_use]
pub fn plain(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Refuses keys that carriers of USSD have no use for: they sign nothing and send no SMS.
///
/// # Errors
/// If there are any.
pub fn expect_ussd_only(config: &InstanceConfig) -> Result<(), ConfigError> {
    config.expect_no_secrets()?;
    config.expect_no_choice()?;
    match config.send_uri()? {
        Some(_) => Err(config.error("send_url", format!("{} has USSD only", config.kind))),
        None => Ok(()),
    }
}

/// Missing names of a query, for [`parameters_refused`].
const MISSING: &str = "missing_parameter";
/// Names of a query that are not the carrier's.
const UNEXPECTED: &str = "unexpected_parameter";

/// The refusal of a query without the names `missing`.
#[must_use]
pub fn missing_parameters(missing: &[&str]) -> Refusal {
    Refusal::malformed(format!("{MISSING}: {}", missing.join(", ")))
}

/// The refusal of a query with names that the carrier does not send. They are not repeated: nobody knows what they hold.
#[must_use]
pub fn unexpected_parameters() -> Refusal {
    Refusal::malformed(format!("{UNEXPECTED}: not repeated here"))
}

/// How Airtel and `DMark` are told: 400 and `{"missing_parameter": ["msisdn"]}`.
#[must_use]
pub fn parameters_refused(refusal: &Refusal) -> Response {
    let Refusal::Malformed(reason) = refusal else {
        return refusal.into_response();
    };
    let Some((kind, names)) = reason.split_once(": ") else {
        return refusal.into_response();
    };
    let kind = [MISSING, UNEXPECTED].into_iter().find(|known| *known == kind);
    let Some(kind) = kind else {
        return refusal.into_response();
    };
    let names: Vec<_> = names.split(", ").collect();
    let mut response = (refusal.status(), Json(serde_json::json!({ kind: names }))).into_response();
    response.extensions_mut().insert(refusal.clone());
    response
}

/// A JSON object of a carrier, read as carriers write them: fields that we do not know are passed over, numbers and
/// strings are taken for each other. It has no `Debug`: it is full of phones and IINs.
pub struct Object(Map<String, Value>);

impl Object {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is no JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let object = serde_json::from_slice(body);
        object
            .map(Self)
            .map_err(|_| Refusal::malformed("the body is not a JSON object in UTF-8"))
    }

    /// The text of `name`; `None` if it is absent or null.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is a list, an object or a truth value.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Refusal::malformed(format!("the field {name} is not a text"))),
        }
    }

    /// The same of a field that must be there.
    ///
    /// # Errors
    /// Likewise, and if it is absent or empty.
    pub fn required(&self, name: &'static str) -> Result<String, Refusal> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| Refusal::malformed(format!("the field {name} is missing or empty")))
    }

    /// The truth value of `name`, written as one, as a string or as a number.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is absent or none.
    pub fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        let value = match self.0.get(name) {
            Some(Value::Bool(value)) => Some(*value),
            Some(Value::String(text)) => text.to_ascii_lowercase().parse().ok(),
            _ => None,
        };
        value.ok_or_else(|| Refusal::malformed(format!("the field {name} is not true or false")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_leniently() {
        let object = Object::parse(br#"{"a":"x","b":7,"c":null,"d":[],"e":"","t":true,"f":"False"}"#);
        let object = object.ok().unwrap();
        assert_eq!(object.text("a"), Ok(Some("x".into())));
        assert_eq!(object.required("b"), Ok("7".into()));
        assert_eq!((object.text("c"), object.text("z")), (Ok(None), Ok(None)));
        for name in ["c", "d", "e", "z"] {
            assert!(object.required(name).is_err(), "{name}");
        }
        assert_eq!((object.flag("t"), object.flag("f")), (Ok(true), Ok(false)));
        assert!(object.flag("a").is_err() && object.flag("z").is_err());
        assert!(Object::parse(b"[]").is_err() && Object::parse(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn line_breaks_and_padding_are_trimmed_and_blanks_are_not() {
        let trimmed = UssdInput::Typed("\n\r 1\n2 \r".into()).trimmed();
        assert_eq!(trimmed.text(), " 1\n2 ");
    }
}
