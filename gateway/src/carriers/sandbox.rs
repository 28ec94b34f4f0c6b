//! The sandbox: a carrier of plain JSON for tests and for `saqta dial` and `saqta text`.

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::send::Sends;
use crate::carrier::{IncomingSms, IncomingUssd, OutgoingSms, SmsReply, UssdPage};
use crate::encoding::Alphabet;
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

struct Sandbox {
    inbox: Option<Inbox>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_secrets()?;
    let send = &config.send;
    let unknown = [
        ("send_user", send.user.is_some()),
        ("send_password", send.password.is_some()),
        ("send_from", send.from.is_some()),
    ];
    let inbox = config.send_uri()?.map(Inbox);
    match unknown.iter().find(|(_, is_set)| *is_set) {
        Some((key, _)) => Err(config.error(key, "the sandbox takes send_url alone")),
        None => Ok(Box::new(Sandbox { inbox })),
    }
}

/// Where SMS that are no answers are posted to, each as the JSON of a [`Message`]; any 2xx takes it.
struct Inbox(Uri);

impl Sends for Inbox {
    fn request(&self, sms: &OutgoingSms) -> Request<Bytes> {
        // Strings and numbers are always JSON.
        let body = serde_json::to_vec(&Message::of(sms)).unwrap_or_default();
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.0.clone();
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        request
    }
}

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

const SMS_SHAPE: Shape = Shape {
    fields: &["id", "from", "to", "text"],
    sample: r#"{"id":"...","from":"+7...","to":"1414","text":"..."}"#,
};
const USSD_SHAPE: Shape = Shape {
    fields: &["session", "from", "code", "input", "step"],
    sample: r#"{"session":"...","from":"+7...","code":"*1414#","input":"","step":0}"#,
};

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

impl Adapter for Sandbox {
    fn methods(&self, _service: Service) -> &'static [Method] {
        &[Method::POST]
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        let body: SmsBody = read(request, &SMS_SHAPE)?;
        if body.id.is_empty() {
            return Err(SMS_SHAPE.refuse("id is empty"));
        }
        Ok(vec![IncomingSms {
            id: Some(body.id),
            from: body.from,
            to: body.to,
            text: body.text,
        }])
    }

    fn sms_answer(&self, _request: &Webhook, replies: &[SmsReply]) -> Response {
        let message = |reply| match reply {
            &SmsReply::Silence => None,
            SmsReply::Text(sms) => Some(Message::of(sms)),
        };
        let messages = replies.iter().filter_map(message).collect();
        Json(Messages { messages }).into_response()
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.inbox.as_ref().map(|inbox| inbox as &dyn Sends)
    }

    fn ussd(&self, request: &Webhook) -> Result<Option<IncomingUssd>, Refusal> {
        let body: UssdBody = read(request, &USSD_SHAPE)?;
        if body.session.is_empty() {
            return Err(USSD_SHAPE.refuse("session is empty"));
        }
        Ok(Some(IncomingUssd {
            session: body.session,
            from: body.from,
            code: body.code,
            input: body.input,
            step: body.step,
        }))
    }

    fn ussd_answer(&self, _request: &Webhook, page: Option<&UssdPage>) -> Response {
        Json(page).into_response()
    }
}

/// What a body should look like.
struct Shape {
    fields: &'static [&'static str],
    sample: &'static str,
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
