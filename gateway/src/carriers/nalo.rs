//! USSD of Nalo: JSON in capitals, pages of 120 characters, no number of the step. Some deployments send no session
//! either: then the phone is the session, and a session is over when it was silent. A session lasts about 180 s.

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

/// The longest page that Nalo takes, in characters.
const PAGE_UNITS: usize = 120;

struct Nalo;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    ussd::expect_ussd_only(config)?;
    Ok(Box::new(Nalo))
}

impl Adapter for Nalo {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::POST],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn ussd_page_units(&self) -> usize {
        PAGE_UNITS
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        let body = Object::parse(&request.body)?;
        let phone = body.required("MSISDN")?;
        let session = body.text("SESSIONID")?.filter(|session| !session.is_empty());
        let typed = body.text("USERDATA")?.unwrap_or_default();
        let input = if body.flag("MSGTYPE")? {
            UssdInput::Dialled(typed)
        } else {
            UssdInput::Typed(typed)
        };
        Ok(UssdCall::Step(IncomingUssd {
            session: UssdSession {
                id: session.unwrap_or_else(|| phone.clone()),
                from: Some(phone),
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
            "USERID": echo("USERID"),
            "MSISDN": echo("MSISDN"),
            "MSG": page.text,
            "MSGTYPE": !page.end,
        }))
        .into_response()
    }
}
