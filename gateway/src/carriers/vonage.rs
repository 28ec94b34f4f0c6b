//! Vonage (Nexmo): a query, a form or JSON for an SMS, acknowledged with 200; the answer goes through its SMS API. A long
//! text comes as parts, each by itself.

use axum::body::Bytes;
use axum::http::{Method, Request, Response as HttpResponse, Uri};
use axum::response::{IntoResponse, Response};
use saqta_data::clock::Timestamp;
use saqta_data::office::Delivery;
use serde::Deserialize;

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook, refuse_once};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::send::{Errand, Sends, Verdict, post_form};
use crate::carrier::sign::{self, Algorithm};
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingSms, MAX_PARTS, OutgoingSms, Part, SmsReply};
use crate::encoding::Alphabet;
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

struct Vonage {
    secrets: Vec<Secret>,
    method: SignatureMethod,
    api: Option<Api>,
}

/// The signature methods of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SignatureMethod {
    /// The secret behind the text, hashed with MD5.
    Md5Hash,
    /// An HMAC.
    Hmac(Algorithm),
}

impl SignatureMethod {
    const NAMED: [(&'static str, Self); 5] = [
        ("md5hash", Self::Md5Hash),
        ("md5", Self::Hmac(Algorithm::Md5)),
        ("sha1", Self::Hmac(Algorithm::Sha1)),
        ("sha256", Self::Hmac(Algorithm::Sha256)),
        ("sha512", Self::Hmac(Algorithm::Sha512)),
    ];

    fn sign(self, secret: &Secret, text: &[u8]) -> Vec<u8> {
        let secret = secret.reveal().as_bytes();
        match self {
            Self::Md5Hash => Algorithm::Md5.hash(&[text, secret].concat()),
            Self::Hmac(algorithm) => algorithm.hmac(secret, text),
        }
    }
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    let api = config.send_uri()?.map(|uri| Api::new(uri, config));
    let method = config.chosen_signature(&SignatureMethod::NAMED)?;
    Ok(Box::new(Vonage {
        secrets: config.secrets.clone(),
        // Without secrets nothing is signed.
        method: method.unwrap_or(SignatureMethod::Hmac(Algorithm::Sha256)),
        api: api.transpose()?,
    }))
}

/// What is signed: each parameter but the signature as `&name=value`, in the order of the names, where `&` and `=` in
/// values are `_`.
fn signed_text(fields: &Fields<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, value) in fields.sorted() {
        if name == b"sig" {
            continue;
        }
        text.push(b'&');
        text.extend(name);
        text.push(b'=');
        text.extend(value.iter().map(|byte| match byte {
            b'&' | b'=' => b'_',
            byte => *byte,
        }));
    }
    text
}

impl Adapter for Vonage {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Sms | Service::Receipt => &[Method::GET, Method::POST],
            Service::Ussd => &[],
        }
    }

    fn verify(&self, request: &Webhook, now: Timestamp) -> Result<(), Refusal> {
        if self.secrets.is_empty() {
            return Ok(());
        }
        let fields = Fields::of(request).map_err(|_| sign::unsigned())?;
        // Vonage looks whether the address is right; there is nothing to believe.
        if fields.is_empty() {
            return Ok(());
        }
        let field = |name| fields.text(name).ok().flatten().ok_or_else(sign::unsigned);
        let given = hex::decode(field("sig")?).map_err(|_| sign::unsigned())?;
        let text = signed_text(&fields);
        sign::verify(&self.secrets, &given, |secret| self.method.sign(secret, &text))?;
        let signed_at = sign::seconds(&field("timestamp")?).ok_or_else(sign::unsigned)?;
        sign::check_time(signed_at, now)
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        let fields = Fields::of(request)?;
        let is_receipt = fields.bytes("status")?.is_some() && fields.bytes("text")?.is_none();
        let is_binary = fields.text("type")?.as_deref() == Some("binary");
        if fields.is_empty() || is_receipt || is_binary {
            return Ok(Vec::new());
        }
        let text = fields.text("text")?;
        Ok(vec![IncomingSms {
            id: Some(fields.required("messageId")?),
            from: fields.required("msisdn")?,
            to: fields.required("to")?,
            text: text.ok_or_else(|| Refusal::malformed("text is missing"))?,
            part: part(&fields)?,
            link: None,
        }])
    }

    fn sms_answer(&self, _request: &Webhook, _replies: &[SmsReply]) -> Response {
        ().into_response()
    }

    fn answers_later(&self) -> bool {
        true
    }

    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        let fields = Fields::of(request)?;
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        let delivery = match fields.required("status")?.as_str() {
            "delivered" => Delivery::Delivered,
            "failed" | "rejected" | "expired" => Delivery::Failed,
            "accepted" | "buffered" | "unknown" => Delivery::Pending,
            _ => return Err(Refusal::malformed("status is none that is known")),
        };
        let id = fields.required("messageId")?;
        Ok(vec![Receipt { id, delivery }])
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.api.as_ref().map(|api| api as &dyn Sends)
    }

    /// It repeats for a day whatever gets another status than 200 or 204.
    fn refuse(&self, refusal: &Refusal) -> Response {
        refuse_once(refusal, ().into_response())
    }
}

/// Which part of a longer text it is; `None`: the whole.
fn part(fields: &Fields<'_>) -> Result<Option<Part>, Refusal> {
    if fields.text("concat")?.as_deref() != Some("true") {
        return Ok(None);
    }
    let number = |name| {
        let number = fields.required(name)?.parse();
        number.map_err(|_| Refusal::malformed(format!("{name} is no number of parts")))
    };
    Ok(Some(Part {
        reference: fields.required("concat-ref")?,
        number: number("concat-part")?,
        total: number("concat-total")?,
        ids: Vec::new(),
    }))
}

/// `POST /sms/json`.
struct Api {
    uri: Uri,
    key: Secret,
    secret: Secret,
    from: String,
    /// Where Vonage is to tell what became of a message.
    receipts: Option<Secret>,
}

impl Api {
    fn new(uri: Uri, config: &InstanceConfig) -> Result<Self, ConfigError> {
        let send = &config.send;
        let key = config.needed_to_send("send_user", send.user.as_ref(), "the API key")?;
        let secret = config.needed_to_send("send_password", send.password.as_ref(), "the API secret")?;
        let from = config.needed_to_send("send_from", send.from.as_ref(), "a number of the account")?;
        Ok(Self {
            uri,
            key: key.clone(),
            secret: secret.clone(),
            from: from.clone(),
            receipts: config.receipts(),
        })
    }
}

#[derive(Deserialize)]
struct Taken {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    status: String,
    #[serde(rename = "message-id")]
    id: Option<String>,
}

/// What became of a part, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gravity {
    Taken,
    Again,
    Pause,
    Refused,
}

impl Message {
    fn gravity(&self) -> Gravity {
        match self.status.as_str() {
            "0" => Gravity::Taken,
            "1" | "4" | "9" => Gravity::Pause,
            "5" => Gravity::Again,
            _ => Gravity::Refused,
        }
    }
}

impl Sends for Api {
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
        let to = sms.to.reveal();
        let mut fields = vec![
            ("api_key", self.key.reveal()),
            ("api_secret", self.secret.reveal()),
            ("from", errand.sender(Some(&self.from)).unwrap_or_default()),
            ("to", to.trim_start_matches('+')),
            ("text", &sms.text),
            (
                "type",
                match sms.alphabet {
                    Alphabet::Gsm7 => "text",
                    Alphabet::Ucs2 => "unicode",
                },
            ),
        ];
        let receipts = self.receipts.as_ref().map(Secret::reveal);
        fields.extend(receipts.map(|receipts| ("callback", receipts)));
        post_form(&self.uri, &fields)
    }

    /// What became of each part of the message stands in the JSON: 0 taken, 1 too fast, 4 wrong key, 5 a fault there, 9 no money
    /// left. A text that lacks a part is none: the whole is sent again, or refused.
    fn judge(&self, response: &HttpResponse<Bytes>) -> Verdict {
        let verdict = Verdict::of_status(response);
        if !matches!(verdict, Verdict::Sent(_)) {
            return verdict;
        }
        let taken: Option<Taken> = serde_json::from_slice(response.body()).ok();
        let parts = taken.map(|taken| taken.messages).unwrap_or_default();
        let worst = parts.iter().map(Message::gravity).max();
        match worst {
            Some(Gravity::Taken) => {
                let ids = parts.into_iter().filter_map(|part| part.id);
                Verdict::SentInParts(ids.take(MAX_PARTS.into()).collect())
            }
            Some(Gravity::Again) => Verdict::Again,
            Some(Gravity::Pause) => Verdict::Pause(None),
            Some(Gravity::Refused) | None => Verdict::Refused,
        }
    }
}
