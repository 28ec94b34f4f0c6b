//! USSD of Hubtel: JSON with the number of the step. A session lasts about 120 s; its end is told by `Release` or
//! `Timeout`.

use axum::Json;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::ussd::{self, Object};
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdReply, UssdSession, UssdStep};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

struct Hubtel;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    ussd::expect_ussd_only(config)?;
    Ok(Box::new(Hubtel))
}

impl Adapter for Hubtel {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::POST],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        let body = Object::parse(&request.body)?;
        let session = UssdSession {
            id: body.required("SessionId")?,
            from: Some(body.required("Mobile")?),
        };
        let code = body.text("ServiceCode")?.unwrap_or_default();
        let message = || Ok(body.text("Message")?.unwrap_or_default());
        // The case varies.
        let input = match body.required("Type")?.to_ascii_lowercase().as_str() {
            "initiation" => UssdInput::Dialled(dialled(message()?, &code)),
            "response" => UssdInput::Typed(message()?),
            "release" | "timeout" => return Ok(UssdCall::End(session)),
            // Of their shop.
            "addtocart" => return Ok(UssdCall::Nothing),
            _ => {
                return Err(Refusal::malformed(
                    "Type is initiation, response, release or timeout",
                ));
            }
        };
        Ok(UssdCall::Step(IncomingUssd {
            session,
            code,
            input,
            step: body
                .text("Sequence")?
                .and_then(|number| number.parse().ok())
                .map(UssdStep::Number),
        }))
    }

    fn ussd_answer(&self, request: &Webhook, reply: &UssdReply) -> Response {
        let Some(page) = reply.page() else {
            return ().into_response();
        };
        let session = Object::parse(&request.body).and_then(|body| body.required("SessionId"));
        Json(json!({
            "SessionId": session.unwrap_or_default(),
            "Type": if page.end { "release" } else { "response" },
            "Message": page.text,
            "Label": "saqta",
            "ClientState": "",
            "DataType": "input",
            "FieldType": "text",
        }))
        .into_response()
    }
}

/// The code that was dialled; some requests have it in `ServiceCode` only.
fn dialled(message: String, code: &str) -> String {
    if message.is_empty() {
        code.to_owned()
    } else {
        message
    }
}
