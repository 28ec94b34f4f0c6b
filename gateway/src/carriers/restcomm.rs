//! The USSD gateway of `RestComm`, now Mobius: MAP dialogs in XML. A page that asks is an `unstructuredSSRequest_Request`,
//! the last one a `processUnstructuredSSRequest_Response`; the phone is named at the start only. The gateway gives up an
//! answer after 25 s (`dialogtimeout`) and a session when TCAP was idle for 60 s.

use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdPage, UssdReply, UssdSession, ussd};
use crate::encoding::Alphabet;
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

/// The most tags, texts and comments of a dialog; usual ones have under ten.
const MAX_EVENTS: usize = 100;

/// Attributes that tell of an abort, whatever their value; `dialogTimedOut` only if it is true.
const ABORTS: [&str; 3] = ["mapUserAbortChoice", "mapAbortProviderReason", "mapRefuseReason"];

struct Restcomm;

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    ussd::expect_ussd_only(config)?;
    Ok(Box::new(Restcomm))
}

impl Adapter for Restcomm {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::POST],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        Dialog::parse(&request.body)?.call()
    }

    fn ussd_answer(&self, request: &Webhook, reply: &UssdReply) -> Response {
        let Some(page) = reply.page() else {
            return ().into_response();
        };
        let invoke = Dialog::parse(&request.body).ok().and_then(|dialog| dialog.invoke);
        let xml = write(page, invoke.unwrap_or_default());
        ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], xml).into_response()
    }
}

/// A dialog, as far as we look at it.
#[derive(Default)]
struct Dialog {
    session: Option<String>,
    over: bool,
    phone: Option<String>,
    input: Option<UssdInput>,
    /// The operation of the citizen's, which the last page answers.
    invoke: Option<u32>,
}

impl Dialog {
    fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let slip = || Refusal::malformed("the body is not a dialog in XML");
        let text = std::str::from_utf8(body).map_err(|_| slip())?;
        let mut reader = Reader::from_str(text);
        let mut dialog = None;
        for _ in 0..MAX_EVENTS {
            match reader.read_event().map_err(|_| slip())? {
                Event::Start(tag) | Event::Empty(tag) => match (&mut dialog, tag.local_name().as_ref()) {
                    (None, b"dialog") => dialog = Some(Self::begin(&tag)?),
                    (Some(dialog), _) => dialog.take(&tag)?,
                    _ => return Err(slip()),
                },
                // Nothing that the gateway writes needs one.
                Event::DocType(_) => return Err(slip()),
                Event::Eof => return dialog.ok_or_else(slip),
                _ => {}
            }
        }
        Err(slip())
    }

    fn begin(tag: &BytesStart<'_>) -> Result<Self, Refusal> {
        let mut over = attribute(tag, "dialogTimedOut")?.is_some_and(|value| value == "true");
        for name in ABORTS {
            over |= attribute(tag, name)?.is_some();
        }
        let kind = attribute(tag, "type")?.unwrap_or_default();
        Ok(Self {
            session: attribute(tag, "localId")?,
            over: over || kind.eq_ignore_ascii_case("abort"),
            ..Self::default()
        })
    }

    /// A tag inside the dialog; those that we do not know are passed over.
    fn take(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        let string = || Ok(attribute(tag, "string")?.unwrap_or_default());
        match tag.local_name().as_ref() {
            b"processUnstructuredSSRequest_Request" => {
                self.input = Some(UssdInput::Dialled(string()?));
                self.invoke = attribute(tag, "invokeId")?.and_then(|id| id.parse().ok());
            }
            b"unstructuredSSRequest_Response" => self.input = Some(UssdInput::Typed(string()?)),
            b"msisdn" => self.phone = attribute(tag, "number")?,
            _ => {}
        }
        Ok(())
    }

    fn call(self) -> Result<UssdCall, Refusal> {
        let id = self.session.filter(|id| !id.is_empty());
        let session = UssdSession {
            id: id.ok_or_else(|| Refusal::malformed("localId is missing or empty"))?,
            from: self.phone,
        };
        let input = match self.input {
            _ if self.over => return Ok(UssdCall::End(session)),
            None => return Ok(UssdCall::Nothing),
            Some(UssdInput::Dialled(_)) if session.from.is_none() => {
                return Err(Refusal::malformed("msisdn is missing"));
            }
            Some(input) => input,
        };
        Ok(UssdCall::Step(IncomingUssd {
            session,
            code: String::new(),
            input,
            step: None,
        }))
    }
}

/// The value of an attribute, decoded.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Refusal> {
    let slip = || Refusal::malformed("an attribute is not XML");
    let Some(attribute) = tag.try_get_attribute(name).map_err(|_| slip())? else {
        return Ok(None);
    };
    let value = attribute.unescape_value().map_err(|_| slip())?;
    Ok(Some(value.into_owned()))
}

/// A page as a dialog. GSM 7-bit is data coding scheme 15, UCS-2 is 72.
fn write(page: &UssdPage, invoke: u32) -> String {
    let coding = match Alphabet::of(&page.text) {
        Alphabet::Gsm7 => 15,
        Alphabet::Ucs2 => 72,
    };
    // A line break in an attribute would be read as a blank.
    let text = escape(page.text.as_str()).replace('\n', "&#10;");
    let (attributes, tag) = if page.end {
        let tag = format!("processUnstructuredSSRequest_Response invokeId=\"{invoke}\"");
        (" prearrangedEnd=\"false\"", tag)
    } else {
        ("", "unstructuredSSRequest_Request".to_owned())
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><dialog mapMessagesSize=\"1\"{attributes}>\
         <{tag} dataCodingScheme=\"{coding}\" string=\"{text}\"/></dialog>"
    )
}
