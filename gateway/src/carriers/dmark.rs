//! USSD of `DMark`: a GET of seven parameters, no more and no fewer, answered with JSON. `transactionTime` tells one request
//! of a session from another; what begins a session is told by the session alone.

use axum::Json;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::ussd;
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdReply, UssdSession, UssdStep};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

const NAMES: [&str; 7] = [
    "transactionId",
    "msisdn",
    "ussdServiceCode",
    "transactionTime",
    "ussdRequestString",
    "creationTime",
    "response",
];

struct Dmark;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    ussd::expect_ussd_only(config)?;
    Ok(Box::new(Dmark))
}

impl Adapter for Dmark {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::GET],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        let fields = Fields::parse(request.query().as_bytes())?;
        let given = fields.sorted();
        let is_given = |name: &&str| given.iter().any(|(known, _)| *known == name.as_bytes());
        let missing: Vec<_> = NAMES.into_iter().filter(|name| !is_given(name)).collect();
        if !missing.is_empty() {
            return Err(ussd::missing_parameters(&missing));
        }
        let is_ours = |name: &[u8]| NAMES.iter().any(|known| known.as_bytes() == name);
        if !given.iter().all(|(name, _)| is_ours(name)) {
            return Err(ussd::unexpected_parameters());
        }
        let typed = fields.text("ussdRequestString")?.unwrap_or_default();
        Ok(UssdCall::Step(IncomingUssd {
            session: UssdSession {
                id: fields.required("transactionId")?,
                from: Some(fields.required("msisdn")?),
            },
            code: fields.text("ussdServiceCode")?.unwrap_or_default(),
            input: UssdInput::DialledOrTyped(typed),
            step: fields
                .text("transactionTime")?
                .and_then(|time| time.parse().ok())
                .map(UssdStep::Number),
        }))
    }

    fn ussd_answer(&self, _request: &Webhook, reply: &UssdReply) -> Response {
        let Some(page) = reply.page() else {
            return ().into_response();
        };
        let action = if page.end { "end" } else { "request" };
        Json(json!({"responseString": page.text, "action": action})).into_response()
    }

    fn refuse_ussd(&self, refusal: &Refusal) -> Response {
        ussd::parameters_refused(refusal)
    }
}
