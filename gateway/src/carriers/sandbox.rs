//! The sandbox: a carrier of plain JSON for tests and for `saqta dial` and `saqta text`.

use axum::Json;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::{IncomingSms, IncomingUssd, SmsReply, UssdPage};
use crate::encoding::Alphabet;
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

#[derive(Debug)]
struct Sandbox;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_secrets()?;
    Ok(Box::new(Sandbox))
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
            SmsReply::Text(sms) => Some(Message {
                to: sms.to.reveal(),
                text: &sms.text,
                encoding: sms.alphabet,
                parts: sms.parts,
            }),
        };
        let messages = replies.iter().filter_map(message).collect();
        Json(Messages { messages }).into_response()
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
