//! Kannel, a gateway to SMSCs: `get-url` and `post-url` of an `sms-service`, answered in the body; `sendsms` for an SMS
//! that is no answer.
//!
//! Kannel repeats a request that gets any status but 200 and 202, and texts "Could not fetch content, sorry." to the
//! citizen at the end. So whatever a repetition would not mend is answered 200 with an empty body (and the service
//! must have `omit-empty = true`); only "busy" and "late" get a status that makes Kannel try again.

use axum::body::Bytes;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use saqta_data::office::Delivery;

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook, refuse_once};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::send::{Errand, Sends, Verdict};
use crate::carrier::wire::{Charset, Fields, form};
use crate::carrier::{IncomingSms, OutgoingSms, SmsReply, UssdCall, UssdReply};
use crate::encoding::Alphabet;
use crate::encoding::pages::MIN_PAGE_OCTETS;
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;
mod ussd;

struct Kannel {
    sendsms: Option<Sendsms>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_secrets()?;
    let sendsms = config.send_uri()?.map(|uri| Sendsms::new(uri, config));
    Ok(Box::new(Kannel {
        sendsms: sendsms.transpose()?,
    }))
}

/// Tells smsbox in which alphabet to send (with `accept-x-kannel-headers = true`): 0 is GSM 7-bit, 2 is UCS-2.
/// Without it Kazakh and Russian arrive as question marks.
const CODING: HeaderName = HeaderName::from_static("x-kannel-coding");
/// Without a content type Kannel takes the body for a binary message.
const PLAIN_TEXT: (HeaderName, HeaderValue) = (
    header::CONTENT_TYPE,
    HeaderValue::from_static("text/plain; charset=utf-8"),
);

impl Adapter for Kannel {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Sms | Service::Ussd | Service::Receipt => &[Method::GET, Method::POST],
        }
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        let query = Fields::parse(request.query().as_bytes())?;
        if is_receipt(&query)? {
            return Ok(Vec::new());
        }
        let call = if request.head.method == Method::POST {
            Call::post(request, &query)?
        } else {
            Call::get(&query)?
        };
        Ok(vec![IncomingSms {
            id: Some(required("id=%I", query.text("id")?)?),
            from: required("from=%p", call.from)?,
            to: required("to=%P", call.to)?,
            text: call.text,
            part: None,
            link: None,
        }])
    }

    fn sms_answer(&self, _request: &Webhook, replies: &[SmsReply]) -> Response {
        let text = replies.iter().find_map(|reply| match reply {
            SmsReply::Silence => None,
            SmsReply::Text(sms) => Some(sms),
        });
        text.map_or_else(nothing, message)
    }

    /// Kannel cuts a page as it cuts SMS: what is beyond goes lost, or comes as a page of its own.
    fn ussd_page_octets(&self) -> usize {
        MIN_PAGE_OCTETS
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        ussd::call(request)
    }

    fn ussd_answer(&self, request: &Webhook, reply: &UssdReply) -> Response {
        ussd::answer(request, reply)
    }

    /// Asked for by [`Sendsms`], which says where: `dlr=%d` and our own id, since Kannel names none when it takes a message.
    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        let query = Fields::parse(request.query().as_bytes())?;
        let Some(status) = query.text("dlr")? else {
            return Ok(Vec::new());
        };
        let delivery = match status.as_str() {
            "1" => Delivery::Delivered,
            "2" | "16" => Delivery::Failed,
            "4" | "8" => Delivery::Pending,
            _ => return Err(Refusal::malformed("dlr is none of 1, 2, 4, 8, 16")),
        };
        let id = required("id", query.text("id")?)?;
        Ok(vec![Receipt { id, delivery }])
    }

    fn receipt_answer(&self, _request: &Webhook) -> Response {
        nothing()
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.sendsms.as_ref().map(|sendsms| sendsms as &dyn Sends)
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        refuse_once(refusal, nothing())
    }
}

/// The HTTP interface `sendsms` of smsbox, for a `sendsms-user`.
struct Sendsms {
    uri: Uri,
    user: Secret,
    password: Secret,
    from: Option<String>,
    /// Where Kannel is to tell what became of a message.
    receipts: Option<Secret>,
}

/// Of what Kannel is to tell: delivered (1), not delivered (2), refused by the SMSC (16).
const DLR_MASK: &str = "19";

impl Sendsms {
    fn new(uri: Uri, config: &InstanceConfig) -> Result<Self, ConfigError> {
        let what = "the sendsms-user of Kannel";
        let send = &config.send;
        let needed = |key, value| config.needed_to_send(key, value, what).cloned();
        Ok(Self {
            uri,
            user: needed("send_user", send.user.as_ref())?,
            password: needed("send_password", send.password.as_ref())?,
            from: send.from.clone(),
            receipts: config.receipts(),
        })
    }
}

impl Sends for Sendsms {
    /// The text in UTF-8, with the coding in which Kannel is to send it on.
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
        let to = sms.to.reveal();
        let mut fields = vec![
            ("username", self.user.reveal()),
            ("password", self.password.reveal()),
            ("to", &to),
            ("text", &sms.text),
            ("charset", "UTF-8"),
            ("coding", coding(sms.alphabet)),
        ];
        fields.extend(self.from.as_deref().map(|from| ("from", from)));
        let receipts = self.receipts.as_ref();
        let receipts = receipts.map(|receipts| format!("{}?dlr=%d&id={}", receipts.reveal(), errand.id));
        if let Some(receipts) = &receipts {
            fields.extend([("dlr-mask", DLR_MASK), ("dlr-url", receipts)]);
        }
        let mut request = Request::new(Bytes::new());
        let mut parts = self.uri.clone().into_parts();
        // What a form is made of fits an address.
        parts.path_and_query = PathAndQuery::try_from(format!("{}?{}", self.uri.path(), form(&fields))).ok();
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_else(|_| self.uri.clone());
        request
    }

    /// `0: Accepted for delivery` and `3: Queued for later delivery` come with 202.
    fn judge(&self, response: &axum::http::Response<Bytes>) -> Verdict {
        let taken = [b"0:", b"3:"]
            .iter()
            .any(|code| response.body().starts_with(*code));
        match Verdict::of_status(response) {
            Verdict::Sent(_) if response.status() != StatusCode::ACCEPTED || !taken => Verdict::Refused,
            verdict => verdict,
        }
    }
}

const fn coding(alphabet: Alphabet) -> &'static str {
    match alphabet {
        Alphabet::Gsm7 => "0",
        Alphabet::Ucs2 => "2",
    }
}

/// What `get-url` and `post-url` put in different places.
struct Call {
    from: Option<String>,
    to: Option<String>,
    text: String,
}

impl Call {
    /// `get-url`: all in the query.
    fn get(query: &Fields<'_>) -> Result<Self, Refusal> {
        let text = query.bytes("text")?.ok_or_else(|| missing("text=%b"))?;
        let coding = query.text("coding")?.unwrap_or_default();
        let charset = query.text("charset")?.unwrap_or_default();
        Ok(Self {
            from: query.text("from")?,
            to: query.text("to")?,
            text: charset_of(&coding, &charset).decode(text),
        })
    }

    /// `post-url`: the text is the body; the rest is in headers, or in the query as for `get-url`.
    fn post(request: &Webhook, query: &Fields<'_>) -> Result<Self, Refusal> {
        let header = |name| request.header(name).map(str::to_owned);
        let coding = request.header(CODING.as_str()).unwrap_or_default();
        let binary = request
            .media_type()
            .eq_ignore_ascii_case("application/octet-stream");
        let charset = if binary { Some("8-BIT") } else { request.charset() };
        Ok(Self {
            from: query.text("from")?.or_else(|| header("x-kannel-from")),
            to: query.text("to")?.or_else(|| header("x-kannel-to")),
            text: charset_of(coding, charset.unwrap_or_default()).decode(&request.body),
        })
    }
}

/// A delivery report, should `dlr=%d` stand in the service's URL: its value is 1, 2, 4, 8 or 16. In a message from a
/// citizen it is empty, 0 or negative.
fn is_receipt(query: &Fields<'_>) -> Result<bool, Refusal> {
    let status = query.text("dlr")?;
    Ok(status.is_some_and(|status| status.parse().is_ok_and(|status: i32| status > 0)))
}

/// Coding 2 is UCS-2 whatever the charset is called; with `mo-recode` Kannel sends coding 0 and UTF-8.
fn charset_of(coding: &str, charset: &str) -> Charset {
    let called = |names: &[&str]| names.iter().any(|name| charset.eq_ignore_ascii_case(name));
    if coding == "2" || called(&["UTF-16BE", "UCS-2", "ISO-10646-UCS-2"]) {
        Charset::Utf16Be
    } else if called(&["8-BIT", "ISO-8859-1", "LATIN1"]) {
        Charset::Latin1
    } else {
        Charset::Utf8
    }
}

fn required(field: &'static str, value: Option<String>) -> Result<String, Refusal> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| missing(field))
}

fn missing(field: &'static str) -> Refusal {
    Refusal::malformed(format!("{field} is missing or empty"))
}

fn message(sms: &OutgoingSms) -> Response {
    let coding = HeaderValue::from_static(coding(sms.alphabet));
    ([PLAIN_TEXT, (CODING, coding)], sms.text.clone()).into_response()
}

fn nothing() -> Response {
    ([PLAIN_TEXT], ()).into_response()
}
