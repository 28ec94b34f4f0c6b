//! Twilio: a form, answered in the body with `TwiML` and signed with `X-Twilio-Signature`; its REST API for an SMS that is no
//! answer.

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response as HttpResponse, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::escape::partial_escape as escape;
use saqta_data::clock::Timestamp;
use saqta_data::office::Delivery;
use serde::Deserialize;

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::send::{Errand, Sends, Verdict, post_form, secret_header};
use crate::carrier::sign::{self, Algorithm};
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingSms, OutgoingSms, SmsReply};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

/// The signature of a request, in base64.
const SIGNATURE: &str = "x-twilio-signature";
/// How an answer is to be read.
const TWIML: (HeaderName, HeaderValue) = (
    header::CONTENT_TYPE,
    HeaderValue::from_static("text/xml; charset=utf-8"),
);

struct Twilio {
    /// Auth tokens.
    secrets: Vec<Secret>,
    /// The address that Twilio calls and signs, without the service at its end. Ours is another one behind a proxy.
    base: Secret,
    rest: Option<Rest>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_choice()?;
    if config.secrets.is_empty() {
        let problem = "twilio signs every request; give it the auth token of the account";
        return Err(config.error("secrets", problem));
    }
    let base = config.webhook_base.clone();
    let base = base.ok_or_else(|| config.error("kind", "twilio signs the address: set public_url"))?;
    let rest = config.send_uri()?.map(|uri| Rest::new(uri, config)).transpose()?;
    Ok(Box::new(Twilio {
        secrets: config.secrets.clone(),
        base,
        rest,
    }))
}

impl Twilio {
    /// What is signed: the address as Twilio has it, and behind it each name and value of the form in the order of the
    /// names.
    fn signed_text(&self, request: &Webhook) -> Result<Vec<u8>, Refusal> {
        let path = request.head.uri.path();
        let service = path.rsplit('/').next().unwrap_or_default();
        let mut text = format!("{}/{service}", self.base.reveal()).into_bytes();
        if let Some(query) = request.head.uri.query() {
            text.push(b'?');
            text.extend(query.as_bytes());
        }
        for (name, value) in Fields::parse(&request.body)?.sorted() {
            text.extend(name);
            text.extend(value);
        }
        Ok(text)
    }
}

impl Adapter for Twilio {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Sms | Service::Receipt => &[Method::POST],
            Service::Ussd => &[],
        }
    }

    /// No time is signed: what is sent again is known by its `MessageSid`.
    fn verify(&self, request: &Webhook, _now: Timestamp) -> Result<(), Refusal> {
        let given = request
            .header(SIGNATURE)
            .and_then(|given| BASE64.decode(given).ok());
        let given = given.ok_or_else(sign::unsigned)?;
        // What is no form is not Twilio's: it gets no more than that.
        let text = self.signed_text(request).map_err(|_| sign::unsigned())?;
        sign::verify(&self.secrets, &given, |secret| {
            Algorithm::Sha1.hmac(secret.reveal().as_bytes(), &text)
        })
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        let form = Fields::parse(&request.body)?;
        // A status callback on the wrong address, and what Twilio answers itself: STOP, START and HELP.
        let is_status = form.bytes("MessageStatus")?.is_some();
        if is_status || form.bytes("OptOutType")?.is_some_and(|kind| !kind.is_empty()) {
            return Ok(Vec::new());
        }
        let text = form.text("Body")?.ok_or_else(|| missing("Body"))?;
        Ok(vec![IncomingSms {
            id: Some(form.required("MessageSid")?),
            from: form.required("From")?,
            to: form.required("To")?,
            text,
            part: None,
            link: None,
        }])
    }

    fn sms_answer(&self, _request: &Webhook, replies: &[SmsReply]) -> Response {
        let message = |reply: &SmsReply| match reply {
            SmsReply::Silence => None,
            SmsReply::Text(sms) => Some(format!("<Message>{}</Message>", escape(&sms.text))),
        };
        let messages: String = replies.iter().filter_map(message).collect();
        twiml(&messages)
    }

    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        let form = Fields::parse(&request.body)?;
        let Some(status) = form.text("MessageStatus")? else {
            return Ok(Vec::new());
        };
        let delivery = match status.as_str() {
            "delivered" | "read" => Delivery::Delivered,
            "undelivered" | "failed" | "canceled" => Delivery::Failed,
            _ => Delivery::Pending,
        };
        let id = form.required("MessageSid")?;
        Ok(vec![Receipt { id, delivery }])
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.rest.as_ref().map(|rest| rest as &dyn Sends)
    }
}

fn missing(field: &'static str) -> Refusal {
    Refusal::malformed(format!("{field} is missing"))
}

fn twiml(messages: &str) -> Response {
    let body = if messages.is_empty() {
        r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#.to_owned()
    } else {
        format!(r#"<?xml version="1.0" encoding="UTF-8"?><Response>{messages}</Response>"#)
    };
    ([TWIML], body).into_response()
}

/// `POST /2010-04-01/Accounts/{sid}/Messages.json`.
struct Rest {
    uri: Uri,
    /// The header `Authorization`: the account or an API key, and its token.
    credentials: HeaderValue,
    from: String,
    /// Where Twilio is to tell what became of a message.
    receipts: Option<Secret>,
}

impl Rest {
    fn new(uri: Uri, config: &InstanceConfig) -> Result<Self, ConfigError> {
        let send = &config.send;
        let user = config.needed_to_send("send_user", send.user.as_ref(), "the SID of the account")?;
        let password = send.password.as_ref();
        let password = config.needed_to_send("send_password", password, "the auth token")?;
        let from = config.needed_to_send("send_from", send.from.as_ref(), "a number of the account")?;
        let pair = format!("{}:{}", user.reveal(), password.reveal());
        let credentials = format!("Basic {}", BASE64.encode(pair));
        Ok(Self {
            uri,
            credentials: secret_header(config, "send_user", &credentials)?,
            from: from.clone(),
            receipts: config.receipts(),
        })
    }
}

#[derive(Deserialize)]
struct Accepted {
    sid: String,
}

impl Sends for Rest {
    fn request(&self, sms: &OutgoingSms, _errand: Errand<'_>) -> Request<Bytes> {
        let to = sms.to.reveal();
        let mut fields = vec![("To", to.as_str()), ("From", &self.from), ("Body", &sms.text)];
        let receipts = self.receipts.as_ref().map(Secret::reveal);
        fields.extend(receipts.map(|receipts| ("StatusCallback", receipts)));
        let mut request = post_form(&self.uri, &fields);
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, self.credentials.clone());
        request
    }

    fn judge(&self, response: &HttpResponse<Bytes>) -> Verdict {
        match Verdict::of_status(response) {
            Verdict::Sent(_) => {
                let accepted: Option<Accepted> = serde_json::from_slice(response.body()).ok();
                Verdict::Sent(accepted.map(|accepted| accepted.sid))
            }
            verdict => verdict,
        }
    }
}
