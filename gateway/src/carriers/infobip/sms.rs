//! SMS of Infobip: batches as JSON, acknowledged with 200; the answers go through its API for messages.

use axum::body::Bytes;
use axum::http::{HeaderValue, Request, Response as HttpResponse, Uri, header};
use saqta_data::office::Delivery;
use serde::Deserialize;
use serde_json::json;

use crate::carrier::adapter::{Receipt, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::send::{self, Errand, Sends, Verdict, secret_header};
use crate::carrier::{IncomingSms, OutgoingSms};
use crate::error::Refusal;

#[derive(Deserialize)]
struct Batch<T> {
    results: Vec<T>,
}

/// A message, among much else.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incoming {
    message_id: String,
    from: String,
    to: String,
    text: Option<String>,
    /// The parts of an MMS.
    message: Option<Vec<Piece>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Piece {
    content_type: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    message_id: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    group_name: String,
}

impl Incoming {
    /// The text; `None` if there is none, as in a picture without words, or a report on the wrong path.
    fn text(&self) -> Option<String> {
        if let Some(text) = &self.text {
            return Some(text.clone());
        }
        let pieces = self.message.iter().flatten();
        let texts = pieces.filter(|piece| piece.content_type.as_deref() == Some("text/plain"));
        let texts: Vec<_> = texts.filter_map(|piece| piece.value.as_deref()).collect();
        (!texts.is_empty()).then(|| texts.join("\n"))
    }
}

/// The messages of a batch.
pub(super) fn messages(request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
    let batch: Batch<serde_json::Value> = read(request)?;
    let (mut messages, mut bad) = (Vec::new(), false);
    for result in batch.results {
        // A report has no sender.
        if result.get("from").is_none() && result.get("status").is_some() {
            continue;
        }
        // One that cannot be read must not take those beside it along: what is acknowledged does not come again.
        let Ok(message) = serde_json::from_value::<Incoming>(result) else {
            bad = true;
            continue;
        };
        let Some(text) = message.text() else { continue };
        if message.message_id.is_empty() || message.from.is_empty() {
            bad = true;
            continue;
        }
        messages.push(IncomingSms {
            id: Some(message.message_id),
            from: message.from,
            to: message.to,
            text,
            part: None,
            link: None,
        });
    }
    if bad && messages.is_empty() {
        return Err(EXPECTED);
    }
    Ok(messages)
}

/// The receipts of a batch.
pub(super) fn receipts(request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
    let batch: Batch<Report> = read(request)?;
    let receipt = |report: Report| Receipt {
        id: report.message_id,
        delivery: delivery(&report.status.group_name),
    };
    Ok(batch.results.into_iter().map(receipt).collect())
}

/// What a body should look like.
const EXPECTED: Refusal = Refusal::Malformed(std::borrow::Cow::Borrowed(
    r#"send JSON like {"results":[{"messageId":"...","from":"7...","to":"...","text":"..."}]}"#,
));

fn read<T: serde::de::DeserializeOwned>(request: &Webhook) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|_| EXPECTED)
}

/// The groups of statuses: `PENDING`, `ACCEPTED`, `DELIVERED`, `UNDELIVERABLE`, `EXPIRED`, `REJECTED`.
fn delivery(group: &str) -> Delivery {
    match group {
        "DELIVERED" => Delivery::Delivered,
        "UNDELIVERABLE" | "EXPIRED" | "REJECTED" => Delivery::Failed,
        _ => Delivery::Pending,
    }
}

/// `POST /sms/3/messages`.
pub(super) struct Messages {
    uri: Uri,
    /// The header `Authorization`.
    key: HeaderValue,
    from: String,
    /// Where Infobip is to tell what became of a message.
    receipts: Option<Secret>,
}

impl Messages {
    pub(super) fn new(uri: Uri, config: &InstanceConfig) -> Result<Self, ConfigError> {
        let send = &config.send;
        if send.user.is_some() {
            return Err(config.error(
                "send_user",
                "infobip takes its API key as send_password, and no user",
            ));
        }
        let key = send.password.as_ref();
        let key = config.needed_to_send("send_password", key, "the API key of the account")?;
        let from = config.needed_to_send("send_from", send.from.as_ref(), "a sender of the account")?;
        Ok(Self {
            uri,
            key: secret_header(config, "send_password", &format!("App {}", key.reveal()))?,
            from: from.clone(),
            receipts: config.receipts(),
        })
    }
}

#[derive(Deserialize)]
struct Taken {
    messages: Vec<Report>,
}

impl Sends for Messages {
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
        let to = sms.to.reveal();
        let mut message = json!({
            "sender": errand.sender(Some(&self.from)),
            "destinations": [{"to": to.trim_start_matches('+')}],
            "content": {"text": sms.text},
        });
        if let (Some(receipts), Some(message)) = (&self.receipts, message.as_object_mut()) {
            let delivery = json!({"delivery": {"url": receipts.reveal()}});
            message.insert("webhooks".to_owned(), delivery);
        }
        let body = json!({"messages": [message]}).to_string();
        let mut request = send::post(&self.uri, "application/json", body.into());
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.key.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request
    }

    /// A message may be rejected in a response that says 200.
    fn judge(&self, response: &HttpResponse<Bytes>) -> Verdict {
        let verdict = Verdict::of_status(response);
        if !matches!(verdict, Verdict::Sent(_)) {
            return verdict;
        }
        let taken: Option<Taken> = serde_json::from_slice(response.body()).ok();
        match taken.and_then(|taken| taken.messages.into_iter().next()) {
            Some(report) if report.status.group_name == "REJECTED" => Verdict::Refused,
            Some(report) => Verdict::Sent(Some(report.message_id)),
            None => Verdict::Refused,
        }
    }
}
