//! The sandbox: a carrier of plain JSON for tests and for `saqta dial` and `saqta text`.

use axum::body::Bytes;
use axum::http::{Method, Request, Uri};
use axum::response::Response;

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::send::{Errand, Sends};
use crate::carrier::{IncomingSms, OutgoingSms, SmsReply, UssdCall, UssdReply, json};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

struct Sandbox {
    inbox: Option<Inbox>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_secrets()?;
    config.expect_only_send_url()?;
    Ok(Box::new(Sandbox {
        inbox: config.send_uri()?.map(Inbox),
    }))
}

/// Where SMS that are no answers are posted to; any 2xx takes one.
struct Inbox(Uri);

impl Sends for Inbox {
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
        json::post(&self.0, sms, errand)
    }
}

impl Adapter for Sandbox {
    fn methods(&self, _service: Service) -> &'static [Method] {
        &[Method::POST]
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        Ok(vec![json::sms(request)?])
    }

    fn sms_answer(&self, _request: &Webhook, replies: &[SmsReply]) -> Response {
        json::answers(replies)
    }

    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        Ok(vec![json::receipt(request)?])
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.inbox.as_ref().map(|inbox| inbox as &dyn Sends)
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        json::ussd(request).map(UssdCall::Step)
    }

    fn ussd_answer(&self, _request: &Webhook, reply: &UssdReply) -> Response {
        json::page(reply)
    }
}
