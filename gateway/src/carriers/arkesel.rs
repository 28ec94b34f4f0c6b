//! USSD of Arkesel: JSON without a number of the step. A session lasts about 150 s; its end is not told.

use axum::Json;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::ussd::{self, Object};
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdReply, UssdSession};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

struct Arkesel;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    ussd::expect_ussd_only(config)?;
    Ok(Box::new(Arkesel))
}

impl Adapter for Arkesel {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::POST],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        let body = Object::parse(&request.body)?;
        let typed = body.text("userData")?.unwrap_or_default();
        let input = if body.flag("newSession")? {
            UssdInput::Dialled(typed)
        } else {
            UssdInput::Typed(typed)
        };
        Ok(UssdCall::Step(IncomingUssd {
            session: UssdSession {
                id: body.required("sessionID")?,
                from: Some(body.required("msisdn")?),
            },
            code: String::new(),
            input,
            step: None,
        }))
    }

    fn ussd_answer(&self, request: &Webhook, reply: &UssdReply) -> Response {
        let (Some(page), Ok(body)) = (reply.page(), Object::parse(&request.body)) else {
            return ().into_response();
        };
        let echo = |name| body.text(name).ok().flatten().unwrap_or_default();
        Json(json!({
            "sessionID": echo("sessionID"),
            "userID": echo("userID"),
            "msisdn": echo("msisdn"),
            "message": page.text,
            "continueSession": !page.end,
        }))
        .into_response()
    }
}
