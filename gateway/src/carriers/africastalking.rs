//! Africa's Talking. It signs nothing: give it a secret path, or list its addresses.

use axum::http::Method;
use axum::response::{IntoResponse, Response};

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook, refuse_once};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::send::Sends;
use crate::carrier::{IncomingSms, SmsReply, UssdCall, UssdReply};
use crate::error::Refusal;
use sms::Messaging;

mod sms;
#[cfg(test)]
pub(super) mod tests;
mod ussd;

/// Without a messaging API it has USSD only, since no answer to an SMS could be given.
struct AfricasTalking {
    messaging: Option<Messaging>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_secrets()?;
    let messaging = config.send_uri()?.map(|uri| Messaging::new(uri, config));
    Ok(Box::new(AfricasTalking {
        messaging: messaging.transpose()?,
    }))
}

impl Adapter for AfricasTalking {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Sms | Service::Receipt if self.messaging.is_none() => &[],
            _ => &[Method::POST],
        }
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        sms::messages(request)
    }

    fn sms_answer(&self, _request: &Webhook, _replies: &[SmsReply]) -> Response {
        ().into_response()
    }

    fn answers_later(&self) -> bool {
        self.messaging.is_some()
    }

    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        sms::receipts(request)
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.messaging.as_ref().map(|messaging| messaging as &dyn Sends)
    }

    /// It repeats for ten minutes whatever SMS does not get a 200.
    fn refuse(&self, refusal: &Refusal) -> Response {
        refuse_once(refusal, ().into_response())
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        ussd::call(request)
    }

    fn ussd_answer(&self, _request: &Webhook, reply: &UssdReply) -> Response {
        reply.con_or_end()
    }

    fn refuse_ussd(&self, refusal: &Refusal) -> Response {
        refusal.into_response()
    }
}
