//! Africa's Talking.

use axum::http::Method;
use axum::response::Response;

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::{UssdCall, UssdReply};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;
mod ussd;

struct AfricasTalking;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    crate::carrier::ussd::expect_ussd_only(config)?;
    Ok(Box::new(AfricasTalking))
}

impl Adapter for AfricasTalking {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::POST],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        ussd::call(request)
    }

    fn ussd_answer(&self, _request: &Webhook, reply: &UssdReply) -> Response {
        reply.con_or_end()
    }
}
