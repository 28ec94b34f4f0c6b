//! Our own JSON for SMS and USSD: of the sandbox, and of carriers that adapt to us (`gateway/openapi/generic.yaml`).

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Request, Uri};
use axum::response::{IntoResponse, Response};
use saqta_data::office::Delivery;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::adapter::{Receipt, Webhook};
use super::send::{self, Errand};
use super::{IncomingSms, IncomingUssd, OutgoingSms, SmsReply, UssdInput, UssdReply, UssdSession, UssdStep};
use crate::encoding::Alphabet;
use crate::error::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsBody {
    id: String,
    from: String,
    to: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UssdBody {
    session: String,
    from: String,
    code: String,
    input: String,
    step: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptBody {
    id: String,
    state: State,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Pending,
    Delivered,
    Failed,
}

/// What a body should look like.
pub struct Shape {
    /// The names of its fields; each must be there, and no other.
    pub fields: &'static [&'static str],
    sample: &'static str,
}

/// A text from a citizen.
pub const SMS: Shape = Shape {
    fields: &["id", "from", "to", "text"],
    sample: r#"{"id":"...","from":"+7...","to":"1414","text":"..."}"#,
};
/// A step of a session.
pub const USSD: Shape = Shape {
    fields: &["session", "from", "code", "input", "step"],
    sample: r#"{"session":"...","from":"+7...","code":"*1414#","input":"","step":0}"#,
};

/// What became of an SMS that is no answer.
pub const RECEIPT: Shape = Shape {
    fields: &["id", "state"],
    sample: r#"{"id":"...","state":"delivered"}"#,
};

/// Our id of an SMS that is no answer, the same at every attempt; its receipt names it.
pub const ID: HeaderName = HeaderName::from_static("webhook-id");

/// The text from a citizen in the body of `request`.
///
/// # Errors
/// What is wrong with it.
pub fn sms(request: &Webhook) -> Result<IncomingSms, Refusal> {
    let body: SmsBody = read(request, &SMS)?;
    if body.id.is_empty() {
        return Err(SMS.refuse("id is empty"));
    }
    Ok(IncomingSms {
        id: Some(body.id),
        from: body.from,
        to: body.to,
        text: body.text,
        part: None,
        link: None,
    })
}

/// The receipt in the body of `request`.
///
/// # Errors
/// What is wrong with it.
pub fn receipt(request: &Webhook) -> Result<Receipt, Refusal> {
    let body: ReceiptBody = read(request, &RECEIPT)?;
    if body.id.is_empty() {
        return Err(RECEIPT.refuse("id is empty"));
    }
    Ok(Receipt {
        id: body.id,
        delivery: match body.state {
            State::Pending => Delivery::Pending,
            State::Delivered => Delivery::Delivered,
            State::Failed => Delivery::Failed,
        },
    })
}

/// The step of a session in the body of `request`.
///
/// # Errors
/// What is wrong with it.
pub fn ussd(request: &Webhook) -> Result<IncomingUssd, Refusal> {
    let body: UssdBody = read(request, &USSD)?;
    if body.session.is_empty() {
        return Err(USSD.refuse("session is empty"));
    }
    let input = match (body.step, body.input.trim()) {
        (0, "") => UssdInput::Dialled(body.code.clone()),
        // Some handsets give the code in the place of what is typed.
        (0, dialled) if dialled.starts_with('*') => UssdInput::Dialled(dialled.to_owned()),
        _ => UssdInput::Typed(body.input),
    };
    Ok(IncomingUssd {
        session: UssdSession {
            id: body.session,
            from: Some(body.from),
        },
        code: body.code,
        input,
        step: Some(UssdStep::Number(body.step.into())),
    })
}

#[derive(Serialize)]
struct Messages<'a> {
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    to: String,
    text: &'a str,
    encoding: Alphabet,
    parts: usize,
}

impl<'a> Message<'a> {
    fn of(sms: &'a OutgoingSms) -> Self {
        Self {
            to: sms.to.reveal(),
            text: &sms.text,
            encoding: sms.alphabet,
            parts: sms.parts,
        }
    }
}

/// The answers to texts.
#[must_use]
pub fn answers(replies: &[SmsReply]) -> Response {
    let message = |reply| match reply {
        &SmsReply::Silence => None,
        SmsReply::Text(sms) => Some(Message::of(sms)),
    };
    let messages = replies.iter().filter_map(message).collect();
    Json(Messages { messages }).into_response()
}

/// The page after a step.
#[must_use]
pub fn page(reply: &UssdReply) -> Response {
    let page = match reply {
        UssdReply::Page(page) => Some(page),
        _ => None,
    };
    Json(page).into_response()
}

/// The request that posts an SMS that is no answer to `uri`.
#[must_use]
pub fn post(uri: &Uri, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
    // Strings and numbers are always JSON.
    let body = serde_json::to_vec(&Message::of(sms)).unwrap_or_default();
    let mut request = send::post(uri, "application/json", body.into());
    // Letters and digits: always a header.
    if let Ok(id) = HeaderValue::from_str(errand.id) {
        request.headers_mut().insert(ID, id);
    }
    request
}

impl Shape {
    fn refuse(&self, slip: &str) -> Refusal {
        Refusal::malformed(format!("{slip}; send JSON like {}", self.sample))
    }

    /// What is wrong with a body that could not be read. The words of the JSON reader would quote it.
    fn slip(&self, body: &[u8]) -> String {
        if std::str::from_utf8(body).is_err() {
            return "the body is not UTF-8".into();
        }
        let Ok(object) = serde_json::from_slice::<Map<String, Value>>(body) else {
            return "the body is not a JSON object".into();
        };
        if let Some(missing) = self.fields.iter().find(|name| !object.contains_key(**name)) {
            return format!("{missing} is missing");
        }
        if object.keys().any(|name| !self.fields.contains(&name.as_str())) {
            return "there is an unknown field".into();
        }
        "a field stands twice or has the wrong type".into()
    }
}

/// The body, whatever its content type is called: `curl -d` calls it a form.
fn read<T: DeserializeOwned>(request: &Webhook, shape: &Shape) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|_| shape.refuse(&shape.slip(&request.body)))
}
