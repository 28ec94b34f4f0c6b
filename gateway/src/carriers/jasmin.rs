//! Jasmin, a gateway to SMSCs: a form, or a query, acknowledged with `ACK/Jasmin`; the answer goes through its `/send`.
//!
//! Jasmin repeats a request that gets a status from 400 on or any other body, so what a repetition would not mend is
//! acknowledged too.

use axum::body::Bytes;
use axum::http::{Method, Request, Response as HttpResponse, Uri};
use axum::response::{IntoResponse, Response};
use saqta_data::office::Delivery;

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook, refuse_once};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::send::{Errand, Sends, Verdict, post_form};
use crate::carrier::wire::{Charset, Fields};
use crate::carrier::{IncomingSms, OutgoingSms, SmsReply};
use crate::encoding::{Alphabet, gsm7, ucs2};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

/// What Jasmin wants to read, whatever came.
const ACK: &str = "ACK/Jasmin";

struct Jasmin {
    send: Option<Send>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    config.expect_no_secrets()?;
    let send = config.send_uri()?.map(|uri| Send::new(uri, config)).transpose()?;
    Ok(Box::new(Jasmin { send }))
}

impl Adapter for Jasmin {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Sms | Service::Receipt => &[Method::GET, Method::POST],
            Service::Ussd => &[],
        }
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        let fields = fields(request)?;
        if fields.bytes("message_status")?.is_some() || fields.bytes("dlvrd")?.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![IncomingSms {
            id: Some(fields.required("id")?),
            from: fields.required("from")?,
            to: fields.required("to")?,
            text: text(&fields)?,
            part: None,
            link: None,
        }])
    }

    fn sms_answer(&self, _request: &Webhook, _replies: &[SmsReply]) -> Response {
        ACK.into_response()
    }

    fn answers_later(&self) -> bool {
        true
    }

    /// `message_status` is that of SMPP: `DELIVRD`, `UNDELIV`, `REJECTD`, ..., or `ESME_ROK` of the SMSC's acceptance.
    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        let fields = fields(request)?;
        let Some(status) = fields.text("message_status")? else {
            return Ok(Vec::new());
        };
        let delivery = match status.as_str() {
            "DELIVRD" => Delivery::Delivered,
            "UNDELIV" | "REJECTD" | "EXPIRED" | "DELETED" => Delivery::Failed,
            _ => Delivery::Pending,
        };
        let id = fields.required("id")?;
        Ok(vec![Receipt { id, delivery }])
    }

    fn receipt_answer(&self, _request: &Webhook) -> Response {
        ACK.into_response()
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.send.as_ref().map(|send| send as &dyn Sends)
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        refuse_once(refusal, ACK.into_response())
    }
}

/// The fields, whose names are seen in either case.
fn fields(request: &Webhook) -> Result<Fields<'_>, Refusal> {
    let bytes = if request.head.method == Method::POST {
        &request.body
    } else {
        request.query().as_bytes()
    };
    Ok(Fields::parse(bytes)?.in_lower_case())
}

/// The text: from `binary`, which is exact, else from `content`.
fn text(fields: &Fields<'_>) -> Result<String, Refusal> {
    let charset = charset_of(fields.bytes("coding")?.unwrap_or_default())?;
    if let Some(digits) = fields.bytes("binary")?.filter(|digits| !digits.is_empty()) {
        let octets = hex::decode(digits).map_err(|_| Refusal::malformed("binary is not hexadecimal"))?;
        return Ok(charset.decode(&octets));
    }
    let content = fields.bytes("content")?;
    let content = content.ok_or_else(|| Refusal::malformed("neither binary nor content is there"))?;
    // Builds differ in what they make of text that is not GSM 7-bit: what is good UTF-8 is taken for it.
    let readable = charset != Charset::Utf16Be && content.iter().any(|byte| *byte > 0x7f);
    Ok(match std::str::from_utf8(content) {
        Ok(text) if readable => text.to_owned(),
        _ => charset.decode(content),
    })
}

/// The `data_coding` of SMPP 3.4, section 5.2.19: in digits as the manual of Jasmin has it, or the octet itself, as
/// Jasmin 0.11.1 was seen to send it. There is none for messages of octets that are no text.
fn charset_of(coding: &[u8]) -> Result<Charset, Refusal> {
    match coding {
        b"" | b"0" | b"\0" => Ok(Charset::Gsm7),
        b"1" | b"\x01" => Ok(Charset::Utf8),
        b"3" | b"\x03" => Ok(Charset::Latin1),
        b"8" | b"\x08" => Ok(Charset::Utf16Be),
        _ => Err(Refusal::malformed("coding is none of 0, 1, 3, 8")),
    }
}

/// The HTTP interface `/send`.
struct Send {
    uri: Uri,
    user: Secret,
    password: Secret,
    from: Option<String>,
    /// Where Jasmin is to tell what became of a message.
    receipts: Option<Secret>,
}

impl Send {
    fn new(uri: Uri, config: &InstanceConfig) -> Result<Self, ConfigError> {
        let send = &config.send;
        let needed = |key, value| config.needed_to_send(key, value, "a user of Jasmin").cloned();
        Ok(Self {
            uri,
            user: needed("send_user", send.user.as_ref())?,
            password: needed("send_password", send.password.as_ref())?,
            from: send.from.clone(),
            receipts: config.receipts(),
        })
    }
}

impl Sends for Send {
    /// The octets of the text in hexadecimal, so that nothing on the way guesses at its charset.
    fn request(&self, sms: &OutgoingSms, errand: Errand<'_>) -> Request<Bytes> {
        let to = sms.to.reveal();
        let (coding, octets) = match (sms.alphabet, gsm7::encode(&sms.text)) {
            (Alphabet::Gsm7, Some(septets)) => ("0", septets),
            _ => ("8", ucs2::encode(&sms.text)),
        };
        let content = hex::encode(octets);
        let mut fields = vec![
            ("username", self.user.reveal()),
            ("password", self.password.reveal()),
            ("to", &to),
            ("coding", coding),
            ("hex-content", &content),
        ];
        fields.extend(errand.sender(self.from.as_deref()).map(|from| ("from", from)));
        if let Some(receipts) = &self.receipts {
            fields.extend([
                ("dlr", "yes"),
                ("dlr-level", "2"),
                ("dlr-method", "POST"),
                ("dlr-url", receipts.reveal()),
            ]);
        }
        post_form(&self.uri, &fields)
    }

    /// `Success "id"` comes with 200, and `Error "..."` with another status. 412 is a message without a route.
    fn judge(&self, response: &HttpResponse<Bytes>) -> Verdict {
        let text = String::from_utf8_lossy(response.body());
        let id = text.trim().strip_prefix("Success");
        match (Verdict::of_status(response), id) {
            (Verdict::Sent(_), Some(id)) => {
                let id = id.trim().trim_matches('"');
                Verdict::Sent((!id.is_empty()).then(|| id.to_owned()))
            }
            (Verdict::Sent(_), None) => Verdict::Refused,
            (verdict, _) => verdict,
        }
    }
}
