//! USSD of Safaricom: a GET with everything typed so far, answered `CON ..` or `END ..`. The start of a session comes
//! twice now and then.

use axum::http::Method;
use axum::response::Response;

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdReply, UssdSession, ussd};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

struct Safaricom;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    ussd::expect_ussd_only(config)?;
    Ok(Box::new(Safaricom))
}

impl Adapter for Safaricom {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::GET],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        let fields = Fields::parse(request.query().as_bytes())?;
        let history = fields.text("USSD_PARAMS")?;
        Ok(UssdCall::Step(IncomingUssd {
            session: UssdSession {
                id: fields.required("SESSION_ID")?,
                from: Some(fields.required("ORIG")?),
            },
            code: format!("*{}#", fields.required("DEST")?),
            input: UssdInput::History(history.ok_or_else(|| Refusal::malformed("USSD_PARAMS is missing"))?),
            step: None,
        }))
    }

    fn ussd_answer(&self, _request: &Webhook, reply: &UssdReply) -> Response {
        reply.con_or_end()
    }
}
