//! Infobip.

use axum::http::Method;
use axum::response::Response;

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::{UssdCall, UssdReply};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;
mod ussd;

struct Infobip;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    crate::carrier::ussd::expect_ussd_only(config)?;
    Ok(Box::new(Infobip))
}

impl Adapter for Infobip {
    fn methods(&self, _service: Service) -> &'static [Method] {
        &[]
    }

    fn ussd_methods_below(&self, tail: &str) -> &'static [Method] {
        ussd::methods(tail)
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        ussd::call(request)
    }

    fn ussd_answer(&self, _request: &Webhook, reply: &UssdReply) -> Response {
        ussd::answer(reply)
    }

    fn refuse_ussd(&self, refusal: &Refusal) -> Response {
        ussd::refuse(refusal)
    }
}
