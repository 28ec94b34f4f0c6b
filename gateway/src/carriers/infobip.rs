//! Infobip. It signs nothing: give it Basic authentication or a secret path.

use axum::http::Method;
use axum::response::{IntoResponse, Response};

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook, refuse_once};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::send::Sends;
use crate::carrier::{IncomingSms, SmsReply, UssdCall, UssdReply};
use crate::error::Refusal;
use sms::Messages;

mod sms;
#[cfg(test)]
pub(super) mod tests;
mod ussd;

/// Without an API to answer through it has USSD only.
struct Infobip {
    messages: Option<Messages>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_secrets()?;
    let messages = config.send_uri()?.map(|uri| Messages::new(uri, config));
    Ok(Box::new(Infobip {
        messages: messages.transpose()?,
    }))
}

impl Adapter for Infobip {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Sms | Service::Receipt if self.messages.is_some() => &[Method::POST],
            _ => &[],
        }
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        sms::messages(request)
    }

    fn sms_answer(&self, _request: &Webhook, _replies: &[SmsReply]) -> Response {
        ().into_response()
    }

    fn answers_later(&self) -> bool {
        self.messages.is_some()
    }

    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        sms::receipts(request)
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.messages.as_ref().map(|messages| messages as &dyn Sends)
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        refuse_once(refusal, ().into_response())
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
