//! SMS of Africa's Talking: a form, acknowledged with any 200; the answer goes through its messaging API.

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Request, Response as HttpResponse, Uri, header};
use saqta_data::office::Delivery;
use serde::Deserialize;

use crate::carrier::adapter::{Receipt, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::send::{Errand, Sends, Verdict, post_form, secret_header};
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingSms, OutgoingSms};
use crate::error::Refusal;

/// The header of the key of the account.
const API_KEY: HeaderName = HeaderName::from_static("apikey");

/// The message of a request; none for a receipt on the wrong path.
pub(super) fn messages(request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
    let form = Fields::parse(&request.body)?;
    if form.bytes("status")?.is_some() {
        return Ok(Vec::new());
    }
    let text = form.text("text")?;
    Ok(vec![IncomingSms {
        id: Some(form.required("id")?),
        from: form.required("from")?,
        to: form.required("to")?,
        text: text.ok_or_else(|| Refusal::malformed("text is missing"))?,
        part: None,
        link: form.text("linkId")?.filter(|link| !link.is_empty()),
    }])
}

/// The receipt of a request.
pub(super) fn receipts(request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
    let form = Fields::parse(&request.body)?;
    let delivery = match form.required("status")?.as_str() {
        "Success" => Delivery::Delivered,
        "Sent" | "Submitted" | "Buffered" => Delivery::Pending,
        "Rejected" | "Failed" | "AbsentSubscriber" | "Expired" => Delivery::Failed,
        _ => return Err(Refusal::malformed("status is none that is known")),
    };
    let id = form.required("id")?;
    Ok(vec![Receipt { id, delivery }])
}

/// `POST /version1/messaging`.
pub(super) struct Messaging {
    uri: Uri,
    user: Secret,
    key: HeaderValue,
    from: Option<String>,
}

impl Messaging {
    pub(super) fn new(uri: Uri, config: &InstanceConfig) -> Result<Self, ConfigError> {
        let send = &config.send;
        let user = config.needed_to_send("send_user", send.user.as_ref(), "the username of the account")?;
        let key = send.password.as_ref();
        let key = config.needed_to_send("send_password", key, "the API key of the account")?;
        Ok(Self {
            uri,
            user: user.clone(),
            key: secret_header(config, "send_password", key.reveal())?,
            from: send.from.clone(),
        })
    }
}

#[derive(Deserialize)]
struct Taken {
    #[serde(rename = "SMSMessageData")]
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "Recipients", default)]
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
struct Recipient {
    status: String,
    #[serde(rename = "messageId")]
    id: Option<String>,
}

impl Sends for Messaging {
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
        let to = sms.to.reveal();
        let mut fields = vec![
            ("username", self.user.reveal()),
            ("to", &to),
            ("message", &sms.text),
        ];
        fields.extend(errand.sender(self.from.as_deref()).map(|from| ("from", from)));
        // Who was charged for the question gets the answer.
        fields.extend(errand.thread.link.as_deref().map(|link| ("linkId", link)));
        let mut request = post_form(&self.uri, &fields);
        let headers = request.headers_mut();
        headers.insert(API_KEY, self.key.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request
    }

    /// What became of the message stands in the JSON, whatever the status says.
    fn judge(&self, response: &HttpResponse<Bytes>) -> Verdict {
        let verdict = Verdict::of_status(response);
        if !matches!(verdict, Verdict::Sent(_)) {
            return verdict;
        }
        let taken: Option<Taken> = serde_json::from_slice(response.body()).ok();
        let recipient = taken.and_then(|taken| taken.data.recipients.into_iter().next());
        let Some(recipient) = recipient else {
            return Verdict::Refused;
        };
        match recipient.status.as_str() {
            "Success" => Verdict::Sent(recipient.id),
            "InsufficientBalance" => Verdict::Pause(None),
            "InternalServerError" | "GatewayError" => Verdict::Again,
            _ => Verdict::Refused,
        }
    }
}
