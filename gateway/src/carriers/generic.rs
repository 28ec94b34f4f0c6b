//! The generic carrier: whoever adapts to us. Our own JSON for SMS and USSD, answered in the body, signed by the scheme of
//! Standard Webhooks (<https://www.standardwebhooks.com>) both ways. `gateway/openapi/generic.yaml` is its document.

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use saqta_data::clock::Timestamp;

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::send::{Errand, Sends};
use crate::carrier::sign::{self, Algorithm};
use crate::carrier::{IncomingSms, OutgoingSms, SmsReply, UssdCall, UssdReply, json};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

/// When it was signed, in Unix seconds.
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
/// The signatures, a space between them: one for each live secret of the signer.
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
/// What a signature begins with; others are of schemes that we do not know.
const VERSION: &str = "v1,";
/// What a secret may begin with, so that it is known as one where it was pasted by mistake.
const SECRET_PREFIX: &str = "whsec_";
/// The length of a secret, in bytes, as Standard Webhooks wants it.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// The most signatures that are looked at in one request: a signer has two live secrets.
const MAX_SIGNATURES: usize = 8;

struct Generic {
    keys: Keys,
    inbox: Option<Inbox>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_choice()?;
    config.expect_only_send_url()?;
    let keys = Keys::new(config)?;
    let inbox = config.send_uri()?.map(|uri| Inbox {
        uri,
        keys: keys.clone(),
    });
    Ok(Box::new(Generic { keys, inbox }))
}

/// The secrets, decoded: the first signs, all verify.
#[derive(Clone)]
struct Keys(Vec<Vec<u8>>);

impl Keys {
    fn new(config: &InstanceConfig) -> Result<Self, ConfigError> {
        let slip = || {
            let problem = "each is 24 to 64 random bytes in base64, as `openssl rand -base64 32` prints them";
            config.error("secrets", problem)
        };
        if config.secrets.is_empty() {
            let problem = "a generic carrier signs by Standard Webhooks; give it at least one secret";
            return Err(config.error("secrets", problem));
        }
        let decoded = |secret: &Secret| {
            let text = secret.reveal();
            let bytes = BASE64
                .decode(text.strip_prefix(SECRET_PREFIX).unwrap_or(text))
                .ok();
            bytes
                .filter(|bytes| SECRET_BYTES.contains(&bytes.len()))
                .ok_or_else(slip)
        };
        config
            .secrets
            .iter()
            .map(decoded)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The signature of a request under each secret.
    fn sign(&self, id: &str, seconds: &str, body: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let text = [id.as_bytes(), b".", seconds.as_bytes(), b".", body].concat();
        self.0.iter().map(move |key| Algorithm::Sha256.hmac(key, &text))
    }

    fn verify(&self, request: &Webhook, now: Timestamp) -> Result<(), Refusal> {
        let header = |name: &HeaderName| request.header(name.as_str()).ok_or_else(sign::unsigned);
        let (id, seconds) = (header(&json::ID)?, header(&TIMESTAMP)?);
        let given: Vec<Vec<u8>> = header(&SIGNATURE)?
            .split(' ')
            .take(MAX_SIGNATURES)
            .filter_map(|signature| BASE64.decode(signature.strip_prefix(VERSION)?).ok())
            .collect();
        let ours: Vec<Vec<u8>> = self.sign(id, seconds, &request.body).collect();
        let pairs = ours
            .iter()
            .flat_map(|ours| given.iter().map(move |given| (ours, given)));
        // All are compared, so that the time does not tell which one was right.
        let right = pairs.fold(false, |right, (ours, given)| right | sign::equal(ours, given));
        if !right {
            return Err(sign::unsigned());
        }
        let signed_at = sign::seconds(seconds).ok_or_else(sign::unsigned)?;
        sign::check_time(signed_at, now)
    }
}

impl Adapter for Generic {
    fn methods(&self, _service: Service) -> &'static [Method] {
        &[Method::POST]
    }

    fn verify(&self, request: &Webhook, now: Timestamp) -> Result<(), Refusal> {
        self.keys.verify(request, now)
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

/// Where SMS that are no answers are posted to, signed with the first secret; any 2xx takes one. The id is the same at
/// every attempt, so that the carrier can tell a repetition.
struct Inbox {
    uri: Uri,
    keys: Keys,
}

impl Sends for Inbox {
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
        let mut request = json::post(&self.uri, sms, errand);
        let seconds = errand.now.millis().div_euclid(1_000).to_string();
        let signature = self.keys.sign(errand.id, &seconds, request.body()).next();
        let signature = BASE64.encode(signature.unwrap_or_default());
        let headers = [(TIMESTAMP, seconds), (SIGNATURE, format!("{VERSION}{signature}"))];
        for (name, value) in headers {
            // Digits and base64: always a header.
            if let Ok(value) = HeaderValue::try_from(value) {
                request.headers_mut().insert(name, value);
            }
        }
        request
    }
}
